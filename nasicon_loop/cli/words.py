"""How values look to people: numbers with their uncertainty, tables, colours of verdicts."""

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import plain, with_sd

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

VERDICT_STYLE = {"accepted": "green", "review": "yellow", "rejected": "red", "refused": "red"}


def sigma_words(document: Mapping[str, Any]) -> str:
    """Return the conductivity at 25 °C, or as measured where nobody knows at which temperature that was."""
    if document["sigma_25_s_cm"] is None:
        return ""
    where = "25 °C" if document["temperature_c"] is not None else "temperature unknown"
    return f"sigma ({where}) {with_sd(document['sigma_25_s_cm'], document['sigma_25_s_cm_sd'])} S/cm"


def plain_table(
    columns: Iterable[str],
    rows: Iterable[Iterable[object]],
    *,
    title: str | None = None,
    whole: Collection[str] = (),
    tight: bool = False,
) -> "Table":
    """Return a table whose cells are text, never markup; columns named in `whole` are never broken over lines.

    `tight` leaves two spaces between columns instead of three, where 80 characters are few.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    padding = (0, 1, 0, 0) if tight else (0, 1)
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False, padding=padding)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in whole)
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(plain(cell, limit=600)) for cell in row))
    return table


def verdict_block(name: str, sweep: int, document: Mapping[str, Any]) -> "Text":
    """Return a fitted sweep as a block of lines that fits 80 columns: name, verdict and numbers, reasons."""
    lines = block(f"{name}, sweep {sweep}", verdict_words(document))
    for sentence in (*document["reasons"], *document.get("notes", ()), *document.get("warnings", ())):
        lines.append(f"    {plain(sentence, limit=500)}\n")
    return lines


def verdict_words(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return verdict and numbers of an analysis as (text, style)."""
    words = [(str(document["verdict"]), VERDICT_STYLE.get(document["verdict"], ""))]
    if document["r_total_ohm"] is not None:
        words.append((f"R {with_sd(document['r_total_ohm'], document['r_total_ohm_sd'])} ohm", ""))
    words.append((sigma_words(document), "bold"))
    return words


def block(title: str, words: Iterable[tuple[str, str]]) -> "Text":
    """Return a title line and, under it, words in their styles; text only, never markup."""
    from rich.text import Text

    text = Text()
    text.append(plain(title, limit=300) + "\n", style="bold")
    text.append("    ")
    for number, (word, style) in enumerate(word for word in words if word[0]):
        text.append("  " if number else "")
        text.append(plain(word, limit=300), style=style)
    text.append("\n")
    return text
