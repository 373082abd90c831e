"""Trees as arrays give what scikit-learn gives, and arrays that are no trees are refused."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesRegressor

from nasicon_loop.core import Refusal
from nasicon_loop.predict.trees import MAX_FEATURES, Trees, fit_trees


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(3)
    features = generator.normal(size=(80, 6)).astype(np.float32).astype(np.float64)
    return features, features[:, 0] - features[:, 1] ** 2


def test_same_answers_as_scikit_learn(data: tuple[np.ndarray, np.ndarray]) -> None:
    features, target = data
    forest = ExtraTreesRegressor(20, max_features=MAX_FEATURES, random_state=5).fit(features, target)
    trees = fit_trees(features, target, 20, 5)
    asked = np.random.default_rng(4).normal(size=(500, 6)).astype(np.float32).astype(np.float64)
    assert trees.mean(asked) == pytest.approx(forest.predict(asked), abs=1e-12)
    again = Trees.from_arrays(trees.to_arrays(), 6)
    assert (again.mean(asked) == trees.mean(asked)).all()


def test_what_is_no_tree_is_refused(data: tuple[np.ndarray, np.ndarray]) -> None:
    trees = fit_trees(*data, 3, 0)
    loop = trees.left.copy()
    loop[np.flatnonzero(trees.feature >= 0)[1]] = 0  # back to the root: would never end
    far = trees.right.copy()
    far[0] = 10**9
    for bad in ({"left": loop}, {"right": far}, {"first": np.array([10**6])}, {"value": trees.value * np.nan}):
        with pytest.raises(Refusal):
            replace(trees, **bad)
    with pytest.raises(Refusal):
        Trees.from_arrays(trees.to_arrays(), 2)
