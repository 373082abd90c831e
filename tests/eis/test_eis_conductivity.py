"""From R to sigma: formula, budget, temperature."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasicon_loop.core import Refusal
from nasicon_loop.core.units import BOLTZMANN_EV_K
from nasicon_loop.eis import Geometry, Settings, analyse, conductivity, paper_spectrum

PELLET = Geometry(0.112, 1.6, 0.002, 0.01)


def test_the_area_is_the_electrodes() -> None:
    assert pytest.approx(2.0106, abs=1e-4) == PELLET.area_cm2
    assert conductivity(330.79, 0.0, PELLET, temperature_c=25.0).sigma_s_cm == pytest.approx(1.68e-4, rel=0.003)


def test_the_budget_adds_up_in_squares() -> None:
    value = conductivity(330.79, 0.9, PELLET, temperature_c=25.0, temperature_c_sd=0.5)
    budget = value.budget
    assert budget["thickness"] == pytest.approx(0.002 / 0.112)
    assert budget["diameter"] == pytest.approx(2 * 0.01 / 1.6)
    assert budget["temperature"] == pytest.approx(0.32 / (BOLTZMANN_EV_K * 298.15**2) * 0.5)
    assert budget["correction"] == 0.0
    total = math.sqrt(sum(part**2 for part in budget.values()))
    assert value.sigma_25_s_cm_sd / value.sigma_25_s_cm == pytest.approx(total)
    assert value.sigma_25_s_cm == value.sigma_s_cm


def test_leads_count_for_small_resistances() -> None:
    assert conductivity(20.0, 0.02, PELLET, temperature_c=25.0).budget["leads"] == pytest.approx(0.3 / 20.0)


def test_ten_kelvin_are_forty_to_fifty_percent() -> None:
    settings = Settings(activation_energy_ev=0.30)
    cold = conductivity(100.0, 0.1, PELLET, temperature_c=20.0, settings=settings)
    warm = conductivity(100.0, 0.1, PELLET, temperature_c=30.0, settings=settings)
    assert cold.sigma_25_s_cm / warm.sigma_25_s_cm == pytest.approx(1.48, abs=0.04)
    assert warm.budget["correction"] > 0


def test_an_unknown_temperature_costs_fifteen_percent() -> None:
    value = conductivity(100.0, 0.1, PELLET)
    assert value.sigma_25_s_cm_sd / value.sigma_25_s_cm >= 0.15
    analysis = analyse(paper_spectrum(49.32, 53.21, temperature_c=None).spectrum, PELLET)
    assert analysis.sigma_25_s_cm is not None
    assert (analysis.sigma_25_s_cm_sd or 0.0) / analysis.sigma_25_s_cm >= 0.15
    assert any("temperature unknown" in note for note in analysis.notes)
    known = analysis.with_temperature(25.0, 0.5, "command").with_geometry(PELLET)
    assert (known.sigma_25_s_cm_sd or 1.0) / (known.sigma_25_s_cm or 1.0) < 0.05
    assert not any("temperature unknown" in note for note in known.notes)


@given(r=st.floats(1, 1e8), at_c=st.floats(-100, 300), thickness=st.floats(0.02, 0.5))
def test_sigma_is_inverse_in_r_and_its_sd_never_below_its_parts(r: float, at_c: float, thickness: float) -> None:
    pellet = Geometry(thickness, 1.2)
    one = conductivity(r, 0.01 * r, pellet, temperature_c=at_c)
    two = conductivity(2 * r, 0.02 * r, pellet, temperature_c=at_c)
    assert one.sigma_s_cm == pytest.approx(2 * two.sigma_s_cm)
    assert one.sigma_s_cm_sd >= one.sigma_s_cm * max(v for k, v in one.budget.items() if k != "correction")
    assert one.sigma_25_s_cm_sd / one.sigma_25_s_cm >= one.sigma_s_cm_sd / one.sigma_s_cm - 1e-12


@pytest.mark.parametrize(
    "wrong", [(0.0, 1.6), (-0.1, 1.6), (0.1, float("nan")), (12.0, 1.6), (0.1, 16.0), (0.1, 1.6, -0.1)]
)
def test_impossible_lengths_are_refused(wrong: tuple[float, ...]) -> None:
    with pytest.raises(Refusal):
        Geometry(*wrong)
