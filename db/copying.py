"""Copying one lab from one database into another, of whatever kinds, and proving the copy row by row.

Ids stay as they are where the target is empty. Where it holds other labs, they are moved behind theirs, in every column
and journal line that names one, and the digests are made anew; the proof undoes the move and compares.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from db.check_facts import fact_findings
from db.check_relations import relation_findings
from db.checking import check, connection_of, journal_of
from db.database import open as open_database
from db.engines import refusing, resolved, sqlite_path, where_of, writing_engine
from db.mounts import refuse_network
from db.moving import Move
from db.projections import replay
from db.rows import digest
from db.schema import prepare
from db.states import KINDS
from db.store import SqlStore
from db.tables import METADATA, TABLES
from nasicon_loop.core import Refusal, SystemClock

_CHUNK = 500
_STATES = frozenset(name for name, _ in KINDS.values())


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that was made and proved; `n_rows` by table, `is_renumbered` when ids had to be moved."""

    lab: str
    n_rows: Mapping[str, int]
    is_renumbered: bool


def copy(source: str | Path, target: str | Path, lab: str | None = None) -> Copied:
    """Copy a lab into another database, made where it is not there yet, in one transaction.

    Raises Refusal, with nothing changed, when the source is not sound, the target has a lab of that name (or is a file
    that exists), or what was written is not what was read.
    """
    with open_database(source, lab=lab) as origin:
        findings = check(origin)
        if findings:
            raise Refusal(f"is not sound ({findings[0].what}); run `nasicon db check`", where_of(origin.url))
        with origin.read() as reader, _target(target) as connection:
            return _pour(connection_of(reader), connection, origin.lab.id, where_of(resolved(target)))


def put_in_place(source: Path, target: str | Path, lab: str | None) -> str | None:
    """Copy a lab into a server's database in place of the one of its name, which is kept under the name returned.

    Raises Refusal, with nothing changed, for a lab of another name than `lab` and for all that `copy` refuses.
    """
    with open_database(source) as origin:
        if lab not in (None, origin.lab.name):
            raise Refusal(f"is a backup of the lab {origin.lab.name!r}, and this one is {lab!r}", source)
        findings = check(origin)
        if findings:
            raise Refusal(f"is not sound ({findings[0].what})", source)
        with origin.read() as reader, _target(target) as connection:
            labs = TABLES["lab"]
            names = set(connection.execute(sa.select(labs.c.name)).scalars())
            kept = None
            if origin.lab.name in names:
                at = SystemClock().now()
                kept = f"{origin.lab.name} (until {at:%Y-%m-%d %H:%M:%S.%f} UTC)"
                connection.execute(sa.update(labs).where(labs.c.name == origin.lab.name).values(name=kept))
            _pour(connection_of(reader), connection, origin.lab.id, where_of(resolved(target)))
            return kept


@contextmanager
def _target(target: str | Path) -> Iterator[sa.Connection]:
    """A transaction on the target; an SQLite file gets its name when it is complete."""
    url = resolved(target)
    path = sqlite_path(url)
    unfinished = None
    if path is not None:
        if path.exists():
            raise Refusal("is there already; give a new name", path)
        if not path.parent.is_dir():
            raise Refusal("the folder for the database is not there", path)
        refuse_network(path)
        unfinished = path.with_name(f".{path.name}.unfinished")
        unfinished.unlink(missing_ok=True)
        url = resolved(unfinished)
    engine = writing_engine(url)
    try:
        with refusing(url), engine.begin() as connection:
            prepare(connection, where_of(url))
            if path is None:  # ids are given by hand: nobody else may take one meanwhile
                names = ", ".join(sorted(METADATA.tables))
                connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
            yield connection
        engine.dispose()  # closes the write-ahead log: the file is whole by itself
        if unfinished is not None and path is not None:
            from db.backups import sync

            sync(unfinished)
            unfinished.replace(path)
            sync(path.parent)
    finally:
        engine.dispose()
        if unfinished is not None:
            for ending in ("", "-wal", "-shm"):
                unfinished.with_name(unfinished.name + ending).unlink(missing_ok=True)


def _pour(source: sa.Connection, target: sa.Connection, lab_id: int, where: str) -> Copied:
    row = dict(source.execute(sa.select(TABLES["lab"]).where(TABLES["lab"].c.id == lab_id)).mappings().one())
    if target.execute(sa.select(TABLES["lab"].c.id).where(TABLES["lab"].c.name == row["name"])).first():
        raise Refusal(f"there is a lab {row['name']!r} in this database already", where)
    move = Move.into(target, lab_id)
    target.execute(sa.insert(TABLES["lab"]), move.row("lab", row))
    n_rows: dict[str, int] = {}
    for table in _tables():
        n_rows[table.name] = 0
        for rows in _chunks(source, table, lab_id):
            target.execute(sa.insert(table), [move.row(table.name, one) for one in rows])
            n_rows[table.name] += len(rows)
    _replay(target, move.lab_id)
    if target.dialect.name == "postgresql":
        _set_counters(target)
    _prove(source, target, lab_id, move, where)
    return Copied(str(row["name"]), n_rows, move.is_any)


def _tables() -> list[sa.Table]:
    """All tables that are copied: states follow from the journal, which comes last because it has the digests."""
    facts = [table for table in METADATA.sorted_tables if table.name not in {*_STATES, "lab", "journal"}]
    return [*facts, TABLES["journal"]]


def _chunks(connection: sa.Connection, table: sa.Table, lab_id: int) -> Iterator[list[dict[str, Any]]]:
    query = sa.select(table).where(table.c.lab_id == lab_id).order_by(table.c.id)
    result = connection.execute(query.execution_options(yield_per=_CHUNK)).mappings()
    for rows in result.partitions(_CHUNK):
        yield [dict(row) for row in rows]


def _replay(connection: sa.Connection, lab_id: int) -> None:
    store = SqlStore(connection, lab_id)
    for states in replay(journal_of(connection, lab_id)).states.values():
        for state in states.values():
            store.put(state)


def _set_counters(connection: sa.Connection) -> None:
    for table in [TABLES["lab"], *_tables()]:
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "  # noqa: S608 - our own names
            f"GREATEST((SELECT COALESCE(MAX(id), 0) FROM {table.name}), 1), "
            f"EXISTS (SELECT 1 FROM {table.name}))"
        )


def _prove(source: sa.Connection, target: sa.Connection, lab_id: int, move: Move, where: str) -> None:
    """Read what was written, undo the move, and hold it against the source; then check it like any database."""
    for table in _tables():
        written = (row for rows in _chunks(target, table, move.lab_id) for row in rows)
        for rows in _chunks(source, table, lab_id):
            for row in rows:
                copied = next(written, None)
                if copied is None or digest(move.back(table.name, copied, row)) != digest(row):
                    raise Refusal(f"{table.name} {row['id']} did not arrive as it was; nothing was changed", where)
        if next(written, None) is not None:
            raise Refusal(f"{table.name} has more rows than the source; nothing was changed", where)
    for finding in (*fact_findings(target, move.lab_id), *relation_findings(target, move.lab_id)):
        raise Refusal(f"the copy is not sound ({finding.what}); nothing was changed", where)
