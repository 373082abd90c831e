"""The bench sheet as text, 80 columns wide."""

import textwrap

from recipes.bench_sheet import Block, Sheet, Table

WIDTH = 80


def render_text(page: Sheet) -> str:
    """Return the page; no line is longer than 80 characters."""
    lines = [page.label + "BENCH SHEET".rjust(WIDTH - len(page.label)), page.head, "=" * WIDTH]
    for block in page.blocks:
        lines += _block(block)
    lines.append("=" * WIDTH)
    for text in page.foot:
        lines += textwrap.wrap(text, WIDTH, drop_whitespace=False)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _block(block: Block) -> list[str]:
    gap = [""] if block.has_gap else []
    lines = [*gap, *textwrap.wrap(block.title, WIDTH, subsequent_indent=" " * 6)] if block.title else []
    indent = " " * 4 if block.title else ""
    if block.table is not None:
        lines += _table(block.table)
    for name, value in block.facts:
        lines += textwrap.wrap(
            f"{indent}{name:<9}{value}", WIDTH, subsequent_indent=indent + " " * 9, break_on_hyphens=False
        )
    for sign, text in block.lines:
        lines += textwrap.wrap(f"    {sign} {text}", WIDTH, subsequent_indent=" " * 6, break_on_hyphens=False)
    lines += ["_" * WIDTH] * block.n_blank
    return lines


def _table(table: Table) -> list[str]:
    rows = [table.head, *table.rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(table.head))]
    lines = []
    for row in rows:
        cells = [
            text.rjust(width) if side == "r" else text.ljust(width)
            for text, width, side in zip(row, widths, table.align, strict=True)
        ]
        line = ("    " + "  ".join(cells)).rstrip()
        lines.append(line if len(line) <= WIDTH else line[: WIDTH - 1] + "…")
    return lines
