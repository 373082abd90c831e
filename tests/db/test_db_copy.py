"""A lab moves from SQLite to PostgreSQL and back, and nothing is different afterwards."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

import db
from db import copying, moving
from db.engines import resolved
from db.tables import TABLES
from nasicon_loop.cli.app import app
from nasicon_loop.core import Refusal

Tell = Callable[..., Any]
_numbers = count(1)


@pytest.fixture
def server(postgres_server: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    name = f"copies{next(_numbers)}"
    admin = sa.create_engine(resolved(f"{postgres_server}/postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield f"{postgres_server}/{name}"
    admin.dispose()


@pytest.fixture
def lab_file(tmp_path: Path, tell: Tell) -> Callable[[str], Path]:
    """A function that makes an SQLite lab with a story in it."""

    def made(name: str) -> Path:
        path = tmp_path / f"{name}.db"
        with db.create(path, name) as database:
            tell(database)
        return path

    return made


def rows(database: db.Database) -> dict[str, list[Any]]:
    """Every row of a lab but its states, as text."""
    found = {}
    with database.read() as reader:
        for name, table in TABLES.items():
            if "id" in table.c and name != "lab":
                query = sa.select(table).where(table.c.lab_id == database.lab.id).order_by(table.c.id)
                found[name] = [str(dict(row)) for row in reader._connection.execute(query).mappings()]
    return found


def works(database: db.Database) -> None:
    """The lab is sound and can be worked on."""
    assert db.check(database) == []
    with database.write(who="after") as writer:
        sample = writer.add_sample("Na3Zr2Si2PO12")
        writer.add_pellet(sample)
    assert sample.label == "NL-0002"
    assert db.check(database) == []


def test_there_and_back_everything_is_as_it_was(lab_file: Any, server: str, tmp_path: Path) -> None:
    path = lab_file("Lab")
    there = db.copy(path, server)
    assert not there.is_renumbered
    assert there.n_rows["sample"] == 1
    assert there.n_rows["journal"] > 20
    back = db.copy(server, tmp_path / "back.db")
    assert back.n_rows == there.n_rows
    with db.open(path) as first, db.open(server) as middle, db.open(tmp_path / "back.db") as last:
        assert rows(first) == rows(middle) == rows(last)
        works(middle)
        works(last)
    assert [found.name for found in tmp_path.iterdir() if "unfinished" in found.name] == []


def test_several_labs_move_into_one_database_and_each_sees_its_own(lab_file: Any, server: str, tmp_path: Path) -> None:
    for name in ("First", "Second", "Third"):
        assert db.copy(lab_file(name), server).is_renumbered == (name != "First")
    for name in ("First", "Second", "Third"):
        with db.open(server, lab=name) as database:
            with database.read() as reader:
                assert [sample.label for sample in reader.samples()] == ["NL-0001"]
                assert len(reader.teaching_analyses()) == 1
                assert reader.genealogy("NL-0001").pellets[0].files[0].spectra[0].analyses[0].taught
            works(database)
    assert db.copy(server, tmp_path / "second.db", "Second").lab == "Second"
    with db.open(tmp_path / "second.db") as database, database.read() as reader:
        assert [sample.label for sample in reader.samples()] == ["NL-0001", "NL-0002"]
        assert db.check(database) == []


def test_a_copy_is_refused_before_anything_changes(lab_file: Any, server: str, tmp_path: Path) -> None:
    path = lab_file("Lab")
    with pytest.raises(Refusal, match="is there already"):
        db.copy(path, path)
    with pytest.raises(Refusal, match="folder for the database"):
        db.copy(path, tmp_path / "no" / "lab.db")
    db.copy(path, server)
    with pytest.raises(Refusal, match="there is a lab 'Lab'"):
        db.copy(path, server)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE sample SET note = 'changed'")
        connection.commit()
    with pytest.raises(Refusal, match=r"not sound.*nasicon db check"):
        db.copy(path, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_copy_that_differs_is_not_kept(
    lab_file: Any, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = copying._replay

    def losing(connection: sa.Connection, lab_id: int) -> None:
        real(connection, lab_id)
        connection.execute(sa.delete(TABLES["sighting"]))

    path = lab_file("Lab")
    monkeypatch.setattr(copying, "_replay", losing)
    for target in (server, tmp_path / "copy.db"):
        with pytest.raises(Refusal, match="sighting 1 did not arrive"):
            db.copy(path, target)
    with pytest.raises(Refusal, match="not a nasicon database"):
        db.open(server)
    assert not (tmp_path / "copy.db").exists()


def test_every_number_in_the_journal_is_known(lab_file: Any) -> None:
    """A new event with a new `..._id` in its data needs a line in db.moving.NAMED."""
    with db.open(lab_file("Lab")) as database, database.read() as reader:
        names = {key for line in reader.journal(limit=None) for key in line.data}
    assert {name for name in names if name.endswith("_id")} <= moving.NAMED.keys()
    assert set(moving.NAMED.values()) <= TABLES.keys()


def test_the_command_takes_a_lab_folder_and_says_what_it_did(server: str, tmp_path: Path) -> None:
    runner = CliRunner()
    lab = tmp_path / "my lab"
    assert runner.invoke(app, ["init", str(lab)]).exit_code == 0
    assert runner.invoke(app, ["sample", "new", "Na3Zr2Si2PO12", "--lab", str(lab)]).exit_code == 0
    done = runner.invoke(app, ["db", "copy", str(lab), server, "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["n_rows"]["sample"] == 1
    again = runner.invoke(app, ["db", "copy", str(lab), server])
    assert again.exit_code == 1
    assert "already" in again.output
    toml = lab / "lab.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('url = ""', f'url = "{server}"'), encoding="utf-8")
    assert runner.invoke(app, ["sample", "new", "Na3Zr2Si2PO12", "--lab", str(lab)]).exit_code == 0
    assert runner.invoke(app, ["db", "check", "--lab", str(lab)]).exit_code == 0
    assert runner.invoke(app, ["db", "copy", str(lab), str(tmp_path / "back.db")]).exit_code == 0
