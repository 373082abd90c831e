"""Devices and their files: `read(path)` gives spectra, whatever instrument wrote them.

Everything here is loaded on first use; `import instruments` alone costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from instruments.errors import UnreadableFile
    from instruments.fingerprint import numbers_sha256
    from instruments.reading import read, read_bytes
    from instruments.registry import BrokenReader, Reader, available_readers, broken_readers
    from instruments.spectrum import Spectrum, TemperatureSource

__all__ = [
    "BrokenReader",
    "Reader",
    "Spectrum",
    "TemperatureSource",
    "UnreadableFile",
    "available_readers",
    "broken_readers",
    "numbers_sha256",
    "read",
    "read_bytes",
]

_HOMES = {
    "BrokenReader": "registry",
    "Reader": "registry",
    "Spectrum": "spectrum",
    "TemperatureSource": "spectrum",
    "UnreadableFile": "errors",
    "broken_readers": "registry",
    "numbers_sha256": "fingerprint",
    "read": "reading",
    "read_bytes": "reading",
    "available_readers": "registry",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
