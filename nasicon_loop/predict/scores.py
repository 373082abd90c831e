"""One line per model, split and kind of row: the table of `validate`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.predict.metrics import Errors, errors

Array = NDArray[np.float64]
Chosen = NDArray[np.bool_]


@dataclass(frozen=True)
class Score:
    """One line of the table."""

    model: str
    split: str
    """What no training row shares with a held-out row; nothing for "random"."""
    subset: str
    """Which of the held-out rows are counted."""
    n: int
    mae: float
    rmse: float
    r2: float
    accuracy4: float
    coverage90: float | None
    width90: float | None
    """Mean width of the 90 % intervals, dex; None for what gives no interval."""
    spearman: float | None
    """Rank correlation of predicted and measured; None where either is constant."""


def scores_of(
    truth: Array, found: Mapping[tuple[str, str], Array], subsets: Mapping[str, Chosen], splits: Sequence[str]
) -> tuple[Score, ...]:
    """Return the table: by split, then subset, then model; `found` by (model, split) as `Validation.held_out`."""
    scores = []
    for split in splits:
        for name, chosen in subsets.items():
            for (model, where), values in found.items():
                counted = chosen & np.isfinite(values[:, 0])
                if where == split and counted.any():
                    scores.append(_score(model, split, name, truth[counted], values[counted]))
    return tuple(scores)


def _score(name: str, split: str, which: str, truth: Array, found: Array) -> Score:
    result: Errors = errors(truth, *found.T)
    has_interval = bool(np.isfinite(found[:, 1]).all())
    return Score(
        name,
        split,
        which,
        result.n,
        result.mae,
        result.rmse,
        result.r2,
        result.accuracy4,
        result.coverage90 if has_interval else None,
        float((found[:, 2] - found[:, 1]).mean()) if has_interval else None,
        rank_correlation(truth, found[:, 0]),
    )


def rank_correlation(one: Array, other: Array) -> float | None:
    """Return Spearman's rank correlation of two sets of n numbers, ties sharing their mean rank; None for constants."""
    from scipy.stats import rankdata

    if len(one) < 2 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(np.corrcoef(rankdata(one), rankdata(other))[0, 1])
