"""Commands of the shelf: lots of precursors."""

from typing import TYPE_CHECKING, Annotated

import typer

from nasicon_loop.cli.output import JsonOption, LabOption, opened_lab, refusing, say
from nasicon_loop.core import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from nasicon_loop.lab import LotRow

NumberArgument = Annotated[int, typer.Argument(help="Number of the lot, as `nasicon stock list` gives it.")]
DayOption = Annotated[str | None, typer.Option("--on", help="The day, as 2026-11-22; default: today.")]


@refusing
def stock_add(
    precursor: Annotated[str, typer.Argument(help="Formula of what is in the jar, hydrate included: Na3PO4.12H2O.")],
    lot: Annotated[str, typer.Option(help="Lot number, as on the jar.")],
    amount_g: Annotated[float, typer.Option(help="How much is in the jar.", min=1e-6, max=1e6)],
    supplier: Annotated[str, typer.Option(help="Who sold it.")] = "",
    assay_percent: Annotated[
        float, typer.Option(help="Assay of what ignition leaves, by mass.", min=0.1, max=100)
    ] = 100.0,
    loi_percent: Annotated[float, typer.Option(help="Loss on ignition, by mass.", min=0, max=89)] = 0.0,
    opened: Annotated[str | None, typer.Option(help="Day it was opened, as 2026-11-22.")] = None,
    fired: Annotated[str | None, typer.Option(help="Day it was last fired to dry it.")] = None,
    note: Annotated[str, typer.Option(help="Anything worth keeping.")] = "",
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a jar on the shelf: recipes are corrected for its assay and loss on ignition from now on."""
    from nasicon_loop.lab import add_lot

    row = add_lot(
        opened_lab(lab),
        precursor,
        lot_number=lot,
        amount_g=amount_g,
        supplier=supplier,
        assay_percent=assay_percent,
        loi_percent=loi_percent,
        opened_on=opened,
        fired_on=fired,
        note=note,
    )
    say(row, lambda screen: _draw(screen, [row]), as_json=as_json)


@refusing
def stock_list(
    closed: Annotated[bool, typer.Option("--closed", help="Closed lots too.")] = False,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the lots, what is left of them, and what is odd about them."""
    from nasicon_loop.lab import stock_list as listed

    rows = listed(opened_lab(lab), with_closed=closed)
    say(rows, lambda screen: _draw(screen, rows), as_json=as_json)


@refusing
def stock_fired(
    number: NumberArgument, on: DayOption = None, lab: LabOption = None, as_json: JsonOption = False
) -> None:
    """Say that a jar was fired to dry it; oxides that take up water are good for a week."""
    _event(number, "fired", lab, as_json, on=on)


@refusing
def stock_count(
    number: NumberArgument,
    left_g: Annotated[float, typer.Argument(help="What is left in the jar, in g.", min=0)],
    on: DayOption = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say how much is really left in a jar."""
    _event(number, "counted", lab, as_json, on=on, left_g=left_g)


@refusing
def stock_close(
    number: NumberArgument,
    reason: Annotated[str, typer.Option(help="Empty, spoiled, thrown away ...")],
    on: DayOption = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Close a lot: no recipe takes it any more."""
    _event(number, "closed", lab, as_json, on=on, note=reason)


def _event(
    number: int,
    kind: str,
    lab: LabOption,
    as_json: bool,
    *,
    on: str | None,
    left_g: float | None = None,
    note: str = "",
) -> None:
    from nasicon_loop.lab import lot_event

    row = lot_event(opened_lab(lab), number, kind, on=on, left_g=left_g, note=note)
    say(row, lambda screen: _draw(screen, [row]), as_json=as_json)


def _draw(screen: "Console", rows: "Sequence[LotRow]") -> None:
    from nasicon_loop.cli.words import block

    if not rows:
        screen.print("nothing on the shelf; `nasicon stock add ZrO2 --lot NUMBER --amount-g 250` puts a jar there")
    for row in rows:
        words = [
            (f"{row.left_g:.4g} of {row.amount_g:.4g} g left", "red" if row.left_g < 0 else ""),
            (f"assay {100 * row.assay:g} %", ""),
            (f"loss on ignition {100 * row.loss_on_ignition:g} %" if row.loss_on_ignition else "", ""),
            (f"opened {row.opened_on}" if row.opened_on else "", ""),
            (f"fired {row.fired_on}" if row.fired_on else "", ""),
            (row.state if row.state != "open" else "", "yellow"),
        ]
        title = f"{row.number:>4}  {row.precursor}  lot {row.lot_number}" + (
            f", {row.supplier}" if row.supplier else ""
        )
        screen.print(block(title, words), end="")
        for note in row.notes:
            screen.print(f"    ! {plain(note, limit=300)}")
