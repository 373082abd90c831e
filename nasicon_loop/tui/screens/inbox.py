"""Inbox: imported files with verdicts and reasons; unassigned ones get their owner here."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.text import Text
from textual.widget import Widget
from textual.widgets import DataTable

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab import ImportResult, InboxRow, assign, import_files, inbox
from nasicon_loop.tui import words
from nasicon_loop.tui.keys import bindings_of
from nasicon_loop.tui.screens.base import LabScreen
from nasicon_loop.tui.widgets.bars import Detail
from nasicon_loop.tui.widgets.dialogs import Field, Values, as_number
from nasicon_loop.tui.widgets.table import TextTable

_WAITING = ("unassigned", "needs pellet", "needs geometry", "needs analysis", "held")


class InboxScreen(LabScreen):
    """All imported files, newest first."""

    PLACE = "inbox"
    BINDINGS = bindings_of("inbox")
    MORE_KEYS = (("Enter", "open the spectrum"),)

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, InboxRow] = {}

    def body(self) -> Iterable[Widget]:
        """The table, and the selected row in full."""
        yield TextTable(["no", "file", "of", "state", "verdict", "σ 25 °C S/cm", "why"], id="files")
        yield Detail()

    def load(self) -> list[InboxRow]:
        """Read the files, newest first."""
        return inbox(self.lab)[::-1]

    def show(self, data: list[InboxRow]) -> None:
        """Show them."""
        n_waiting = sum(row.state in _WAITING for row in data)
        n_refused = sum(row.state == "refused" for row in data)
        self.headline(f"{len(data)} files, {n_waiting} wait for somebody, {n_refused} refused")
        self._rows = {str(row.number): row for row in data}
        self.query_one(TextTable).fill([(str(row.number), self._cells(row)) for row in data])
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
        text = Text("nothing was imported yet: o imports a path; nasicon watch imports what arrives in inbox/")
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
        if self.row is not None and self.row.analysis_id is not None:
            self.nasicon.analysis_number = self.row.analysis_id
        self._show_selected()

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
