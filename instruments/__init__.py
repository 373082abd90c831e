"""Devices and their files: `read(path)` gives spectra, whatever instrument wrote them.

Everything here is loaded on first use; `import instruments` alone costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from instruments.dc_trace import DcTrace, read_dc, read_dc_bytes
    from instruments.errors import UnreadableFile
    from instruments.fingerprint import numbers_sha256
    from instruments.reading import read, read_bytes
    from instruments.registry import BrokenReader, Reader, available_readers, broken_readers
    from instruments.spectrum import Spectrum, TemperatureSource

__all__ = [
    "BrokenReader",
    "DcTrace",
    "Reader",
    "Spectrum",
    "TemperatureSource",
    "UnreadableFile",
    "available_readers",
    "broken_readers",
    "numbers_sha256",
    "read",
    "read_bytes",
    "read_dc",
    "read_dc_bytes",
]

_HOMES = {
    "DcTrace": "dc_trace",
    "read_dc": "dc_trace",
    "read_dc_bytes": "dc_trace",
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
