"""Differences between models and whether they may be luck; ranks; calibration curves; the family that a lab dopes."""

import numpy as np
import pytest

from nasicon_loop.predict.calibration import COVERAGE_LEVELS, coverage_of
from nasicon_loop.predict.paired import Paired, bootstrapped
from nasicon_loop.predict.rows import Row
from nasicon_loop.predict.scores import rank_correlation
from nasicon_loop.predict.splits import FAMILY, SPLITS, SUBSETS, folds_of, groups_of, subset
from nasicon_loop.predict.table import tabulate


def test_an_interval_of_whole_groups_is_wider_than_one_of_rows() -> None:
    source = np.random.default_rng(0)
    groups = np.repeat(np.arange(12), 10)
    differences = source.normal(size=12)[groups] * 0.3 + source.normal(size=120) * 0.05 - 0.02
    low, high = bootstrapped(differences, groups, 2000, 1)
    narrow = bootstrapped(differences, np.arange(120), 2000, 1)
    assert low < differences.mean() < high
    assert high - low > 2 * (narrow[1] - narrow[0])
    assert bootstrapped(differences, groups, 2000, 1) == (low, high)
    expected = np.std([differences[groups == g].mean() for g in range(12)]) / np.sqrt(12) * 2 * 1.96
    assert high - low == pytest.approx(expected, rel=0.15)


def test_one_group_tells_nothing_about_luck() -> None:
    low, high = bootstrapped(np.ones(5), np.zeros(5, dtype=np.int64))
    assert np.isnan([low, high]).all()
    assert "no interval" in Paired("a", "b", "random", "all", 5, 1, 1.0, 0.0, 1.0, low, high).sentence


def test_a_difference_that_chance_does_not_explain_is_said_to_be_one() -> None:
    sure = Paired("a", "b", "random", "all", 50, 20, 0.5, 0.6, -0.1, -0.15, -0.05)
    assert "more than chance" in sure.sentence
    assert "more than chance" not in Paired("a", "b", "random", "all", 50, 20, 0.5, 0.6, -0.1, -0.2, 0.05).sentence


def test_ranks_share_ties_and_constants_have_none() -> None:
    assert rank_correlation(np.array([1.0, 2.0, 3.0]), np.array([10.0, 20.0, 1000.0])) == pytest.approx(1.0)
    assert rank_correlation(np.array([1.0, 2.0, 2.0, 3.0]), np.array([4.0, 3.0, 3.0, 1.0])) == pytest.approx(-1.0)
    assert rank_correlation(np.ones(4), np.arange(4.0)) is None


def test_a_perfect_model_lies_on_the_diagonal_and_one_that_is_too_sure_below() -> None:
    even = (np.arange(1000) + 0.5) / 1000
    assert coverage_of(even) == pytest.approx(COVERAGE_LEVELS, abs=0.002)
    too_sure = np.where(even < 0.5, even / 2, 1 - (1 - even) / 2)
    assert all(found < level for found, level in zip(coverage_of(too_sure), COVERAGE_LEVELS, strict=True))


def test_rows_of_one_group_are_never_in_two_folds(literature: list[Row]) -> None:
    table = tabulate(literature)
    for split in SPLITS:
        groups = groups_of(table, split)
        held = [set(groups[fold.out]) for fold in folds_of(table, split, 3, 0)]
        assert len(held) > 1
        assert sum(map(len, held)) == len(set().union(*held))


@pytest.mark.parametrize(
    ("formula", "is_in"),
    [
        ("Na3Zr2Si2PO12", True),
        ("Na3.4Zr1.8Mg0.2Si2PO12", True),
        ("Na3.5Zr1.5Sc0.5Si2PO12", True),
        ("NaZr2P3O12", False),  # another compound
        ("Na4Zr2Si3O12", False),
        ("Na3Hf2Si2PO12", False),
        ("Na3.4Sc2Si0.4P2.6O12", False),
    ],
)
def test_the_family_is_the_doped_host(formula: str, is_in: bool) -> None:
    table = tabulate([Row("a", formula, -4.0, 0.1, 25.0, "total", "", "literature")])
    assert subset(table, FAMILY).tolist() == [is_in]
    assert FAMILY in SUBSETS
    hot = tabulate([Row("a", formula, -4.0, 0.1, 300.0, "total", "", "literature")])
    assert subset(hot, FAMILY).tolist() == [False]
