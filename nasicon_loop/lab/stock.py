"""The shelf: lots of precursors, how much is left of them, and what is odd about them today."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab.days import day_of, days_since

if TYPE_CHECKING:
    from db import Lot, LotStanding, Reader
    from nasicon_loop.lab.context import Lab
    from recipes import LotContent, Recipe


@dataclass(frozen=True, slots=True)
class LotRow:
    """One jar on the shelf. Fractions are of mass, masses in g, days ISO text; `notes` say what is odd about it."""

    number: int
    precursor: str
    lot_number: str
    supplier: str
    assay: float
    loss_on_ignition: float
    opened_on: str | None
    fired_on: str | None
    amount_g: float
    left_g: float
    state: str
    note: str
    notes: tuple[str, ...]


def add_lot(
    lab: "Lab",
    precursor: str,
    *,
    lot_number: str,
    amount_g: float,
    supplier: str = "",
    assay_percent: float = 100.0,
    loi_percent: float = 0.0,
    opened_on: str | None = None,
    fired_on: str | None = None,
    note: str = "",
) -> LotRow:
    """Put a jar on the shelf; recipes are planned with its assay and loss on ignition from now on.

    The precursor is named by the formula of what is in the jar, hydrate water included ("Na3PO4.12H2O"). The assay
    counts what ignition leaves. Refusal for a precursor that the table does not have.
    """
    import recipes

    jar = recipes.find_precursor(precursor, lab.folder.protocols)
    content = recipes.LotContent(plain(lot_number), assay_percent / 100, loi_percent / 100)
    if not content.name.strip():
        raise Refusal("a lot needs its number, as it stands on the jar", jar.formula)
    opened, fired = (None if day is None else day_of(lab, day) for day in (opened_on, fired_on))
    with lab.database.write(who=lab.who) as writer:
        lot = writer.add_lot(
            jar.formula,
            lot_number=content.name.strip(),
            amount_g=amount_g,
            supplier=plain(supplier),
            assay=content.assay,
            loss_on_ignition=content.loss_on_ignition,
            opened_on=opened,
            note=plain(note, limit=1000),
        )
        if fired is not None:
            writer.add_lot_event(lot, "fired", on_date=fired)
    return lot_row(lab, lot.number)


def stock_list(lab: "Lab", *, with_closed: bool = False) -> list[LotRow]:
    """Return the lots by number; closed ones only when asked for."""
    with lab.database.read() as reader:
        lots, standings = reader.lots(), reader.lot_standings()
    rows = [_row(lab, lot, standings[lot.id]) for lot in lots]
    return [row for row in rows if with_closed or row.state == "open"]


def lot_row(lab: "Lab", number: int) -> LotRow:
    """Return one lot; Refusal when there is none with this number."""
    with lab.database.read() as reader:
        lot = reader.lot(number)
        return _row(lab, lot, reader.lot_standings()[lot.id])


def lot_event(
    lab: "Lab", number: int, kind: str, *, on: str | None = None, left_g: float | None = None, note: str = ""
) -> LotRow:
    """Write down that a lot was "opened", "fired" (in a furnace, to dry it), "counted" or "closed".

    `left_g` is what a count found. Closing needs a note that says why.
    """
    if kind == "closed" and not note.strip():
        raise Refusal("say why: empty, spoiled, thrown away ...", f"lot {number}")
    if left_g is not None and left_g < 0:
        raise Refusal("a jar cannot hold less than nothing", f"lot {number}")
    with lab.database.write(who=lab.who) as writer:
        lot = writer.lot(number)
        writer.add_lot_event(
            lot,
            kind,  # type: ignore[arg-type]  # the writer refuses any other word
            on_date=day_of(lab, on),
            left_g=left_g,
            note=plain(note, limit=1000),
        )
    return lot_row(lab, number)


def _row(lab: "Lab", lot: "Lot", standing: "LotStanding") -> LotRow:
    return LotRow(
        lot.number,
        lot.precursor,
        lot.lot_number,
        lot.supplier,
        lot.assay,
        lot.loss_on_ignition,
        standing.opened_on,
        standing.fired_on,
        lot.amount_g,
        standing.left_g,
        standing.state,
        lot.note,
        tuple(_age_notes(lab, lot.precursor, standing)),
    )


def newest_open(reader: "Reader") -> dict[str, "Lot"]:
    """Return the newest open lot of each precursor, by its formula."""
    return {lot.precursor: lot for lot in reader.lots("open")}


def content_of(lot: "Lot") -> "LotContent":
    """Return what a recipe needs of a lot."""
    import recipes

    return recipes.LotContent(lot.lot_number, lot.assay, lot.loss_on_ignition)


def lots_of_sheet(reader: "Reader", recipe: "Recipe") -> dict[str, "Lot"]:
    """Return the lot to take for each precursor: the one that the sheet names while it is open, else the newest."""
    newest = newest_open(reader)
    named = {(lot.precursor, lot.lot_number): lot for lot in reader.lots("open")}
    found = {
        line.formula: named.get((line.formula, line.lot)) or newest.get(line.formula) for line in recipe.precursors
    }
    return {formula: lot for formula, lot in found.items() if lot is not None}


def find_lot(reader: "Reader", formula: str, name: str) -> "Lot":
    """Return the lot of a precursor by the number on its jar, or by its number on the shelf; Refusal without one."""
    lots = reader.lots(precursor=formula)
    for lot in reversed(lots):
        if lot.lot_number.casefold() == name.strip().casefold():
            return lot
    for lot in lots:
        if name.strip() == str(lot.number):
            return lot
    known = ", ".join(lot.lot_number for lot in lots) or "none"
    raise Refusal(f"is no lot of {formula}; there are: {known}", plain(name, limit=60))


def stock_notes(
    lab: "Lab", recipe: "Recipe", lots: Mapping[str, "Lot"], standings: Mapping[int, "LotStanding"]
) -> tuple[str, ...]:
    """Return what to mind about the jars today: too little left, or fired too long ago. It warns and never forbids."""
    notes: list[str] = []
    for line in recipe.precursors:
        lot = lots.get(line.formula)
        standing = None if lot is None else standings.get(lot.id)
        if lot is not None and standing is not None and standing.left_g < line.rounded_g:
            notes.append(
                f"{line.formula} lot {lot.lot_number}: {standing.left_g:.4g} g left by the book, the sheet needs "
                f"{line.rounded_g:.4g} g; count it with `nasicon stock count {lot.number}`"
            )
        notes += _age_notes(lab, line.formula, standing, "" if lot is None else f" lot {lot.lot_number}")
    return tuple(notes)


def _age_notes(lab: "Lab", formula: str, standing: "LotStanding | None", name: str = "") -> list[str]:
    """What is odd about how long ago a jar of an oxide that takes up water was fired."""
    import recipes

    try:
        jar = recipes.find_precursor(formula, lab.folder.protocols)
    except Refusal:  # the lab's table had it when the lot came, and has it no more
        return []
    if not jar.fresh_days:
        return []
    if standing is None or standing.fired_on is None:
        return [f"{formula}{name}: takes up water, and nobody wrote down that it was fired; fire it before weighing"]
    age = days_since(lab, standing.fired_on)
    if age > jar.fresh_days:
        return [f"{formula}{name}: fired {age} days ago (limit {jar.fresh_days}); fire it again before weighing"]
    return []
