"""From panels to ink: the one place that knows how matplotlib draws what `panels` describes."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nasicon_loop.core import plain
from nasicon_loop.report.panels import Axis, Panel, Span
from nasicon_loop.report.style import BLACK, BLUE, GREEN, GREY, ORANGE, RED

LINE_IN = 0.19
"""Height of a line of text, in inches."""
_LABEL_IN = 0.55
_UPRIGHT_BELOW = 0.2
_INSET_SIDE = 0.4
_LOOKS: dict[str, dict[str, Any]] = {
    "measured": {"color": BLUE, "marker": "o", "mfc": "none", "ls": ""},
    "masked": {"color": GREY, "marker": "x", "ls": "", "zorder": 3},
    "fit": {"color": RED, "lw": 1.5},
    "real": {"color": BLUE, "marker": "o", "ls": "-", "lw": 0.8},
    "imaginary": {"color": ORANGE, "marker": "s", "ls": "-", "lw": 0.8},
    "distribution": {"color": GREEN, "lw": 1.6},
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A matplotlib figure addressed in inches from its lower left corner."""

    drawing: Any
    width_in: float
    height_in: float

    def axes(self, left: float, bottom: float, width: float, height: float) -> Any:
        """Return new axes in this place."""
        across, up = self.width_in, self.height_in
        return self.drawing.add_axes((left / across, bottom / up, width / across, height / up))

    def text(self, x: float, y: float, text: str, **style: Any) -> None:
        """Write text at a place, centred."""
        self.drawing.text(x / self.width_in, y / self.height_in, text, ha="center", **style)

    def lines(self, top: float, lines: list[tuple[str, str]]) -> None:
        """Write lines of (text, colour) downwards from `top`."""
        for k, (line, colour) in enumerate(lines):
            self.text(0.5 * self.width_in, top - k * LINE_IN, line, va="top", fontsize=8.5, color=colour)

    def legend(self, sources: list[Any], x: float, top: float) -> None:
        """Put one legend of all axes below a place, every name once."""
        found: dict[str, Any] = {}
        for axes in sources:
            for handle, name in zip(*axes.get_legend_handles_labels(), strict=True):
                found.setdefault(name, handle)
        if found:
            place = (x / self.width_in, top / self.height_in)
            style = {"handletextpad": 0.4, "columnspacing": 1.2, "fontsize": 8.5}
            self.drawing.legend(
                list(found.values()), list(found), loc="upper center", bbox_to_anchor=place, ncol=4, **style
            )


def draw_panel(axes: Any, panel: Panel, *, has_x_label: bool = True, marker_size: float = 4.0) -> None:
    """Draw a panel into axes whose shape is already right for it."""
    for span in panel.spans:
        _draw_span(axes, panel.x, span)
    if panel.kind == "residuals" and panel.series:
        axes.axhline(0.0, color=BLACK, lw=0.8)
    for series in panel.series:
        look = dict(_LOOKS[series.role])
        if "marker" in look:
            look["ms"] = marker_size + (1.0 if series.role == "masked" else 0.0)
        axes.plot(series.x, series.y, label=series.name, clip_on=panel.kind != "residuals", **look)
    _scale(axes, "x", panel.x, has_label=has_x_label)
    _scale(axes, "y", panel.y, has_label=True)
    if panel.kind == "drt" and panel.series:
        axes.fill_between(panel.series[0].x, panel.series[0].y, color=GREEN, alpha=0.15, lw=0)
    for mark in panel.marks:
        if mark.y is None:
            axes.axvline(mark.x, color=BLACK, lw=1.0, ls="--", label=plain(mark.text))
        else:
            style = {"ha": "center", "size": 8, "bbox": {"fc": "white", "alpha": 0.8, "lw": 0, "pad": 0.6}}
            axes.annotate(plain(mark.text), (mark.x, mark.y), xytext=(0, 4), textcoords="offset points", **style)
    if not panel.series:
        axes.text(0.5, 0.5, panel.note, ha="center", va="center", transform=axes.transAxes, color=BLACK)


def draw_inset(axes: Any, panel: Panel) -> None:
    """Draw a plane small into the upper left corner, where a cut spike leaves room."""
    box = axes.get_window_extent()
    width = _INSET_SIDE * float(box.height / box.width)
    inset = axes.inset_axes((0.03, 0.97 - _INSET_SIDE, width, _INSET_SIDE))
    draw_panel(inset, panel, marker_size=1.6)
    inset.grid(visible=False)
    inset.set(xlabel="", ylabel="", xticks=[], yticks=[], facecolor="white")
    unit = panel.x.label.split("/")[-1].strip()
    axes.text(
        0.04 + width, 0.96, f"whole,\nto {panel.x.high:.3g} {unit}", fontsize=7, va="top", transform=axes.transAxes
    )
    for side in ("top", "right"):
        inset.spines[side].set_visible(True)


def _draw_span(axes: Any, x: Axis, span: Span) -> None:
    """Shade a stretch; along x its name is written into it, upright where it is narrow."""
    if span.axis == "y":
        axes.axhspan(span.low, span.high, color=BLUE, alpha=0.13, lw=0, label=plain(span.text))
        return
    axes.axvspan(span.low, span.high, color=GREY, alpha=0.13, lw=0)
    whole = np.log(x.high / x.low)
    place = float(np.log(np.sqrt(span.high * span.low) / x.low) / whole)
    is_narrow = np.log(span.high / span.low) < _UPRIGHT_BELOW * whole
    style = {"ha": "center", "va": "top", "fontsize": 8, "color": BLACK, "rotation": 90 if is_narrow else 0}
    axes.text(place, 0.97, plain(span.text), transform=axes.transAxes, **style)


def _scale(axes: Any, which: str, axis: Axis, *, has_label: bool) -> None:
    from matplotlib.ticker import FixedLocator, NullLocator

    if axis.is_log:
        getattr(axes, f"set_{which}scale")("log")
    getattr(axes, f"set_{which}lim")(axis.low, axis.high)
    ruler = getattr(axes, f"{which}axis")
    ruler.set_minor_locator(NullLocator())
    ruler.set_major_locator(FixedLocator([value for value, _ in axis.ticks]))
    ruler.set_ticklabels([text if has_label else "" for _, text in axis.ticks])
    if has_label:
        getattr(axes, f"set_{which}label")(axis.label)
    if which == "y":
        ruler.set_label_coords(-_LABEL_IN * axes.figure.dpi / axes.get_window_extent().width, 0.5)
