"""What is seen without any circuit: noise, outliers, drift, minima."""

import numpy as np
import pytest

from nasicon_loop.eis import kramers_kronig, simulated_spectra
from nasicon_loop.eis.crosscheck import drift, minimum_rule
from nasicon_loop.eis.simulated import noisy

QUIET = [s for s in simulated_spectra(40, seed=7, outlier_share=0.0) if s.spectrum.n_points > 40]


def test_the_residual_is_the_noise() -> None:
    ratio = [kramers_kronig(s.spectrum.frequency_hz, s.spectrum.impedance_ohm).rms / s.noise for s in QUIET]
    assert np.median(ratio) == pytest.approx(1.0, abs=0.06)
    assert max(ratio) < 1.5
    assert min(ratio) > 0.6


def test_a_bad_point_is_found_and_its_neighbours_are_kept() -> None:
    for n, simulated in enumerate(QUIET[:15]):
        f, z = simulated.spectrum.frequency_hz, simulated.spectrum.impedance_ohm.copy()
        place = 5 + n
        z[place] *= 1.0 + 25.0 * simulated.noise
        masked = kramers_kronig(f, z).masked
        assert masked[place]
        assert masked.sum() <= 2


def test_good_points_are_kept() -> None:
    n_masked = sum(int(kramers_kronig(s.spectrum.frequency_hz, s.spectrum.impedance_ohm).masked.sum()) for s in QUIET)
    assert n_masked <= 2


def test_masking_stops_at_its_share() -> None:
    random = np.random.default_rng(0)
    f = np.logspace(6, 0, 61)
    z = 100.0 * np.exp(random.normal(size=61) * 2) * np.exp(1j * random.uniform(-3, 3, size=61))
    assert kramers_kronig(f, z, max_masked_share=0.1).masked.sum() <= 6


@pytest.mark.parametrize("change", [-0.08, 0.03, 0.10])
def test_drift_is_measured_from_one_sweep(change: float) -> None:
    estimates = []
    for simulated in QUIET[:12]:
        f, z = simulated.spectrum.frequency_hz, simulated.spectrum.impedance_ohm
        moved = z * (1.0 + change * np.linspace(0.0, 1.0, len(f)))
        estimates.append(drift(f, moved, kramers_kronig(f, moved)).change)
    assert np.median(estimates) == pytest.approx(change, rel=0.25)


def test_no_drift_is_found_where_there_is_none() -> None:
    found = []
    for simulated in QUIET:
        f, z = simulated.spectrum.frequency_hz, simulated.spectrum.impedance_ohm
        found.append(drift(f, z, kramers_kronig(f, z)).is_significant(n_sd=3.5))
    assert sum(found) <= 1


def test_the_minimum_rule_reads_the_valley_and_the_axis() -> None:
    f = np.logspace(6, 0, 61)
    w = 2 * np.pi * f
    arc = 40.0 + 60.0 / (1 + 1j * w * 60.0 * 5e-9)
    random = np.random.default_rng(0)
    valley = minimum_rule(f, kramers_kronig(f, noisy(arc + 1.0 / (1j * w) ** 0.9 / 1e-5, 0.002, random)))
    assert valley.inside is not None
    assert valley.inside.r_ohm == pytest.approx(100.0, rel=0.03)
    assert valley.end is None
    axis = minimum_rule(f, kramers_kronig(f, noisy(arc, 0.002, random)))
    assert axis.end is not None
    assert axis.end.r_ohm == pytest.approx(100.0, rel=0.01)
