"""Before anything is fitted: is this a spectrum, and is it small enough to handle?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.eis.elements import Complex, Real
from nasicon_loop.eis.kk import KramersKronig, kramers_kronig
from nasicon_loop.eis.settings import Settings

_FLIPPED_RATIO = 0.5  # the mirrored spectrum must be this much better
_INDUCTIVE = 0.05  # Im / |Z| of the slow quarter that no cable explains
_KHZ_F_MAX, _KHZ_F_MIN = 5e3, 0.05  # a sweep that ends below the one and starts below the other was written in kHz


@dataclass(frozen=True)
class Screened:
    """A spectrum fit for analysis: points in the order of measurement, `index` their places in the original.

    `n_original` counts the points that nobody left out.
    """

    frequency_hz: Real
    impedance_ohm: Complex
    index: NDArray[np.int64]
    n_original: int

    @property
    def decades(self) -> float:
        """How many decades of frequency it spans."""
        return float(np.log10(self.frequency_hz.max() / self.frequency_hz.min()))

    @property
    def points_per_decade(self) -> float:
        """Mean density of distinct frequencies."""
        return (len(np.unique(self.frequency_hz)) - 1) / max(self.decades, 1e-9)

    @property
    def looks_like_khz(self) -> bool:
        """Whether the range is that of a usual sweep with its frequencies divided by a thousand."""
        return bool(self.frequency_hz.max() <= _KHZ_F_MAX and self.frequency_hz.min() <= _KHZ_F_MIN)

    @property
    def negative_real_share(self) -> float:
        """Share of points with a negative real part."""
        return float(np.mean(self.impedance_ohm.real < 0))


def screened(frequency_hz: Real, impedance_ohm: Complex, settings: Settings, left_out: Sequence[int] = ()) -> Screened:
    """Drop what a person left out and what is no number; thin what is too long, evenly over the log of frequency."""
    usable = np.isfinite(frequency_hz) & np.isfinite(impedance_ohm) & (frequency_hz > 0) & (np.abs(impedance_ohm) > 0)
    usable[list(left_out)] = False
    index = np.flatnonzero(usable)
    if len(index) > settings.max_points:
        index = _thinned(np.log(frequency_hz[index]), index, settings.max_points)
    return Screened(frequency_hz[index], impedance_ohm[index], index, len(frequency_hz) - len(set(left_out)))


def _thinned(ln_f: Real, index: NDArray[np.int64], n_most: int) -> NDArray[np.int64]:
    order = np.argsort(ln_f, kind="stable")
    wanted = np.linspace(ln_f[order[0]], ln_f[order[-1]], n_most)
    places = np.clip(np.searchsorted(ln_f[order], wanted), 0, len(order) - 1)
    return np.sort(index[order[np.unique(places)]])


def is_flipped(data: Screened, test: KramersKronig, most: float) -> bool:
    """Whether the imaginary part has the wrong sign: a share above `most` is positive, and the mirror image fits."""
    if np.mean(data.impedance_ohm.imag > 0) < most:
        return False
    mirrored = kramers_kronig(data.frequency_hz, data.impedance_ohm.conj())
    slow = np.argsort(data.frequency_hz)[: max(3, len(data.frequency_hz) // 4)]
    slow_phase = float(np.median(data.impedance_ohm.imag[slow] / np.abs(data.impedance_ohm[slow])))
    return mirrored.rms < _FLIPPED_RATIO * test.rms or slow_phase > max(_INDUCTIVE, 5.0 * mirrored.rms)
