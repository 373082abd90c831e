"""Simpler models on the same rows and the same features: what the CNN has to beat. Used by `validate` alone.

Intervals are split conformal: the 90 % quantile of the absolute residuals on held-out folds of chemical systems, the
same way in which the ensemble is calibrated.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.predict.fitting import systems
from nasicon_loop.predict.groups import grouped_folds
from nasicon_loop.predict.metrics import is_sodium_at_room_temperature
from nasicon_loop.predict.table import Table
from nasicon_loop.predict.table_features import table_features

Array = NDArray[np.float64]
Baseline = Callable[[Table, Table, int], Array]

N_TREES = 200
N_CONFORMAL_TREES = 50
N_CONFORMAL_FOLDS = 5
MIN_SODIUM_ROWS = 20


def features_of(table: Table) -> Array:
    """Return the features (n, f) of a table's rows."""
    return table_features(table.batch, table.temperature_c, table.kinds)


def mean_predictor(seen: Table, out: Table, seed: int) -> Array:
    """Return mean and empirical quantiles of the training rows, whatever is asked: (n, 3)."""
    low, high = np.quantile(seen.target, (0.05, 0.95))
    return np.tile([seen.target.mean(), low, high], (len(out.rows), 1))


def ridge(seen: Table, out: Table, seed: int) -> Array:
    """Return ridge regression on standardised features with its strength chosen by leave-one-out: (n, 3)."""
    from sklearn.linear_model import RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return _conformal(lambda _n: make_pipeline(StandardScaler(), RidgeCV(np.logspace(-1, 4, 16))), seen, out, seed)


def random_forest(seen: Table, out: Table, seed: int) -> Array:
    """Return a random forest: (n, 3)."""
    from sklearn.ensemble import RandomForestRegressor

    return _conformal(lambda n: RandomForestRegressor(n, max_features=0.5, random_state=seed), seen, out, seed)


def extra_trees(seen: Table, out: Table, seed: int) -> Array:
    """Return extremely randomised trees: (n, 3)."""
    from sklearn.ensemble import ExtraTreesRegressor

    return _conformal(lambda n: ExtraTreesRegressor(n, max_features=0.5, random_state=seed), seen, out, seed)


def sodium_forest(seen: Table, out: Table, seed: int) -> Array:
    """Return a random forest that learns from sodium conductors near room temperature alone: (n, 3)."""
    chosen = np.flatnonzero(is_sodium_at_room_temperature(seen))
    return random_forest(seen.take(chosen) if len(chosen) >= MIN_SODIUM_ROWS else seen, out, seed)


def sodium_extra_trees(seen: Table, out: Table, seed: int) -> Array:
    """Return extremely randomised trees that learn from sodium conductors near room temperature alone: (n, 3)."""
    chosen = np.flatnonzero(is_sodium_at_room_temperature(seen))
    return extra_trees(seen.take(chosen) if len(chosen) >= MIN_SODIUM_ROWS else seen, out, seed)


def _conformal(build: Callable[[int], Any], seen: Table, out: Table, seed: int) -> Array:
    known, target = features_of(seen), seen.target
    folds = grouped_folds(systems(seen.batch), N_CONFORMAL_FOLDS, seed)
    residual = np.full(len(target), np.nan)
    for fold in np.unique(folds):
        held = folds == fold
        if not held.all():
            residual[held] = np.abs(
                build(N_CONFORMAL_TREES).fit(known[~held], target[~held]).predict(known[held]) - target[held]
            )
    residual = np.sort(residual[np.isfinite(residual)])
    place = min(int(np.ceil(0.9 * (len(residual) + 1))) - 1, len(residual) - 1)
    half = float(residual[place]) if len(residual) else float(target.std())
    mean = np.asarray(build(N_TREES).fit(known, target).predict(features_of(out)), dtype=np.float64)
    return np.column_stack([mean, mean - half, mean + half])


BASELINES: Mapping[str, Baseline] = {
    "mean": mean_predictor,
    "ridge": ridge,
    "random forest": random_forest,
    "ExtraTrees": extra_trees,
    "random forest, Na rows only": sodium_forest,
    "ExtraTrees, Na rows only": sodium_extra_trees,
}
