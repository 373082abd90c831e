"""The smooth start of a network: kernel ridge regression on the features, from which the network corrects.

With a few hundred rows a network that starts at random loses to any smooth regression. A network of ours begins as a
normal distribution around one and learns only what differs from it. Penalty and length are chosen by folds of sources,
so that one paper's long series does not choose them alone. The network is trained on what the prior says about rows
that it has not seen (the same folds): on rows it has seen it is nearly right, and nothing would be left to learn.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RATES = (0.2, 0.5, 1.5)
"""Kernel: exp(-rate * mean squared difference of standardised features) + LINEAR * mean product."""
PENALTIES = (0.03, 0.1, 0.3, 1.0)
LINEAR = 0.3
N_FOLDS = 5
SD_LIMITS = (0.3, 2.0)
SPREAD_PENALTY = 300.0


@dataclass(frozen=True)
class Prior:
    """log10 sigma = kernel(features, points) @ dual + bias, and the log of what it misses on unseen sources.

    ln(sd in dex) = features @ spread_weights + spread_bias, limited to SD_LIMITS: silico-phosphates scatter by half a
    decade, phosphates by more than one.
    """

    points: Array
    """(n, features) standardised features of the training rows."""
    dual: Array
    """(n,)"""
    bias: float
    rate: float
    spread_weights: Array
    spread_bias: float
    cross_fitted: Array
    """(n,) what a prior without a row's fold says about the row."""


def fit_prior(features: Array, target: Array, folds: NDArray[np.int64]) -> Prior:
    """Return the prior of standardised features (n, f) and log10 sigma (n,); `folds` (n,) choose rate and penalty."""
    kernels = {rate: kernel(features, features, rate) for rate in RATES}
    choices = list(product(RATES, PENALTIES))
    fitted = {choice: _cross_fitted(kernels[choice[0]], target, folds, choice[1]) for choice in choices}
    rate, penalty = min(choices, key=lambda choice: float(((fitted[choice] - target) ** 2).mean()))
    dual, bias = _solve(kernels[rate], target, penalty)
    missed = np.abs(fitted[rate, penalty] - target)
    spread_weights, spread_bias = _spread(features, missed)
    return Prior(features, dual, bias, rate, spread_weights, spread_bias, fitted[rate, penalty])


def kernel(left: Array, right: Array, rate: float) -> Array:
    """Return the (n, m) kernel between standardised features; network.py computes the same in torch."""
    n_features = left.shape[1]
    square = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1)[None, :] - 2 * left @ right.T
    return np.asarray(np.exp(-rate / n_features * np.maximum(square, 0.0)) + LINEAR / n_features * (left @ right.T))


def _cross_fitted(matrix: Array, target: Array, folds: NDArray[np.int64], penalty: float) -> Array:
    fitted = np.full(len(target), float(target.mean()))
    for fold in np.unique(folds):
        out = folds == fold
        if not out.all():
            dual, bias = _solve(matrix[np.ix_(~out, ~out)], target[~out], penalty)
            fitted[out] = matrix[np.ix_(out, ~out)] @ dual + bias
    return fitted


def _solve(matrix: Array, target: Array, penalty: float) -> tuple[Array, float]:
    bias = float(target.mean())
    dual = np.linalg.solve(matrix + penalty * np.eye(len(matrix)), target - bias)
    return np.asarray(dual, dtype=np.float64), bias


def _spread(features: Array, missed: Array) -> tuple[Array, float]:
    logarithm = np.log(missed + 0.05)
    centre, level = features.mean(axis=0), float(logarithm.mean())
    moved = features - centre
    normal = moved.T @ moved + SPREAD_PENALTY * np.eye(features.shape[1])
    weights = np.linalg.solve(normal, moved.T @ (logarithm - level))
    bias = level - float(centre @ weights)
    # a mean of logarithms is below the logarithm of the mean square: set the level so that missed / sd has rms 1
    scaled = missed / np.exp(features @ weights + bias)
    return np.asarray(weights, dtype=np.float64), bias + float(np.log(np.sqrt((scaled**2).mean()) + 1e-9))
