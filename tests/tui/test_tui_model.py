"""The model's screens: why a suggestion, how good the model is, the scores as a map."""

import json
import sys
from typing import Any

import numpy as np
import pytest

import nasicon_loop.tui.screens.model as model_screen
from nasicon_loop.core import Refusal
from nasicon_loop.lab import Lab, StoredQuality
from nasicon_loop.lab.validating import CAVEAT
from nasicon_loop.report import HeldOutView
from nasicon_loop.tui import child, jobs
from nasicon_loop.tui.child import MARK
from nasicon_loop.tui.reasons import why_text

FORMULA = "Na3.4Zr1.8Mg0.2Si2PO12"
WHY = {
    "number": 1,
    "formula": FORMULA,
    "model": "run 3 (abc)",
    "why": {
        "formula": FORMULA,
        "temperature_c": 25.0,
        "mean": -3.04,
        "sd": 0.41,
        "nearest": [{"formula": "Na3Zr2Si2PO12", "log10_sigma": -3.2, "temperature_c": 25.0, "source": "[red]x[/red]"}],
        "sites": [{"name": "M", "dex": 0.12}],
        "descriptors": [{"name": f"descriptor {k} on M", "dex": 0.1} for k in range(20)],
        "changes": [{"what": "no Mg", "formula": "Na3Zr2Si2PO12", "dex": -0.27, "sd": 0.39}],
        "networks_share": 0.25,
        "lab_correction": 0.0,
        "hints": ["25 % of the mean are the networks', 75 % the trees'", "steps left out: 2 elsewhere"],
    },
}
CELLS = [
    {"element": "Mg", "column": 2, "line": 3, "mark": "87", "level": 4},
    {"element": "Tm", "column": 16, "line": 8, "mark": "71~", "level": 1},
    {"element": "Cd", "column": 12, "line": 5, "mark": "x", "level": None},
]


def suggest(lab: Lab) -> None:
    with lab.database.write(who="model") as writer:
        writer.add_suggestion(
            model_run=None,
            formula=FORMULA,
            dopant="Mg",
            log10_sigma_mean=-3.0,
            log10_sigma_sd=0.4,
            quantiles={"0.5": -3.0},
            acquisition=0.1,
            reason="near",
            batch=1,
        )


def answering(monkeypatch: pytest.MonkeyPatch, result: Any) -> list[tuple[Any, ...]]:
    """Let another program answer in the child's place; returns what was asked for."""
    asked: list[tuple[Any, ...]] = []
    code = f"print({MARK!r} + {json.dumps(json.dumps({'result': result}))})"

    def command(*given: Any) -> list[str]:
        asked.append(given[1:])
        return [sys.executable, "-c", code]

    monkeypatch.setattr(jobs, "command", command)
    return asked


def quality() -> StoredQuality:
    measured = np.linspace(-9.0, -3.0, 40)
    predicted = measured + np.sin(np.arange(40))
    families = tuple(("silico-phosphate", "phosphate")[k % 2] for k in range(40))
    levels = (0.25, 0.5, 0.75)
    view = HeldOutView(
        "run 3", measured, predicted, predicted - 1.2, predicted + 1.2, families, levels, (0.2, 0.45, 0.7)
    )
    return StoredQuality(3, view)


async def test_w_asks_why_the_model_suggests_it(lab: Lab, keyboard: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    suggest(lab)
    asked = answering(monkeypatch, WHY)
    async with keyboard(lab) as hands:
        await hands.go("3", "1 suggestions, 1 open")
        assert "why" in hands.text
        await hands.press("w")
        await hands.see("One step away")
        assert "no Mg: Na3Zr2Si2PO12" in hands.text
        assert "[red]x[/red]" in hands.text
        await hands.press(*["down"] * 20)
        await hands.see("steps left out: 2 elsewhere")
        await hands.press("escape")
        await hands.see("1 suggestions, 1 open")
    assert asked == [("why", 1)]


async def test_without_suggestions_there_is_no_why(lab: Lab, keyboard: Any) -> None:
    async with keyboard(lab) as hands:
        await hands.go("3", "no suggestions yet")
        assert " why" not in hands.text


async def test_c_shows_parity_and_calibration_and_goes_back(
    lab: Lab, keyboard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_screen, "stored_quality", lambda _lab: quality())
    async with keyboard(lab) as hands:
        await hands.go("7", "dopants: d scores")
        await hands.press("c")
        await hands.see("run 3, held out: n 40")
        await hands.see("measured over predicted")
        assert "% inside over nominal %" in hands.text
        assert "o silico-phosphate" in hands.text
        await hands.press("c")
        await hands.see("dopants: d scores")
    assert "cross-validation" in CAVEAT


async def test_a_model_without_held_out_rows_says_so(lab: Lab, keyboard: Any) -> None:
    async with keyboard(lab) as hands:
        await hands.go("7", "dopants: d scores")
        await hands.press("c")
        await hands.see("there is no trained model yet")
        assert "dopants: d scores" in hands.text


async def test_m_shows_the_scores_over_the_periodic_table(
    lab: Lab, keyboard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering(monkeypatch, {"cells": CELLS, "model": "run 3"})
    async with keyboard(lab) as hands:
        await hands.go("7", "dopants: d scores")
        await hands.press("m")
        await hands.see("71~")
        row = next(line for line in hands.lines if "Mg" in line)
        assert row.index("Mg") == 5  # second column of four characters each, beside the edge
        assert "~ no measured row" in hands.text
        await hands.press("m")
        await hands.see("dopants: d scores")
    assert asked == [("map", 0)]


def test_the_child_gives_the_reasons_of_the_suggestion(lab: Lab, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    suggest(lab)
    monkeypatch.setattr("nasicon_loop.lab.predicting.predict_things", lambda _lab, things, reasons: ([WHY], []))
    assert child.main(["why", str(lab.folder.path), "1"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1].removeprefix(MARK))
    assert last["result"]["why"]["changes"] == WHY["why"]["changes"]
    assert child.main(["why", str(lab.folder.path), "9"]) == 1


def test_refused_reasons_are_the_refusal(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    from nasicon_loop.lab import suggestion_reasons

    suggest(lab)
    refusal = Refusal("is no NASICON", FORMULA)
    monkeypatch.setattr("nasicon_loop.lab.predicting.predict_things", lambda _lab, things, reasons: ([], [refusal]))
    with pytest.raises(Refusal, match="no NASICON"):
        suggestion_reasons(lab, 1)


def test_the_panel_fits_its_width_and_counts_what_it_leaves_out() -> None:
    text = why_text(WHY).plain
    assert max(map(len, [line for line in text.splitlines() if not line.startswith("- ")])) <= 71
    assert "and 13 smaller ones" in text
