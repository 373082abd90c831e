"""`nasicon screen` as a chemist sees it: score, gaps, maps, pairs, a large space, and what overrides the model."""

import json
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from nasicon_loop import campaign, predict
from nasicon_loop import lab as ways
from nasicon_loop.campaign import Settings, space
from nasicon_loop.chemistry import dopants
from nasicon_loop.cli.app import app
from nasicon_loop.lab import scoring, screening
from nasicon_loop.lab.suggesting import past_of

TINY = replace(
    predict.Settings.default(),
    preset="tiny",
    n_members=2,
    n_epochs=3,
    n_pretraining_epochs=1,
    n_trees=8,
    channels=(2, 2, 2),
    hidden=(8, 8, 8, 8, 8, 8),
    n_folds=2,
)
AMOUNTS, SILICON = (Fraction(1, 50),), (Fraction(2), Fraction(11, 5))


@pytest.fixture(scope="module")
def trained(new_lab: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lab that knows the literature and has a small model."""
    folder = Path(shutil.copytree(new_lab, tmp_path_factory.mktemp("trained") / "lab"))
    with pytest.MonkeyPatch.context() as patch, ways.opened(folder, who="bench") as lab:
        patch.setattr(predict.Settings, "default", classmethod(lambda cls: TINY))
        ways.import_data(lab)
        ways.train_model(lab)
    return folder


@pytest.fixture(autouse=True)
def small_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same commands over some hundred compositions."""

    def small(settings: Settings | None = None) -> Settings:
        return replace(settings or Settings(), amounts=AMOUNTS, silicon=SILICON, n_dopants=2)

    monkeypatch.setattr(space, "coarse_pairs", small)
    monkeypatch.setattr(space, "double_doped", small)
    for module in (scoring, screening):
        monkeypatch.setattr(module, "search_settings", lambda lab: Settings(amounts=AMOUNTS, silicon=SILICON))


def screen(folder: Path, *arguments: str) -> Any:
    done = CliRunner().invoke(app, ["screen", "--lab", str(folder), *arguments], env={"COLUMNS": "80"})
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout) if "--json" in arguments else done.stdout


def test_the_document_holds_every_dopant_its_parts_and_what_they_are_worth(trained: Path) -> None:
    document = screen(trained, "--json")
    rows = {row["element"]: row for row in document["dopants"]}
    assert set(rows) == set(dopants())
    assert rows["Cd"]["is_blocked"]
    assert rows["Cd"]["score"] is None
    scores = [row["score"] for row in document["dopants"] if row["score"] is not None]
    assert scores == sorted(scores, reverse=True)
    assert [part["weight"] for part in document["parts"]] == [0.85, 0.05, 0.05, 0.05]
    assert rows["Mg"]["parts"]["window"] == pytest.approx(2.3)
    assert rows["Cu"]["parts"]["window"] is None
    assert rows["Mg"]["parts"]["stability"] is None
    assert len(document["paper"]) == 17
    assert any("90 % of the score is sigma" in remark for remark in document["remarks"])
    assert any("stability: no data" in remark for remark in document["remarks"])


def test_the_terminal_shows_map_table_paper_and_remarks_in_80_columns(trained: Path) -> None:
    text = screen(trained, "--limit", "5")
    assert max(map(len, text.splitlines())) <= 80
    lines = text.splitlines()
    assert lines[0].split() == ["Li", "B"]
    assert "x" in lines[5].split()  # below Cr
    for words in ("~ no measured row", "Na3.46Zr1.9Mg0.1Si2.23P0.77O12: does not balance: 24.03", "rank correlation"):
        assert words in text


def test_the_map_is_drawn_and_what_cannot_be_is_refused(trained: Path, tmp_path: Path) -> None:
    screen(trained, "--plot", str(tmp_path / "map.png"))
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")
    wrong = (["--plot", str(tmp_path / "x.pdf")], ["--pairs", "--compositions"], ["--compositions", "--plot", "x.png"])
    for arguments in wrong:
        refused = CliRunner().invoke(app, ["screen", "--lab", str(trained), *arguments])
        assert refused.exit_code == 1


def test_pairs_are_best_first_hold_every_pair_once_and_have_a_map(trained: Path, tmp_path: Path) -> None:
    picture = tmp_path / "deep" / "pairs.svg"
    document = screen(trained, "--pairs", "--json", "--plot", str(picture))
    pairs = [(row["first"], row["second"]) for row in document["pairs"]]
    assert len(pairs) == len(set(pairs)) > 400
    assert not {"As", "Cd", "Cr"} & {symbol for pair in pairs for symbol in pair}
    values = [row["hit"]["value"] for row in document["pairs"]]
    assert values == sorted(values, reverse=True)
    assert "<svg" in picture.read_text()


def test_a_large_space_is_screened_once_and_then_remembered(trained: Path) -> None:
    first = screen(trained, "--compositions", "--limit", "7", "--json")
    assert len(first["compositions"]) == 7
    assert first["n_taken_over"] == 0
    again = screen(trained, "--compositions", "--limit", "7", "--json")
    assert again["n_taken_over"] == again["n_candidates"] == first["n_candidates"]
    assert again["compositions"] == first["compositions"]
    assert "done before" in screen(trained, "--compositions", "--limit", "7")
    by_score = screen(trained, "--compositions", "--by", "score", "--limit", "10000", "--json")
    assert all(row["score"] == row["value"] for row in by_score["compositions"])
    with ways.opened(trained) as lab:
        known = {campaign.composition_key(row.formula) for row in past_of(lab).known}
    assert not known & {campaign.composition_key(row["formula"]) for row in by_score["compositions"]}


def test_a_measured_window_overrides_the_estimate(trained: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(trained, tmp_path / "lab"))
    before = {row["element"]: row for row in screen(folder, "--json")["dopants"]}
    formula = before["Cu"]["formula"]
    (folder / "windows.csv").write_text(f"formula,low_v,high_v,source\n{formula},0.5,4.0,us\n")
    after = {row["element"]: row for row in screen(folder, "--json")["dopants"]}
    assert before["Cu"]["parts"]["window"] is None
    assert after["Cu"]["parts"]["window"] == pytest.approx(3.5)
