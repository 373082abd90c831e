"""A lab that any released version wrote is brought up to date with everything in it, on SQLite and on PostgreSQL.

`data/release_NNNN.sql` is a lab with a row of every kind, written by the program of that version. After a migration was
added, write the new version's once: NASICON_WRITE_RELEASE=1 python -m pytest tests/db/test_db_releases.py -k is_kept
"""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import db
from db import engines, revisions
from db.rows import digest, is_digest
from db.tables import FACTS
from nasicon_loop.core import Refusal

Tell = Callable[..., Any]
DATA = Path(__file__).with_name("data")
TELEMETRY = ("sighting", "furnace_reading", "lesson", "prediction", "journal")
_numbers = count(1)


def fill(database: db.Database, tell: Tell) -> None:
    """Write at least one row of every kind, and every kind of decision."""
    story = tell(database)
    with database.write(who="Ben") as writer:
        sample = writer.add_sample("Na3.2Zr1.9Sc0.1Si2.1P0.9O12", note="µ, °C and \u202e in it")
        first, second = writer.add_pellet(sample), writer.add_pellet(sample)
        writer.set_sample_state(sample, "failed")
        for pellet in (first, second):
            writer.add_geometry(pellet, thickness_cm=0.1, thickness_cm_sd=0.001, electrode_diameter_cm=1.6)
        refused, _ = writer.add_file("0" * 63 + "1", size_bytes=5, name="notes.csv", refusal="no reader takes it")
        again, _ = writer.add_file("0" * 63 + "2", size_bytes=9, name="NL-0001 b.csv", numbers_sha256="n1", reader="x")
        assert again.duplicate_of == story.file.id
        held, _ = writer.add_file("0" * 63 + "3", size_bytes=7, name="NL-0002.csv", numbers_sha256="n3", reader="x")
        spectra = [
            writer.add_spectrum(
                held, sweep, frequency_hz=[1e6, 1.5], impedance_ohm=[1 - 2e-9j, 1e9j], metadata={"µ": 1}
            )
            for sweep in (1, 2)
        ]
        writer.assign(held, pellet=first, how="user")
        shape = writer.geometry(first)
        made = [
            writer.add_analysis(
                spectrum, engine_version="1", verdict="review", reasons=["arc"], document={"x": [1e-17, 0.1]},
                geometry=shape, r_total_ohm=10.0, sigma_total_s_cm=1e-4,
            )
            for spectrum in spectra
        ]  # fmt: skip
        writer.sign(made[0], "accepted", reason="looked at", who="Ada")
        writer.sign(made[1], "rejected", reason="cracked", who="Ada")
        writer.retract(made[0], reason="wrong pellet")
        writer.assign(held, pellet=second, how="user")
        writer.set_suggestion_state(story.suggestion.number, "held")
        if hasattr(writer, "add_furnace_run"):
            _fire(writer, sample.label)
        if hasattr(writer, "confirm_reading"):
            writer.confirm_reading(refused, by="x 2")
        if hasattr(writer, "add_stability"):
            computed = db.StabilityEntry(formula="Na3Zr2Si2PO12", energy_above_hull_ev=0.007, source="a table")
            assert [len(writer.add_stability([computed])[0]) for _ in range(2)] == [1, 0]
        if hasattr(writer, "structure_files"):
            way_in = {
                "file_name": "properties.csv", "file_sha256": "ab" * 32, "line": 2, "structure_name": "one.cif",
                "structure_sha256": "cd" * 32,
            }  # fmt: skip
            told = db.StabilityEntry(formula="NaZr2P3O12", energy_above_hull_ev=0.0, source="a table", **way_in)
            writer.add_stability([told])
            measured = db.LiteratureEntry(
                formula="NaZr2P3O12", mobile_ion="Na", sigma_s_cm=1e-6, temperature_c=25.0, kind="bulk", source="x",
                dataset="properties", **way_in,
            )  # fmt: skip
            assert [writer.add_literature([measured])[1] for _ in range(2)] == [0, 1]


def _fire(writer: Any, label: str) -> None:
    run = writer.add_furnace_run(
        "tube", [label], driver="card", step="calcination", segments=[(3.0, 1100.0, 720.0)], program_hash="ab" * 32,
        program_number=1, top_c=1100.0, hours=12.0, writes={4096: 3},
    )  # fmt: skip
    writer.add_furnace_event(run, "alarm", "30 °C off", {"pv_c": 1070.5})
    reading = db.NewFurnaceReading(datetime(2026, 11, 22, 9, tzinfo=UTC), 431.5, 430.0, None, 1, "run")
    writer.add_furnace_reading(run, reading)
    writer.add_furnace_event(run, "ended", "done")


def _written(revision: str, path: Path) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((DATA / f"release_{revision}.sql").read_text(encoding="utf-8"))
    return path


def _rows(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row as SQLite has it, by table."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')] for name in names}  # noqa: S608


def _now_and_before(before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]) -> None:
    for name, rows in before.items():
        if name != "alembic_version":
            kept = [{column: row[column] for column in old} for old, row in zip(rows, after[name], strict=True)]
            assert kept == rows, name


def _goes_on(database: db.Database) -> None:
    assert db.check(database) == []
    with database.read() as reader:
        assert len(reader.teaching_analyses()) == 1
        assert {sample.label for sample in reader.samples()} >= {"NL-0001"}
    with database.write(who="after") as writer:
        sample = writer.add_sample("Na3Zr2Si2PO12")
        pellet = writer.add_pellet(sample)
        writer.add_geometry(pellet, thickness_cm=0.1, electrode_diameter_cm=1.0, readings={"thickness_cm": [0.1]})
        writer.add_phase(pellet, "C2/c", who="Ada")
        writer.add_lot("ZrO2", lot_number="Z", amount_g=1.0)
        _fire(writer, sample.label)
    assert db.check(database) == []


def test_what_a_digest_is_of_never_changes() -> None:
    """Were it to change, every fact in every lab would look as if somebody had changed it."""
    row = {
        "id": 7, "lab_id": 1, "at": datetime(2026, 11, 22, 9, 30, 1, 250, tzinfo=UTC),
        "note": "µ \u202e \x7f \u2028 \"'",
        "x": 1e-17, "n": None, "data": {"b": [0.1, None, True], "a": "°"}, "blob": b"\x00\xff",
    }  # fmt: skip
    assert digest(row) == "35f7ed001ed164633f0d9b6f4c6d3bc9ba8559acc5bfa65d05e55e79aabd660d"
    assert digest(row, ["n"]) == "18eb2e28e7e8ca3a7e7fedc6685b563492c28858321e3f1e77f804ebdb4d5574"
    assert is_digest(digest(row), row)
    before_0_1_0 = "1398d5183b9f4e6e55cd9c8f8765c7d133474de57c165627dde9082b3dd814e9"
    assert is_digest(before_0_1_0, row)
    assert not is_digest(before_0_1_0, row | {"x": 2e-17})


@pytest.mark.parametrize("revision", revisions.REVISIONS)
def test_a_database_of_this_version_is_kept(revision: str, tell: Tell, tmp_path: Path) -> None:
    place = DATA / f"release_{revision}.sql"
    if os.environ.get("NASICON_WRITE_RELEASE") and revision == revisions.REVISIONS[-1]:
        with db.create(tmp_path / "lab.db", "Lab") as database:
            fill(database, tell)
            path = db.backup(database, tmp_path / "copy.db")
        with closing(sqlite3.connect(path)) as connection:
            place.write_text("\n".join(connection.iterdump()) + "\n", encoding="utf-8")
    assert place.is_file(), f"no lab of version {revision} is kept; write it once as told at the top of {__file__}"
    rows = _rows(_written(revision, tmp_path / "kept.db"))
    assert rows["alembic_version"] == [{"version_num": revision}]
    if revision != "0001":  # the first was kept with a smaller lab
        empty = [name for name in (*FACTS, *TELEMETRY) if name in rows and not rows[name]]
        assert empty == []


@pytest.mark.parametrize("revision", revisions.REVISIONS[:-1])
def test_a_lab_of_an_older_version_is_upgraded_with_its_data(revision: str, tmp_path: Path) -> None:
    path = _written(revision, tmp_path / "lab.db")
    before = _rows(path)
    with pytest.raises(Refusal, match="nasicon db upgrade"):
        db.open(path)
    done = db.upgrade(path)
    assert (done.before, done.after) == (revision, revisions.REVISIONS[-1])
    _now_and_before(before, _rows(path))
    assert done.backup is not None
    assert _rows(done.backup) == before, "the copy before is as it was"
    with db.open(path) as database:
        _goes_on(database)
    kept = db.restore(done.backup, path)
    assert kept is not None
    assert _rows(path) == before
    assert db.upgrade(path).after == revisions.REVISIONS[-1]


@pytest.mark.parametrize("revision", revisions.REVISIONS[:-1])
def test_a_lab_on_a_server_is_upgraded_with_its_data(revision: str, postgres_server: str, tmp_path: Path) -> None:
    path = _written(revision, tmp_path / "lab.db")
    url = _on_server(postgres_server, path, revision)
    done = db.upgrade(url, copies=tmp_path / "copies")
    assert done.after == revisions.REVISIONS[-1]
    assert done.backup is not None
    with db.open(url) as database:
        _goes_on(database)
    assert db.upgrade(done.backup).before == revision, "what was there before is a lab of its own"
    with db.open(done.backup) as database:
        _goes_on(database)


def _on_server(server: str, source: Path, revision: str) -> str:
    """Put an old lab on the server, as the program of then would have."""
    name = f"release{revision}_{next(_numbers)}"
    admin = sa.create_engine(engines.resolved(f"{server}/postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    admin.dispose()
    url = f"{server}/{name}"
    giver, target = sa.create_engine(f"sqlite:///{source}"), engines.writing_engine(engines.resolved(url))
    old, new = sa.MetaData(), sa.MetaData()
    with target.begin() as connection:
        db.schema.migrate(connection, revision)
    old.reflect(giver)
    new.reflect(target)
    with target.begin() as connection, giver.connect() as given:
        for table in new.sorted_tables:
            rows = [dict(row) for row in given.execute(sa.select(old.tables[table.name])).mappings()]
            if not rows or table.name == "alembic_version":
                continue
            for row in rows:
                row.update(
                    {key: value.replace(tzinfo=UTC) for key, value in row.items() if isinstance(value, datetime)}
                )
            connection.execute(sa.insert(table), rows)
            if "id" in table.c:
                connection.exec_driver_sql(
                    f"SELECT setval('{table.name}_id_seq', (SELECT max(id) FROM \"{table.name}\"))"  # noqa: S608
                )
    giver.dispose()
    target.dispose()
    return url
