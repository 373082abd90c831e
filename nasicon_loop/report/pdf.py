"""The report as a PDF: the page's sections on A4 sheets, set with the bench sheet's pen; no text is interpreted."""

import io
from collections.abc import Sequence
from typing import Any

from nasicon_loop.core import plain, utc_iso
from nasicon_loop.core.pdf_text import Pen, pen_on
from nasicon_loop.report.content import Block, Figures, Grid, Lines, Section, caption, sections, title_of
from nasicon_loop.report.style import BLUE, GREY, RED
from nasicon_loop.report.thumbnails import HEIGHT, WIDTH, Sketch, sketch
from nasicon_loop.report.values import CampaignReport, Picture, SpectrumView

_PAGE_WIDTH, _PAGE_HEIGHT = 595.28, 841.89  # A4 in points
_LEFT, _TOP, _FOOT = 40.0, 800.0, 48.0
_ROOM = _PAGE_WIDTH - 2 * _LEFT
_SIZE, _SMALL, _TINY, _TITLE, _HEADING = 8.5, 7.2, 6.2, 18.0, 12.0
_LEADING = 1.28
_GAP = 8.0
_MAX_PICTURE = 300.0
_N_BESIDE, _N_SMALL = 2, 3
_LEAST_SHARE, _MOST_RIGID = 0.045, 0.8
_MAX_CAPTION = 400


def pdf(report: CampaignReport, overview: Sequence[Picture] = (), spectra: Sequence[Picture] = ()) -> bytes:
    """Return the document as the bytes of a PDF; the same report gives the same bytes. Pictures are PNG files."""
    from reportlab.pdfgen.canvas import Canvas

    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(_PAGE_WIDTH, _PAGE_HEIGHT), invariant=1)
    title = title_of(report)
    canvas.setTitle(title)
    canvas.setAuthor("nasicon_loop")
    sheets = _Sheets(canvas, pen_on(canvas), title)
    sheets.text(title, _TITLE, bold=True)
    sheets.text(f"made {utc_iso(report.made_at)}", _SMALL)
    for section in sections(report, overview, spectra):
        sheets.section(section)
    sheets.end()
    canvas.save()
    return target.getvalue()


class _Sheets:
    """Sets blocks from top to bottom, sheet after sheet; `y` is the top of what comes next, in points from below."""

    def __init__(self, canvas: Any, pen: Pen, title: str) -> None:
        self.canvas, self.pen, self.title = canvas, pen, title
        self.y, self.number = _TOP, 1

    def room(self, height: float) -> None:
        """Begin a new sheet when less than `height` is left on this one."""
        if self.y - height < _FOOT and self.y < _TOP:
            self.end()
            self.y, self.number = _TOP, self.number + 1

    def end(self) -> None:
        """Set the foot and turn the sheet."""
        self.pen.rule(_LEFT, _LEFT + _ROOM, _FOOT - 8, 0.4)
        self.pen.text(_LEFT, _FOOT - 18, plain(self.title, limit=90), _TINY)
        self.pen.text_right(_LEFT + _ROOM, _FOOT - 18, str(self.number), _TINY)
        self.canvas.showPage()

    def text(self, text: str, size: float, *, bold: bool = False, indent: float = 0.0) -> None:
        """Set a text, wrapped."""
        for line in self.pen.wrapped(text, size, _ROOM - indent, bold=bold):
            self.room(size * _LEADING)
            self.pen.text(_LEFT + indent, self.y - size, line, size, bold=bold)
            self.y -= size * _LEADING

    def section(self, section: Section) -> None:
        """Set a heading, never alone at the foot of a sheet, and its blocks."""
        if section.title:
            self.y -= _GAP
            self.room(_HEADING * _LEADING + 60.0)
            self.text(section.title, _HEADING, bold=True)
            self.pen.rule(_LEFT, _LEFT + _ROOM, self.y, 1.0)
        for block in section.blocks:
            self.y -= 0.5 * _GAP
            self._block(block)

    def _block(self, block: Block) -> None:
        if isinstance(block, Lines):
            for line in block.lines:
                self.text(line if block.is_quiet else f"• {line}", _SMALL if block.is_quiet else _SIZE)
        elif isinstance(block, Grid):
            self._grid(block)
        elif isinstance(block, Figures):
            n_beside = _N_BESIDE if block.is_gallery else 1
            for k in range(0, len(block.pictures), n_beside):
                self._pictures(block.pictures[k : k + n_beside], _ROOM / n_beside)
        else:
            for k in range(0, len(block.views), _N_SMALL):
                self._thumbnails(block.views[k : k + _N_SMALL])

    def _grid(self, grid: Grid) -> None:
        size = _SMALL if len(grid.columns) < 6 else _TINY
        widths = _widths(self.pen, grid, size)
        names = tuple(name for name, _ in grid.columns)
        is_number = [kind == "number" for _, kind in grid.columns]
        if any(names):
            self._row(names, widths, is_number, size, bold=True)
        for row in grid.rows:
            self._row(row, widths, is_number, size)

    def _row(
        self, row: Sequence[str], widths: Sequence[float], is_number: Sequence[bool], size: float, *, bold: bool = False
    ) -> None:
        """Set a row; one that is longer than what is left goes on, line by line, on the next sheet."""
        cells = [
            [line for part in text.split("\n") for line in self.pen.wrapped(part, size, width - 5.0, bold=bold)]
            for text, width in zip(row, widths, strict=True)
        ]
        n_lines = max(map(len, cells))
        self.room(min(n_lines, 12) * size * _LEADING + 3.0)
        for k in range(n_lines):
            self.room(size * _LEADING)
            left = _LEFT
            for lines, width, right in zip(cells, widths, is_number, strict=True):
                if k < len(lines) and right:
                    self.pen.text_right(left + width - 5.0, self.y - size, lines[k], size, bold=bold)
                elif k < len(lines):
                    self.pen.text(left, self.y - size, lines[k], size, bold=bold)
                left += width
            self.y -= size * _LEADING
        self.pen.rule(_LEFT, _LEFT + _ROOM, self.y, 0.7 if bold else 0.2)
        self.y -= 2.0

    def _pictures(self, pictures: Sequence[Picture], wide: float) -> None:
        """Set pictures side by side, each with its caption, in places of this width."""
        from reportlab.lib.utils import ImageReader

        images = [ImageReader(str(picture.path)) for picture in pictures]
        size = _SMALL if len(pictures) == 1 else _TINY
        scaled = [_fitted(image, wide - (0.0 if wide == _ROOM else _GAP)) for image in images]
        words = [self.pen.wrapped(plain(one.caption, limit=_MAX_CAPTION), size, wide - _GAP) for one in pictures]
        high = max(height for _, height in scaled)
        self.room(high + max(map(len, words)) * size * _LEADING + _GAP)
        for k, (image, (across, height), lines) in enumerate(zip(images, scaled, words, strict=True)):
            left = _LEFT + k * wide
            self.canvas.drawImage(image, left, self.y - height, across, height)
            for n, line in enumerate(lines):
                self.pen.text(left, self.y - high - (n + 1) * size * _LEADING, line, size)
        self.y -= high + max(map(len, words)) * size * _LEADING + _GAP

    def _thumbnails(self, views: Sequence[SpectrumView]) -> None:
        """Set a row of small spectra with their captions."""
        wide = _ROOM / _N_SMALL
        scale = (wide - 10.0) / WIDTH
        drawn = [sketch(view) for view in views]
        words = [
            self.pen.wrapped(plain(f"{caption(view)}; {one.words}", limit=_MAX_CAPTION), _TINY, wide - 10.0)
            for view, one in zip(views, drawn, strict=True)
        ]
        height = HEIGHT * scale + max(map(len, words)) * _TINY * _LEADING + _GAP
        self.room(height)
        for k, (one, lines) in enumerate(zip(drawn, words, strict=True)):
            self._sketch(one, _LEFT + k * wide, scale)
            for n, line in enumerate(lines):
                below = self.y - HEIGHT * scale - (n + 1) * _TINY * _LEADING
                self.pen.text(_LEFT + k * wide, below, line, _TINY)
        self.y -= height

    def _sketch(self, one: Sketch, left: float, scale: float) -> None:
        canvas, top = self.canvas, self.y
        canvas.saveState()
        canvas.translate(left, top)
        canvas.scale(scale, -scale)
        canvas.setStrokeColor(GREY)
        canvas.setLineWidth(0.8)
        canvas.lines([(0, 0, 0, HEIGHT), (0, HEIGHT, WIDTH, HEIGHT)])
        if one.r_total_x is not None:
            canvas.setDash(3, 3)
            canvas.line(one.r_total_x, 0, one.r_total_x, HEIGHT)
            canvas.setDash()
        canvas.setStrokeColor(RED)
        canvas.setLineWidth(1.5)
        canvas.lines([(*a, *b) for a, b in zip(one.fit[:-1].tolist(), one.fit[1:].tolist(), strict=True)])
        for points, colour in ((one.measured, BLUE), (one.masked, GREY)):
            canvas.setFillColor(colour)
            for x, y in points.tolist():
                canvas.circle(x, y, 1.8, stroke=0, fill=1)
        canvas.restoreState()


def _fitted(image: Any, wide: float) -> tuple[float, float]:
    """The width and height of a picture that fits into a place."""
    across, high = image.getSize()
    scale = min(wide / across, _MAX_PICTURE / high)
    return across * scale, high * scale


def _widths(pen: Pen, grid: Grid, size: float) -> list[float]:
    """Column widths that fill the sheet: what a column wants; where that is too much, the widest texts give way.

    Hashes, labels and numbers are broken only where they alone would fill the sheet.
    """
    wanted = []
    for k, (name, _) in enumerate(grid.columns):
        widest = max((pen.width(line, size) for row in grid.rows for line in row[k].split("\n")), default=0.0)
        wanted.append(6.0 + max(pen.width(name, size, bold=True), widest))
    rigid = [width if kind != "text" else 0.0 for width, (_, kind) in zip(wanted, grid.columns, strict=True)]
    if sum(rigid) > _MOST_RIGID * _ROOM:
        rigid = [0.0] * len(rigid)
    high, widths = _ROOM, wanted
    while sum(widths) > _ROOM and high > _LEAST_SHARE * _ROOM:
        high *= 0.97
        widths = [max(min(width, high), least) for width, least in zip(wanted, rigid, strict=True)]
    spare = _ROOM - sum(widths)
    return [*widths[:-1], widths[-1] + spare] if spare > 0 else [width * _ROOM / sum(widths) for width in widths]
