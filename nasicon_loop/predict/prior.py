"""The physics-informed start of a network: a line in features and 1/T, from which the network corrects.

log10 sigma at 1/T is close to linear (Arrhenius), and for few rows a line in the composition features is hard to beat.
A network begins as a normal distribution around that line and learns only what differs from it. The strength of the
ridge penalty is chosen by folds of sources, so that one paper's long series does not choose it alone.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PENALTIES = tuple(10.0**k for k in (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5))
N_FOLDS = 5
SD_LIMITS = (0.3, 2.0)
SPREAD_PENALTY = 300.0


@dataclass(frozen=True)
class Line:
    """log10 sigma = features @ weights + bias, and the log of what it misses (dex) on sources that it did not see.

    ln(sd) = features @ spread_weights + spread_bias, limited to SD_LIMITS: silico-phosphates scatter by half
    a decade, phosphates by more than one.
    """

    weights: Array
    bias: float
    spread_weights: Array
    spread_bias: float


def fit_line(features: Array, target: Array, folds: NDArray[np.int64]) -> Line:
    """Return ridge regression on standardised features (n, f); `folds` (n,) choose its penalty and give its sd."""
    residuals = {penalty: _held_out_residual(features, target, folds, penalty) for penalty in PENALTIES}
    best = min(PENALTIES, key=lambda penalty: float((residuals[penalty] ** 2).mean()))
    weights, bias = _solve(features, target, best)
    missed = np.abs(residuals[best])
    spread_weights, spread_bias = _solve(features, np.log(missed + 0.05), SPREAD_PENALTY)
    # a mean of logarithms is below the logarithm of the mean square: set the level so that residuals / sd have rms 1
    scaled = missed / np.exp(features @ spread_weights + spread_bias)
    return Line(weights, bias, spread_weights, spread_bias + float(np.log(np.sqrt((scaled**2).mean()))))


def _held_out_residual(features: Array, target: Array, folds: NDArray[np.int64], penalty: float) -> Array:
    residual = np.array(target - target.mean(), dtype=np.float64)
    for fold in np.unique(folds):
        out = folds == fold
        if not out.all():
            weights, bias = _solve(features[~out], target[~out], penalty)
            residual[out] = target[out] - features[out] @ weights - bias
    return residual


def _solve(features: Array, target: Array, penalty: float) -> tuple[Array, float]:
    centre, level = features.mean(axis=0), float(target.mean())
    moved = features - centre
    normal = moved.T @ moved + penalty * np.eye(features.shape[1])
    weights = np.linalg.solve(normal, moved.T @ (target - level))
    return np.asarray(weights, dtype=np.float64), level - float(centre @ weights)
