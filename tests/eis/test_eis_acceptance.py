"""The numbers that must come out: the paper's pellets, genuine dummy cells and pellets where they are at hand."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from instruments.spectrum import Spectrum
from nasicon_loop.eis import Geometry, analyse, paper_spectrum, simulated_spectra

PAPER = ((0.127, 30.31, 35.35, 9.62e-4), (0.113, 49.32, 53.21, 5.48e-4), (0.112, 66.99, 263.8, 1.68e-4))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("thickness_cm", "r_ohm", "r_ct", "sigma"), PAPER)
def test_the_papers_pellets(thickness_cm: float, r_ohm: float, r_ct: float, sigma: float, seed: int) -> None:
    simulated = paper_spectrum(r_ohm, r_ct, seed=seed)
    analysis = analyse(simulated.spectrum, Geometry(thickness_cm, 1.6))
    assert analysis.verdict == "accepted", analysis.reasons
    assert analysis.sigma_25_s_cm == pytest.approx(sigma, rel=0.01)
    assert analysis.sigma_total_s_cm == pytest.approx(sigma, rel=0.01)
    assert analysis.circuit_string == "R0-p(C1,R1-W1)"
    assert analysis.randles is not None
    assert analysis.randles.r_total_ohm == pytest.approx(r_ohm + r_ct, rel=0.01)
    assert analysis.r_bulk_ohm == pytest.approx(r_ohm, rel=0.02)
    assert analysis.r_gb_ohm == pytest.approx(r_ct, rel=0.02)


def columns(path: Path, places: tuple[int, int, int]) -> tuple[NDArray[np.float64], NDArray[np.complex128]]:
    """Numbers of a text file: the lines whose first words are all numbers."""
    rows = []
    for line in path.read_text(errors="replace").splitlines():
        words = line.split()
        try:
            numbers = [float(word) for word in words]
        except ValueError:
            continue
        if len(numbers) > max(places):
            rows.append([numbers[place] for place in places])
    table = np.array(rows)
    return table[:, 0], table[:, 1] + 1j * table[:, 2]


@pytest.mark.parametrize(("name", "r_total"), [("140", 2.158e6), ("160", 7.468e5), ("180", 2.828e5), ("200", 1.175e5)])
def test_genuine_pellets_within_one_percent(shared: Path, name: str, r_total: float) -> None:
    analysis = analyse(Spectrum(*columns(shared / f"data/eis/pellets/s04147-{name}deg.txt", (0, 1, 2))))
    assert analysis.r_total_ohm == pytest.approx(r_total, rel=0.01)
    assert analysis.verdict != "rejected"


def test_a_pellet_of_two_overlapping_arcs_and_an_early_spike() -> None:
    """The twin of the genuine pellets: MOhm, two arcs of 1e-11 F a decade apart, few points."""
    f = np.logspace(6, -1.5, 42)
    w = 2 * np.pi * f
    z = 6.7e5 / (1 + 6.7e5 * 1.36e-10 * (1j * w) ** 0.82) + 8e4 / (1 + 8e4 * 1.4e-10 * (1j * w) ** 0.79)
    z = z + 1 / (2.7e-6 * (1j * w) ** 0.58)
    random = np.random.default_rng(0)
    z = z * (1 + 0.002 * (random.normal(size=42) + 1j * random.normal(size=42)))
    analysis = analyse(Spectrum(f, z))
    assert analysis.r_total_ohm == pytest.approx(7.5e5, rel=0.01)


@pytest.mark.parametrize(("name", "parts"), [("1", (29.1, 46.7)), ("2", (150.0, 502.0))])
def test_genuine_dummy_cells(shared: Path, name: str, parts: tuple[float, float]) -> None:
    analysis = analyse(Spectrum(*columns(shared / f"data/eis/dummy_cells/Circuit{name}_EIS_1.z", (0, 4, 5))))
    assert analysis.r_total_ohm == pytest.approx(sum(parts), rel=0.005)
    resistances = sorted(value for key, value in analysis.parameters.items() if key.startswith("R"))
    for found, true in zip(resistances, parts, strict=True):
        assert found == pytest.approx(true, rel=0.02)


@pytest.mark.parametrize(("capacitance", "verdict"), [(32e-9, "accepted"), (7e-6, "review")])
def test_dummy_cells_like_the_genuine_ones(capacitance: float, verdict: str) -> None:
    """A resistor, then R parallel C, nothing after: R_total is the sum, and an electrode-sized C is asked about."""
    f = np.logspace(5.5, 0, 56)
    z = 29.1 + 46.7 / (1 + 2j * np.pi * f * 46.7 * capacitance)
    random = np.random.default_rng(1)
    z = z * (1 + 0.001 * (random.normal(size=56) + 1j * random.normal(size=56)))
    analysis = analyse(Spectrum(f, z))
    assert analysis.r_total_ohm == pytest.approx(75.8, rel=0.005)
    assert analysis.verdict == verdict


def test_varied_spectra_are_right_and_told_nothing() -> None:
    simulated = simulated_spectra(120, seed=11)
    analyses = [analyse(s.spectrum) for s in simulated]
    errors = [abs(a.r_total_ohm / s.r_total_ohm - 1) for a, s in zip(analyses, simulated, strict=True) if a.r_total_ohm]
    assert sum(error <= 0.02 for error in errors) >= 0.98 * len(simulated)
    accepted = [(a, s) for a, s in zip(analyses, simulated, strict=True) if a.verdict == "accepted"]
    assert len(accepted) >= 0.93 * len(
        simulated
    )  # a few "no electrode" ones are as good as resistors: a person is asked
    assert max(abs((a.r_total_ohm or 0.0) / s.r_total_ohm - 1) for a, s in accepted) < 0.05
    covered = [abs((a.r_total_ohm or 0) - s.r_total_ohm) <= 1.96 * (a.r_total_ohm_sd or 0) for a, s in accepted]
    assert np.mean(covered) >= 0.92


def test_a_resistor_is_no_electrolyte() -> None:
    f = np.logspace(6, 0, 61)
    analysis = analyse(Spectrum(f, np.full(61, 102.5 - 0.001j)))
    assert analysis.verdict == "review"
    assert "resistor" in " ".join(analysis.reasons)


def test_kelvin_given_as_celsius_is_asked_about() -> None:
    spectrum = paper_spectrum(30.31, 35.35, seed=3, temperature_c=298.0).spectrum
    analysis = analyse(spectrum, Geometry(0.127, 1.6))
    assert analysis.verdict == "review"
    assert "degrees Celsius" in " ".join(analysis.reasons)
