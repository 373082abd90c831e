"""How far the lab's own results move the model: enough, not too far, and back."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nasicon_loop.predict import Model, Prediction, Row, Settings, load, train

HERE = "Na3.4Zr1.8Mg0.2Si2PO12"
NEIGHBOURS = ["Na3.3Zr1.85Mg0.15Si2PO12", "Na3.2Zr1.9Mg0.1Si2PO12"]
UNRELATED = ["NaZr2P3O12", "LiTi2P3O12", "Na3Sc2P3O12"]
OTHER_DOPANTS = ["Na3.1Zr1.9Y0.1Si2PO12", "Na3.2Zr1.8Sc0.2Si2PO12"]
ALL = [HERE, *NEIGHBOURS, *UNRELATED, *OTHER_DOPANTS]
FIRED = {"excess_fraction": 0.15, "sintering_c": 1200.0, "sintering_h": 12.0, "relative_density": 0.76}

Teach = Callable[..., Prediction]


def lab_row(value: float, sd: float = 0.05, formula: str = HERE, row_id: str = "lab-1") -> Row:
    return Row(row_id, formula, value, sd, 25.0, "total", "this lab", "lab", FIRED)


@pytest.fixture
def before(model: Model) -> Prediction:
    return model.predict(ALL)


@pytest.fixture
def teach(tmp_path: Path, literature: list[Row], tiny: Settings, model_directory: Path) -> Teach:
    def run(*rows: Row) -> Prediction:
        trained = train([*literature, *rows], tmp_path / "m", settings=tiny, seed=1, previous=model_directory)
        return trained.predict(ALL)

    return run


@pytest.mark.parametrize("residual", [-1.0, -0.1, 0.005, 0.05, 0.5, 1.0])
def test_one_result_moves_its_place_by_more_than_nothing_and_less_than_all(
    teach: Teach, before: Prediction, residual: float
) -> None:
    after = teach(lab_row(float(before.mean[0]) + residual))
    moved = (after.mean - before.mean) / residual
    assert 0 < moved[0] < 1
    assert (moved[1:3] > 0.15).all()  # the same dopant follows
    assert moved[0] > moved[1] > moved[2]  # the nearer the more
    assert np.abs(after.mean - before.mean)[3:6].max() < 0.05
    assert (moved[6:] > 0).all()  # what the lab's pellets of this host have in common
    assert (moved[6:] < 0.3).all()
    assert (moved[6:] < moved[1:3].min()).all()
    assert after.sd[0] < before.sd[0]
    assert after.epistemic_sd[0] < before.epistemic_sd[0]


def test_a_surer_result_moves_more(teach: Teach, before: Prediction) -> None:
    value = float(before.mean[0]) + 0.5
    shifts = [teach(lab_row(value, sd)).mean[0] - before.mean[0] for sd in (0.0, 0.05, 0.2, 0.5, 1.0)]
    assert (np.diff(shifts) < 0).all()
    assert 0 < shifts[-1] < shifts[0] < 0.5


def test_more_results_of_one_kind_move_more(teach: Teach, before: Prediction) -> None:
    value = float(before.mean[0]) + 0.5
    one = teach(lab_row(value))
    three = teach(*(lab_row(value, row_id=f"lab-{k}") for k in range(3)))
    assert one.mean[0] < three.mean[0] < value
    assert three.sd[0] < one.sd[0]


def test_many_low_results_lower_what_the_lab_may_expect_of_other_dopants(teach: Teach, before: Prediction) -> None:
    made = ["Na3.4Zr1.8Mg0.2Si2PO12", "Na3.2Zr1.8In0.2Si2PO12", "Na3.1Zr1.9La0.1Si2PO12", "Na3.2Zr1.9Zn0.1Si2PO12"]
    rows = [lab_row(float(before.mean[0]) - 1.0, formula=made[k % 4], row_id=f"lab-{k}") for k in range(12)]
    after = teach(*rows)
    assert after.mean[6] - before.mean[6] < -0.1
    assert np.abs(after.mean - before.mean)[3:6].max() < 0.05


def test_retraction_restores_exactly(teach: Teach, before: Prediction) -> None:
    kept, retracted = lab_row(-3.0, row_id="lab-1"), lab_row(-2.0, formula=NEIGHBOURS[0], row_id="lab-2")
    first = teach(kept)
    teach(kept, retracted)
    assert (teach(kept).bin_probabilities == first.bin_probabilities).all()
    assert (teach().bin_probabilities == before.bin_probabilities).all()


def test_taking_over_networks_is_the_same_as_training_anew(
    tmp_path: Path, literature: list[Row], tiny: Settings, teach: Teach
) -> None:
    warm = teach(lab_row(-2.8))
    cold = train([*literature, lab_row(-2.8)], tmp_path / "cold", settings=tiny, seed=1)
    assert (cold.predict(ALL).bin_probabilities == warm.bin_probabilities).all()
    assert cold.manifest["n_lab_rows"] == 1
    assert list(cold.manifest["lab_row_ids"]) == ["lab-1"]
    read = load(tmp_path / "cold").predict(ALL)
    assert (read.bin_probabilities == warm.bin_probabilities).all()
    assert (read.correction == warm.correction).all()


def test_other_literature_is_trained_anew(
    tmp_path: Path, literature: list[Row], tiny: Settings, model_directory: Path, model: Model
) -> None:
    fewer = train(literature[:-3], tmp_path / "m", settings=tiny, seed=1, previous=model_directory)
    assert fewer.manifest["networks_hash"] != model.manifest["networks_hash"]
    assert fewer.manifest["networks"] == "trained"


def test_a_lost_previous_model_is_no_obstacle(
    tmp_path: Path, literature: list[Row], tiny: Settings, model: Model
) -> None:
    again = train(literature, tmp_path / "m", settings=tiny, seed=1, previous=tmp_path / "gone")
    assert (again.predict(ALL).bin_probabilities == model.predict(ALL).bin_probabilities).all()


def test_a_result_at_another_temperature_or_of_the_bulk_teaches_less(
    teach: Teach, before: Prediction, model: Model
) -> None:
    here = teach(lab_row(float(before.mean[0]) + 0.5)).correction[0]
    hot_mean = float(model.predict([HERE], 150.0).mean[0])
    hot = teach(replace(lab_row(hot_mean + 0.5), temperature_c=150.0)).correction[0]
    bulk_mean = float(model.predict([HERE], kind="bulk").mean[0])
    bulk = teach(replace(lab_row(bulk_mean + 0.5), kind="bulk")).correction[0]
    assert 0 < hot < here
    assert 0 < bulk < here


def test_networks_can_learn_lab_rows_too(tmp_path: Path, literature: list[Row], tiny: Settings, model: Model) -> None:
    full = train([*literature, lab_row(-2.5)], tmp_path / "m", settings=replace(tiny, is_full=True), seed=1)
    assert full.manifest["n_rows"] == len(literature) + 1
    assert full.manifest["networks_hash"] != model.manifest["networks_hash"]
    assert full.predict([HERE]).mean[0] > model.predict([HERE]).mean[0]


def test_default_model_on_measured_rows(shared: Path, tmp_path: Path) -> None:
    """The same with the quick preset on published conductivities."""
    table = pd.read_csv(shared / "data" / "measurements.csv")
    table = table[(table["use_rt"] == 1) & (table["source_dataset"] != "Liverpool") & table["flags"].isna()]
    rows = [
        Row(
            f"m-{i}",
            str(line.formula),
            float(np.log10(line.sigma_S_cm)),
            0.2,
            float(line.temperature_C),
            str(line.sigma_kind),  # type: ignore[arg-type]
            str(line.doi_or_source),
            "literature",
        )
        for i, line in enumerate(table.itertuples())
    ]
    quick = Settings.quick()
    base = train(rows, tmp_path / "base", settings=quick)
    before = base.predict(ALL)
    assert before.mean[0] > before.mean[3] + 1.0
    shifts = []
    for sd in (0.05, 0.4):
        lesson = lab_row(float(before.mean[0]) + 0.5, sd)
        after = train([*rows, lesson], tmp_path / "next", settings=quick, previous=tmp_path / "base").predict(ALL)
        moved = after.mean - before.mean
        assert 0 < moved[0] < 0.5
        assert (moved[1:3] > 0.02).all()
        assert np.abs(moved[3:6]).max() < 0.05
        shifts.append(moved[0])
    assert shifts[0] > shifts[1]
    back = train(rows, tmp_path / "back", settings=quick, previous=tmp_path / "next")
    assert (back.predict(ALL).bin_probabilities == before.bin_probabilities).all()


def test_loadings_are_a_part_of_what_is_not_known_and_shrink_where_the_lab_measured(
    tmp_path: Path, literature: list[Row], tiny: Settings, model: Model, model_directory: Path
) -> None:
    loadings = model.loadings(ALL)
    assert loadings.shape == (len(ALL), tiny.n_members)
    told = (loadings**2).sum(axis=1)
    assert (told > 0).all()
    assert (told <= model.predict(ALL).epistemic_sd ** 2 * 1.02).all()
    np.testing.assert_allclose(loadings.sum(axis=1), 0.0, atol=1e-9)
    taught = train([*literature, lab_row(-2.0)], tmp_path / "m", settings=tiny, seed=1, previous=model_directory)
    after = (taught.loadings(ALL) ** 2).sum(axis=1)
    assert after[0] < 0.9 * told[0]
    np.testing.assert_allclose(after[3:6], told[3:6], rtol=0.05)
