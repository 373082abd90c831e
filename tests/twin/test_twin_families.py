"""The families of hidden truths: frozen, different from each other, and as friendly to the literature as they say."""

from fractions import Fraction

import numpy as np
import pytest

from nasicon_loop.chemistry import dopants, dope
from nasicon_loop.core import Refusal
from nasicon_loop.twin import (
    FAMILIES,
    Report,
    dopant_effects,
    draw_truth,
    family,
    family_of,
    purpose_of,
    split_by_source,
    taught,
)
from nasicon_loop.twin.families import FIRST_TUNING_SEED, SCATTER_DEX
from nasicon_loop.twin.learned_truths import hidden_trees, random_field
from nasicon_loop.twin.surface import Surface

UNDOPED = "Na3Zr2Si2PO12"
PROBES = [
    dope(symbol, amount, silicon)
    for symbol in ("Mg", "Sc", "Y", "Zn", "Nb", "Ce", "Al", "Ca")
    for amount in (Fraction(1, 20), Fraction(1, 5))
    for silicon in (2, Fraction(11, 5))
]
SEEDS = (0, 1, FIRST_TUNING_SEED, FIRST_TUNING_SEED + 1)
FROZEN_VALUES = {  # undoped, Na3.4Zr1.8Mg0.2Si2PO12, Na3.2Zr1.8Sc0.2Si2PO12, told the shipped table
    0: [-3.5536, -3.3224, -3.1858],
    1: [-3.4044, -3.5527, -3.5859],
    1000: [-3.4964, -3.3524, -3.4464],
    1001: [-3.4838, -3.7739, -3.1707],
}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_seed_is_the_same_truth_and_another_seed_another(seed, reports):
    one, same, other = (draw_truth(k, reports).log10_sigmas(PROBES) for k in (seed, seed, seed + 2))
    assert one == same
    assert np.abs(np.array(one) - other).max() > 0.05
    assert one[3] == draw_truth(seed, reports).log10_sigma(PROBES[3])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_frozen_truth_stays_as_it_is(seed, reports):
    formulas = (UNDOPED, "Na3.4Zr1.8Mg0.2Si2PO12", "Na3.2Zr1.8Sc0.2Si2PO12")
    assert draw_truth(seed, reports).log10_sigmas(formulas) == pytest.approx(FROZEN_VALUES[seed], abs=5e-4)


def test_seeds_are_for_one_purpose_and_families_take_turns():
    assert [family_of(seed).name for seed in SEEDS] == ["trees", "misleading", "physics", "field"]
    assert [purpose_of(seed) for seed in SEEDS] == ["reporting", "reporting", "tuning", "tuning"]
    assert all(family_of(seed).purpose == purpose_of(seed) for seed in range(0, 2 * FIRST_TUNING_SEED, 37))
    assert {one.purpose for one in FAMILIES} == {"tuning", "reporting"}
    with pytest.raises(Refusal):
        family_of(-1)
    with pytest.raises(Refusal, match="physics, field"):
        family("alchemy")


def test_families_disagree_on_one_seed(reports):
    values = [np.array(one.draw(0, reports).log10_sigmas(PROBES)) for one in FAMILIES]
    for k, one in enumerate(values):
        for other in values[k + 1 :]:
            assert np.abs(one - other).mean() > 0.05


@pytest.mark.parametrize("one", FAMILIES, ids=lambda one: one.name)
def test_every_family_looks_like_the_literature_and_has_something_to_find(one, reports):
    for seed in range(6):
        truth = one.draw(seed, reports)
        undoped = truth.log10_sigma(UNDOPED)
        values = np.array(truth.log10_sigmas(PROBES))
        assert -4.6 < undoped < -2.3
        assert (values > -9.0).all()
        assert (values < -1.5).all()
        assert np.ptp(values) > 0.3
        assert SCATTER_DEX[0] <= truth.scatter_sd_dex <= SCATTER_DEX[1]


@pytest.mark.parametrize("one", FAMILIES, ids=lambda one: one.name)
def test_too_much_of_a_misfit_is_a_second_phase_in_every_family(one, reports):
    truth = one.draw(3, reports)
    little, much = (truth.crowding({"La": amount}) for amount in (0.01, 0.4))
    assert little < much
    assert truth.solubility("La") < truth.solubility("Mg")
    assert one.draw(3, reports).log10_sigma("Na3.4Zr1.6La0.4Si2PO12") < truth.log10_sigma(UNDOPED) - 0.3


def _agreement(name, reports, seeds):
    """Return the correlations of a family's dopant effects at 0.05 with what the literature says of them."""
    said = dopant_effects(reports)
    found = []
    for seed in seeds:
        truth = family(name).draw(seed, reports)
        undoped = truth.log10_sigma(UNDOPED)
        shown = [truth.log10_sigma(dope(symbol, Fraction(1, 20))) - undoped for symbol in said]
        found.append(np.corrcoef(shown, list(said.values()))[0, 1])
    return float(np.mean(found))


def test_the_literature_helps_misleads_or_knows_nothing(reports):
    seeds = range(60)
    physics, misleading, field = (_agreement(name, reports, seeds) for name in ("physics", "misleading", "field"))
    assert physics > 0.15
    assert misleading < -0.25
    assert abs(field) < 0.15


def test_a_field_is_smooth():
    truth = random_field(Surface(4))
    steps = [truth.log10_sigma(dope("Mg", Fraction(k, 100))) for k in range(1, 30)]
    assert np.abs(np.diff(steps)).max() < 0.12


def test_trees_know_the_rows_that_no_model_may_learn(reports):
    learned, hidden = split_by_source(reports, 0)
    assert {row.source for row in learned}.isdisjoint(row.source for row in hidden)
    assert min(len(learned), len(hidden)) > len(reports) / 4
    assert taught(0, reports) == learned
    assert taught(1, reports) == reports
    truth = hidden_trees(Surface(0), hidden)
    said = np.array([row.log10_sigma for row in hidden])
    assert np.corrcoef(truth.log10_sigmas([row.formula for row in hidden]), said)[0, 1] > 0.5
    with pytest.raises(Refusal, match="at least"):
        hidden_trees(Surface(0), hidden[:3])


def test_dopant_effects_are_over_the_undoped_and_shrunk():
    rows = [
        Report(UNDOPED, -3.0, "a"),
        Report("Na3.4Zr1.8Mg0.2Si2PO12", -2.6, "a"),
        Report("Na3.4Zr1.8Mg0.2Si2PO12", -2.6, "b"),
        Report("Na3.2Zr1.8Sc0.1Y0.1Si2PO12", -2.0, "b"),  # two dopants say nothing about one
        Report("LiZr2P3O12", -7.0, "c"),
        Report("no formula", -3.0, "c"),
    ]
    assert dopant_effects(rows) == pytest.approx({"Mg": 0.8 / 3})
    assert dopant_effects(rows[1:]) == {}
    assert set(dopant_effects(rows)) <= set(dopants())
