"""Making and measuring: the noise that is announced, failures where they belong, results that come late."""

from collections import Counter

import numpy as np
import pytest

from nasicon_loop.chemistry import Composition
from nasicon_loop.twin import Order, draw_truth, failure_chances, load_of, make, make_load
from nasicon_loop.twin.workshop import fired

UNDOPED, MISFIT = "Na3Zr2Si2PO12", "Na3.4Zr1.6La0.4Si2PO12"


def orders(formula, n):
    return [Order(f"{formula}#{k}", formula) for k in range(n)]


def test_a_pellet_is_the_same_in_any_order_and_company(reports):
    truth = draw_truth(1, reports)
    wanted = [Order("a", UNDOPED), Order("b", "Na3.4Zr1.8Mg0.2Si2PO12")]
    one, two = make_load(truth, wanted, 3)
    assert (two, one) == make_load(truth, wanted[::-1], 3)
    assert one == make(draw_truth(1, reports), wanted[0], 3)
    assert one != make(truth, wanted[0], 4)  # another load


@pytest.mark.parametrize("seed", [0, 1, 1000, 1001])
def test_results_scatter_about_the_truth_as_much_as_the_powder_does(seed, reports):
    truth = draw_truth(seed, reports)
    made = make_load(truth, orders(UNDOPED, 300), 1)
    off = np.array([one.log10_sigma - one.true_log10_sigma for one in made if one.log10_sigma is not None])
    assert off.std() == pytest.approx(truth.scatter_sd_dex, rel=0.15)
    assert abs(off.mean()) < 0.6  # the load's own shift, pores, sodium that evaporated
    assert {one.log10_sigma_sd for one in made if not one.failed} == {0.03}


def test_loads_differ_and_share_their_shift(reports):
    truth = draw_truth(1001, reports)
    loads = [load_of(truth, number) for number in range(200)]
    shifts = np.array([load.batch_dex for load in loads])
    assert 0.04 < shifts.std() < 0.16
    assert len(set(shifts)) == 200
    assert all(0 < load.sodium_loss < 0.05 for load in loads)
    means = []
    for number in (int(shifts.argmin()), int(shifts.argmax())):
        made = make_load(truth, orders(UNDOPED, 120), number)
        means.append(np.mean([one.log10_sigma for one in made if one.log10_sigma is not None]))
    assert means[1] > means[0] + 0.1


def test_sodium_leaves_as_oxide():
    left = fired(Composition.parse(UNDOPED), 0.04)
    assert float(left.get("Na")) == pytest.approx(2.88)
    assert float(left.get("O")) == pytest.approx(11.94)
    assert left.charge() == Composition.parse(UNDOPED).charge()


def test_failures_happen_and_come_with_what_does_not_dissolve(reports):
    truth = draw_truth(1000, reports)
    good, bad = (make_load(truth, orders(formula, 300), 1) for formula in (UNDOPED, MISFIT))
    for made, low, high in ((good, 0.02, 0.15), (bad, 0.4, 0.9)):
        share = sum(one.failed is not None for one in made) / len(made)
        assert low < share < high
        assert all((one.log10_sigma is None) == (one.failed is not None) for one in made)
        assert all((one.pellet is None) == (one.failed is not None) for one in made)
    assert Counter(one.failed for one in bad).keys() == {None, "cracked", "porous", "second phase"}


def test_chances_rise_with_crowding_and_never_exceed_one():
    totals = [sum(failure_chances(crowding).values()) for crowding in (0.0, 0.5, 1.0, 1.5, 3.0, 100.0)]
    assert totals == sorted(totals)
    assert totals[0] < 0.1
    assert totals[-1] < 0.95


def test_some_results_come_one_round_late(reports):
    made = make_load(draw_truth(1, reports), orders(UNDOPED, 300), 5)
    known = Counter(one.known_in for one in made)
    assert set(known) == {5, 6}
    assert 0.05 < known[6] / 300 < 0.2
