"""Cross-validation of the model beside simpler ones, on the same folds, random and grouped."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.core import Executor, Inline, Progress, Refusal, Silent
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
    executor: Executor | None = None,
) -> Validation:
    """Return the errors of the CNN, its parts and simpler models in 5-fold cross-validation.

    Beside the CNN stand the same network without its prior, the prior without the network, the mean, ridge regression
    and a random forest.

    Every step that learns (descriptors, scales, weights, calibration) sees the training folds only. Lab rows count as
    any other row here. Each fold of each model is one item of the `executor`; the result does not depend on which.
    Raises Refusal with fewer than 20 usable rows.
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
    jobs = [
        _Fold(name, split, table.take(seen), table.take(out), out, settings)
        for split in SPLITS
        for name in models
        for seen, out in _halves(folds[split], settings.n_folds)
    ]
    bar.start("validating", len(jobs))
    found = {(name, split): np.full((len(table.rows), 3), np.nan) for split in SPLITS for name in models}
    answers = (executor or Inline()).map(_answer, [(job, seed) for job in jobs], seed=seed, progress=bar)
    for job, answer in zip(jobs, answers, strict=True):
        found[job.name, job.split][job.places] = answer
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


@dataclass(frozen=True)
class _Fold:
    """One model on one fold: it trains on `seen` and is asked about `out`, which are the table's rows `places`."""

    name: str
    split: str
    seen: Table
    out: Table
    places: NDArray[np.int64]
    settings: Settings


def _halves(folds: NDArray[np.int64], n_folds: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return the places of the rows outside and inside of each fold that has any."""
    return [(np.flatnonzero(folds != k), np.flatnonzero(folds == k)) for k in range(n_folds) if (folds == k).any()]


def _answer(item: tuple[_Fold, int], _seed: int) -> Array:
    """Return (n, 3): mean and 5 % and 95 % quantiles of the held-out rows; every fold has the validation's own seed."""
    fold, seed = item
    used = replace(fold.settings, has_prior=False) if fold.name == CNN_ALONE else fold.settings
    return BASELINES.get(fold.name, _cnn)(fold.seen, fold.out, used, seed)


def _cnn(seen: Table, out: Table, settings: Settings, seed: int) -> Array:
    ensemble, _ = fit_ensemble(seen, settings, seed)
    found = ensemble.distributions(out.batch, out.temperature_c, out.kinds).probabilities
    mean = bins.moments(found, ensemble.edges)[0]
    return np.column_stack([mean, bins.quantiles(found, ensemble.edges, (0.05, 0.95))])


def _score(name: str, split: str, subset: str, truth: Array, found: Array) -> Score:
    result: Errors = errors(truth, *found.T)
    return Score(name, split, subset, result.n, result.mae, result.rmse, result.r2, result.accuracy4, result.coverage90)
