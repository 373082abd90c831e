"""Commands of the campaign's mind: lives, consequences, health, backtests, reasons."""

from typing import TYPE_CHECKING, Annotated

import typer

from nasicon_loop.cli.output import JsonOption, LabOption, opened_lab, progress_bar, refusing, say
from nasicon_loop.core import plain, with_sd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from nasicon_loop.lab import Backtest, Health, Impact, LifeRow


@refusing
def campaign_cycle(
    name: Annotated[str | None, typer.Argument(help="Sample label or suggestion number; default: all.")] = None,
    stale: Annotated[bool, typer.Option("--stale", help="Only what nobody moved for too long.")] = False,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say where every suggestion and sample stands in its life, since when, and by whom."""
    from nasicon_loop.lab import life_cycle

    rows = life_cycle(opened_lab(lab), name=name, only_stale=stale)
    say(rows, lambda screen: _draw_lives(screen, rows, is_whole=name is not None), as_json=as_json)


def _draw_lives(screen: "Console", rows: "Sequence[LifeRow]", *, is_whole: bool) -> None:
    from nasicon_loop.cli.words import plain_table

    shown = ((row.name, row.formula, _state(row), f"{row.at:%Y-%m-%d %H:%M}", row.who, row.reason) for row in rows)
    screen.print(plain_table(["what", "composition", "state", "since (UTC)", "who", "why"], shown, whole=("what",)))
    for row in rows if is_whole else []:
        for step in row.steps:
            why = f": {plain(step.reason, limit=300)}" if step.reason else ""
            screen.print(f"  {step.at:%Y-%m-%d %H:%M}  {step.state}  {plain(step.who)}{why}")


def _state(row: "LifeRow") -> str:
    return f"{row.state}, stale for {row.idle_days:.0f} days" if row.is_stale else row.state


@refusing
def campaign_impact(
    thing: Annotated[str, typer.Argument(help="Number of an analysis, or label of a sample or pellet.")],
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what a result had caused: the models it taught, their suggestions, and what became of these."""
    from nasicon_loop.lab import impact_of

    found = impact_of(opened_lab(lab), thing)
    say(found.document(), lambda screen: _draw_impact(screen, found), as_json=as_json)


def _draw_impact(screen: "Console", found: "Impact") -> None:
    from nasicon_loop.cli.words import plain_table

    screen.print(found.what, style="bold")
    for line in found.words:
        screen.print(f"  {plain(line, limit=800)}")
    if found.suggestions:
        rows = (
            (
                one.number,
                one.model_run,
                one.formula,
                one.became,
                one.label or "",
                with_sd(one.sigma_25_s_cm, one.sigma_25_s_cm_sd),
            )
            for one in found.suggestions
        )
        screen.print(plain_table(["no", "run", "composition", "what became of it", "sample", "σ25 / S/cm"], rows))


@refusing
def campaign_backtest(
    on: Annotated[str | None, typer.Option(help="As it was at the end of this day (UTC), as 2026-11-22.")] = None,
    run: Annotated[int | None, typer.Option(help="The newest batch of this model run.", min=1)] = None,
    by: Annotated[str | None, typer.Option(help="Another acquisition than then: ei, nei, ucb, thompson ...")] = None,
    n: Annotated[int | None, typer.Option("-n", help="How many; default: as then.", min=1, max=50)] = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a past question again, of the stored model with what was known then; results known now stand beside."""
    from nasicon_loop.lab import backtest

    with progress_bar() as bar:
        found = backtest(opened_lab(lab), on=on, run=run, by=by, n=n, progress=bar)
    say(found.document(), lambda screen: _draw_backtest(screen, found), as_json=as_json)


def _draw_backtest(screen: "Console", found: "Backtest") -> None:
    from nasicon_loop.cli.words import plain_table

    screen.print(
        f"model run {found.run}, by {found.acquired_by} (seed {found.seed}), with {found.n_results_then} results of "
        f"this lab, up to journal line {found.known_to}"
    )
    rows = (
        (
            one.formula if one.kind == "new" else f"{one.formula} ({one.kind})",
            f"{one.log10_sigma_mean:.2f} ± {one.log10_sigma_sd:.2f}",
            f"{one.gain_dex:.3f}",
            "-" if one.is_equal is None else f"{one.number} the same" if one.is_equal else "not stored so",
            "-" if one.sigma_log10_now is None else f"{one.sigma_log10_now:.2f} ({one.n_results_now})",
        )
        for one in found.suggestions
    )
    screen.print(plain_table(["composition", "log10 σ then", "gain / dex", "stored", "log10 σ now"], rows))
    if found.is_equal is not None:
        screen.print("bit for bit what was stored" if found.is_equal else "NOT what was stored")
    if found.mean_log10_now is not None:
        screen.print(f"mean of the results known now: log10 σ {found.mean_log10_now:.2f}")


@refusing
def campaign_health(lab: LabOption = None, as_json: JsonOption = False) -> None:
    """Say whether it is worth going on: gain against cost, stalled search, drift, replicates, model, calibration."""
    from nasicon_loop.lab import campaign_health as look

    found = look(opened_lab(lab))
    say(found.document(), lambda screen: _draw_health(screen, found), as_json=as_json)


_VERDICT_STYLE = {"ok": "green", "look": "yellow", "stop": "red"}


def _draw_health(screen: "Console", found: "Health") -> None:
    from rich.text import Text

    for check in found.checks:
        line = Text(f"{check.verdict:5}", style=_VERDICT_STYLE[check.verdict])
        line.append(f" {check.name}: {plain(check.words, limit=600)}", style="default")
        screen.print(line)
        if check.next_step and check.verdict != "ok":
            screen.print(f"      next: {check.next_step}")
    state = "may be on" if found.gate.is_open else "is off"
    screen.print(f"automatic acceptance {state}: {plain(found.gate.why, limit=800)}")
    screen.print(f"automatic by lab.toml: {', '.join(found.automatic) or 'nothing'}")


@refusing
def campaign_why(
    number: Annotated[int, typer.Argument(help="Number of a suggestion.", min=1)],
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say why a suggestion was made: its numbers, what is known near it, what it would teach, what it takes."""
    from nasicon_loop.lab import explain_suggestion

    found = explain_suggestion(opened_lab(lab), number)

    def human(screen: "Console") -> None:
        screen.print(f"suggestion {number}  {found.formula}  ({found.kind}, model run {found.run})", style="bold")
        for line in found.words:
            screen.print(f"  {plain(line, limit=600)}")
        screen.print(f"  as it was said then: {plain(found.reason, limit=2000)}")

    say(found.document(), human, as_json=as_json)
