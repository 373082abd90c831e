"""The bench sheet: what is on it. How it is set is in `sheet_text` and `sheet_markdown`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from nasicon_loop.core import Refusal, plain
from recipes.furnace import FurnaceProgram
from recipes.tolerance import InVessel, in_vessel
from recipes.values import PrecursorMass, Recipe
from recipes.weighing import decimals

BLANK = "________"
LOT_WIDTH = 14


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a head; `align` has one of `l`, `r` per column."""

    head: tuple[str, ...]
    align: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A headed part of the sheet: facts (name, value), then a table, then lines (bullet sign, text)."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    table: Table | None = None
    lines: tuple[tuple[str, str], ...] = ()
    n_blank: int = 0
    has_gap: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole page."""

    label: str
    head: str
    blocks: tuple[Block, ...]
    foot: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marks:
    """What people added to a kept recipe: its version, who signed it off, deviations; and notes of today.

    `weighed_g` is what lies in the vessel, by formula of the precursor, as far as it was weighed.
    """

    version: int | None = None
    signed: tuple[str, ...] = ()
    deviations: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    weighed_g: Mapping[str, float] = field(default_factory=dict)


def sheet(
    recipe: Recipe,
    *,
    label: str,
    format: str = "text",
    start: datetime | None = None,
    marks: Marks = Marks(),
) -> str:
    """Return the bench sheet as text of 80 columns (`text`) or as `markdown`.

    With `start` each furnace program is given its finish as if it began then. Refusal for another format.
    """
    page = contents(recipe, label=plain(label, limit=40), start=start, marks=marks)
    if format == "text":
        from recipes.sheet_text import render_text

        return render_text(page)
    if format == "markdown":
        from recipes.sheet_markdown import render_markdown

        return render_markdown(page)
    raise Refusal("the sheet comes as text or markdown", "format")


def contents(recipe: Recipe, *, label: str, start: datetime | None, marks: Marks) -> Sheet:
    """Return what is on the sheet, without a setting."""
    pellets = f"{recipe.n_pellets} pellet{'' if recipe.n_pellets == 1 else 's'} of {recipe.pellet_mass_g:g} g"
    head = f"{recipe.mass_g:.4f} g of target compound, {pellets} ({recipe.loss_allowance_percent:g} % for losses)"
    blocks: list[Block | None] = [_compositions(recipe), _weighing(recipe, marks.weighed_g), _after_weighing(recipe)]
    blocks += [_step(recipe, place, start) for place in range(len(recipe.steps))]
    written = tuple(("-", plain(text, limit=400)) for text in marks.deviations)
    blocks += [_remarks(recipe, marks.notes), Block("DEVIATIONS", lines=written, n_blank=2)]
    foot = (
        f"{recipe.made_with}, protocol {recipe.protocol}; atomic weights: {recipe.atomic_weights}",
        *_version(marks),
        f"made by {BLANK}{BLANK}  date {BLANK}  checked by {BLANK}{BLANK}",
    )
    return Sheet(label, head, tuple(block for block in blocks if block is not None), foot)


def _version(marks: Marks) -> tuple[str, ...]:
    if marks.version is None:
        return ()
    signed = "; ".join(plain(text, limit=100) for text in marks.signed)
    return (f"version {marks.version}, " + (f"signed off by {signed}: frozen" if signed else "not signed off"),)


def _compositions(recipe: Recipe) -> Block:
    shortfall = ", ".join(f"{n:.4g} {symbol}" for symbol, n in recipe.shortfall.items())
    weighed = f"{recipe.weighed} (planned; excess left out)" if not shortfall else recipe.weighed
    facts = [
        ("target", recipe.target),
        ("weighed", weighed),
        ("batched", f"{recipe.batched} (everything in the mill)"),
        *([("expected", f"{recipe.expected} ({recipe.expected_words})")] if recipe.expected else []),
        ("excess", f"basis {recipe.excess_basis}: {recipe.excess_words}"),
    ]
    if shortfall:
        facts.append(("SHORT OF", f"{shortfall} per formula unit (only the paper's precursors allowed)"))
    return Block("", tuple(facts))


def _weighing(recipe: Recipe, weighed_g: Mapping[str, float]) -> Block:
    n = decimals(recipe.balance_resolution_g)
    lying = in_vessel(recipe, weighed_g)
    rows = tuple(_mass_row(place, *each, n) for place, each in enumerate(zip(recipe.precursors, lying, strict=True), 1))
    planned, actual = (
        sum(line.rounded_g for line in recipe.precursors),
        [one.actual_g for one in lying if one.actual_g is not None],
    )
    in_all = f"{sum(actual):.{n}f}" if len(actual) == len(rows) else BLANK
    total = ("", "", "total", f"{planned:.{n}f}", "", in_all, "", "")
    head = ("", "", "precursor", "mass g", "± g", "actual g", "lot", "brings")
    table = Table(head, "lllrrlll", (*rows, total))
    lines = []
    assays = [f"{line.formula} {100 * line.assay:g} %" for line in recipe.precursors if line.assay != 1]
    if assays:
        lines.append(("-", f"masses are corrected for the assay of {', '.join(assays)}"))
    ignited = [f"{i.formula} {100 * i.loss_on_ignition:g} %" for i in recipe.precursors if i.loss_on_ignition]
    if ignited:
        lines.append(("-", f"and for the loss on ignition of {', '.join(ignited)}"))
    if recipe.master_mix is not None:
        lines.append(("!", recipe.master_mix.words))
    step = f"{1000 * recipe.balance_resolution_g:g} mg"
    title = f"WEIGH in this order (balance step {step}; ± is 0.2 %, at least one step)"
    return Block(title, (), table, tuple(lines))


def _mass_row(place: int, line: PrecursorMass, lying: InVessel, n: int) -> tuple[str, ...]:
    mark = "*" if line.is_hygroscopic else ""
    brings = ", ".join(line.purpose.split(" and "))
    mass, within = f"{line.rounded_g:.{n}f}", f"{line.tolerance_g:.{n}f}"
    lot = plain(line.lot, limit=LOT_WIDTH) if line.lot else BLANK
    done = "[x]" if lying.status in ("good", "over") else "[ ]"  # too little is topped up, after a rescue above all
    actual = BLANK if lying.actual_g is None else f"{lying.actual_g:.{n}f}"
    return (done, str(place), line.formula + mark, mass, within, actual, lot, brings)


def _after_weighing(recipe: Recipe) -> Block:
    n = decimals(recipe.balance_resolution_g)
    lines = [("*", f"{line.formula}: {line.note}") for line in recipe.precursors if line.is_hygroscopic and line.note]
    gases = ", ".join(
        f"{gas} {abs(mass):.{n}f} g{'' if mass > 0 else ' taken up'}" for gas, mass in recipe.gases_g.items()
    )
    facts = (
        ("rounded", f"{recipe.rounded} (largest error {recipe.rounding_error_percent:.2g} %)"),
        ("gas loss", f"{recipe.gas_loss_g:.{n}f} g ({gases})" if gases else "none"),
        ("calcined", f"{recipe.expected_calcined_g:.{n}f} g, less what evaporates or sticks; found {BLANK} g"),
    )
    return Block("", facts, None, tuple(lines))


def _step(recipe: Recipe, place: int, start: datetime | None) -> Block:
    step = recipe.steps[place]
    made = next((item for item in recipe.programs if item.step == step.name), None)
    signs = {"required": "[ ]", "recommended": "-", "unresolved": "?"}
    lines = tuple((signs.get(status, "-"), text) for status, text in step.conditions)
    title = f"[ ] {place + 1} {step.name.upper()}  {step.words}"
    if made is None:
        return Block(title, (), None, lines, has_gap=place == 0)
    return Block(title, _times(made, start), _segments(made), lines, has_gap=place == 0)


def _segments(made: FurnaceProgram) -> Table:
    head = ("segment", "°C/min", "to °C", "ramp min", "dwell min", "")
    rows = tuple(
        (str(n), f"{s.ramp_c_min:+g}", f"{s.target_c:g}", f"{s.ramp_min:.1f}", f"{s.dwell_min:g}", s.note)
        for n, s in enumerate(made.segments, 1)
    )
    return Table(head, "rrrrrl", rows)


def _times(made: FurnaceProgram, start: datetime | None) -> tuple[tuple[str, str], ...]:
    minutes = round(60 * made.hours)
    length = f"{minutes // 60} h {minutes % 60:02d} min"
    if start is None:
        return (("time", f"{length}; start {BLANK}____, ready {BLANK}____ or later"),)
    finish = start + timedelta(minutes=minutes)
    return (("time", f"{length}; {start:%a %d %b %H:%M} to {finish:%a %d %b %H:%M} or later"),)


def _remarks(recipe: Recipe, today: Sequence[str]) -> Block | None:
    notes: Sequence[str] = [
        f"{line.formula}: {line.note}" for line in recipe.precursors if line.note and not line.is_hygroscopic
    ]
    lines = [("!", plain(text, limit=400)) for text in today]
    lines += [("!", text) for text in recipe.warnings]
    lines += [("!", text) for text in (". ".join(recipe.hazards),) if text]
    lines += [("-", text) for text in (". ".join(notes),) if text]
    if recipe.rejected:
        text = f"{len(recipe.rejected)} other precursor sets considered: the JSON form says why not"
        lines.append(("-", text))
    return Block("MIND", lines=tuple(lines)) if lines else None
