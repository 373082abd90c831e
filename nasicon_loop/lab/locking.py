"""A lock on a file that the operating system drops when its holder dies, however it dies."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nasicon_loop.core import Refusal

_GLANCE_SECONDS = 0.3
"""A lock that somebody only looks at (`is_held`) is free again within microseconds; that is waited for."""
_PAUSE_SECONDS = 0.005


@contextmanager
def exclusive(path: Path, reason: str) -> Iterator[None]:
    """Hold the lock `path` for the length of the block; the file itself stays and means nothing.

    Raises Refusal(reason) within a moment when another process, or another block of this one, holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _outlast(handle):
            raise Refusal(reason, path)
        try:
            yield
        finally:
            _unlock(handle)
    finally:
        os.close(handle)


def _outlast(handle: int) -> bool:
    deadline = time.monotonic() + _GLANCE_SECONDS
    while not _try_lock(handle):
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE_SECONDS)
    return True


def is_held(path: Path) -> bool:
    """Tell whether somebody holds the lock `path` now. Who takes it at this very moment gets it all the same."""
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        if not _try_lock(handle, is_glance=True):
            return True
        _unlock(handle)
    finally:
        os.close(handle)
    return False


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int, *, is_glance: bool = False) -> bool:
        os.lseek(handle, 0, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(handle: int) -> None:
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(handle: int, *, is_glance: bool = False) -> bool:
        kind = fcntl.LOCK_SH if is_glance else fcntl.LOCK_EX  # two glances do not take each other for a holder
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _unlock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)
