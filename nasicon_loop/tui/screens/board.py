"""Board: samples by stage, what each waits for, and how the campaign stands."""

import asyncio
import time
from collections.abc import Iterable
from typing import Any

from rich.text import Text
from textual.widget import Widget
from textual.widgets import DataTable

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab import (
    BoardPage,
    BoardRow,
    CampaignState,
    Health,
    board_page,
    campaign_health,
    campaign_state,
    health_from,
    is_long_work,
    new_sample,
)
from nasicon_loop.tui import words
from nasicon_loop.tui.keys import bindings_of, in_keys
from nasicon_loop.tui.screens.base import WIDE, LabScreen
from nasicon_loop.tui.spawning import spawn
from nasicon_loop.tui.unwaited import together, unwaited
from nasicon_loop.tui.widgets.bars import Detail, Line
from nasicon_loop.tui.widgets.dialogs import Field, Help, Values
from nasicon_loop.tui.widgets.table import TextTable

_HEALTH_SHARE = 20
"""Health is looked at again after so many times as long as the last look took: large labs more seldom."""

_IDLE_SECONDS = 1.0
"""And by itself only when nobody pressed a key for so long."""


class BoardScreen(LabScreen):
    """All samples."""

    PLACE = "board"
    BINDINGS = bindings_of("board")
    MORE_KEYS = (("Enter", "open the sample"),)

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, BoardRow] = {}
        self._n_there = 0
        self._next_look = 0.0
        self._is_health_old = False

    def body(self) -> Iterable[Widget]:
        """A line of counts, one on the campaign's health, the table, and the selected row in full."""
        yield Line(id="counts")
        yield Line(id="health")
        yield TextTable(["sample", "target", "stage", "σ25 / S/cm", "waits for"], id="samples")
        yield Detail()

    def load(self) -> tuple[BoardPage, CampaignState]:
        """Read samples and counts."""
        return together(lambda: board_page(self.lab, self.n_wanted), lambda: campaign_state(self.lab))

    def show(self, data: tuple[BoardPage, CampaignState]) -> None:
        """Show them."""
        page, state = data
        rows, self._n_there = page.rows, page.n_samples
        shown = f", the first {len(rows)} shown" if page.n_samples > len(rows) else ""
        self.headline(f"{state.lab}: {page.n_samples} samples{shown}, next: {state.next_step}")
        self.query_one("#counts", Line).say(_counts(state))
        self._rows = {row.label: row for row in rows}
        table = self.query_one(TextTable)
        table.fill([(row.label, self._cells(row)) for row in rows])
        if self.nasicon.sample_label is not None:
            table.select(self.nasicon.sample_label)
        self._show_selected()
        self._is_health_old = True

    def when_seen(self) -> None:
        """Look at the campaign's health where something changed since the last look."""
        if self._is_health_old and time.monotonic() >= self._next_look:
            self._is_health_old, self._next_look = False, float("inf")
            spawn(self, self._health_when_idle, group="health", is_exclusive=True)

    async def _health_when_idle(self) -> None:
        """Let somebody who is pressing keys go first."""
        while self.nasicon.idle_seconds < _IDLE_SECONDS:
            await asyncio.sleep(_IDLE_SECONDS - self.nasicon.idle_seconds)
        await self._health()

    async def _health(self) -> Health | None:
        """Look at the campaign's health, after the samples are there: it reads the whole journal."""
        began = time.monotonic()
        try:
            found = await self._look()
        except (Refusal, OSError) as refusal:
            self.nasicon.say_refusal(refusal)
            return None
        finally:
            now = time.monotonic()
            self._next_look = now + _HEALTH_SHARE * (now - began)
        if self.is_mounted and self.app.is_running:
            self.query_one("#health", Line).say(f"health: {in_keys(found.summary)}")
        return found

    async def _look(self) -> Health:
        """In a thread; in a process of its own where it would keep the screens from answering for seconds."""
        if await unwaited(is_long_work, self.lab):
            return health_from(await self.nasicon.jobs.aside("health", "health"))
        found: Health = await unwaited(campaign_health, self.lab)
        return found

    def do_health(self) -> None:
        """Look at the campaign's health again and show every check with its next step."""

        async def show() -> None:
            found = await self._health()
            if found is not None:
                await self.app.push_screen_wait(Help("Campaign health", _health_lines(found)))

        spawn(self, show, group="form")

    def _cells(self, row: BoardRow) -> list[Any]:
        waits = in_keys(row.waits_for)
        return [
            words.cell(row.label + (" R" if row.is_reference else "")),
            words.cell(row.formula, limit=17 if self.app.size.width < WIDE else 40),
            words.state(row.stage, self.colours),
            words.cell(words.sigma(row.sigma_25_s_cm, row.sigma_25_s_cm_sd, is_short=True)),
            words.cell(waits),
        ]

    def _show_selected(self) -> None:
        label = self.query_one(TextTable).selected
        if label is None:
            self.query_one(Detail).say(Text("no samples yet: n begins one, 3 asks the model for compositions"))
            return
        row = self._rows[label]
        reference = " (undoped reference)" if row.is_reference else ""
        waits = f"  waits: {in_keys(row.waits_for)}" if row.waits_for else ""
        self.query_one(Detail).say(Text(f"{row.label}  {row.formula}{reference}{waits}"))

    def on_data_table_row_highlighted(self, _event: DataTable.RowHighlighted) -> None:
        """The other screens follow the selection."""
        label = self.query_one(TextTable).selected
        if self.is_seen and label is not None and label in self._rows:
            self.nasicon.sample_label = label
            self._show_selected()
            self.more_rows(self.query_one(TextTable), self._n_there)

    def on_data_table_row_selected(self, _event: DataTable.RowSelected) -> None:
        """Enter opens the sample."""
        label = self.query_one(TextTable).selected
        if label is not None:
            self.nasicon.open_sample(label)

    def more_keys(self) -> tuple[tuple[str, str], ...]:
        """There must be something to open."""
        return self.MORE_KEYS if self.query_one(TextTable).row_count else ()

    def do_new_sample(self) -> None:
        """Begin a sample."""

        def submit(values: Values) -> Any:
            is_reference = values["reference"].casefold() in ("y", "yes")
            return new_sample(self.lab, values["formula"] or None, is_reference=is_reference, note=values["note"])

        self.ask_form(
            "New sample",
            [
                Field("formula", "target formula", hint="e.g. Na3.4Zr1.8Mg0.2Si2PO12"),
                Field("reference", "undoped reference?", hint="y for yes; the formula may then stay empty"),
                Field("note", "note"),
            ],
            submit,
            self._made,
        )

    def _made(self, sample: Any) -> str:
        self.nasicon.sample_label = sample.label
        return f"{sample.label} begun: {sample.target_formula}. Next: nasicon recipe {sample.label}"

    def do_report(self) -> None:
        """Write the report in a child process."""

        async def work() -> None:
            result = await self.nasicon.work("report", "report")
            if result is not None:
                self.finished(f"report written: {result['path']}")

        spawn(self, work, group="job")


def _health_lines(found: Health) -> list[tuple[str, str, str]]:
    lines: list[tuple[str, str, str]] = []
    for check in found.checks:
        step = f" → {in_keys(check.next_step)}" if check.next_step and check.verdict != "ok" else ""
        lines.append((check.verdict, f"{check.name}: {plain(check.words, limit=400)}{step}", ""))
    state = "may be on" if found.gate.is_open else "is off"
    lines.append(("auto", f"automatic acceptance {state}: {plain(found.gate.why, limit=600)}", ""))
    return lines


def _counts(state: CampaignState) -> str:
    best = words.sigma(state.best_sigma_25_s_cm, state.best_sigma_25_s_cm_sd, is_short=True)
    new = f" ({state.n_results_not_learned} new)" if state.n_results_not_learned else ""
    return " | ".join(
        [
            f"best {best} ({state.best_label})" if state.best_label else "no result yet",
            f"{state.n_results} results{new}",
            f"model {state.model_run}" if state.model_run is not None else "no model yet",
            f"{state.n_waiting_files} files wait",
        ]
    )
