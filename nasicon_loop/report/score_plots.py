"""Scores of pairs of dopants as a map: every dopant against every other, alone on the diagonal."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nasicon_loop.core import plain
from nasicon_loop.report.style import GREY, figure
from nasicon_loop.report.values import ElementTile, PairTile

_SIDE_IN = 10.4
_NOTHING = "#F4F4F4"
_HATCH = "#FFFFFF8C"


def pair_map(pairs: Sequence[PairTile], elements: Sequence[ElementTile], path: Path, *, score_name: str) -> Path:
    """Draw the score of every pair of `elements`, in their order, mirrored at the diagonal.

    Hatched: a dopant of the pair has no measured row. Struck through: blocked as toxic. Empty: no composition that
    is likely one phase.
    """
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Patch, Rectangle

    names = [one.element for one in elements]
    place = {name: k for k, name in enumerate(names)}
    values = np.full((len(names), len(names)), np.nan)
    for pair in pairs:
        if pair.first in place and pair.second in place:
            values[place[pair.first], place[pair.second]] = values[place[pair.second], place[pair.first]] = pair.score
    is_blind = np.array([one.n_support_rows == 0 for one in elements])
    blind = is_blind[:, None] | is_blind[None, :]
    with figure(path, _SIDE_IN, _SIDE_IN + 0.5) as drawing:
        axes = drawing.add_subplot()
        axes.set_facecolor(_NOTHING)
        edges = np.arange(len(names) + 1) - 0.5
        low, high = _limits(values)
        colours = axes.pcolormesh(edges, edges, np.ma.masked_invalid(values), cmap="cividis", vmin=low, vmax=high)
        cells = [Rectangle((x - 0.5, y - 0.5), 1, 1) for y, x in np.argwhere(blind & ~np.isnan(values))]
        axes.add_collection(PatchCollection(cells, facecolor="none", edgecolor=_HATCH, hatch="////", lw=0.0))
        for k, one in enumerate(elements):
            if one.is_blocked:
                _strike(axes, k, len(names))
        _label(axes, elements)
        drawing.colorbar(colours, ax=axes, orientation="horizontal", fraction=0.03, pad=0.02, aspect=50).set_label(
            plain(score_name)
        )
        keys = [
            Patch(facecolor="#7C7B78", edgecolor="white", hatch="////", label="a dopant without any measured row"),
            Patch(facecolor="white", edgecolor=GREY, label="struck through: blocked as toxic"),
            Patch(facecolor=_NOTHING, edgecolor=GREY, label="empty: no likely single phase"),
        ]
        drawing.legend(handles=keys, loc="outside upper center", ncol=3, fontsize=9, handlelength=2.2)
    return path


def _limits(values: Any) -> tuple[float, float]:
    """A few low scores must not take most of the colours."""
    found = values[~np.isnan(values)]
    if not len(found):
        return 0.0, 1.0
    low, high = float(np.percentile(found, 2)), float(found.max())
    return low, high if high > low else low + 1.0


def _strike(axes: Any, k: int, n: int) -> None:
    ends = [-0.5, n - 0.5]
    axes.plot(ends, [k, k], color=GREY, lw=1.0)
    axes.plot([k, k], ends, color=GREY, lw=1.0)


def _label(axes: Any, elements: Sequence[ElementTile]) -> None:
    names = [one.element for one in elements]
    axes.set_xticks(range(len(names)), names, fontsize=7.5)
    axes.set_yticks(range(len(names)), names, fontsize=7.5)
    axes.tick_params(length=0, pad=2, top=True, labeltop=True, right=True, labelright=True)
    axes.grid(visible=False)
    axes.set_aspect("equal")
    axes.invert_yaxis()
    for axis in (axes.xaxis, axes.yaxis):
        for text, one in zip(axis.get_ticklabels(which="both"), elements, strict=False):
            text.set_color(GREY if one.is_blocked else "#222222")
