"""What each picture of a spectrum shows: points, lines, limits and ticks in the units of its axes. No plotting here.

One source for pictures on paper and in a terminal: `spectrum_panels(view)`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.report.ticks import ANGLES, Ticks, linear_ticks, log_ticks
from nasicon_loop.report.values import SpectrumView
from nasicon_loop.report.views import nyquist_limits

Floats = NDArray[np.float64]
PanelKind = Literal["nyquist", "modulus", "phase", "residuals", "drt"]
Role = Literal["measured", "masked", "fit", "real", "imaginary", "distribution"]

_MILLI_BELOW, _KILO_FROM, _MEGA_FROM = 0.2, 2e3, 2e6
_LEAST_PHASE_SPAN_DEG = 10.0
_LEAST_RESIDUAL_PERCENT = 0.1
_LEAST_GAMMA = 0.05
"""The axis goes up to so much of R_inf at least: ripples of a per cent are not blown up."""
_LEAK = 1.5
"""Relaxations are the electrode's from where R_inf and the area before exceed this many R_total."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: label with unit, limits and ticks as (value, text). On a log axis all values are positive."""

    label: str
    low: float
    high: float
    ticks: Ticks
    is_log: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """Points or a line (x and y of shape (n,)) and what they are: the role chooses colour and sign."""

    role: Role
    name: str
    x: Floats
    y: Floats
    is_line: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A vertical line at `x`, or with `y` a text beside the point (x, y)."""

    x: float
    text: str
    y: float | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A shaded stretch of one axis."""

    axis: Literal["x", "y"]
    low: float
    high: float
    text: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot. `is_equal`: both axes have the same ohm per length; `is_cut`: some of the data lie outside.

    `note` is a sentence to show beside it, or instead of it where there is no series.
    """

    kind: PanelKind
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    marks: tuple[Mark, ...] = ()
    spans: tuple[Span, ...] = ()
    note: str = ""
    is_equal: bool = False
    is_cut: bool = False

    def filling(self, height_over_width: float) -> "Panel":
        """Return the panel in that shape if its scales are equal, else unchanged.

        The upper limits are enlarged; where a spike is cut anyhow, the limits of x stay and the cut moves.
        """
        if not self.is_equal:
            return self
        width = self.x.high - self.x.low
        if not self.is_cut:
            width = max(width, (self.y.high - self.y.low) / height_over_width)
        x, y = self.x.low + width, self.y.low + width * height_over_width
        return replace(
            self,
            x=replace(self.x, high=x, ticks=linear_ticks(self.x.low, x)),
            y=replace(self.y, high=y, ticks=linear_ticks(self.y.low, y)),
        )


def spectrum_panels(view: SpectrumView) -> dict[PanelKind, Panel]:
    """Return all plots of a spectrum; "drt" only where the view has a distribution of relaxation times."""
    panels = {
        "nyquist": nyquist_panel(view),
        "modulus": modulus_panel(view),
        "phase": phase_panel(view),
        "residuals": residual_panel(view),
    }
    if view.relaxation is not None:
        panels["drt"] = relaxation_panel(view)
    return panels  # type: ignore[return-value]


def ohm_unit(largest_ohm: float) -> tuple[float, str]:
    """Return the factor from ohm and the unit that a number of this size is read in."""
    if largest_ohm >= _MEGA_FROM:
        return 1e-6, "MΩ"
    if largest_ohm < _MILLI_BELOW:
        return 1e3, "mΩ"
    return (1e-3, "kΩ") if largest_ohm >= _KILO_FROM else (1.0, "Ω")


def nyquist_panel(view: SpectrumView, *, is_whole: bool = False) -> Panel:
    """Return -Z'' over Z' with equal scales; without `is_whole` an electrode's spike that dwarfs the arcs is cut."""
    limits = nyquist_limits(view.impedance_ohm, None if is_whole else view.r_total_ohm)
    scale, unit = ohm_unit(max(limits.x_max, limits.y_max))
    x, y = (limits.x_min * scale, limits.x_max * scale), (limits.y_min * scale, limits.y_max * scale)
    marks: tuple[Mark, ...] = ()
    if view.r_total_ohm is not None:
        marks = (Mark(view.r_total_ohm * scale, f"R total = {with_sd(view.r_total_ohm, view.r_total_ohm_sd)}"),)
    series = _points(view, view.impedance_ohm.real * scale, -view.impedance_ohm.imag * scale)
    fit = view.fit_line()
    if fit is not None:
        series += (Series("fit", "fit", fit[1].real * scale, -fit[1].imag * scale, is_line=True),)
    return Panel(
        "nyquist",
        Axis(f"Z′ / {unit}", *x, linear_ticks(*x)),
        Axis(f"−Z″ / {unit}", *y, linear_ticks(*y)),
        series,
        marks,
        is_equal=True,
        is_cut=limits.is_cut,
    )


def modulus_panel(view: SpectrumView) -> Panel:
    """Return |Z| in ohm over the frequency, both logarithmic."""
    size = np.maximum(np.abs(view.impedance_ohm), 1e-300)
    low, high = float(size.min()) / 1.3, float(size.max()) * 1.3
    y = Axis("|Z| / Ω", low, high, log_ticks(low, high, 6), is_log=True)
    return _over_frequency("modulus", view, y, np.abs)


def phase_panel(view: SpectrumView) -> Panel:
    """Return the negative phase in degrees over the frequency: 0 for a resistor, 90 for a capacitor."""
    phase = _minus_phase(view.impedance_ohm)
    middle, half = 0.5 * float(phase.max() + phase.min()), 0.55 * float(phase.max() - phase.min())
    half = max(half, 0.5 * _LEAST_PHASE_SPAN_DEG)
    y = Axis("−phase / °", middle - half, middle + half, linear_ticks(middle - half, middle + half, 6, ANGLES))
    return _over_frequency("phase", view, y, _minus_phase)


def residual_panel(view: SpectrumView) -> Panel:
    """Return (Z - fit) / |Z| in per cent, and the band of twice the Kramers-Kronig rms, noise of a valid spectrum."""
    spans: tuple[Span, ...] = ()
    highest = 0.0 if view.kk_rms is None else 250.0 * view.kk_rms
    if view.kk_rms is not None:
        band = 200.0 * view.kk_rms
        spans = (Span("y", -band, band, f"±2 × Kramers–Kronig rms ({band:.2g} %)"),)
    if view.fit_ohm is None:
        y = Axis("(Z − fit) / |Z|  in %", -1.0, 1.0, linear_ticks(-1.0, 1.0))
        return Panel("residuals", _frequency_axis(view), y, (), note="no circuit was fitted: there are no residuals")
    gap = 100.0 * (view.impedance_ohm - view.fit_ohm) / np.maximum(np.abs(view.impedance_ohm), 1e-300)
    kept = ~view.is_masked
    parts = np.concatenate([gap.real[kept], gap.imag[kept]])
    highest = max(highest, 1.15 * float(np.abs(parts).max(initial=0.0)), _LEAST_RESIDUAL_PERCENT)
    series: tuple[Series, ...] = (
        Series("real", "real", view.frequency_hz[kept], gap.real[kept]),
        Series("imaginary", "imaginary", view.frequency_hz[kept], gap.imag[kept]),
    )
    outside = int(np.sum(np.maximum(np.abs(gap.real), np.abs(gap.imag))[~kept] > highest))
    if not kept.all():
        ends = np.clip(np.concatenate([gap.real[~kept], gap.imag[~kept]]), -highest, highest)
        series += (Series("masked", "left out of the fit", np.tile(view.frequency_hz[~kept], 2), ends),)
    note = f"{outside} left-out points lie beyond and are drawn on the edge" if outside else ""
    y = Axis("(Z − fit) / |Z|  in %", -highest, highest, linear_ticks(-highest, highest, 6))
    return Panel("residuals", _frequency_axis(view), y, series, (), spans, note, is_cut=outside > 0)


def relaxation_panel(view: SpectrumView) -> Panel:
    """Return gamma over the time constant, with the apex frequency of each peak and what is not the electrolyte."""
    found = view.relaxation
    if found is None:
        x = Axis("time constant / s", 1e-7, 1.0, log_ticks(1e-7, 1.0), is_log=True)
        return Panel("drt", x, Axis("γ / Ω", 0.0, 1.0, ()), (), note="no distribution was made")
    tau, gamma = found.tau_s, found.gamma_ohm
    leak_from = _leak_from(view)
    before = gamma if leak_from is None else gamma[tau < leak_from]
    highest = float(before.max(initial=0.0))
    is_cut = highest < float(gamma.max(initial=0.0))
    highest = max(1.25 * highest, _LEAST_GAMMA * found.r_infinity_ohm, 1e-12)
    is_empty = not float(gamma.max(initial=0.0)) > 0.0
    scale, unit = ohm_unit(highest)
    low, high = float(tau[0]), max(float(tau[-1]), found.window_s[1])
    spans = [Span("x", low, found.window_s[0], "above the window")]
    if found.electrode_from_s is not None:
        spans.append(Span("x", found.electrode_from_s, high, "electrode"))
    elif leak_from is not None:
        spans.append(Span("x", leak_from, high, "electrode"))
    elif high > found.window_s[1]:
        spans.append(Span("x", found.window_s[1], high, "below the window"))
    marks = tuple(
        Mark(peak.tau_s, hertz(peak.frequency_hz), peak.gamma_ohm * scale)
        for peak in found.peaks
        if peak.gamma_ohm <= highest
    )
    y = Axis(f"γ(ln τ) / {unit}", 0.0, highest * scale, linear_ticks(0.0, highest * scale, 6))
    x = Axis("time constant τ / s", low, high, log_ticks(low, high), is_log=True)
    line = Series("distribution", "distribution of relaxation times", np.array(tau), gamma * scale, is_line=True)
    if is_empty:
        return Panel("drt", x, y, (), (), tuple(spans), "no relaxation inside the window")
    return Panel("drt", x, y, (line,), marks, tuple(spans), found.caveat, is_cut=is_cut)


def with_sd(value_ohm: float, sd_ohm: float | None) -> str:
    """Return a resistance with its standard deviation, rounded to two digits of that: '150.21 ± 0.35 Ω'."""
    if sd_ohm is None or not 0 < sd_ohm < abs(value_ohm):
        return f"{value_ohm:.4g} Ω"
    scale, unit = ohm_unit(value_ohm)
    digits = min(max(0, 1 - int(np.floor(np.log10(sd_ohm * scale)))), 9)
    return f"{value_ohm * scale:.{digits}f} ± {sd_ohm * scale:.{digits}f} {unit}"


def hertz(frequency_hz: float) -> str:
    """Return a frequency to two digits with its unit: '12 kHz'."""
    for limit, factor, unit in ((1e6, 1e-6, "MHz"), (1e3, 1e-3, "kHz"), (1.0, 1.0, "Hz")):
        if frequency_hz >= 0.9995 * limit:
            return f"{float(f'{frequency_hz * factor:.2g}'):g} {unit}"
    return f"{frequency_hz * 1e3:.2g} mHz"


def _leak_from(view: SpectrumView) -> float | None:
    """Return from which time constant on the relaxations are the electrode's, by the R_total of the fit."""
    found, r_total = view.relaxation, view.r_total_ohm
    if found is None or r_total is None or len(found.tau_s) < 2:
        return None
    step = float(np.log(found.tau_s[1] / found.tau_s[0]))
    total = found.r_infinity_ohm + step * np.cumsum(found.gamma_ohm)
    beyond = np.flatnonzero(total > _LEAK * r_total)
    if not len(beyond) or total[-1] < 2.0 * _LEAK * r_total:
        return None
    rising = np.flatnonzero(np.diff(found.gamma_ohm[: beyond[0] + 1]) <= 0)
    return float(found.tau_s[rising[-1] + 1] if len(rising) else found.tau_s[0])


def _over_frequency(
    kind: PanelKind, view: SpectrumView, y: Axis, value: Callable[[NDArray[np.complex128]], Floats]
) -> Panel:
    series = _points(view, view.frequency_hz, value(view.impedance_ohm))
    fit = view.fit_line()
    if fit is not None:
        series += (Series("fit", "fit", fit[0], value(fit[1]), is_line=True),)
    return Panel(kind, _frequency_axis(view), y, series)


def _points(view: SpectrumView, x: Floats, y: Floats) -> tuple[Series, ...]:
    kept = ~view.is_masked
    series = (Series("measured", "measured", x[kept], y[kept]),)
    return series if kept.all() else (*series, Series("masked", "left out of the fit", x[~kept], y[~kept]))


def _frequency_axis(view: SpectrumView) -> Axis:
    low, high = float(view.frequency_hz.min()) / 1.5, float(view.frequency_hz.max()) * 1.5
    return Axis("frequency / Hz", low, high, log_ticks(low, high), is_log=True)


def _minus_phase(impedance_ohm: NDArray[np.complex128]) -> Floats:
    return np.asarray(-np.angle(impedance_ohm, deg=True))
