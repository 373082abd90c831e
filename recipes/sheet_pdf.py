"""The bench sheet as a PDF: one page A4 with a QR code of the label, boxes to tick and lines to write on."""

import io
from bisect import bisect_left
from dataclasses import replace
from datetime import datetime
from typing import Any

from nasicon_loop.core import plain
from nasicon_loop.core.pdf_text import Pen, pen_on
from recipes.bench_sheet import BLANK, Block, Marks, Sheet, Table, contents
from recipes.values import Recipe

_WIDTH, _HEIGHT = 595.28, 841.89  # A4 in points
_MARGIN, _FOOT = 36.0, 30.0
_QR = 62.0
_LARGEST, _SMALLEST, _STEP = 8.8, 5.0, 0.2
_WRITING_ROOM = 46.0
"""Points that stay free for deviations written by hand."""
_LEADING = 1.24
_NAME_COLUMN = 6.0  # widths of these columns, in units of the font's size
_INDENT = 1.6


def pdf_sheet(
    recipe: Recipe,
    *,
    label: str,
    start: datetime | None = None,
    marks: Marks = Marks(),  # noqa: B008 - a frozen value
) -> bytes:
    """Return the bench sheet as the bytes of a PDF of exactly one page; the same recipe gives the same bytes.

    The type is as large as the page allows. Deviations that have no room are counted, never dropped without a word.
    """
    page = contents(recipe, label=plain(label, limit=40), start=start, marks=marks)
    pen, n_all = pen_on(None), len(marks.deviations)
    n_shown = n_all
    size = _size(pen, page)
    while size is None and n_shown:
        n_shown = n_shown // 2
        page = _with_deviations(page, marks.deviations, n_shown)
        size = _size(pen, page)
    return _drawn(page, size or _SMALLEST)


def _with_deviations(page: Sheet, deviations: tuple[str, ...], n_shown: int) -> Sheet:
    hidden = len(deviations) - n_shown
    lines = tuple(("-", plain(text, limit=400)) for text in deviations[:n_shown])
    more = ("!", f"and {hidden} more: `nasicon sample show` lists them")
    return replace(page, blocks=(*page.blocks[:-1], replace(page.blocks[-1], lines=(*lines, more))))


def _size(pen: Pen, page: Sheet) -> float | None:
    """The largest type with which everything fits and writing room is left; None when none does."""
    sizes = [_SMALLEST + n * _STEP for n in range(round((_LARGEST - _SMALLEST) / _STEP) + 1)]
    n_fitting = bisect_left(sizes, True, key=lambda size: not _fits(pen, page, size))
    return sizes[n_fitting - 1] if n_fitting else None


def _fits(pen: Pen, page: Sheet, size: float) -> bool:
    return _Layout(pen, page, size).draw() >= _FOOT + _foot_height(page, size) + _WRITING_ROOM


def _drawn(page: Sheet, size: float) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(_WIDTH, _HEIGHT), invariant=1)
    canvas.setTitle(f"{page.label} bench sheet".strip())
    canvas.setAuthor("nasicon_loop")
    layout = _Layout(pen_on(canvas), page, size)
    bottom = layout.draw()
    layout.write_room(bottom)
    layout.foot()
    if page.label:
        _qr(canvas, page.label)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def _qr(canvas: Any, label: str) -> None:
    """Draw the label as a QR code (error correction M) in the upper right corner."""
    from reportlab.graphics import renderPDF
    from reportlab.graphics.barcode.qr import QrCodeWidget
    from reportlab.graphics.shapes import Drawing

    code = QrCodeWidget(label, barLevel="M", barBorder=2)
    left, low, right, high = code.getBounds()
    drawing = Drawing(_QR, _QR, transform=[_QR / (right - left), 0, 0, _QR / (high - low), 0, 0])
    drawing.add(code)
    renderPDF.draw(drawing, canvas, _WIDTH - _MARGIN - _QR, _HEIGHT - _MARGIN - _QR + 8)


def _foot_height(page: Sheet, size: float) -> float:
    return (len(page.foot) + 0.8) * size * _LEADING


class _Layout:
    """Sets a page from top to bottom; `y` is where the next line's top is, in points from the paper's lower edge."""

    def __init__(self, pen: Pen, page: Sheet, size: float) -> None:
        self.pen, self.page, self.size = pen, page, size
        self.line = size * _LEADING
        self.y = _HEIGHT - _MARGIN

    def draw(self) -> float:
        """Set everything but the foot; return where the free room begins."""
        self._head()
        for block in self.page.blocks:
            self._block(block)
        return self.y

    def _head(self) -> None:
        right = _WIDTH - _MARGIN - (_QR + 8 if self.page.label else 0)
        self.pen.text(_MARGIN, self.y - 20, self.page.label or "no label", 22, bold=True)
        self.pen.text_right(right, self.y - 18, "BENCH SHEET", 11, bold=True)
        self.y -= 26
        self._lines(self.page.head, _MARGIN, right)
        floor = _HEIGHT - _MARGIN - _QR + 6
        self.y = min(self.y - 3, floor) if self.page.label else self.y - 3
        self.pen.rule(_MARGIN, _WIDTH - _MARGIN, self.y, 1.2)
        self.y -= 3

    def _lines(self, text: str, left: float, right: float, *, bold: bool = False) -> None:
        for part in self.pen.wrapped(text, self.size, right - left, bold=bold):
            self.pen.text(left, self.y - self.size, part, self.size, bold=bold)
            self.y -= self.line

    def _block(self, block: Block) -> None:
        left = _MARGIN
        self.y -= 0.35 * self.line
        if block.title:
            self._title(block.title)
            left += _INDENT * self.size
        if block.table is not None:
            self._table(block.table, left)
        for name, value in block.facts:
            self.pen.text(left, self.y - self.size, name, self.size, bold=True)
            self._lines(value, left + _NAME_COLUMN * self.size, _WIDTH - _MARGIN)
        for sign, text in block.lines:
            self._sign(sign, left)
            self._lines(text, left + _INDENT * self.size, _WIDTH - _MARGIN)

    def _title(self, title: str) -> None:
        if not title.startswith("[ ]"):
            self._lines(title, _MARGIN, _WIDTH - _MARGIN, bold=True)
            return
        self.pen.box(_MARGIN, self.y - self.size, 0.85 * self.size)
        name, gap, words = title[4:].partition("  ")
        left = _MARGIN + _INDENT * self.size
        self.pen.text(left, self.y - self.size, name, self.size, bold=True)
        self._lines(words if gap else "", left + self.pen.width(name + "  ", self.size, bold=True), _WIDTH - _MARGIN)

    def _sign(self, sign: str, left: float) -> None:
        if sign == "[ ]":
            self.pen.box(left, self.y - self.size, 0.75 * self.size)
        else:
            self.pen.text(left + 0.3 * self.size, self.y - self.size, {"-": "•"}.get(sign, sign), self.size, bold=True)

    def _table(self, table: Table, left: float) -> None:
        """Set a table; one with blanks to fill in gets ruled rows with room for a pen."""
        is_form = any(BLANK in cell for row in table.rows for cell in row)
        height = self.line * (1.75 if is_form else 1.05)
        widths = self._widths(table, _WIDTH - _MARGIN - left if is_form else None)
        self._row(table, table.head, widths, left, self.line, bold=True)
        for row in table.rows:
            if is_form:
                self.pen.rule(left, left + sum(widths), self.y, 0.2)
            self._row(table, row, widths, left, height, bold=False)
        if is_form:
            self.pen.rule(left, left + sum(widths), self.y, 0.2)
            self.y -= 0.3 * self.line

    def _widths(self, table: Table, whole: float | None) -> list[float]:
        """Column widths in points; what is left of `whole` goes to the columns that are written into."""
        gap = 1.1 * self.size
        rows = [table.head, *table.rows]
        widths = [
            gap + max(self.pen.width(row[n], self.size, bold=row is table.head) for row in rows)
            for n in range(len(table.head))
        ]
        forms = [n for n in range(len(widths)) if any(row[n] == BLANK for row in table.rows)]
        if whole is not None and forms:
            share = max(0.0, whole - sum(widths)) / len(forms)
            widths = [width + (share if n in forms else 0.0) for n, width in enumerate(widths)]
        return widths

    def _row(
        self, table: Table, cells: tuple[str, ...], widths: list[float], left: float, height: float, *, bold: bool
    ) -> None:
        base = self.y - height / 2 - 0.36 * self.size
        for text, width, side in zip(cells, widths, table.align, strict=True):
            if text == "[ ]":
                self.pen.box(left, base, 0.9 * self.size)
            elif text != BLANK:
                if side == "r":
                    self.pen.text_right(left + width - 1.1 * self.size, base, text, self.size, bold=bold)
                else:
                    self.pen.text(left, base, text, self.size, bold=bold)
            left += width
        self.y -= height

    def write_room(self, top: float) -> None:
        """Rule what is left above the foot, for deviations written by hand."""
        floor = _FOOT + _foot_height(self.page, self.size)
        y = top - 17
        while y > floor:
            self.pen.rule(_MARGIN, _WIDTH - _MARGIN, y, 0.3)
            y -= 17

    def foot(self) -> None:
        """Set the foot at the lower edge."""
        self.y = _FOOT + _foot_height(self.page, self.size)
        self.pen.rule(_MARGIN, _WIDTH - _MARGIN, self.y, 1.2)
        self.y -= 0.4 * self.line
        for text in self.page.foot:
            self._lines(text, _MARGIN, _WIDTH - _MARGIN)
