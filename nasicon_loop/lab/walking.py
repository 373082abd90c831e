"""Looking through the inbox: every regular file in it, no link followed, nothing opened."""

import fnmatch
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_REPARSE_POINT = 0x400
"""Windows: a junction is a folder with this attribute; it may lead anywhere, also back into itself."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as a listing shows it."""

    path: Path
    size_bytes: int
    mtime_ns: int

    @property
    def stamp(self) -> tuple[int, int]:
        """What changes when the file does."""
        return self.size_bytes, self.mtime_ns


def look(path: Path) -> Seen | None:
    """Return what one path holds now; None when it is gone or no regular file. OSError passes through otherwise."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    return Seen(path, status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else None


def walk(folder: Path, ignore: Sequence[str] = (), max_depth: int = 4) -> Iterator[Seen]:
    """Yield the regular files in `folder` and down to `max_depth` folders below, by name.

    Raises OSError when `folder` itself cannot be listed; a folder below that cannot is passed over until the next
    time.
    """
    with os.scandir(folder) as listing:
        entries = sorted(listing, key=lambda entry: entry.name)
    for entry in entries:
        if _is_ignored(entry.name, ignore):
            continue
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode):
            yield Seen(Path(entry.path), status.st_size, status.st_mtime_ns)
        elif stat.S_ISDIR(status.st_mode) and max_depth > 0 and not _leads_elsewhere(status):
            try:
                yield from walk(Path(entry.path), ignore, max_depth - 1)
            except OSError:
                continue


def _is_ignored(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)


def _leads_elsewhere(status: os.stat_result) -> bool:
    return bool(getattr(status, "st_file_attributes", 0) & _REPARSE_POINT)
