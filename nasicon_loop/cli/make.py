"""Commands of making: samples and recipes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nasicon_loop.cli.output import JsonOption, LabOption, opened_lab, refusing, say
from nasicon_loop.core import Refusal, plain, refuse_as_target, write_whole

if TYPE_CHECKING:
    from rich.console import Console

    from nasicon_loop.lab import BenchSheet, Wish

LabelArgument = Annotated[str, typer.Argument(help="Label, as in NL-0001.")]


@refusing
def sample_new(
    formula: Annotated[str | None, typer.Argument(help="Target formula; or use --from-suggestion.")] = None,
    from_suggestion: Annotated[int | None, typer.Option(help="Number of a suggestion.")] = None,
    reference: Annotated[bool, typer.Option(help="An undoped reference batch.")] = False,
    note: Annotated[str, typer.Option(help="Anything worth keeping.")] = "",
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Begin a sample, from a suggestion or from a formula."""
    from nasicon_loop.lab import new_sample

    sample = new_sample(opened_lab(lab), formula, from_suggestion=from_suggestion, is_reference=reference, note=note)
    say(
        sample,
        lambda screen: screen.print(f"{sample.label}  {sample.target_formula}\nnext: nasicon recipe {sample.label}"),
        as_json=as_json,
    )


@refusing
def sample_show(label: LabelArgument, lab: LabOption = None, as_json: JsonOption = False) -> None:
    """Show a sample's whole story, from the suggestion to the model it taught."""
    from nasicon_loop.cli.stories import draw_story
    from nasicon_loop.lab import sample_story

    story = sample_story(opened_lab(lab), label)
    say(story, lambda screen: draw_story(screen, story), as_json=as_json)


@refusing
def sample_list(lab: LabOption = None, as_json: JsonOption = False) -> None:
    """List the samples with their states and best conductivities."""
    from nasicon_loop.cli.stories import board_table
    from nasicon_loop.lab import board

    rows = board(opened_lab(lab))
    say(rows, lambda screen: screen.print(board_table(rows)), as_json=as_json)


@refusing
def sample_fail(
    label: LabelArgument,
    reason: Annotated[str, typer.Option(help="What happened: cracked, spilled, furnace fault ...")],
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that a sample failed; its composition may be suggested again."""
    _close(label, "failed", reason, lab, as_json)


@refusing
def sample_abandon(
    label: LabelArgument,
    reason: Annotated[str, typer.Option(help="Why it is never to be tried again.")],
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a sample up; its composition is never suggested again."""
    _close(label, "abandoned", reason, lab, as_json)


def _close(label: str, state: str, reason: str, lab: LabOption, as_json: bool) -> None:
    from nasicon_loop.lab import close_sample

    close_sample(opened_lab(lab), label, state, reason)
    document = {"label": label, "state": state, "reason": reason}
    say(document, lambda screen: screen.print(f"{label} is {state}: {plain(reason)}"), as_json=as_json)


@refusing
def recipe(
    target: Annotated[str, typer.Argument(help="Formula or sample label.")],
    pellets: Annotated[int | None, typer.Option(help="How many pellets of 0.6 g.", min=1, max=1000)] = None,
    pellet_thickness_cm: Annotated[
        float | None,
        typer.Option(help="Thickness of a green pellet in the lab's die, in place of 0.6 g.", min=0.01, max=5),
    ] = None,
    mass_g: Annotated[float | None, typer.Option(help="Mass of target compound instead.", min=0.01, max=1e5)] = None,
    excess_percent: Annotated[float | None, typer.Option(help="Excess in per cent.", min=0, max=100)] = None,
    excess_basis: Annotated[str | None, typer.Option(help="precursor, element or batch.")] = None,
    strict_paper: Annotated[bool, typer.Option(help="The paper's precursors only; shows what is short.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="The sheet as Markdown.")] = False,
    pdf: Annotated[Path | None, typer.Option(help="Write the sheet here, one page A4.")] = None,
    sign_off: Annotated[bool, typer.Option("--sign-off", help="Freeze this version under your name.")] = False,
    deviation: Annotated[
        list[str] | None, typer.Option("--deviation", help="What was done otherwise; kept beside the recipe.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who signs or writes; default: the operator.")] = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the bench sheet: masses, excess, programs, pressing; sign it off, or write deviations beside it."""
    from nasicon_loop.lab import Wish, bench_sheet

    if excess_basis not in (None, "precursor", "element", "batch"):
        raise Refusal("is not an excess basis: precursor, element or batch", excess_basis)
    if pdf is not None:
        refuse_as_target(pdf)
    wish = Wish(pellets, mass_g, excess_percent, excess_basis, strict_paper, pellet_thickness_cm)
    if sign_off or deviation:
        _write_beside(lab, target, wish, deviation or [], sign_off=sign_off, by=by)
        wish = Wish()
    sheet = bench_sheet(lab, target, wish, markdown=markdown)
    if pdf is not None:
        write_whole(pdf, sheet.pdf())
    say(sheet.document, lambda screen: _say_sheet(screen, sheet, pdf), as_json=as_json)


def _write_beside(
    lab: Path | None, label: str, wish: "Wish", deviations: list[str], *, sign_off: bool, by: str | None
) -> None:
    from nasicon_loop.lab import Wish, add_deviation, sample_sheet, sign_off_recipe

    opened = opened_lab(lab)
    if wish != Wish():
        sample_sheet(opened, label, wish)
    if sign_off:
        sign_off_recipe(opened, label, by=by)
    for text in deviations:
        add_deviation(opened, label, text, by=by)


def _say_sheet(screen: "Console", sheet: "BenchSheet", pdf: Path | None) -> None:
    if pdf is None:
        screen.out(sheet.text, highlight=False)
    else:
        screen.print(f"{sheet.label or 'the sheet'} is in {plain(pdf, limit=1000)}")
