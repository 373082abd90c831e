"""Random-forest quantiles: the distribution that lies in a forest's leaves, to hold ours against.

A training row weighs, in a distribution, the share of the leaves of the asked one that it lies in (Meinshausen,
J. Mach. Learn. Res. 7 (2006) 983). Such a distribution is steps at measured values; to be asked for a density each step
becomes a normal distribution. Its sd, the size of the leaves, and whether other ions and temperatures teach too, are
the ones with the best log score on unseen chemical systems inside the training rows: the forest is tuned as ours is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.predict import bins
from nasicon_loop.predict.baselines import (
    MIN_SODIUM_ROWS,
    N_CONFORMAL_FOLDS,
    N_CONFORMAL_TREES,
    N_TREES,
    features_of,
)
from nasicon_loop.predict.fitting import systems
from nasicon_loop.predict.groups import grouped_folds
from nasicon_loop.predict.metrics import is_sodium_at_room_temperature
from nasicon_loop.predict.table import Table

Array = NDArray[np.float64]
Leaves = NDArray[np.int64]
Places = NDArray[np.int64]

LEAF_SIZES = (1, 5)
STEP_SDS_DEX = (0.15, 0.25, 0.35, 0.5, 0.7, 1.0)
MAX_FEATURES = 0.5


@dataclass(frozen=True)
class QuantileForest:
    """A forest with the leaves (n, trees) and values (n,) of its training rows; `step_sd` in dex."""

    forest: Any
    leaves: Leaves
    target: Array
    leaf_size: int
    step_sd: float
    is_sodium_only: bool

    def distributions(self, out: Table, edges: Array) -> Array:
        """Return (n, b) shares of the bins between `edges` for the rows of a table."""
        weights = leaf_weights(self.leaves, self.forest.apply(features_of(out)))
        return _smoothed(weights, self.target, self.step_sd, edges)


def fit_quantile_forest(seen: Table, seed: int, edges: Array) -> QuantileForest:
    """Return the forest that learned from `seen`, with what suits unseen chemical systems in it best."""
    sodium = np.flatnonzero(is_sodium_at_room_temperature(seen))
    everything = np.arange(len(seen.rows), dtype=np.int64)
    has_sodium = len(sodium) >= MIN_SODIUM_ROWS
    folds = grouped_folds(systems(seen.batch), N_CONFORMAL_FOLDS, seed)
    trial = _Trial(features_of(seen), seen.target, folds, sodium if has_sodium else everything, seed, edges)
    found = [
        (score, is_sodium_only, leaf_size, sd)
        for is_sodium_only in ((False, True) if has_sodium else (False,))
        for leaf_size in LEAF_SIZES
        for sd, score in trial.log_scores(sodium if is_sodium_only else everything, leaf_size)
    ]
    _, is_sodium_only, leaf_size, step_sd = min(found)
    taught = seen.take(sodium) if is_sodium_only else seen
    known = features_of(taught)
    forest = _forest(N_TREES, leaf_size, seed).fit(known, taught.target)
    return QuantileForest(forest, forest.apply(known), taught.target, leaf_size, step_sd, is_sodium_only)


def leaf_weights(known: Leaves, asked: Leaves) -> Array:
    """Return (m, n) what each of n training rows weighs for each of m asked ones; rows sum to one.

    `known` (n, trees) and `asked` (m, trees) are leaf numbers.
    """
    weights = np.zeros((len(asked), len(known)))
    for k in range(known.shape[1]):
        same = asked[:, k, None] == known[None, :, k]
        weights += same / same.sum(axis=1, keepdims=True)
    return np.asarray(weights / known.shape[1], dtype=np.float64)


@dataclass(frozen=True)
class _Trial:
    """Features (n, f), values and folds of training rows; `asked` are the places of those that count."""

    features: Array
    target: Array
    folds: Places
    asked: Places
    seed: int
    edges: Array

    def log_scores(self, pool: Places, leaf_size: int) -> Iterator[tuple[float, float]]:
        """Yield step sds and their mean log scores, when rows of `pool` outside the asked ones' fold teach."""
        held_out = list(self._held_out(pool, leaf_size))
        for sd in STEP_SDS_DEX:
            scores = [
                -bins.log_density_at(_smoothed(weights, taught, sd, self.edges), self.edges, truth)
                for weights, taught, truth in held_out
            ]
            yield sd, float(np.concatenate(scores).mean()) if scores else 0.0

    def _held_out(self, pool: Places, leaf_size: int) -> Iterator[tuple[Array, Array, Array]]:
        """Yield per fold the weights (m, n), the values (n,) that they weigh, and the true ones (m,)."""
        for fold in np.unique(self.folds):
            out, taught = self.asked[self.folds[self.asked] == fold], pool[self.folds[pool] != fold]
            if len(out) and len(taught):
                forest = _forest(N_CONFORMAL_TREES, leaf_size, self.seed)
                forest.fit(self.features[taught], self.target[taught])
                leaves = forest.apply(self.features[taught]), forest.apply(self.features[out])
                yield leaf_weights(*leaves), self.target[taught], self.target[out]


def _forest(n_trees: int, leaf_size: int, seed: int) -> Any:
    from sklearn.ensemble import RandomForestRegressor

    return RandomForestRegressor(n_trees, max_features=MAX_FEATURES, min_samples_leaf=leaf_size, random_state=seed)


def _smoothed(weights: Array, target: Array, step_sd: float, edges: Array) -> Array:
    return np.asarray(weights @ bins.soft_labels(target, np.full(len(target), step_sd), edges), dtype=np.float64)
