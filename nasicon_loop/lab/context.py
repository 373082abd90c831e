"""An opened lab: what every use case gets as its first argument."""

import getpass
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Clock, SystemClock, plain
from nasicon_loop.lab.folder import LabFolder, find
from nasicon_loop.lab.settings import Settings, load_settings

if TYPE_CHECKING:
    from db import Database


@dataclass(frozen=True, slots=True)
class Lab:
    """One lab folder with its settings and its database; `who` is written into every journal row."""

    folder: LabFolder
    settings: Settings
    database: "Database"
    who: str
    clock: Clock = field(default_factory=SystemClock)


def open_lab(
    explicit: Path | str | None = None,
    *,
    flags: Mapping[str, Any] | None = None,
    who: str | None = None,
    clock: Clock | None = None,
) -> Lab:
    """Find, check and open a lab; the caller closes its database. `flags` are settings `section.key` -> value.

    The lab is the one at `explicit`, else at NASICON_LAB, else the nearest upwards from the working folder. Raises
    Refusal when there is none, its lab.toml is wrong, or its database needs an upgrade.
    """
    import db

    folder = find(explicit)
    settings = load_settings(folder, flags)
    database = db.open(settings.database_url(folder), lab=_name_in(settings))
    return Lab(folder, settings, database, who or settings.lab.operator or user_name(), clock or SystemClock())


@contextmanager
def opened(
    explicit: Path | str | None = None,
    *,
    flags: Mapping[str, Any] | None = None,
    who: str | None = None,
    clock: Clock | None = None,
) -> Iterator[Lab]:
    """Open a lab as `open_lab` does, for the length of the block."""
    lab = open_lab(explicit, flags=flags, who=who, clock=clock)
    try:
        yield lab
    finally:
        lab.database.close()


def _name_in(settings: Settings) -> str | None:
    """The lab's name where one database holds several; a file of its own may be renamed in lab.toml."""
    return settings.lab.name if settings.database.url else None


def user_name() -> str:
    """Return the name of the computer's user, or "unknown"."""
    try:
        return plain(getpass.getuser(), limit=100)
    except (OSError, KeyError, ImportError):  # no such user in the system's table, as in a bare container
        return "unknown"
