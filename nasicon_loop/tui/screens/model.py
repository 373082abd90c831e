"""Model: the trainings so far, a new one in a child process, and the scores of the dopants."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.text import Text
from textual.widget import Widget

from nasicon_loop.lab import CampaignState, campaign_state, model_runs
from nasicon_loop.tui import words
from nasicon_loop.tui.keys import bindings_of
from nasicon_loop.tui.screens.base import LabScreen
from nasicon_loop.tui.spawning import spawn
from nasicon_loop.tui.widgets.bars import Line
from nasicon_loop.tui.widgets.table import TextTable


class ModelScreen(LabScreen):
    """Runs above, dopants below."""

    PLACE = "model"
    BINDINGS = bindings_of("model")
    MORE_KEYS = (("Tab", "other table"),)

    def body(self) -> Iterable[Widget]:
        """Two tables."""
        yield TextTable(["run", "when (UTC)", "literature", "lab", "trigger", "metrics"], id="runs")
        yield Line("dopants: d scores all 49 with the current model", id="dopants-title")
        yield TextTable(["dopant", "best formula", "log10 σ", "gain", "rows with it"], id="dopants")

    def load(self) -> tuple[Sequence[Any], CampaignState]:
        """Read runs, newest first, and what is not learned yet."""
        return model_runs(self.lab)[::-1], campaign_state(self.lab)

    def show(self, data: tuple[Sequence[Any], CampaignState]) -> None:
        """Show them."""
        runs, state = data
        newest = f"run {runs[0].number} is the newest of {len(runs)}" if runs else "nothing was trained yet: t trains"
        self.headline(f"{newest}; {state.n_results_not_learned} of {state.n_results} results not learned yet")
        self.query_one("#runs", TextTable).fill([(str(run.number), _run_cells(run)) for run in runs])

    def do_train(self) -> None:
        """Train in a child process."""

        async def work() -> None:
            result = await self.nasicon.work("training", "train")
            if result is not None:
                taught = ", ".join(result["taught_by"]) or "the literature only"
                self.finished(f"model run {result['run']}: taught by {taught}" if result["run"] else result["note"])

        spawn(self, work, group="job")

    def do_dopants(self) -> None:
        """Score the dopants in a child process."""

        async def work() -> None:
            result = await self.nasicon.work("scoring dopants", "dopants")
            if result is not None:
                self.show_dopants(result["scores"])
                self.nasicon.say(f"{len(result['scores'])} dopants scored")

        spawn(self, work, group="job")

    def show_dopants(self, scores: Sequence[Mapping[str, Any]]) -> None:
        """Show the scores, best first."""
        table = self.query_one("#dopants", TextTable)
        table.fill([(str(row["element"]), _dopant_cells(row)) for row in scores])
        table.focus()


def _run_cells(run: Any) -> list[Text]:
    return [
        words.cell(run.number),
        words.cell(f"{run.at:%Y-%m-%d %H:%M}"),
        words.cell(run.n_literature_rows),
        words.cell(run.n_lab_rows),
        words.cell(run.trigger),
        words.cell("; ".join(_metrics(run.metrics))),
    ]


def _metrics(tree: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Yield one short sentence per group of numbers."""
    numbers = [
        f"{name.replace('_', ' ')} {value:.3g}"
        for name, value in tree.items()
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    ]
    if numbers:
        yield f"{path}: {', '.join(numbers)}" if path else ", ".join(numbers)
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _metrics(value, f"{path} {name}".strip().replace("_", " "))


def _dopant_cells(row: Mapping[str, Any]) -> list[Text]:
    mean, sd, gain = row["mean"], row["sd"], row["acquisition"]
    return [
        words.cell(row["element"]),
        words.cell(row["formula"] or ("blocked by policy" if row["is_blocked"] else None), limit=32),
        words.cell("-" if mean is None else f"{mean:.2f} ± {sd:.2f}"),
        words.cell("-" if gain is None else f"{gain:.3f}"),
        words.cell(row["n_support_rows"] or "none"),
    ]
