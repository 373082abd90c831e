"""How good a model is on rows that it had not seen, on one sheet: parity, residuals by family, calibration."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.core import Refusal, plain
from nasicon_loop.report.style import BLACK, BLUE, GREEN, GREY, ORANGE, figure
from nasicon_loop.report.values import HeldOutView

Floats = NDArray[np.float64]

_LOOKS = {
    "silico-phosphate": (BLUE, "o"),
    "phosphate": (ORANGE, "s"),
    "lithium": (GREEN, "^"),
    "other": (GREY, "D"),
}
"""Colour and marker: neither carries the meaning alone."""
_WIDTH_IN, _ROW_IN, _HEAD_IN = 11.0, 3.75, 0.5
_JITTER = 0.28
_MARGIN_DEX = 0.4
_LIGHT_DEX = 0.5
"""Half of the band around zero in which a residual hardly counts: the scatter of reports of one composition."""


def validation_sheet(views: Sequence[HeldOutView], path: Path) -> Path:
    """Draw one row per view: measured over predicted with 90 % intervals, residuals by family, and calibration.

    Raises Refusal when there is nothing to draw.
    """
    if not views:
        raise Refusal("no held-out rows to draw", path)
    with figure(path, _WIDTH_IN, _HEAD_IN + _ROW_IN * len(views)) as drawing:
        drawing.get_layout_engine().set(w_pad=0.09, h_pad=0.06)
        axes = drawing.subplots(len(views), 3, squeeze=False, width_ratios=(1.0, 1.15, 1.0))
        for (left, middle, right), view in zip(axes, views, strict=True):
            _draw_parity(left, view)
            _draw_residuals(middle, view)
            _draw_calibration(right, view)
        drawing.legend(
            handles=[_key(family) for family in _present(views)],
            loc="outside upper center",
            ncol=4,
            title="held-out rows; thin lines: 90 % intervals",
            title_fontsize=9.5,
        )
    return path


def _draw_parity(axes: Any, view: HeldOutView) -> None:
    from matplotlib.ticker import MultipleLocator

    both = np.concatenate([view.measured, view.predicted])
    low, high = float(both.min()) - _MARGIN_DEX, float(both.max()) + _MARGIN_DEX
    axes.plot([low, high], [low, high], color=BLACK, lw=0.9, zorder=1)
    for family, chosen in _by_family(view):
        colour, marker = _look(family)
        measured = view.measured[chosen]
        axes.hlines(measured, view.low[chosen], view.high[chosen], color=colour, lw=0.5, alpha=0.28, zorder=2)
        axes.plot(view.predicted[chosen], measured, color=colour, marker=marker, **_POINT)
    axes.set(xlim=(low, high), ylim=(low, high), aspect="equal")
    for ruler in (axes.xaxis, axes.yaxis):
        ruler.set_major_locator(MultipleLocator(2))
    axes.set_xlabel("predicted log₁₀(σ / S cm⁻¹)")
    axes.set_ylabel("measured log₁₀(σ / S cm⁻¹)")
    axes.set_title(plain(view.title), loc="left", fontsize=10, fontweight="bold")
    _corner(axes, view.words.replace(", ", "\n"), "upper left")


def _draw_residuals(axes: Any, view: HeldOutView) -> None:
    residual = view.measured - view.predicted
    reach = max(float(np.abs(residual).max()) + 0.2, 1.0)
    axes.axhspan(-_LIGHT_DEX, _LIGHT_DEX, color=GREY, alpha=0.12, lw=0)
    axes.axhline(0.0, color=BLACK, lw=0.9)
    names = []
    for place, (family, chosen) in enumerate(_by_family(view)):
        colour, marker = _look(family)
        found = residual[chosen]
        low, middle, high = np.quantile(found, (0.25, 0.5, 0.75))
        axes.plot(place + _spread(len(found)), found, color=colour, marker=marker, **_POINT)
        axes.plot([place - _JITTER, place + _JITTER], [middle, middle], color=BLACK, lw=2.2, zorder=4)
        axes.vlines(place, low, high, color=BLACK, lw=1.4, zorder=4)
        names.append(f"{plain(family)}\nn {len(found)}, MAE {np.abs(found).mean():.2f}")
    axes.set_xticks(range(len(names)), names, fontsize=8)
    axes.set_xlim(-0.6, len(names) - 0.4)
    axes.set_ylim(-reach, reach)
    axes.grid(visible=False, axis="x")
    axes.set_ylabel("measured − predicted / dex")
    axes.set_title(f"residuals, median and quartiles; grey: ± {_LIGHT_DEX:g} dex", loc="left", fontsize=10)


def _draw_calibration(axes: Any, view: HeldOutView) -> None:
    axes.plot([0, 1], [0, 1], color=BLACK, lw=0.9, label="perfect")
    axes.plot([0.0, *view.nominal, 1.0], [0.0, *view.covered, 1.0], color=BLUE, marker="o", ms=3.5, lw=1.4)
    axes.plot(0.9, view.covered90, color=ORANGE, marker="D", ms=7, mec=BLACK, ls="", clip_on=False, zorder=5)
    axes.annotate("90 %", (0.9, view.covered90), xytext=(9, -12), textcoords="offset points", fontsize=8, ha="center")
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.set_xlabel("nominal share inside the interval")
    axes.set_ylabel("held-out share inside it")
    axes.set_title("calibration", loc="left", fontsize=10)
    _corner(axes, "above the line: too wide", "upper left")
    _corner(axes, "below: too sure", "lower right")


_POINT: dict[str, Any] = {"ls": "", "ms": 3.6, "mec": "white", "mew": 0.3, "alpha": 0.9, "zorder": 3}


def _by_family(view: HeldOutView) -> list[tuple[str, NDArray[np.bool_]]]:
    names = np.array(view.families)
    return [(family, names == family) for family in _ordered(set(view.families))]


def _present(views: Sequence[HeldOutView]) -> list[str]:
    return _ordered({family for view in views for family in view.families})


def _ordered(families: set[str]) -> list[str]:
    return [name for name in _LOOKS if name in families] + sorted(families - set(_LOOKS))


def _look(family: str) -> tuple[str, str]:
    return _LOOKS.get(family, _LOOKS["other"])


def _key(family: str) -> Any:
    from matplotlib.lines import Line2D

    colour, marker = _look(family)
    return Line2D([], [], color=colour, marker=marker, ls="-", lw=0.6, ms=5.5, label=plain(family))


def _spread(n: int) -> Floats:
    """Return n places side by side in an order that looks random and is the same every time."""
    golden = (np.sqrt(5.0) - 1.0) / 2.0
    return np.asarray(((np.arange(n) * golden) % 1.0 - 0.5) * 2 * _JITTER, dtype=np.float64)


def _corner(axes: Any, text: str, where: str) -> None:
    up, across = where.split()
    place = (0.03 if across == "left" else 0.97, 0.97 if up == "upper" else 0.03)
    style = {"fontsize": 8, "bbox": {"fc": "white", "alpha": 0.8, "lw": 0, "pad": 1.5}, "zorder": 6}
    axes.text(*place, text, transform=axes.transAxes, ha=across, va="top" if up == "upper" else "bottom", **style)
