"""`nasicon screen`: the dopants, their pairs and the whole space, scored."""

import math
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from nasicon_loop.cli.loop import EXECUTORS
from nasicon_loop.cli.output import JsonOption, LabOption, opened_lab, progress_bar, refusing, say
from nasicon_loop.core import Refusal, joined, plain

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from nasicon_loop.lab import DopantsScored, PairsScored, SpaceScreened

_SHADES = ("grey37", "steel_blue", "dark_cyan", "dark_olive_green3", "yellow3")
"""From low to high; the number stands beside the colour."""
_COLUMNS, _LINES = 18, 8
INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""
_DOPANT_WORDS = (
    "lg sigma: log10 of S/cm at 25 °C; win V: window; stab: chance to lie by the hull\n"
    "rows: measured ones with the dopant; - no data\n"
)
_SHORT = ("sigma", "window", "stab", "diff")


@refusing
def screen(
    limit: Annotated[int, typer.Option(help="How many rows to show.", min=1, max=10000)] = 20,
    pairs: Annotated[bool, typer.Option("--pairs", help="Score every pair of dopants, 49 x 49.")] = False,
    compositions: Annotated[
        bool, typer.Option("--compositions", help="Score 1.3 million compositions with one or two dopants: minutes.")
    ] = False,
    by: Annotated[
        Literal["gain", "score"], typer.Option(help="What ranks --compositions: expected gain over the best, or score.")
    ] = "gain",
    plot: Annotated[Path | None, typer.Option(help="Write the map here (.png or .svg).")] = None,
    executor: Annotated[str | None, typer.Option(help=EXECUTORS)] = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Score the 49 dopants by the paper's 85/5/5/5, their pairs, or a million compositions."""
    if pairs and compositions:
        raise Refusal("choose one: --pairs or --compositions", "screen")
    if compositions:
        if plot is not None:
            raise Refusal("there is a map of the dopants and of --pairs, not of --compositions", "--plot")
        _screen_space(lab, limit, by, executor, as_json=as_json)
    elif pairs:
        _screen_pairs(lab, limit, plot, executor, as_json=as_json)
    else:
        _screen_dopants(lab, limit, plot, as_json=as_json)


def _screen_dopants(lab: Path | None, limit: int, plot: Path | None, *, as_json: bool) -> None:
    from nasicon_loop.lab import score_dopants

    with progress_bar() as bar:
        found = score_dopants(opened_lab(lab), plot=plot, progress=bar)
    say(found.document(), lambda console: _draw_dopants(console, found, limit, plot), as_json=as_json)


def _draw_dopants(console: "Console", found: "DopantsScored", limit: int, plot: Path | None) -> None:
    from nasicon_loop.cli.words import plain_table

    console.print(_map(found))
    rows = (_dopant_cells(one) for one in found.document()["dopants"][:limit])
    columns = ["dopant", "score", "stands for it", "lg sigma", "win V", "stab", "rows"]
    console.print(plain_table(columns, rows, whole=columns, tight=True))
    console.print(_DOPANT_WORDS)
    _draw_paper(console, found)
    _draw_parts(console, found)
    if plot is not None:
        console.print(f"picture  {plain(plot, limit=1000)}")


def _dopant_cells(one: dict[str, Any]) -> list[str]:
    rows = str(one["n_support_rows"] or "none")
    if one["score"] is None:
        words = "blocked by policy" if one["is_blocked"] else "no likely single phase"
        return [one["element"], "-", words, "-", "-", "-", rows]
    parts = one["parts"]
    return [
        one["element"],
        f"{one['score']:.2f}",
        one["formula"],
        _with_sd(one["log10_sigma_mean"], one["log10_sigma_sd"]),
        _number(parts["window"]),
        _number(parts["stability"]),
        rows,
    ]


def _with_sd(mean: float, sd: float) -> str:
    return f"{mean:.2f}±{sd:.2f}"


def _number(value: float | None) -> str:
    return "-" if value is None or math.isnan(value) else f"{value:.2f}"


def _map(found: "DopantsScored") -> "Text":
    """The periodic table: score in per cent under each dopant; ~ no measured row, x blocked."""
    from rich.text import Text

    from nasicon_loop.lab import score_cells

    cells = {(cell.line, cell.column): cell for cell in score_cells(found)}
    text = Text()
    for line in range(1, _LINES + 1):
        if not any((line, column) in cells for column in range(1, _COLUMNS + 1)):
            continue
        for is_name in (True, False):
            for column in range(1, _COLUMNS + 1):
                cell = cells.get((line, column))
                shade = "" if cell is None else "dim" if cell.level is None else _SHADES[cell.level]
                word = "" if cell is None else cell.element if is_name else cell.mark
                text.append(f"{word:<4}", style=f"bold {shade}" if is_name else shade)
            text.append("\n")
    text.append("score in per cent; ~ no measured row, a guess by similarity; x blocked by policy; - none\n")
    return text


def _draw_paper(console: "Console", found: "DopantsScored") -> None:
    from nasicon_loop.cli.words import plain_table

    scoring = found.scoring
    rows = (
        (
            one.compound.formula,
            f"{one.compound.score:.2f}",
            f"{one.score:.2f}",
            _with_sd(one.mean, one.sd),
            one.rank,
            f"{100 * one.percentile:.0f} %",
        )
        for one in scoring.paper
    )
    title = f"the paper's compounds among {scoring.n_candidates} likely compositions with one dopant"
    columns = ["compound", "paper", "ours", "lg sigma", "rank", "better than"]
    console.print(plain_table(columns, rows, title=title, whole=columns, tight=True))
    _say_lines(console, (f"{c.formula}: {c.remark}" for c in (one.compound for one in scoring.paper) if c.remark))
    rho = scoring.paper_correlation
    said = "no rank correlation can be given" if rho is None else f"rank correlation with the paper's scores {rho:.2f}"
    console.print(f"{said} ({len(scoring.paper)} compounds)\n")


def _draw_parts(console: "Console", found: "DopantsScored") -> None:
    from nasicon_loop.cli.words import plain_table

    parts = found.document()["parts"]
    rows = (
        (
            part["part"],
            f"{100 * part['weight']:.0f} %",
            "no data"
            if math.isnan(part["zero_at"])
            else f"{part['zero_at']:.2f} to {part['one_at']:.2f} {part['unit'].replace('log10', 'lg')}",
            *(_number(value) for value in line),
        )
        for part, line in zip(parts, found.scoring.correlations, strict=True)
    )
    title = "the parts of the score: weight, what counts as 0 and 1, rank correlations over the dopants"
    columns = ["part", "weight", "from 0 to 1", *_SHORT]
    console.print(plain_table(columns, rows, title=title, whole=columns, tight=True))
    _say_lines(console, found.scoring.remarks)


def _say_lines(console: "Console", lines: Iterable[str]) -> None:
    for line in lines:
        console.print(f"  {line}")


def _screen_pairs(lab: Path | None, limit: int, plot: Path | None, executor: str | None, *, as_json: bool) -> None:
    from nasicon_loop.lab import score_pairs

    with joined(executor) as workers, progress_bar() as bar:
        found = score_pairs(opened_lab(lab), plot=plot, executor=workers, progress=bar)
    say(found.document(), lambda console: _draw_pairs(console, found, limit, plot), as_json=as_json)


def _draw_pairs(console: "Console", found: "PairsScored", limit: int, plot: Path | None) -> None:
    from nasicon_loop.cli.words import plain_table

    rows = (
        (
            one.first if one.first == one.second else f"{one.first} + {one.second}",
            f"{one.hit.value:.2f}",
            *_hit_cells(one.hit),
        )
        for one in found.pairs[:limit]
    )
    title = f"the best of {len(found.pairs)} pairs; {found.n_candidates} compositions on a coarse grid"
    whole = ("pair", "score", *_HIT_COLUMNS[1:])
    console.print(plain_table(["pair", "score", *_HIT_COLUMNS], rows, title=title, whole=whole, tight=True))
    console.print(f"{_HIT_WORDS}\n")
    _draw_parts(console, found.dopants)
    if plot is not None:
        console.print(f"picture  {plain(plot, limit=1000)}")


_HIT_COLUMNS = ("formula", "lg sigma", "gain", "phase")
_HIT_WORDS = "lg sigma: log10 of S/cm at 25 °C; gain: expected, in dex; phase: chance of one phase"


def _hit_cells(hit: Any) -> tuple[str, str, str, str]:
    return hit.formula, _with_sd(hit.mean, hit.sd), f"{hit.gain:.3f}", f"{100 * hit.chance:.0f} %"


def _screen_space(
    lab: Path | None, n_best: int, by: Literal["gain", "score"], executor: str | None, *, as_json: bool
) -> None:
    from nasicon_loop.lab import screen_space

    try:
        with joined(executor) as workers, progress_bar() as bar:
            found = screen_space(opened_lab(lab), n_best, by=by, executor=workers, progress=bar)
    except KeyboardInterrupt:
        sys.stderr.write("nasicon: stopped; what is done is kept, the same command goes on from there\n")
        raise typer.Exit(INTERRUPTED) from None
    say(found.document(), lambda console: _draw_space(console, found), as_json=as_json)


def _draw_space(console: "Console", found: "SpaceScreened") -> None:
    from nasicon_loop.cli.words import plain_table

    rows = ((" + ".join(hit.dopants) or "none", *_hit_cells(hit), _number(hit.score)) for hit in found.compositions)
    title = f"the best of {found.n_candidates} compositions by {found.by}, at most 3 with the same dopants"
    whole = ("dopants", "score", *_HIT_COLUMNS[1:])
    console.print(plain_table(["dopants", *_HIT_COLUMNS, "score"], rows, title=title, whole=whole, tight=True))
    console.print(_HIT_WORDS)
    _say_lines(console, (f"best so far by the model: log10 sigma {found.best_so_far:.2f}", *found.notes))
