"""Model: the trainings so far and a new one, how good it is, and the scores of the dopants as table and as map."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.text import Text
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Static

from nasicon_loop.core import Refusal
from nasicon_loop.lab import CampaignState, StoredQuality, campaign_state, model_runs, stored_quality
from nasicon_loop.tui import words
from nasicon_loop.tui.keys import bindings_of
from nasicon_loop.tui.screens.base import LabScreen
from nasicon_loop.tui.spawning import spawn
from nasicon_loop.tui.unwaited import unwaited
from nasicon_loop.tui.widgets.bars import Line
from nasicon_loop.tui.widgets.quality import CalibrationPlot, ParityPlot, map_text
from nasicon_loop.tui.widgets.table import TextTable


class ModelScreen(LabScreen):
    """Runs above and dopants below; or parity and calibration; or the map of the scores."""

    PLACE = "model"
    BINDINGS = bindings_of("model")
    MORE_KEYS = (("Tab", "other table"),)

    def __init__(self) -> None:
        super().__init__()
        self._quality: StoredQuality | None = None
        self._cells: Sequence[Mapping[str, Any]] = ()
        self._map_of = ""

    def body(self) -> Iterable[Widget]:
        """Three pictures of the model; one is seen."""
        tables = Vertical(
            TextTable(["run", "when (UTC)", "literature", "lab", "trigger", "metrics"], id="runs"),
            Line("dopants: d scores all 49 with the current model", id="dopants-title"),
            TextTable(["dopant", "best formula", "log10 σ", "gain", "rows with it"], id="dopants"),
            id="tables",
        )
        quality = Vertical(
            Line(id="quality-words"),
            Horizontal(ParityPlot(id="parity"), CalibrationPlot(id="calibration")),
            id="quality",
        )
        yield ContentSwitcher(tables, quality, Static(markup=False, id="map"), initial="tables", id="pictures")

    def load(self) -> tuple[Sequence[Any], CampaignState]:
        """Read runs, newest first, and what is not learned yet."""
        return model_runs(self.lab)[::-1], campaign_state(self.lab)

    def show(self, data: tuple[Sequence[Any], CampaignState]) -> None:
        """Show them."""
        runs, state = data
        newest = f"run {runs[0].number} is the newest of {len(runs)}" if runs else "nothing was trained yet: t trains"
        self.headline(f"{newest}; {state.n_results_not_learned} of {state.n_results} results not learned yet")
        self.query_one("#runs", TextTable).fill([(str(run.number), _run_cells(run)) for run in runs])
        self._draw_quality()
        self._draw_map()

    @property
    def seen(self) -> str:
        """Which picture is seen: tables, quality or map."""
        return str(self.query_one("#pictures", ContentSwitcher).current)

    def more_keys(self) -> tuple[tuple[str, str], ...]:
        """There is another table only beside a table."""
        return self.MORE_KEYS if self.seen == "tables" else ()

    def _turn_to(self, picture: str) -> None:
        self.query_one("#pictures", ContentSwitcher).current = picture
        self.set_focus(self.query_one("#runs", TextTable) if picture == "tables" else None)
        self.draw_keys()

    def do_quality(self) -> None:
        """Show parity and calibration of the current model on rows that it held out; the same key goes back."""
        if self.seen == "quality":
            self._turn_to("tables")
            return

        async def work() -> None:
            try:
                self._quality = await unwaited(stored_quality, self.lab)
            except Refusal as refusal:
                self.nasicon.say_refusal(refusal)
                return
            self._turn_to("quality")
            self._draw_quality()
            self.nasicon.say(self._quality.caveat)

        spawn(self, work, group="quality", is_exclusive=True)

    def _draw_quality(self) -> None:
        found = self._quality
        if found is not None and self.seen == "quality":
            self.query_one("#quality-words", Line).say(f"run {found.run}, held out: {found.view.words}")
            self.query_one(ParityPlot).draw(found.view, self.colours)
            self.query_one(CalibrationPlot).draw(found.view, self.colours)

    def do_map(self) -> None:
        """Show the scores of the dopants over the periodic table, from a child process; the same key goes back."""
        if self.seen == "map":
            self._turn_to("tables")
            return

        async def work() -> None:
            result = await self.nasicon.work("scoring dopants", "map")
            if result is not None:
                self._cells, self._map_of = result["cells"], result["model"]
                self._turn_to("map")
                self._draw_map()
                self.nasicon.say(f"scores by {self._map_of}: 85 % conductivity, 5 % each window, stability, diffusion")

        spawn(self, work, group="job")

    def _draw_map(self) -> None:
        if self._cells:
            self.query_one("#map", Static).update(map_text(self._cells, self.colours.faint))

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
        self._turn_to("tables")
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
