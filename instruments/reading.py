"""From a path to spectra: the only place of this room that opens files."""

import stat
from itertools import islice
from pathlib import Path

from instruments import run_folder
from instruments.errors import UnreadableFile
from instruments.foreign import explain, recognise
from instruments.readers import sweeps
from instruments.registry import Reader, available_readers
from instruments.spectrum import Spectrum
from instruments.thinning import thinned
from nasicon_loop.core import Refusal, plain

HEAD_BYTES = 65_536
"""How much of a file a reader sees before it says yes or no."""
MAX_BYTES = 200 * 1024 * 1024
MAX_ENTRIES = 10_000
MAX_LINES = 1_200_000
"""An impedance sweep has tens to hundreds of points; a file beyond these is something else."""


def read(path: str | Path) -> list[Spectrum]:
    """Return the sweeps of an impedance file, in order, or those of an XM-studio run folder (`<run>.data`).

    Raises `UnreadableFile` (with the path and a reason) when it is missing, another folder, too large, or not readable.
    """
    place = Path(path)
    try:
        is_folder = stat.S_ISDIR(place.stat().st_mode)
        return _read_run(place) if is_folder else read_bytes(_take(place, MAX_BYTES), place.name)
    except UnreadableFile as refusal:
        raise UnreadableFile(refusal.reason, place) from refusal
    except FileNotFoundError as problem:
        raise UnreadableFile("does not exist: check the name", place) from problem
    except (OSError, ValueError) as problem:  # ValueError: a path with a NUL character
        raise UnreadableFile(
            f"cannot be opened: {plain(getattr(problem, 'strerror', None) or problem)}", place
        ) from None


def _take(place: Path, limit: int) -> bytes:
    """Return the bytes of a regular file of at most `limit` bytes."""
    status = place.stat()
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableFile("is a device or pipe, not a file")
    if status.st_size > limit:
        raise UnreadableFile(_too_large(status.st_size, limit))
    with place.open("rb") as stream:  # one byte more: a file that grew since then shows
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise UnreadableFile(_too_large(len(data), limit))
    return data


def _read_run(folder: Path) -> list[Spectrum]:
    names = [entry.name for entry in islice(folder.iterdir(), MAX_ENTRIES)]
    results = run_folder.result_names(names)
    if not results:
        raise UnreadableFile("is a folder: name the files in it (of folders, only XM-studio's run folders are read)")
    side = [
        _take(folder / name, run_folder.MAX_SIDE_FILE_BYTES) if name in names else None
        for name in (run_folder.SETTINGS, run_folder.LOG)
    ]
    metadata, warnings = run_folder.about(side[0], side[1])
    spectra: list[Spectrum] = []
    for name in results:
        spectra += read_bytes(_take(folder / name, MAX_BYTES // len(results)), name)
        if len(spectra) > sweeps.MAX_SWEEPS:
            raise UnreadableFile(sweeps.too_many(len(spectra)))
    return [
        spectrum.with_metadata(
            **metadata,
            run=folder.name,
            sweep=number,
            n_sweeps=len(spectra),
            warnings=[*spectrum.metadata["warnings"], *warnings],
        )
        for number, spectrum in enumerate(spectra, start=1)
    ]


def read_bytes(data: bytes, name: str = "") -> list[Spectrum]:
    """Return the sweeps in the content of a file; `name` is only noted in the metadata and the error.

    Raises `UnreadableFile`.
    """
    try:
        _check_size(data)
        reader = _reader_for(data[:HEAD_BYTES])
        spectra = reader.read(data)
        if len(spectra) > sweeps.MAX_SWEEPS:
            raise UnreadableFile(sweeps.too_many(len(spectra)))
    except UnreadableFile as refusal:
        raise UnreadableFile(refusal.reason, name or None) from refusal
    except Refusal as refusal:  # a value that Spectrum does not take
        raise UnreadableFile(refusal.reason, name or None) from refusal
    return [
        thinned(spectrum).with_metadata(
            name=name, reader=reader.name, reader_version=reader.version, sweep=number, n_sweeps=len(spectra)
        )
        for number, spectrum in enumerate(spectra, start=1)
    ]


def _too_large(n_bytes: int, limit: int) -> str:
    return f"is {n_bytes / 2**20:.0f} MB, more than {limit // 2**20} MB: export the impedance sweep alone"


def _check_size(data: bytes) -> None:
    if not data:
        raise UnreadableFile("is empty (0 bytes): the export wrote nothing, export the experiment again")
    if len(data) > MAX_BYTES:
        raise UnreadableFile(_too_large(len(data), MAX_BYTES))
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
