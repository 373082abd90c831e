"""A table shows its cells whole, however soon it is drawn after it was filled."""

from itertools import product

from rich.segment import Segment
from rich.text import Text
from textual.app import App, ComposeResult
from textual.widgets import DataTable

from nasicon_loop.tui.widgets.table import TextTable


class OneTable(App[None]):
    """Nothing but a table."""

    def compose(self) -> ComposeResult:
        """Put it up."""
        yield TextTable(["sample", "stage"])


def drawn(table: TextTable) -> str:
    """Return the first row as it would be painted now."""
    return table.render_line(1).text


async def test_columns_fit_before_the_table_is_idle() -> None:
    app = OneTable()
    async with app.run_test(size=(60, 5)) as pilot:
        await pilot.pause()
        table = app.query_one(TextTable)
        table.fill([("a", [Text("NL-0001-long"), Text("analysed")])])
        assert "NL-0001-long  analysed" in drawn(table)
        await pilot.pause()
        table.fill([("a", [Text("NL-0001-long"), Text("analysed and signed")])])
        assert "NL-0001-long  analysed and signed" in drawn(table)
        await pilot.pause()
        assert "NL-0001-long  analysed and signed" in drawn(table)
        table.fill([("b", [Text("NL-2"), Text("new")])])
        assert [column.width for column in table.ordered_columns] == [6, 5]


async def test_a_cell_drawn_by_hand_looks_as_the_general_way_draws_it() -> None:
    app = OneTable()
    async with app.run_test(size=(60, 8)) as pilot:
        await pilot.pause()
        table = app.query_one(TextTable)
        several = Text("✓ ok").append(" or not", style="bold")
        rows = [[Text("NL-1", style="red"), Text("日本 x", style="bold")], [Text("-"), Text("")], [Text("n"), several]]
        table.fill([(str(place), cells) for place, cells in enumerate(rows)])
        await pilot.pause()
        widths = [column.get_render_width(table) for column in table.ordered_columns]
        for row, column, is_under_cursor in product((-1, 0, 1, 2), (0, 1), (False, True)):
            place = (row, column, table.rich_style, widths[column], is_under_cursor)
            assert looks(table._render_cell(*place)) == looks(DataTable._render_cell(table, *place))


def looks(lines: list[list[Segment]]) -> list[tuple[str, object]]:
    """Characters of the first line, each with its style."""
    return [(sign, segment.style) for segment in lines[0] for sign in segment.text]
