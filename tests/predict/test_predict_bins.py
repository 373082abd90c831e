"""Distributions over bins behave as distributions do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nasicon_loop.predict import bins
from nasicon_loop.predict.settings import Settings

EDGES = bins.bin_edges(Settings())
values = st.floats(-11.0, -1.0)


@given(values, st.floats(0.1, 1.2))
def test_soft_label_has_the_mean_and_width_that_went_in(value: float, sd: float) -> None:
    label = bins.soft_labels(np.array([value]), np.array([sd]), EDGES)
    mean, variance = bins.moments(label, EDGES)
    assert label.sum() == pytest.approx(1.0)
    assert mean[0] == pytest.approx(value, abs=0.02 + (0.2 if sd > 0.8 else 0.0))
    assert np.sqrt(variance[0]) == pytest.approx(sd, abs=0.05 + (0.2 if sd > 0.8 else 0.0))


def test_hard_label_is_one_bin_and_values_outside_go_to_the_ends() -> None:
    labels = bins.hard_labels(np.array([-3.31, -99.0, 99.0]), EDGES)
    assert (labels.sum(axis=1) == 1).all()
    assert EDGES[labels[0].argmax()] <= -3.31 < EDGES[labels[0].argmax() + 1]
    assert labels[1].argmax() == 0
    assert labels[2].argmax() == len(EDGES) - 2


@settings(max_examples=50)
@given(st.floats(-6.0, -3.0), st.floats(-1.5, 1.5), st.floats(0.3, 1.0))
def test_moving_moves_mean_and_spread(value: float, shift: float, stretch: float) -> None:
    start = bins.soft_labels(np.array([value]), np.array([0.6]), EDGES)
    end = bins.moved(start, EDGES, np.array([shift]), np.array([stretch]))
    (mean0, variance0), (mean1, variance1) = bins.moments(start, EDGES), bins.moments(end, EDGES)
    assert end.sum() == pytest.approx(1.0)
    assert mean1[0] - mean0[0] == pytest.approx(shift, abs=1e-3)
    assert np.sqrt(variance1[0]) == pytest.approx(stretch * np.sqrt(variance0[0]), abs=0.02)


def test_moving_by_nothing_changes_nothing() -> None:
    start = np.random.default_rng(1).dirichlet(np.ones(len(EDGES) - 1), 5)
    end = bins.moved(start, EDGES, np.zeros(5), np.ones(5))
    assert np.abs(end - start).max() < 1e-12


@given(st.integers(0, 10_000))
def test_quantiles_rise_and_invert_the_cumulative(seed: int) -> None:
    shares = np.random.default_rng(seed).dirichlet(np.full(len(EDGES) - 1, 0.3), 3)
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    found = bins.quantiles(shares, EDGES, levels)
    assert (np.diff(found, axis=1) >= 0).all()
    assert bins.cumulative_at(shares, EDGES, found) == pytest.approx(np.tile(levels, (3, 1)), abs=1e-6)


def test_classes_add_up() -> None:
    shares = bins.soft_labels(np.array([-4.5, -2.0]), np.array([0.1, 0.1]), EDGES)
    found = bins.class_probabilities(shares, EDGES, (-5.0, -4.0, -3.0))
    assert found.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert found[0].argmax() == 1
    assert found[1].argmax() == 3
