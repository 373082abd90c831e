"""`check` finds each deliberate corruption and names it; `repair` mends states and nothing else."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import db

Tell = Callable[..., Any]


def _spoil(database: db.Database, *statements: str) -> None:
    """Change rows behind the program's back, as another program would (references unchecked)."""
    with closing(sqlite3.connect(database.path or "")) as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount > 0
        connection.commit()


CORRUPTIONS = {
    "a journal line is lost": (
        ["DELETE FROM journal WHERE event = 'sample.weighed'"],
        [("fact without journal", "weighing 1 has no journal line")],
    ),
    "a fact is lost": (
        ["DELETE FROM firing WHERE id = 2"],
        [("fact lost", "firing 2 is in the journal, but not in its table")],
    ),
    "a number is changed": (
        ["UPDATE analysis SET sigma_25_s_cm = 1.0"],
        [("fact changed", "analysis 1 is not as it was written")],
    ),
    "a spectrum's bytes are changed": (
        ["UPDATE spectrum SET impedance_blob = zeroblob(48)"],
        [("fact changed", "spectrum 1 is not as it was written")],
    ),
    "a spectrum is cut": (
        ["UPDATE spectrum SET impedance_blob = zeroblob(16)"],
        [("contradiction", "spectrum 1 does not hold as many numbers as it says")],
    ),
    "a state is changed": (
        ["UPDATE file_state SET state = 'refused'"],
        [("projection", "file_state 1: state is 'refused', by the journal 'analysed'")],
    ),
    "a state is lost": (["DELETE FROM sample_state"], [("projection", "sample_state 1 is missing")]),
    "a state comes from nowhere": (
        ["INSERT INTO suggestion_state (lab_id, suggestion_id, state) VALUES (1, 77, 'open')"],
        [
            ("projection", "suggestion_state 77 is there, but the journal knows nothing of it"),
            ("foreign key", "suggestion_state 77: suggestion_id 77 is not in suggestion"),
        ],
    ),
    "a spectrum's file is lost": (
        ["DELETE FROM raw_file"],
        [("foreign key", "spectrum 1: raw_file_id 1 is not in raw_file")],
    ),
    "an analysis's spectrum is lost": (
        ["DELETE FROM spectrum"],
        [
            ("foreign key", "analysis 1: spectrum_id 1 is not in spectrum"),
            ("contradiction", "reading 1 was not refused, and yet it has no spectra"),
        ],
    ),
    "an analysis's geometry is lost": (
        ["DELETE FROM pellet_geometry"],
        [("contradiction", "analysis 1 has a conductivity without a geometry")],
    ),
    "a lesson is forged": (
        ["UPDATE lesson SET log10_sigma_sd = 0.001"],
        [("lessons", "the lessons of model run with id 2 are not those in the journal")],
    ),
    "a prediction is changed": (
        ["UPDATE prediction SET log10_sigma_mean = 0"],
        [("predictions", "those of model run with id 1 are not as they were written")],
    ),
    "the journal is rewritten": (
        ["""UPDATE journal SET data = '{"step": "sintering"}' WHERE event = 'sample.fired'"""],
        [("projection", "sample_state 1: state is 'calcined', by the journal 'weighed'")],
    ),
    "a fact belongs to another lab": (
        [
            "INSERT INTO lab (id, name, label_prefix, at) VALUES (2, 'Other', 'OT', '2026-01-01 00:00:00')",
            "UPDATE sample SET lab_id = 2",
        ],
        [("foreign key", "pellet 1: sample_id 1 is of another lab")],
    ),
    "an assignment names a pellet of another sample": (
        ["UPDATE assignment SET sample_id = NULL"],
        [("contradiction", "assignment 1 names a pellet of another sample")],
    ),
    "a refused file has spectra": (
        ["UPDATE reading SET refusal = 'no'"],
        [("contradiction", "reading 1 was refused or is a re-export, and yet it has spectra")],
    ),
    "a spectrum is moved to another file": (
        [
            "INSERT INTO raw_file (id, lab_id, at, sha256, size_bytes, name) VALUES (2, 1, '2026-01-01', 'x', 1, 'x')",
            "UPDATE spectrum SET raw_file_id = 2",
        ],
        [("contradiction", "spectrum 1 is not of the file whose reading it is")],
    ),
}


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_each_corruption_is_found_and_named(name: str, lite: db.Database, tell: Tell) -> None:
    statements, expected = CORRUPTIONS[name]
    tell(lite)
    assert db.check(lite) == []
    _spoil(lite, *statements)
    findings = db.check(lite)
    found = {(finding.kind, finding.what) for finding in findings}
    assert set(expected) <= found
    assert all(finding.mend for finding in findings)


def test_a_damaged_index_is_found(lite: db.Database, tell: Tell) -> None:
    tell(lite)
    with closing(sqlite3.connect(lite.path or "")) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET rootpage = "
            "(SELECT rootpage FROM sqlite_master WHERE name = 'ix_lesson_analysis_id') "
            "WHERE name = 'ix_weighing_sample_id'"
        )
        connection.commit()
    lite.close()
    assert "integrity" in {finding.kind for finding in db.check(lite)}


def test_the_vault_is_held_against_the_hashes(lite: db.Database, tell: Tell, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    story = tell(lite, vault)
    path = vault / story.file.sha256[:2] / story.file.sha256
    (path.parent / ".unfinished").write_bytes(b"left by a crash")
    assert db.check(lite, vault) == []
    path.write_bytes(b"changed")
    (finding,) = db.check(lite, vault)
    assert finding.kind == "vault changed"
    path.unlink()
    (finding,) = db.check(lite, vault)
    assert (finding.kind, "NL-0001_a.csv" in finding.what) == ("vault missing", True)
    path.write_bytes(story.content)
    (vault / "ff").mkdir()
    (vault / "ff" / ("f" * 64)).write_bytes(b"nobody's")
    (finding,) = db.check(lite, vault)
    assert finding.kind == "vault orphan"


def test_repair_mends_states_and_says_so(lite: db.Database, tell: Tell) -> None:
    tell(lite)
    _spoil(
        lite,
        "UPDATE file_state SET state = 'refused'",
        "DELETE FROM sample_state",
        "INSERT INTO suggestion_state (lab_id, suggestion_id, state) VALUES (1, 77, 'open')",
    )
    done = db.repair(lite)
    assert sorted(done) == [
        "file_state 1: state is 'refused', by the journal 'analysed'",
        "sample_state 1 is missing",
        "suggestion_state 77 is there, but the journal knows nothing of it",
    ]
    assert db.check(lite) == []
    assert db.repair(lite) == []


def test_repair_leaves_facts_alone(lite: db.Database, tell: Tell) -> None:
    tell(lite)
    _spoil(lite, "UPDATE analysis SET sigma_25_s_cm = 1.0")
    assert db.repair(lite) == []
    assert [finding.kind for finding in db.check(lite)] == ["fact changed"]
