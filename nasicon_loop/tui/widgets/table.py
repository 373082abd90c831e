"""A table of text: cells are never markup, and the cursor stays on its row when the table is read anew."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.geometry import Size
from textual.widgets import DataTable

Row = tuple[str, Sequence[Text]]
"""Key and cells."""


class TextTable(DataTable[Text]):
    """Rows with keys; one row is selected."""

    def __init__(self, columns: Iterable[str], *, id: str | None = None) -> None:
        super().__init__(id=id, cursor_type="row", zebra_stripes=False, cell_padding=1)
        self._titles = tuple(columns)
        self._told: list[Any] = []

    def on_mount(self) -> None:
        """Put the columns up."""
        for title in self._titles:
            self.add_column(Text(title), width=Text(title).cell_len)

    @property
    def selected(self) -> str | None:
        """Key of the row under the cursor; None in an empty table."""
        if not self.row_count or not self.is_valid_row_index(self.cursor_row):
            return None
        key = self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value
        return None if key is None else str(key)

    def fill(self, rows: Sequence[Row]) -> None:
        """Show these rows; the cursor stays on the row with the same key, else at the same place.

        What is shown already is left alone: drawing a table anew is most of what a screen costs.
        """
        told = [(key, [(cell.plain, str(cell.style), cell.spans) for cell in cells]) for key, cells in rows]
        before, self._told = self._told, told
        if told == before:
            return
        self._fit([cells for _, cells in rows])
        if [key for key, _ in told] == [key for key, _ in before]:
            self._change(rows, told, before)
        else:
            self._fill_anew(rows)

    def _fit(self, lines: Sequence[Sequence[Text]]) -> None:
        """Give the columns the width of their widest cell before anything is drawn.

        Columns of automatic width get it when the table is idle; what was drawn before that keeps the old width, since
        what is kept of a drawn cell does not know it.
        """
        for column, title, *cells in zip(self.ordered_columns, self._titles, *lines, strict=True):
            column.width = max(Text(title).cell_len, *(cell.cell_len for cell in cells), 0)

    def _update_dimensions(self, new_rows: Iterable[Any]) -> None:
        """Say how large the table is; the base class measures every new cell first, which `_fit` did."""
        width = sum(column.get_render_width(self) for column in self.columns.values())
        self.virtual_size = Size(width, self.row_count + (self.header_height if self.show_header else 0))

    def _render_cell(  # noqa: PLR0917 - as the base class
        self,
        row_index: int,
        column_index: int,
        base_style: Style,
        width: int,
        cursor: bool = False,
        hover: bool = False,
    ) -> list[list[Segment]]:
        """Draw a cell of one line and one style by hand: the general way takes ten times as long, for the same."""
        column, key = self.ordered_columns[column_index], self._row_locations.get_key(row_index)
        cell = column.label if key is None else self._data[key][column.key]
        room = width - 2 * self.cell_padding
        if cell.spans or cell.cell_len > room:
            return super()._render_cell(row_index, column_index, base_style, width, cursor, hover)
        under, over = self._get_styles_to_render_cell(
            key is None,
            False,
            False,
            hover,
            cursor,
            self.show_cursor,
            self._show_hover_cursor,
            self.cursor_foreground_priority == "css",
            self.cursor_background_priority == "css",
        )
        ground = base_style + Style.from_meta({"row": row_index, "column": column_index}) + under
        edge = Segment(" " * self.cell_padding, ground + over)
        text = Segment(cell.plain, ground + self.app.console.get_style(cell.style) + over)
        return [[edge, text, Segment(" " * (room - cell.cell_len), ground + over), edge]]

    def _change(self, rows: Sequence[Row], told: Sequence[Any], before: Sequence[Any]) -> None:
        columns = list(self.columns)
        for (key, cells), (_, now), (_, then) in zip(rows, told, before, strict=True):
            for column, cell, new, old in zip(columns, cells, now, then, strict=True):
                if new != old:
                    self.update_cell(key, column, cell, update_width=True)

    def _fill_anew(self, rows: Sequence[Row]) -> None:
        before, place, top = self.selected, self.cursor_row, self.scroll_offset.y
        self.clear()
        keys = []
        for key, cells in rows:
            self.add_row(*cells, key=key)
            keys.append(key)
        if keys:
            row = keys.index(before) if before in keys else min(max(place, 0), len(keys) - 1)
            self.move_cursor(row=row, animate=False)
            self.scroll_to(y=top, animate=False)

    def select(self, key: str) -> None:
        """Move the cursor to the row with this key, where there is one."""
        for row, known in enumerate(self.rows):
            if known.value == key:
                self.move_cursor(row=row, animate=False)
