"""Raw files, kept by the SHA-256 of their bytes and never changed."""

import contextlib
import errno
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from nasicon_loop import core
from nasicon_loop.core import Refusal, plain

MAX_FILE_BYTES = 200 * 1024 * 1024
"""As much as the readers take; a long XM-studio export has about 2 MB."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_TEMPORARY = ".partial-"
_STALE_SECONDS = 3600.0
_N_FLUSHES = 16

_ROOM, _RIGHTS = "make room on its disk", "give back the right to write there"
_TO_DO = {
    errno.ENOSPC: _ROOM,
    getattr(errno, "EDQUOT", errno.ENOSPC): _ROOM,
    errno.EFBIG: _ROOM,
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: _RIGHTS,
}

Item = TypeVar("Item")


class VaultTrouble(Refusal):
    """The vault's folder is gone, full or may not be written; nothing was kept."""


def read_bounded(path: Path, limit: int = MAX_FILE_BYTES) -> bytes:
    """Return the bytes of a regular file.

    Raises Refusal for symbolic links, folders, devices and files above `limit` bytes; OSError passes through, since
    the caller knows whether a later try makes sense.
    """
    return core.read_bounded(path, limit, advice="impedance files are not", follow_links=False)


@dataclass(frozen=True, slots=True)
class Vault:
    """A folder `<first two digits>/<sha256>`; adding what is there already does nothing."""

    path: Path

    def file(self, sha256: str) -> Path:
        """Return where the bytes with this hash lie or would lie. Raises Refusal when it is not a SHA-256."""
        if not _SHA256.fullmatch(sha256):
            raise Refusal("is not a SHA-256 in hexadecimal", plain(sha256))
        return self.path / sha256[:2] / sha256

    def add(self, data: bytes) -> str:
        """Keep `data`, on disk before this returns, and return its SHA-256.

        The bytes go to a temporary file in the same folder, are flushed, and take their name in one step: a crash
        leaves either the whole file or none. A kept file that was damaged is replaced. Raises VaultTrouble when the
        folder does not take it.
        """
        return self.add_all([data])[0]

    def add_all(self, contents: Sequence[bytes]) -> list[str]:
        """Keep several contents as `add` does and return their SHA-256; together they cost little more than one.

        Raises VaultTrouble when the folder does not take them.
        """
        try:
            return self._added(contents)
        except OSError as error:
            raise VaultTrouble(self._words(error), plain(self.path, limit=1000)) from error

    def _added(self, contents: Sequence[bytes]) -> list[str]:
        if not self.path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR if self.path.exists() else errno.ENOENT, "")
        hashes = [hashlib.sha256(data).hexdigest() for data in contents]
        wanted = dict(zip(hashes, contents, strict=True))
        new = {sha256: data for sha256, data in wanted.items() if not self._holds(self.file(sha256), sha256)}
        folders = {self.file(sha256).parent for sha256 in new}
        fresh = {folder for folder in folders if not folder.is_dir()}
        for folder in folders:
            folder.mkdir(0o755, exist_ok=True)
        temporaries: dict[str, Path] = {}

        def write(sha256: str) -> None:
            temporaries[sha256] = _written(self.file(sha256).parent, new[sha256])

        try:
            _at_once(write, list(new))
            for sha256, temporary in temporaries.items():
                self._put(temporary, self.file(sha256), sha256)
        finally:
            for temporary in temporaries.values():
                with contextlib.suppress(OSError):
                    temporary.unlink()
        _at_once(_flush_folder, sorted(folders))
        if fresh:
            _flush_folder(self.path)
        return hashes

    def _words(self, error: OSError) -> str:
        """What the system says of the folder, and what a person does about it."""
        if not self.path.exists():
            return "is not there: bring the folder back or mount its disk (`nasicon doctor` helps)"
        if not self.path.is_dir():
            return "is a file where the folder should be: move it away and bring the folder back"
        return f"takes nothing ({error.strerror or error}): {_TO_DO.get(error.errno or 0, 'mend that')}"

    def _put(self, temporary: Path, target: Path, sha256: str) -> None:
        try:
            temporary.replace(target)
        except OSError:
            if not self._holds(target, sha256):  # on Windows a reader of the same file blocks the replace
                raise
        with contextlib.suppress(OSError):
            target.chmod(0o444)

    def read_bytes(self, sha256: str) -> bytes:
        """Return the bytes with this hash. Raises Refusal when they are missing or no longer have the hash."""
        target = self.file(sha256)
        try:
            data = target.read_bytes()
        except OSError as error:
            raise Refusal(f"the vault does not give the file back ({error.strerror}); restore it", target) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Refusal("the file in the vault was changed; restore it from a backup or the original", target)
        return data

    def sweep(self, older_than_seconds: float = _STALE_SECONDS) -> int:
        """Remove temporary files that a killed process left behind; return how many."""
        now = time.time()
        n_removed = 0
        for leftover in self.path.glob(f"[0-9a-f][0-9a-f]/{_TEMPORARY}*"):
            with contextlib.suppress(OSError):
                if now - leftover.stat().st_mtime > older_than_seconds:
                    leftover.unlink()
                    n_removed += 1
        return n_removed

    @staticmethod
    def _holds(target: Path, sha256: str) -> bool:
        try:
            return hashlib.sha256(target.read_bytes()).hexdigest() == sha256
        except OSError:
            return False


def _at_once(function: Callable[[Item], None], items: Sequence[Item]) -> None:
    """Call for each item, several at a time: waiting for the disk, they share its flushes."""
    if len(items) < 2:
        for item in items:
            function(item)
        return
    with ThreadPoolExecutor(_N_FLUSHES) as pool:
        for _ in pool.map(function, items):
            pass


def _written(folder: Path, data: bytes) -> Path:
    """Write to a temporary file in `folder`, on disk before this returns."""
    handle, name = tempfile.mkstemp(prefix=_TEMPORARY, dir=folder)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    return Path(name)


def _flush_folder(folder: Path) -> None:
    """Make a new name survive a power cut, where the system can flush a folder (Windows cannot)."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
