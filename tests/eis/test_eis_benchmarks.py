"""The comparison with the peers is fair and its table says what was counted."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nasicon_loop.eis import Circuit

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(ROOT)
    import benchmarks.eis_accuracy as module

    return module


@pytest.mark.parametrize(
    ("ours", "theirs", "order"),
    [
        ("L0-R0-p(R1,CPE1)-CPE2", "LR(RQ)Q", ["L0", "R0", "R1", "CPE1", "CPE2"]),
        ("R0-p(C1,R1-W1)", "R(C[RW])", ["R0", "C1", "R1", "W1"]),
        ("p(R1,CPE1)-p(R2,CPE2)-Wo3", "(RQ)(RQ)Wo", ["R1", "CPE1", "R2", "CPE2", "Wo3"]),
    ],
)
def test_a_circuit_is_told_to_pyimpspec_in_its_own_language(
    bench: Any, ours: str, theirs: str, order: list[str]
) -> None:
    from benchmarks.eis_peers import _cdc, _pyimpspec_values, script_guess

    circuit, names = Circuit.compile(ours), []
    assert _cdc(circuit.tree, names) == theirs
    assert names == order
    f = np.logspace(6, 0, 61)
    z = Circuit.compile("R0-p(R1,C1)-C2").impedance(f, [60.0, 90.0, 1e-8, 1e-5])
    guess = dict(zip(circuit.names, script_guess(circuit, f, z), strict=True))
    assert all(value > 0 for name in names for value in _pyimpspec_values(name, guess).values())


def test_a_warburg_means_the_same_to_both(bench: Any) -> None:
    from benchmarks.eis_peers import _pyimpspec_values

    f = np.array([10.0, 1e3])
    admittance = _pyimpspec_values("W1", {"W1": 50.0})["Y"]
    theirs = 1.0 / (admittance * (2j * np.pi * f) ** 0.5)
    assert Circuit.compile("W1").impedance(f, [50.0]) == pytest.approx(theirs)


def test_a_row_counts_what_was_wrong_and_not_flagged(bench: Any) -> None:
    cases = bench.own_cases(4, seed=1)

    def outcome(case: Any, factor: float | None, verdict: str) -> Any:
        value = None if factor is None else factor * case.r_total_ohm
        return bench.Outcome(case, value, 0.1 * case.r_total_ohm if value else None, verdict, 0.01)

    some = [
        outcome(cases[0], 1.001, "accepted"),
        outcome(cases[1], 1.5, "accepted"),
        outcome(cases[2], 3.0, "review"),
        outcome(cases[3], None, "rejected"),
    ]
    cells = [cell.strip() for cell in bench.row("x", some).strip("|").split("|")]
    assert cells == ["x", "4", "25.0 / 25.0 / 25.0", "25.0", "50.0", "1", "50.00 %", "33.3 %", "10.0"]
    met = {goal: is_met for goal, _, is_met in bench.usual_goals(some)}
    assert not met["no accepted result wrong by > 10 %"]


def test_peers_stop_when_their_time_is_over(bench: Any) -> None:
    done = bench.by(lambda case: case.r_total_ohm, bench.own_cases(5, seed=1), most_seconds=0.0)
    assert len(done) == 1
    assert done[0].error == 0.0


def test_without_the_shared_sets_it_says_so(bench: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import benchmarks.eis_sets as sets

    monkeypatch.setattr(sets, "SHARED", tmp_path)
    assert "NASICON_SHARED" in " ".join(bench.shared_sections())
