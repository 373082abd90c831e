"""The checked numbers of the recipe: to the last printed digit."""

import pytest

import recipes
from nasicon_loop.core import Refusal


def masses(recipe: recipes.Recipe) -> dict[str, str]:
    return {line.formula: f"{line.mass_g:.4f}" for line in recipe.precursors}


def test_ten_grams_of_the_parent_compound() -> None:
    recipe = recipes.plan("Na3Zr2Si2PO12", mass_g=10)
    phosphate = next(line for line in recipe.precursors if line.formula == "Na3PO4")
    assert f"{phosphate.stoichiometric_g:.4f}" == "3.0900"
    assert f"{phosphate.mass_g:.4f}" == "3.5535"
    assert recipe.batched == "Na3.45Zr2Si2P1.15O12.6"
    assert recipe.weighed == recipe.target == "Na3Zr2Si2PO12"
    assert recipe.gas_loss_g == 0.0


def test_the_batch_reading_adds_three_times_as_much() -> None:
    assert masses(recipes.plan("Na3Zr2Si2PO12", mass_g=10, excess_basis="batch"))["Na3PO4"] == "4.5900"


def test_the_hydrate() -> None:
    for name in ("Na3PO4.12H2O", "Na3PO4·12H2O", "trisodium phosphate 12-hydrate"):
        recipe = recipes.plan("Na3Zr2Si2PO12", mass_g=10, precursors=[name])
        assert masses(recipe)["Na3PO4·12H2O"] == "8.2393"
        assert recipe.gases_g["H2O"] > 4


def test_scandium_needs_carbonate() -> None:
    recipe = recipes.plan("Na3.4Zr1.6Sc0.4Si2PO12", mass_g=10, excess_percent=0)
    assert masses(recipe) == {
        "Na3PO4": "3.1452",
        "Na2CO3": "0.4067",
        "ZrO2": "3.7824",
        "SiO2": "2.3054",
        "Sc2O3": "0.5292",
    }
    assert f"{recipe.gas_loss_g:.4f}" == "0.1689"
    assert set(recipe.gases_g) == {"CO2"}


def test_strict_paper_says_what_is_missing() -> None:
    recipe = recipes.plan("Na3.36Zr1.92Cu0.08Si2.2P0.8O12", mass_g=10, strict_paper=True)
    assert recipe.shortfall == pytest.approx({"Na": 0.96})
    assert set(masses(recipe)) == {"Na3PO4", "ZrO2", "SiO2", "CuO"}
    assert recipe.weighed == "Na2.4Zr1.92Cu0.08Si2.2P0.8O11.52"
    assert any("0.96 Na short" in warning for warning in recipe.warnings)
    short_of_phosphorus = recipes.plan("Na2Zr2SiP2O12", strict_paper=True)
    assert short_of_phosphorus.shortfall == pytest.approx({"P": 4 / 3})


def test_strict_paper_with_isovalent_dopant_is_complete() -> None:
    recipe = recipes.plan("Na3Zr1.9Ce0.1Si2PO12", strict_paper=True)
    assert recipe.shortfall == {}
    assert recipe.weighed == recipe.target
    with pytest.raises(Refusal, match="needs both"):
        recipes.plan("Na4Zr2Si3O12", strict_paper=True)
    with pytest.raises(Refusal, match="cannot be combined"):
        recipes.plan("Na3Zr2Si2PO12", strict_paper=True, precursors=["Na2CO3"])


def test_furnace_times() -> None:
    calcination, sintering = recipes.plan("Na3Zr2Si2PO12").programs
    assert [f"{s.ramp_min:.1f}" for s in calcination.segments] == ["358.3", "358.3"]
    assert f"{calcination.hours:.1f}" == "23.9"
    assert [f"{s.ramp_min:.1f}" for s in sintering.segments] == ["391.7", "391.7"]
    assert f"{sintering.hours:.1f}" == "25.1"
    assert [s.target_c for s in sintering.segments] == [1200, 25]
    assert "cool more slowly" in sintering.note


def test_pressing_force_and_density() -> None:
    assert f"{recipes.force_kn(800, 16):.1f}" == "160.8"
    assert f"{recipes.tonnes_force(recipes.force_kn(800, 16)):.1f}" == "16.4"
    # 16 mm after firing with 12.7 to 16.7 % linear shrinkage
    dies = [recipes.die_for_fired_mm(16, shrinkage) for shrinkage in (0.127, 1 / 6)]
    assert [f"{die:.1f}" for die in dies] == ["18.3", "19.2"]
    assert [f"{recipes.force_kn(800, die):.0f}" for die in dies] == ["211", "232"]
    assert [f"{recipes.force_kn(800, die):.1f}" for die in (18, 19)] == ["203.6", "226.8"]
    assert f"{recipes.density_g_cm3(0.6, 1.6, 0.12):.2f}" == "2.49"
    assert round(100 * recipes.relative_density(0.6, 1.6, 0.12, 3.26)) == 76
    assert recipes.gauge_bar(160.8, 40.2) == pytest.approx(400)
