"""Where a mass lies between nothing, the lower limit, the target and the upper limit: a coarse bar and a fine one."""

from dataclasses import dataclass

from rich.text import Text
from textual.events import Resize
from textual.widgets import Static

_TOLERANCES = 2.0
"""What the fine scale shows on each side of the target, in tolerances."""
_WIDEST = 120


@dataclass(frozen=True, slots=True)
class Mark:
    """A mass to show against a target, all in g; `decimals` are the balance's. None while nothing is known."""

    mass_g: float | None
    target_g: float
    tolerance_g: float
    decimals: int = 4


def scale_text(mark: Mark, columns: int, style: str, faint: str) -> Text:
    """Return four lines: the coarse bar from nothing to the target, a pointer, the fine scale, and its labels."""
    text = _coarse(mark, columns, style, faint)
    text.append(_pointer(mark, columns) + "\n", style=f"bold {style}")
    text.append(_axis(columns) + "\n", style=faint)
    text.append(_labels(mark, columns), style=faint)
    text.no_wrap = True
    return text


def _coarse(mark: Mark, columns: int, style: str, faint: str) -> Text:
    share = 0.0 if mark.mass_g is None or mark.target_g <= 0 else mark.mass_g / mark.target_g
    end = f" {min(max(0.0, 100 * share), 999):4.0f} % of {mark.target_g:.{mark.decimals}f} g"
    room = max(4, columns - len(end))
    full = round(room * min(max(share, 0.0), 1.0))
    return Text("█" * full, style=style).append("░" * (room - full), style=faint).append(end + "\n", style="default")


def _column(offset: float, columns: int) -> int:
    """Where on the fine scale an offset from the target lies, in tolerances."""
    return round((offset + _TOLERANCES) / (2 * _TOLERANCES) * (columns - 1))


def _pointer(mark: Mark, columns: int) -> str:
    if mark.mass_g is None or mark.tolerance_g <= 0:
        return ""
    off_g = mark.mass_g - mark.target_g
    offset = off_g / mark.tolerance_g
    if offset < -_TOLERANCES:
        return f"◀ {-off_g:.{mark.decimals}f} g below the target"
    if offset > _TOLERANCES:
        return f"{off_g:.{mark.decimals}f} g above the target ▶".rjust(columns)
    return " " * _column(offset, columns) + "▼"


def _axis(columns: int) -> str:
    cells = ["─"] * columns
    low, middle, high = (_column(offset, columns) for offset in (-1.0, 0.0, 1.0))
    cells[low : high + 1] = ["━"] * (high + 1 - low)
    cells[low], cells[middle], cells[high] = "┣", "╋", "┫"
    return "".join(cells)


def _labels(mark: Mark, columns: int) -> str:
    line = " " * columns
    for word, offset in (("lower", -1.0), ("target", 0.0), ("upper", 1.0)):
        label = f"{word} {mark.target_g + offset * mark.tolerance_g:.{mark.decimals}f}"
        at = max(0, _column(offset, columns) - len(label) // 2)
        line = line[:at] + label + line[at + len(label) :]
    return line[:columns].rstrip()


class Scale(Static):
    """Both bars, as wide as there is room."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(markup=False, id=id)
        self._shown: tuple[Mark, str, str] | None = None

    def say(self, mark: Mark, style: str, faint: str) -> None:
        """Show a mass."""
        if (mark, style, faint) != self._shown:
            self._shown = (mark, style, faint)
            self._lay_out()

    def on_resize(self, _event: Resize) -> None:
        """As wide as there is room."""
        self._lay_out()

    def _lay_out(self) -> None:
        if self._shown is not None:
            columns = min(self.size.width or 80, _WIDEST)
            columns -= 1 - columns % 2  # the target in the middle of a cell
            self.update(scale_text(self._shown[0], columns, *self._shown[1:]))
