"""Who reads which files: the readers found by entry point, or the built-in ones where package metadata is absent."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol, runtime_checkable

from instruments.spectrum import Spectrum
from nasicon_loop.core import plain

GROUP = "nasicon_loop.readers"

BUILT_IN = {
    "xm_studio": "instruments.readers.xm_studio:READER",
    "zplot": "instruments.readers.zplot:READER",
    "delimited": "instruments.readers.delimited:READER",
    "biologic": "instruments.readers.biologic:READER",
    "gamry": "instruments.readers.gamry:READER",
    "versastudio": "instruments.readers.versastudio:READER",
    "smart": "instruments.readers.smart:READER",
    "xm_native": "instruments.readers.xm_native:READER",
    "relaxis": "instruments.readers.relaxis:READER",
    "xlsx": "instruments.readers.xlsx:READER",
}
"""The readers that come with the project; they are there even when the installation's metadata are older than the code
or absent."""

_LOADING_FAILS_WITH = (
    ImportError, SyntaxError, NameError, AttributeError, TypeError, ValueError, LookupError, OSError, RuntimeError,
)  # fmt: skip
"""What a stranger's module may raise while it is imported; none of it may stop the other readers."""


@runtime_checkable
class Reader(Protocol):
    """Reads one file format. Claims by content only; never sees a path.

    `claims(head)` gets the first 64 KiB and says whether the format is its own. `read(data)` returns one spectrum per
    sweep or raises `UnreadableFile` with a reason. A reader with a true attribute `is_generic` steps back when a
    specific one claims the same file; two specific claimants are an error.
    """

    name: str
    version: str

    def claims(self, head: bytes) -> bool:
        """Say whether a file that begins with `head` is of this format."""
        ...

    def read(self, data: bytes) -> list[Spectrum]:
        """Return the sweeps of a whole file; `UnreadableFile` with a reason when it cannot."""
        ...


@dataclass(frozen=True, slots=True)
class BrokenReader:
    """A plug-in that could not be loaded, and why."""

    name: str
    value: str
    reason: str


def available_readers() -> tuple[Reader, ...]:
    """Return the readers that work, by name; loaded once."""
    return _resolved()[0]


def broken_readers() -> tuple[BrokenReader, ...]:
    """Return the plug-ins that could not be loaded; they are left out, the others still read."""
    return _resolved()[1]


@lru_cache(maxsize=1)
def _resolved() -> tuple[tuple[Reader, ...], tuple[BrokenReader, ...]]:
    return resolve(entry_points(group=GROUP))


def resolve(plugins: Iterable[EntryPoint]) -> tuple[tuple[Reader, ...], tuple[BrokenReader, ...]]:
    """Load `plugins` and the built-in readers they do not name; return those that work and those that do not."""
    wanted = {name: EntryPoint(name, value, GROUP) for name, value in BUILT_IN.items()}
    broken: list[BrokenReader] = []
    for plugin in plugins:
        known = wanted.get(plugin.name)
        if known is not None and known.value != plugin.value:
            broken.append(BrokenReader(plugin.name, plugin.value, f"the name is taken by {known.value}"))
        else:
            wanted[plugin.name] = plugin
    loaded: dict[str, Reader] = {}
    for name in sorted(wanted):
        found = _load(wanted[name])
        if isinstance(found, BrokenReader):
            broken.append(found)
        else:
            loaded[name] = found
    return tuple(loaded.values()), tuple(broken)


def _load(plugin: EntryPoint) -> Reader | BrokenReader:
    try:
        found = plugin.load()
    except _LOADING_FAILS_WITH as problem:
        return BrokenReader(plugin.name, plugin.value, plain(f"{type(problem).__name__}: {problem}"))
    if not isinstance(found, Reader):
        return BrokenReader(plugin.name, plugin.value, "has no name, version, claims and read")
    return found
