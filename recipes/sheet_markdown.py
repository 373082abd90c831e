"""The bench sheet as Markdown."""

import re

from recipes.bench_sheet import Block, Sheet, Table

_MARKUP = re.compile(r"([\\`*_{}<>|#]|\[(?! \]))")


def render_markdown(page: Sheet) -> str:
    """Return the page as Markdown with tables; every text is escaped, so nothing in it becomes markup."""
    lines = [f"# {_safe(page.label)}: bench sheet", "", _safe(page.head), ""]
    for block in page.blocks:
        lines += _block(block)
    lines += ["---", ""]
    lines += [line for text in page.foot for line in (_safe(text), "")]
    return "\n".join(lines).rstrip() + "\n"


def _block(block: Block) -> list[str]:
    lines = [f"## {_safe(block.title)}", ""] if block.title else []
    if block.table is not None:
        lines += [*_table(block.table), ""]
    lines += [f"- **{_safe(name)}**: {_safe(value)}" for name, value in block.facts]
    lines += [f"- {_mark(sign)}{_safe(text)}" for sign, text in block.lines]
    if block.facts or block.lines:
        lines.append("")
    lines += ["&nbsp;", ""] * block.n_blank
    return lines


def _table(table: Table) -> list[str]:
    rules = ["---:" if side == "r" else "---" for side in table.align]
    rows = [table.head, tuple(rules), *table.rows]
    return [
        "| " + " | ".join(text if place == 1 else _safe(text) for text in row) + " |" for place, row in enumerate(rows)
    ]


def _mark(sign: str) -> str:
    return "" if sign == "-" else f"**{_safe(sign)}** "


def _safe(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)
