"""Expected improvement over the best so far, from a normal or a binned distribution. All in log10(S/cm)."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]

_TINY = 1e-12


def expected_improvement(mean: Floats, sd: Floats, best: float) -> Floats:
    """Return E[max(Y - best, 0)] for normal Y, elementwise (n,): (m-b) Phi(z) + s phi(z), z = (m-b)/s.

    Jones, Schonlau & Welch, J. Global Optim. 13 (1998) 455, eq. 15. Where sd is zero it is max(mean - best, 0).
    """
    gap = np.asarray(mean, dtype=np.float64) - best
    spread = np.maximum(np.asarray(sd, dtype=np.float64), _TINY)
    z = gap / spread
    density = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return np.asarray(np.maximum(gap * ndtr(z) + spread * density, 0.0), dtype=np.float64)


def probability_above(mean: Floats, sd: Floats, best: float) -> Floats:
    """Return P(Y > best) for normal Y, elementwise (n,)."""
    spread = np.maximum(np.asarray(sd, dtype=np.float64), _TINY)
    return np.asarray(ndtr((np.asarray(mean, dtype=np.float64) - best) / spread), dtype=np.float64)


def binned_improvement(probabilities: Floats, lower: Floats, upper: Floats, best: float) -> Floats:
    """Return E[max(Y - best, 0)] (n,) for Y piecewise uniform: (n, b) probabilities on bins (n, b) lower..upper."""
    width = np.maximum(upper - lower, _TINY)
    above = np.maximum(upper - best, 0.0)
    below = np.maximum(lower - best, 0.0)
    result: Floats = (probabilities * (above**2 - below**2) / (2.0 * width)).sum(axis=1)
    return result


def acquire(prediction: Any, best: float) -> Floats:
    """Return the expected improvement (n,) of what the model does *not know* about each composition.

    The bins' shape (skew, two humps) is kept, but the distribution is moved to the posterior mean and shrunk to the
    epistemic standard deviation: scatter between pellets is no reason to make one. Without finite bins the normal
    form is used.
    """
    mean = np.asarray(prediction.mean, dtype=np.float64)
    epistemic = np.asarray(prediction.epistemic_sd, dtype=np.float64)
    edges = np.asarray(prediction.bin_edges, dtype=np.float64)
    probabilities = np.asarray(prediction.bin_probabilities, dtype=np.float64)
    usable = probabilities.ndim == 2 and edges.ndim == 1 and edges.size == probabilities.shape[-1] + 1
    if not usable or not np.isfinite(edges).all():
        return expected_improvement(mean, epistemic, best)
    lower, upper = edges[:-1], edges[1:]
    middle = 0.5 * (lower + upper)
    bin_mean = probabilities @ middle
    second = probabilities @ (middle**2 + (upper - lower) ** 2 / 12.0)
    bin_sd = np.sqrt(np.maximum(second - bin_mean**2, _TINY))
    stretch = (epistemic / bin_sd)[:, None]
    return binned_improvement(
        probabilities,
        mean[:, None] + (lower[None, :] - bin_mean[:, None]) * stretch,
        mean[:, None] + (upper[None, :] - bin_mean[:, None]) * stretch,
        best,
    )
