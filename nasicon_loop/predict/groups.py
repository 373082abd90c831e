"""Folds that do not leak: rows that share a source or a formula stay together."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.predict.rows import Row

Folds = NDArray[np.int64]


def components(rows: Sequence[Row], formulas: Sequence[str]) -> Folds:
    """Return (n,) component numbers: rows connected by the same source or the same canonical formula share one.

    Connection is transitive: two sources that measured one formula are one component. An empty source connects nothing.
    """
    parent = list(range(len(rows)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    first: dict[tuple[str, str], int] = {}
    for i, (row, formula) in enumerate(zip(rows, formulas, strict=True)):
        keys = [("formula", formula)] + ([("source", row.source.strip().lower())] if row.source.strip() else [])
        for key in keys:
            parent[root(i)] = root(first.setdefault(key, i))
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(root(i), len(numbers)) for i in range(len(rows))], dtype=np.int64)


def sources(rows: Sequence[Row]) -> Folds:
    """Return (n,) source numbers; rows without a source are each their own."""
    numbers: dict[str, int] = {}
    names = [row.source.strip().lower() or f"row {row.row_id}" for row in rows]
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)


def grouped_folds(groups: Folds, n_folds: int, seed: int) -> Folds:
    """Return (n,) fold numbers; whole groups, the largest first, each into the fold that is smallest so far.

    Ties are broken at random by `seed`. With fewer groups than folds some folds stay empty.
    """
    generator = np.random.default_rng(seed)
    sizes = np.bincount(groups)
    order = generator.permutation(len(sizes))
    order = order[np.argsort(-sizes[order], kind="stable")]
    fold_of = np.zeros(len(sizes), dtype=np.int64)
    filled = np.zeros(n_folds, dtype=np.int64)
    for group in order:
        fold = int(np.argmin(filled))
        fold_of[group] = fold
        filled[fold] += sizes[group]
    return fold_of[groups]


def random_folds(n_rows: int, n_folds: int, seed: int) -> Folds:
    """Return (n,) fold numbers of equal size, shuffled."""
    return np.random.default_rng(seed).permutation(np.arange(n_rows, dtype=np.int64) % n_folds)
