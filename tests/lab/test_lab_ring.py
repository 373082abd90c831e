"""The ring through the use cases: suggest, make, measure, learn, suggest again, take back."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from nasicon_loop import lab as ways
from nasicon_loop.core import Refusal
from nasicon_loop.lab.learning import current_model

if TYPE_CHECKING:
    from nasicon_loop.lab.context import Lab

HERE = "Na3.36Zr1.92Cu0.08Si2.2P0.8O12"
SAME_DOPANT = "Na3.3Zr1.95Cu0.05Si2.2P0.8O12"
OTHER_FAMILY = "NaZr2P3O12"


def _means(lab: "Lab") -> np.ndarray:
    _, model = current_model(lab)
    return np.array(model.predict([HERE, SAME_DOPANT, OTHER_FAMILY]).mean)


def _measured_sample(bench, r_ohm: float = 30.31, r_ct_ohm: float = 35.35) -> str:  # type: ignore[no-untyped-def]
    """A Cu-doped sample, made as planned and measured once; returns its label."""
    lab = bench.lab
    label = ways.new_sample(lab, HERE).label
    ways.sample_sheet(lab, label)
    ways.record_weighing(lab, label, {}, as_planned=True)
    ways.record_firing(lab, label, "calcination")
    ways.record_firing(lab, label, "sintering")
    size = ways.Dimensions(thickness_cm=0.127, electrode_diameter_cm=1.6, mass_g=0.6, fired_diameter_cm=1.6)
    ways.new_pellet(lab, label, size)
    (result,) = ways.import_files(lab, [bench.drop(f"{label}_run.csv", bench.csv(r_ohm, r_ct_ohm))])
    assert result.verdict == "accepted"
    return label


def test_a_result_teaches_and_a_retraction_unteaches(literate) -> None:  # type: ignore[no-untyped-def]
    lab = literate.lab
    before = _means(lab)
    label = _measured_sample(literate)
    trained = ways.train_model(lab)
    assert trained.run is not None
    assert trained.taught_by == (f"{label}-P1",)
    after = _means(lab)
    measured = np.log10(9.62e-4)
    residual = measured - before[0]
    assert 0 < (after[0] - before[0]) / residual < 1
    assert 0 < (after[1] - before[1]) / residual < 1
    assert abs(after[2] - before[2]) < 0.05
    story = ways.sample_story(lab, label)
    (branch,) = story.pellets[0].files[0].spectra[0].analyses
    assert [run.number for run in branch.taught] == [trained.run.number]
    ways.retract_analysis(lab, branch.analysis.id, reason="the pellet was cracked", by="Ada")
    forgot = ways.train_model(lab)
    assert forgot.run is not None
    assert forgot.run.n_lab_rows == 0
    np.testing.assert_array_equal(_means(lab), before)
    events = [(line.event, line.data.get("who")) for line in ways.journal(lab, limit=1000)]
    assert ("analysis.retracted", "Ada") in events
    assert len([event for event, _ in events if event == "model.trained"]) == 3


def test_automatic_training_waits_for_enough_results(literate) -> None:  # type: ignore[no-untyped-def]
    lab = literate.with_settings(training__retrain_after_n_results=2)
    assert ways.train_model(lab, automatic=True).run is None
    _measured_sample(literate)
    waiting = ways.train_model(lab, automatic=True)
    assert waiting.run is None
    assert waiting.n_new_results == 1
    _measured_sample(literate, 40.0, 50.0)
    assert ways.train_model(lab, automatic=True).run is not None


def test_suggestions_carry_reasons_and_change_with_results(literate) -> None:  # type: ignore[no-untyped-def]
    lab = literate.lab
    first = ways.suggest_compositions(lab, 4)
    assert len({one.suggestion.dopant for one in first.suggestions}) == 4
    assert all("expected" in one.suggestion.reason for one in first.suggestions)
    number = first.suggestions[0].suggestion.number
    sample = ways.new_sample(lab, from_suggestion=number)
    assert sample.target_formula == first.suggestions[0].suggestion.formula
    states = {one.suggestion.number: one.state for one in ways.all_suggestions(lab)}
    assert states[number] == "accepted"
    label = _measured_sample(literate)
    ways.train_model(lab)
    second = ways.suggest_compositions(lab, 4)
    assert any(label in change for change in second.changes)
    made = {sample.target_formula, HERE}
    assert not made & {one.suggestion.formula for one in second.suggestions}


def test_the_weighed_composition_is_what_teaches(literate) -> None:  # type: ignore[no-untyped-def]
    lab = literate.lab
    label = ways.new_sample(lab, HERE).label
    sheet = ways.sample_sheet(lab, label)
    masses = {line["formula"]: line["rounded_g"] for line in sheet.document["precursors"]}
    masses["CuO"] *= 1.10
    weighing = ways.record_weighing(lab, label, masses)
    assert weighing.weighed_formula != HERE
    assert "Cu0.0875" in weighing.weighed_formula, "0.0078 g of CuO at 0.1 mg, and a tenth more"
    assert weighing.excess_fraction == pytest.approx(0.15, abs=1e-3)


def test_a_sample_must_balance_and_a_pellet_must_be_one(literate, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    lab = literate.lab
    with pytest.raises(Refusal, match="charges do not balance"):
        ways.new_sample(lab, "Na3.4Zr1.85Zn0.15Si2PO12")
    label = ways.new_sample(lab, HERE).label
    with pytest.raises(Refusal, match="no recipe yet"):
        ways.record_weighing(lab, label, {}, as_planned=True)
    with pytest.raises(Refusal, match="in cm"):
        ways.new_pellet(lab, label, ways.Dimensions(thickness_cm=12.7))
    with pytest.raises(Refusal, match="ceiling"):
        ways.record_firing(lab, label, "sintering", temperature_c=1900.0, hours=1.0)


def test_a_lab_without_a_model_says_train(bench) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Refusal, match="nasicon train"):
        ways.suggest_compositions(bench.lab, 4)
    with pytest.raises(Refusal, match="nasicon data import"):
        ways.train_model(bench.lab)


def test_the_report_opens_without_network_and_shows_the_pellet(literate) -> None:  # type: ignore[no-untyped-def]
    label = _measured_sample(literate)
    written = ways.write_report(literate.lab)
    page = written.html.read_text(encoding="utf-8")
    assert label in page
    assert "http://" not in page
    assert "https://" not in page.replace("https://doi.org", "")
    assert any(picture.path.name.startswith("nyquist") for picture in written.pictures)


def test_a_killed_training_leaves_nothing_that_counts(literate) -> None:  # type: ignore[no-untyped-def]
    lab = literate.lab
    half = lab.folder.models / "20260101T000000000000Z"
    half.mkdir()
    (half / "weights.safetensors").write_bytes(b"half")
    run, _ = current_model(lab)
    assert run.number == 1
    assert replace(lab).folder.models.joinpath(run.directory).is_dir()


def test_two_sweeps_of_one_pellet_are_one_result(literate) -> None:  # type: ignore[no-untyped-def]
    label = _measured_sample(literate)
    first = ways.campaign_state(literate.lab).best_sigma_25_s_cm
    ways.import_files(literate.lab, [literate.drop(f"{label}_again.csv", literate.csv(30.5, 35.6, seed=2))])
    state = ways.campaign_state(literate.lab)
    assert state.n_results == 2
    assert state.best_sigma_25_s_cm < first, "the pooled value, not the better of the two"
    trained = ways.train_model(literate.lab)
    assert trained.run.n_lab_rows == 1
