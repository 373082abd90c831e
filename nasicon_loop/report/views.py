"""What part of a spectrum to show: limits with equal scales, for pictures and terminals alike. No plotting here."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_MARGIN = 0.06
_SPIKE_VIEW = 1.9
"""The view ends at this multiple of R_total: the arcs fill it and the foot of the electrode spike shows."""
_SPIKE_WORTH_CUTTING = 3.0


@dataclass(frozen=True, slots=True)
class NyquistLimits:
    """Limits in ohm of Z' and -Z''; both axes have the same ohm per length. `is_cut`: some points lie outside."""

    x_min: float
    x_max: float
    y_min: float
    y_max: float
    is_cut: bool


def nyquist_limits(impedance_ohm: NDArray[np.complex128], r_total_ohm: float | None = None) -> NyquistLimits:
    """Return the limits that show the arcs; the electrode spike is cut when it would dwarf them by three or more."""
    real, minus_imag = impedance_ohm.real, -impedance_ohm.imag
    low, high = float(min(real.min(), 0.0)), float(real.max())
    largest = max(high, float(minus_imag.max()))
    is_cut = r_total_ohm is not None and r_total_ohm > 0 and largest > _SPIKE_WORTH_CUTTING * r_total_ohm
    if is_cut and r_total_ohm is not None:
        high = _SPIKE_VIEW * r_total_ohm
        inside = (real <= high) & (minus_imag <= high)
        if inside.any():
            low, bottom = float(min(real[inside].min(), 0.0)), float(min(minus_imag[inside].min(), 0.0))
        else:
            bottom = 0.0
        top = max(bottom, min(float(minus_imag.max()), 0.75 * (high - low)))
    else:
        bottom, top = float(min(minus_imag.min(), 0.0)), float(minus_imag.max())
    pad = _MARGIN * max(high - low, top - bottom, 1e-12)
    return NyquistLimits(low - pad, high + pad, bottom - pad, top + pad, bool(is_cut))
