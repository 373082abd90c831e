"""A terminal that nobody looks at: it keeps what an application paints, and when, and shows it afterwards.

Nothing is read from it while the time is taken: what a paint showed is found out later, from what was written.
"""

import re
import time
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from textual.drivers.headless_driver import HeadlessDriver

_PIECE = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[[0-9;?<>=]*[ -/]*[@-~]|\x1b[^\[]|([^\x1b]+)")


@dataclass(frozen=True, slots=True)
class Paint:
    """What was written at once: wall and processor time at its end, s, and the screen in front."""

    wall: float
    processor: float
    place: str
    data: str


class Terminal(HeadlessDriver):
    """Takes what a real terminal would get, at no cost but the writing."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.paints: list[Paint] = []

    @property
    def is_headless(self) -> bool:
        """Paint as for a terminal."""
        return False

    def write(self, data: str) -> None:
        """Keep a paint."""
        if "\x1b[" in data and len(data) > 1:
            place = str(getattr(self._app.screen, "PLACE", "")) if self._app.screen_stack else ""
            self.paints.append(Paint(time.perf_counter(), time.process_time(), place, data))


class Glass:
    """The characters on the glass."""

    def __init__(self, columns: int, lines: int) -> None:
        self._cells = [[" "] * columns for _ in range(lines)]

    @property
    def lines(self) -> tuple[str, ...]:
        """What stands there."""
        return tuple("".join(line).rstrip() for line in self._cells)

    def after(self, data: str) -> tuple[str, ...]:
        """Put up what was written, text where the cursor was sent to, and return what stands there then."""
        line = column = 0
        for piece in _PIECE.finditer(data):
            if piece.group(1) is not None:
                line, column = int(piece.group(1)) - 1, int(piece.group(2)) - 1
            for sign in piece.group(3) or "":
                if sign >= " " and line < len(self._cells):
                    width = cell_len(sign)
                    self._cells[line][column : column + width] = [sign, *[""] * (width - 1)]
                    column += width
        return self.lines
