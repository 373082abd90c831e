"""`nasicon doctor`: looks at the installation and the lab, and says for each broken thing which command mends it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab.folder import LabFolder, find
from nasicon_loop.lab.remedies import Originals, newest_backup, remedy_of
from nasicon_loop.lab.settings import load_settings

if TYPE_CHECKING:
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.lab.settings import Settings
    from nasicon_loop.lab.settings_devices import BalanceSection, FurnaceSection

_MIN_FREE_BYTES = 200_000_000
_REOPENING = (
    ("older version", "nasicon db upgrade"),
    ("newer version", "pip install --upgrade nasicon_loop"),
    ("network file system", "move the lab folder to a local disk, or give a PostgreSQL URL in lab.toml"),
    ("another program", "close the program that has the database open"),
)
_GRACE_SECONDS = 60.0
_OWN_PACKAGES = ("db", "recipes", "instruments")


@dataclass(frozen=True, slots=True)
class Symptom:
    """One thing the doctor looked at. `remedy` is what mends it: a command line, or what to do by hand."""

    what: str
    is_fine: bool
    detail: str
    remedy: str = ""


def examine(where: Path | None) -> list[Symptom]:
    """Look at the installation and, where there is one, at the lab. Nothing is changed."""
    found = list(_packages())
    if not all(symptom.is_fine for symptom in found):
        return found  # whatever is asked next, somebody else's code would answer
    found += _readers()
    try:
        folder = find(where)
    except Refusal as refusal:
        return [
            *found,
            Symptom("lab", where is None, str(refusal), "" if where is None else f"nasicon init {plain(where)}"),
        ]
    return found + list(_lab(folder))


def _packages() -> Iterator[Symptom]:
    from importlib.util import find_spec

    home = Path(__file__).resolve().parents[2]
    for name in _OWN_PACKAGES:
        spec = find_spec(name)
        places = [] if spec is None else [spec.origin] if spec.origin else list(spec.submodule_search_locations or ())
        ours = bool(places) and Path(str(places[0])).resolve().is_relative_to(home)
        if ours:
            yield Symptom(f"package {name}", True, "ours")
        elif not places:
            yield Symptom(f"package {name}", False, "is not installed", "pip install --force-reinstall nasicon_loop")
        else:
            yield Symptom(
                f"package {name}",
                False,
                f"another package of that name stands before ours: {plain(places[0], limit=300)}",
                f"unset PYTHONPATH and leave that folder, or `pip uninstall {name}` and reinstall nasicon_loop",
            )


def _readers() -> Iterator[Symptom]:
    import instruments

    names = ", ".join(reader.name for reader in instruments.available_readers())
    yield Symptom("readers", True, names)
    for broken in instruments.broken_readers():
        module = plain(broken.value).partition(":")[0].partition(".")[0]
        remedy = f"pip install --force-reinstall {module}, or pip uninstall {module}"
        yield Symptom(f"reader plug-in {plain(broken.name)}", False, plain(broken.reason), remedy)


def _lab(folder: LabFolder) -> Iterator[Symptom]:
    try:
        settings = load_settings(folder)
    except Refusal as refusal:
        yield Symptom("lab.toml", False, str(refusal), f"correct it in an editor: {folder.toml}")
        yield from _folders(folder)
        return
    yield Symptom("lab.toml", True, str(folder.toml))
    yield from _folders(folder)
    yield from _devices(folder, settings)
    yield from _database(folder, settings)


def _folders(folder: LabFolder) -> Iterator[Symptom]:
    import os
    import shutil

    for path in (folder.inbox, folder.vault, folder.protocols, folder.models, folder.reports, folder.logs):
        if path.exists() and not path.is_dir():
            remedy = f"mv '{path}' '{path}.aside' && mkdir '{path}'"
            yield Symptom(f"folder {path.name}/", False, f"is a file where a folder should be: {path}", remedy)
        elif not path.is_dir():
            yield Symptom(f"folder {path.name}/", False, f"is missing: {path}", f"mkdir '{path}'")
        elif not os.access(path, os.R_OK | os.X_OK | (0 if path == folder.inbox else os.W_OK)):
            yield Symptom(f"folder {path.name}/", False, f"may not be written: {path}", f"chmod -R u+rwX '{path}'")
        else:
            yield Symptom(f"folder {path.name}/", True, str(path))
    free = shutil.disk_usage(folder.path).free
    fine = free >= _MIN_FREE_BYTES
    yield Symptom("disk", fine, f"{free / 1e9:.1f} GB free", "" if fine else "make room on the disk of the lab folder")


def _devices(folder: LabFolder, settings: "Settings") -> Iterator[Symptom]:
    """Ask the devices that lab.toml names who they are; without any, no port is touched."""
    wanted: dict[str, BalanceSection | FurnaceSection] = {"balance": settings.balance, "furnace": settings.furnace}
    named = {role: section for role, section in wanted.items() if section.driver not in ("", "card")}
    if not named:
        return
    from nasicon_loop.lab.bench_devices import find_bench_devices

    found = {device.role: device for device in find_bench_devices(folder.path)}
    for role, section in named.items():
        device = found.get(role)
        if device is None or device.driver is None:
            advice = device.advice if device is not None else "nothing answers there"
            remedy = (
                f"check cable, power and port; `nasicon bench devices` lists what answers; [{role}] in {folder.toml}"
            )
            yield Symptom(role, False, f"{section.driver} at {plain(section.port)}: {plain(advice)}", remedy)
        elif device.driver != section.driver:
            remedy = f'set [{role}] driver = "{device.driver}" in {folder.toml}'
            yield Symptom(role, False, f"{plain(device.identity)} is no {section.driver}", remedy)
        else:
            yield Symptom(role, True, f"{plain(device.identity)} at {plain(section.port)}")


def _database(folder: LabFolder, settings: "Settings") -> Iterator[Symptom]:
    from nasicon_loop.lab.caring import check_database
    from nasicon_loop.lab.context import opened

    try:
        checked = check_database(folder.path)
        with opened(folder.path) as lab:
            rest = [*_clock(lab), *_readings(lab), *_data(lab), *_model(lab), *_inbox(lab)]
            originals = Originals(lab)
            findings = [
                Symptom(f"database: {finding.kind}", False, finding.what, remedy_of(finding, originals))
                for finding in checked.findings
            ]
    except Refusal as refusal:
        yield Symptom("database", False, str(refusal), _reopening(folder, settings, refusal.reason))
        return
    yield Symptom("database", True, checked.summary)
    yield from findings
    yield from rest


def _reopening(folder: LabFolder, settings: "Settings", reason: str) -> str:
    """What makes a database that cannot be opened usable again."""
    for words, remedy in _REOPENING:
        if words in reason:
            return remedy
    if "there is no lab" in reason:
        return f"correct [lab] name or [database] url in {folder.toml}"
    if settings.database.url:
        return f"start the PostgreSQL server, or correct [database] url in {folder.toml}"
    backup = newest_backup(folder)
    if backup is not None:
        return f"nasicon db restore '{backup}'"
    return f"there is no backup: `nasicon init NEW`, then in it `nasicon import '{folder.inbox}'`"


def _clock(lab: "Lab") -> Iterator[Symptom]:
    with lab.database.read() as reader:
        newest = reader.journal(limit=1)
    late = [line.at for line in newest if line.at > lab.clock.now()]
    if late:
        detail = f"the journal's newest line is of {late[0]:%Y-%m-%d %H:%M} UTC, which is yet to come"
        yield Symptom("clock", False, detail, "timedatectl set-ntp true")


def _model(lab: "Lab") -> Iterator[Symptom]:
    from nasicon_loop.lab.learning import current_run, load_model

    run = current_run(lab)
    with lab.database.read() as reader:
        n_rows = len(reader.literature(usable=True))
    if run is None:
        remedy = "nasicon train" if n_rows else "nasicon data import, then nasicon train"
        yield Symptom("model", False, "there is no trained model", remedy)
        return
    try:
        load_model(lab, run)
    except Refusal as refusal:
        yield Symptom("model", False, f"run {run.number}: {refusal}", "nasicon train")
    else:
        yield Symptom("model", True, f"run {run.number} of {run.at:%Y-%m-%d %H:%M} UTC")


def _data(lab: "Lab") -> Iterator[Symptom]:
    """Rows that disagree are no illness, and only a person can judge them; how many there are is said."""
    from nasicon_loop.lab.data_checking import check_data

    n_flagged = check_data(lab).n_flagged
    detail = f"{n_flagged} places where rows disagree; `nasicon data check` lists them" if n_flagged else "rows agree"
    yield Symptom("data", True, detail)


def _readings(lab: "Lab") -> Iterator[Symptom]:
    from nasicon_loop.lab.rereading import n_read_by_older

    n_old = n_read_by_older(lab)
    if n_old:
        detail = f"{n_old} files were read by older readers than today's"
        yield Symptom("readings", False, detail, "nasicon fit --all --reanalyse")


def _inbox(lab: "Lab") -> Iterator[Symptom]:
    from nasicon_loop.lab.scan import lying_in_inbox
    from nasicon_loop.lab.watching import LOG_NAME, is_watched

    lying = lying_in_inbox(lab)
    n_new, first = len(lying.new), plain(lying.new[0]) if lying.new else ""
    rules = lab.settings.watch
    if is_watched(lab.folder) and lying.new_for_seconds > rules.patience_seconds + rules.poll_seconds + _GRACE_SECONDS:
        detail = f"{n_new} files in inbox/ are not imported although a watch runs (the first: {first})"
        yield Symptom("watch", not n_new, detail if n_new else "runs", f"see logs/{LOG_NAME}" if n_new else "")
    elif is_watched(lab.folder):
        yield Symptom("watch", True, "runs")
    elif n_new:
        detail = f"{n_new} new files lie in inbox/ and no watch runs (the first: {first})"
        yield Symptom("watch", False, detail, "nasicon watch")
    else:
        yield Symptom("watch", True, "does not run; nothing new lies in inbox/")
    for item in lying.passed_over:
        yield Symptom("inbox", False, f"{item.path} {item.reason}", _remedy_of(lab, item.path, item.reason))


def _remedy_of(lab: "Lab", path: str, reason: str) -> str:
    place = lab.folder.path / path
    if "link" in reason:
        return f"cp -RL '{place}' '{place}.copy' && rm '{place}'"
    if "max_depth" in reason:
        return f"set [watch] max_depth = {len(Path(path).parts) - 1} or more in {lab.folder.toml}"
    return f"chmod -R u+rwX '{place}'" if "cannot be" in reason else f"rm '{place}'"
