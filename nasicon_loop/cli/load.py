"""Commands of furnace loads: what shares one firing."""

from typing import TYPE_CHECKING, Annotated

import typer

from nasicon_loop.cli.output import JsonOption, LabOption, opened_lab, refusing, say
from nasicon_loop.cli.pairs import pairs
from nasicon_loop.core import plain

if TYPE_CHECKING:
    from rich.console import Console

    from nasicon_loop.lab import LoadView


@refusing
def load_new(
    samples: Annotated[str, typer.Option(help="Labels, as NL-0001,NL-0002.")],
    step: Annotated[str, typer.Option(help="calcination or sintering.")],
    reference: Annotated[str | None, typer.Option(help="Label of the undoped reference; default: one ready.")] = None,
    new_reference: Annotated[bool, typer.Option("--new-reference", help="Begin a reference sample for it.")] = False,
    without_reference: Annotated[str, typer.Option(help="Why no reference goes along.")] = "",
    slot: Annotated[
        list[str] | None, typer.Option(help="Where it lies, as NL-0001=front-left; default: numbers.")
    ] = None,
    bed: Annotated[
        list[str] | None, typer.Option(help="Lid and bed, as NL-0001='no lid'; default: its own of both.")
    ] = None,
    note: Annotated[str, typer.Option(help="Anything worth keeping.")] = "",
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put samples into one firing, with an undoped reference; programs that differ are refused."""
    from nasicon_loop.lab import Reference, new_load

    view = new_load(
        opened_lab(lab),
        [label for label in (part.strip() for part in samples.split(",")) if label],
        step,
        reference=Reference(reference, new_reference, without_reference),
        slots=pairs(slot, "--slot NL-0001=front-left"),
        beds=pairs(bed, "--bed NL-0001='no lid'"),
        note=note,
    )
    say(view.document(), lambda screen: _draw(screen, view), as_json=as_json)


@refusing
def load_show(
    number: Annotated[int, typer.Argument(help="Number of the load.")],
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a load: program, places, what was fired."""
    from nasicon_loop.lab import load_view

    view = load_view(opened_lab(lab), number)
    say(view.document(), lambda screen: _draw(screen, view), as_json=as_json)


@refusing
def load_list(lab: LabOption = None, as_json: JsonOption = False) -> None:
    """List the furnace loads."""
    from nasicon_loop.lab import load_list as listed

    views = listed(opened_lab(lab))

    def human(screen: "Console") -> None:
        for view in views:
            _draw(screen, view)
        if not views:
            screen.print("no loads yet; `nasicon load new --samples NL-0001,NL-0002 --step sintering` makes one")

    say([view.document() for view in views], human, as_json=as_json)


def _draw(screen: "Console", view: "LoadView") -> None:
    load = view.load
    screen.print(
        f"load {load.number}: {load.step}, set to {load.set_temperature_c:g} °C for {load.hours:g} h", style="bold"
    )
    if load.offset_c:
        screen.print(f"  actual {view.actual_c:g} °C by the calibration of {load.calibrated_on}")
    for row in view.rows:
        state = "fired" if row.is_fired else "not fired yet"
        reference = "  reference" if row.is_reference else ""
        screen.print(f"  slot {plain(row.slot)}: {row.label}  {row.formula}{reference}  ({plain(row.bed)}; {state})")
    if load.without_reference:
        screen.print(f"  without a reference: {plain(load.without_reference)}")
    for warning in view.warnings:
        screen.print(f"  ! {plain(warning, limit=300)}")
    if not all(row.is_fired for row in view.rows):
        screen.print(f"next: nasicon fire --load {load.number}")
