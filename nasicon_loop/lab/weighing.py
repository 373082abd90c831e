"""At the balance: one precursor at a time, kept at once, complete when all are there."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab.sheets import stored_recipe
from nasicon_loop.lab.stock import content_of, find_lot, lots_of_sheet, stock_notes

if TYPE_CHECKING:
    from db import Lot, Reader, Weighing, WeighingEntry
    from nasicon_loop.lab.context import Lab
    from recipes import InVessel, Recipe

_ATTEMPTS = 5
ACCEPTED = "; left as it is"
"""Behind a deviation that a person decided to leave."""


@dataclass(frozen=True, slots=True)
class WeighingProgress:
    """Where a weighing stands. `weighing` is there once every precursor lies in the vessel; masses in g.

    `lots` names the jar of each precursor that has one; `warnings` say what is odd, `options` what can be done about
    a precursor of which too much was weighed.
    """

    label: str
    lines: tuple["InVessel", ...]
    lots: Mapping[str, str]
    missing: tuple[str, ...]
    weighing: "Weighing | None"
    warnings: tuple[str, ...]
    options: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return the object that `nasicon weigh --json` prints: the weighing's own fields, once it is complete."""
        import dataclasses

        made = {} if self.weighing is None else dataclasses.asdict(self.weighing)
        return {
            "schema": 1,
            **made,
            "label": self.label,
            "is_complete": self.weighing is not None,
            "missing": list(self.missing),
            "precursors": [{**dataclasses.asdict(line), "lot": self.lots.get(line.formula)} for line in self.lines],
            "warnings": list(self.warnings),
            "options": list(self.options),
        }


def weigh(
    lab: "Lab",
    label: str,
    masses_g: Mapping[str, float] | None = None,
    *,
    lots: Mapping[str, str] | None = None,
    as_planned: bool = False,
    operator: str | None = None,
    balance: str | None = None,
    raw_lines: Mapping[str, str] | None = None,
) -> WeighingProgress:
    """Write down what the balance showed, in g by precursor, and return where the weighing stands.

    A mass is all of that precursor in the vessel; entered again it replaces what was entered before. Each is kept at
    once with operator and time, taken from its lot (`lots`: jar's number by precursor; else the one on the sheet, else
    the newest open one). When all are there the weighing is complete and the sample "weighed". `as_planned` takes what
    is not weighed yet as it stands on the sheet. `balance` and `raw_lines` are a balance's serial number and answers.

    Raises Refusal without a recipe, for a name that is not on the sheet and a lot of another precursor.
    """
    recipe = stored_recipe(lab, label)
    if as_planned and masses_g:
        raise Refusal("give masses or --as-planned, not both", label)
    given = masses_by_formula(label, recipe, masses_g or {})
    wished = {formula_of(label, recipe, name): number for name, number in (lots or {}).items()}
    who = plain(operator or lab.who, limit=100)
    for _ in range(_ATTEMPTS):
        with lab.database.read() as reader:
            state = _State(reader, label, recipe, wished)
        if as_planned:
            given = state.planned()
        elif not given and wished:
            given = state.moved_to_other_lots()
        state.put(given)
        composition = state.composition() if given else None
        with lab.database.write(who=lab.who) as writer:
            sample = writer.sample(label)
            if writer.newest_entries(sample) != state.before:
                continue  # somebody weighed for the same sample meanwhile: look again
            for formula, grams in given.items():
                writer.add_weighing_entry(
                    sample,
                    formula,
                    grams,
                    lot=state.lots.get(formula),
                    operator=who,
                    balance=balance,
                    raw_line=(raw_lines or {}).get(formula),
                )
            if composition is not None:
                writer.add_weighing(sample, masses_g=state.masses_g, operator=who, **composition)
                written = {deviation.text for deviation in writer.deviations(sample)}
                for text in state.deviations():
                    if not {text, text + ACCEPTED} & written:
                        writer.add_deviation(sample, text, who=who, recipe=writer.recipe(sample))
        return weighing_progress(lab, label)
    raise Refusal("somebody else weighs for this sample at the same time; agree, and try again", label)


class _State:
    """What lies in the vessel and from which lots, for one attempt to write."""

    def __init__(self, reader: "Reader", label: str, recipe: "Recipe", wished: Mapping[str, str]) -> None:
        self.label, self.recipe = label, recipe
        sample = reader.sample(label)
        self.before: dict[str, WeighingEntry] = reader.newest_entries(sample)
        formulas = [line.formula for line in recipe.precursors]
        self.masses_g = {f: self.before[f].mass_g for f in formulas if f in self.before}
        used = {f: self.before[f].lot_id for f in formulas if f in self.before}
        kept = {f: reader.lot_by_id(lot_id) for f, lot_id in used.items() if lot_id is not None}
        chosen = {formula: find_lot(reader, formula, number) for formula, number in wished.items()}
        self.lots: dict[str, Lot] = {**lots_of_sheet(reader, recipe), **kept, **chosen}
        self.chosen = chosen

    def planned(self) -> dict[str, float]:
        missing = {i.formula: i.rounded_g for i in self.recipe.precursors if i.formula not in self.masses_g}
        if not missing:
            raise Refusal("everything is weighed; correct a mass with --mass NAME=GRAMS", self.label)
        return missing

    def moved_to_other_lots(self) -> dict[str, float]:
        """Masses that stay what they are and come from another lot than was written down."""
        loose = [formula for formula in self.chosen if formula not in self.masses_g]
        if loose:
            raise Refusal(f"{loose[0]} is not weighed yet; give its mass together with the lot", self.label)
        return {formula: self.masses_g[formula] for formula in self.chosen}

    def put(self, given: Mapping[str, float]) -> None:
        self.masses_g.update(given)

    def composition(self) -> dict[str, Any] | None:
        """What is in the mill, None while a precursor is missing."""
        import recipes

        if any(line.formula not in self.masses_g for line in self.recipe.precursors):
            return None
        content = {formula: content_of(lot) for formula, lot in self.lots.items()}
        weighed = recipes.weighed_composition(self.recipe, self.masses_g, content)
        return {
            "weighed_formula": weighed.weighed_formula,
            "batched_formula": weighed.batched_formula,
            "excess_fraction": weighed.excess_fraction,
        }

    def deviations(self) -> list[str]:
        import recipes

        found = recipes.in_vessel(self.recipe, self.masses_g)
        return [line.deviation for line in found if line.deviation]


def weighing_progress(lab: "Lab", label: str) -> WeighingProgress:
    """Return where a sample's weighing stands; nothing is written."""
    import recipes

    recipe = stored_recipe(lab, label)
    with lab.database.read() as reader:
        sample = reader.sample(label)
        entries = reader.newest_entries(sample)
        newest = reader.weighing(sample)
        written = {deviation.text for deviation in reader.deviations(sample)}
        lots = lots_of_sheet(reader, recipe)
        by_id = {lot.id: lot for lot in reader.lots()}
        standings = reader.lot_standings()
        closed = [
            f"{by_id[e.lot_id].precursor} lot {by_id[e.lot_id].lot_number} is closed"
            for e in entries.values()
            if e.lot_id is not None and standings[e.lot_id].state == "closed"
        ]
    masses = {formula: entry.mass_g for formula, entry in entries.items()}
    if not entries and newest is not None:  # weighed before single entries were kept
        masses = dict(newest.masses_g)
    lines = recipes.in_vessel(recipe, masses)
    missing = tuple(line.formula for line in lines if line.status == "missing")
    open_lines = {formula: lot for formula, lot in lots.items() if formula in missing}
    names = {formula: lot.lot_number for formula, lot in open_lines.items()}
    names |= {f: by_id[e.lot_id].lot_number for f, e in entries.items() if e.lot_id is not None}
    overdrawn = tuple(
        f"{by_id[key].precursor} lot {by_id[key].lot_number}: {-standings[key].left_g:.4g} g more were weighed than it "
        f"held by the book; count it with `nasicon stock count {by_id[key].number}`"
        for key in sorted({e.lot_id for e in entries.values() if e.lot_id is not None})
        if standings[key].left_g < 0
    )
    coming = tuple(note for note in stock_notes(lab, recipe, open_lines, standings) if _is_about(note, missing))
    odd = tuple(line.deviation for line in lines if line.deviation)
    return WeighingProgress(
        label,
        lines,
        names,
        missing,
        None if missing else newest,
        (*odd, *coming, *overdrawn, *closed),
        tuple(_options(label, recipe, lines, written)),
    )


def _is_about(note: str, formulas: tuple[str, ...]) -> bool:
    return any(note.startswith((f"{formula}:", f"{formula} ")) for formula in formulas)


def _options(label: str, recipe: "Recipe", lines: tuple["InVessel", ...], written: set[str]) -> list[str]:
    """The two ways out when too much of a precursor was weighed, each with what comes of it."""
    import recipes

    worst = worst_over(lines)
    if worst is None or worst.actual_g is None or worst.deviation + ACCEPTED in written:
        return []
    masses = {line.formula: line.target_g if line.actual_g is None else line.actual_g for line in lines}
    factor = worst.actual_g / worst.target_g
    accepted = recipes.weighed_composition(recipe, masses)
    return [
        f"nasicon weigh {label} --rescue: weigh {100 * (factor - 1):.2f} % more of the others; the composition stays, "
        f"the batch grows from {recipe.total_g:.4f} to {recipe.total_g * factor:.4f} g",
        f"nasicon weigh {label} --accept: leave it; weighed becomes {accepted.weighed_formula}, "
        f"batched {accepted.batched_formula}",
    ]


def worst_over(lines: tuple["InVessel", ...]) -> "InVessel | None":
    """Return the precursor that is over its tolerance by the largest factor of its mass, None when none is."""
    over = [line for line in lines if line.status == "over" and line.actual_g is not None]
    return max(over, key=lambda line: (line.actual_g or 0.0) / line.target_g, default=None)


def formula_of(label: str, recipe: "Recipe", name: str) -> str:
    """Return the formula of a line of the sheet that is named by formula or name, in any case; Refusal otherwise."""
    names = {word.casefold(): item.formula for item in recipe.precursors for word in (item.name, item.formula)}
    formula = names.get(name.strip().casefold().replace(".", "·")) or names.get(name.strip().casefold())
    if formula is None:
        sheet = ", ".join(item.formula for item in recipe.precursors)
        raise Refusal(f"{plain(name)} is not on the sheet; it has {sheet}", label)
    return formula


def masses_by_formula(label: str, recipe: "Recipe", masses_g: Mapping[str, float]) -> dict[str, float]:
    """Return masses by formula; Refusal for a name that is not on the sheet and a mass that is none."""
    masses: dict[str, float] = {}
    for name, grams in masses_g.items():
        formula = formula_of(label, recipe, name)
        if not (math.isfinite(grams) and grams > 0):
            raise Refusal(f"the mass of {formula} must be a positive number of grams", label)
        masses[formula] = grams
    return masses


def record_weighing(
    lab: "Lab",
    label: str,
    masses_g: Mapping[str, float],
    *,
    as_planned: bool = False,
    operator: str | None = None,
) -> "Weighing":
    """Record a whole weighing at once, in g by precursor name; the sample is then "weighed".

    Raises Refusal without a recipe, for a name that is not on the sheet, and when a precursor is missing.
    """
    recipe = stored_recipe(lab, label)
    if not as_planned:
        given = masses_by_formula(label, recipe, masses_g)
        missing = [item.formula for item in recipe.precursors if item.formula not in given]
        if missing:
            raise Refusal(f"no mass for {', '.join(missing)}; give --mass NAME=GRAMS for each, or --as-planned", label)
    made = weigh(lab, label, masses_g, as_planned=as_planned, operator=operator).weighing
    if made is None:
        raise Refusal("the sheet was planned anew meanwhile; look at it and weigh again", label)
    return made
