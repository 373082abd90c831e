"""`nasicon validate`, `train --explain` and `predict --why` as a chemist types them, on a small literature."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from nasicon_loop import lab as ways
from nasicon_loop import predict
from nasicon_loop.cli.app import app
from nasicon_loop.predict import baselines, dopants_left_out, forest, pretraining, validation

TINY = replace(
    predict.Settings.default(),
    preset="tiny",
    n_members=2,
    n_trunks=1,
    n_epochs=1,
    n_pretraining_epochs=1,
    n_trees=3,
    channels=(2, 2, 2),
    hidden=(8, 8, 8, 8, 8, 8),
    n_folds=2,
)
EVERY = 5
"""One row of so many of the shipped literature."""
FORMULA = "Na3.4Zr1.8Mg0.2Si2PO12"


@pytest.fixture(scope="module")
def taught(new_lab: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lab that knows a part of the literature, the paper's compounds with it, and has a small model."""
    folder = Path(shutil.copytree(new_lab, tmp_path_factory.mktemp("validating") / "lab"))
    with pytest.MonkeyPatch.context() as patch, ways.opened(folder, who="bench") as lab:
        patch.setattr(predict.Settings, "default", classmethod(lambda cls: TINY))
        ways.import_data(lab)
        ways.train_model(lab)
    return folder


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same commands in seconds."""
    from nasicon_loop.lab import validating

    whole = validating.training_rows

    def some(lab: Any) -> Any:
        rows, results = whole(lab)
        return [row for k, row in enumerate(rows) if k % EVERY == 0 or "Zhao" in row.source], results

    for name in ("default", "quick"):
        monkeypatch.setattr(predict.Settings, name, classmethod(lambda cls: TINY))
    monkeypatch.setattr(validating, "training_rows", some)
    monkeypatch.setattr(pretraining, "N_MIXTURES", 50)
    fast = {name: validation.BASELINES[name] for name in ("mean", "ridge", "random forest")}
    monkeypatch.setattr(validation, "BASELINES", fast)
    for module, names in ((baselines, ("N_TREES", "N_CONFORMAL_TREES")), (forest, ("N_TREES", "N_CONFORMAL_TREES"))):
        for name in names:
            monkeypatch.setattr(module, name, 3)


def run(folder: Path, *arguments: str, code: int = 0) -> Any:
    done = CliRunner().invoke(app, [*arguments, "--lab", str(folder)], env={"COLUMNS": "80"})
    assert done.exit_code == code, done.output
    return json.loads(done.stdout) if "--json" in arguments else done.output


def test_the_table_ends_with_who_is_better_and_the_sheet_is_drawn(taught: Path, tmp_path: Path) -> None:
    picture = tmp_path / "sheet.png"
    text = run(taught, "validate", "--quick", "--plot", str(picture))
    assert max(map(len, text.splitlines())) <= 80
    assert "paired bootstrap" in text
    assert "Rank correlation inside the Na3Zr2Si2PO12 family" in text
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_the_document_holds_scores_comparisons_and_calibration(taught: Path) -> None:
    document = run(taught, "validate", "--quick", "--json")
    assert document["schema"] == 1
    assert {"scores", "comparisons", "calibration", "held_out", "truth"} <= set(document)
    assert {one["model_b"] for one in document["comparisons"]} == {"random forest"}
    assert len(document["calibration"]["held_out"]["random"]) == len(document["calibration"]["nominal"])


def test_a_wrong_suffix_is_refused_before_the_work(taught: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predict, "validate", lambda *_, **__: pytest.fail("worked for nothing"))
    assert "pictures are" in run(taught, "validate", "--plot", "sheet.pdf", code=1)


def test_every_dopant_has_a_line_and_the_summary_says_who_wins(taught: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = {name: dopants_left_out.dopants()[name] for name in ("Mg", "Sc", "Tm")}
    monkeypatch.setattr(dopants_left_out, "dopants", lambda: few)
    text = run(taught, "validate", "--by", "dopant", "--quick")
    assert max(map(len, text.splitlines()[:14])) <= 80
    assert "better than random-forest quantiles for" in text
    assert "Na3.36Zr1.92Cu0.08Si2.2P0.8O12" in text
    document = run(taught, "validate", "--by", "dopant", "--quick", "--json")
    assert {one["dopant"] for one in document["dopants"]} <= {"Mg", "Sc"}
    assert len(document["compounds"]) == 9
    assert {one["n_left_out"] for one in document["compounds"]} != {0}
    assert "not of --by dopant" in run(taught, "validate", "--by", "dopant", "--plot", "a.png", code=1)


def test_the_stored_model_tells_what_it_held_out_without_computing(
    taught: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predict, "load", lambda *_: pytest.fail("loaded the networks"))
    picture = tmp_path / "stored.svg"
    text = run(taught, "validate", "--stored", "--plot", str(picture))
    assert "MAE" in text
    assert "the spreads were fitted to these rows" in text
    assert picture.exists()
    document = run(taught, "validate", "--stored", "--json")
    assert document["n"] == len(document["rows"])
    run(taught, "validate", "--stored", "--quick", code=1)


def test_training_explains_its_descriptors_in_80_columns(taught: Path) -> None:
    text = run(taught, "train", "--explain")
    assert max(map(len, text.splitlines())) <= 80
    for words in ("octahedra (M)", "weight", "of the variance", "says the same as", "log10 sigma"):
        assert words in text
    document = run(taught, "train", "--explain", "--json")
    sites = document["explanation"]["sites"]
    assert [site["site"] for site in sites] == ["A", "M", "X"]
    assert all(len(site["dropped"]) == len(site["names"]) for site in sites)


def test_reasons_name_only_what_can_be_made(taught: Path) -> None:
    text = run(taught, "predict", FORMULA, "--why")
    assert max(map(len, text.splitlines())) <= 80
    assert "% of the mean are the networks'" in text
    document = run(taught, "predict", FORMULA, "--why", "--json")[0]["why"]
    made = {change["formula"] for change in document["changes"]}
    assert len(made) == len(document["changes"])
    assert not any("Cd" in formula for formula in made)  # blocked by policy: there is no recipe
    assert all(change["sd"] <= document["sd"] + 0.01 for change in document["changes"])
    with ways.opened(taught, who="bench") as lab:
        for formula in made:
            ways.bench_sheet(lab.folder.path, formula)
