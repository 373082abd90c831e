"""Files that people name: read within bounds, written whole or not at all.

A pipe, a device or a folder in a file's place is refused before it is opened: opening a pipe waits for somebody at its
other end, reading a device need not end, and writing to one leaves nothing behind.
"""

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nasicon_loop.core.refusal import Refusal
from nasicon_loop.core.text import plain

_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
_LONGEST = 1000
"""Characters of a path in a refusal: all of it, as far as people type paths."""


def read_bounded(path: Path, limit: int, *, advice: str = "", follow_links: bool = True) -> bytes:
    """Return the bytes of a regular file of at most `limit` bytes.

    Raises Refusal for what is missing, no regular file, or larger (with `advice` on what to do then), before reading
    it; without `follow_links` for symbolic links too. OSError passes through, since the caller knows whether a later
    try makes sense.
    """
    where = plain(path, limit=_LONGEST)
    try:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            if not follow_links:
                raise Refusal("is a symbolic link; links are not followed, copy the file itself", where)
            status = path.stat()
    except FileNotFoundError as error:
        raise Refusal("there is no such file", where) from error
    except ValueError as error:  # a null character
        raise Refusal("is not the name of a file", where) from error
    _refuse_other(status.st_mode, where)
    if status.st_size > limit:
        raise _too_large(status.st_size, limit, advice, where)
    flags = _FLAGS if follow_links else _FLAGS | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(path, flags), "rb") as stream:
        _refuse_other(os.fstat(stream.fileno()).st_mode, where)  # exchanged meanwhile
        data = stream.read(limit + 1)  # one byte more: a file that grew meanwhile shows
    if len(data) > limit:
        raise _too_large(len(data), limit, advice, where)
    return data


def _too_large(n_bytes: int, limit: int, advice: str, where: str) -> Refusal:
    return Refusal(f"is larger than {_size(limit)} ({n_bytes} bytes){advice and '; '}{advice}", where)


def _size(n_bytes: int) -> str:
    unit = 2**20 if n_bytes % 2**20 == 0 else 10**6  # as the limit was meant
    return f"{n_bytes / unit:.3g} MB" if n_bytes >= 10**6 else f"{n_bytes} bytes"


def _refuse_other(mode: int, where: str) -> None:
    if stat.S_ISDIR(mode):
        raise Refusal("is not a file but a folder", where)
    if not stat.S_ISREG(mode):
        raise Refusal("is not a file but a pipe, socket or device", where)


def refuse_as_target(path: Path) -> None:
    """Refuse what cannot become a file: a folder, pipe, socket or device of that name, a name that none can have."""
    where = plain(path, limit=_LONGEST)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise _cannot_write(path, error) from error
    except ValueError as error:
        raise Refusal("is not the name of a file", where) from error
    if stat.S_ISDIR(mode):
        raise Refusal("is a folder: give the name of a file in it", where)
    if not stat.S_ISREG(mode):
        raise Refusal("is a pipe, socket or device: give the name of a file", where)


@contextmanager
def written_whole(path: Path, *, make_parents: bool = False) -> Iterator[Path]:
    """Give a place to write to, with the same ending; it becomes `path` in one step when the block ends well.

    However it ends, nothing half is left: neither at `path`, where what was there stays until then, nor beside it. A
    link is followed. Raises Refusal for what `refuse_as_target` refuses, before anything is written, and when the
    system does not let it be written.
    """
    refuse_as_target(path)
    target = Path(os.path.realpath(path))
    draft = target.with_name(f".{secrets.token_hex(6)}.part{target.suffix[:20]}")
    try:
        if make_parents:
            target.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _mode_like(target)))
        yield draft
        with draft.open("rb+") as stream:
            os.fsync(stream.fileno())
        draft.replace(target)
    except OSError as error:
        raise _cannot_write(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()


def write_whole(path: Path, data: bytes, *, make_parents: bool = False) -> None:
    """Write `data` to `path` in one step, as `written_whole` does."""
    with written_whole(path, make_parents=make_parents) as draft:
        draft.write_bytes(data)


def _mode_like(target: Path) -> int:
    """The rights of the file that is replaced; else what a document has, for nobody else to write."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except OSError:
        return 0o644


def _cannot_write(path: Path, error: OSError) -> Refusal:
    return Refusal(f"cannot be written ({error.strerror or error})", plain(path, limit=_LONGEST))
