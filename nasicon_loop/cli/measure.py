"""Commands of measuring: import, watch, inbox, and judging what was concluded."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from nasicon_loop.cli.fit import PlotKindOption
from nasicon_loop.cli.output import REFUSED, JsonOption, LabOption, console, opened_lab, progress_bar, refusing, say
from nasicon_loop.core import plain

if TYPE_CHECKING:
    from rich.console import Console

    from nasicon_loop.lab import ImportResult

AnalysisArgument = Annotated[int, typer.Argument(help="Number of the analysis, as `nasicon sample show` gives it.")]
ReasonOption = Annotated[str, typer.Option(help="Why; it stays in the journal.")]
PersonOption = Annotated[str | None, typer.Option("--by", help="Who decides; default: the operator.")]


@refusing
def import_command(
    files: Annotated[list[Path], typer.Argument(help="Impedance files.", show_default=False)],
    sample: Annotated[str | None, typer.Option(help="Label they belong to; default: from the file's name.")] = None,
    temperature_c: Annotated[float | None, typer.Option(help="Temperature of the measurement.")] = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import files: keep, read, fit, and write down what they say."""
    from nasicon_loop.lab import import_files

    with progress_bar() as bar:
        results = import_files(opened_lab(lab), files, sample_label=sample, temperature_c=temperature_c, progress=bar)

    def human(screen: "Console") -> None:
        for result in results:
            _say_result(screen, result)
        if not results:
            screen.print("no files there")

    say([result.document() for result in results], human, as_json=as_json)
    if any(result.refusal for result in results):
        raise typer.Exit(REFUSED)


@refusing
def watch(
    once: Annotated[
        bool, typer.Option("--once", help="Leave when everything that lies there is settled and done.")
    ] = False,
    lab: LabOption = None,
) -> None:
    """Import whatever arrives in the inbox, until Ctrl-C."""
    from nasicon_loop.lab import watch_inbox

    screen = console()
    opened = opened_lab(lab)
    screen.print(f"watching {plain(opened.folder.inbox, limit=1000)} (Ctrl-C ends it)")
    watch_inbox(
        opened,
        once=once,
        on_result=lambda result: _say_result(screen, result),
        on_notice=lambda line: screen.print(plain(line, limit=1000)),
    )


def _say_result(screen: "Console", result: "ImportResult") -> None:
    from nasicon_loop.cli.stories import import_block

    screen.print(import_block(result), end="", soft_wrap=result.refusal is not None)  # a refusal is one line


@refusing
def inbox_list(
    waiting: Annotated[bool, typer.Option(help="Only files that wait for somebody.")] = False,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """List imported files with their states; numbers are for `nasicon inbox assign`."""
    from nasicon_loop.cli.stories import draw_inbox
    from nasicon_loop.lab import inbox

    rows = inbox(opened_lab(lab), only_waiting=waiting)
    say(rows, lambda screen: draw_inbox(screen, rows), as_json=as_json)


@refusing
def inbox_assign(
    number: Annotated[int, typer.Argument(help="Number of the file, as `nasicon inbox list` gives it.")],
    label: Annotated[str, typer.Argument(help="Sample or pellet label.")],
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say to which sample or pellet a file belongs."""
    from nasicon_loop.lab import assign

    result = assign(opened_lab(lab), number, label)
    say(result.document(), lambda screen: _say_result(screen, result), as_json=as_json)


@refusing
def analysis_show(
    number: AnalysisArgument,
    plot: Annotated[Path | None, typer.Option(help="Write a picture here (.png or .svg).")] = None,
    plot_kind: PlotKindOption = "nyquist",
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one analysis with its reasons, candidates and quality numbers."""
    from nasicon_loop.cli.stories import draw_analysis
    from nasicon_loop.lab import analysis_view

    view = analysis_view(opened_lab(lab), number)
    if plot is not None:
        view.draw(plot, plot_kind)
    say(view.document(), lambda screen: draw_analysis(screen, view.document()), as_json=as_json)


@refusing
def analysis_accept(
    number: AnalysisArgument,
    reason: ReasonOption,
    by: PersonOption = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sign an analysis in review: it teaches from now on."""
    _sign(number, "accepted", reason, by, lab, as_json)


@refusing
def analysis_reject(
    number: AnalysisArgument,
    reason: ReasonOption,
    by: PersonOption = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Reject an analysis: it never teaches."""
    _sign(number, "rejected", reason, by, lab, as_json)


def _sign(
    number: int, decision: Literal["accepted", "rejected"], reason: str, by: str | None, lab: LabOption, as_json: bool
) -> None:
    from nasicon_loop.lab import sign_analysis

    signed = sign_analysis(opened_lab(lab), number, decision, reason=reason, by=by)
    text = f"analysis {number} {decision} by {plain(signed.who)}: {plain(reason)}"
    say(signed, lambda screen: screen.print(text), as_json=as_json)


@refusing
def analysis_retract(
    number: AnalysisArgument,
    reason: ReasonOption,
    by: PersonOption = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a result back: the next training forgets it, the journal keeps it."""
    from nasicon_loop.lab import retract_analysis

    taken = retract_analysis(opened_lab(lab), number, reason=reason, by=by)
    text = (
        f"analysis {number} retracted by {plain(taken.who)}; `nasicon train` makes the model forget it\n"
        f"what it had caused: nasicon campaign impact {number}"
    )
    say(taken, lambda screen: screen.print(text), as_json=as_json)
