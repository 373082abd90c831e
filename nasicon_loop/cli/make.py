"""Commands of making: samples, recipes, weighing, firing, pellets."""

from typing import TYPE_CHECKING, Annotated

import typer

from nasicon_loop.cli.output import JsonOption, LabOption, opened_lab, refusing, say
from nasicon_loop.core import Refusal, plain

if TYPE_CHECKING:
    from rich.console import Console

    from nasicon_loop.lab import PelletMade

LabelArgument = Annotated[str, typer.Argument(help="Label, as in NL-0001.")]
ThicknessOption = Annotated[float | None, typer.Option(help="Sintered thickness L.", min=1e-3, max=5)]
ElectrodeOption = Annotated[float | None, typer.Option(help="Electrode diameter: its area enters sigma.", min=0.01)]
FiredOption = Annotated[float | None, typer.Option(help="Pellet diameter after sintering.", min=0.01, max=20)]
DieOption = Annotated[float | None, typer.Option(help="Diameter of the pressing die.", min=0.01, max=20)]
MassOption = Annotated[float | None, typer.Option(help="Sintered mass.", min=1e-3, max=1000)]


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
    mass_g: Annotated[float | None, typer.Option(help="Mass of target compound instead.", min=0.01, max=1e5)] = None,
    excess_percent: Annotated[float | None, typer.Option(help="Excess in per cent.", min=0, max=100)] = None,
    excess_basis: Annotated[str | None, typer.Option(help="precursor, element or batch.")] = None,
    strict_paper: Annotated[bool, typer.Option(help="The paper's precursors only; shows what is short.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="The sheet as Markdown.")] = False,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the bench sheet: masses, excess, programs, pressing."""
    from nasicon_loop.lab import Wish, bench_sheet

    if excess_basis not in (None, "precursor", "element", "batch"):
        raise Refusal("is not an excess basis: precursor, element or batch", excess_basis)
    wish = Wish(pellets, mass_g, excess_percent, excess_basis, strict_paper)
    sheet = bench_sheet(lab, target, wish, markdown=markdown)
    say(sheet.document, lambda screen: screen.out(sheet.text, highlight=False), as_json=as_json)


@refusing
def weigh(
    label: LabelArgument,
    mass: Annotated[
        list[str] | None, typer.Option("--mass", help="What the balance showed, as ZrO2=3.5121; once per precursor.")
    ] = None,
    as_planned: Annotated[bool, typer.Option(help="Everything exactly as on the sheet.")] = False,
    operator: Annotated[str | None, typer.Option(help="Who weighed.")] = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record what was really weighed; the model learns from that composition, not from the wish."""
    from nasicon_loop.lab import record_weighing

    masses = dict(_parse_mass(text) for text in mass or [])
    weighing = record_weighing(opened_lab(lab), label, masses, as_planned=as_planned, operator=operator)

    def human(screen: "Console") -> None:
        screen.print(f"weighed  {weighing.weighed_formula}\nbatched  {weighing.batched_formula}")
        screen.print(f"excess   {100 * weighing.excess_fraction:.2f} %")

    say(weighing, human, as_json=as_json)


def _parse_mass(text: str) -> tuple[str, float]:
    name, _, grams = text.partition("=")
    try:
        return name.strip(), float(grams)
    except ValueError:
        raise Refusal("write a mass as NAME=GRAMS, e.g. ZrO2=3.5121", text) from None


@refusing
def fire(
    label: LabelArgument,
    step: Annotated[str, typer.Option(help="calcination or sintering.")],
    temperature_c: Annotated[float | None, typer.Option(help="Dwell temperature; default: the plan's.")] = None,
    hours: Annotated[float | None, typer.Option(help="Dwell time; default: the plan's.")] = None,
    note: Annotated[str, typer.Option(help="Deviations, furnace, slot.")] = "",
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record a firing as it really was."""
    from nasicon_loop.lab import record_firing

    firing = record_firing(opened_lab(lab), label, step, temperature_c=temperature_c, hours=hours, note=note)
    text = f"{label} {firing.step}: {firing.temperature_c:g} °C for {firing.hours:g} h"
    say(firing, lambda screen: screen.print(text), as_json=as_json)


@refusing
def pellet_new(
    label: LabelArgument,
    thickness_cm: ThicknessOption = None,
    electrode_diameter_cm: ElectrodeOption = None,
    mass_g: MassOption = None,
    fired_diameter_cm: FiredOption = None,
    die_diameter_cm: DieOption = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Begin a pellet of a sample; geometry may follow later."""
    from nasicon_loop.lab import Dimensions, new_pellet

    size = Dimensions(
        thickness_cm=thickness_cm,
        electrode_diameter_cm=electrode_diameter_cm,
        mass_g=mass_g,
        fired_diameter_cm=fired_diameter_cm,
        die_diameter_cm=die_diameter_cm,
    )
    made = new_pellet(opened_lab(lab), label, size)
    say(made, lambda screen: _say_pellet(screen, made), as_json=as_json)


@refusing
def pellet_geometry(
    label: Annotated[str, typer.Argument(help="Pellet label, as in NL-0001-P1; the sample's if it has one pellet.")],
    thickness_cm: ThicknessOption = None,
    electrode_diameter_cm: ElectrodeOption = None,
    mass_g: MassOption = None,
    fired_diameter_cm: FiredOption = None,
    die_diameter_cm: DieOption = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter or correct a pellet's geometry; waiting spectra get their conductivity."""
    from nasicon_loop.lab import Dimensions, set_geometry

    size = Dimensions(
        thickness_cm=thickness_cm,
        electrode_diameter_cm=electrode_diameter_cm,
        mass_g=mass_g,
        fired_diameter_cm=fired_diameter_cm,
        die_diameter_cm=die_diameter_cm,
    )
    made = set_geometry(opened_lab(lab), label, size)
    say(made, lambda screen: _say_pellet(screen, made), as_json=as_json)


def _say_pellet(screen: "Console", made: "PelletMade") -> None:
    from nasicon_loop.cli.stories import draw_pellet

    draw_pellet(screen, made)
