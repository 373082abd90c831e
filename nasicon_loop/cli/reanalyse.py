"""`nasicon fit --all --reanalyse`: everything in the lab anew by the current engine."""

from pathlib import Path
from typing import TYPE_CHECKING

from nasicon_loop.cli.output import opened_lab, progress_bar, say
from nasicon_loop.core import joined, plain, with_sd

if TYPE_CHECKING:
    from rich.console import Console

    from nasicon_loop.lab import Change, Reanalysed


def reanalyse_lab(lab: Path | None, executor: str | None, *, as_json: bool) -> None:
    """Do it and say what changed."""
    from nasicon_loop.lab import reanalyse

    with joined(executor) as workers, progress_bar() as bar:
        done = reanalyse(opened_lab(lab), executor=workers, progress=bar)
    say(done, lambda screen: _draw(screen, done), as_json=as_json)


def _draw(screen: "Console", done: "Reanalysed") -> None:
    from nasicon_loop.cli.stories import import_block

    for result in done.read_anew:
        screen.print(import_block(result), end="", soft_wrap=result.refusal is not None)
    screen.print(f"{done.n_done} analyses made anew by engine {done.engine_version}; the old ones stay")
    screen.print(f"untouched: {done.n_current} current, {done.n_by_hand} by hand, {done.n_taken_back} taken back")
    if not done.changes:
        screen.print("no verdict changed, no resistance by more than its sd")
    for change in done.changes:
        screen.print(_line(change))


def _line(change: "Change") -> str:
    old = f"{change.old_verdict} {with_sd(change.old_r_total_ohm, change.old_r_total_ohm_sd)}"
    new = f"{change.new_verdict} {with_sd(change.new_r_total_ohm, change.new_r_total_ohm_sd)}"
    where = f"{plain(change.file, limit=60)}, sweep {change.sweep}"
    return f"{where} ({change.label or 'unassigned'}): {old} -> {new} ohm (analysis {change.new_analysis})"
