"""The door: a database that is open for one lab, entered for reading or for writing."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from db.engines import reading_engine, refusing, resolved, sqlite_path, where_of, writing_engine
from db.mounts import refuse_network
from db.queries.access import to_value
from db.reader import Reader
from db.revisions import refuse_other_version
from db.tables import TABLES
from db.values import Lab
from db.writer import Writer
from nasicon_loop.core import Clock, Refusal, SystemClock

_EXCHANGED = "the database was exchanged or removed while this program had it open; start the program again"


class Database:
    """One lab's database. `read()` and `write()` are the only ways in; use `close()` or `with` when done."""

    def __init__(self, url: sa.URL, lab: Lab, reading: sa.Engine, clock: Clock) -> None:
        self._url = url
        self._lab = lab
        self._clock = clock
        self._reading = reading
        self._writing = writing_engine(url)
        self._file = _file_of(self.path)
        self._kept: sa.Connection | None = None
        self._kept_lock = threading.Lock()
        self._inside = threading.local()

    @property
    def lab(self) -> Lab:
        """The lab that this database was opened for."""
        return self._lab

    @property
    def url(self) -> sa.URL:
        """Where it is."""
        return self._url

    @property
    def path(self) -> Path | None:
        """The file of an SQLite database, None on a server."""
        return sqlite_path(self._url)

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Give a Reader. It never waits for writers and cannot write.

        All questions of a block see one state: a sample that somebody else begins between two of them is in
        neither answer. Keep blocks short, and open a new one to see what changed.
        """
        self._refuse_exchanged()
        with refusing(self._url), self._reading.connect() as connection:
            is_sqlite = connection.dialect.name == "sqlite"
            connection.exec_driver_sql("BEGIN" if is_sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                yield Reader(connection, self._lab)
            finally:
                connection.exec_driver_sql("ROLLBACK")

    @contextmanager
    def write(self, *, who: str) -> Iterator[Writer]:
        """Give a Writer; everything in the block is kept when it ends, nothing when it raises.

        Writers come one after the other: no computing, files or devices inside. Raises Refusal when the database is
        locked by another program for longer than 30 s, full, damaged, not writable, or when another file lies in its
        place by now: what was written then would be nowhere.
        """
        if not who.strip():
            raise Refusal("say who writes", where_of(self._url))
        if getattr(self._inside, "writing", False):
            raise RuntimeError("a write inside a write would wait for itself")
        self._refuse_exchanged()
        self._inside.writing = True
        try:
            with refusing(self._url), self._writing.begin() as connection:
                if connection.dialect.name != "sqlite":
                    labs = TABLES["lab"]
                    mine = sa.select(labs.c.name).where(labs.c.id == self._lab.id).with_for_update()
                    if connection.execute(mine).scalar() != self._lab.name:  # a backup was put in its place
                        raise Refusal(_EXCHANGED, where_of(self._url))
                yield Writer(connection, self._lab, who, self._clock.now())
                self._refuse_exchanged()
        finally:
            self._inside.writing = False

    def change_token(self) -> int:
        """Return a number that changes when anybody commits something; cheap enough to ask every second.

        SQLite: PRAGMA data_version on a connection that is kept for this. PostgreSQL: the newest journal id.
        """
        self._refuse_exchanged()
        if self.path is None:
            with self.read() as reader:
                return reader.max_journal_id()
        with self._kept_lock, refusing(self._url):
            if self._kept is None:
                self._kept = self._reading.connect()
            return int(self._kept.exec_driver_sql("PRAGMA data_version").scalar_one())

    def _refuse_exchanged(self) -> None:
        """An open connection goes on with the file that it opened, also when that has no name any more."""
        if self._file is not None and _file_of(self.path) != self._file:
            raise Refusal(_EXCHANGED, where_of(self._url))

    def close(self) -> None:
        """Let go of all connections."""
        with self._kept_lock:
            if self._kept is not None:
                self._kept.close()
                self._kept = None
        self._reading.dispose()
        self._writing.dispose()

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _file_of(path: Path | None) -> tuple[int, int] | None:
    """What tells one file from another of the same name; None on a server, (0, 0) where there is none."""
    if path is None:
        return None
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_dev, status.st_ino


def open(url: str | Path, *, lab: str | None = None, clock: Clock | None = None) -> Database:
    """Open the database at `url` (a path means SQLite) for a lab, named where there are several.

    Raises Refusal when it is not there, is not ours, is of an older version (`nasicon db upgrade`) or a newer one
    (update the program), is on a network share, or does not hold the lab.
    """
    parsed = resolved(url)
    path = sqlite_path(parsed)
    if path is not None:
        if not path.is_file():
            raise Refusal("there is no database here; `nasicon db restore BACKUP` or `nasicon init` makes one", path)
        refuse_network(path)
    reading = reading_engine(parsed)
    try:
        with refusing(parsed), reading.connect() as connection:
            refuse_other_version(connection, where_of(parsed))
            labs = [to_value(Lab, row) for row in connection.execute(sa.select(TABLES["lab"])).mappings()]
        return Database(parsed, _chosen(labs, lab, where_of(parsed)), reading, clock or SystemClock())
    except BaseException:
        reading.dispose()
        raise


def _chosen(labs: list[Lab], name: str | None, where: str) -> Lab:
    found = [lab for lab in labs if name in {None, lab.name}]
    if len(found) == 1:
        return found[0]
    names = ", ".join(sorted(lab.name for lab in labs)) or "none"
    if name is None:
        raise Refusal(f"say which lab; there is: {names}", where)
    raise Refusal(f"there is no lab {name!r} in this database; there is: {names}", where)
