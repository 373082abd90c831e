"""Spectra drawn small: a Nyquist plot with its fit in a few kilobytes, as SVG inside a page; a PDF draws the same."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.report.panels import nyquist_panel
from nasicon_loop.report.style import BLACK, BLUE, GREY, RED
from nasicon_loop.report.values import SpectrumView

WIDTH, HEIGHT = 220.0, 120.0
_MAX_LINE = 60
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sketch:
    """Arrays (n, 2) on a sheet of WIDTH x HEIGHT, y downwards; `words` say what the width stands for.

    `r_total_x` is where the total resistance lies, None without one.
    """

    measured: Points
    masked: Points
    fit: Points
    r_total_x: float | None
    words: str


def sketch(view: SpectrumView) -> Sketch:
    """Return a spectrum's small drawing: both axes have the same ohm per length, a long electrode spike is cut."""
    panel = nyquist_panel(view)
    panel = panel.filling(HEIGHT / WIDTH)
    span_x, span_y = panel.x.high - panel.x.low, panel.y.high - panel.y.low

    def placed(role: str) -> Points:
        found = [series for series in panel.series if series.role == role]
        if not found:
            return np.empty((0, 2))
        x = (found[0].x - panel.x.low) / span_x * WIDTH
        y = HEIGHT - (found[0].y - panel.y.low) / span_y * HEIGHT
        inside = (x >= 0) & (x <= WIDTH) & (y >= 0) & (y <= HEIGHT)
        return np.column_stack([x, y])[inside]

    fit = placed("fit")
    step = max(1, len(fit) // _MAX_LINE)
    at = [mark.x for mark in panel.marks if mark.y is None]
    x = (at[0] - panel.x.low) / span_x * WIDTH if at else None
    words = f"{panel.x.label}: {panel.x.low:.3g} to {panel.x.high:.3g}" + (", spike cut" if panel.is_cut else "")
    return Sketch(placed("measured"), placed("masked"), fit[::step], x, words)


def svg(drawn: Sketch) -> str:
    """Return the drawing as an SVG element for a page; it holds numbers and nothing from outside."""
    parts = [f'<path d="M0 0V{HEIGHT:.0f}H{WIDTH:.0f}" stroke="{GREY}"/>']
    if drawn.r_total_x is not None:
        parts.append(f'<path d="M{drawn.r_total_x:.1f} 0V{HEIGHT:.0f}" stroke="{BLACK}" stroke-dasharray="3 3"/>')
    if len(drawn.fit):
        line = "L".join(f"{x:.1f} {y:.1f}" for x, y in drawn.fit)
        parts.append(f'<path d="M{line}" stroke="{RED}" stroke-width="1.5"/>')
    parts.append(f'<path d="{_dots(drawn.measured)}" stroke="{BLUE}" stroke-width="4"/>')
    parts.append(f'<path d="{_dots(drawn.masked)}" stroke="{GREY}" stroke-width="4"/>')
    head = f'<svg viewBox="-3 -3 {WIDTH + 6:.0f} {HEIGHT + 6:.0f}" fill="none" stroke-linecap="round" role="img">'
    return head + "".join(parts) + "</svg>"


def _dots(points: Points) -> str:
    """Points as strokes of no length with round ends: the shortest way to say a dot."""
    return "".join(f"M{x:.1f} {y:.1f}h0" for x, y in points)
