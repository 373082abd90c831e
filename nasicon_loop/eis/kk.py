"""Linear Kramers-Kronig test: can any causal, linear, stable system look like this spectrum?

The spectrum is expanded in what is Kramers-Kronig consistent by construction: a resistor, an inductor, a capacitor and
a dense row of R-C elements (Boukamp, J. Electrochem. Soc. 142 (1995) 1885), real coefficients of either sign, about
five time constants per decade, residuals relative to |Z|. What is left over is noise, outliers and drift. The
capacitor is needed for blocking electrodes; without it a valid spectrum fails.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.eis.elements import Complex, Real

_TAU_PER_DECADE = 5.0
_TAU_PER_POINT = 0.6  # never more time constants than the points can carry
_MARGIN_DECADES = 0.3
_ACCURACY = 1e-3  # a deviation of a few of these is an instrument changing its range, not an outlier


@dataclass(frozen=True, slots=True)
class KramersKronig:
    """Outcome of the test.

    `residual` (n,) complex, relative to |Z|; `rms` of one component over the kept points, corrected for the degrees of
    freedom, which is the relative noise of a valid spectrum; `masked` (n,) the outliers taken out one at a time;
    `smooth_ohm` (n,) the expansion at the measured frequencies; `n_terms` the number of coefficients.
    """

    residual: Complex
    rms: float
    masked: NDArray[np.bool_]
    smooth_ohm: Complex
    n_terms: int

    @property
    def worst(self) -> float:
        """Largest |residual| of a kept point, relative to |Z|."""
        return float(np.abs(self.residual[~self.masked]).max())


def kramers_kronig(
    frequency_hz: Real, impedance_ohm: Complex, *, outlier_sd: float = 6.0, max_masked_share: float = 0.15
) -> KramersKronig:
    """Test a spectrum of shape (n,), n >= 5, and take out single bad points.

    A point goes when its deleted residual exceeds `outlier_sd` robust standard deviations; the worst one first, then
    everything is computed again, so that a bad point does not drag good neighbours along. Stops at `max_masked_share`.
    """
    basis = expansion_basis(frequency_hz)
    masked = np.zeros(len(frequency_hz), dtype=bool)
    n_most = int(max_masked_share * len(frequency_hz))
    while True:
        coefficients, residual, statistic, rms = _solve(basis, impedance_ohm, masked)
        worst = int(np.argmax(np.where(masked, 0.0, statistic)))
        if statistic[worst] < outlier_sd or masked.sum() >= n_most:
            break
        masked[worst] = True
    smooth = basis @ coefficients
    return KramersKronig(residual, rms, masked, smooth, basis.shape[1])


def expansion_basis(frequency_hz: Real) -> Complex:
    """Return the columns (n, p): resistor, inductor, capacitor, R-C elements; each of order one."""
    omega = 2.0 * np.pi * frequency_hz
    low, high = float(omega.min()), float(omega.max())
    decades = np.log10(high / low)
    n_tau = int(min(_TAU_PER_DECADE * decades, _TAU_PER_POINT * len(omega)))
    tau = np.logspace(-np.log10(high) - _MARGIN_DECADES, -np.log10(low) + _MARGIN_DECADES, max(n_tau, 2))
    jw = 1j * omega[:, None]
    return np.concatenate([np.ones_like(jw), jw / high, low / jw, 1.0 / (1.0 + jw * tau)], axis=1)


def _solve(basis: Complex, z: Complex, masked: NDArray[np.bool_]) -> tuple[Real, Complex, Real, float]:
    kept = np.flatnonzero(~masked)
    weight = 1.0 / np.abs(z)
    rows = basis * weight[:, None]
    target = z * weight
    a = np.concatenate([rows[kept].real, rows[kept].imag])
    y = np.concatenate([target[kept].real, target[kept].imag])
    q, r = np.linalg.qr(a)
    size = np.abs(np.diag(r))
    r[np.diag_indices_from(r)] += np.where(size < 1e-12 * size.max(), 1e-12 * size.max(), 0.0)
    coefficients = np.linalg.solve(r, q.T @ y)
    residual = target - rows @ coefficients
    n = len(kept)
    left = np.concatenate([residual[kept].real, residual[kept].imag])
    rms = float(np.sqrt(left @ left / max(2 * n - basis.shape[1], 1)))
    return coefficients, residual, _deleted(q, left, kept, len(z)), rms


def _deleted(q: Real, left: Real, kept: NDArray[np.int64], n_all: int) -> Real:
    """Return for each point its deleted residual in robust standard deviations (0 for masked points).

    r' (I - H)^-1 r of the 2 x 2 block of a point, divided by a robust variance: what its own pull on the fit hides is
    given back to it, so the bad point stands out and not its neighbours.
    """
    n = len(kept)
    top, bottom = q[:n], q[n:]
    a = 1.0 - np.einsum("ij,ij->i", top, top)
    d = 1.0 - np.einsum("ij,ij->i", bottom, bottom)
    b = -np.einsum("ij,ij->i", top, bottom)
    determinant = np.maximum(a * d - b * b, 1e-9)
    re, im = left[:n], left[n:]
    size = np.maximum(d * re**2 - 2.0 * b * re * im + a * im**2, 0.0) / determinant
    scale = np.median(size) / 1.386  # the median of chi-square with 2 degrees of freedom
    statistic = np.zeros(n_all)
    statistic[kept] = np.sqrt(size / max(scale, _ACCURACY**2))
    return statistic
