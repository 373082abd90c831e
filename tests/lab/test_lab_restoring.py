"""Points left out in a lab, and the way back."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import db
from instruments.sim import xm_studio_csv
from nasicon_loop.cli.app import app
from nasicon_loop.cli.output import REFUSED
from nasicon_loop.core import Refusal
from nasicon_loop.lab import (
    HandFit,
    analysis_before,
    analysis_view,
    complete,
    import_files,
    places_text,
    reanalyse,
    refit_analysis,
    restore_analysis,
    retract_analysis,
    sign_analysis,
)

BEGAN = datetime(2024, 6, 20, 6, 58, 13, tzinfo=UTC)
F = np.logspace(6, 0, 61)
OMEGA = 2 * np.pi * F


@pytest.fixture
def number(bench: Any, tmp_path: Path) -> int:
    """An accepted analysis of a pellet with geometry."""
    bench.sample()
    random = np.random.default_rng(0)
    z = 100 + 100 / (1 + 1j * OMEGA * 100 * 5e-9) + 1 / (2e-5 * (1j * OMEGA) ** 0.9)
    z = z + 0.002 * np.abs(z) * (random.normal(size=61) + 1j * random.normal(size=61))
    path = tmp_path / "NL-0001-P1.csv"
    path.write_bytes(xm_studio_csv(F, z, started_at=BEGAN, dc_rows=False))
    made = import_files(bench.lab, [path])[0].sweeps[0]
    assert made.verdict == "accepted"
    return int(made.analysis_id)


def teaching(lab: Any) -> list[int]:
    with lab.database.read() as reader:
        return [row.analysis_id for row in reader.teaching_analyses()]


def said(lab: Any, *words: str) -> Any:
    result = CliRunner().invoke(app, [*words, "--lab", str(lab.folder.path), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_points_left_out_wait_for_a_signature_and_the_journal_says_who_and_why(bench: Any, number: int) -> None:
    lab = bench.lab
    assert teaching(lab) == [number]
    wish = HandFit.parse(None, "", mask="50,53-55", leave_out=["3e5:1e6"])
    made = refit_analysis(lab, number, wish, by="Ada", reason="loose cable")
    assert made.standing == "waits"
    assert made.analysis.left_out == (0, 1, 2, 3, 4, 5, 50, 53, 54, 55)
    assert "10 of 61 points left out by hand, made by hand by Ada" in made.analysis.reasons[-1]
    assert made.document()["left_out"] == list(made.analysis.left_out)
    assert teaching(lab) == [], "nothing teaches silently"
    assert analysis_view(lab, number).analysis.left_out == (), "the old one stays"
    with lab.database.read() as reader:
        line = reader.journal(event="analysis.made", limit=1)[0]
    assert (line.data["who"], line.data["reason"]) == ("Ada", "loose cable")
    assert complete(lab) == []
    assert reanalyse(lab).n_done == 0
    sign_analysis(lab, made.number, "accepted", reason="agreed", by="Ben")
    assert teaching(lab) == [made.number]
    assert db.check(lab.database, lab.folder.vault) == []


def test_back_to_the_analysis_before_and_forth(bench: Any, number: int) -> None:
    lab = bench.lab
    made = refit_analysis(lab, number, HandFit(masked=(1,)), by="Ada", reason="try").number
    assert analysis_before(lab, made) == number
    assert analysis_before(lab, number) is None
    back = restore_analysis(lab, number, by="Ada", reason="it was fine", instead_of=made)
    assert back.standing == "teaches"
    assert back.analysis == analysis_view(lab, number).analysis
    assert teaching(lab) == [back.number]
    with lab.database.read() as reader:
        line = reader.journal(event="analysis.made", limit=1)[0]
    assert line.data["reason"] == f"Ada went back to analysis {number} from {made}: it was fine"
    forth = restore_analysis(lab, made, reason="still", by="Ben")
    assert forth.standing == "waits"
    assert teaching(lab) == []
    with pytest.raises(Refusal, match="is current now"):
        restore_analysis(lab, number, reason="late", instead_of=made)
    with pytest.raises(Refusal, match="current one already"):
        restore_analysis(lab, forth.number, reason="x")
    with pytest.raises(Refusal, match="say why"):
        restore_analysis(lab, number, reason=" ")
    assert db.check(lab.database, lab.folder.vault) == []


def test_what_a_person_rejected_or_took_back_does_not_return_by_itself(bench: Any, number: int) -> None:
    lab = bench.lab
    sign_analysis(lab, number, "rejected", reason="cracked", by="Ben")
    made = refit_analysis(lab, number, HandFit(masked=(1,)), by="Ada", reason="try").number
    assert restore_analysis(lab, number, reason="back").standing == "out"
    sign_analysis(lab, made, "accepted", reason="good", by="Ben")
    again = restore_analysis(lab, made, reason="forth")
    assert again.standing == "teaches", "a signature under the same number goes with it"
    retract_analysis(lab, again.number, reason="wrong pellet")
    assert restore_analysis(lab, made, reason="x").standing == "waits", "after a retraction a person signs anew"
    with pytest.raises(Refusal, match="taken back"):
        restore_analysis(lab, again.number, reason="x")
    assert teaching(lab) == []


def test_a_corrected_thickness_counts_after_the_way_back(bench: Any, number: int) -> None:
    lab = bench.lab
    refit_analysis(lab, number, HandFit(masked=(1,)), by="Ada", reason="try")
    before = analysis_view(lab, number).analysis
    said(lab, "pellet", "geometry", "NL-0001-P1", "--thickness-cm", "0.2", "--electrode-diameter-cm", "1.6")
    back = restore_analysis(lab, number, reason="it was fine").analysis
    assert back.geometry is not None
    assert back.geometry.thickness_cm == 0.2
    assert back.r_total_ohm == before.r_total_ohm
    assert complete(lab) == []


def test_the_command_line_does_the_same(bench: Any, number: int, tmp_path: Path) -> None:
    lab = bench.lab
    words = ("--by", "Eve", "--reason", "noise")
    made = said(lab, "analysis", "refit", str(number), "--leave-out", "1:10", "--mask", "3", *words)
    assert (made["standing"], made["made_by"], made["left_out"][0]) == ("waits", "Eve", 3)
    circuit = said(lab, "analysis", "refit", str(number), "--circuit", "R0-p(R1,CPE1)-CPE2", *words)
    assert circuit["circuit"].endswith("R0-p(R1,CPE1)-CPE2")
    back = said(lab, "analysis", "restore", str(number), "--by", "Eve", "--reason", "no noise")
    assert back["standing"] == "teaches"
    for wrong in (
        ["--leave-out", "1e9:1e10"],
        ["--leave-out", "10:1"],
        ["--leave-out", "nan:1"],
        ["--mask", "5-3"],
        ["--mask", "99"],
        ["--circuit", "R0-R1"],
        ["--electrolyte", "R0"],
        ["--fix", "R0=1"],
    ):
        result = CliRunner().invoke(
            app, ["analysis", "refit", str(number), *wrong, *words, "--lab", str(lab.folder.path)]
        )
        assert result.exit_code == REFUSED, wrong
        assert "Traceback" not in result.output
    with lab.database.read() as reader:
        assert len(reader.analyses(reader.analysis(number).spectrum_id)) == 4, "what was refused stored nothing"
    file = next(tmp_path.rglob("NL-0001-P1.csv"))
    alone = CliRunner().invoke(app, ["fit", str(file), "--leave-out", "1:10", "--by", "Eve", "--json"])
    assert json.loads(alone.stdout)[0]["verdict"] == "review"


def test_places_are_written_as_the_command_line_takes_them() -> None:
    places = (1, 3, 4, 10, 11, 12)
    assert places_text(places) == "1,3,4,10-12"
    assert HandFit.parse(None, "", mask=places_text(places)).masked == places
    assert places_text(()) == ""
