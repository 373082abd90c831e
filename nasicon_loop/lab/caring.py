"""Use cases of care: check, back up, restore, upgrade and copy the database."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal, refuse_as_target
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


def back_up(where: Path | None, target: Path | None = None, *, verify: bool = False) -> Path:
    """Write a copy of the database, by default to backups/ in the lab folder; returns where it is.

    The copy is proved sound: integrity and references, on a server row by row. With `verify` it is also checked as
    `check_database` does, vault included. Raises Refusal, with what was found; the copy is kept then.
    """
    import db

    with opened(where) as lab:
        path = target or lab.folder.path / "backups" / f"lab-{lab.clock.now():%Y%m%dT%H%M%SZ}.db"
        refuse_as_target(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Refusal(f"cannot be written ({error.strerror})", path) from error
        written = db.backup(lab.database, path)
        if verify:
            _refuse_findings(written, lab.folder.vault)
    return written


def restore_backup(where: Path | None, source: Path, *, verify: bool = False) -> Path | str | None:
    """Go back to a backup; returns where the database that was there is kept, or its name on a server.

    The backup is proved sound before; with `verify` it is also checked as `check_database` does, vault included, and
    Refusal, with nothing changed, says what was found.
    """
    import db
    from nasicon_loop.lab.watching import is_watched

    folder = find(where)
    if is_watched(folder):
        raise Refusal("a watch is running in this lab; end it before restoring", folder.path)
    settings = load_settings(folder)
    if verify:
        _refuse_findings(source, folder.vault)
    return db.restore(source, settings.database_url(folder), settings.lab.name if settings.database.url else None)


def _refuse_findings(backup: Path, vault: Path) -> None:
    """Check a copy of the backup, brought up to date where it is older; bytes that came later are no finding."""
    import db

    with TemporaryDirectory() as folder:
        ours = Path(folder) / "lab.db"
        db.restore(backup, ours)
        db.upgrade(ours)
        with db.open(ours) as database:
            findings = [finding for finding in db.check(database, vault) if finding.kind != "vault orphan"]
    if findings:
        more = f", and {len(findings) - 1} more" if len(findings) > 1 else ""
        raise Refusal(f"{findings[0].what} ({findings[0].kind}){more}", backup)


def upgrade_database(where: Path | None) -> str:
    """Bring the database to this program's schema; says what was done."""
    import db

    folder = find(where)
    done = db.upgrade(load_settings(folder).database_url(folder), copies=folder.path / "backups")
    if done.before == done.after:
        return f"the schema is {done.after} already; nothing was changed"
    kept = ", ".join(map(str, done.copies))
    return f"schema {done.before} is now {done.after}; what was there before is kept as {kept}"


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
