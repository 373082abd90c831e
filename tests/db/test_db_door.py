"""Making, opening, upgrading, backing up and restoring databases; connections as they should be."""

import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import db
from db import engines, mounts, revisions, schema, tables, types
from nasicon_loop.core import Refusal

Tell = Callable[..., Any]


def test_importing_the_room_loads_nothing_heavy(spawn: Callable[..., Any], tmp_path: Path) -> None:
    text = """
import sys, db, db.values, db.lineage
heavy = {"sqlalchemy", "sqlmodel", "alembic", "numpy", "pydantic"} & set(sys.modules)
assert not heavy, heavy
assert set(dir(db.values)) and all(getattr(db, name) is not None for name in db.__all__)
db.create(sys.argv[1], "Lab").close()
"""
    opening = "import sys, db\ndb.open(sys.argv[1]).close()\nassert 'alembic' not in sys.modules"
    for script in (text, opening):
        with spawn(script, tmp_path / "other.db") as process:
            assert process.wait() == 0


def test_the_migrations_give_the_tables(database: db.Database) -> None:
    engine = engines.writing_engine(database.url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.METADATA) == []
    engine.dispose()
    found = sorted(path.name[:4] for path in Path(schema.__file__).with_name("migrations").glob("versions/0*.py"))
    assert tuple(found) == revisions.REVISIONS


def test_the_naming_convention_names_everything(lite: db.Database) -> None:
    for table in tables.METADATA.tables.values():
        assert "lab_id" in table.c or table.name == "lab"
    with closing(sqlite3.connect(lite.path or "")) as plain_connection:
        texts = [row[0] for row in plain_connection.execute("SELECT sql FROM sqlite_master WHERE type = 'table'")]
    unnamed = [line for text in texts for line in text.splitlines() if line.strip().startswith(("UNIQUE", "FOREIGN"))]
    assert unnamed == []


def test_the_writing_connection_is_set_for_lab_data(lite: db.Database) -> None:
    with lite.write(who="x") as writer:
        found = [
            writer._connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("busy_timeout", "journal_mode", "synchronous", "foreign_keys")
        ]
    assert found == [30_000, "wal", 2, 1]


def test_a_write_takes_the_lock_at_once_and_a_reader_does_not_wait(lite: db.Database) -> None:
    with lite.write(who="x"), closing(sqlite3.connect(lite.path or "", timeout=0)) as other:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        with lite.read() as reader:
            assert reader.samples() == []


def test_a_database_locked_by_another_program_is_told(lite: db.Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_MS", 10)
    with closing(sqlite3.connect(lite.path or "", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Refusal, match="another program holds the database"), lite.write(who="x"):
            pass


def test_a_full_disk_is_told_and_nothing_is_changed(lite: db.Database) -> None:
    def fill() -> None:
        with lite.write(who="x") as writer:
            writer._connection.exec_driver_sql("PRAGMA max_page_count = 1")  # SQLite's own measure of a full disk
            writer.add_recipe(writer.add_sample("Na3Zr2Si2PO12"), {"words": "x" * 10**6})

    with pytest.raises(Refusal, match="disk is full"):
        fill()
    lite.close()
    with lite.read() as reader:
        assert (reader.samples(), reader.max_journal_id()) == ([], 0)


def test_threads_share_a_database(lite: db.Database) -> None:
    def work(number: int) -> int:
        with lite.write(who=f"thread {number}") as writer:
            made = writer.add_sample("Na3Zr2Si2PO12")
        with lite.read() as reader:
            assert reader.sample(made.label) == made
        lite.change_token()
        return made.number

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(work, range(20))) == list(range(1, 21))


def test_naive_times_are_refused_and_others_become_utc(lite: db.Database) -> None:
    class Naive:
        def now(self) -> datetime:
            return datetime(2026, 1, 1)  # noqa: DTZ001 - the very thing that is refused

    class Tokyo:
        def now(self) -> datetime:
            return datetime(2026, 1, 1, 9, tzinfo=timezone(timedelta(hours=9)))

    naive = db.open(lite.path or "", clock=Naive())
    with naive, pytest.raises(types.NaiveDatetime, match="time zone"), naive.write(who="x") as writer:
        writer.add_sample("Na3Zr2Si2PO12")
    with db.open(lite.path or "", clock=Tokyo()) as database:
        with database.write(who="x") as writer:
            written = writer.add_sample("Na3Zr2Si2PO12")
        with database.read() as reader:
            found = reader.sample(written.label)
        assert found.at == written.at == datetime(2026, 1, 1, tzinfo=UTC)
        assert found.at.tzinfo is UTC
        assert db.check(database) == []


def test_several_labs_in_one_database_see_their_own(postgres_server: str, tell: Tell) -> None:
    url = f"{postgres_server}/postgres"
    with db.create(url, "North", "NO") as north, db.create(url, "South", "SO") as south:
        story = tell(north)
        with south.write(who="x") as writer:
            assert writer.add_sample("Na3Zr2Si2PO12").label == "SO-0001"
            raw, created = writer.add_file(story.file.sha256, size_bytes=1, name="same bytes", refusal="no reader")
            assert created
            assert raw.id != story.file.id
            with pytest.raises(Refusal, match="in this lab"):
                writer.file(story.file.id)
        assert [db.check(north), db.check(south)] == [[], []]
        with pytest.raises(Refusal, match="say which lab"):
            db.open(url)
        with pytest.raises(Refusal, match="no lab 'West'"):
            db.open(url, lab="West")
        with pytest.raises(Refusal, match="already"):
            db.create(url, "North")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://a:secret@b/c", "not supported"),
        ("sqlite://", "is a file"),
        ("sqlite:///:memory:", "is a file"),
        ("://", "not a database URL"),
        ("nowhere/lab.db", "no database here"),
        ("postgresql://a:secret@127.0.0.1:9/c", "does not answer"),
    ],
)
def test_what_cannot_be_opened_is_refused_without_the_password(url: str, words: str) -> None:
    with pytest.raises(Refusal, match=words) as caught:
        db.open(url)
    assert "secret" not in str(caught.value)


def test_other_files_are_not_taken_for_ours(tmp_path: Path) -> None:
    text, foreign, empty = tmp_path / "text.db", tmp_path / "foreign.db", tmp_path / "empty.db"
    text.write_text("not a database at all, whatever it is called " * 50)
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE sample (x)")
    empty.touch()
    for path, words in ((text, "not a database"), (foreign, "not a nasicon database"), (empty, "not a nasicon")):
        with pytest.raises(Refusal, match=words):
            db.open(path)
    with pytest.raises(Refusal, match="another program"):
        db.create(foreign, "Lab")
    db.create(empty, "Lab").close()  # what a broken `init` leaves behind can be used


def test_a_lab_is_made_once_with_a_proper_prefix(lite: db.Database, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="already"):
        db.create(lite.path or "", "Another")
    for prefix in ("nl", "", "1N", "N L", "TOOLONGPREFIX", "NL\n"):
        with pytest.raises(Refusal, match="prefix"):
            db.create(tmp_path / "b.db", "Lab", prefix)
    with pytest.raises(Refusal, match="name"):
        db.create(tmp_path / "b.db", "  ")
    with pytest.raises(Refusal, match="folder"):
        db.create(tmp_path / "absent" / "b.db", "Lab")


def test_older_and_newer_versions_are_told_apart(lite: db.Database, monkeypatch: pytest.MonkeyPatch) -> None:
    path = lite.path or Path()
    monkeypatch.setattr(revisions, "REVISIONS", (*revisions.REVISIONS, "0098"))
    with pytest.raises(Refusal, match="nasicon db upgrade"):
        db.open(path)
    monkeypatch.undo()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0099'")
        connection.commit()
    with pytest.raises(Refusal, match="update the program"):
        db.open(path)
    with pytest.raises(Refusal, match="update the program"):
        db.upgrade(path)


def test_an_upgrade_copies_first_and_keeps_everything(
    lite: db.Database, tell: Tell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(lite)
    path = lite.path or Path()
    newest = revisions.REVISIONS[-1]
    assert db.upgrade(path) == schema.Upgrade(newest, newest)
    folder = tmp_path / "migrations"
    shutil.copytree(Path(schema.__file__).with_name("migrations"), folder)
    (folder / "versions" / "0098_later.py").write_text(
        f"import sqlalchemy as sa\nfrom alembic import op\nrevision = '0098'\ndown_revision = '{newest}'\n"
        "def upgrade():\n"
        "    with op.batch_alter_table('sample') as batch:\n"
        "        batch.add_column(sa.Column('colour', sa.String(), nullable=True))\n"
    )
    monkeypatch.setattr(schema, "__file__", str(tmp_path / "schema.py"))
    monkeypatch.setattr(schema, "REVISIONS", (*revisions.REVISIONS, "0098"))
    monkeypatch.setattr(revisions, "REVISIONS", (*revisions.REVISIONS, "0098"))
    done = db.upgrade(path)
    assert (done.before, done.after) == (newest, "0098")
    assert done.backup is not None
    with closing(sqlite3.connect(done.backup)) as copy, closing(sqlite3.connect(path)) as new:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == (newest,)
        assert new.execute("SELECT label, colour FROM sample").fetchall() == [("NL-0001", None)]
        assert new.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_backup_taken_during_a_write_holds_whole_transactions(lite: db.Database, tell: Tell, tmp_path: Path) -> None:
    tell(lite)
    with lite.write(who="x") as writer:
        writer.add_sample("Na3Zr2Si2PO12")
        copy = db.backup(lite, tmp_path / "copy.db")
    assert db.backup(lite, tmp_path / "copy.db").name == "copy-2.db"
    with db.open(copy) as opened, opened.read() as reader:
        assert [sample.label for sample in reader.samples()] == ["NL-0001"]
        assert db.check(opened) == []
    assert [path.name for path in tmp_path.iterdir() if "unfinished" in path.name] == []


def test_restoring_puts_the_backup_back_and_keeps_what_was_there(lite: db.Database, tell: Tell, tmp_path: Path) -> None:
    tell(lite)
    copy = db.backup(lite, tmp_path / "copy.db")
    with lite.write(who="x") as writer:
        writer.add_sample("Na3Zr2Si2PO12")
    kept = db.restore(copy, lite.path or "")
    with lite.read() as reader:  # a program that has it open sees the restored one
        assert len(reader.samples()) == 1
    assert kept is not None
    with db.open(kept) as before, before.read() as reader:
        assert len(reader.samples()) == 2


def test_a_damaged_database_is_told_and_can_be_restored(lite: db.Database, tell: Tell, tmp_path: Path) -> None:
    tell(lite)
    copy, path = db.backup(lite, tmp_path / "copy.db"), lite.path or Path()
    lite.close()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 3])
    with pytest.raises(Refusal, match=r"damaged|not a database"), db.open(path) as opened:
        db.check(opened)
    with pytest.raises(Refusal, match="not a sound nasicon database"):
        db.restore(path, tmp_path / "third.db")
    kept = db.restore(copy, path)
    assert kept is not None
    assert kept.stat().st_size == len(whole) // 3
    with db.open(path) as opened:
        assert db.check(opened) == []
    with pytest.raises(Refusal, match="no such backup"):
        db.restore(tmp_path / "absent.db", path)


def test_a_network_share_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    share = tmp_path / "share with space"
    (share / "local").mkdir(parents=True)
    table = tmp_path / "mounts"
    spelled = str(share).replace(" ", "\\040")
    table.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/x {spelled} nfs4 rw 0 0\n/dev/sdb {spelled}/local xfs rw 0 0\n")
    assert mounts.file_system_type(tmp_path, table) == "ext4"
    assert mounts.file_system_type(share, table) == "nfs4"
    assert mounts.file_system_type(share / "local", table) == "xfs"
    assert mounts.file_system_type(share, tmp_path / "absent") is None
    monkeypatch.setattr(mounts.refuse_network, "__defaults__", (table,))
    with pytest.raises(Refusal, match=r"network file system \(nfs4\)"):
        db.create(share / "lab.db", "Lab")
    db.create(share / "local" / "lab.db", "Lab").close()
    (tmp_path / "link.db").symlink_to(share / "lab.db")
    with pytest.raises(Refusal, match=r"network file system \(nfs4\)"):
        db.create(tmp_path / "link.db", "Lab")


def test_shares_of_windows_are_told_by_their_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mounts, "_drive_type", lambda anchor: 4 if anchor == "Z:\\" else 3)
    paths = {r"\\nas\lab": True, r"\\?\UNC\nas\lab": True, r"Z:\lab": True, r"C:\lab": False, r"\\?\C:\lab": False}
    assert {path: mounts.is_windows_share(PureWindowsPath(path)) for path in paths} == paths


def test_a_file_that_is_exchanged_or_removed_takes_nothing_more(lite: db.Database, tmp_path: Path) -> None:
    copy, path = db.backup(lite, tmp_path / "copy.db"), lite.path or Path()
    copy.replace(path)
    for way in (lite.read, lambda: lite.write(who="x")):
        with pytest.raises(Refusal, match="exchanged or removed"), way():
            pass
    with pytest.raises(Refusal, match="exchanged or removed"):
        lite.change_token()
    with db.open(path) as opened:
        path.unlink()
        with pytest.raises(Refusal, match="exchanged or removed"), opened.read():
            pass


def test_a_lab_on_a_server_is_backed_up_and_put_back(postgres_server: str, tell: Tell, tmp_path: Path) -> None:
    url = f"{postgres_server}/postgres"
    with db.create(url, "Backups") as database:
        tell(database)
        (tmp_path / "copy.db").touch()
        copy = db.backup(database, tmp_path / "copy.db")
        assert copy.name == "copy-2.db", "a taken name gets a number"
        with database.write(who="x") as writer:
            writer.add_sample("Na3Zr2Si2PO12")
        with pytest.raises(Refusal, match="a backup of the lab 'Backups', and this one is 'Other'"):
            db.restore(copy, url, "Other")
        kept = db.restore(copy, url, "Backups")
        with pytest.raises(Refusal, match="exchanged"), database.write(who="x"):
            pass  # a program that had the lab open does not write into the one that was set aside
    assert isinstance(kept, str)
    for name, n_samples in (("Backups", 1), (kept, 2)):
        with db.open(url, lab=name) as opened, opened.read() as reader:
            assert len(reader.samples()) == n_samples
            assert db.check(opened) == []
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("UPDATE sample SET note = 'changed'")
        connection.commit()
    with pytest.raises(Refusal, match="is not sound"):
        db.restore(copy, url, "Backups")


def test_times_are_utc_whatever_the_server_thinks(database: db.Database) -> None:
    with database.write(who="x") as writer:
        sample = writer.add_sample("Na3Zr2Si2PO12")
        raw = writer._connection.execute(sa.select(sa.func.max(tables.TABLES["sample"].c.at))).scalar()
    assert raw == sample.at
