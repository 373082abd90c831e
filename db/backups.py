"""Copies of an SQLite database: made while it is in use, and verified."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from db.engines import BUSY_TIMEOUT_MS, resolved, sqlite_path
from db.mounts import refuse_network
from db.revisions import REVISIONS
from nasicon_loop.core import Refusal, plain, refuse_as_target

if TYPE_CHECKING:
    from db.database import Database


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    return connection


def sync(path: Path) -> None:
    """Make the bytes of a file, or the names in a folder, survive a power cut."""
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot flush a folder
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def verify_file(path: Path) -> str:
    """Return the version of the tables in a copy after proving it sound; Refusal says what is wrong with it."""
    if not path.exists():
        raise Refusal("there is no such backup", path)
    if not path.is_file():
        raise Refusal("is not a backup but a folder, pipe or device", path)
    try:
        with closing(_connect(path)) as connection:
            problems = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise Refusal(f"not a sound nasicon database: {plain(error)}", path) from error
    if problems or broken or revision is None:
        reason = problems[0] if problems else "references that lead nowhere" if broken else "no version"
        raise Refusal(f"not a sound nasicon database: {plain(reason)}", path)
    return str(revision[0])


def back_up_file(source: Path, target: Path) -> Path:
    """Copy an SQLite database that may be in use, verify the copy, put it at `target` and return where it is.

    A taken name gets a number. Raises Refusal when the copy cannot be made or is not sound.
    """
    place, n_tries = target, 1
    while place.exists():
        n_tries += 1
        place = target.with_name(f"{target.stem}-{n_tries}{target.suffix}")
    unfinished = place.with_name(f".{place.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        with closing(_connect(source)) as origin, closing(_connect(unfinished)) as copy:
            origin.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # the copy is one file, without a log beside it
        verify_file(unfinished)
        sync(unfinished)
        unfinished.replace(place)
        sync(place.parent)
    except (sqlite3.Error, OSError) as error:
        raise Refusal(f"the backup could not be made: {plain(error)}", place) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return place


def backup(database: "Database", path: Path) -> Path:
    """Copy a database that may be in use to `path` and prove the copy sound; returns where it is.

    An existing file is never overwritten: the copy then gets a number. The lab of a server's database is copied to an
    SQLite file, and read back row by row.
    """
    source = database.path
    refuse_as_target(path)  # a free name beside a folder is not what was meant
    if source is None:
        from db.server_backups import back_up_lab

        return back_up_lab(database, path)
    return back_up_file(source, path)


def restore(path: Path, url: str | Path, lab: str | None = None) -> Path | str | None:
    """Put the backup at `path` in place of the SQLite database at `url`, or of the lab of its name on a server.

    The backup is proved sound first, and what was there is copied beside it; returns that copy (None when there was
    nothing, or nothing that could be copied soundly: then the damaged file itself is kept). Programs that have the
    database open see the restored one. On a server the lab that was there is kept under another name, which is
    returned; `lab` is the name that the backup's lab must have. Refusal when the backup is not sound or of a newer
    version.
    """
    target = sqlite_path(resolved(url))
    if target is None:
        from db.server_backups import restore_lab

        return restore_lab(path, url, lab)
    revision = verify_file(path)
    if revision not in REVISIONS:
        raise Refusal(f"the backup is of a newer version ({plain(revision)}); update the program", path)
    refuse_network(target)
    kept = _set_aside(target) if target.exists() else None
    try:
        with closing(_connect(path)) as origin, closing(_connect(target)) as place:
            origin.backup(place)
            place.execute("PRAGMA journal_mode = WAL")
    except sqlite3.Error as error:
        raise Refusal(
            f"the backup could not be restored: {plain(error)}; what was there is in {kept}", target
        ) from error
    verify_file(target)
    return kept


def _set_aside(target: Path) -> Path:
    """Copy what is there; when it is too damaged to be copied as a database, move its files away as they are."""
    place = target.with_name(f"{target.stem}.before-restore.db")
    try:
        return back_up_file(target, place)
    except Refusal:
        n_tries = 1
        while place.exists():
            n_tries += 1
            place = target.with_name(f"{target.stem}.before-restore-{n_tries}.db")
        for ending in ("", "-wal", "-shm"):
            part = target.with_name(target.name + ending)
            if part.exists():
                part.replace(place.with_name(place.name + ending))
        return place
