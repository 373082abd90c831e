"""Expected improvement against sampling and against its own limits."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasicon_loop.campaign import expected_improvement, probability_above
from nasicon_loop.campaign.acquisition import acquire, binned_improvement

FINITE = st.floats(-9.0, 0.0)
SPREAD = st.floats(0.01, 2.0)


def prediction(mean, epistemic, probabilities, edges):
    return SimpleNamespace(
        mean=np.array(mean),
        epistemic_sd=np.array(epistemic),
        bin_probabilities=np.array(probabilities, dtype=float),
        bin_edges=np.array(edges, dtype=float),
    )


def test_it_agrees_with_sampling():
    draws = np.random.default_rng(0).normal(-3.4, 0.3, 400_000)
    expected = np.maximum(draws + 3.1, 0.0).mean()
    assert expected_improvement(np.array([-3.4]), np.array([0.3]), -3.1)[0] == pytest.approx(expected, rel=0.02)


def test_without_spread_it_is_the_plain_gain():
    gain = expected_improvement(np.array([-3.0, -4.0]), np.zeros(2), -3.5)
    assert gain == pytest.approx([0.5, 0.0], abs=1e-9)


@given(mean=FINITE, sd=SPREAD, best=FINITE)
def test_it_is_never_negative_and_grows_with_the_spread(mean, sd, best):
    one, two = expected_improvement(np.array([mean, mean]), np.array([sd, 1.5 * sd]), best)
    assert 0.0 <= one <= two + 1e-12


@given(mean=FINITE, sd=SPREAD, best=FINITE)
def test_the_probability_is_one_half_at_the_best_and_lies_between_zero_and_one(mean, sd, best):
    assert probability_above(np.array([best]), np.array([sd]), best)[0] == pytest.approx(0.5)
    assert 0.0 <= probability_above(np.array([mean]), np.array([sd]), best)[0] <= 1.0


def test_binned_improvement_of_one_bin_is_the_uniform_integral():
    value = binned_improvement(np.array([[1.0]]), np.array([[-4.0]]), np.array([[-3.0]]), -3.5)
    assert value[0] == pytest.approx(0.125)  # integral of (y + 3.5) over the upper half


def test_scatter_between_pellets_is_no_reason_to_make_one():
    wide = prediction([-3.5, -3.5], [0.05, 0.30], [[0.25] * 4] * 2, [-5.5, -4.5, -3.5, -2.5, -1.5])
    certain, ignorant = acquire(wide, -3.3)
    assert certain < 0.02 * ignorant + 1e-9


def test_a_tail_upwards_is_worth_more_than_a_tail_downwards():
    tails = [[0.8, 0.1, 0.05, 0.05], [0.05, 0.05, 0.1, 0.8]]
    up, down = acquire(prediction([-3.5, -3.5], [0.3, 0.3], tails, [-5, -4, -3, -2, -1]), -2.9)
    assert up > down


def test_without_finite_bins_the_normal_form_is_used():
    odd = prediction([-3.5], [0.3], [[0.5, 0.5]], [-np.inf, -3.5, np.inf])
    assert acquire(odd, -3.3) == pytest.approx(expected_improvement(np.array([-3.5]), np.array([0.3]), -3.3))
