"""DC polarisation: the electronic share is found with its error, and a current that still falls is not believed."""

import numpy as np
import pytest

from nasicon_loop.core import Refusal
from nasicon_loop.eis import Geometry, Settings, polarisation

PELLET = Geometry(0.1, 1.6)
T = np.arange(0.0, 3600.0, 5.0)


def current(steady_a: float, *, tau_s: float = 400.0, noise_a: float = 2e-8, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(size=len(T))
    return steady_a + 5e-5 * np.exp(-T / tau_s) + noise_a * noise


def test_the_electronic_conductivity_and_the_transference_number() -> None:
    found = polarisation(T, current(2e-6), 0.5, geometry=PELLET, sigma_total_s_cm=1e-3, sigma_total_s_cm_sd=3e-5)
    truth = 2e-6 * 0.1 / (0.5 * PELLET.area_cm2)
    assert found.verdict == "accepted"
    assert found.sigma_e_s_cm == pytest.approx(truth, rel=0.02)
    assert found.transference_number == pytest.approx(1 - truth / 1e-3, abs=1e-5)
    assert found.tau_s == pytest.approx(400.0, rel=0.05)
    assert not found.is_bound


def test_the_sd_covers_the_truth() -> None:
    inside = 0
    for seed in range(100):
        found = polarisation(T, current(3e-7, noise_a=1e-7, seed=seed), 0.5)
        inside += abs(found.current_a - 3e-7) < 2 * found.current_a_sd
    assert inside >= 93


def test_a_current_that_still_falls_is_put_up_for_review() -> None:
    early = T < 600
    found = polarisation(T[early], current(2e-6)[early], 0.5)
    assert found.verdict == "review"
    assert "hold the voltage longer" in found.reasons[0]


def test_a_stretched_decay_is_covered_by_its_sd() -> None:
    i = 2e-6 + 5e-5 * np.exp(-np.sqrt(T / 60.0))
    found = polarisation(T, i, 0.5)
    assert abs(found.current_a - 2e-6) < 2 * found.current_a_sd


def test_nothing_but_noise_is_an_upper_bound() -> None:
    found = polarisation(T, current(0.0, tau_s=150.0), 0.5, geometry=PELLET, sigma_total_s_cm=1e-3)
    assert found.is_bound
    assert found.transference_number == pytest.approx(1.0, abs=1e-5)


def test_the_sign_of_the_voltage_does_not_matter_but_a_wrong_one_is_seen() -> None:
    assert polarisation(T, -current(2e-6), -0.5).current_a == pytest.approx(2e-6, rel=0.03)
    found = polarisation(T, -current(2e-6), 0.5)
    assert any("against the voltage" in reason for reason in found.reasons)


def test_very_many_points_are_averaged() -> None:
    t = np.linspace(0, 3600, 500_000)
    noise = np.random.default_rng(1).normal(size=len(t))
    found = polarisation(t, 2e-6 + 5e-5 * np.exp(-t / 300) + 1e-7 * noise, 0.5)
    assert found.n_points <= 2000
    assert found.current_a == pytest.approx(2e-6, rel=0.02)


def test_wrong_input_is_refused() -> None:
    with pytest.raises(Refusal, match="at least 20"):
        polarisation(T[:5], T[:5], 0.5)
    with pytest.raises(Refusal, match="voltage"):
        polarisation(T, current(1e-6), 0.0)
    with pytest.raises(Refusal, match="same time"):
        polarisation(np.zeros(30), np.ones(30), 0.5)
    assert polarisation(T, current(2e-6), 0.5, settings=Settings(max_unsteady=1e-5)).verdict == "review"
