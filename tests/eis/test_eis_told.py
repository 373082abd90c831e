"""The engine with a person's word in it: points left out, a circuit chosen."""

import numpy as np
import pytest

from instruments.spectrum import Spectrum
from nasicon_loop.core import Refusal
from nasicon_loop.eis import Analysis, Geometry, analyse, analyse_as_told, known_circuits, paper_spectrum

PAPER = paper_spectrum(66.99, 263.8, seed=3).spectrum
PELLET = Geometry(0.112, 1.6)


def spoiled(places: range, by: float) -> Spectrum:
    """The paper's circuit with some points off at random."""
    z = PAPER.impedance_ohm.copy()
    z[places] *= 1 + by * np.random.default_rng(1).normal(size=len(places))
    return Spectrum(PAPER.frequency_hz, z)


def test_nothing_left_out_is_the_engine_up_for_review() -> None:
    engine, told = analyse(PAPER, PELLET), analyse_as_told(PAPER, made_by="A. \x1b[31mPerson", geometry=PELLET)
    assert engine.verdict == "accepted"
    assert told.verdict == "review"
    assert told.r_total_ohm == engine.r_total_ohm
    assert told.sigma_25_s_cm_sd == engine.sigma_25_s_cm_sd
    assert "\x1b" not in told.made_by
    assert Analysis.from_dict(told.to_dict()) == told


def test_a_spoiled_stretch_can_be_left_out_and_stays_a_reason() -> None:
    bad = spoiled(range(8, 20), 0.4)
    assert "do not belong to the curve" in analyse(bad).reasons[0]
    told = analyse_as_told(bad, made_by="Ada", left_out=range(8, 20))
    assert told.r_total_ohm == pytest.approx(66.99 + 263.8, rel=0.02)
    assert told.verdict == "review"
    assert told.left_out == tuple(range(8, 20))
    assert set(told.masked) >= set(told.left_out)
    assert told.reasons[0].startswith("with all points: "), "leaving out makes nothing easier"
    assert "do not belong to the curve" in told.reasons[0]
    n_points = bad.n_points
    assert told.reasons[-1] == f"12 of {n_points} points left out by hand, made by hand by Ada: sign it if it is right"
    assert Analysis.from_dict(told.to_dict()) == told
    moved = told.with_geometry(PELLET)
    assert moved.verdict == "review", "geometry that comes later does not make it pass"
    assert moved.sigma_25_s_cm is not None


def test_gates_hold_on_the_points_that_are_left() -> None:
    n_points = PAPER.n_points
    few = analyse_as_told(PAPER, made_by="Ada", left_out=range(5, n_points))
    assert few.verdict == "rejected"
    assert few.r_total_ohm is None
    assert "an analysis needs at least" in few.reasons[0]
    left = n_points - 5
    assert few.reasons[-1] == f"{left} of {n_points} points left out by hand, made by hand by Ada", "nothing to sign"
    fast = np.flatnonzero(PAPER.frequency_hz > 1e4)
    low = analyse_as_told(PAPER, made_by="Ada", left_out=fast.tolist())
    assert any("the sweep ends at" in reason for reason in low.reasons)
    assert analyse_as_told(PAPER, made_by="Ada", left_out=range(n_points)).verdict == "rejected"


def test_a_chosen_circuit_is_held_against_all_others() -> None:
    told = analyse_as_told(PAPER, made_by="Ada", circuit="L0-R0-p(R1,CPE1) - CPE2")
    assert (told.circuit_string or "").removeprefix("L0-") == "R0-p(R1,CPE1)-CPE2"
    engine = analyse(PAPER)
    assert told.r_total_ohm == pytest.approx(engine.r_total_ohm, rel=0.02)
    assert (told.r_total_ohm_sd or 0) >= abs((told.r_total_ohm or 0) - (engine.r_total_ohm or 0)) / 2
    assert len(told.candidates) > 5
    wrong = analyse_as_told(PAPER, made_by="Ada", circuit="R0-CPE1")
    assert wrong.verdict in ("rejected", "review")
    assert wrong.verdict == "rejected" or not all(gate.is_passed for gate in wrong.gates if gate.name == "fit")


@pytest.mark.parametrize("circuit", known_circuits())
def test_every_known_circuit_can_be_chosen(circuit: str) -> None:
    told = analyse_as_told(PAPER, made_by="Ada", circuit=circuit)
    assert told.verdict != "accepted"
    assert told.circuit_string is None or told.circuit_string.removeprefix("L0-") == circuit


def test_what_is_wrong_is_refused() -> None:
    with pytest.raises(Refusal, match="carries the name"):
        analyse_as_told(PAPER, made_by=" ")
    with pytest.raises(Refusal, match="there is no point"):
        analyse_as_told(PAPER, made_by="Ada", left_out=(PAPER.n_points,))
    with pytest.raises(Refusal, match="there is no point"):
        analyse_as_told(PAPER, made_by="Ada", left_out=(-1,))
    with pytest.raises(Refusal, match="of your own"):
        analyse_as_told(PAPER, made_by="Ada", circuit="R0-R1")
