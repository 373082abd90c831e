"""Copies of labs on a server: SQLite files that `nasicon db restore` and `nasicon db copy` take.

Before a migration the tables are those of an older version, which today's values and checks do not know: then rows are
copied as they are, column by column, into a file of that same version, and held against the originals.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from db.backups import back_up_file, sync, verify_file
from db.copying import copy, put_in_place
from db.engines import resolved, writing_engine
from db.mounts import refuse_network
from nasicon_loop.core import Refusal, plain

if TYPE_CHECKING:
    from db.database import Database

_CHUNK = 500


def back_up_lab(database: "Database", path: Path) -> Path:
    """Copy a lab on a server to an SQLite file, proved row by row; a taken name gets a number."""
    place = free_name(path)
    copy(database.url.render_as_string(hide_password=False), place, database.lab.name)
    return place


def restore_lab(path: Path, url: str | Path, lab: str | None) -> str | None:
    """Put the lab in the backup at `path` on a server, where `lab` (else any) is its name.

    A lab of that name that is there stays, under another name, which is returned. A backup of an older version is
    brought up to date on the way; the file itself is not touched. Raises Refusal, with nothing changed, when it is not
    sound or of another lab.
    """
    from db.schema import upgrade

    verify_file(path)
    with TemporaryDirectory() as folder:
        ours = back_up_file(path, Path(folder) / "lab.db")
        upgrade(ours)
        return put_in_place(ours, url, lab)


def copy_old_labs(connection: sa.Connection, revision: str, folder: Path, where: str) -> list[Path]:
    """Copy every lab of a server whose tables are of version `revision` to an SQLite file of that version in `folder`.

    `connection` is in the transaction that will migrate: nobody writes meanwhile. Returns the files.
    """
    connection.exec_driver_sql("LOCK TABLE lab IN EXCLUSIVE MODE")  # writers lock their lab's row first
    known = sa.MetaData()
    known.reflect(connection)
    folder.mkdir(parents=True, exist_ok=True)
    labs = connection.execute(sa.select(known.tables["lab"].c.id)).scalars().all()
    made = []
    for lab_id in sorted(labs):
        number = f"-lab{lab_id}" if len(labs) > 1 else ""
        place = free_name(folder / f"lab.before-upgrade-{revision}{number}.db")
        refuse_network(place)
        try:
            made.append(_copied(connection, known, lab_id, revision, place))
        except (OSError, sa.exc.SQLAlchemyError) as error:
            raise Refusal(
                f"could not be copied before the upgrade: {plain(error)}; nothing was changed", where
            ) from error
    return made


def free_name(path: Path) -> Path:
    """Return `path`, or with a number the first like it that is not taken."""
    place, n_tries = path, 1
    while place.exists():
        n_tries += 1
        place = path.with_name(f"{path.stem}-{n_tries}{path.suffix}")
    return place


def _copied(server: sa.Connection, known: sa.MetaData, lab_id: int, revision: str, place: Path) -> Path:
    from db.schema import migrate

    unfinished = place.with_name(f".{place.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    engine = writing_engine(resolved(unfinished))
    try:
        with engine.begin() as file:
            migrate(file, revision)
            ours = sa.MetaData()
            ours.reflect(file)
            for table in ours.sorted_tables:
                if table.name != "alembic_version":
                    _pour(server, known.tables[table.name], file, table, lab_id)
        with engine.connect() as file:
            file.exec_driver_sql("COMMIT")
            file.exec_driver_sql("PRAGMA journal_mode = DELETE")
        engine.dispose()
        verify_file(unfinished)
        sync(unfinished)
        unfinished.replace(place)
        sync(place.parent)
    finally:
        engine.dispose()
        for ending in ("", "-wal", "-shm"):
            unfinished.with_name(unfinished.name + ending).unlink(missing_ok=True)
    return place


def _pour(server: sa.Connection, source: sa.Table, file: sa.Connection, target: sa.Table, lab_id: int) -> None:
    """Copy the lab's rows of one table and hold what was written against what was read."""
    for rows in _chunks(server, source, lab_id):
        file.execute(sa.insert(target), rows)
    written = (row for rows in _chunks(file, target, lab_id) for row in rows)
    for rows in _chunks(server, source, lab_id):
        for row in rows:
            if next(written, None) != row:
                raise Refusal("did not arrive as it was; nothing was changed", f"{source.name} in the copy")


def _chunks(connection: sa.Connection, table: sa.Table, lab_id: int) -> Iterator[list[dict[str, Any]]]:
    of_lab = table.c.id if table.name == "lab" else table.c.lab_id
    query = sa.select(table).where(of_lab == lab_id).order_by(*table.primary_key.columns)
    result = connection.execute(query.execution_options(yield_per=_CHUNK)).mappings()
    for rows in result.partitions(_CHUNK):
        yield [{name: _as_in_a_file(value) for name, value in row.items()} for row in rows]


def _as_in_a_file(value: Any) -> Any:
    """SQLite keeps no offset: times are in UTC there."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return bytes(value) if isinstance(value, memoryview) else value
