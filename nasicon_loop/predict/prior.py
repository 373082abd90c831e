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
MIN_SD = 0.3


@dataclass(frozen=True)
class Line:
    """log10 sigma = features @ weights + bias, with `sd` (dex) of what it misses on sources that it did not see."""

    weights: Array
    bias: float
    sd: float


def fit_line(features: Array, target: Array, folds: NDArray[np.int64]) -> Line:
    """Return ridge regression on standardised features (n, f); `folds` (n,) choose its penalty and give its sd."""
    best, best_error = PENALTIES[-1], np.inf
    for penalty in PENALTIES:
        residual = np.empty_like(target)
        for fold in np.unique(folds):
            out = folds == fold
            if out.all():
                residual[out] = target[out] - target[out].mean()
                continue
            weights, bias = _solve(features[~out], target[~out], penalty)
            residual[out] = target[out] - features[out] @ weights - bias
        error = float(np.sqrt((residual**2).mean()))
        if error < best_error:
            best, best_error = penalty, error
    weights, bias = _solve(features, target, best)
    return Line(weights, bias, max(best_error, MIN_SD))


def _solve(features: Array, target: Array, penalty: float) -> tuple[Array, float]:
    centre, level = features.mean(axis=0), float(target.mean())
    moved = features - centre
    normal = moved.T @ moved + penalty * np.eye(features.shape[1])
    weights = np.linalg.solve(normal, moved.T @ (target - level))
    return weights, level - float(centre @ weights)
