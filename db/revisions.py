"""Which version of the tables a database has. Kept apart from Alembic, so that opening a database stays cheap."""

import sqlalchemy as sa

from nasicon_loop.core import Refusal, plain

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
"""Every version that this program knows, oldest first; a test holds it against the migrations' folder."""


def stored_revision(connection: sa.Connection) -> str | None:
    """Return the version of the tables in a database, None when it holds none of ours."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found


def refuse_other_version(connection: sa.Connection, where: str) -> None:
    """Raise Refusal when the database is not ours, or of a version that this program does not work with."""
    revision = stored_revision(connection)
    if revision is None:
        raise Refusal("this is not a nasicon database; `nasicon init` makes one", where)
    if revision not in REVISIONS:
        raise Refusal(f"the database is of a newer version ({plain(revision)}); update the program", where)
    if revision != REVISIONS[-1]:
        raise Refusal(f"the database is of an older version ({revision}); run `nasicon db upgrade`", where)
