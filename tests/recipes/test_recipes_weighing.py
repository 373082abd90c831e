"""At the balance: excess, batch size, resolution, what was really weighed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import recipes
from nasicon_loop.core import Refusal

CU = "Na3.36Zr1.92Cu0.08Si2.2P0.8O12"


def masses(recipe: recipes.Recipe) -> dict[str, float]:
    return {line.formula: line.mass_g for line in recipe.precursors}


def test_batch_from_pellets_with_losses() -> None:
    assert recipes.plan(CU, n_pellets=4).mass_g == pytest.approx(4 * 0.6 * 1.1)
    assert recipes.plan(CU, n_pellets=4, loss_allowance_percent=0).mass_g == pytest.approx(2.4)
    assert recipes.plan(CU, mass_g=6.6).n_pellets == 10
    assert any("too small for one pellet" in warning for warning in recipes.plan(CU, mass_g=0.5).warnings)


def test_the_three_bases_differ_and_say_so() -> None:
    batched = {b: recipes.plan(CU, excess_basis=b).batched for b in ("precursor", "element", "batch")}
    assert batched["precursor"] == "Na3.72Zr1.92Cu0.08Si2.2P0.92O12.48"
    assert batched["element"] == "Na3.864Zr1.92Cu0.08Si2.2P0.92O12.552"
    assert batched["batch"].startswith("Na4.8")
    words = {b: recipes.plan(CU, excess_basis=b).excess_words for b in batched}
    assert "of the mass of Na3PO4 that the target needs" in words["precursor"]
    assert "mol% of Na and of P" in words["element"]
    assert "of the mass of target compound" in words["batch"]


def test_excess_of_one_element_alone() -> None:
    recipe = recipes.plan(CU, excess_basis="element", excess_elements=["Na"], excess_percent=10)
    assert recipe.batched == "Na3.696Zr1.92Cu0.08Si2.2P0.8O12.168"
    assert recipe.excess_amounts == pytest.approx({"Na": 0.336})


def test_excess_where_the_target_has_no_phosphorus_or_no_sodium() -> None:
    silicate = recipes.plan("Na4Zr2Si3O12")
    assert silicate.batched == "Na4.6Zr2Si3O12.3"
    assert "no phosphorus" in silicate.excess_words
    lithium = recipes.plan("LiZr2P3O12")
    assert lithium.batched == lithium.target
    assert any("no sodium" in warning for warning in lithium.warnings)


def test_weighed_leaves_the_declared_excess_out() -> None:
    recipe = recipes.plan(CU, mass_g=10)
    exact = recipes.weighed_composition(recipe, masses(recipe))
    assert exact.weighed_formula == CU
    assert exact.batched_formula == recipe.batched
    assert exact.excess_fraction == pytest.approx(0.15)
    assert exact.out_of_tolerance == ()


def test_weighed_shows_the_slip() -> None:
    recipe = recipes.plan("Na3Zr2Si2PO12", mass_g=10)
    slip = masses(recipe) | {"ZrO2": masses(recipe)["ZrO2"] + 0.100}
    weighed = recipes.weighed_composition(recipe, slip)
    assert weighed.out_of_tolerance == ("ZrO2",)
    assert weighed.deviation_percent["Zr"] > 1
    assert weighed.deviation_percent["Na"] < 0
    assert weighed.weighed_amounts["O"] == pytest.approx(12)
    ratio = weighed.weighed_amounts["Zr"] / weighed.weighed_amounts["Si"]
    assert ratio == pytest.approx(1 + 0.1 / masses(recipe)["ZrO2"])


@settings(max_examples=25, deadline=None)
@given(factor=st.floats(0.6, 1.9))
def test_a_larger_batch_is_the_same_composition(factor: float) -> None:
    recipe = recipes.plan(CU, mass_g=10)
    weighed = recipes.weighed_composition(recipe, {f: m * factor for f, m in masses(recipe).items()})
    assert weighed.weighed_formula == CU
    assert weighed.excess_fraction == pytest.approx(0.15)
    assert weighed.mass_g == pytest.approx(10 * factor)


def test_rescue_after_too_much_of_one_precursor() -> None:
    recipe = recipes.plan(CU, mass_g=10)
    actual = masses(recipe)["CuO"] * 1.1
    rescued = recipes.rescaled(recipe, "CuO", actual)
    assert masses(rescued)["CuO"] == pytest.approx(actual)
    assert recipes.weighed_composition(rescued, masses(rescued)).weighed_formula == CU
    assert rescued.total_g == pytest.approx(sum(masses(rescued).values()))
    assert any("rescaled" in warning for warning in rescued.warnings)
    with pytest.raises(Refusal, match="plan a new batch"):
        recipes.rescaled(recipe, "CuO", 10 * actual)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"CuO": None}, "no mass given for CuO"),
        ({"NaCl": 1.0}, "is not in this recipe"),
        ({"CuO": -1.0}, "not negative"),
        ({"CuO": float("nan")}, "not negative"),
        ({"copper(II) oxide": 1.0}, "given twice"),
    ],
)
def test_impossible_weighings_are_refused(change: dict[str, float | None], reason: str) -> None:
    recipe = recipes.plan(CU, mass_g=10)
    given_masses = {name: mass for name, mass in (masses(recipe) | change).items() if mass is not None}
    with pytest.raises(Refusal, match=reason):
        recipes.weighed_composition(recipe, given_masses)


def test_assay_makes_the_mass_larger_and_is_taken_back() -> None:
    plain, impure = recipes.plan(CU, mass_g=10), recipes.plan(CU, mass_g=10, assays={"Na3PO4": 0.96})
    assert masses(impure)["Na3PO4"] == pytest.approx(masses(plain)["Na3PO4"] / 0.96)
    assert recipes.weighed_composition(impure, masses(impure)).weighed_formula == CU
    assert "assay of Na3PO4 96 %" in recipes.sheet(impure, label="NL-0001")


def test_rounding_and_its_error() -> None:
    fine, coarse = (recipes.plan(CU, mass_g=2, balance_resolution_g=step) for step in (0.0001, 0.01))
    assert fine.rounding_error_percent < 0.3 < coarse.rounding_error_percent
    for line in coarse.precursors:
        assert line.rounded_g == pytest.approx(line.mass_g, abs=0.00501)
        assert line.tolerance_g >= 0.01
    assert coarse.rounded != coarse.target


def test_small_masses_get_a_master_mix_that_gives_the_same_masses() -> None:
    recipe = recipes.plan("Na3.04Zr1.98Sc0.02Si2.02P0.98O12", mass_g=2)
    assert recipe.master_mix is not None
    mix = recipe.master_mix
    assert "Sc2O3" in mix.small
    assert mix.carrier == "ZrO2"
    share = mix.take_g / sum(mix.masses_g.values())
    for formula, mass in mix.masses_g.items():
        assert mass * share == pytest.approx(masses(recipe)[formula], rel=0.005)
    assert any("one balance step is" in warning for warning in recipe.warnings)
    assert recipes.plan(CU, mass_g=10).master_mix is None
