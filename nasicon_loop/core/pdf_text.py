"""Text, lines and boxes on a PDF canvas, in a typeface that has what chemists and operators write."""

from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any

_FAMILY = {False: "DejaVuSans", True: "DejaVuSans-Bold"}
_ASIAN = "STSong-Light"
"""A typeface that PDF viewers bring along; for the characters that DejaVu lacks."""


@lru_cache(maxsize=1)
def _fonts() -> dict[bool, Any]:
    """Register DejaVu Sans, which comes with matplotlib, without loading matplotlib; return its two weights."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFont

    place = find_spec("matplotlib")
    if place is None or place.origin is None:
        raise RuntimeError("matplotlib is not installed")
    folder = Path(place.origin).parent / "mpl-data" / "fonts" / "ttf"
    found = {weight: TTFont(name, str(folder / f"{name}.ttf")) for weight, name in _FAMILY.items()}
    for font in found.values():
        pdfmetrics.registerFont(font)
    pdfmetrics.registerFont(UnicodeCIDFont(_ASIAN))
    return found


def pen_on(canvas: Any | None) -> "Pen":
    """Return a pen for a canvas; without one it only measures."""
    return Pen(canvas, _fonts())


class Pen:
    """Draws on a canvas, or measures. Lengths in points, y upwards from the paper's lower edge."""

    def __init__(self, canvas: Any | None, fonts: dict[bool, Any]) -> None:
        self._canvas = canvas
        self._widths: dict[tuple[str, bool], float] = {}
        self._glyphs = {weight: font.face.charToGlyph for weight, font in fonts.items()}

    def _runs(self, text: str, *, bold: bool) -> list[tuple[str, str]]:
        """Split text into (font, part): what the typeface has, and what it lacks."""
        fonts = ((_FAMILY[bold] if ord(char) in self._glyphs[bold] else _ASIAN, char) for char in text)
        return [(font, "".join(char for _, char in part)) for font, part in groupby(fonts, key=lambda pair: pair[0])]

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return how wide a text is; widths are measured once and grow with the size."""
        from reportlab.pdfbase.pdfmetrics import stringWidth

        known = self._widths.get((text, bold))
        if known is None:
            known = sum(stringWidth(part, font, 1.0) for font, part in self._runs(text, bold=bold))
            self._widths[text, bold] = known
        return size * known

    def wrapped(self, text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
        """Return a text as lines that are not wider than `width`; a word that is too long is broken."""
        space = self.width(" ", size, bold=bold)
        lines: list[str] = []
        line, used = "", -space
        for word in self._words(text, size, width, bold=bold):
            wide = self.width(word, size, bold=bold)
            if line and used + space + wide > width:
                lines.append(line)
                line, used = "", -space
            line = f"{line} {word}" if line else word
            used += space + wide
        return [*lines, line]

    def _words(self, text: str, size: float, width: float, *, bold: bool) -> Iterator[str]:
        for word in text.split(" "):
            rest = word
            while self.width(rest, size, bold=bold) > width and len(rest) > 1:
                n = next(n for n in range(len(rest) - 1, 0, -1) if n == 1 or self.width(rest[:n], size) <= width)
                yield rest[:n]
                rest = rest[n:]
            yield rest

    def text(self, x: float, y: float, text: str, size: float, *, bold: bool = False) -> None:
        """Write a text from x on, on the base line y."""
        if self._canvas is None:
            return
        for font, part in self._runs(text, bold=bold):
            self._canvas.setFont(font, size)
            self._canvas.drawString(x, y, part)
            x += self._canvas.stringWidth(part, font, size)

    def text_right(self, x: float, y: float, text: str, size: float, *, bold: bool = False) -> None:
        """Write a text that ends at x."""
        self.text(x - self.width(text, size, bold=bold), y, text, size, bold=bold)

    def rule(self, left: float, right: float, y: float, width: float) -> None:
        """Draw a horizontal line."""
        if self._canvas is not None:
            self._canvas.setLineWidth(width)
            self._canvas.line(left, y, right, y)

    def box(self, x: float, y: float, side: float) -> None:
        """Draw a box to tick, its lower left corner at (x, y)."""
        if self._canvas is not None:
            self._canvas.setLineWidth(0.7)
            self._canvas.rect(x, y, side, side)
