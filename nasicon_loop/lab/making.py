"""Use cases of making: samples, weighing, firing, pellets and their geometry."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab.sheets import stored_recipe

if TYPE_CHECKING:
    from db import Firing, Pellet, PelletGeometry, Reader, Sample, Weighing
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.lab.results import ImportResult
    from recipes import Recipe

HOST_FORMULA = "Na3Zr2Si2PO12"
STEPS = ("calcination", "sintering")


@dataclass(frozen=True, slots=True)
class Dimensions:
    """What a caliper and a balance say of a pellet; None where nobody measured yet. Lengths in cm, mass in g."""

    thickness_cm: float | None = None
    electrode_diameter_cm: float | None = None
    mass_g: float | None = None
    fired_diameter_cm: float | None = None
    die_diameter_cm: float | None = None

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if value is not None and not (math.isfinite(value) and value > 0):
                raise Refusal("must be a positive number", item.name)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was measured."""
        return all(getattr(self, item.name) is None for item in fields(self))


@dataclass(frozen=True, slots=True)
class PelletMade:
    """A pellet, its geometry so far, and the files that became complete by it."""

    label: str
    pellet: "Pellet"
    geometry: "PelletGeometry | None"
    completed: tuple["ImportResult", ...] = ()


def new_sample(
    lab: "Lab",
    formula: str | None = None,
    *,
    from_suggestion: int | None = None,
    is_reference: bool = False,
    note: str = "",
) -> "Sample":
    """Begin a powder batch and give it the next label; a suggestion that it comes from is accepted thereby.

    Raises Refusal for a formula that cannot be made, an unknown suggestion, or one that was rejected.
    """
    if formula is not None and from_suggestion is not None:
        raise Refusal("give a formula or --from-suggestion, not both")
    if formula is None and from_suggestion is None and is_reference:
        formula = HOST_FORMULA
    if formula is None and from_suggestion is None:
        raise Refusal("give a formula, or --from-suggestion with the number of a suggestion")
    with lab.database.read() as reader:
        suggestion = None if from_suggestion is None else reader.suggestion(from_suggestion)
        state = None if suggestion is None else reader.suggestion_state(suggestion.number)
    if suggestion is not None and state == "rejected":
        raise Refusal("was rejected; accept it first with `nasicon suggest --accept`", f"suggestion {from_suggestion}")
    target = _checked_formula(suggestion.formula if suggestion is not None else str(formula))
    with lab.database.write(who=lab.who) as writer:
        return writer.add_sample(target, suggestion=suggestion, is_reference=is_reference, note=plain(note, limit=1000))


def _checked_formula(text: str) -> str:
    from nasicon_loop.chemistry import Composition

    composition = Composition.parse(text)
    composition.sites()
    if not composition.is_balanced:
        raise Refusal(
            f"the charges do not balance: {float(composition.charge()):+.3g} per formula; correct the sodium or oxygen",
            composition.formula,
        )
    return composition.formula


def close_sample(lab: "Lab", label: str, state: str, reason: str) -> None:
    """Say that a sample "failed" (its composition may come again) or is "abandoned" (never again)."""
    if state not in ("failed", "abandoned"):
        raise Refusal("a sample is closed as failed or abandoned", state)
    if not reason.strip():
        raise Refusal("say why: the journal keeps it", label)
    with lab.database.write(who=lab.who) as writer:
        writer.set_sample_state(writer.sample(label), state, plain(reason, limit=1000))  # type: ignore[arg-type]


def record_weighing(
    lab: "Lab",
    label: str,
    masses_g: Mapping[str, float],
    *,
    as_planned: bool = False,
    operator: str | None = None,
) -> "Weighing":
    """Record what was weighed, in g by precursor name; the sample is then "weighed".

    Raises Refusal without a recipe, for a name that is not on the sheet, and when a precursor is missing.
    """
    import recipes

    recipe = stored_recipe(lab, label)
    planned = {item.formula: item.rounded_g for item in recipe.precursors}
    if as_planned and masses_g:
        raise Refusal("give masses or --as-planned, not both", label)
    masses = planned if as_planned else _checked_masses(label, recipe, masses_g)
    weighed = recipes.weighed_composition(recipe, masses)
    with lab.database.write(who=lab.who) as writer:
        return writer.add_weighing(
            writer.sample(label),
            masses_g=masses,
            weighed_formula=weighed.weighed_formula,
            batched_formula=weighed.batched_formula,
            excess_fraction=weighed.excess_fraction,
            operator=plain(operator or lab.who),
        )


def _checked_masses(label: str, recipe: "Recipe", masses_g: Mapping[str, float]) -> dict[str, float]:
    """Masses by formula; a line of the sheet may be named by its formula or its name, in any case."""
    names = {word.casefold(): item.formula for item in recipe.precursors for word in (item.name, item.formula)}
    sheet = ", ".join(item.formula for item in recipe.precursors)
    masses: dict[str, float] = {}
    for name, grams in masses_g.items():
        formula = names.get(name.casefold())
        if formula is None:
            raise Refusal(f"{plain(name)} is not on the sheet; it has {sheet}", label)
        if not (math.isfinite(grams) and grams > 0):
            raise Refusal(f"the mass of {formula} must be a positive number of grams", label)
        masses[formula] = grams
    missing = [item.formula for item in recipe.precursors if item.formula not in masses]
    if missing:
        raise Refusal(f"no mass for {', '.join(missing)}; give --mass NAME=GRAMS for each, or --as-planned", label)
    return masses


def record_firing(
    lab: "Lab",
    label: str,
    step: str,
    *,
    temperature_c: float | None = None,
    hours: float | None = None,
    note: str = "",
) -> "Firing":
    """Record a furnace step as it was; what is not given is taken from the sample's recipe.

    Raises Refusal for an unknown step or a temperature above the furnace's ceiling (lab.toml).
    """
    if step not in STEPS:
        raise Refusal(f"is not a furnace step: {' or '.join(STEPS)}", plain(step))
    if temperature_c is None or hours is None:
        planned_c, planned_h = _planned_dwell(stored_recipe(lab, label), step)
        temperature_c = planned_c if temperature_c is None else temperature_c
        hours = planned_h if hours is None else hours
    ceiling_c = lab.settings.recipe.furnace_ceiling_c
    if not (0 < temperature_c <= ceiling_c):
        raise Refusal(f"{temperature_c:g} °C is outside the furnace's range (ceiling {ceiling_c:g} °C)", label)
    if not (math.isfinite(hours) and hours > 0):
        raise Refusal("a dwell needs a positive number of hours", label)
    with lab.database.write(who=lab.who) as writer:
        return writer.add_firing(
            writer.sample(label), step, temperature_c=temperature_c, hours=hours, note=plain(note, limit=1000)
        )


def _planned_dwell(recipe: "Recipe", step: str) -> tuple[float, float]:
    """Top temperature in °C and the dwell there in h."""
    for program in recipe.programs:
        if program.step == step:
            minutes = sum(part.dwell_min for part in program.segments if part.target_c == program.top_c)
            return program.top_c, minutes / 60
    raise Refusal("the recipe has no such step; give --temperature-c and --hours", step)


def new_pellet(lab: "Lab", label: str, dimensions: Dimensions | None = None) -> PelletMade:
    """Begin a pellet of a sample; its geometry may come later. Files that waited for it are completed."""
    size = dimensions or Dimensions()
    with lab.database.write(who=lab.who) as writer:
        sample = writer.sample(label)
        pellet = writer.add_pellet(sample)
    if size.is_empty:
        from nasicon_loop.lab.completing import complete

        return PelletMade(pellet.label, pellet, None, tuple(complete(lab)))
    return set_geometry(lab, pellet.label, size)


def set_geometry(lab: "Lab", label: str, dimensions: Dimensions) -> PelletMade:
    """Enter or correct a pellet's geometry; spectra that waited for it, or used the old one, are concluded anew.

    `label` may be the sample's when it has one pellet. Raises Refusal when nothing is given.
    """
    from nasicon_loop.lab.completing import complete

    if dimensions.is_empty:
        raise Refusal("give at least one of thickness, electrode diameter, fired diameter, die diameter, mass", label)
    with lab.database.write(who=lab.who) as writer:
        pellet = pellet_of(writer, label)
        _refuse_odd_lengths(pellet.label, dimensions)
        density = _relative_density(writer, pellet, dimensions)
        writer.add_geometry(
            pellet,
            **{item.name: getattr(dimensions, item.name) for item in fields(dimensions)},
            relative_density=density,
        )
        geometry = writer.geometry(pellet)
    return PelletMade(pellet.label, pellet, geometry, tuple(complete(lab)))


def _refuse_odd_lengths(label: str, size: Dimensions) -> None:
    """Refuse lengths that no pellet has (millimetres given as centimetres) before they are written down."""
    limits = {"thickness_cm": 5.0, "electrode_diameter_cm": 15.0, "fired_diameter_cm": 15.0, "die_diameter_cm": 15.0}
    for name, limit in limits.items():
        value: float | None = getattr(size, name)
        if value is not None and value > limit:
            raise Refusal(f"{name} of {value:g} is no pellet's; lengths are in cm", label)
    if (
        size.electrode_diameter_cm
        and size.fired_diameter_cm
        and size.electrode_diameter_cm > 1.05 * size.fired_diameter_cm
    ):
        raise Refusal("the electrode cannot be wider than the fired pellet; die, fired and electrode are three", label)


def pellet_of(reader: "Reader", label: str) -> "Pellet":
    """Return the pellet with this label, or the only pellet of the sample with this label; Refusal otherwise."""
    pellet = reader.find_pellet(label)
    if pellet is not None:
        return pellet
    pellets = reader.pellets(reader.sample(label))
    if len(pellets) != 1:
        raise Refusal(
            f"has {len(pellets)} pellets; name one, as in {label}-P1" if pellets else "has no pellet yet", plain(label)
        )
    return pellets[0]


def _relative_density(reader: "Reader", pellet: "Pellet", size: Dimensions) -> float | None:
    """Geometric density over the theoretical one of the prototype cell; None while a number is missing."""
    from nasicon_loop.chemistry import Composition, cell

    known = reader.geometry(pellet)

    def newest(name: str) -> float | None:
        given: float | None = getattr(size, name)
        return given if given is not None or known is None else getattr(known, name)

    mass_g, thickness_cm, diameter_cm = newest("mass_g"), newest("thickness_cm"), newest("fired_diameter_cm")
    if mass_g is None or thickness_cm is None or diameter_cm is None:
        return None
    sample = reader.sample_by_id(pellet.sample_id)
    weighing = reader.weighing(sample)
    composition = Composition.parse(weighing.weighed_formula if weighing else sample.target_formula)
    density_g_cm3 = mass_g / (math.pi / 4 * diameter_cm**2 * thickness_cm)
    relative = density_g_cm3 / cell(composition).density_g_cm3
    if not 0.2 < relative < 1.1:
        raise Refusal(
            f"mass and size give {100 * relative:.0f} % of the theoretical density; check the units (g, cm)",
            pellet.label,
        )
    return relative
