"""Relaxation times: peaks where the relaxations are, nothing that depends on units, and no electrode among them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instruments.spectrum import Spectrum
from nasicon_loop.core import Refusal
from nasicon_loop.eis import Circuit, relaxation_times, simulated_spectra

F = np.logspace(6, -1, 71)


def spectrum_of(text, parameters, noise=0.0, seed=0, f=F):
    z = Circuit.compile(text).impedance(f, parameters)
    random = np.random.default_rng(seed)
    return Spectrum(f, z * (1 + noise * (random.normal(size=len(f)) + 1j * random.normal(size=len(f)))))


def area(found):
    return float(found.gamma_ohm.sum() * np.log(found.tau_s[1] / found.tau_s[0]))


@pytest.mark.parametrize("noise", [0.0, 0.003, 0.01])
def test_two_rc_elements_give_two_peaks_at_their_time_constants(noise):
    found = relaxation_times(spectrum_of("R0-p(R1,C1)-p(R2,C2)", [10.0, 100.0, 1e-8, 200.0, 1e-6], noise))
    assert [peak.tau_s for peak in found.peaks] == pytest.approx([1e-6, 2e-4], rel=0.06)
    assert [peak.frequency_hz for peak in found.peaks] == pytest.approx([159e3, 796.0], rel=0.06)
    assert area(found) == pytest.approx(300.0, rel=0.01)
    assert found.r_infinity_ohm == pytest.approx(10.0, abs=1.0)
    assert found.electrode_from_s is None


@pytest.mark.parametrize("noise", [0.0, 0.003])
@pytest.mark.parametrize("exponent", [0.7, 0.8, 0.95])
def test_a_depressed_arc_is_one_peak_at_its_time_constant_with_its_known_height(noise, exponent):
    tau, r = 1e-4, 100.0
    found = relaxation_times(spectrum_of("R0-p(R1,CPE1)", [10.0, r, tau**exponent / r, exponent], noise))
    (peak,) = found.peaks
    assert peak.tau_s == pytest.approx(tau, rel=0.15)
    turn = (1.0 - exponent) * np.pi
    exact = r / (2 * np.pi) * np.sin(turn) / (1.0 - np.cos(turn))  # of a Cole-Cole element at its apex
    if exponent < 0.9:  # a sharper peak is flattened by the smoothing
        assert peak.gamma_ohm == pytest.approx(exact, rel=0.2)
    assert area(found) == pytest.approx(r, rel=0.02)


def test_a_blocking_electrode_is_left_out():
    found = relaxation_times(spectrum_of("L0-R0-p(R1,CPE1)-CPE2", [1e-6, 60.0, 90.0, 1e-7, 0.9, 1e-5, 0.86], 0.003))
    assert found.electrode_from_s is not None
    assert found.tau_s[-1] <= found.electrode_from_s < 1e-3
    (peak,) = found.peaks
    assert peak.tau_s == pytest.approx((90.0 * 1e-7) ** (1 / 0.9), rel=0.15)
    assert area(found) == pytest.approx(90.0, rel=0.1)
    assert found.inductance_h == pytest.approx(1e-6, rel=0.1)
    assert "looking" in found.caveat


def test_a_spike_alone_has_no_relaxation():
    found = relaxation_times(spectrum_of("L0-R0-CPE1", [1e-6, 60.0, 1e-5, 0.86], 0.003))
    assert not found.peaks
    assert found.r_infinity_ohm == pytest.approx(60.0, rel=0.01)


def test_what_is_no_sum_of_relaxations_says_so():
    f = np.logspace(5, 0, 51)
    z = 10.0 + 5.0 / (1.0 + 1j * f / 100.0) - 6.0 / (1.0 + 1j * f / 5.0)
    assert "misses the data" in relaxation_times(Spectrum(f, z)).caveat


@settings(max_examples=12, deadline=None)
@given(st.floats(-3, 3), st.floats(-1, 1), st.sampled_from(simulated_spectra(6, seed=5)))
def test_scaling_ohm_scales_gamma_and_scaling_hertz_shifts_tau(ohm, hertz, simulated):
    one = simulated.spectrum
    base = relaxation_times(one)
    louder = relaxation_times(Spectrum(one.frequency_hz, 10.0**ohm * one.impedance_ohm))
    faster = relaxation_times(Spectrum(10.0**hertz * one.frequency_hz, one.impedance_ohm))
    least = 1e-3 * base.gamma_ohm.max(initial=1e-9)
    assert louder.gamma_ohm / 10.0**ohm == pytest.approx(base.gamma_ohm, rel=1e-3, abs=least)
    n = min(len(base.tau_s), len(faster.tau_s))  # the grid may gain or lose its last point by rounding
    assert abs(len(base.tau_s) - len(faster.tau_s)) <= 1
    assert faster.tau_s[:n] * 10.0**hertz == pytest.approx(base.tau_s[:n], rel=0.02)
    assert np.all(base.gamma_ohm >= 0)


def test_masked_points_are_left_out_and_arrays_are_read_only():
    clean = spectrum_of("R0-p(R1,CPE1)", [10.0, 100.0, 1e-6, 0.9])
    z = clean.impedance_ohm.copy()
    z[:8] = 500.0 - 5j
    found = relaxation_times(Spectrum(F, z), masked=tuple(range(8)))
    assert found.peaks[0].tau_s == pytest.approx((1e-4) ** (1 / 0.9), rel=0.15)
    with pytest.raises(ValueError, match="read-only"):
        found.gamma_ohm[0] = 1.0


@pytest.mark.parametrize(
    ("f", "z"),
    [
        (np.logspace(6, 0, 61), np.full(61, 100.0 + 0j)),
        (np.logspace(6, 0, 61), 1j * np.logspace(6, 0, 61)),
        (np.logspace(6, 0, 61), -1j / np.logspace(6, 0, 61)),
        (np.logspace(2, 1, 10), np.full(10, 1.0 - 1j)),
        (np.repeat(np.logspace(6, 0, 31), 2), np.full(62, 100.0 - 3j)),
        (np.logspace(6, 0, 61), np.random.default_rng(0).normal(size=61) + 1j),
        (np.logspace(6, 0, 5000), 100.0 + 50.0 / (1.0 + 1e-3j * np.logspace(6, 0, 5000))),
    ],
)
def test_odd_spectra_give_finite_values(f, z):
    found = relaxation_times(Spectrum(f, z))
    assert np.isfinite(found.gamma_ohm).all()
    assert np.isfinite([found.r_infinity_ohm, found.inductance_h, found.misfit]).all()


def test_too_little_is_refused():
    with pytest.raises(Refusal, match="10 points"):
        relaxation_times(Spectrum(np.logspace(3, 0, 9), np.full(9, 1.0 - 1j)))
    with pytest.raises(Refusal, match="decade"):
        relaxation_times(Spectrum(np.linspace(10.0, 20.0, 30), np.full(30, 1.0 - 1j)))
