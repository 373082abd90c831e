"""Is one model better than another, or was it luck? A paired bootstrap over what the folds keep together.

Rows of one group (a source, a chemical system) err alike, so groups are drawn and not rows; both models are asked about
the same rows, so what is drawn are differences. Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapter 8.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

N_BOOT = 2000
_CHUNK = 200


@dataclass(frozen=True)
class Paired:
    """Mean absolute error of `model_a` minus that of `model_b` on the same held-out rows, dex; below 0: a is better.

    `low` and `high` hold 95 % of the bootstrap's differences; NaN where there is one group only.
    """

    model_a: str
    model_b: str
    split: str
    subset: str
    n: int
    n_groups: int
    mae_a: float
    mae_b: float
    difference: float
    low: float
    high: float

    @property
    def sentence(self) -> str:
        """Say it in one line."""
        if self.low <= self.high:
            told = "" if self.low <= 0 <= self.high else ", more than chance"
            sure = f"95 %: {self.low:+.3f} to {self.high:+.3f}{told}"
        else:
            sure = "one group: no interval"
        return (
            f"{self.model_a} {self.mae_a:.3f}, {self.model_b} {self.mae_b:.3f}: {self.difference:+.3f} ({sure}; "
            f"{self.n} rows, {self.n_groups} groups)"
        )


def bootstrapped(
    differences: Array, groups: NDArray[np.int64], n_boot: int = N_BOOT, seed: int = 0
) -> tuple[float, float]:
    """Return the 95 % interval of the mean of `differences` (n,) when whole `groups` (n,) are drawn; NaN for one group.

    Deterministic by `seed`.
    """
    numbers = np.unique(groups, return_inverse=True)[1].reshape(-1)
    sums, counts = np.bincount(numbers, differences), np.bincount(numbers)
    if len(sums) < 2:
        return float("nan"), float("nan")
    source = np.random.default_rng(seed)
    means = []
    for start in range(0, n_boot, _CHUNK):
        drawn = source.integers(0, len(sums), (min(_CHUNK, n_boot - start), len(sums)))
        means.append(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1))
    low, high = np.quantile(np.concatenate(means), (0.025, 0.975))
    return float(low), float(high)
