"""A model on disk, and what it says."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from nasicon_loop.core import Refusal
from nasicon_loop.predict import Model, Row, Settings, explain, load, nearest_known, read_held_out, train

PROBE = ["Na3Zr2Si2PO12", "Na3.4Zr1.8Mg0.2Si2PO12", "NaZr2(PO4)3", "LiTi2(PO4)3"]


def test_prediction_is_a_distribution(model: Model) -> None:
    found = model.predict(PROBE)
    assert found.formulas[2] == "NaZr2P3O12"
    assert found.bin_probabilities.sum(axis=1) == pytest.approx(np.ones(4))
    centres = (found.bin_edges[1:] + found.bin_edges[:-1]) / 2
    assert found.bin_probabilities @ centres == pytest.approx(found.mean)
    assert found.epistemic_sd**2 + found.noise_sd**2 == pytest.approx(found.sd**2)
    assert (np.diff(found.quantiles, axis=1) > 0).all()
    assert found.class_probabilities.sum(axis=1) == pytest.approx(np.ones(4))
    with pytest.raises(ValueError, match="read-only"):
        found.mean[0] = 0.0
    record = json.loads(json.dumps(found.records()[0]))
    assert {"formula", "log10_sigma_mean", "log10_sigma_sd", "log10_sigma_quantiles", "class_probabilities"} <= set(
        record
    )


def test_model_learned_what_there_was_to_learn(model: Model) -> None:
    found = model.predict(PROBE)
    assert found.mean[0] > found.mean[2] + 1.5  # silico-phosphates conduct, the phosphate hardly does
    hot, cold = model.predict(["NaZr2P3O12"], 300.0), model.predict(["NaZr2P3O12"], 25.0)
    assert hot.mean[0] > cold.mean[0] + 0.5


def test_order_and_company_do_not_matter(model: Model) -> None:
    together, backwards = model.predict(PROBE), model.predict(PROBE[::-1])
    alone = model.predict([PROBE[1]])
    assert together.mean == pytest.approx(backwards.mean[::-1], abs=1e-5)
    assert alone.mean[0] == pytest.approx(together.mean[1], abs=1e-5)
    assert len(model.predict([])) == 0


def test_same_seed_same_model_and_reading_back_changes_nothing(
    tmp_path: Path, literature: list[Row], tiny: Settings, model: Model
) -> None:
    again = train(literature, tmp_path / "again", settings=tiny, seed=1)
    one, two, read = model.predict(PROBE), again.predict(PROBE), load(tmp_path / "again").predict(PROBE)
    assert (one.bin_probabilities == two.bin_probabilities).all()
    assert (read.bin_probabilities == two.bin_probabilities).all()
    assert again.manifest["weights_sha256"] == model.manifest["weights_sha256"]
    shuffled = train(literature[::-1], tmp_path / "shuffled", settings=tiny, seed=1)
    assert (shuffled.predict(PROBE).bin_probabilities == one.bin_probabilities).all()
    other = train(literature, tmp_path / "other", settings=tiny, seed=2)
    assert (other.predict(PROBE).mean != one.mean).any()


def test_manifest_says_what_it_came_from(model: Model, literature: list[Row], tiny: Settings) -> None:
    manifest = model.manifest
    assert manifest["n_rows"] == len(literature)
    assert manifest["n_lab_rows"] == 0
    assert manifest["seed"] == 1
    assert Settings.from_dict(dict(manifest["settings"])) == tiny
    assert manifest["metrics"]["held_out"]["all"]["mae"] > 0
    assert set(manifest["versions"]) >= {"torch", "numpy", "nasicon_loop"}


def test_rows_that_are_no_nasicon_are_named(tmp_path: Path, literature: list[Row], tiny: Settings) -> None:
    salt = Row("salt", "NaCl", -9.0, 0.1, 25.0, "total", "sea", "literature")
    trained = train([*literature, salt], tmp_path / "m", settings=tiny, seed=1)
    assert [pair[0] for pair in trained.manifest["skipped"]] == ["salt"]


@pytest.mark.parametrize("bad", ["NaCl", "", "__import__('os')", "Na3Zr2Si2PO12" * 40, "Zr2P3O12"])
def test_compositions_that_are_none_are_refused(model: Model, bad: str) -> None:
    with pytest.raises(Refusal):
        model.predict(["Na3Zr2Si2PO12", bad])


def test_bad_conditions_are_refused(model: Model) -> None:
    with pytest.raises(Refusal):
        model.predict(PROBE, temperature_c=-300.0)
    with pytest.raises(Refusal):
        model.predict(PROBE, temperature_c=float("nan"))
    with pytest.raises(Refusal):
        model.predict(PROBE, kind="grain")  # type: ignore[arg-type]


def test_too_few_rows_and_doubled_ids_are_refused(tmp_path: Path, literature: list[Row], tiny: Settings) -> None:
    with pytest.raises(Refusal, match="at least"):
        train(literature[:3], tmp_path / "m", settings=tiny)
    with pytest.raises(Refusal, match="twice"):
        train([*literature, literature[0]], tmp_path / "m", settings=tiny)
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize("where", [0, 100, -1])
def test_changed_weights_are_refused(tmp_path: Path, model_directory: Path, where: int) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(model_directory, copy)
    payload = bytearray((copy / "weights.safetensors").read_bytes())
    payload[where] ^= 1
    (copy / "weights.safetensors").write_bytes(bytes(payload))
    with pytest.raises(Refusal, match="does not match"):
        load(copy)


def test_cut_foreign_and_missing_files_are_refused(tmp_path: Path, model_directory: Path) -> None:
    with pytest.raises(Refusal, match="no model here"):
        load(tmp_path / "nowhere")
    copy = tmp_path / "copy"
    shutil.copytree(model_directory, copy)
    weights, manifest = copy / "weights.safetensors", copy / "manifest.json"
    good = manifest.read_text()
    weights.write_bytes(weights.read_bytes()[:50])
    with pytest.raises(Refusal, match="does not match"):
        load(copy)
    for text, reason in (
        ("{", "JSON"),
        ("[1]", "not the manifest"),
        ('{"format": "something else"}', "not the manifest"),
        (good.replace('"format_version": 1', '"format_version": 99'), "another version"),
    ):
        manifest.write_text(text)
        with pytest.raises(Refusal, match=reason):
            load(copy)


def test_a_manifest_that_does_not_fit_its_weights_is_refused(tmp_path: Path, model_directory: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(model_directory, copy)
    document = json.loads((copy / "manifest.json").read_text())
    document["settings"]["n_members"] = 3
    (copy / "manifest.json").write_text(json.dumps(document))
    with pytest.raises(Refusal, match="do not fit"):
        load(copy)


def test_training_replaces_a_model_but_nothing_else(tmp_path: Path, literature: list[Row], tiny: Settings) -> None:
    folder = tmp_path / "thesis"
    folder.mkdir()
    (folder / "chapter1.txt").write_text("years of work")
    with pytest.raises(Refusal, match="not a model"):
        train(literature, folder, settings=tiny)
    assert (folder / "chapter1.txt").read_text() == "years of work"
    train(literature, tmp_path / "m", settings=tiny, seed=1)
    train(literature, tmp_path / "m", settings=tiny, seed=2)
    assert load(tmp_path / "m").manifest["seed"] == 2
    assert sorted(item.name for item in tmp_path.iterdir()) == ["m", "thesis"]  # nothing half-written stays


def test_explanation_lists_descriptors(model: Model) -> None:
    found = explain(model)
    assert [site.site for site in found.sites] == ["A", "M", "X"]
    assert all(len(site.names) == len(site.weights) == len(site.loadings) for site in found.sites)
    assert "ionic radius" in found.sites[1].names
    assert "mobile ions per 12 O" in found.features
    assert found.weighed_by == "log10 sigma"
    for site in found.sites:
        for weight, reason in zip(site.weights, site.dropped, strict=True):
            assert (weight == 0) == bool(reason)
        assert sum(site.explained) <= 1 + 1e-9
    reasons = [reason for site in found.sites for reason in site.dropped if reason]
    assert reasons
    assert all(0.98 < float(reason.rsplit(" ", 1)[1].rstrip(")")) <= 1 for reason in reasons)


def test_a_stored_model_keeps_what_it_said_about_rows_that_it_had_not_seen(
    model: Model, model_directory: Path, literature: list[Row], tmp_path: Path, tiny: Settings
) -> None:
    found = read_held_out(model_directory)
    assert len(found) == model.manifest["metrics"]["held_out"]["all"]["n"]
    mae = np.abs(found.measured - found.mean).mean()
    assert mae == pytest.approx(model.manifest["metrics"]["held_out"]["all"]["mae"], abs=1e-4)
    assert set(found.families) == {"silico-phosphate", "phosphate"}
    assert ((found.pit >= 0) & (found.pit <= 1)).all()
    again = train(literature, tmp_path / "again", settings=tiny, seed=1, previous=model_directory)
    assert again.held_out is not None
    assert (again.held_out.mean == found.mean).all()  # networks taken over, and this with them
    with pytest.raises(Refusal):
        read_held_out(tmp_path / "nothing")


def test_nearest_known(literature: list[Row]) -> None:
    found = nearest_known(literature, "Na3.4Zr1.8Mg0.2Si2PO12", 3)
    assert found[0].distance == 0.0
    assert found[0].formula == "Na3.4Zr1.8Mg0.2Si2PO12"
    assert found[0].distance <= found[1].distance <= found[2].distance
    assert "Mg" in found[1].formula
    assert nearest_known([], "Na3Zr2Si2PO12") == []
    with pytest.raises(Refusal):
        nearest_known(literature, "NaCl")
