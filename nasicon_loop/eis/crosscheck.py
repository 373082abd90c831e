"""Two looks at a spectrum that need no circuit: where its last minimum lies, and whether it drifted."""

from dataclasses import dataclass

import numpy as np

from nasicon_loop.eis.elements import Complex, Real
from nasicon_loop.eis.kk import KramersKronig, expansion_basis

_PROMINENCE = 4.0  # noise widths that -Im Z must rise by after its minimum
_ON_AXIS = 0.03  # -Im / Re below which the slow end counts as having reached the real axis


@dataclass(frozen=True, slots=True)
class Minimum:
    """Re Z in ohm at the last minimum of -Im Z, and its frequency."""

    r_ohm: float
    frequency_hz: float


@dataclass(frozen=True, slots=True)
class Minima:
    """The last minimum of -Im Z inside the window, and the slow end where that lies on the real axis."""

    inside: Minimum | None
    end: Minimum | None


def minimum_rule(frequency_hz: Real, test: KramersKronig) -> Minima:
    """Return where -Im Z has its last minimum towards low frequency (or crosses the real axis), and its slow end.

    Works on the Kramers-Kronig smoothed spectrum.
    """
    order = np.argsort(-frequency_hz, kind="stable")
    z, f = test.smooth_ohm[order], frequency_hz[order]
    y, noise = -z.imag, max(test.rms, 1e-4) * np.abs(z)
    is_on_axis = abs(y[-1]) < _ON_AXIS * z.real[-1] and (y[-1] <= 0.5 * y.max() or y.max() < _ON_AXIS * z.real[-1])
    return Minima(_last_inside(y, z.real, f, noise), Minimum(float(z.real[-1]), float(f[-1])) if is_on_axis else None)


def _last_inside(y: Real, real: Real, f: Real, noise: Real) -> Minimum | None:
    highest_after = -np.inf
    for i in range(len(y) - 2, 0, -1):
        highest_after = max(highest_after, y[i + 1])
        if highest_after - y[i] < _PROMINENCE * noise[i]:
            continue
        if y[i] < 0 <= y[i + 1]:
            share = y[i] / (y[i] - y[i + 1])
            r = real[i] + share * (real[i + 1] - real[i])
            return Minimum(float(r), float(f[i])) if r > 0 else None
        if y[i] <= y[i - 1] and y[i] < y[i + 1] and real[i] > 0:
            return Minimum(float(real[i]), float(f[i]))
    return None


@dataclass(frozen=True, slots=True)
class Drift:
    """Relative change of the impedance from the first to the last point measured, with its standard deviation."""

    change: float
    sd: float

    def is_significant(self, least: float = 0.005, n_sd: float = 2.5) -> bool:
        """Whether there is a drift at all."""
        return abs(self.change) > least and abs(self.change) > n_sd * self.sd


def drift(frequency_hz: Real, impedance_ohm: Complex, test: KramersKronig) -> Drift:
    """Estimate how much the whole impedance grew while it was swept, from one sweep alone.

    A growth Z (1 + d u), u from 0 at the first point measured to 1 at the last, breaks the Kramers-Kronig relations: a
    slope of ln |Z| without its phase. Added as one column to the linear test it is found at a fifth of the drift that
    the residual itself would show.
    """
    kept = ~test.masked
    u = np.linspace(0.0, 1.0, len(frequency_hz))
    weight = 1.0 / np.abs(impedance_ohm)
    columns = np.concatenate([expansion_basis(frequency_hz), (u * test.smooth_ohm)[:, None]], axis=1)
    rows = (columns * weight[:, None])[kept]
    target = (impedance_ohm * weight)[kept]
    a = np.concatenate([rows.real, rows.imag])
    y = np.concatenate([target.real, target.imag])
    left, size, right = np.linalg.svd(a, full_matrices=False)
    good = size > 1e-11 * size[0]
    inverse = right.T[:, good] / size[good]
    solution = inverse @ (left.T @ y)[good]
    residual = y - a @ solution
    variance = float(residual @ residual) / max(len(y) - int(good.sum()), 1)
    return Drift(float(solution[-1]), float(np.sqrt(variance * np.sum(inverse[-1] ** 2))))
