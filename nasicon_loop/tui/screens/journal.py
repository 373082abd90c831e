"""Journal: who did what, and when."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.text import Text
from textual.widget import Widget
from textual.widgets import DataTable

from nasicon_loop.core import plain
from nasicon_loop.lab import journal
from nasicon_loop.tui import words
from nasicon_loop.tui.keys import bindings_of
from nasicon_loop.tui.screens.base import LabScreen
from nasicon_loop.tui.widgets.bars import Detail
from nasicon_loop.tui.widgets.table import TextTable

_NOT_FOR_PEOPLE = ("digest", "fact_id")


class JournalScreen(LabScreen):
    """The newest rows first."""

    PLACE = "journal"
    BINDINGS = bindings_of("journal")

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, Any] = {}
        self._cells: dict[str, list[Text]] = {}

    def body(self) -> Iterable[Widget]:
        """The table, and the selected row in full."""
        yield TextTable(["when (UTC)", "who", "what", "about", "details"], id="journal")
        yield Detail()

    def load(self) -> Sequence[Any]:
        """Read the newest rows."""
        return journal(self.lab, limit=self.n_wanted)

    def show(self, data: Sequence[Any]) -> None:
        """Show them."""
        self.headline(f"the newest {len(data)} entries of the journal")
        known, self._rows = self._cells, {str(row.id): row for row in data}
        self._cells = {key: known.get(key) or _cells(row) for key, row in self._rows.items()}
        self.query_one(TextTable).fill(list(self._cells.items()))
        self._show_selected()

    def _show_selected(self) -> None:
        row = self._rows.get(self.query_one(TextTable).selected or "")
        text = Text("nothing happened yet")
        if row is not None:
            text = Text(
                f"{row.at:%Y-%m-%d %H:%M:%S} UTC  {plain(row.who)}  {row.event}  {row.subject} {row.subject_id}\n"
            )
            text.append(plain(_details(row.data), limit=1500))
        self.query_one(Detail).say(text)

    def on_data_table_row_highlighted(self, _event: DataTable.RowHighlighted) -> None:
        """Show the row in full; at the end come older ones."""
        self._show_selected()
        self.more_rows(self.query_one(TextTable), self.n_wanted + 1)


def _cells(row: Any) -> list[Text]:
    """What an entry looks like; it never changes."""
    return [
        words.cell(f"{row.at:%m-%d %H:%M:%S}"),
        words.cell(row.who, limit=14),
        words.cell(row.event),
        words.cell(f"{row.subject} {row.subject_id}"),
        words.cell(_details(row.data)),
    ]


def _details(data: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={value}" for key, value in data.items() if key not in _NOT_FOR_PEOPLE)
