"""Furnace loads: what shares one firing, where each thing lies, and the undoped reference among them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Refusal, plain, to_json
from nasicon_loop.lab.firing import STEPS, Dwell, Fired, calibration_notes, fire, planned_dwell
from nasicon_loop.lab.making import HOST_FORMULA
from nasicon_loop.lab.sheets import planned_recipe, stored_recipe

if TYPE_CHECKING:
    from db import FurnaceLoad, Place, Reader, Sample, Writer
    from nasicon_loop.lab.context import Lab
    from recipes import FurnaceProgram, Recipe

NEW_REFERENCE = "the new reference"
OWN_BED = "own lid, on and under powder of its own composition"
READY = {"calcination": "weighed", "sintering": "calcined"}
"""The state in which a sample goes into that step."""


@dataclass(frozen=True, slots=True)
class LoadRow:
    """One thing in a load; `is_fired` once its firing was written down."""

    label: str
    formula: str
    slot: str
    bed: str
    is_reference: bool
    is_fired: bool


@dataclass(frozen=True, slots=True)
class LoadView:
    """A load with what lies in it. `actual_c` is the set temperature with the thermocouple's offset."""

    load: "FurnaceLoad"
    rows: tuple[LoadRow, ...]
    actual_c: float
    warnings: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return the object that `nasicon load ... --json` prints."""
        import dataclasses

        return {
            "schema": 1,
            **dataclasses.asdict(self.load),
            "actual_temperature_c": self.actual_c,
            "places": [dataclasses.asdict(row) for row in self.rows],
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class Reference:
    """Which undoped reference goes along: a named sample, a new one, none for a reason, or whichever is ready."""

    label: str | None = None
    is_new: bool = False
    without_because: str = ""

    def __post_init__(self) -> None:
        if (self.label is not None) + self.is_new + bool(self.without_because.strip()) > 1:
            raise Refusal("take one of --reference, --new-reference, --without-reference")


def new_load(
    lab: "Lab",
    labels: Sequence[str],
    step: str,
    *,
    reference: Reference = Reference(),
    slots: Mapping[str, str] | None = None,
    beds: Mapping[str, str] | None = None,
    note: str = "",
) -> LoadView:
    """Put samples into one firing, with an undoped reference unless it is declined with a reason.

    Slots are numbered in the order of the samples unless named; each sample lies under its own lid in a bed of its own
    composition unless `beds` says otherwise. The samples' programs must agree in top temperature, dwell and rate; holds
    that one of them needs are kept for all.
    A reference that has to be begun is begun with the load, in one transaction. Raises Refusal, with nothing begun, for
    programs that differ, a sample without a recipe, and when no reference is ready.
    """
    if step not in STEPS:
        raise Refusal(f"is not a furnace step: {' or '.join(STEPS)}", plain(step))
    if not labels:
        raise Refusal("name the samples: --samples NL-0001,NL-0002", "load")
    with lab.database.read() as reader:
        samples = [reader.sample(label) for label in labels]
        chosen = _reference(reader, samples, step, reference)
    if chosen is not None:
        samples = [*(sample for sample in samples if sample.id != chosen.id), chosen]
    is_new = chosen is None and reference.is_new
    program, plans = _joint(lab, samples, step, with_new_reference=is_new)
    with lab.database.write(who=lab.who) as writer:
        if is_new:
            samples.append(_begun(writer, step))
            plans[samples[-1].label] = plans.pop(NEW_REFERENCE)
        for sample in samples:
            if sample.label in plans and writer.recipe(sample) is None:
                writer.add_recipe(sample, plans[sample.label])
        places = _places(samples, slots, beds)
        number = _write(lab, writer, places, program, without_reference=reference.without_because, note=note)
    view = load_view(lab, number)
    return replace(view, warnings=(*_unready(lab, samples, step), *calibration_notes(lab)))


def _begun(writer: "Writer", step: str) -> "Sample":
    note = f"begun as the reference of a {step}"
    return writer.add_sample(HOST_FORMULA, is_reference=True, note=note)


def _places(
    samples: Sequence["Sample"], slots: Mapping[str, str] | None, beds: Mapping[str, str] | None
) -> "list[Place]":
    import db

    listed = [sample.label for sample in samples]
    place_of = {**{label: str(n) for n, label in enumerate(listed, 1)}, **_known(listed, slots, "--slot")}
    bed_of = {**dict.fromkeys(listed, OWN_BED), **_known(listed, beds, "--bed")}
    return [
        db.Place(sample.id, plain(place_of[sample.label]), plain(bed_of[sample.label]), sample.is_reference)
        for sample in samples
    ]


def _unready(lab: "Lab", samples: Sequence["Sample"], step: str) -> list[str]:
    with lab.database.read() as reader:
        states = [(sample.label, reader.sample_state(sample)) for sample in samples]
    return [f"{label} is {state}, not {READY[step]}" for label, state in states if state != READY[step]]


def _write(
    lab: "Lab",
    writer: "Writer",
    places: Sequence["Place"],
    program: "FurnaceProgram",
    *,
    without_reference: str,
    note: str,
) -> int:
    furnace = lab.settings.furnace
    _, hours = _top(program)
    return writer.add_load(
        program.step,
        places,
        program=json.loads(to_json(program)),
        set_temperature_c=program.top_c,
        hours=hours,
        offset_c=furnace.offset_c,
        calibrated_on=None if furnace.calibrated_on is None else furnace.calibrated_on.isoformat(),
        without_reference=plain(without_reference, limit=1000),
        note=plain(note, limit=1000),
    ).number


def _top(program: "FurnaceProgram") -> tuple[float, float]:
    minutes = sum(part.dwell_min for part in program.segments if part.target_c == program.top_c)
    return program.top_c, minutes / 60


def _known(labels: Sequence[str], given: Mapping[str, str] | None, option: str) -> dict[str, str]:
    for label in given or {}:
        if label not in labels:
            raise Refusal(f"{option}: is not in this load; it has {', '.join(labels)}", plain(label))
    return dict(given or {})


def _reference(reader: "Reader", samples: Sequence["Sample"], step: str, wish: Reference) -> "Sample | None":
    """Return the reference that goes along, None when it is declined or to be begun."""
    if wish.label is not None:
        named = reader.sample(wish.label)
        if not named.is_reference:
            raise Refusal("is not a reference; begin one with `nasicon sample new --reference`", named.label)
        return named
    own = next((sample for sample in samples if sample.is_reference), None)
    if own is not None or wish.is_new or wish.without_because.strip():
        return own
    ready = [s for s in reader.samples() if s.is_reference and reader.sample_state(s) == READY[step]]
    if not ready:
        raise Refusal(
            f"no undoped reference is {READY[step]} and ready for this {step}: begin one with --new-reference, name "
            "one with --reference LABEL, or go without with --without-reference REASON",
            "load",
        )
    return ready[-1]


def _joint(
    lab: "Lab", samples: Sequence["Sample"], step: str, *, with_new_reference: bool
) -> "tuple[FurnaceProgram, dict[str, dict[str, Any]]]":
    """The program that serves all, and by label the lab's usual recipe for references that have none yet."""
    import recipes

    with lab.database.read() as reader:
        bare = {one.label: one.target_formula for one in samples if one.is_reference and reader.recipe(one) is None}
    if with_new_reference:
        bare[NEW_REFERENCE] = HOST_FORMULA
    plans = {label: planned_recipe(lab, formula) for label, formula in bare.items()}
    known = {one.label: stored_recipe(lab, one.label) for one in samples if one.label not in plans}
    programs = {label: _program(recipe, step) for label, recipe in (known | plans).items()}
    return recipes.joint_program(programs), {label: recipes.to_dict(recipe) for label, recipe in plans.items()}


def _program(recipe: "Recipe", step: str) -> "FurnaceProgram":
    planned_dwell(recipe, step)
    return next(program for program in recipe.programs if program.step == step)


def load_view(lab: "Lab", number: int) -> LoadView:
    """Return a load with what lies in it; Refusal when there is none with this number."""
    with lab.database.read() as reader:
        return _view(reader, reader.load(number))


def load_list(lab: "Lab") -> list[LoadView]:
    """Return all loads, oldest first."""
    with lab.database.read() as reader:
        return [_view(reader, load) for load in reader.loads()]


def _view(reader: "Reader", load: "FurnaceLoad") -> LoadView:
    fired = reader.fired_samples(load)
    rows = []
    for place in reader.places(load):
        sample = reader.sample_by_id(place.sample_id)
        is_fired = sample.id in fired
        rows.append(LoadRow(sample.label, sample.target_formula, place.slot, place.bed, place.is_reference, is_fired))
    return LoadView(load, tuple(rows), load.set_temperature_c + load.offset_c)


def fire_load(
    lab: "Lab",
    number: int,
    *,
    label: str | None = None,
    dwell: Dwell = Dwell(),  # noqa: B008 - a frozen value
    note: str = "",
    mass_before_g: float | None = None,
    mass_after_g: float | None = None,
) -> list[Fired]:
    """Record the firing of a load for all samples in it that have none yet, or for one of them.

    Masses belong to one sample, so they need its label. Refusal when everything in the load was fired already.
    """
    if label is None and (mass_before_g is not None or mass_after_g is not None):
        raise Refusal("masses belong to one sample: `nasicon fire LABEL --load NUMBER ...`", f"load {number}")
    view = load_view(lab, number)
    wanted = [row.label for row in view.rows if not row.is_fired] if label is None else [label]
    if not wanted:
        raise Refusal("everything in it was fired already", f"load {number}")
    if label is not None and label not in {row.label for row in view.rows}:
        raise Refusal(f"does not lie in load {number}", plain(label))
    return [
        fire(
            lab,
            one,
            view.load.step,
            dwell=dwell,
            note=note,
            mass_before_g=mass_before_g,
            mass_after_g=mass_after_g,
            load=view.load,
        )
        for one in wanted
    ]
