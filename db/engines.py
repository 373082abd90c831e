"""Connections: how each kind of database is opened for reading and for writing."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError

from nasicon_loop.core import Refusal, plain

BUSY_TIMEOUT_MS = 30_000
"""How long a writer waits for the writers before it. One write takes milliseconds."""


def resolved(url: str | Path) -> sa.URL:
    """Return a database URL; a path (or text without "://") means SQLite. Refusal for kinds that we do not speak."""
    if isinstance(url, Path) or "://" not in url:
        return sa.URL.create("sqlite", database=str(url))
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise Refusal("not a database URL; write a path or postgresql://user@host/name") from error
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise Refusal("a lab's database is a file; give its path", parsed.render_as_string())
        return parsed.set(drivername="sqlite")
    if kind == "postgresql":
        if find_spec("pg8000") is None:
            raise Refusal('PostgreSQL needs pg8000: pip install "nasicon_loop[postgres]"', parsed.render_as_string())
        return parsed.set(drivername="postgresql+pg8000")
    raise Refusal(f"{kind} is not supported; use SQLite or PostgreSQL", parsed.render_as_string())


def sqlite_path(url: sa.URL) -> Path | None:
    """Return the file of an SQLite database, None for others."""
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def _execute(connection: Any, *statements: str) -> None:
    cursor = connection.cursor()
    for statement in statements:
        cursor.execute(statement)
    cursor.close()


def _is_server(url: sa.URL) -> bool:
    """A server may have been restarted since the last question: then its connections are made anew."""
    return sqlite_path(url) is None


def _let_pings_fail_softly(engine: sa.Engine) -> None:
    """A connection that was reset is made anew, like one that was closed: the driver passes the socket's error on."""
    dialect: Any = engine.dialect
    real = dialect.do_ping

    def ping(connection: Any) -> bool:
        try:
            return bool(real(connection))
        except OSError as error:
            raise dialect.loaded_dbapi.InterfaceError("network error") from error

    dialect.do_ping = ping
    # a connection that cannot even be closed any more is told by whoever uses it, not on the user's screen
    logging.getLogger("sqlalchemy.pool").addHandler(logging.NullHandler())


def _json_serializer(value: Any) -> str:
    from db.types import json_text

    return json_text(value)


def writing_engine(url: sa.URL) -> sa.Engine:
    """Return an engine whose transactions take the write lock at once.

    SQLite: BEGIN IMMEDIATE. With a deferred BEGIN two writers read the same value and one update is lost, or the second
    fails although it would have waited. PostgreSQL: READ COMMITTED, and `Database.write` locks the lab's row first,
    which puts a lab's writers one after the other in the same way.
    """
    engine = sa.create_engine(url, json_serializer=_json_serializer, pool_pre_ping=_is_server(url))
    if engine.dialect.name != "sqlite":
        _let_pings_fail_softly(engine)
        return engine

    @sa.event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        _execute(
            connection,
            f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "PRAGMA foreign_keys = ON",
        )

    @sa.event.listens_for(engine, "begin")
    def begun(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def reading_engine(url: sa.URL) -> sa.Engine:
    """Return an engine that cannot write and never waits for a writer."""
    engine = sa.create_engine(
        url, isolation_level="AUTOCOMMIT", json_serializer=_json_serializer, pool_pre_ping=_is_server(url)
    )
    is_sqlite = engine.dialect.name == "sqlite"
    if not is_sqlite:
        _let_pings_fail_softly(engine)

    @sa.event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        if is_sqlite:
            _execute(connection, f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}", "PRAGMA query_only = ON")
        else:
            _execute(connection, "SET default_transaction_read_only = on")
            connection.commit()

    return engine


_WORDS = (
    ("database is locked", "another program holds the database; close it and try again"),
    ("readonly database", "the database may not be written here (read side, or no permission on the file or folder)"),
    ("read-only transaction", "the database may not be written on the read side"),
    ("database or disk is full", "the disk is full; make room and try again, nothing was changed"),
    ("disk I/O error", "the disk failed; check it, then run `nasicon db check`"),
    ("malformed", "the database is damaged; restore a backup with `nasicon db restore`"),
    ("not a database", "this is not a database; restore a backup with `nasicon db restore`"),
    ("unable to open", "the database file cannot be opened; check that the folder exists and may be written"),
    ("network error", "the database server went away; look whether it was done before trying again"),
    ("terminating connection", "the database server went away; look whether it was done before trying again"),
    ("onnection refused", "the database server does not answer; check that it runs, and its address in lab.toml"),
    ("reate a connection", "the database server does not answer; check that it runs, and its address in lab.toml"),
)


def refusal_of(error: DBAPIError, where: str) -> Refusal:
    """Return what a database error means for the user, in one line."""
    given = error.orig.args[0] if error.orig is not None and error.orig.args else error
    code, text = "", str(given)
    if isinstance(given, dict):  # PostgreSQL's fields: C is the SQLSTATE, M the message, D the detail
        code, text = str(given.get("C", "")), " ".join(str(given[name]) for name in "MD" if name in given)
    if isinstance(error, IntegrityError) or code.startswith("23"):  # class 23: integrity constraint violation
        return Refusal(f"the database did not take it: {plain(text)}", where)
    for words, meaning in _WORDS:
        if words in text:
            return Refusal(meaning, where)
    return Refusal(f"the database failed: {plain(text)}", where)


@contextmanager
def refusing(url: sa.URL) -> Iterator[None]:
    """Turn database errors of the block into Refusals; a server's connection that breaks off too."""
    try:
        yield
    except DBAPIError as error:
        raise refusal_of(error, where_of(url)) from error
    except OSError as error:
        if not _is_server(url):
            raise
        reason = (
            f"the database server went away ({error.strerror or error}); look whether it was done before trying again"
        )
        raise Refusal(reason, where_of(url)) from error


def where_of(url: sa.URL) -> str:
    """Return how a database is named in messages: its path, or its URL without the password."""
    path = sqlite_path(url)
    return str(path) if path is not None else url.render_as_string(hide_password=True)
