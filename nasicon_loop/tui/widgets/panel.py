"""A plot with linear or logarithmic axes and ticks that are given: Bode, residuals, relaxation times."""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil, log10
from typing import Any

import numpy as np
from textual.containers import Vertical
from textual.widget import Widget
from textual_plot import HiResMode, PlotWidget
from textual_plot.axis_formatter import AxisFormatter

from nasicon_loop.tui.themes import Palette
from nasicon_loop.tui.widgets.nyquist import Overlays
from nasicon_loop.tui.widgets.pointing import on_panel

_SIGNS = {"measured": "o", "masked": "x", "real": "o", "imaginary": "+"}
_NAMES = {"masked": "left out"}
_ROWS_PER_TICK, _COLUMNS_PER_TICK = 2, 7


KINDS: Mapping[str, tuple[str, ...]] = {
    "bode": ("modulus", "phase"),
    "residuals": ("residuals", "kramers-kronig"),
    "drt": ("drt",),
}
"""Which panels stand one above the other in the plots that follow Nyquist."""


def on_axis(axis: Any, values: Any) -> Any:
    """Return where values lie on an axis: themselves, or their decimal logarithm where the axis is logarithmic."""
    return np.log10(values) if axis.is_log else np.asarray(values, dtype=float)


class _Given(AxisFormatter):
    """Ticks that are known already, fewer where there is no room for all."""

    def __init__(self, axis: Any) -> None:
        self._ticks = [(log10(value) if axis.is_log else float(value), text) for value, text in axis.ticks]
        self.n_most = len(self._ticks)

    def get_ticks(self, min_: float, max_: float, max_ticks: int = 8) -> list[float]:
        """Return every tick, every second, or every third; zero stays."""
        every = ceil(len(self._ticks) / max(1, min(self.n_most, len(self._ticks) or 1)))
        places = [place for place, _ in self._ticks]
        zero = places.index(0.0) if 0.0 in places else 0
        while every > 1 and len(places[zero % every :: every]) < 2:  # one tick alone tells no scale
            every -= 1
        return places[zero % every :: every]

    def get_labels_for_ticks(self, ticks: Sequence[float]) -> list[str]:
        """Return what stands at them."""
        texts = dict(self._ticks)
        return [texts[tick] for tick in ticks]


class PanelPlot(PlotWidget):
    """One panel of `spectrum_plots`, drawn on character cells."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, allow_pan_and_zoom=False)
        self.can_focus = False

    def on_mount(self) -> None:
        """Leave all cells to the data: titles stand in the border."""
        super().on_mount()
        self.margin_top, self.margin_bottom, self.margin_left = 0, 1, 7

    def draw(self, panel: Any, colours: Palette, frequency_hz: Any = (), overlays: Overlays = ()) -> None:
        """Show a panel: points, lines, marks, and where a shaded stretch of it begins and ends; `overlays` over it."""
        self.clear()
        self.border_title = " ".join(f"{panel.y.label} over {panel.x.label}".split())
        self.border_subtitle = ""
        self._x_formatter, self._y_formatter = _Given(panel.x), _Given(panel.y)
        x_limits = on_axis(panel.x, [panel.x.low, panel.x.high])
        self.set_xlimits(*map(float, x_limits))
        self.set_ylimits(*map(float, on_axis(panel.y, [panel.y.low, panel.y.high])))
        if not panel.series:
            self.border_title, self.border_subtitle = panel.note, ""
            return
        self._stretches(panel, x_limits, colours)
        styles = {"measured": colours.point, "real": colours.point, "masked": colours.faint}
        for one in sorted(panel.series, key=lambda series: not series.is_line):
            x, y = _within(panel, one)
            style = styles.get(one.role, colours.curve)
            if one.is_line:
                self.plot(x, y, line_style=style, hires_mode=HiResMode.BRAILLE)
            else:
                self.scatter(x, y, marker=_SIGNS.get(one.role, "o"), marker_style=style)
        for places, sign, style in overlays if panel.kind != "drt" else ():
            over_x, over_y = on_panel(panel, frequency_hz, places)
            if len(over_x):
                self.scatter(on_axis(panel.x, over_x), on_axis(panel.y, over_y), marker=sign, marker_style=style)
        self.border_subtitle = " ".join(
            [*map(_legend, panel.series), *self._peaks(panel, colours), *_stretch_names(panel)]
        )

    def _stretches(self, panel: Any, x_limits: Any, colours: Palette) -> None:
        if panel.kind == "residuals":
            self.plot(x_limits, [0.0, 0.0], line_style=colours.faint, hires_mode=HiResMode.BRAILLE)
        for span in panel.spans:
            for end in (span.low, span.high):
                if span.axis == "y":
                    self.plot(x_limits, [end, end], line_style=colours.faint, hires_mode=HiResMode.BRAILLE)
                elif panel.x.low < end < panel.x.high:
                    self.add_v_line(float(on_axis(panel.x, end)), line_style=colours.faint)

    def _peaks(self, panel: Any, colours: Palette) -> list[str]:
        peaks = [mark for mark in panel.marks if mark.y is not None]
        if not peaks:
            return []
        x, y = [mark.x for mark in peaks], [mark.y for mark in peaks]
        self.scatter(on_axis(panel.x, x), on_axis(panel.y, y), marker="▼", marker_style=f"bold {colours.point}")
        return [f"▼ {', '.join(mark.text for mark in peaks)}"]

    @property
    def cells(self) -> tuple[int, int]:
        """Columns and rows that the data are drawn on."""
        return self._scale_rectangle.width, self._scale_rectangle.height

    def _render_plot(self) -> None:
        columns, rows = self.cells
        for formatter, room in (
            (self._x_formatter, columns // _COLUMNS_PER_TICK),
            (self._y_formatter, rows // _ROWS_PER_TICK),
        ):
            if isinstance(formatter, _Given):
                formatter.n_most = max(1, room)
        super()._render_plot()

    def _render_x_label(self) -> None:
        """The border tells it."""

    def _render_y_label(self) -> None:
        """The border tells it."""


def _within(panel: Any, series: Any) -> tuple[Any, Any]:
    """Return the points on the axes; what lies beyond the y axis is drawn on its edge, as on paper a line is cut."""
    y = np.clip(series.y, panel.y.low, panel.y.high)
    return on_axis(panel.x, series.x), on_axis(panel.y, y)


def _stretch_names(panel: Any) -> list[str]:
    if any(span.axis == "y" for span in panel.spans):
        return ["─ ±2 KK rms"]
    names = [span.text for span in panel.spans if panel.x.low < span.high and span.low < panel.x.high]
    return [f"│ {', '.join(names)}"] if names else []


def _legend(series: Any) -> str:
    if series.is_line:
        return "─ fit" if series.role == "fit" else "─ γ"
    return f"{_SIGNS.get(series.role, 'o')} {_NAMES.get(series.role, series.role)}"


class PanelPlots(Vertical):
    """One or two panels, one above the other."""

    def compose(self) -> Iterable[Widget]:
        """Draw two; the lower one hides where there is only one."""
        yield PanelPlot(id="upper-panel")
        yield PanelPlot(id="lower-panel")

    def draw(
        self,
        kind: str,
        plots: Mapping[str, Any],
        colours: Palette,
        frequency_hz: Any = (),
        overlays: Overlays = (),
    ) -> None:
        """Show the panels of a kind, and over them points of a spectrum with other signs and styles."""
        names = KINDS[kind]
        shown = self.query(PanelPlot).results(PanelPlot)
        for k, plot in enumerate(shown):
            plot.display = k < len(names)
            if plot.display:
                plot.draw(plots[names[k]], colours, frequency_hz, overlays)
