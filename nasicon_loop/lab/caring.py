"""Use cases of care: check, back up, restore and upgrade the database; look for what is broken."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab.context import opened
from nasicon_loop.lab.folder import LabFolder, find
from nasicon_loop.lab.settings import load_settings

if TYPE_CHECKING:
    from db import Finding


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


@dataclass(frozen=True, slots=True)
class Symptom:
    """One thing the doctor looked at. `remedy` is what mends it."""

    what: str
    is_fine: bool
    detail: str
    remedy: str = ""


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


def examine(where: Path | None) -> list[Symptom]:
    """Look at the installation and, where there is one, at the lab."""
    found = list(_installation())
    try:
        folder = find(where)
    except Refusal as refusal:
        return [
            *found,
            Symptom("lab", where is None, refusal.reason, "" if where is None else "give --lab a lab folder"),
        ]
    return found + list(_lab(folder))


def _installation() -> Iterator[Symptom]:
    from importlib.util import find_spec

    home = Path(__file__).resolve().parents[2]
    for name in ("db", "recipes", "instruments"):
        spec = find_spec(name)
        ours = spec is not None and spec.origin is not None and Path(spec.origin).resolve().is_relative_to(home)
        detail = "ours" if ours else f"another package of that name: {spec.origin if spec else 'missing'}"
        yield Symptom(
            f"package {name}", ours, detail, "" if ours else "use a fresh virtual environment for this program"
        )
    yield from _readers()


def _readers() -> Iterator[Symptom]:
    import instruments

    names = ", ".join(reader.name for reader in instruments.available_readers())
    yield Symptom("readers", True, names)
    for broken in instruments.broken_readers():
        yield Symptom(f"reader plug-in {plain(broken.name)}", False, plain(broken.reason), "reinstall or remove it")


def _lab(folder: LabFolder) -> Iterator[Symptom]:
    try:
        load_settings(folder)
        yield Symptom("lab.toml", True, str(folder.toml))
    except Refusal as refusal:
        yield Symptom("lab.toml", False, str(refusal), "correct that line in lab.toml")
        return
    for path in (folder.inbox, folder.vault, folder.models, folder.reports, folder.logs):
        fine = path.is_dir()
        yield Symptom(f"folder {path.name}/", fine, str(path), "" if fine else f"mkdir {path}")
    try:
        checked = check_database(folder.path)
    except Refusal as refusal:
        yield Symptom("database", False, str(refusal), "nasicon db upgrade, or nasicon db restore BACKUP")
        return
    yield Symptom(
        "database", checked.is_clean, checked.summary, "" if checked.is_clean else "nasicon db check --repair"
    )
    for finding in checked.findings:
        yield Symptom(f"database: {finding.kind}", False, finding.what, finding.mend)
    yield from _model(folder)


def _model(folder: LabFolder) -> Iterator[Symptom]:
    from nasicon_loop.lab.learning import current_run

    with opened(folder.path) as lab:
        run = current_run(lab)
    if run is None:
        yield Symptom("model", False, "nothing was trained yet", "nasicon train")
    else:
        yield Symptom("model", True, f"run {run.number} of {run.at:%Y-%m-%d %H:%M} UTC")
