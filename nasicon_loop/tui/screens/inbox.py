"""Inbox: imported files with verdicts and reasons; unassigned ones get their owner here."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.text import Text
from textual.widget import Widget
from textual.widgets import DataTable

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab import ImportResult, InboxPage, InboxRow, assign, import_files, inbox_page
from nasicon_loop.tui import words
from nasicon_loop.tui.keys import bindings_of
from nasicon_loop.tui.screens.base import PAGE, LabScreen
from nasicon_loop.tui.widgets.bars import Detail
from nasicon_loop.tui.widgets.dialogs import Field, Values, as_number
from nasicon_loop.tui.widgets.table import TextTable

_NOTHING = "nothing was imported yet: o imports a path; nasicon watch imports what arrives in inbox/"


class InboxScreen(LabScreen):
    """All imported files, newest first."""

    PLACE = "inbox"
    BINDINGS = bindings_of("inbox")
    MORE_KEYS = (("Enter", "open the spectrum"),)

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, InboxRow] = {}
        self._only_waiting = False
        self._n_there = 0
        self._is_moved = False

    def body(self) -> Iterable[Widget]:
        """The table, and the selected row in full."""
        yield TextTable(["no", "file", "of", "state", "verdict", "σ 25 °C S/cm", "why"], id="files")
        yield Detail()

    def load(self) -> InboxPage:
        """Read the files, newest first."""
        return inbox_page(self.lab, self.n_wanted, only_waiting=self._only_waiting)

    def show(self, data: InboxPage) -> None:
        """Show them."""
        n_there = self._n_there = data.n_waiting if self._only_waiting else data.n_files
        which = "those that wait" if self._only_waiting else ""
        which = (
            f"the newest {len(data.rows)}" + (f" of {which}" if which else "") if n_there > len(data.rows) else which
        )
        shown = f"; shown: {which}" if which else ""
        self.headline(f"{data.n_files} files, {data.n_waiting} wait for somebody, {data.n_refused} refused{shown}")
        self._rows = {str(row.number): row for row in data.rows}
        self.query_one(TextTable).fill([(key, self._cells(row)) for key, row in self._rows.items()])
        self._show_selected()

    def _cells(self, row: InboxRow) -> list[Text]:
        return [
            words.cell(row.number),
            words.cell(row.name, limit=22),
            words.cell(row.label),
            words.state(row.state, self.colours),
            words.state(row.verdict, self.colours),
            words.cell(words.sigma(row.sigma_25_s_cm, row.sigma_25_s_cm_sd, is_short=True)),
            words.cell(row.reason),
        ]

    @property
    def row(self) -> InboxRow | None:
        """The row under the cursor."""
        return self._rows.get(self.query_one(TextTable).selected or "")

    def _show_selected(self) -> None:
        row = self.row
        nothing = "nothing waits for anybody: w shows all" if self._only_waiting else _NOTHING
        text = Text(nothing)
        if row is not None:
            text = Text(f"{row.number}  {plain(row.name, limit=200)}  {row.label or 'unassigned'}  ")
            text.append_text(words.state(row.state, self.colours))
            if row.verdict:
                text.append("  ").append_text(words.state(row.verdict, self.colours))
            text.append(f"  {row.at:%Y-%m-%d %H:%M} UTC\n{plain(row.reason or 'no remarks', limit=1000)}")
        self.query_one(Detail).say(text)
        self.draw_keys()

    def on_data_table_row_highlighted(self, _event: DataTable.RowHighlighted) -> None:
        """Show the row in full; the spectrum follows."""
        self._is_moved = True
        self._show_selected()
        if self.is_seen:
            self.when_seen()
            self.more_rows(self.query_one(TextTable), self._n_there)

    def when_seen(self) -> None:
        """The spectrum follows the cursor where it moved."""
        if self._is_moved and self.row is not None and self.row.analysis_id is not None:
            self.nasicon.analysis_number = self.row.analysis_id
        self._is_moved = False

    def on_data_table_row_selected(self, _event: DataTable.RowSelected) -> None:
        """Enter opens the spectrum."""
        if self.row is not None and self.row.analysis_id is not None:
            self.nasicon.open_analysis(self.row.analysis_id)
        else:
            self.nasicon.say("this file has no spectrum: " + (self.row.reason if self.row else "nothing there"))

    def can(self, action: str) -> bool:
        """A file that could not be read belongs to nobody."""
        if action == "assign":
            return self.row is not None and self.row.state not in ("refused", "duplicate")
        return super().can(action)

    def more_keys(self) -> tuple[tuple[str, str], ...]:
        """There must be something to open."""
        return self.MORE_KEYS if self.row is not None and self.row.analysis_id is not None else ()

    def question(self) -> object:
        """All, or what waits."""
        return self._only_waiting

    def do_waiting(self) -> None:
        """Show only the files that wait for somebody, or all again."""
        self._only_waiting, self.n_wanted = not self._only_waiting, PAGE
        self.reload()

    def do_assign(self) -> None:
        """Say whose file it is."""
        row = self.row
        if row is None:
            return
        self.ask_form(
            f"File {row.number}: {plain(row.name, limit=60)}",
            [Field("label", "sample or pellet", hint="e.g. NL-0001 or NL-0001-P2")],
            lambda values: assign(self.lab, row.number, _given(values, "label")),
            _told,
        )

    def do_import(self) -> None:
        """Import a file by its path."""

        def submit(values: Values) -> list[ImportResult]:
            path = Path(_given(values, "path")).expanduser()
            temperature = as_number(values, "temperature", "temperature")
            return import_files(self.lab, [path], sample_label=values["label"] or None, temperature_c=temperature)

        self.ask_form(
            "Import",
            [
                Field("path", "file or folder", hint=str(self.lab.folder.inbox)),
                Field("label", "belongs to", hint="empty: what the file's name tells"),
                Field("temperature", "temperature / °C", hint="empty: file, name, or lab.toml"),
            ],
            submit,
            self._told_many,
        )

    def _told_many(self, results: list[ImportResult]) -> str:
        for result in results:
            if result.refusal is not None:
                self.nasicon.say_refusal(Refusal(result.refusal, result.file))
        if not results:
            return "nothing to import there"
        n_refused = sum(result.refusal is not None for result in results)
        if len(results) > 1:
            return f"{len(results)} files, {n_refused} refused"
        return "" if n_refused else _told(results[0])


def _given(values: Values, name: str) -> str:
    if not values[name]:
        raise Refusal("is empty; type something, or Esc to leave", name)
    return values[name]


def _told(result: Any) -> str:
    name, label = plain(result.file, limit=60), result.label or "unassigned"
    verdict = f"{result.verdict} " if result.verdict else ""
    return f"{name}: {result.state}, {label} {verdict}{result.waits_for or ''}"
