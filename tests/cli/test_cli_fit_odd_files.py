"""`nasicon fit` on what should not be: one clear line, no number that is not flagged, never a traceback."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from nasicon_loop.cli.app import app
from nasicon_loop.eis import paper_spectrum

PELLET = paper_spectrum(49.32, 53.21, seed=5).spectrum
F, Z = PELLET.frequency_hz, PELLET.impedance_ohm
HEADING = "Frequency (Hz),Z' (Ohm),Z'' (Ohm)\n"


def table(frequency: np.ndarray, impedance: np.ndarray) -> str:
    rows = (f"{f!r},{z.real!r},{z.imag!r}" for f, z in zip(frequency.tolist(), impedance.tolist(), strict=True))
    return HEADING + "\n".join(rows) + "\n"


def fit(tmp_path: Path, text: str, *options: str) -> tuple[int, dict[str, Any], str]:
    """Return exit code, the first document of --json, and what a person reads."""
    path = tmp_path / "odd.csv"
    path.write_text(text, encoding="utf-8")
    results = [CliRunner().invoke(app, ["fit", str(path), *options, *more]) for more in ([], ["--json"])]
    for result in results:
        assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
        assert "Traceback" not in result.output
    return results[1].exit_code, json.loads(results[1].stdout)[0], results[0].output


REFUSED = {
    "not a number": (table(F, Z).replace(repr(float(Z[7].real)), "nan"), "not a finite number"),
    "zero hertz": (table(np.where(F[5] == F, 0.0, F), Z), "not positive"),
    "negative hertz": (table(np.where(F[5] == F, -3.0, F), Z), "not positive"),
    "two points": (table(F[:2], Z[:2]), "at least 5"),
    "one frequency": (table(np.full(30, 1e3), Z[:30]), "single frequency"),
    "current against time": (
        "Time (s),Current (A)\n" + "".join(f"{k},1e-6\n" for k in range(50)),
        "nasicon polarisation",
    ),
    "XM-studio, DC only": (
        "Experiment:, E\nStart date:, 20 June 2024\nStart time:, 10:00:00 +00:00\nTime (s), Voltage (V), Current (A)\n"
        + "".join(f"{k}, 0.5, 1e-6\n" for k in range(50)),
        "nasicon polarisation",
    ),
    "no data": (HEADING, "no data rows"),
    "empty": ("", "is empty"),
    "prose": ("Dear colleague,\nthe furnace is hot.\n", ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_spectrum_is_refused_with_its_reason(name: str, tmp_path: Path) -> None:
    text, words = REFUSED[name]
    code, document, human = fit(tmp_path, text)
    assert code == 1
    assert words in document["error"]
    assert "refused" in human
    assert "r_total_ohm" not in document


def test_a_swapped_sign_is_rejected_without_a_number(tmp_path: Path) -> None:
    code, document, human = fit(tmp_path, table(F, Z.conj()))
    assert code == 0
    assert (document["verdict"], document["r_total_ohm"]) == ("rejected", None)
    assert "wrong sign" in human


def test_ten_points_of_a_decade_are_rejected(tmp_path: Path) -> None:
    _, document, human = fit(tmp_path, table(F[:6], Z[:6]))
    assert (document["verdict"], document["r_total_ohm"]) == ("rejected", None)
    assert "needs at least 10" in human


def test_khz_for_hz_is_put_up_for_review_and_said(tmp_path: Path) -> None:
    _, document, human = fit(tmp_path, table(F / 1000.0, Z))
    assert document["verdict"] == "review"
    assert document["r_total_ohm"] == pytest.approx(102.53, rel=0.01)
    assert "kHz" in human


def test_very_many_rows_are_thinned_and_fitted(tmp_path: Path) -> None:
    f = np.logspace(6, 0, 60_000)
    jw = 2j * np.pi * f
    z = 50.0 + 100.0 / (1 + jw * 100.0 * 5e-9) + 1 / (1e-5 * jw**0.9)
    (tmp_path / "rows.csv").write_text(table(f, z))
    result = CliRunner().invoke(app, ["fit", str(tmp_path / "rows.csv"), "--json"])
    (document,) = json.loads(result.stdout)
    assert document["r_total_ohm"] == pytest.approx(150.0, rel=0.01)
    assert any("60000 points" in said for said in document["warnings"])


def test_a_missing_file_and_no_file(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["fit", str(tmp_path / "no.csv"), "--json"])
    assert result.exit_code == 1
    assert "does not exist" in json.loads(result.stdout)[0]["error"]
    assert CliRunner().invoke(app, ["fit"]).exit_code == 2


def test_a_fit_by_hand_of_a_file(tmp_path: Path) -> None:
    hand = ["--circuit", "R0-p(R1,CPE1)-W2", "--electrolyte", "R0,R1", "--fix", "CPE1_1=1", "--bound", "R0=40:60"]
    code, document, human = fit(tmp_path, table(F, Z), *hand, "--start", "R1=50", "--mask", "3,4", "--by", "A. Person")
    assert code == 0
    assert document["verdict"] == "review"
    assert document["circuit"] == "R0-p(R1,CPE1)-W2"
    assert document["parameters"]["CPE1_1"] == 1.0
    assert document["made_by"] == "A. Person"
    assert "made by hand by A. Person" in human


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--circuit", "__import__('os')", "--electrolyte", "R0"], ""),
        (["--circuit", "R0-CPE1", "--electrolyte", "CPE1_0"], "name the resistances"),
        (["--circuit", "R0-p(R1,CPE1)-R2-CPE2"], "name the resistors of the electrolyte"),
        (["--fix", "R0=1"], "--circuit"),
        (["--circuit", "R0-CPE1", "--electrolyte", "R0", "--fix", "R0"], "NAME=VALUE"),
        (["--circuit", "R0-CPE1", "--electrolyte", "R0", "--fix", "R0=high"], "not a number"),
        (["--circuit", "R0-CPE1", "--electrolyte", "R0", "--bound", "R0=10"], "LOW:HIGH"),
        (["--circuit", "R0-CPE1", "--electrolyte", "R0", "--mask", "a"], "masked points"),
        (["--circuit", "R0-CPE1", "--electrolyte", "R0", "--mask", "99"], "no point 99"),
        (["--reanalyse"], "--all --reanalyse together"),
        (["--all"], "--all --reanalyse together"),
    ],
)
def test_wrong_wishes_are_refused_in_one_line(options: list[str], words: str, tmp_path: Path) -> None:
    path = tmp_path / "pellet.csv"
    path.write_text(table(F, Z))
    result = CliRunner().invoke(app, ["fit", str(path), *options])
    assert result.exit_code == 1
    assert words in result.stderr
    assert result.stderr.count("\n") == 1


def test_short_and_open_are_taken_off(tmp_path: Path) -> None:
    omega = 2 * np.pi * F
    cables = 2.0 + 1j * omega * 1e-6
    (tmp_path / "short.csv").write_text(table(F, cables))
    (tmp_path / "open.csv").write_text(table(F, 1 / (1e-12 + 1j * omega * 1e-12)))
    leads = ["--short", str(tmp_path / "short.csv"), "--open", str(tmp_path / "open.csv")]
    _, document, human = fit(tmp_path, table(F, Z + cables), *leads)
    assert document["r_total_ohm"] == pytest.approx(102.53, rel=0.01)
    assert document["leads"]["short"] == "short.csv"
    assert "leads corrected with short short.csv and open open.csv" in human
    (tmp_path / "short.csv").write_text(table(F[8:], cables[8:]))
    code, document, _ = fit(tmp_path, table(F, Z + cables), *leads)
    assert code == 1
    assert "covers" in document["error"]


def test_two_sweeps_that_differ_are_said(tmp_path: Path) -> None:
    there_and_back = table(np.concatenate([F, F[::-1]]), np.concatenate([Z, 1.05 * Z[::-1]]))
    path = tmp_path / "return.csv"
    path.write_text(there_and_back)
    result = CliRunner().invoke(app, ["fit", str(path), "--json"])
    first, second = json.loads(result.stdout)
    assert first["verdict"] == second["verdict"] == "review"
    assert "its return" in second["reasons"][0]


def test_a_polarisation_without_a_lab(tmp_path: Path) -> None:
    t = np.arange(0.0, 3600.0, 10.0)
    i = 2e-6 + 5e-5 * np.exp(-t / 300.0)
    path = tmp_path / "dc.csv"
    path.write_text(
        "Time (s),Current (A)\n" + "".join(f"{a!r},{b!r}\n" for a, b in zip(t.tolist(), i.tolist(), strict=True))
    )
    size = ["--thickness-cm", "0.1", "--radius-cm", "0.8", "--sigma-s-cm", "1e-3"]
    result = CliRunner().invoke(app, ["polarisation", str(path), "--voltage-v", "0.5", *size, "--json"])
    document = json.loads(result.stdout)
    assert document["verdict"] == "accepted"
    assert document["sigma_e_s_cm"] == pytest.approx(1.99e-7, rel=0.01)
    assert "t_ion" in CliRunner().invoke(app, ["polarisation", str(path), "--voltage-v", "0.5", *size]).output
    refused = CliRunner().invoke(app, ["polarisation", str(path)])
    assert refused.exit_code == 1
    assert "--voltage-v" in refused.stderr
