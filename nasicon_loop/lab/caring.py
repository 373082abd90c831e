"""Use cases of care: check, back up, restore, upgrade and copy the database."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal
from nasicon_loop.lab.context import opened
from nasicon_loop.lab.folder import find
from nasicon_loop.lab.settings import load_settings

if TYPE_CHECKING:
    from db import Copied, Finding


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of the database found; `repairs` says what was rebuilt before."""

    findings: tuple["Finding", ...]
    repairs: tuple[str, ...]
    summary: str

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


def check_database(where: Path | None, *, repair: bool = False) -> Checked:
    """Prove that facts, journal, projections and vault agree; `repair` first rebuilds the projections."""
    import db

    with opened(where) as lab:
        repairs = tuple(db.repair(lab.database)) if repair else ()
        findings = tuple(db.check(lab.database, lab.folder.vault))
        with lab.database.read() as reader:
            counts = reader.counts()
    summary = f"{sum(counts.files.values())} files, {counts.rows.get('analysis', 0)} analyses, "
    summary += f"{counts.rows.get('journal', 0)} journal rows"
    return Checked(findings, repairs, summary)


def back_up(where: Path | None, target: Path | None = None) -> Path:
    """Write a verified copy of the database; by default to backups/ in the lab folder."""
    import db

    with opened(where) as lab:
        path = target or lab.folder.path / "backups" / f"lab-{lab.clock.now():%Y%m%dT%H%M%SZ}.db"
        path.parent.mkdir(parents=True, exist_ok=True)
        db.backup(lab.database, path)
    return path


def restore_backup(where: Path | None, source: Path) -> Path | None:
    """Go back to a backup; returns where the database that was there is kept."""
    import db
    from nasicon_loop.lab.watching import is_watched

    folder = find(where)
    if is_watched(folder):
        raise Refusal("a watch is running in this lab; end it before restoring", folder.path)
    url = load_settings(folder).database_url(folder)
    return db.restore(source, url)


def upgrade_database(where: Path | None) -> str:
    """Bring the database to this program's schema; says what was done."""
    import db

    folder = find(where)
    done = db.upgrade(load_settings(folder).database_url(folder))
    if done.before == done.after:
        return f"the schema is {done.after} already; nothing was changed"
    kept = f"; what was there before is kept as {done.backup}" if done.backup else ""
    return f"schema {done.before} is now {done.after}{kept}"


def copy_database(source: str, target: str, name: str | None = None) -> "Copied":
    """Copy one lab between databases, SQLite or PostgreSQL; the copy is proved row by row, the source stays.

    Each is a lab folder, a database file, or a URL; `name` says which lab where the source holds several. Raises
    Refusal, with the target as it was, when it has that lab already or the copy differs from the source.
    """
    import db

    from_url, known_name = _database_at(source)
    return db.copy(from_url, _database_at(target)[0], name or known_name)


def _database_at(text: str) -> tuple[str, str | None]:
    """The URL that a person means, and the lab's name when it is a lab folder on a server."""
    if "://" in text or not Path(text).expanduser().is_dir():
        return text, None
    folder = find(text)
    settings = load_settings(folder)
    return settings.database_url(folder), settings.lab.name if settings.database.url else None
