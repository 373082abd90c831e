"""Several sweeps of one pellet: what changed between them is said, what agrees is accepted."""

from dataclasses import replace

import pytest

from instruments.spectrum import Spectrum
from nasicon_loop.eis import Geometry, Repeat, Settings, analyse_repeats, arrhenius, goes_up, paper_spectrum, pooled

PELLET = Geometry(0.112, 1.6)


def sweep(factor: float = 1.0, *, seed: int = 0, up: bool = False, temperature_c: float | None = 25.0) -> Spectrum:
    z = paper_spectrum(60.0, 200.0, seed=seed).spectrum
    step = -1 if up else 1
    spectrum = Spectrum(z.frequency_hz[::step], factor * z.impedance_ohm[::step])
    return spectrum if temperature_c is None else spectrum.with_temperature(temperature_c, 0.3, "command")


def gate(analysis: object, name: str) -> object:
    return next((one for one in analysis.gates if one.name == name), None)  # type: ignore[attr-defined]


def test_sweeps_that_agree_are_accepted_and_the_gate_is_shown() -> None:
    made = analyse_repeats([sweep(seed=1), sweep(seed=2), sweep(seed=3)], PELLET)
    assert [one.verdict for one in made] == ["accepted"] * 3
    assert all(gate(one, "repeat").is_passed for one in made)  # type: ignore[attr-defined]


def test_a_change_between_two_puts_both_up_for_review() -> None:
    made = analyse_repeats([sweep(1.06, seed=1), sweep(seed=2)], PELLET)
    assert [one.verdict for one in made] == ["review", "review"]
    assert "sweep before or after" in made[0].reasons[0]
    assert gate(made[0], "repeat").value == pytest.approx(0.06, abs=0.01)  # type: ignore[attr-defined]


def test_a_cell_that_settled_is_believed_from_then_on() -> None:
    made = analyse_repeats([sweep(1.06, seed=1), sweep(seed=2), sweep(seed=3)], PELLET)
    assert [one.verdict for one in made] == ["review", "accepted", "accepted"]


def test_a_return_sweep_is_known_as_such() -> None:
    assert goes_up(sweep(up=True))
    made = analyse_repeats([sweep(seed=1), sweep(1.05, seed=2, up=True)], PELLET)
    assert "between the sweep and its return" in made[1].reasons[0]


def test_sweeps_at_other_temperatures_are_no_repeats() -> None:
    made = analyse_repeats([sweep(seed=1), sweep(0.5, seed=2, temperature_c=45.0)], PELLET)
    assert [one.verdict for one in made] == ["accepted", "accepted"]
    assert gate(made[0], "repeat") is None


def test_a_known_difference_in_temperature_is_allowed_for() -> None:
    warmer = sweep(0.967, seed=2, temperature_c=25.8)  # 4.2 % per kelvin
    made = analyse_repeats([sweep(seed=1), warmer], PELLET)
    assert [one.verdict for one in made] == ["accepted", "accepted"]


def test_the_session_before_counts_and_the_limit_is_a_setting() -> None:
    before = Repeat(r_total_ohm=273.0, r_total_ohm_sd=0.5, temperature_c=25.0, is_return=False)
    (made,) = analyse_repeats([sweep(seed=1)], PELLET, earlier=[before])
    assert made.verdict == "review"
    (made,) = analyse_repeats([sweep(seed=1)], PELLET, earlier=[before], settings=Settings(max_repeat_change=0.1))
    assert made.verdict == "accepted"


def test_a_rejected_sweep_is_left_out() -> None:
    two_points = Spectrum([1e5, 1e4], [10 - 1j, 20 - 2j])
    made = analyse_repeats([sweep(seed=1), two_points, sweep(seed=2)], PELLET)
    assert [one.verdict for one in made] == ["accepted", "rejected", "accepted"]
    assert gate(made[0], "repeat") is not None


def test_of_a_temperature_series_the_sweeps_near_25_c_make_the_pooled_value() -> None:
    warm = [sweep(factor, seed=k, temperature_c=t) for k, (t, factor) in enumerate([(25, 1.0), (60, 0.36), (90, 0.18)])]
    made = analyse_repeats(warm, PELLET)
    found = pooled([made])
    assert found.n_sweeps == 1
    assert found.sigma_25_s_cm == pytest.approx(made[0].sigma_25_s_cm or 0)
    assert arrhenius(made).activation_energy_ev == pytest.approx(0.27, abs=0.02)
    same = pooled([[made[0], replace(made[0])]])
    assert same.n_sweeps == 2
    assert same.sigma_25_s_cm_sd < found.sigma_25_s_cm_sd
    assert same.sigma_25_s_cm_sd > 0.9 * found.sigma_25_s_cm_sd, "thickness and electrode do not improve by repeating"
