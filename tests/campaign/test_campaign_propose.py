"""A whole batch: spread over dopants, new, explained, and different after a lesson."""

from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from nasicon_loop.campaign import (
    Known,
    Previous,
    Result,
    Settings,
    composition_key,
    element_scores,
    propose,
)
from nasicon_loop.campaign.reasons import literature, nearest, sigma_words, similar_dopants
from nasicon_loop.chemistry import dopants
from nasicon_loop.core import Refusal

SMALL = Settings(
    amounts=(Fraction(1, 20), Fraction(1, 10), Fraction(1, 5)), silicon=(Fraction(2), Fraction(11, 5), Fraction(12, 5))
)
KNOWN = (
    Known("Na3Zr2Si2PO12", -3.25, "10.1/one"),
    Known("Na3.4Zr1.8Mg0.2Si2PO12", -2.9, "10.1/two"),
    Known("Na3.4Sc0.4Zr1.6Si2PO12", -2.4, "10.1/three"),
    Known("Na3.1Zr1.9Yb0.1Si2PO12", -3.3, "10.1/four"),
    Known("LiFePO4", -9.0, "not a NASICON"),
    Known("no formula at all", -3.0, "damaged row"),
)


class Model:
    """A smooth stand-in: one bonus per dopant, a gentle optimum in sodium, one spread."""

    def __init__(self, bonus=None, epistemic=0.25):
        self.bonus = bonus or {}
        self.epistemic = epistemic
        self.asked = 0

    def predict(self, compositions):
        self.asked += len(compositions)
        mean = np.array([self._mean(composition) for composition in compositions])
        n = len(compositions)
        epistemic, noise = np.full(n, self.epistemic), np.full(n, 0.2)
        sd = np.hypot(epistemic, noise)
        levels = (0.05, 0.5, 0.95)
        edges = np.linspace(-8.0, -1.0, 29)
        middle = 0.5 * (edges[:-1] + edges[1:])
        weights = np.exp(-0.5 * ((middle[None, :] - mean[:, None]) / sd[:, None]) ** 2)
        return SimpleNamespace(
            mean=mean,
            sd=sd,
            epistemic_sd=epistemic,
            noise_sd=noise,
            quantiles=mean[:, None] + sd[:, None] * np.array([-1.64, 0.0, 1.64]),
            quantile_levels=levels,
            bin_probabilities=weights / weights.sum(axis=1, keepdims=True),
            bin_edges=edges,
        )

    def _mean(self, composition):
        dopant = sum(self.bonus.get(symbol, 0.0) * min(float(a) / 0.2, 1.0) for symbol, a in composition.amounts)
        return -3.5 + dopant - 0.3 * (float(composition.get("Na")) - 3.3) ** 2


GOOD = {"Mg": 0.4, "Zn": 0.25, "Sc": 0.2, "Tm": 0.22, "Ni": 0.15}


def test_a_batch_is_new_spread_over_dopants_and_always_the_same():
    first = propose(Model(GOOD), known=KNOWN, n=4, settings=SMALL)
    again = propose(Model(GOOD), known=KNOWN, n=4, settings=SMALL)
    assert first == again
    assert len({choice.dopant for choice in first.choices}) == 4
    assert first.choices[0].dopant == "Mg"
    taken = {composition_key(row.formula) for row in KNOWN[:4]}
    assert not taken & {composition_key(choice.formula) for choice in first.choices}
    assert all(a.acquisition >= 0 for a in first.choices)


def test_nothing_made_pending_abandoned_or_rejected_comes_back():
    first = propose(Model(GOOD), known=KNOWN, n=4, settings=SMALL).choices
    second = propose(
        Model(GOOD),
        known=KNOWN,
        n=12,
        settings=SMALL,
        made=[first[0].formula],
        pending=[first[1].formula],
        abandoned=[first[2].formula],
        rejected=[first[3].formula],
    )
    assert not {choice.formula for choice in first} & {choice.formula for choice in second.choices}


def test_a_pending_dopant_counts_as_taken():
    pending = ["Na3.2Zr1.9Mg0.1Si2PO12"]
    free = propose(Model(GOOD), known=KNOWN, n=1, settings=SMALL)
    busy = propose(Model(GOOD), known=KNOWN, n=1, settings=SMALL, pending=pending)
    assert free.choices[0].dopant == "Mg"
    assert busy.choices[0].dopant != "Mg"
    done = propose(Model(GOOD), known=KNOWN, n=1, settings=SMALL, pending=pending, made=pending)
    assert done.choices[0].dopant == "Mg"  # measured: its neighbours may come


def test_a_dopant_far_ahead_is_taken_twice_but_not_twice_the_same():
    choices = propose(Model({"Mg": 1.2}, epistemic=0.05), known=KNOWN, n=2, best=-3.0, settings=SMALL).choices
    assert [choice.dopant for choice in choices] == ["Mg", "Mg"]
    one, two = choices
    assert abs(one.amount - two.amount) + 0.24 * abs(one.silicon - two.silicon) >= 0.06 - 1e-9


def test_the_reason_names_numbers_neighbours_and_support():
    choices = propose(Model(GOOD), known=KNOWN, n=6, settings=SMALL).choices
    by_dopant = {choice.dopant: choice for choice in choices}
    mg = by_dopant["Mg"].reason
    assert "S/cm" in mg
    assert "% chance" in mg
    assert "1 measured row with Mg" in mg
    assert "Na3.4Zr1.8Mg0.2Si2PO12 1.3e-3 (10.1/two" in mg
    assert "no row with Tm: a guess by similarity (Yb" in by_dopant["Tm"].reason
    assert by_dopant["Tm"].n_support_rows == 0


def test_changes_say_what_came_in_and_what_it_did():
    before = Model(GOOD)
    first = propose(before, known=KNOWN, n=4, settings=SMALL)
    mg = first.choices[0]
    after = Model({**GOOD, "Mg": -0.2, "Co": 0.6})
    weighed = "Na3.598Zr1.804Mg0.197Si2.203P0.798O12" if mg.formula == "Na3.6Zr1.8Mg0.2Si2.2P0.8O12" else mg.formula
    results = (Result("NL-0002", weighed, "Mg", mg.mean - 0.4, 0.03, mg.mean, mg.sd),)
    lab = [*KNOWN, Known(mg.formula, mg.mean - 0.4, "NL-0002", is_lab=True)]
    second = propose(
        after, known=lab, made=[mg.formula], n=4, settings=SMALL, previous=Previous(first.choices, results, before)
    )
    text = "\n".join(second.changes)
    assert weighed != mg.formula
    assert f"NL-0002 ({weighed}) came in at" in text
    assert f"{mg.formula}, suggested before and not measured" not in text
    assert "0.40 dex below its prediction" in text
    assert "Mg candidates fell by" in text
    assert "Co came in" in text
    assert {choice.formula for choice in first.choices} != {choice.formula for choice in second.choices}


def test_changes_without_the_earlier_model_still_tell():
    first = propose(Model(GOOD), known=KNOWN, n=2, settings=SMALL)
    mg = first.choices[0]
    result = Result("NL-0001", mg.formula, "Mg", mg.mean + 0.1, 0.03, mg.mean, mg.sd)
    previous = Previous(first.choices, (result,), retracted=("NL-0009",), n_literature_added=3)
    text = "\n".join(propose(Model(GOOD), known=KNOWN, n=2, settings=SMALL, previous=previous).changes)
    assert "0.10 dex above its prediction (within its spread): the model now expects" in text
    assert "NL-0009 was retracted" in text
    assert "3 literature rows were added" in text


def test_no_new_result_is_said_and_no_past_says_nothing():
    first = propose(Model(GOOD), known=KNOWN, n=2, settings=SMALL)
    same = propose(Model(GOOD), known=KNOWN, n=2, settings=SMALL, previous=Previous(first.choices))
    assert same.changes[0] == "no new result since the previous batch"
    assert first.changes == ()
    assert propose(Model(GOOD), known=KNOWN, n=2, settings=SMALL, previous=Previous()).changes == ()


def test_the_incumbent_is_a_posterior_mean_not_the_luckiest_report():
    proposal = propose(Model(GOOD), known=KNOWN, n=1, settings=SMALL)
    assert proposal.incumbent_formula == "Na3.4Zr1.8Mg0.2Si2PO12"
    assert proposal.incumbent_mean == pytest.approx(-3.5 + 0.4 - 0.3 * 0.01)
    assert propose(Model(GOOD), known=KNOWN, n=1, settings=SMALL, best=-2.0).incumbent_mean == -2.0


def test_a_bare_function_is_a_model_too():
    assert propose(Model(GOOD).predict, known=KNOWN, n=1, settings=SMALL).choices[0].dopant == "Mg"


def test_scores_cover_the_dopants_with_their_support():
    scores = {score.element: score for score in element_scores(Model(GOOD), known=KNOWN, best=-3.2, settings=SMALL)}
    assert set(scores) == set(dopants())
    assert scores["Mg"].n_support_rows == 1
    assert scores["Tm"].n_support_rows == 0
    assert scores["Cd"].is_blocked
    assert scores["Cd"].acquisition is None
    assert scores["Mg"].acquisition == max(score.acquisition or 0.0 for score in scores.values())


NOTHING_LEFT = replace(SMALL, min_sodium=Fraction(4), amounts=(Fraction(1, 50),))


@pytest.mark.parametrize(("n", "settings"), [(0, SMALL), (1, NOTHING_LEFT)])
def test_what_cannot_be_answered_is_refused(n, settings):
    with pytest.raises(Refusal):
        propose(Model(GOOD), n=n, settings=settings)


def test_a_model_that_answers_nonsense_is_refused():
    def broken(compositions):
        answer = Model().predict(compositions)
        answer.mean = answer.mean * np.nan
        return answer

    with pytest.raises(Refusal, match="train again"):
        propose(broken, n=1, settings=SMALL)


def test_nearest_counts_exchanged_atoms():
    (near,) = nearest(composition_key("Na3.2Zr1.9Mg0.1Si2PO12"), literature(KNOWN), 1)
    assert near.formula == "Na3.4Zr1.8Mg0.2Si2PO12"
    assert near.distance_atoms == pytest.approx(0.125)  # 0.1 of Zr for Mg, and 0.2 Na that counts a quarter, halved


def test_of_many_reports_the_median_is_told_and_the_labs_own_goes_before():
    many = [Known("Na3Zr2Si2PO12", value, f"10.1/{value}") for value in (-3.6, -3.3, -2.0)]
    many.append(Known("Na3Zr2Si2PO12", -1.5, "10.1/bulk", kind="bulk"))
    key = composition_key("Na3Zr2Si2PO12")
    (near,) = nearest(key, literature(many))
    assert (near.log10_sigma, near.source, near.kind) == (-3.3, "median of 3 reports", "")
    (own,) = nearest(key, literature([*many, Known("Na3Zr2Si2PO12", -3.4, "NL-0001-P1", is_lab=True)]))
    assert (own.log10_sigma, own.source) == (-3.4, "NL-0001-P1")
    (bulk,) = nearest(key, literature(many[3:]))
    assert bulk.kind == "bulk"


def test_similar_dopants_are_neighbours_in_size_and_charge():
    assert similar_dopants("Tm", literature(KNOWN), 1) == ["Yb"]


@pytest.mark.parametrize(("value", "words"), [(-3.25, "5.6e-4"), (-2.0, "1.0e-2"), (-9.4, "4.0e-10")])
def test_conductivities_are_written_short(value, words):
    assert sigma_words(value) == words


def test_more_than_the_lattice_takes_is_trusted_less_until_a_row_shows_otherwise():
    greedy = Model({"Tm": 1.0})
    careful = propose(greedy, known=KNOWN, n=1, settings=SMALL).choices[0]
    assert careful.dopant == "Tm"
    assert careful.amount < 0.2
    shown = [*KNOWN, Known("Na3.3Zr1.7Tm0.3Si2PO12", -3.0, "10.1/five")]
    bold = propose(greedy, known=shown, n=1, best=-3.2, settings=SMALL).choices[0]
    assert (bold.dopant, bold.amount) == ("Tm", 0.2)


def test_a_doubtful_amount_is_said_in_the_reason():
    much = replace(SMALL, amounts=(Fraction(1, 5),))
    tm = propose(Model({"Tm": 3.0}), known=KNOWN, n=1, best=-3.4, settings=much).choices[0]
    assert tm.dopant == "Tm"
    assert "0.2 Tm may not all go in for Zr (+22 % in radius, charge 3+ for 4+): one phase taken as" in tm.reason
