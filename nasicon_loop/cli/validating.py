"""`nasicon validate`: how good the model is on what it has not seen."""

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from nasicon_loop.cli.loop import EXECUTORS
from nasicon_loop.cli.output import JsonOption, LabOption, opened_lab, progress_bar, refusing, say
from nasicon_loop.core import Refusal, joined

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

FAMILY = "Na3Zr2Si2PO12 family"
_DOPANT_WORDS = (
    "Under each model its score, the mean of -ln(density per dex) at the measured values in nats, lower is better, and "
    "its MAE in dex. default: CNN with trees; forest: random-forest quantiles, smoothed. Asked are Na rows at 15 to "
    "35 °C with the dopant; no row with it taught."
)


@refusing
def validate(
    by: Annotated[
        Literal["split", "dopant"],
        typer.Option(help="split: cross-validation in folds; dopant: every dopant left out in turn, minutes."),
    ] = "split",
    quick: Annotated[bool, typer.Option(help="A smaller network ensemble: minutes become seconds.")] = False,
    plot: Annotated[
        Path | None, typer.Option(help="Draw parity, residuals and calibration of each split here (.png or .svg).")
    ] = None,
    stored: Annotated[
        bool, typer.Option("--stored", help="Compute nothing: what the current model said of rows that it held out.")
    ] = False,
    executor: Annotated[str | None, typer.Option(help=EXECUTORS)] = None,
    lab: LabOption = None,
    as_json: JsonOption = False,
) -> None:
    """Cross-validate beside simpler models: random, grouped by source, formula and chemical system; or per dopant."""
    if stored:
        if by != "split" or quick or executor:
            raise Refusal("computes nothing: only --plot and --json go with it", "--stored")
        _stored(lab, plot, as_json=as_json)
        return
    if by == "dopant":
        if plot is not None:
            raise Refusal("there is a picture of the splits, not of --by dopant", "--plot")
        _by_dopant(lab, executor, quick=quick, as_json=as_json)
        return
    from nasicon_loop.lab import validate_model

    with joined(executor) as workers, progress_bar() as bar:
        found = validate_model(opened_lab(lab), quick=quick, plot=plot, progress=bar, executor=workers)

    def human(screen: "Console") -> None:
        for table in validation_tables(found):
            screen.print(table)
        screen.print(_NUMBER_WORDS)
        for line in _footer(found):
            screen.print(line)
        if plot is not None:
            screen.print(f"picture  {plot}")

    say({"schema": 1, **vars(found), **found.to_dict()}, human, as_json=as_json)


def _stored(lab: Path | None, plot: Path | None, *, as_json: bool) -> None:
    from nasicon_loop.lab import stored_quality

    found = stored_quality(opened_lab(lab), plot=plot)

    def human(screen: "Console") -> None:
        screen.print(f"model run {found.run}: {found.view.words}")
        pairs = list(zip(found.view.nominal, found.view.covered, strict=True))[1::2]
        screen.print("nominal    " + " ".join(f"{100 * nominal:>4.0f} %" for nominal, _ in pairs))
        screen.print("held out   " + " ".join(f"{100 * covered:>4.0f} %" for _, covered in pairs))
        screen.print(found.caveat)
        if plot is not None:
            screen.print(f"picture  {plot}")

    say(found.document(), human, as_json=as_json)


_NUMBERS = ("n", "MAE", "R2", "rank", "class", "90 %", "wide")


def validation_tables(found: Any) -> "Iterator[Table]":
    """Yield a table per split and kind of row that is counted: who did how well."""
    from nasicon_loop.cli.words import plain_table

    for split, subset in dict.fromkeys((score.split, score.subset) for score in found.scores):
        block = [score for score in found.scores if (score.split, score.subset) == (split, subset)]
        rows = ((score.model, *_numbers(score)) for score in block)
        columns = ["model", *_NUMBERS]
        title = f"nothing shared: {split}; rows: {subset}"
        yield plain_table(columns, rows, title=title, whole=columns, tight=True)


def _numbers(score: Any) -> tuple[str, ...]:
    return (
        f"{score.n}",
        f"{score.mae:.3f}",
        f"{score.r2:.2f}",
        "-" if score.spearman is None else f"{score.spearman:.2f}",
        f"{score.accuracy4:.2f}",
        "-" if score.coverage90 is None else f"{score.coverage90:.2f}",
        "-" if score.width90 is None else f"{score.width90:.1f}",
    )


_NUMBER_WORDS = (
    "MAE and width of the 90 % intervals in dex; rank: Spearman's correlation; class: share\n"
    "in the right one of four; 90 %: share inside the interval"
)


def _footer(found: Any) -> Iterator[str]:
    """Yield who is better, and whether that may be luck; and who ranks right inside the family that a lab dopes."""
    if found.comparisons:
        yield "\nMAE of the default against the best of the trees (paired bootstrap over groups):"
    for one in found.comparisons:
        yield f"{one.subset}, nothing shared: {one.split}"
        yield from textwrap.wrap(one.sentence, 78, initial_indent="  ", subsequent_indent="    ")
    family = [one for one in found.scores if one.subset == FAMILY]
    splits = list(dict.fromkeys(one.split for one in family))
    models = list(dict.fromkeys(one.model for one in family))
    if family:
        yield f"\nRank correlation inside the {FAMILY}; nothing shared:"
        yield f"{'':30}" + "".join(f"{_SHORT_SPLIT.get(split, split):>13}" for split in splits)
    for model in models:
        found_by = {one.split: one.spearman for one in family if one.model == model}
        ranks = (found_by.get(split) for split in splits)
        yield f"{model:30}" + "".join(f"{'-' if rank is None else f'{rank:+.2f}':>13}" for rank in ranks)


_SHORT_SPLIT = {"source and formula": "+ formula", "chemical system": "system"}


def _by_dopant(lab: Path | None, executor: str | None, *, quick: bool, as_json: bool) -> None:
    from nasicon_loop.lab import validate_dopants

    with joined(executor) as workers, progress_bar() as bar:
        found = validate_dopants(opened_lab(lab), quick=quick, progress=bar, executor=workers)
    say({"schema": 1, **found.to_dict()}, lambda screen: _draw_dopants(screen, found), as_json=as_json)


_SHORT = {"CNN with trees": "default", "CNN alone": "CNN", "random-forest quantiles": "forest"}


def _draw_dopants(screen: "Console", found: Any) -> None:
    from nasicon_loop.cli.words import plain_table

    table = found.by_dopant()
    models = list(dict.fromkeys(one.model for one in found.dopants))
    columns = ["dopant", "n", *(word for model in models for word in (_SHORT[model], "MAE"))]
    rows = (
        (
            name,
            next(iter(one.values())).n,
            *(f"{number:.2f}" for model in models for number in (one[model].log_score, one[model].mae)),
        )
        for name, one in table.items()
    )
    screen.print(
        plain_table(columns, rows, title="every dopant left out in turn: score and MAE", whole=columns, tight=True)
    )
    for sentence in (_DOPANT_WORDS, *found.summary):
        for line in textwrap.wrap(sentence, 78, subsequent_indent="  "):
            screen.print(line)
    compounds = (
        (
            one.formula,
            f"{one.measured:.2f}",
            _SHORT[one.model],
            f"{one.median:.2f}",
            f"{one.low:.2f} to {one.high:.2f}",
            f"{one.log_score:.2f}",
        )
        for one in sorted(found.compounds, key=lambda one: one.formula)
    )
    columns = ["compound", "meas.", "model", "median", "90 %", "score"]
    title = "the paper's compounds without their own rows and sources, lg(S/cm) at 25 °C"
    screen.print(plain_table(columns, compounds, title=title, whole=columns, tight=True))
