"""Valuing candidates five ways, one load, replicates and references, and what the lab's failures teach."""

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from nasicon_loop.campaign import (
    ACQUISITIONS,
    Known,
    Outcome,
    OwnPellet,
    Settings,
    composition_key,
    joint_of,
    lesson,
    novelty,
    propose,
    scatter,
)
from nasicon_loop.campaign.candidates import stream_candidates
from nasicon_loop.campaign.reasons import literature
from nasicon_loop.campaign.repeating import gain_of_new, gain_of_repeat, offset_z
from nasicon_loop.chemistry import Composition
from nasicon_loop.core import Refusal

SMALL = Settings(amounts=(Fraction(1, 20), Fraction(1, 10), Fraction(1, 5)), silicon=(Fraction(2), Fraction(11, 5)))
KNOWN = (Known("Na3Zr2Si2PO12", -3.25, "one"), Known("Na3.4Zr1.8Mg0.2Si2PO12", -2.9, "two"))
GOOD = {"Mg": 0.4, "Zn": 0.25, "Sc": 0.2, "Ni": 0.15}


class Model:
    """A bonus per dopant; `sure` dopants have hardly any spread; `spread` is that of the others."""

    def __init__(self, bonus=None, spread=0.25, sure=()):
        self.bonus, self.spread, self.sure = bonus or GOOD, spread, sure

    def predict(self, compositions):
        mean = np.array([self._mean(one) for one in compositions])
        spread = np.array([0.02 if any(s in one.elements for s in self.sure) else self.spread for one in compositions])
        levels = (0.05, 0.5, 0.95)
        return SimpleNamespace(
            mean=mean,
            sd=np.hypot(spread, 0.2),
            epistemic_sd=spread,
            quantiles=mean[:, None] + 0.3 * np.array([-1.64, 0.0, 1.64]),
            quantile_levels=levels,
            bin_probabilities=np.zeros((len(mean), 1)),
            bin_edges=np.array([-np.inf, np.inf]),
        )

    def _mean(self, one):
        bonus = sum(self.bonus.get(s, 0.0) * min(float(a) / 0.2, 1.0) for s, a in one.amounts)
        return -3.5 + bonus - 0.3 * (float(one.get("Na")) - 3.3) ** 2


class WithMembers(Model):
    def loadings(self, compositions):
        return np.array([[0.2 if "Mg" in one.elements else 0.0, 0.1] for one in compositions])


@pytest.mark.parametrize("by", ACQUISITIONS)
def test_every_acquisition_gives_a_new_batch_spread_over_dopants_and_always_the_same(by) -> None:
    first = propose(Model(), known=KNOWN, n=4, by=by, seed=3, settings=SMALL)
    assert first == propose(Model(), known=KNOWN, n=4, by=by, seed=3, settings=SMALL)
    assert len({one.dopant for one in first.choices}) == 4
    assert {one.acquired_by for one in first.choices} == {by}
    taken = {composition_key(row.formula) for row in KNOWN}
    assert not taken & {composition_key(one.formula) for one in first.choices}
    assert all(one.gain >= 0 and one.acquisition > 0 for one in first.choices)


def test_an_unknown_acquisition_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Refusal, match="ei, nei, ucb, thompson, novelty"):
        propose(Model(), n=1, by="luck", settings=SMALL)


def test_thompson_follows_its_seed() -> None:
    batches = [propose(Model(), known=KNOWN, n=3, by="thompson", seed=s, settings=SMALL).choices for s in range(4)]
    assert len({tuple(one.formula for one in batch) for batch in batches}) > 1


def test_an_uncertain_best_makes_uncertain_candidates_worth_more() -> None:
    sure = propose(Model(sure=("Mg",)), known=KNOWN, n=1, by="nei", settings=SMALL).choices[0]
    unsure = propose(Model(), known=KNOWN, n=1, by="nei", settings=SMALL).choices[0]
    plain = propose(Model(), known=KNOWN, n=1, by="ei", settings=SMALL).choices[0]
    assert unsure.acquisition > plain.acquisition
    assert sure.acquisition < unsure.acquisition


def test_the_confidence_bound_prefers_what_is_not_known() -> None:
    model = Model({"Mg": 0.4, "Zn": 0.38}, sure=("Mg",))
    assert propose(model, known=KNOWN, n=1, by="ucb", settings=SMALL).choices[0].dopant == "Zn"


def test_novelty_is_the_distance_that_the_reasons_tell() -> None:
    rows = literature(KNOWN)
    candidates = tuple(stream_candidates(SMALL))[::60]
    found = novelty(candidates, rows)
    for one, value in zip(candidates, found, strict=True):
        here = dict(composition_key(one.composition))
        gaps = []
        for known, _ in rows.rows:
            atoms = {s for s in {*here, *known} if s != "O"}
            gap = 0.5 * sum(abs(here.get(s, 0) - known.get(s, 0)) * (0.25 if s == "Na" else 1) for s in atoms)
            gaps.append(gap + 0.1 * len(here.keys() ^ known.keys()))
        assert value == pytest.approx(min(gaps))


def test_draws_have_the_spread_and_neighbours_move_together() -> None:
    formulas = ["Na3.2Zr1.9Mg0.1Si2PO12", "Na3.24Zr1.88Mg0.12Si2PO12", "Na3.2Zr1.9Zn0.1Si2PO12", "Na3Zr2Si2PO12"]
    compositions = [Composition.parse(one) for one in formulas]
    model = WithMembers()
    joint = joint_of(model, compositions, model.predict(compositions))
    drawn = joint.draws(40_000, 1)
    assert drawn.mean(axis=0) == pytest.approx(joint.mean, abs=0.01)
    assert drawn.std(axis=0) == pytest.approx([0.25] * 4, abs=0.01)
    seen = np.corrcoef(drawn.T)
    expected = np.stack([joint.covariance(k) for k in range(4)]) / 0.25**2
    assert seen == pytest.approx(expected, abs=0.02)
    assert seen[0, 1] > 0.95
    assert 0.05 < seen[0, 2] < 0.5, "two dopants share only what the members disagree about"


def test_a_result_teaches_its_neighbours_and_less_when_it_is_noisy() -> None:
    formulas = ["Na3.2Zr1.9Mg0.1Si2PO12", "Na3.24Zr1.88Mg0.12Si2PO12", "Na3.2Zr1.9Zn0.1Si2PO12"]
    compositions = [Composition.parse(one) for one in formulas]
    joint = joint_of(Model(), compositions, Model().predict(compositions))
    exact = lesson(joint, 0, 0.0)
    assert exact.n_others == 1
    assert 0.15 < exact.fall < 0.25
    assert (
        exact.words
        == f"would teach: the sd of the other 1 Mg candidates falls by {exact.fall:.2f} dex on average, from 0.25"
    )
    assert lesson(joint, 0, 0.3).fall < exact.fall
    assert lesson(joint, 2, 0.1).n_others == 0


def test_a_batch_shares_one_furnace_program_and_what_cannot_be_made_is_passed_over() -> None:
    def program(formula: str) -> int:
        if "Zn" in formula:
            raise Refusal("no precursor", formula)
        return 1 if "Mg" in formula or "Ni" in formula else 2

    proposal = propose(Model(), known=KNOWN, n=3, settings=SMALL, program_of=program)
    assert {program(one.formula) for one in proposal.choices} == {1}
    assert "no precursor" in proposal.passed_over.values()
    assert any("same furnace load" in note for note in proposal.notes)
    again = propose(Model(), known=KNOWN, n=3, settings=SMALL, program_of=_replayed(proposal.passed_over))
    assert again.choices == proposal.choices


def _replayed(passed_over):
    def program(formula):
        if formula in passed_over:
            raise Refusal(passed_over[formula], formula)
        return 0

    return program


def _pellets(*values, formula="Na3.3Zr1.85Mg0.15Si2PO12", **more):
    return tuple(OwnPellet(f"NL-{k:04d}-P1", formula, value, 0.03, **more) for k, value in enumerate(values))


OTHER = OwnPellet("NL-0099-P1", "Na3.2Zr1.9Zn0.1Si2PO12", -3.2, 0.03)


def test_noise_asks_for_a_replicate_and_ignorance_does_not() -> None:
    pellets = (*_pellets(-3.0), OTHER)
    known = Model(spread=0.5, sure=("Mg",))
    ignorant = propose(known, known=KNOWN, n=3, pellets=pellets, best=-3.1, settings=SMALL)
    assert {one.kind for one in ignorant.choices} == {"new"}

    class Settled(Model):
        """New compositions are known to be worse; the two made ones are close and uncertain."""

        def predict(self, compositions):
            answer = super().predict(compositions)
            own = {composition_key(one.formula) for one in pellets}
            for k, one in enumerate(compositions):
                if composition_key(one) in own:
                    answer.mean[k], answer.epistemic_sd[k] = -3.0 - 0.01 * ("Zn" in one.elements), 0.15
                else:
                    answer.mean[k], answer.epistemic_sd[k] = -3.6, 0.1
            return answer

    settled = propose(Settled(), known=KNOWN, n=3, pellets=pellets, best=-3.0, settings=SMALL)
    assert [one.kind for one in settled.choices] == ["new", "new", "replicate"]
    again = settled.choices[-1]
    assert composition_key(again.formula) == composition_key(pellets[0].formula)
    assert "rests on 1 pellet" in again.reason
    assert "noise limits, not ignorance" in again.reason
    full = (*_pellets(-3.0, -3.1, -2.9, -3.0), OTHER)
    enough = propose(Settled(), known=KNOWN, n=3, pellets=full, best=-3.0, settings=SMALL)
    assert {one.kind for one in enough.choices} == {"new"}


def test_results_beside_their_predictions_ask_for_a_reference() -> None:
    low = tuple(
        OwnPellet(f"NL-{k:04d}-P1", f"Na3.2Zr1.9{s}0.1Si2PO12", -3.6, 0.03, predicted_mean=-3.1, predicted_sd=0.3)
        for k, s in enumerate(("Mg", "Zn", "Ni", "Co"))
    )
    proposal = propose(Model(), known=KNOWN, n=3, pellets=low, settings=SMALL)
    assert [one.kind for one in proposal.choices] == ["new", "new", "reference"]
    assert "4 results lie below their predictions as a whole" in proposal.choices[-1].reason
    reference = OwnPellet("NL-0009-P1", "Na3Zr2Si2PO12", -3.6, 0.03, is_reference=True)
    calm = propose(Model(), known=KNOWN, n=3, pellets=(*low, reference), settings=SMALL)
    assert "reference" not in {one.kind for one in calm.choices}
    assert offset_z(low)[1] == 4


def test_the_scatter_is_the_labs_own_once_there_are_replicates_enough() -> None:
    assert scatter(_pellets(-3.0, -3.2)) == (0.20, 0)
    sd, freedom = scatter(_pellets(-3.0, -3.1, -3.2, -2.9))
    assert freedom == 3
    assert sd == pytest.approx(np.std([-3.0, -3.1, -3.2, -2.9], ddof=1))


def test_the_knowledge_gradient_agrees_with_simulation() -> None:
    rng = np.random.default_rng(0)
    s, v, m, best = 0.3, 0.2, -3.2, -3.1
    truth = rng.normal(m, s, 200_000)
    seen = truth + rng.normal(0, v, truth.size)
    posterior = m + s**2 / (s**2 + v**2) * (seen - m)
    assert gain_of_new(m, s, best, v) == pytest.approx((np.maximum(posterior, best) - best).mean(), rel=0.02)
    posterior = best + s**2 / (s**2 + v**2) * (rng.normal(0, np.hypot(s, v), 200_000))
    assert gain_of_repeat(best, s, m, v) == pytest.approx((np.maximum(posterior, m)).mean() - best, rel=0.03)


def test_one_failure_lowers_its_neighbours_and_a_success_raises_them() -> None:
    def chance(*outcomes, dopant="Mg", silicon=2.0):
        proposal = propose(Model({"Mg": 1.0}), known=KNOWN, n=12, outcomes=outcomes, settings=SMALL)
        return {one.dopant: one.feasibility for one in proposal.choices}, proposal

    bad = Outcome("NL-0001", "Na3.4Zr1.8Mg0.2Si2PO12", False, "failed: cracked")
    good = Outcome("NL-0002", "Na3.4Zr1.8Mg0.2Si2PO12", True, "dense")
    before, _ = chance()
    after, told = chance(bad)
    raised, _ = chance(good)
    assert after["Mg"] < before["Mg"] < raised["Mg"]
    assert before["Mg"] - after["Mg"] > 2 * (before["Zn"] - after["Zn"]) > 0
    reason = next(one.reason for one in told.choices if one.dopant == "Mg")
    assert "NL-0001 failed: cracked: a dense single phase taken as" in reason
    unreadable = Outcome("NL-0003", "LiFePO4", False, "failed: cracked")
    assert chance(unreadable)[0] == before
