"""The campaign: best so far by rounds, score map over the periodic table, predicted against measured."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.core import plain
from nasicon_loop.report.layout import PLACES
from nasicon_loop.report.style import BLACK, BLUE, GREY, VERDICT_STYLE, decade_axis, figure
from nasicon_loop.report.values import ElementTile, ParityPoint, RoundPoint

Floats = NDArray[np.float64]

_ROUND_WIDTH = 0.62
_FALLBACK_STYLE = (GREY, "s")
_PARITY_BAND_DEX = 0.3


def _places(points: Sequence[RoundPoint]) -> Floats:
    """Return x of every point: the round's number, its pellets side by side."""
    x = np.zeros(len(points))
    for number in {point.round_number for point in points}:
        members = [k for k, point in enumerate(points) if point.round_number == number]
        offsets = np.linspace(-0.5, 0.5, len(members)) if len(members) > 1 else np.zeros(1)
        x[members] = number + _ROUND_WIDTH * offsets
    return x


def best_so_far(
    points: Sequence[RoundPoint],
    path: Path,
    *,
    reference_log10_sigma: float | None = None,
    reference_name: str = "undoped Na3Zr2Si2PO12",
) -> Path:
    """Draw measured conductivities (S/cm, log, ± 1 sd) by round, and the best so far with its sd as a step.

    Rejected points carry no number and must not be given; points in review are drawn but do not count as best.
    """
    ordered = sorted(points, key=lambda point: point.round_number)
    x = _places(ordered)
    with figure(path, 7.6, 4.4) as drawing:
        axes = drawing.add_subplot()
        for verdict in dict.fromkeys(point.verdict for point in ordered):
            _draw_points(axes, x, ordered, verdict)
        _draw_best(axes, x, ordered)
        if reference_log10_sigma is not None:
            axes.axhline(
                10.0**reference_log10_sigma, color=GREY, ls=":", lw=1.4, label=f"literature: {plain(reference_name)}"
            )
        axes.set_yscale("log")
        _decade_limits(axes, ordered, reference_log10_sigma)
        numbers = sorted({point.round_number for point in ordered})
        axes.set_xticks(numbers, [f"{number}" for number in numbers])
        if numbers:
            axes.set_xlim(numbers[0] - 0.6, numbers[-1] + 0.6)
        axes.grid(visible=False, axis="x")
        axes.set_xlabel("round")
        axes.set_ylabel("total conductivity at 25 °C / S cm⁻¹")
        axes.set_title("Best so far")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncol=3)
    return path


def _draw_points(axes: Any, x: Floats, points: Sequence[RoundPoint], verdict: str) -> None:
    colour, marker = VERDICT_STYLE.get(verdict, _FALLBACK_STYLE)
    members = [k for k, point in enumerate(points) if point.verdict == verdict]
    value = np.array([points[k].log10_sigma for k in members])
    sd = np.array([points[k].log10_sigma_sd for k in members])
    sigma = 10.0**value
    bars = np.vstack([sigma - 10.0 ** (value - sd), 10.0 ** (value + sd) - sigma])
    axes.errorbar(
        x[members], sigma, yerr=bars, fmt=marker, color=colour, ms=6, capsize=2.5, lw=1.0,
        label=f"{plain(verdict) or 'no verdict'} (± 1 sd)",
    )  # fmt: skip


def _draw_best(axes: Any, x: Floats, points: Sequence[RoundPoint]) -> None:
    places: list[float] = []
    values: list[float] = []
    sds: list[float] = []
    for place, point in zip(x, points, strict=True):
        if point.verdict != "review" and (not values or point.log10_sigma > values[-1]):
            places.append(float(place))
            values.append(point.log10_sigma)
            sds.append(point.log10_sigma_sd)
    if not values:
        return
    places.append(float(x.max()) + 0.3)
    mean, sd = np.array([*values, values[-1]]), np.array([*sds, sds[-1]])
    axes.fill_between(places, 10.0 ** (mean - sd), 10.0 ** (mean + sd), step="post", color=BLUE, alpha=0.18, lw=0)
    axes.step(places, 10.0**mean, where="post", color=BLUE, lw=1.8, label="best so far (band: ± 1 sd)")


def _decade_limits(axes: Any, points: Sequence[RoundPoint], reference: float | None) -> None:
    values = [point.log10_sigma + sign * point.log10_sigma_sd for point in points for sign in (-1, 1)]
    values += [reference] if reference is not None else []
    if values:
        axes.set_ylim(10.0 ** np.floor(min(values) - 0.1), 10.0 ** np.ceil(max(values) + 0.1))
    decade_axis(axes.yaxis)


def parity(points: Sequence[ParityPoint], path: Path) -> Path:
    """Draw measured over predicted log10 sigma with both sds, the diagonal and a band of 0.3 dex (a factor of two)."""
    with figure(path, 5.4, 5.4) as drawing:
        axes = drawing.add_subplot()
        if points:
            predicted, measured = np.array([p.predicted for p in points]), np.array([p.measured for p in points])
            axes.errorbar(
                predicted, measured, xerr=[p.predicted_sd for p in points], yerr=[p.measured_sd for p in points],
                fmt="o", color=BLUE, ecolor=GREY, ms=5.5, lw=0.9, capsize=2,
            )  # fmt: skip
            reach = np.array([[p.predicted_sd for p in points], [p.measured_sd for p in points]])
            both = np.array([predicted, measured])
            low, high = float((both - reach).min()) - 0.3, float((both + reach).max()) + 0.3
            line = np.array([low, high])
            axes.fill_between(
                line, line - _PARITY_BAND_DEX, line + _PARITY_BAND_DEX, color=BLUE, alpha=0.1, lw=0,
                label=f"± {_PARITY_BAND_DEX:g} dex",
            )  # fmt: skip
            axes.plot(line, line, color=BLACK, lw=1.0, label="measured = predicted")
            for point in points:
                if abs(point.measured - point.predicted) <= _PARITY_BAND_DEX:
                    continue  # only surprises are named; the others would hide each other
                axes.annotate(
                    plain(point.label, limit=24), (point.predicted, point.measured), fontsize=7, color="#444444",
                    xytext=(4, 4), textcoords="offset points",
                )  # fmt: skip
            axes.set_xlim(low, high)
            axes.set_ylim(low, high)
            axes.legend(loc="upper left")
        axes.set_aspect("equal", adjustable="box")
        axes.set_xlabel("predicted log₁₀(σ / S cm⁻¹)")
        axes.set_ylabel("measured log₁₀(σ / S cm⁻¹)")
        axes.set_title("Predicted before, measured after")
    return path


def periodic_table(tiles: Sequence[ElementTile], path: Path, *, score_name: str = "expected log₁₀(σ / S cm⁻¹)") -> Path:
    """Draw the score of every dopant at its place; hatched: no measured row supports it; crossed: blocked as toxic."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.patches import Patch

    scores = [tile.score for tile in tiles if tile.score is not None and not tile.is_blocked]
    low, high = (min(scores), max(scores)) if scores else (0.0, 1.0)
    colours = ScalarMappable(Normalize(low, high if high > low else low + 1.0), "cividis")
    with figure(path, 11.0, 5.8) as drawing:
        axes = drawing.add_subplot()
        by_element = {tile.element: tile for tile in tiles}
        for symbol in PLACES:
            _draw_tile(axes, symbol, by_element.get(symbol), colours)
        axes.set_xlim(0.4, 18.6)
        axes.set_ylim(8.1, 0.4)
        axes.set_aspect("equal")
        axes.axis("off")
        drawing.colorbar(colours, ax=axes, orientation="horizontal", fraction=0.045, pad=0.02, aspect=45).set_label(
            plain(score_name)
        )
        keys = [
            Patch(facecolor="#BBBBBB", edgecolor="#444444", hatch="////", label="no measured row: by similarity"),
            Patch(facecolor="white", edgecolor=GREY, label="blocked as toxic (crossed) or not a dopant here (faint)"),
        ]
        axes.legend(handles=keys, loc="upper center", bbox_to_anchor=(0.44, 0.985), fontsize=9, handlelength=2.4)
    return path


def _draw_tile(axes: Any, symbol: str, tile: ElementTile | None, colours: Any) -> None:
    from matplotlib.patches import Rectangle

    column, row = PLACES[symbol]
    corner = (column - 0.47, row - 0.47)
    if tile is None:
        axes.add_patch(Rectangle(corner, 0.94, 0.94, facecolor="#FAFAFA", edgecolor="#E6E6E6", lw=0.8))
        axes.text(column, row, symbol, ha="center", va="center", color="#C4C4C4", fontsize=9)
        return
    if tile.score is None or tile.is_blocked:
        axes.add_patch(Rectangle(corner, 0.94, 0.94, facecolor="white", edgecolor=GREY, lw=1.0))
        axes.text(column, row - 0.12, symbol, ha="center", va="center", color="#555555", fontsize=12, weight="bold")
        if tile.is_blocked:
            for sign in (-1, 1):
                axes.plot([column - 0.44, column + 0.44], [row - 0.44 * sign, row + 0.44 * sign], color=GREY, lw=0.8)
        axes.text(column, row + 0.3, "blocked" if tile.is_blocked else "–", ha="center", va="center", fontsize=6.5)
        return
    fill = colours.to_rgba(tile.score)
    red, green, blue, _ = fill
    ink = BLACK if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "white"
    hatch = "" if tile.n_support_rows else "////"
    # the hatch takes the edge's colour: keep it faint, so that the words stay readable
    shade = (0, 0, 0, 0.28) if ink == BLACK else (1, 1, 1, 0.28)
    axes.add_patch(Rectangle(corner, 0.94, 0.94, facecolor=fill, edgecolor=shade, hatch=hatch, lw=0.0))
    axes.add_patch(Rectangle(corner, 0.94, 0.94, facecolor="none", edgecolor="#444444", lw=0.7))
    axes.text(column, row - 0.2, symbol, ha="center", va="center", color=ink, fontsize=12.5, weight="bold")
    axes.text(column, row + 0.1, f"{tile.score:.2f}", ha="center", va="center", color=ink, fontsize=8.5)
    words = f"{tile.n_support_rows} rows" if tile.n_support_rows != 1 else "1 row"
    axes.text(column, row + 0.33, words, ha="center", va="center", color=ink, fontsize=6.5)
