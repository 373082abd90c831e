"""How values look to people: numbers with their uncertainty, tables, colours of verdicts."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import plain

if TYPE_CHECKING:
    from rich.table import Table

VERDICT_STYLE = {"accepted": "green", "review": "yellow", "rejected": "red", "refused": "red"}


def with_sd(value: float | None, sd: float | None, *, digits: int = 3) -> str:
    """Return `9.62e-04 ± 0.31e-04`: value and standard deviation on one power of ten; `-` when there is no value."""
    if value is None:
        return "-"
    if sd is None:
        return f"{value:.{digits - 1}e}"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa}e{exponent} ± {sd / 10 ** int(exponent):.2f}e{exponent}"


def plain_table(columns: Iterable[str], rows: Iterable[Iterable[object]], *, title: str | None = None) -> "Table":
    """Return a table whose cells are text, never markup."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(plain(cell, limit=600)) for cell in row))
    return table


def verdict_table(rows: Iterable[tuple[str, int, Mapping[str, Any]]]) -> "Table":
    """Return the table of `(file, sweep, analysis document)` rows."""
    from rich.text import Text

    return plain_table(
        ["file", "sweep", "verdict", "R total / ohm", "sigma / S cm-1", "at 25 °C", "circuit"],
        (
            (
                name,
                sweep,
                Text(document["verdict"], style=VERDICT_STYLE.get(document["verdict"], "")),
                with_sd(document["r_total_ohm"], document["r_total_ohm_sd"], digits=4),
                with_sd(document["sigma_total_s_cm"], document["sigma_total_s_cm_sd"]),
                with_sd(document["sigma_25_s_cm"], document["sigma_25_s_cm_sd"]),
                document["circuit"],
            )
            for name, sweep, document in rows
        ),
    )
