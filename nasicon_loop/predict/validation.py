"""Cross-validation of the model beside simpler ones, on the same folds, random and grouped."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.core import Progress, Refusal, Silent
from nasicon_loop.predict import bins
from nasicon_loop.predict.baselines import BASELINES
from nasicon_loop.predict.ensemble import fit_ensemble
from nasicon_loop.predict.groups import grouped_folds, random_folds, sources
from nasicon_loop.predict.metrics import Errors, errors, is_sodium_at_room_temperature
from nasicon_loop.predict.rows import Row
from nasicon_loop.predict.settings import Settings
from nasicon_loop.predict.table import Table, tabulate, within

Array = NDArray[np.float64]

CNN, CNN_ALONE = "CNN", "CNN without its prior"
SPLITS = ("by source", "by source and formula", "random")
SUBSETS = ("Na, 15 to 35 °C", "all")
MIN_ROWS = 20


@dataclass(frozen=True)
class Score:
    """One line of the table."""

    model: str
    split: str
    """What is never on both sides: rows of one source; rows connected by source or formula; nothing ("random")."""
    subset: str
    """Which of the held-out rows are counted; every model trains on all that are not held out."""
    n: int
    mae: float
    rmse: float
    r2: float
    accuracy4: float
    coverage90: float


@dataclass(frozen=True)
class Validation:
    """All scores, and what they were computed with."""

    scores: tuple[Score, ...]
    settings: Settings
    seed: int
    n_rows: int
    n_groups: int
    truth: Array
    """(n,) measured log10 of S/cm."""
    held_out_means: Mapping[str, Array]
    """By "model, split": (n,) held-out predictions."""

    def to_dict(self) -> dict[str, Any]:
        """Return settings and scores as JSON-able values."""
        return {
            "settings": self.settings.to_dict(),
            "seed": self.seed,
            "n_rows": self.n_rows,
            "n_groups": self.n_groups,
            "scores": [asdict(score) for score in self.scores],
        }

    def markdown(self) -> str:
        """Return the scores as a table."""
        lines = [
            "| rows counted | folds | model | n | MAE | RMSE | R2 | 4 classes | in 90 % |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
        lines += [
            f"| {s.subset} | {s.split} | {s.model} | {s.n} | {s.mae:.3f} | {s.rmse:.3f} | {s.r2:.2f} "
            f"| {s.accuracy4:.2f} | {s.coverage90:.2f} |"
            for s in self.scores
        ]
        return "\n".join(lines)


def validate(
    rows: Sequence[Row],
    *,
    settings: Settings | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Validation:
    """Return the errors of the CNN, its parts and simpler models in 5-fold cross-validation.

    Beside the CNN stand the same network without its prior, the prior without the network, the mean, ridge regression
    and a random forest.

    Every step that learns (descriptors, scales, weights, calibration) sees the training folds only. Lab rows count as
    any other row here. Raises Refusal with fewer than 20 usable rows.
    """
    settings = settings or Settings.quick()
    table = within(tabulate(rows), settings.temperature_window_c)
    if len(table.rows) < MIN_ROWS:
        raise Refusal(f"{len(table.rows)} usable rows: cross-validation needs at least {MIN_ROWS}")
    groups = table.groups
    folds = {
        "by source": grouped_folds(sources(table.rows), settings.n_folds, seed),
        "by source and formula": grouped_folds(groups, settings.n_folds, seed),
        "random": random_folds(len(table.rows), settings.n_folds, seed),
    }
    models = (CNN, *((CNN_ALONE, *BASELINES) if settings.has_prior else BASELINES))
    bar = progress or Silent()
    bar.start("validating", len(SPLITS) * settings.n_folds * len(models))
    found: dict[tuple[str, str], Array] = {}
    for split in SPLITS:
        for name in models:
            found[name, split] = _held_out(name, table, folds[split], settings=settings, seed=seed, bar=bar)
    bar.finish()
    chosen = {SUBSETS[0]: is_sodium_at_room_temperature(table), SUBSETS[1]: np.ones(len(table.rows), dtype=bool)}
    scores = [
        _score(name, split, subset, table.target[chosen[subset]], found[name, split][chosen[subset]])
        for subset in SUBSETS
        for split in SPLITS
        for name in models
        if chosen[subset].any()
    ]
    means = MappingProxyType({f"{name}, {split}": values[:, 0] for (name, split), values in found.items()})
    return Validation(tuple(scores), settings, seed, len(table.rows), int(groups.max()) + 1, table.target, means)


def _held_out(
    name: str, table: Table, folds: NDArray[np.int64], *, settings: Settings, seed: int, bar: Progress
) -> Array:
    """Return (n, 3): mean and 5 % and 95 % quantiles of every row by a model that was trained on the other folds."""
    result = np.full((len(table.rows), 3), np.nan)
    for k in range(settings.n_folds):
        seen, out = np.flatnonzero(folds != k), np.flatnonzero(folds == k)
        if len(out):
            fit = BASELINES.get(name, _cnn)
            used = replace(settings, has_prior=False) if name == CNN_ALONE else settings
            result[out] = fit(table.take(seen), table.take(out), used, seed)
        bar.advance(1, name)
    return result


def _cnn(seen: Table, out: Table, settings: Settings, seed: int) -> Array:
    ensemble, _ = fit_ensemble(seen, settings, seed)
    found = ensemble.distributions(out.batch, out.temperature_c, out.kinds).probabilities
    mean = bins.moments(found, ensemble.edges)[0]
    return np.column_stack([mean, bins.quantiles(found, ensemble.edges, (0.05, 0.95))])


def _score(name: str, split: str, subset: str, truth: Array, found: Array) -> Score:
    result: Errors = errors(truth, *found.T)
    return Score(name, split, subset, result.n, result.mae, result.rmse, result.r2, result.accuracy4, result.coverage90)
