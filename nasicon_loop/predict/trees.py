"""Extremely randomised trees as plain arrays: fitted by scikit-learn, stored without pickling, asked with numpy."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.core import Refusal

Array = NDArray[np.float64]

MAX_FEATURES = 0.5
"""Share of the features that each split looks at."""
_LEAF = -1
_CHUNK = 4096


@dataclass(frozen=True)
class Trees:
    """k trees with all their nodes in one row each: node 0 of a tree is its root, children come behind their parent."""

    first: NDArray[np.int64]
    """(k,) place of each root."""
    feature: NDArray[np.int64]
    """(nodes,) column that a node asks for, -1 in a leaf."""
    threshold: NDArray[np.float32]
    """(nodes,) at most this goes left."""
    left: NDArray[np.int64]
    """(nodes,) place of the left child; the right one is `right`."""
    right: NDArray[np.int64]
    value: Array
    """(nodes,) mean of the training rows in a node."""

    def __post_init__(self) -> None:
        n = len(self.feature)
        inner = np.flatnonzero(self.feature != _LEAF)
        fits = all(len(part) == n for part in (self.threshold, self.left, self.right, self.value))
        if not (fits and n and np.isfinite(self.value).all() and ((self.first >= 0) & (self.first < n)).all()):
            raise Refusal("are not trees", "model")
        for child in (self.left, self.right):  # children behind their parents: walking down always ends
            if not ((child[inner] > inner) & (child[inner] < n)).all():
                raise Refusal("are not trees", "model")

    def mean(self, features: Array) -> Array:
        """Return the trees' mean (n,) for features (n, f)."""
        result = np.empty(len(features))
        asked = features.astype(np.float32)
        for start in range(0, len(asked), _CHUNK):
            result[start : start + _CHUNK] = self._chunk(asked[start : start + _CHUNK])
        return result

    def _chunk(self, features: NDArray[np.float32]) -> Array:
        n, k = len(features), len(self.first)
        at = np.tile(self.first, n)
        row = np.repeat(np.arange(n), k)
        going = np.flatnonzero(self.feature[at] != _LEAF)
        while len(going):
            place = at[going]
            is_left = features[row[going], self.feature[place]] <= self.threshold[place]
            at[going] = np.where(is_left, self.left[place], self.right[place])
            going = going[self.feature[at[going]] != _LEAF]
        return np.asarray(self.value[at].reshape(n, k).mean(axis=1), dtype=np.float64)

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return everything as named arrays, for storing."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]], n_features: int) -> "Trees":
        """Return the trees written by `to_arrays`; KeyError when an array is missing, Refusal when they are none."""
        trees = cls(**{name: np.asarray(arrays[name]) for name in cls.__dataclass_fields__})
        if trees.feature.max() >= n_features or trees.feature.min() < _LEAF:
            raise Refusal("ask for features that there are not", "model")
        return trees


def fit_trees(features: Array, target: Array, n_trees: int, seed: int) -> Trees:
    """Return trees fitted to features (n, f) and log10 sigma (n,); Geurts, Ernst, Wehenkel, Mach. Learn. 63 (2006)."""
    from sklearn.ensemble import ExtraTreesRegressor

    forest = ExtraTreesRegressor(n_trees, max_features=MAX_FEATURES, random_state=seed)
    forest.fit(features.astype(np.float32), target)
    parts = [estimator.tree_ for estimator in forest.estimators_]
    first = np.cumsum([0, *(part.node_count for part in parts[:-1])]).astype(np.int64)
    left, right, feature = [], [], []
    for begin, part in zip(first, parts, strict=True):
        is_leaf = part.children_left < 0
        feature.append(np.where(is_leaf, _LEAF, part.feature))
        left.append(np.where(is_leaf, _LEAF, part.children_left + begin))
        right.append(np.where(is_leaf, _LEAF, part.children_right + begin))
    return Trees(
        first=first,
        feature=np.concatenate(feature).astype(np.int64),
        # scikit-learn compares single-precision values with double-precision thresholds: rounded down, "at most"
        # means the same for every single-precision value
        threshold=_rounded_down(np.concatenate([part.threshold for part in parts])),
        left=np.concatenate(left).astype(np.int64),
        right=np.concatenate(right).astype(np.int64),
        value=np.concatenate([part.value[:, 0, 0] for part in parts]),
    )


def _rounded_down(values: Array) -> NDArray[np.float32]:
    single = values.astype(np.float32)
    return np.where(single > values, np.nextafter(single, np.float32(-np.inf)), single).astype(np.float32)
