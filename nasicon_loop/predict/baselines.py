"""Simpler models on the same rows and the same features: what the CNN has to beat. Used by `validate` alone."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.predict.descriptors import SITES, element_table
from nasicon_loop.predict.encoder import Encoder
from nasicon_loop.predict.ensemble import NORMAL_90
from nasicon_loop.predict.features import composition_features, condition_features
from nasicon_loop.predict.groups import grouped_folds, sources
from nasicon_loop.predict.prior import N_FOLDS, SD_LIMITS, fit_prior, kernel
from nasicon_loop.predict.settings import Settings
from nasicon_loop.predict.table import Table

Array = NDArray[np.float64]
Baseline = Callable[[Table, Table, Settings, int], Array]

N_TREES = 300


def table_features(table: Table) -> Array:
    """Return (n, f): the CNN's own features, and mean and spread of every descriptor on every site."""
    parts = [composition_features(table.batch), condition_features(table.batch, table.temperature_c, table.kinds)]
    for site in SITES:
        amounts, facts = table.batch.amounts[site], element_table(site)
        share = amounts / np.maximum(amounts.sum(axis=1, keepdims=True), 1e-9)
        mean = share @ facts
        parts += [mean, np.sqrt(np.maximum(share @ facts**2 - mean**2, 0.0))]
    return np.concatenate(parts, axis=1)


def mean_predictor(seen: Table, out: Table, settings: Settings, seed: int) -> Array:
    """Return mean and empirical quantiles of the training rows, whatever is asked: (n, 3)."""
    low, high = np.quantile(seen.target, (0.05, 0.95))
    return np.tile([seen.target.mean(), low, high], (len(out.rows), 1))


def ridge(seen: Table, out: Table, settings: Settings, seed: int) -> Array:
    """Return ridge regression on standardised features with its strength chosen by leave-one-out: (n, 3)."""
    from sklearn.linear_model import RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    fit = make_pipeline(StandardScaler(), RidgeCV(np.logspace(-1, 4, 16)))
    fit.fit(table_features(seen), seen.target)
    mean = fit.predict(table_features(out))
    half = NORMAL_90 * float(np.std(fit.predict(table_features(seen)) - seen.target))
    return np.column_stack([mean, mean - half, mean + half])


def random_forest(seen: Table, out: Table, settings: Settings, seed: int) -> Array:
    """Return a random forest; its interval holds the trees' spread and the out-of-bag residuals: (n, 3)."""
    from sklearn.ensemble import RandomForestRegressor

    forest = RandomForestRegressor(N_TREES, min_samples_leaf=1, max_features=0.5, oob_score=True, random_state=seed)
    forest.fit(table_features(seen), seen.target)
    mean = forest.predict(table_features(out))
    low, high = np.quantile(seen.target - forest.oob_prediction_, (0.05, 0.95))
    return np.column_stack([mean, mean + low, mean + high])


def prior_alone(seen: Table, out: Table, settings: Settings, seed: int) -> Array:
    """Return what the CNN starts from, with no network on top: (n, 3)."""
    encoder = Encoder.fit(seen.batch, seen.temperature_c, seen.kinds, seen.target, uses_features=True)
    known, asked = (
        np.asarray(encoder.encode(part.batch, part.temperature_c, part.kinds)[1].numpy(), dtype=np.float64)
        for part in (seen, out)
    )
    prior = fit_prior(known, seen.target, grouped_folds(sources(seen.rows), N_FOLDS, seed))
    mean = kernel(asked, prior.points, prior.rate) @ prior.dual + prior.bias
    sd = np.clip(np.exp(asked @ prior.spread_weights + prior.spread_bias), *SD_LIMITS)
    return np.column_stack([mean, mean - NORMAL_90 * sd, mean + NORMAL_90 * sd])


BASELINES: Mapping[str, Baseline] = {
    "prior without the CNN": prior_alone,
    "mean": mean_predictor,
    "ridge": ridge,
    "random forest": random_forest,
}
