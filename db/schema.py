"""Making databases and bringing old ones up to date. The only place where Alembic is loaded."""

import re
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from db.backups import back_up_file
from db.database import Database
from db.database import open as open_database
from db.engines import refusing, resolved, sqlite_path, where_of, writing_engine
from db.mounts import refuse_network
from db.revisions import REVISIONS, stored_revision
from db.tables import TABLES
from nasicon_loop.core import Clock, Refusal, SystemClock, plain

_PREFIX = re.compile(r"[A-Z][A-Z0-9]{0,7}")
_ADVISORY_LOCK = 0x4E41534943  # any number, the same for all who migrate a server's tables at once


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade did; `copies` were made before, one per lab on a server, none when nothing was to do."""

    before: str
    after: str
    copies: tuple[Path, ...] = ()

    @property
    def backup(self) -> Path | None:
        """The first copy."""
        return self.copies[0] if self.copies else None


def create(url: str | Path, lab_name: str, label_prefix: str = "NL", *, clock: Clock | None = None) -> Database:
    """Make a database (or, on a server that has one, add a lab to it) and open it.

    Raises Refusal for a prefix that is not 1 to 8 capital letters and digits beginning with a letter, for an empty
    name, when the lab is there already, and when the place is a network share.
    """
    if not _PREFIX.fullmatch(label_prefix):
        raise Refusal(
            "a label prefix is 1 to 8 capital letters and digits, a letter first, like NL", plain(label_prefix)
        )
    if not lab_name.strip():
        raise Refusal("a lab needs a name")
    parsed = resolved(url)
    path = sqlite_path(parsed)
    if path is not None:
        if not path.parent.is_dir():
            raise Refusal("the folder for the database is not there", path)
        refuse_network(path)
    engine = writing_engine(parsed)
    try:
        with refusing(parsed), engine.begin() as connection:
            prepare(connection, where_of(parsed))
            labs = TABLES["lab"]
            names = set(connection.execute(sa.select(labs.c.name)).scalars())
            if names and path is not None:
                raise Refusal("there is a lab here already", path)
            if lab_name in names:
                raise Refusal(f"there is a lab {lab_name!r} in this database already", where_of(parsed))
            at = (clock or SystemClock()).now()
            row = {"name": lab_name, "label_prefix": label_prefix, "at": at}
            connection.execute(sa.insert(labs).values(row))
    finally:
        engine.dispose()
    return open_database(url, lab=lab_name, clock=clock)


def prepare(connection: sa.Connection, where: str) -> None:
    """Make the tables where there are none; Refusal for tables of another program or another version."""
    if connection.dialect.name != "sqlite":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
    revision = stored_revision(connection)
    if revision is None:
        if set(sa.inspect(connection).get_table_names()) & set(TABLES):
            raise Refusal("there are tables of another program here; choose another place", where)
        migrate(connection)
    elif revision != REVISIONS[-1]:
        raise Refusal(f"the database is of another version ({plain(revision)}); run `nasicon db upgrade`", where)


def migrate(connection: sa.Connection, revision: str = "head") -> None:
    """Run the migrations up to `revision` inside the connection's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    folder = str(Path(__file__).with_name("migrations"))
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def upgrade(url: str | Path, *, copies: Path | None = None) -> Upgrade:
    """Bring a database to this program's version; it is copied and the copy verified before.

    The copy of an SQLite file lies beside it, those of a server's labs in the folder `copies` (without one they are
    not made), named for the version they hold. Raises Refusal when there is no database, or a newer one.
    """
    parsed = resolved(url)
    path = sqlite_path(parsed)
    if path is not None and not path.is_file():
        raise Refusal("there is no database here; `nasicon init` makes one", path)
    engine = writing_engine(parsed)
    try:
        with refusing(parsed):
            with engine.connect() as connection:
                before = stored_revision(connection)
            if before is None or before not in REVISIONS:
                raise Refusal("not a database that this program can upgrade; update the program", where_of(parsed))
            if before == REVISIONS[-1]:
                return Upgrade(before, before)
            made = [] if path is None else [back_up_file(path, _beside(path, before))]
            with engine.begin() as connection:
                if connection.dialect.name != "sqlite":
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
                    if copies is not None:
                        from db.server_backups import copy_old_labs

                        made = copy_old_labs(connection, before, copies, where_of(parsed))
                migrate(connection)
                after = stored_revision(connection)
            return Upgrade(before, after or before, tuple(made))
    finally:
        engine.dispose()


def _beside(path: Path, revision: str) -> Path:
    return path.with_name(f"{path.stem}.before-upgrade-{revision}.db")
