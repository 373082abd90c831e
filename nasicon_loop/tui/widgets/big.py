"""A number that can be read from two metres: blocks instead of letters, as large as there is room."""

from rich.text import Text
from textual.events import Resize
from textual.widgets import Static

_ROWS = 5
_GAP = 1
_GLYPHS = {
    "0": "### #.# #.# #.# ###",
    "1": ".#. ##. .#. .#. ###",
    "2": "### ..# ### #.. ###",
    "3": "### ..# ### ..# ###",
    "4": "#.# #.# ### ..# ..#",
    "5": "### #.. ### ..# ###",
    "6": "### #.. ### #.# ###",
    "7": "### ..# ..# ..# ..#",
    "8": "### #.# ### #.# ###",
    "9": "### #.# ### ..# ###",
    "-": "... ... ### ... ...",
    ".": ". . . . #",
    " ": ". . . . .",
    "+": "..#.. ..#.. ##### ..#.. ..#..",
    "✓": "....# ...#. #.#.. .#... .....",
    "!": "# # # . #",
    "…": "..... ..... ..... ..... #.#.#",
}
"""Rows of each sign from the top."""


def big_rows(text: str, factor: int = 1) -> list[str]:
    """Return `text` as rows of blocks, twice as many columns as rows per block, so that blocks are square.

    What there is no sign for is left out.
    """
    glyphs = [_GLYPHS[sign].split() for sign in text if sign in _GLYPHS]
    rows = []
    for row in range(_ROWS):
        cells = (" " * _GAP).join(glyph[row] for glyph in glyphs)
        line = "".join(("█" if cell == "#" else " ") * 2 * factor for cell in cells)
        rows += [line] * factor
    return rows


class Big(Static):
    """A number, and a sign behind it where there is room for both."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(markup=False, id=id)
        self._shown = ("", "", "", "")

    def say(self, number: str, unit: str, sign: str, style: str) -> None:
        """Show a number with its unit and a sign."""
        if (number, unit, sign, style) != self._shown:
            self._shown = (number, unit, sign, style)
            self._lay_out()

    def on_resize(self, _event: Resize) -> None:
        """Larger where there is room."""
        self._lay_out()

    def _lay_out(self) -> None:
        number, unit, sign, style = self._shown
        room, height = self.size.width or self.app.size.width, self.size.height or _ROWS
        largest = max(1, height // _ROWS)
        tries = [(number, sign, factor) for factor in range(largest, 0, -1)] + [(number, "", 1)]
        rows = next((rows for one in tries if len((rows := _joined(*one, unit))[0]) <= room), [f"{number} {unit}"])
        self.update(Text("\n".join(rows), style=style, no_wrap=True))


def _joined(number: str, sign: str, factor: int, unit: str) -> list[str]:
    """The number, its unit in small at its foot, and the sign."""
    blocks, signs = big_rows(number, factor), big_rows(sign, factor)
    units = [" " * (len(unit) + 1)] * (len(blocks) - 1) + [f" {unit}"]
    if not number:
        return signs
    return [f"{block}{small}    {mark}" for block, small, mark in zip(blocks, units, signs, strict=True)]
