"""Folds that do not leak."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nasicon_loop.predict.groups import components, grouped_folds, random_folds, sources
from nasicon_loop.predict.rows import Row


def row(number: int, source: str) -> Row:
    return Row(str(number), "Na3Zr2Si2PO12", -3.0, 0.1, 25.0, "total", source, "literature")


def test_source_and_formula_connect_transitively() -> None:
    rows = [row(i, source) for i, source in enumerate(["a", "a", "b", "c", ""])]
    found = components(rows, ["F1", "F2", "F2", "F3", "F3"])
    assert found[0] == found[1] == found[2]  # a-F2-b
    assert found[3] == found[4] != found[0]  # F3; the empty source connects nothing


def test_sources_ignore_case_and_blank_ones_stand_alone() -> None:
    assert list(sources([row(0, "A"), row(1, "a "), row(2, ""), row(3, "")])) == [0, 0, 1, 2]


@given(st.lists(st.integers(0, 8), min_size=1, max_size=60), st.integers(2, 6), st.integers(0, 99))
def test_a_group_is_never_split(names: list[int], n_folds: int, seed: int) -> None:
    groups = sources([row(i, str(name)) for i, name in enumerate(names)])
    folds = grouped_folds(groups, n_folds, seed)
    assert all(len(set(folds[groups == group])) == 1 for group in set(groups))
    assert folds.max() < n_folds
    assert (grouped_folds(groups, n_folds, seed) == folds).all()


def test_random_folds_are_even() -> None:
    assert sorted(np.bincount(random_folds(103, 5, 0))) == [20, 20, 21, 21, 21]
