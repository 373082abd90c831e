"""Cross-validation and the paper's preset, small."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nasicon_loop.core import Refusal
from nasicon_loop.predict import Row, Settings, Validation, baselines, train, validate
from nasicon_loop.predict.metrics import errors
from nasicon_loop.predict.validation import RIVALS

MODELS = (
    "CNN with trees",
    "CNN alone",
    "trees without the CNN",
    "CNN, images shuffled",
    "network on features, no image",
    "mean",
    "ridge",
    "random forest",
    "ExtraTrees",
    "random forest, Na rows only",
    "ExtraTrees, Na rows only",
)


def test_errors_of_known_numbers() -> None:
    truth, mean = np.array([-5.5, -3.5, -2.5]), np.array([-5.0, -3.5, -3.5])
    found = errors(truth, mean, mean - 0.75, mean + 0.75)
    assert found.mae == pytest.approx(0.5)
    assert found.rmse == pytest.approx(np.sqrt(1.25 / 3))
    assert found.accuracy4 == pytest.approx(1 / 3)
    assert found.coverage90 == pytest.approx(2 / 3)
    assert errors(truth, truth, truth, truth).r2 == 1.0


def test_table_has_every_model_on_the_same_rows(
    literature: list[Row], tiny: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baselines, "N_TREES", 10)
    monkeypatch.setattr(baselines, "N_CONFORMAL_TREES", 3)
    small = replace(tiny, n_members=3, n_trunks=1, n_epochs=2, n_pretraining_epochs=1, n_folds=3)
    found = validate(literature, settings=small, seed=3)
    assert {s.model for s in found.scores} == set(MODELS)
    assert {s.split for s in found.scores} == {"random", "source", "source and formula", "chemical system"}
    for split in ("random", "source", "source and formula", "chemical system"):
        assert len({s.n for s in found.scores if s.subset == "all" and s.split == split}) == 1
    assert all(s.mae > 0 for s in found.scores)
    by_model = {s.model: s for s in found.scores if s.subset == "all" and s.split == "random"}
    assert by_model["random forest"].mae < by_model["mean"].mae
    assert by_model["mean"].r2 < 0.1
    assert found.markdown().count("\n") == len(found.scores) + 1
    json.dumps(found.to_dict())
    _pairs_are_those_of_the_table(found)
    _calibration_is_that_of_the_held_out_values(found)
    again = validate(literature, settings=small, seed=3, splits=("random",))
    assert again.scores == tuple(s for s in found.scores if s.split == "random")


def _pairs_are_those_of_the_table(found: Validation) -> None:
    pair = found.paired("CNN with trees", "ridge", "source", "all", n_boot=300, seed=1)
    maes = {s.model: s.mae for s in found.scores if (s.split, s.subset) == ("source", "all")}
    assert (pair.mae_a, pair.mae_b) == pytest.approx((maes["CNN with trees"], maes["ridge"]))
    assert pair.difference == pytest.approx(maes["CNN with trees"] - maes["ridge"])
    assert pair.low <= pair.difference <= pair.high
    assert pair == found.paired("CNN with trees", "ridge", "source", "all", n_boot=300, seed=1)
    assert found.paired("ridge", "ridge", "random", "all").high == 0.0
    with pytest.raises(Refusal):
        found.paired("ridge", "crystal ball", "random", "all")
    for one in found.comparisons:
        rivals = [s for s in found.scores if (s.split, s.subset) == (one.split, one.subset) and s.model in RIVALS]
        assert one.mae_b == pytest.approx(min(s.mae for s in rivals))
    assert {one.split for one in found.comparisons} == set(found.splits)


def _calibration_is_that_of_the_held_out_values(found: Validation) -> None:
    shares = found.calibration("random")
    assert shares is not None
    assert list(shares) == sorted(shares)
    pit = found.pit["CNN with trees, random"]
    assert ((pit >= 0) & (pit <= 1)).all()
    assert found.calibration("random", "ridge") is None  # it gives an interval and no distribution


def test_too_few_rows(literature: list[Row], tiny: Settings) -> None:
    with pytest.raises(Refusal, match="at least"):
        validate(literature[:10], settings=tiny)


def test_paper_preset_reports_accuracies(tmp_path: Path, literature: list[Row]) -> None:
    short = replace(Settings.paper(), n_epochs=2, channels=(4, 4, 4), hidden=(8, 8, 8, 8, 8, 8))
    model = train(literature, tmp_path / "m", settings=short)
    found = model.manifest["metrics"]["paper"]
    assert found["n"] == sum(row.temperature_c <= 35 for row in literature)
    assert 0 <= found["test_accuracy4"] <= 1
    assert 0 <= found["train_accuracy4"] <= 1
    assert (found["paper_train_accuracy"], found["paper_test_accuracy"]) == (0.91, 0.85)
    one, other = model.predict(["Na3Zr2Si2PO12"], 25.0), model.predict(["Na3Zr2Si2PO12"], 300.0)
    assert (one.bin_probabilities == other.bin_probabilities).all()  # the image knows no temperature
