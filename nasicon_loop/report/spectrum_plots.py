"""One spectrum: Nyquist with equal axes, Bode, residuals with the Kramers-Kronig band."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.core import plain
from nasicon_loop.report.style import BLACK, BLUE, GREY, ORANGE, RED, decade_axis, figure
from nasicon_loop.report.values import SpectrumView
from nasicon_loop.report.views import nyquist_limits

_KILO_FROM = 2000.0
_MEGA_FROM = 2e6
_CURVE_POINTS_PER_GAP = 8
_PLOT_WIDTH_IN = 5.9
_HEAD_IN, _FOOT_IN, _LINE_IN = 0.4, 0.95, 0.19
"""Room for the title; for the axis label and the legend; for each line below, in inches."""


def _unit(largest_ohm: float) -> tuple[float, str]:
    if largest_ohm >= _MEGA_FROM:
        return 1e-6, "MΩ"
    return (1e-3, "kΩ") if largest_ohm >= _KILO_FROM else (1.0, "Ω")


def _masked(view: SpectrumView) -> NDArray[np.bool_]:
    flags = np.zeros(len(view.frequency_hz), dtype=bool)
    flags[list(view.masked)] = True
    return flags


def _title(view: SpectrumView) -> str:
    return plain(view.label) + (f"   [{plain(view.verdict)}]" if view.verdict else "")


def _smooth(points: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Return a denser curve through the fit's points (cubic in the point's number), for the eye only."""
    if len(points) < 4:
        return points
    from scipy.interpolate import CubicSpline

    place = np.arange(len(points))
    dense = np.linspace(0, len(points) - 1, (len(points) - 1) * _CURVE_POINTS_PER_GAP + 1)
    curve: NDArray[np.complex128] = CubicSpline(place, points)(dense)
    return curve


def _draw_plane(axes: Any, view: SpectrumView, scale: float, marker_size: float) -> None:
    masked, z = _masked(view), view.impedance_ohm * scale
    axes.plot(z.real[~masked], -z.imag[~masked], "o", ms=marker_size, color=BLUE, mfc="none", label="measured")
    if masked.any():
        axes.plot(z.real[masked], -z.imag[masked], "x", ms=marker_size + 1, color=GREY, label="left out of the fit")
    if view.fit_ohm is not None:
        order = np.argsort(view.frequency_hz)[::-1]
        curve = _smooth(view.fit_ohm[order] * scale)
        axes.plot(curve.real, -curve.imag, "-", color=RED, lw=1.5, label="fit")


def nyquist(view: SpectrumView, path: Path) -> Path:
    """Draw -Z'' over Z' in ohm with equal scales; where the electrode spike dwarfs the arcs, the whole is an inset."""
    limits = nyquist_limits(view.impedance_ohm, view.r_total_ohm)
    scale, unit = _unit(limits.x_max)
    ratio = (limits.y_max - limits.y_min) / (limits.x_max - limits.x_min)
    plot_height = _PLOT_WIDTH_IN * float(np.clip(ratio, 0.3, 1.2))
    foot = _FOOT_IN + _LINE_IN * len(view.lines)
    width, height = _PLOT_WIDTH_IN + 1.1, plot_height + foot + _HEAD_IN
    with figure(path, width, height, is_placed=True) as drawing:
        axes = drawing.add_axes((0.85 / width, foot / height, _PLOT_WIDTH_IN / width, plot_height / height))
        _draw_plane(axes, view, scale, 4.5)
        if view.r_total_ohm is not None:
            label = f"R total = {view.r_total_ohm:.4g} Ω"
            axes.axvline(view.r_total_ohm * scale, color=BLACK, lw=1.0, ls="--", label=label)
        axes.set_xlim(limits.x_min * scale, limits.x_max * scale)
        axes.set_ylim(limits.y_min * scale, limits.y_max * scale)
        axes.set_aspect("equal", adjustable="box", anchor="N")
        axes.set_xlabel(f"Z′ / {unit}")
        axes.set_ylabel(f"−Z″ / {unit}")
        axes.set_title(_title(view))
        if limits.is_cut:
            _draw_whole(axes, view)
        drawing.legend(loc="upper center", bbox_to_anchor=(0.5, (foot - 0.5) / height), ncol=4, handletextpad=0.4)
        text = "\n".join(plain(line, limit=110) for line in view.lines)
        drawing.text(0.5, 0.08 / height, text, ha="center", va="bottom", fontsize=8.5, color=BLACK)
    return path


def _draw_whole(axes: Any, view: SpectrumView) -> None:
    scale, unit = _unit(float(np.abs(view.impedance_ohm).max()))
    inset = axes.inset_axes((0.05, 0.52, 0.28, 0.42))
    _draw_plane(inset, view, scale, 2.0)
    inset.set_aspect("equal", adjustable="datalim")
    inset.set_title(f"whole, {unit}", fontsize=8)
    inset.tick_params(labelsize=7)
    inset.locator_params(nbins=3)
    for side in ("top", "right"):
        inset.spines[side].set_visible(True)


def bode(view: SpectrumView, path: Path) -> Path:
    """Draw |Z| (ohm, log) and the negative phase (degrees) over frequency (Hz, log)."""
    masked = _masked(view)
    with figure(path, 7.0, 5.4) as drawing:
        upper, lower = drawing.subplots(2, 1, sharex=True)
        for axes, value in ((upper, np.abs), (lower, lambda z: -np.angle(z, deg=True))):
            axes.semilogx(
                view.frequency_hz[~masked], value(view.impedance_ohm[~masked]), "o", ms=4, color=BLUE, mfc="none",
                label="measured",
            )  # fmt: skip
            if masked.any():
                axes.semilogx(
                    view.frequency_hz[masked], value(view.impedance_ohm[masked]), "x", ms=5, color=GREY,
                    label="left out of the fit",
                )  # fmt: skip
            if view.fit_ohm is not None:
                order = np.argsort(view.frequency_hz)
                axes.semilogx(view.frequency_hz[order], value(view.fit_ohm[order]), "-", color=RED, lw=1.5, label="fit")
        upper.set_yscale("log")
        decade_axis(upper.yaxis)
        decade_axis(lower.xaxis)
        upper.set_ylabel("|Z| / Ω")
        lower.set_ylabel("−phase / °")
        lower.set_xlabel("frequency / Hz")
        upper.set_title(_title(view))
        upper.legend(loc="best")
    return path


def residuals(view: SpectrumView, path: Path) -> Path:
    """Draw (Z - fit)/|Z| in per cent, real and imaginary, with a band of twice the Kramers-Kronig rms.

    A fit whose residuals leave the band is worse than the data allow. Without a fit only the frame is drawn.
    """
    masked = _masked(view)
    with figure(path, 7.0, 3.6) as drawing:
        axes = drawing.add_subplot()
        if view.kk_rms is not None:
            band = 200.0 * view.kk_rms
            axes.axhspan(-band, band, color=BLUE, alpha=0.12, lw=0, label=f"±2 × Kramers–Kronig rms ({band:.2f} %)")
        if view.fit_ohm is not None:
            gap = 100.0 * (view.impedance_ohm - view.fit_ohm) / np.abs(view.impedance_ohm)
            for part, colour, marker, name in ((gap.real, BLUE, "o", "real"), (gap.imag, ORANGE, "s", "imaginary")):
                style = {"ms": 3.5, "lw": 0.8, "color": colour, "label": name}
                axes.plot(view.frequency_hz[~masked], part[~masked], marker + "-", **style)
        axes.axhline(0.0, color=BLACK, lw=0.8)
        axes.set_xscale("log")
        decade_axis(axes.xaxis)
        axes.set_xlim(view.frequency_hz.min() / 1.5, view.frequency_hz.max() * 1.5)
        axes.set_xlabel("frequency / Hz")
        axes.set_ylabel("(Z − fit) / |Z|  in %")
        axes.set_title(_title(view))
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncol=3)
    return path
