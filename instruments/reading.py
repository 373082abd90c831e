"""From a path to spectra: the only place of this room that opens files."""

import stat
from pathlib import Path

from instruments.errors import UnreadableFile
from instruments.foreign import explain, recognise
from instruments.registry import Reader, available_readers
from instruments.spectrum import Spectrum
from nasicon_loop.core import Refusal, plain

HEAD_BYTES = 65_536
"""How much of a file a reader sees before it says yes or no."""
MAX_BYTES = 200 * 1024 * 1024
MAX_LINES = 2_000_000
"""An impedance sweep has tens to hundreds of points; a file beyond these is something else."""


def read(path: str | Path) -> list[Spectrum]:
    """Return the sweeps of an impedance file, in order.

    Raises `UnreadableFile` (with the path and a reason) when it is missing, a folder, too large, or not readable.
    """
    place = Path(path)
    try:
        status = place.stat()
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableFile("is a folder: name the files in it", place)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableFile("is a device or pipe, not a file", place)
        if status.st_size > MAX_BYTES:
            raise UnreadableFile(_too_large(status.st_size), place)
        data = place.read_bytes()
    except FileNotFoundError as problem:
        raise UnreadableFile("does not exist: check the name", place) from problem
    except (OSError, ValueError) as problem:  # ValueError: a path with a NUL character
        raise UnreadableFile(
            f"cannot be opened: {plain(getattr(problem, 'strerror', None) or problem)}", place
        ) from None
    try:
        return read_bytes(data, place.name)
    except UnreadableFile as refusal:
        raise UnreadableFile(refusal.reason, place) from refusal


def read_bytes(data: bytes, name: str = "") -> list[Spectrum]:
    """Return the sweeps in the content of a file; `name` is only noted in the metadata and the error.

    Raises `UnreadableFile`.
    """
    try:
        _check_size(data)
        reader = _reader_for(data[:HEAD_BYTES])
        spectra = reader.read(data)
    except UnreadableFile as refusal:
        raise UnreadableFile(refusal.reason, name or None) from refusal
    except Refusal as refusal:  # a value that Spectrum does not take
        raise UnreadableFile(refusal.reason, name or None) from refusal
    return [
        spectrum.with_metadata(
            name=name, reader=reader.name, reader_version=reader.version, sweep=number, n_sweeps=len(spectra)
        )
        for number, spectrum in enumerate(spectra, start=1)
    ]


def _too_large(n_bytes: int) -> str:
    return f"is {n_bytes / 2**20:.0f} MB, more than {MAX_BYTES // 2**20} MB: export the impedance sweep alone"


def _check_size(data: bytes) -> None:
    if not data:
        raise UnreadableFile("is empty (0 bytes): the export wrote nothing, export the experiment again")
    if len(data) > MAX_BYTES:
        raise UnreadableFile(_too_large(len(data)))
    n_lines = max(data.count(b"\n"), data.count(b"\r"))
    if n_lines > MAX_LINES:
        raise UnreadableFile(
            f"has {n_lines} lines, more than {MAX_LINES}: export the impedance sweep alone, without the DC record"
        )


def _reader_for(head: bytes) -> Reader:
    reason = recognise(head)
    if reason is not None:
        raise UnreadableFile(reason)
    claimants = [reader for reader in available_readers() if reader.claims(head)]
    specific = [reader for reader in claimants if not getattr(reader, "is_generic", False)]
    chosen = specific or claimants
    if not chosen:
        raise UnreadableFile(explain(head))
    if len(chosen) > 1:
        names = ", ".join(sorted(plain(reader.name) for reader in chosen))
        raise UnreadableFile(f"is claimed by several readers ({names}): remove the plug-in that is wrong")
    return chosen[0]
