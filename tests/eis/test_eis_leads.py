"""Short and open taken off a spectrum: the pellet is what it was without cables, or there is a refusal."""

import numpy as np
import pytest

from instruments.spectrum import Spectrum
from nasicon_loop.core import Refusal
from nasicon_loop.eis import Analysis, Geometry, Leads, Settings, analyse, fit_by_hand, paper_spectrum

PELLET = paper_spectrum(18.0, 12.0, seed=4).spectrum
F = PELLET.frequency_hz
OMEGA = 2 * np.pi * F
SHORT_OHM = 0.9 + 1j * OMEGA * 8e-7
OPEN_OHM = 1 / (1j * OMEGA * 1.2e-11)
SHORT = Spectrum(F, SHORT_OHM)
OPEN = Spectrum(F, OPEN_OHM)
WITH_CABLES = Spectrum(
    F,
    SHORT_OHM + 1 / (1 / PELLET.impedance_ohm + 1 / (OPEN_OHM - SHORT_OHM)),
    {"name": "pellet.csv"},
    25.0,
    0.5,
    "command",
)
CORRECTED = Leads(SHORT, OPEN, "short.csv", "open.csv", record=7).corrected(WITH_CABLES)


def test_what_the_cables_added_is_gone() -> None:
    assert CORRECTED.impedance_ohm == pytest.approx(PELLET.impedance_ohm, rel=1e-9)
    assert CORRECTED.temperature_c == 25.0
    assert WITH_CABLES.metadata == {"name": "pellet.csv"}, "the given spectrum stays as it is"


def test_a_coarser_short_is_interpolated_as_resistance_and_inductance() -> None:
    coarse = Leads(short=Spectrum(F[::12], SHORT_OHM[::12]))
    assert coarse.corrected(WITH_CABLES).impedance_ohm == pytest.approx(WITH_CABLES.impedance_ohm - SHORT_OHM, rel=1e-9)


def test_the_analysis_says_so_and_is_surer() -> None:
    pellet = Geometry(0.112, 1.6)
    before, after = analyse(WITH_CABLES, pellet), analyse(CORRECTED, pellet)
    assert before.r_total_ohm == pytest.approx(30.9, rel=0.01)
    assert after.r_total_ohm == pytest.approx(30.0, rel=0.01)
    assert before.leads is None
    assert after.leads == {"record": 7, "short": "short.csv", "open": "open.csv"}
    assert any("measure a short" in note for note in before.notes)
    assert any("corrected with short short.csv and open open.csv" in note for note in after.notes)
    settings = Settings()
    assert before.relative_budget["leads"] == pytest.approx(settings.lead_ohm_sd / (before.r_total_ohm or 1))
    assert after.relative_budget["leads"] == pytest.approx(settings.corrected_lead_ohm_sd / (after.r_total_ohm or 1))
    again = Analysis.from_dict(after.to_dict())
    assert again == after
    assert again.with_geometry(Geometry(0.1, 1.6)).relative_budget["leads"] == after.relative_budget["leads"]


def test_a_fit_by_hand_remembers_it_too() -> None:
    made = fit_by_hand(CORRECTED, "R0-p(C1,R1-W1)", electrolyte=("R0", "R1"), made_by="A. Person")
    assert made.leads is not None
    assert made.leads["record"] == 7


def test_frequencies_that_are_not_covered_are_refused() -> None:
    with pytest.raises(Refusal, match=r"covers 1 to 1e\+05 Hz, the spectrum 1 to 1e\+06 Hz"):
        Leads(short=Spectrum(F[10:], SHORT_OHM[10:]), short_name="s.csv").corrected(WITH_CABLES)


def test_it_is_not_done_twice() -> None:
    with pytest.raises(Refusal, match="already"):
        Leads(SHORT).corrected(CORRECTED)


def test_a_short_that_is_none_and_swapped_files_are_refused() -> None:
    with pytest.raises(Refusal, match="no short"):
        Leads(short=OPEN_AS_RESISTOR)
    with pytest.raises(Refusal, match="no open"):
        Leads(short=SHORT, open=SHORT)
    with pytest.raises(Refusal, match="a short, an open, or both"):
        Leads()


OPEN_AS_RESISTOR = Spectrum(F, np.full(len(F), 1e6 + 0j))
