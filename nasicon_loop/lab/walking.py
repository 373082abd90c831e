"""Looking through the inbox: every regular file in it, no link followed, nothing opened."""

import fnmatch
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_REPARSE_POINT = 0x400
"""Windows: a junction is a folder with this attribute; it may lead anywhere, also back into itself."""
_MOST_NS = 2**63 - 1
"""What a database keeps. File systems know years beyond 2262, and clocks of instruments can be set to them."""

OnPassed = Callable[[Path, str], None]


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as a listing shows it. `ctime_ns` is when its record in the file system last changed (POSIX)."""

    path: Path
    size_bytes: int
    mtime_ns: int
    ctime_ns: int

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
    return _seen(path, status) if stat.S_ISREG(status.st_mode) else None


def walk(
    folder: Path, ignore: Sequence[str] = (), max_depth: int = 4, on_passed: OnPassed | None = None
) -> Iterator[Seen]:
    """Yield the regular files in `folder` and down to `max_depth` folders below, by name.

    What is passed over (links, pipes, folders that lie too deep or cannot be listed) is told to `on_passed` with the
    reason; what `ignore` names is not. Raises OSError when `folder` itself cannot be listed.
    """
    tell = on_passed or _nobody
    with os.scandir(folder) as listing:
        entries = sorted(listing, key=lambda entry: entry.name)
    for entry in entries:
        path = Path(entry.path)
        if _is_ignored(entry.name, ignore):
            continue
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            continue
        except OSError as error:
            tell(path, f"cannot be looked at ({error.strerror})")
            continue
        if stat.S_ISREG(status.st_mode):
            yield _seen(path, status)
        elif not stat.S_ISDIR(status.st_mode) or _leads_elsewhere(status):
            tell(path, _why_not(status))
        elif max_depth == 0:
            tell(path, "lies deeper than `[watch] max_depth` folders: nothing in it is read")
        else:
            try:
                yield from walk(path, ignore, max_depth - 1, on_passed)
            except FileNotFoundError:
                continue
            except OSError as error:
                tell(path, f"cannot be listed ({error.strerror}): nothing in it is read")


def _seen(path: Path, status: os.stat_result) -> Seen:
    mtime_ns = max(-_MOST_NS, min(status.st_mtime_ns, _MOST_NS))
    return Seen(path, status.st_size, mtime_ns, status.st_ctime_ns)


def _nobody(_path: Path, _reason: str) -> None:
    pass


def _why_not(status: os.stat_result) -> str:
    if stat.S_ISLNK(status.st_mode) or _leads_elsewhere(status):
        return "is a link, and links are not followed: copy what it leads to"
    return "is a pipe, socket or device, not a file"


def _is_ignored(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)


def _leads_elsewhere(status: os.stat_result) -> bool:
    return bool(getattr(status, "st_file_attributes", 0) & _REPARSE_POINT)
