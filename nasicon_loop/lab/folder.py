"""The lab folder: where everything of one laboratory lies, how it is made and how it is found."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab.settings import FILE_NAME, template
from nasicon_loop.lab.vault import Vault

LAB_VARIABLE = "NASICON_LAB"
_SUBFOLDERS = ("inbox", "vault", "protocols", "models", "reports", "logs")
_FOLDER_MODE = 0o755
"""Whatever the account's umask lets through: nobody else may exchange what lies in a lab."""
_OWN_NAMES = {*_SUBFOLDERS, "lab.db", "lab.db-wal", "lab.db-shm"}


@dataclass(frozen=True, slots=True)
class LabFolder:
    """The folder's layout: names only, the disk is not touched."""

    path: Path

    @property
    def toml(self) -> Path:
        """The settings; a folder with this file is a lab."""
        return self.path / FILE_NAME

    @property
    def inbox(self) -> Path:
        """Where instruments drop their files; never changed by us."""
        return self.path / "inbox"

    @property
    def vault(self) -> Path:
        """Raw files by SHA-256."""
        return self.path / "vault"

    def open_vault(self) -> Vault:
        """Return the vault as something that keeps and gives back bytes."""
        return Vault(self.vault)

    @property
    def protocols(self) -> Path:
        """The lab's own synthesis protocols."""
        return self.path / "protocols"

    @property
    def models(self) -> Path:
        """One folder per model run."""
        return self.path / "models"

    @property
    def reports(self) -> Path:
        """Documents and pictures."""
        return self.path / "reports"

    @property
    def logs(self) -> Path:
        """What watch and training say."""
        return self.path / "logs"

    @property
    def database(self) -> Path:
        """The default database."""
        return self.path / "lab.db"

    @property
    def watch_lock(self) -> Path:
        """Held by the running watch."""
        return self.path / "logs" / "watch.lock"

    @property
    def training_lock(self) -> Path:
        """Held by a running training."""
        return self.path / "logs" / "training.lock"

    def furnace_lock(self, furnace: str) -> Path:
        """Held by whoever has that furnace on its cable in hand."""
        return self.path / "logs" / f"furnace-{sha256(furnace.encode()).hexdigest()[:8]}.lock"

    def portable(self, path: Path) -> str:
        """Return `path` as it is written to the database: relative to the lab with `/`, where it lies in it.

        On Linux a name need not be text. It is spelled with escapes then, and the hash of its bytes tells it from
        another file whose name is spelled so.
        """
        absolute = path if path.is_absolute() else Path.cwd() / path
        try:
            text = absolute.relative_to(self.path).as_posix()
        except ValueError:
            text = absolute.as_posix()
        spelled = text.encode("utf-8", "backslashreplace").decode("utf-8")
        return spelled if spelled == text else f"{spelled} [{sha256(os.fsencode(text)).hexdigest()[:8]}]"


def init(path: Path, name: str | None = None, label_prefix: str = "NL", database_url: str = "") -> LabFolder:
    """Make a lab folder: subfolders, database, and last of all `lab.toml`, so that half a lab is none.

    `path` may not exist, be empty, or hold what an interrupted `init` left. Raises Refusal for a lab that exists and
    for a folder with anything else in it.
    """
    folder = LabFolder(path.expanduser().resolve())
    lab_name = folder.path.name or "lab" if name is None else name
    text = template(lab_name, label_prefix, database_url)
    _check_free(folder)
    try:
        folder.path.mkdir(_FOLDER_MODE, parents=True, exist_ok=True)
        for part in _SUBFOLDERS:
            (folder.path / part).mkdir(_FOLDER_MODE, exist_ok=True)
    except OSError as error:
        raise Refusal(f"cannot be made here ({error.strerror}); choose another folder", folder.path) from error
    _create_database(folder, database_url, lab_name, label_prefix)
    unfinished = folder.toml.with_suffix(".toml.new")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(0o600 if database_url else 0o644)  # the URL may hold a password
    with unfinished.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(folder.toml)
    return folder


def find(explicit: Path | str | None = None, environment: Mapping[str, str] | None = None) -> LabFolder:
    """Find the lab: `explicit` (--lab), else NASICON_LAB, else the nearest folder upwards that holds a lab.toml.

    Raises Refusal where there is none.
    """
    variables = os.environ if environment is None else environment
    for given, how in ((explicit, "--lab"), (variables.get(LAB_VARIABLE) or None, LAB_VARIABLE)):
        if given is not None:
            folder = LabFolder(Path(given).expanduser().resolve())
            if not folder.toml.is_file():
                raise Refusal(
                    f"is not a lab folder ({how}): it holds no {FILE_NAME}; make one with `nasicon init`",
                    plain(folder.path),
                )
            return folder
    here = Path.cwd()
    for candidate in (here, *here.parents):
        if (candidate / FILE_NAME).is_file():
            return LabFolder(candidate)
    raise Refusal(
        "no lab here or above: go into a lab folder, give --lab PATH, or make one with `nasicon init PATH`", plain(here)
    )


def _check_free(folder: LabFolder) -> None:
    if folder.toml.exists():
        raise Refusal("is a lab already; nothing was changed", folder.path)
    if folder.path.exists() and not folder.path.is_dir():
        raise Refusal("is a file; give the name of a folder", folder.path)
    if folder.path.is_dir():
        foreign = sorted(
            entry.name for entry in folder.path.iterdir() if entry.name not in _OWN_NAMES and entry.name[:1] != "."
        )
        if foreign:
            raise Refusal(
                f"is not empty (it holds {plain(foreign[0])!r}); choose an empty or a new folder", folder.path
            )


def _create_database(folder: LabFolder, url: str, lab_name: str, label_prefix: str) -> None:
    import db

    if not url and folder.database.exists():
        with db.open(folder.database) as left:  # by an init that was interrupted
            if (left.lab.name, left.lab.label_prefix) != (lab_name, label_prefix):
                raise Refusal(
                    f"was begun as {plain(left.lab.name)!r} with labels {left.lab.label_prefix}-0001: "
                    "begin it so again, or remove the folder",
                    folder.path,
                )
    else:
        db.create(url or folder.database, lab_name, label_prefix).close()
