"""A day at the bench through the command line only."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from nasicon_loop.cli.app import app

Run = Any


@pytest.fixture
def run(any_database: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A function that types a command in a new lab; its answer as JSON, or the words of a refusal."""
    monkeypatch.delenv("NASICON_LAB", raising=False)
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, ["init", "lab"]).exit_code == 0
    monkeypatch.chdir(tmp_path / "lab")

    def typed(line: str, *more: str, refused: bool = False) -> Any:
        result = CliRunner().invoke(app, [*line.split(), *more, "--json"])
        assert result.exit_code == int(refused), result.output
        return result.stderr if refused else json.loads(result.stdout)

    return typed


def _say(line: str, *more: str) -> str:
    result = CliRunner().invoke(app, [*line.split(), *more])
    assert result.exit_code == 0, result.output
    return result.output


def test_three_samples_from_the_shelf_to_the_phase(run: Run, tmp_path: Path) -> None:
    run(
        "stock add ZrO2 --lot Z-12 --amount-g 100 --supplier X --assay-percent 99 --loi-percent 0.5 --opened 2026-11-01"
    )
    labels = [run("sample new", formula)["label"] for formula in ("Na3.1Zr1.9Nd0.1Si2PO12", "Na3.2Zr1.8Fe0.2Si2PO12")]
    labels.append(run("sample new --reference")["label"])
    for label in labels:
        sheet = run(f"recipe {label} --pellets 2")
        zirconia = next(line for line in sheet["precursors"] if line["formula"] == "ZrO2")
        assert (zirconia["lot"], zirconia["assay"]) == ("Z-12", 0.99)
        assert sheet["expected"] == sheet["target"]
    one, two, reference = labels
    run(f"recipe {one} --sign-off --by Ada")
    pdf = tmp_path / "sheet.pdf"
    assert str(pdf) in _say(f"recipe {one} --pdf {pdf}").replace("\n", "")
    assert pdf.read_bytes().startswith(b"%PDF")
    _weigh_with_a_slip(run, one)
    run(f"weigh {two} --as-planned")
    run(f"weigh {reference} --as-planned --operator Bob")
    load = run(f"load new --samples {one},{two} --step calcination --slot {one}=front", "--bed", f"{two}=no lid")
    assert [(place["label"], place["slot"]) for place in load["places"]] == [
        (one, "front"),
        (two, "2"),
        (reference, "3"),
    ]
    assert load["places"][1]["bed"] == "no lid"
    alarm = run(f"fire {one} --load 1 --mass-before-g 1.4 --mass-after-g 1.2")
    assert "ALARM" in alarm[0]["warnings"][0]
    assert [fired["label"] for fired in run("fire --load 1")] == [two, reference]
    assert run(f"fire {one} --step sintering --temperature-c 1210 --hours 10")["temperature_c"] == 1210.0
    assert "wait" not in run("fire --load 1", refused=True)
    made = run(
        f"pellet new {one} --thickness-cm 0.112 --thickness-cm 0.113 --thickness-cm 0.112 --electrode-diameter-cm 1.2",
        "--electrode-method", "silver paint",
    )  # fmt: skip
    assert made["geometry"]["readings"] == {"thickness_cm": [0.112, 0.113, 0.112]}
    assert made["geometry"]["electrode_diameter_cm"] == 1.2
    weighings = "--archimedes-dry-g 0.6 --archimedes-immersed-g 0.4587 --archimedes-soaked-g 0.6157 --liquid"
    assert "sodium" in run(f"pellet geometry {one} {weighings} water", refused=True)
    assert run(f"pellet geometry {one} {weighings} ethanol")["geometry"]["density_method"] == "Archimedes in ethanol"
    (tmp_path / "scan.xy").write_text("10 1\n")
    phase = run(f"pellet phase {one} --phase R-3c --second ZrO2=3.5 --file {tmp_path / 'scan.xy'}")
    assert phase["second_phases"] == {"ZrO2": 0.035}
    story = _say(f"sample show {one}")
    assert "R-3c + 3.5 wt % ZrO2" in " ".join(story.replace("│", " ").split())
    assert run("stock list")[0]["left_g"] < 99
    assert run("db check")["findings"] == []


def _weigh_with_a_slip(run: Run, label: str) -> None:
    """One precursor at a time; too much ZrO2 after Nd2O3; rescued; the composition is what the sheet wants."""
    todo = {line["formula"]: line["target_g"] for line in run(f"weigh {label}")["precursors"]}
    run(f"weigh {label} --mass Nd2O3={todo['Nd2O3']}")
    slip = run(f"weigh {label} --mass ZrO2={todo['ZrO2'] + 0.02:.4f}")
    assert len(slip["options"]) == 2
    assert set(slip["missing"]) == set(todo) - {"Nd2O3", "ZrO2"}
    assert "too much" in _say(f"weigh {label}")
    assert "--rescue or --accept" in run(f"weigh {label} --rescue --accept", refused=True)
    rescued = run(f"weigh {label} --rescue --operator Ada")
    assert "rescaled" in rescued["rescued"]
    masses = {line["formula"]: line["target_g"] for line in rescued["precursors"] if line["formula"] != "ZrO2"}
    done = run(f"weigh {label}", *(part for name, grams in masses.items() for part in ("--mass", f"{name}={grams}")))
    assert done["is_complete"]
    assert "Zr1.9Nd0.1Si2" in done["weighed_formula"]
    deviations = run(f"recipe {label}")["deviations"]
    assert "too much" in deviations[0]
    run(f"recipe {label} --deviation", "milled 2 h", "--by", "Bob")
    assert "milled 2 h (Bob" in run(f"recipe {label}")["deviations"][-1]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("weigh NL-0001 --mass ZrO2", "--mass ZrO2=3.5121"),
        ("weigh NL-0001 --mass ZrO2=much", "--mass ZrO2=3.5121"),
        ("weigh NL-0001 --mass ZrO2=1 --mass ZrO2=2", "given twice"),
        ("fire NL-0001", "name a sample and --step"),
        ("fire --load 9", "no furnace load 9"),
        ("fire --load 1 --step sintering", "the load knows its step"),
        ("load new --samples , --step sintering", "name the samples"),
        ("load new --samples NL-0001 --step sintering --new-reference --reference NL-0001", "take one of"),
        ("pellet geometry NL-0001 --liquid ethanol", "Archimedes needs"),
        ("stock close 1 --reason x", "no lot 1"),
        ("stock add Foo --lot 1 --amount-g 1", "not in the precursor table"),
        ("recipe NL-0001 --sign-off", "no recipe yet"),
    ],
)
def test_slips_of_the_keyboard_are_told(run: Run, line: str, words: str) -> None:
    run("sample new", "Na3.1Zr1.9Nd0.1Si2PO12")
    if line.startswith("weigh"):
        run("recipe NL-0001")
    assert words in run(line, refused=True)


def test_lists_are_for_people_too(run: Run) -> None:
    assert "nothing on the shelf" in _say("stock list")
    assert "no loads yet" in _say("load list")
    run("stock add Nd2O3 --lot N-1 --amount-g 0.01")
    assert "takes up water" in _say("stock list")
    run("stock fired 1 --on 2026-01-02")
    assert "days ago" in _say("stock list")
    assert run("stock count 1 5.5")["left_g"] == 5.5
    run("stock close 1", "--reason", "empty")
    assert "closed" in _say("stock list --closed")
    run("sample new --reference")
    run("recipe NL-0001")
    assert "not weighed yet" in _say("weigh NL-0001")
    assert "within the tolerance" in _say("weigh NL-0001 --as-planned")
    assert "NL-0001  Na3Zr2Si2PO12  reference" in _say("load new --samples NL-0001 --step calcination")
    assert "next: nasicon fire --load 1" in _say("load list")
    assert "for 12 h" in _say("fire --load 1")
    assert "NL-0001" in _say("load show 1")
