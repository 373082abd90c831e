"""Odd input: a verdict with a reason, never a traceback, never a number that is not flagged."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from instruments.spectrum import Spectrum
from nasicon_loop.eis import Analysis, Geometry, analyse, paper_spectrum

PAPER = paper_spectrum(49.32, 53.21, seed=5).spectrum
F, Z = PAPER.frequency_hz, PAPER.impedance_ohm


def raw(frequency: ArrayLike, impedance: ArrayLike) -> Analysis:
    """Analyse numbers that a Spectrum would refuse."""
    spectrum = SimpleNamespace(
        frequency_hz=np.asarray(frequency, dtype=float),
        impedance_ohm=np.asarray(impedance, dtype=complex),
        metadata={},
        temperature_c=None,
        temperature_c_sd=None,
        temperature_source=None,
    )
    return analyse(spectrum)  # type: ignore[arg-type]


def is_rejected_because(analysis: Analysis, words: str) -> bool:
    return (
        analysis.verdict == "rejected"
        and any(words in reason for reason in analysis.reasons)
        and analysis.r_total_ohm is None
        and analysis.sigma_total_s_cm is None
    )


def test_two_points() -> None:
    assert is_rejected_because(analyse(Spectrum(F[:2], Z[:2])), "has 2 points")


def test_one_point_and_none_usable() -> None:
    assert is_rejected_because(analyse(Spectrum(F[:1], Z[:1])), "has 1 points")
    assert is_rejected_because(raw(np.full(30, np.nan), np.full(30, np.nan)), "has 0 points")


def test_flipped_sign() -> None:
    assert is_rejected_because(analyse(Spectrum(F, Z.conj())), "wrong sign")


def test_negative_real_part() -> None:
    assert analyse(Spectrum(F, -Z)).verdict == "rejected"
    assert is_rejected_because(analyse(Spectrum(F, Z - 90.0)), "negative real part")


def test_a_few_bad_numbers_are_left_out_and_said() -> None:
    f, z = F.copy(), Z.copy()
    z[3], f[7] = np.nan, -1.0
    analysis = raw(f, z)
    assert analysis.verdict == "accepted"
    assert analysis.r_total_ohm == pytest.approx(102.53, rel=0.01)
    assert any("2 points that are no numbers" in note for note in analysis.notes)


def test_one_frequency_over_and_over() -> None:
    assert is_rejected_because(analyse(Spectrum(np.full(40, 1e3), Z[:40])), "decades")


def test_a_constant_is_a_resistor() -> None:
    random = np.random.default_rng(0)
    z = 1e3 * (1 + 0.002 * (random.normal(size=61) + 1j * random.normal(size=61)))
    analysis = analyse(Spectrum(F, z))
    assert analysis.verdict == "rejected" or analysis.r_total_ohm == pytest.approx(1e3, rel=0.01)


def test_noise_is_no_impedance() -> None:
    random = np.random.default_rng(0)
    z = np.exp(random.normal(size=61)) * 100 * np.exp(1j * random.uniform(-np.pi / 2, 0, size=61))
    assert analyse(Spectrum(F, z)).verdict == "rejected"


def test_khz_for_hz_keeps_the_resistance_and_says_so() -> None:
    analysis = analyse(Spectrum(F / 1000.0, Z))
    assert analysis.verdict == "review"
    assert analysis.r_total_ohm == pytest.approx(102.53, rel=0.01)
    assert any("kHz" in reason and "1000 times" in reason for reason in analysis.reasons)


@pytest.mark.parametrize("capacitance", [4e-10, 3e-9, 2e-8])
@pytest.mark.parametrize("alpha", [0.8, 0.95])
def test_an_arc_that_has_not_closed_gives_no_number(capacitance: float, alpha: float) -> None:
    r_gb = 2e6
    apex = 1.0 / (2 * np.pi * r_gb * capacitance)
    f = np.logspace(6, np.log10(20 * apex), 41)
    w = 2 * np.pi * f
    z = 800.0 + r_gb / (1 + (1j * w * r_gb * capacitance) ** alpha)
    random = np.random.default_rng(2)
    z = z * (1 + 0.003 * (random.normal(size=41) + 1j * random.normal(size=41)))
    assert is_rejected_because(analyse(Spectrum(f, z)), "has not closed")


def test_ten_percent_drift_is_never_accepted() -> None:
    analysis = analyse(Spectrum(F, Z * (1 + 0.1 * np.linspace(0, 1, len(F)))))
    assert analysis.verdict == "review"
    assert any("changed by +" in reason for reason in analysis.reasons)
    assert analysis.r_total_ohm == pytest.approx(102.53, rel=0.12)


def test_an_electrode_arc_of_doubtful_size_is_asked_about() -> None:
    w = 2 * np.pi * F
    z = 60.0 + 40.0 / (1 + 1j * w * 40.0 * 8e-9) + 30.0 / (1 + 1j * w * 30.0 * 9e-7) + 1 / (2e-5 * (1j * w) ** 0.9)
    random = np.random.default_rng(2)
    z = z * (1 + 0.002 * (random.normal(size=61) + 1j * random.normal(size=61)))
    analysis = analyse(Spectrum(F, z))
    assert analysis.verdict == "review"
    assert any("may be either" in reason for reason in analysis.reasons)


def test_a_coil_is_no_pellet() -> None:
    analysis = analyse(Spectrum(F, 0.1 + 2j * np.pi * F * 1e-4))
    assert analysis.verdict != "accepted"
    assert any("in series" in reason for reason in analysis.reasons)


def test_a_million_rows_are_thinned_and_that_is_said() -> None:
    f = np.logspace(6, 0, 1_000_000)
    w = 2 * np.pi * f
    z = 50.0 + 100.0 / (1 + 1j * w * 100.0 * 5e-9) + 1 / (1e-5 * (1j * w) ** 0.9)
    random = np.random.default_rng(2)
    z = z * (1 + 0.003 * (random.normal(size=len(f)) + 1j * random.normal(size=len(f))))
    analysis = analyse(Spectrum(f, z))
    assert analysis.r_total_ohm == pytest.approx(150.0, rel=0.01)
    assert any("thinned from 1000000" in note for note in analysis.notes)


def test_the_order_of_the_points_and_repeats_do_not_matter() -> None:
    there_and_back = np.concatenate([np.arange(61), np.arange(61)[::-1]])
    analysis = analyse(Spectrum(F[there_and_back], Z[there_and_back]))
    assert analysis.r_total_ohm == pytest.approx(102.53, rel=0.01)


numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)


@given(st.lists(st.tuples(st.floats(1e-6, 1e9), numbers, numbers), min_size=1, max_size=40))
@settings(max_examples=40, deadline=None)
def test_any_numbers_end_in_a_verdict_with_a_reason(rows: list[tuple[float, float, float]]) -> None:
    f = [row[0] for row in rows]
    z = [complex(row[1], row[2]) for row in rows]
    analysis = analyse(Spectrum(f, z), Geometry(0.1, 1.0))
    assert analysis.verdict in ("accepted", "review", "rejected")
    assert analysis.reasons
    assert (analysis.r_total_ohm is None) == (analysis.verdict == "rejected")
    assert Analysis.from_dict(analysis.to_dict()).verdict == analysis.verdict
