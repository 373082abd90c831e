"""Once round the ring on each kind of database: what is written comes back, and every thing knows its kin."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import db
from nasicon_loop.core import Refusal

Tell = Callable[..., Any]


def _second_analysis(writer: db.Writer, story: Any, **changes: Any) -> db.StoredAnalysis:
    values: dict[str, Any] = {
        "engine_version": "2", "verdict": "accepted", "reasons": [], "document": {}, "geometry": story.geometry,
        "sigma_total_s_cm": 1e-3,
    }  # fmt: skip
    return writer.add_analysis(story.spectrum, **values | changes)


def test_the_story_leaves_a_clean_database(database: db.Database, tell: Tell, tmp_path: Path) -> None:
    tell(database, tmp_path / "vault")
    assert db.check(database, tmp_path / "vault") == []


def test_numbers_come_back_to_the_bit(database: db.Database, tell: Tell) -> None:
    story = tell(database)
    with database.read() as reader:
        (spectrum,) = reader.spectra(story.file)
        analysis = reader.analysis(story.analysis.id)
    assert spectrum == story.spectrum
    np.testing.assert_array_equal(spectrum.frequency_hz, [1e5, 1e3, 10.0])
    np.testing.assert_array_equal(spectrum.impedance_ohm, [90 - 1j, 100 - 20j, 110 - 300j])
    assert not spectrum.impedance_ohm.flags.writeable
    assert analysis == story.analysis
    assert analysis.reasons == ("good",)
    assert analysis.at.tzinfo is UTC
    assert abs(datetime.now(UTC) - analysis.at) < timedelta(minutes=5)


def test_genealogy_leads_from_the_suggestion_to_the_lessons(database: db.Database, tell: Tell) -> None:
    story = tell(database)
    with database.read() as reader:
        tree = reader.genealogy(story.sample.label)
    assert (tree.suggested_by, tree.suggestion, tree.suggestion_state) == (story.run, story.suggestion, "accepted")
    assert (tree.sample, tree.state) == (story.sample, "calcined")
    (branch,) = tree.pellets
    assert (branch.pellet, branch.geometry) == (story.pellet, story.geometry)
    (file,) = branch.files
    assert (file.file, file.state) == (story.file, "analysed")
    ((analysis,),) = [spectrum.analyses for spectrum in file.spectra]
    assert (analysis.analysis.id, analysis.standing, analysis.is_current) == (story.analysis.id, "teaches", True)
    assert analysis.taught == (story.second_run,)


def test_genealogy_leads_back_from_an_analysis(database: db.Database, tell: Tell) -> None:
    story = tell(database)
    with database.read() as reader:
        back = reader.genealogy_of_analysis(story.analysis.id)
    assert back.analysis.taught == (story.second_run,)
    assert (back.spectrum.id, back.file, back.pellet) == (story.spectrum.id, story.file, story.pellet)
    assert (back.sample, back.suggestion, back.suggested_by) == (story.sample, story.suggestion, story.run)
    assert [sighting.path for sighting in back.sightings] == ["/inbox/NL-0001_a.csv"]


def test_a_teaching_row_carries_composition_and_covariates(database: db.Database, tell: Tell) -> None:
    tell(database)
    with database.read() as reader:
        (row,) = reader.teaching_analyses()
    assert row.formula == row.weighed_formula == "Na3.41Zr1.8Mg0.2Si2PO12"
    assert (row.excess_fraction, row.sintering_c, row.sintering_h) == (0.15, 1220.0, 24.0)
    assert (row.sigma_25_s_cm, row.sigma_25_s_cm_sd, row.pellet_label) == (9.6e-4, 2e-5, "NL-0001-P1")


def test_a_retracted_result_teaches_no_more_and_stays(database: db.Database, tell: Tell) -> None:
    story = tell(database)
    with database.write(who="Ada") as writer:
        writer.retract(story.analysis, reason="the pellet was cracked")
    with database.read() as reader:
        assert reader.teaching_analyses() == []
        (line,) = reader.journal("analysis", story.analysis.id, event="analysis.retracted")
        assert (line.who, line.data["reason"]) == ("Ada", "the pellet was cracked")
        assert reader.current_analysis(story.spectrum) == story.analysis
    with pytest.raises(Refusal, match="already retracted"), database.write(who="Ada") as writer:
        writer.retract(story.analysis, reason="again")


def test_a_newer_analysis_does_not_bring_a_retracted_result_back_by_itself(database: db.Database, tell: Tell) -> None:
    story = tell(database)
    with database.write(who="Ada") as writer:
        writer.retract(story.analysis, reason="wrong thickness")
        newer = _second_analysis(writer, story)
        assert writer.teaching_analyses() == []
        assert writer.file_state(story.file) == "held"
        writer.sign(newer, "accepted", reason="thickness measured again")
        assert [row.analysis_id for row in writer.teaching_analyses()] == [newer.id]


def test_a_review_teaches_once_it_is_signed(database: db.Database, tell: Tell) -> None:
    story = tell(database)
    with database.write(who="Ada") as writer:
        review = _second_analysis(writer, story, verdict="review", reasons=["few points"])
        assert (writer.teaching_analyses(), writer.file_state(story.file)) == ([], "held")
        assert [one.id for one in writer.current_analyses(standing="waits")] == [review.id]
        writer.sign(review, "accepted", reason="looks right")
        (row,) = writer.teaching_analyses()
        assert (row.analysis_id, row.signed_by) == (review.id, "Ada")
        writer.sign(review, "rejected", reason="on second thought no")
        assert writer.teaching_analyses() == []


def test_rejected_has_no_number_and_cannot_be_accepted(database: db.Database, tell: Tell) -> None:
    story = tell(database)
    with pytest.raises(Refusal, match="no resistance"), database.write(who="x") as writer:
        _second_analysis(writer, story, verdict="rejected")
    with database.write(who="x") as writer:
        rejected = _second_analysis(writer, story, verdict="rejected", sigma_total_s_cm=None, geometry=None)
        assert writer.file_state(story.file) == "analysed"
    with pytest.raises(Refusal, match="no number"), database.write(who="x") as writer:
        writer.sign(rejected, "accepted", reason="please")


def test_the_same_bytes_give_one_record(database: db.Database, tell: Tell) -> None:
    story = tell(database)
    with database.write(who="x") as writer:
        again, created = writer.add_file(story.file.sha256, size_bytes=1, name="other.csv")
    assert (again, created) == (story.file, False)
    with database.read() as reader:
        assert len(reader.files()) == 1


def test_a_re_export_is_known_by_its_numbers(database: db.Database, tell: Tell) -> None:
    story = tell(database)
    with database.write(who="x") as writer:
        copy, created = writer.add_file(
            "b" * 64, size_bytes=9, name="crlf.csv", numbers_sha256="n1", reader="xm_studio"
        )
        assert (created, copy.duplicate_of, writer.file_state(copy)) == (True, story.file.id, "duplicate")
    with pytest.raises(Refusal, match="repeats the numbers"), database.write(who="x") as writer:
        writer.add_spectrum(copy, 1, frequency_hz=[1.0], impedance_ohm=[1j], metadata={})
    assert db.check(database) == []


def test_a_refused_file_may_be_read_by_a_newer_reader(database: db.Database) -> None:
    with database.write(who="x") as writer:
        raw, _ = writer.add_file("c" * 64, size_bytes=9, name="odd.csv", refusal="no header")
        assert (writer.file_state(raw), raw.refusal) == ("refused", "no header")
        raw = writer.add_reading(raw, numbers_sha256="m", reader="delimited", reader_version="2")
        writer.add_spectrum(raw, 1, frequency_hz=[1.0], impedance_ohm=[1j], metadata={})
        assert (writer.file_state(raw), raw.reader, len(writer.spectra(raw))) == ("unassigned", "delimited", 1)
        events = [line.event for line in writer.journal("raw_file", raw.id)]
    assert events == ["spectrum.stored", "file.read", "file.refused", "file.imported"]
    assert db.check(database) == []


def test_a_file_says_what_it_waits_for(database: db.Database) -> None:
    with database.write(who="x") as writer:
        sample = writer.add_sample("Na3Zr2Si2PO12")
        pellet = writer.add_pellet(sample)
        raw, _ = writer.add_file("d" * 64, size_bytes=9, name="a.csv", reader="xm_studio", numbers_sha256="q")
        spectrum = writer.add_spectrum(raw, 1, frequency_hz=[1.0], impedance_ohm=[1j], metadata={})
        states = [writer.file_state(raw)]
        writer.assign(raw, sample=sample, how="command")
        states.append(writer.file_state(raw))
        writer.assign(raw, pellet=pellet, how="user")
        states.append(writer.file_state(raw))
        shape = writer.add_geometry(pellet, thickness_cm=0.1)
        states.append(writer.file_state(raw))
        shape = writer.add_geometry(pellet, electrode_diameter_cm=1.6)
        states.append(writer.file_state(raw))
        writer.add_analysis(
            spectrum, engine_version="1", verdict="accepted", reasons=[], document={}, geometry=shape,
            sigma_total_s_cm=1e-3,
        )  # fmt: skip
        states.append(writer.file_state(raw))
        writer.add_geometry(pellet, mass_g=0.6)  # bears not on the conductivity
        states.append(writer.file_state(raw))
        writer.add_geometry(pellet, thickness_cm=0.11)  # does
        states.append(writer.file_state(raw))
        assert writer.teaching_analyses() == []
        assert [found.id for found in writer.files("needs analysis")] == [raw.id]
    assert states == [
        "unassigned", "needs pellet", "needs geometry", "needs geometry", "needs analysis", "analysed", "analysed",
        "needs analysis",
    ]  # fmt: skip


def test_geometry_is_overlaid_field_by_field(database: db.Database) -> None:
    with database.write(who="x") as writer:
        pellet = writer.add_pellet(writer.add_sample("Na3Zr2Si2PO12"))
        assert writer.geometry(pellet) is None
        writer.add_geometry(pellet, thickness_cm=0.1, thickness_cm_sd=0.002, die_diameter_cm=1.3)
        merged = writer.add_geometry(pellet, thickness_cm=0.12, electrode_diameter_cm=1.0)
        assert (merged.thickness_cm, merged.electrode_diameter_cm, merged.die_diameter_cm) == (0.12, 1.0, 1.3)
        assert merged.thickness_cm_sd is None  # the sd belonged to the measurement before
        assert merged.is_complete
    for wrong in ({"thickness_cm": 0.0}, {"mass_g": -1.0}, {}):
        with pytest.raises(Refusal), database.write(who="x") as writer:
            writer.add_geometry(pellet, **wrong)


def test_labels_run_and_states_move(database: db.Database) -> None:
    with database.write(who="x") as writer:
        samples = [writer.add_sample("Na3Zr2Si2PO12") for _ in range(3)]
        pellets = [writer.add_pellet(samples[1]) for _ in range(2)]
        writer.set_sample_state(samples[2], "failed", "melted")
    assert [sample.label for sample in samples] == ["NL-0001", "NL-0002", "NL-0003"]
    assert [pellet.label for pellet in pellets] == ["NL-0002-P1", "NL-0002-P2"]
    with database.read() as reader:
        assert [sample.label for sample in reader.samples("failed")] == ["NL-0003"]
        assert [sample.label for sample in reader.samples(limit=1, offset=1)] == ["NL-0002"]
        assert [sample.label for sample in reader.samples(offset=2)] == ["NL-0003"]
        assert reader.find_sample("NL-0009") is None
        with pytest.raises(Refusal, match="no sample NL-0009"):
            reader.sample("NL-0009")


def test_abandoned_is_for_ever_and_failed_is_not(database: db.Database) -> None:
    weighing = {"masses_g": {}, "weighed_formula": "A", "batched_formula": "B", "excess_fraction": 0.0, "operator": "x"}
    with database.write(who="x") as writer:
        sample = writer.add_sample("Na3Zr2Si2PO12")
        writer.set_sample_state(sample, "failed")
        writer.add_weighing(sample, **weighing)  # type: ignore[arg-type]
        assert writer.sample_state(sample) == "weighed"
        writer.set_sample_state(sample, "abandoned")
    with pytest.raises(Refusal, match="abandoned"), database.write(who="x") as writer:
        writer.set_sample_state(sample, "planned")
    with pytest.raises(Refusal, match="abandoned"), database.write(who="x") as writer:
        writer.add_pellet(sample)


def test_suggestions_are_accepted_rejected_held(database: db.Database, tell: Tell) -> None:
    story = tell(database)
    with database.write(who="x") as writer:
        writer.set_suggestion_state(story.suggestion.number, "held", "no powder")
        assert writer.suggestion_states() == {1: "held"}
        assert [one.number for one in writer.suggestions("held")] == [1]
        writer.set_suggestion_state(1, "open")
        assert writer.suggestion_state(1) == "open"
        assert writer.journal(event="suggestion.reopened")[0].data["number"] == 1
    with pytest.raises(Refusal, match="no suggestion 9"), database.write(who="x") as writer:
        writer.set_suggestion_state(9, "held")


def test_literature_is_added_once(database: db.Database, tell: Tell) -> None:
    tell(database)
    entry = db.LiteratureEntry(
        formula="Na3Zr2Si2PO12", mobile_ion="Na", sigma_s_cm=6.7e-4, temperature_c=25, kind="total",
        source="Hong 1976", dataset="shipped", flags=("checked",), is_usable=False,
    )  # fmt: skip
    with database.write(who="x") as writer:
        assert writer.add_literature([entry]) == ([], 1)
    with database.read() as reader:
        assert [row.source for row in reader.literature()] == ["Hong 1976"]
        assert reader.literature(usable=False) == []
        assert len(reader.literature(usable=None)) == 1


def test_a_new_sighting_replaces_an_old_one_in_the_index(database: db.Database, tell: Tell) -> None:
    story = tell(database)
    with database.write(who="x") as writer:
        newer, _ = writer.add_file("e" * 64, size_bytes=3, name="NL-0001_a.csv", refusal="empty")
        for _ in range(2):
            writer.add_sighting(newer, "/inbox/NL-0001_a.csv", mtime_ns=2 * 10**18, size_bytes=3)
        writer.add_sighting(newer, "/inbox/\udcff", mtime_ns=1, size_bytes=3)
        writer.add_sighting(story.file, "/inbox/\udcff", mtime_ns=1, size_bytes=3)  # other bytes, dated back
        writer.add_sighting(newer, "/inbox/\udcff", mtime_ns=1, size_bytes=3)
        assert writer.sightings()[r"/inbox/\udcff"].raw_file_id == newer.id
    with database.read() as reader:
        assert reader.sightings()["/inbox/NL-0001_a.csv"].raw_file_id == newer.id
        assert len(reader.sightings_of(newer)) == 3
        assert len(reader.sightings_of(story.file)) == 2
        assert reader.sighting("/inbox/\udcff") is not None


def _fail_while_writing(database: db.Database) -> None:
    with database.write(who="x") as writer:
        writer.add_sample("Na3Zr2Si2PO12")
        raise ZeroDivisionError


def test_what_raises_is_not_kept(database: db.Database) -> None:
    with pytest.raises(ZeroDivisionError):
        _fail_while_writing(database)
    with database.read() as reader:
        assert reader.samples() == []
        assert reader.max_journal_id() == 0
    with database.write(who="x"), pytest.raises(RuntimeError, match="inside"), database.write(who="x"):
        pass


def test_values_that_cannot_be_stored_are_refused(database: db.Database, tell: Tell) -> None:
    story = tell(database)
    for changes in ({"sigma_total_s_cm": float("nan")}, {"sigma_total_s_cm": float("inf")}, {"kk_rms": "much"}):
        with pytest.raises(Refusal, match="cannot be stored"), database.write(who="x") as writer:
            _second_analysis(writer, story, **changes)
    for frequencies, impedances in (([1.0], [1j, 2j]), ([], []), ([float("nan")], [1j])):
        with pytest.raises(Refusal, match="spectrum"), database.write(who="x") as writer:
            writer.add_spectrum(story.file, 2, frequency_hz=frequencies, impedance_ohm=impedances, metadata={})
    with pytest.raises(Refusal, match="did not take it"), database.write(who="x") as writer:
        writer.add_spectrum(story.file, 1, frequency_hz=[1.0], impedance_ohm=[1j], metadata={})  # sweep 1 is there
    with pytest.raises(Refusal, match="say who"), database.write(who=" "):
        pass
    with pytest.raises(Refusal, match="no analysis with id 1000000"), database.write(who="x") as writer:
        writer.add_model_run(
            directory="m", data_hash="h", settings={}, metrics={}, n_literature_rows=0, n_lab_rows=1, seed=0,
            trigger="command", lessons={10**6: 0.1},
        )  # fmt: skip


def test_the_read_side_cannot_write(database: db.Database) -> None:
    with pytest.raises(Refusal, match="may not be written"), database.read() as reader:
        reader._connection.exec_driver_sql("UPDATE lab SET name = 'stolen'")


def test_a_block_of_questions_sees_one_state(database: db.Database) -> None:
    with database.read() as still:
        assert still.samples() == []
        with database.write(who="x") as writer:
            writer.add_sample("Na3Zr2Si2PO12")
        assert still.samples() == []
    with database.read() as later:
        assert len(later.samples()) == 1


def test_the_change_token_moves_with_commits_only(database: db.Database) -> None:
    before = database.change_token()
    assert database.change_token() == before
    with pytest.raises(ZeroDivisionError):
        _fail_while_writing(database)
    assert database.change_token() == before
    with database.write(who="x") as writer:
        writer.add_sample("Na3Zr2Si2PO12")
    assert database.change_token() != before


def test_going_on_after_a_refusal_keeps_no_half_fact(database: db.Database) -> None:
    with database.write(who="x") as writer:
        with pytest.raises(Refusal, match="cannot be stored"):
            writer.add_model_run(
                directory="m", data_hash="h", settings={}, metrics={}, n_literature_rows="many",  # type: ignore[arg-type]
                n_lab_rows=0, seed=0, trigger="command",
            )  # fmt: skip
        run = writer.add_model_run(
            directory="m", data_hash="h", settings={}, metrics={}, n_literature_rows=0, n_lab_rows=0, seed=0,
            trigger="command",
        )  # fmt: skip
        with pytest.raises(Refusal, match="cannot be stored"):
            writer.add_predictions(run, {"A": (-3.0, 0.1), "B": (float("nan"), 0.1)})
        writer.add_predictions(run, {"A": (-3.0, 0.1)})
    with database.read() as reader:
        assert [run.number for run in reader.model_runs()] == [1]
        assert [one.formula for one in reader.predictions(run)] == ["A"]
    assert db.check(database) == []
