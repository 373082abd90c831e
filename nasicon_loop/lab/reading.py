"""From a path to spectra and analyses, before anything is stored."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab.analysing import at_temperature
from nasicon_loop.lab.dc_files import with_dc_hint
from nasicon_loop.lab.names import NameParts, read_name
from nasicon_loop.lab.vault import MAX_FILE_BYTES, read_bounded
from nasicon_loop.lab.walking import look

if TYPE_CHECKING:
    from instruments import Spectrum
    from nasicon_loop.lab.settings import Settings

_LONGEST_NAME = 1000
"""Characters; file systems take 255."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """The bytes of one file at one moment. `key` is the path as the database writes it."""

    path: Path
    key: str
    data: bytes
    sha256: str
    mtime_ns: int

    @property
    def size_bytes(self) -> int:
        """How many bytes there are."""
        return len(self.data)

    @property
    def name(self) -> str:
        """The file's name, without what a terminal would act on; whole, since a label may stand at its end."""
        return plain(self.path.name, limit=_LONGEST_NAME)

    @property
    def looks_unfinished(self) -> bool:
        """Whether the last line is still open, as it is while a program writes."""
        return not self.data.endswith((b"\n", b"\r"))


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a reader made of the bytes: spectra with their temperatures, or the reason why there are none."""

    name: NameParts
    spectra: "tuple[Spectrum, ...]" = ()
    numbers_sha256: str | None = None
    refusal: str | None = None

    @property
    def reader(self) -> str | None:
        """Name of the reader."""
        return str(self.spectra[0].metadata["reader"]) if self.spectra else None

    @property
    def reader_version(self) -> str | None:
        """Its version."""
        return str(self.spectra[0].metadata["reader_version"]) if self.spectra else None


class ChangedMeanwhile(Refusal):
    """A file changed while it was read."""


def take(path: Path, key: str) -> Incoming:
    """Read the bytes of a file.

    Raises Refusal for what is no regular file or too large, ChangedMeanwhile; OSError passes through.
    """
    before = look(path)
    data = read_bounded(path, MAX_FILE_BYTES)
    after = look(path)
    if before is None or after is None or before.stamp != after.stamp or len(data) != after.size_bytes:
        raise ChangedMeanwhile("changed while it was read; try again when the instrument has finished", plain(path))
    return Incoming(path, key, data, hashlib.sha256(data).hexdigest(), after.mtime_ns)


def take_sweep(path: Path) -> "tuple[Spectrum, bytes]":
    """Return the first sweep of a file and the bytes that it was read from, for what keeps both.

    Raises Refusal, with the path, for what is no regular file, too large, or holds no impedance.
    """
    import instruments

    data = read_bounded(path, MAX_FILE_BYTES)
    try:
        return instruments.read_bytes(data, path.name)[0], data
    except instruments.UnreadableFile as refusal:
        raise Refusal(refusal.reason, plain(path)) from refusal


def read_spectra(
    incoming: Incoming,
    prefix: str,
    settings: "Settings",
    temperature_c: float | None = None,
    temperature_sd_c: float | None = None,
) -> ReadFile:
    """Read the spectra in the bytes; a file that no reader takes gives a `refusal`, not an error."""
    import instruments

    name = read_name(incoming.path.name, prefix)
    try:
        spectra = instruments.read_bytes(incoming.data, incoming.name)
    except instruments.UnreadableFile as refusal:
        return ReadFile(name, refusal=with_dc_hint(refusal.reason, incoming.data))
    numbers = instruments.numbers_sha256(spectra)
    warm = tuple(at_temperature(spectrum, name, settings, temperature_c, temperature_sd_c) for spectrum in spectra)
    return ReadFile(name, warm, numbers)
