"""Check: what is broken in the installation and the lab, and what mends it."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.text import Text
from textual.widget import Widget
from textual.widgets import DataTable

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab import SettingRow, Symptom, check_database, examine, settings_rows
from nasicon_loop.tui import words
from nasicon_loop.tui.keys import bindings_of
from nasicon_loop.tui.screens.base import LabScreen
from nasicon_loop.tui.spawning import spawn
from nasicon_loop.tui.themes import Palette
from nasicon_loop.tui.unwaited import unwaited
from nasicon_loop.tui.widgets.bars import Detail
from nasicon_loop.tui.widgets.dialogs import Page
from nasicon_loop.tui.widgets.table import TextTable


class DoctorScreen(LabScreen):
    """Symptoms, bad ones first."""

    PLACE = "doctor"
    BINDINGS = bindings_of("doctor")
    FOLLOWS = False  # it reads the whole vault: only when asked

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Symptom] = []

    def body(self) -> Iterable[Widget]:
        """The table, and the selected row in full."""
        yield TextTable(["", "what", "found"], id="symptoms")
        yield Detail()

    def load(self) -> list[Symptom]:
        """Examine everything; the bad first."""
        return sorted(examine(self.lab.folder.path), key=lambda one: one.is_fine)

    def show(self, data: list[Symptom]) -> None:
        """Show what was found."""
        n_bad = sum(not one.is_fine for one in data)
        self.headline(f"{len(data)} things looked at, {n_bad} need somebody")
        self._rows = data
        self.query_one(TextTable).fill(
            [
                (
                    str(index),
                    [
                        Text("✓ ok", style=self.colours.good) if one.is_fine else Text("✗ BAD", style=self.colours.bad),
                        words.cell(one.what),
                        words.cell(one.detail),
                    ],
                )
                for index, one in enumerate(data)
            ]
        )
        self._show_selected()

    def _show_selected(self) -> None:
        key = self.query_one(TextTable).selected
        text = Text("looking …")
        if key is not None and int(key) < len(self._rows):
            one = self._rows[int(key)]
            remedy = f"\n→ {plain(one.remedy, limit=500)}" if one.remedy else ""
            text = Text(f"{plain(one.what)}: {plain(one.detail, limit=800)}{remedy}")
        self.query_one(Detail).say(text)

    def on_data_table_row_highlighted(self, _event: DataTable.RowHighlighted) -> None:
        """Show the row in full."""
        self._show_selected()

    def do_doctor(self) -> None:
        """Examine again."""
        self.nasicon.say("looking …")
        self.act(lambda: None, lambda _: "looked at everything")

    def do_settings(self) -> None:
        """Show every setting, its value and its source."""

        async def show() -> None:
            try:
                rows = await unwaited(settings_rows, self.lab)
            except Refusal as refusal:
                self.nasicon.say_refusal(refusal)
                return
            self.app.push_screen(Page("Settings", _settings_text(rows, self.colours)))

        spawn(self, show, group="settings", is_exclusive=True)

    def do_check(self) -> None:
        """Check the database."""
        self.nasicon.say("checking …")
        self.act(lambda: check_database(self.lab.folder.path), _told)


def _settings_text(rows: Sequence[SettingRow], colours: Palette) -> Text:
    text = Text("Changed in lab.toml only; these screens then want to be opened anew.\n", style=colours.faint)
    section = ""
    for row in rows:
        if row.section != section:
            section = row.section
            text.append(f"[{section}]\n", style="bold")
        value = "-" if row.value is None else plain(row.value, limit=200)
        is_own = row.source != "default"
        text.append(f"  {row.key} = ").append(value, style="bold" if is_own else "")
        text.append(f"   {row.source}\n" if is_own else "\n", style=colours.doubt)
    return text


def _told(checked: Any) -> str:
    if checked.is_clean:
        return f"the database is whole: {checked.summary}"
    first = checked.findings[0]
    return f"{len(checked.findings)} findings; the first: {first.what}. Mend: {first.mend}"
