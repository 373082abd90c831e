"""A table shows its cells whole, however soon it is drawn after it was filled."""

from rich.text import Text
from textual.app import App, ComposeResult

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
