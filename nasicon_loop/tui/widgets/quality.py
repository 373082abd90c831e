"""How good the model is, on character cells: parity, calibration, and the scores over the periodic table."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from rich.text import Text
from textual_plot import HiResMode, PlotWidget

from nasicon_loop.core import plain
from nasicon_loop.tui.themes import Palette

_MARKS = {"silico-phosphate": "o", "phosphate": "s", "lithium": "^"}
_OTHER = "x"
_COLUMNS, _LINES = 18, 8
_SHADES = (
    ("#00224e", "#ffffff"),
    ("#434e6c", "#ffffff"),
    ("#7d7c78", "#ffffff"),
    ("#bcaf6f", "#000000"),
    ("#fee838", "#000000"),
)
"""Cividis from low to high with the ink that can be read on it; the number stands beside the colour."""


class _Plot(PlotWidget):
    """All cells to the data: titles stand in the border."""

    def on_mount(self) -> None:
        """Leave no room for labels that the border tells."""
        super().on_mount()
        self.margin_top, self.margin_bottom, self.margin_left = 0, 1, 5

    def _render_x_label(self) -> None:
        """The border tells it."""

    def _render_y_label(self) -> None:
        """The border tells it."""


class ParityPlot(_Plot):
    """Measured over predicted, both log10 of S/cm, on held-out rows."""

    def draw(self, view: Any, colours: Palette) -> None:
        """Show the held-out rows of a model."""
        self.clear()
        both = np.concatenate([view.measured, view.predicted])
        low, high = float(np.floor(both.min())), float(np.ceil(both.max()))
        self.set_xlimits(low, high)
        self.set_ylimits(low, high)
        self.plot([low, high], [low, high], line_style=colours.faint, hires_mode=HiResMode.BRAILLE)
        names = np.array(view.families)
        styles = (colours.point, colours.curve, colours.good, colours.faint)
        shown = [*_MARKS, *sorted(set(view.families) - set(_MARKS))]
        keys = []
        for family, style in zip(shown, (*styles, *[colours.faint] * len(shown)), strict=False):
            chosen = names == family
            if chosen.any():
                mark = _MARKS.get(family, _OTHER)
                self.scatter(view.predicted[chosen], view.measured[chosen], marker=mark, marker_style=style)
                keys.append(f"{mark} {plain(family)}")
        self.border_title = "measured over predicted, lg σ"
        self.border_subtitle = "  ".join(keys)


class CalibrationPlot(_Plot):
    """Held-out share over nominal share of central intervals, in per cent."""

    def draw(self, view: Any, colours: Palette) -> None:
        """Show whether the intervals hold what they promise."""
        self.clear()
        self.set_xlimits(0.0, 100.0)
        self.set_ylimits(0.0, 100.0)
        nominal = 100 * np.array([0.0, *view.nominal, 1.0])
        covered = 100 * np.array([0.0, *view.covered, 1.0])
        self.plot([0.0, 100.0], [0.0, 100.0], line_style=colours.faint, hires_mode=HiResMode.BRAILLE)
        self.plot(nominal, covered, line_style=colours.curve, hires_mode=HiResMode.BRAILLE)
        self.scatter(nominal[1:-1], covered[1:-1], marker="o", marker_style=colours.point)
        self.border_title = "% inside over nominal %"
        self.border_subtitle = "below: too sure"


def map_text(cells: Sequence[Mapping[str, Any]], faint: str) -> Text:
    """Return the periodic table with the scores of the dopants, 72 columns and at most 15 lines."""
    places = {(cell["line"], cell["column"]): cell for cell in cells}
    text = Text(no_wrap=True)
    for line in range(1, _LINES + 1):
        if not any((line, column) in places for column in range(1, _COLUMNS + 1)):
            continue
        for part in ("element", "mark"):
            for column in range(1, _COLUMNS + 1):
                cell = places.get((line, column))
                word = "" if cell is None else plain(cell[part], limit=4)
                text.append(f"{word:<3}", style=_style(cell, faint))
                text.append(" ")
            text.append("\n")
    text.append("score in per cent; ~ no measured row, by similarity; x blocked; - none", style=faint)
    return text


def _style(cell: Mapping[str, Any] | None, faint: str) -> str:
    if cell is None:
        return ""
    if cell["level"] is None:
        return faint
    ground, ink = _SHADES[int(cell["level"])]
    return f"{ink} on {ground}"
