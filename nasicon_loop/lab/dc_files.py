"""Telling a DC polarisation from an impedance file that is broken."""

from pathlib import Path

from nasicon_loop.core import Refusal, read_bounded

_WHAT_TO_DO = "it holds current against time: a polarisation is read by `nasicon polarisation FILE`"
_MOST_BYTES = 20_000_000


def with_dc_hint(reason: str, data: bytes) -> str:
    """Return the reason why no impedance could be read, with what to do where the bytes are a current against time."""
    import instruments

    if len(data) > _MOST_BYTES:
        return reason
    try:
        instruments.read_dc_bytes(data)
    except instruments.UnreadableFile:
        return reason
    return f"{reason}; {_WHAT_TO_DO}"


def dc_hint_of(path: Path, reason: str) -> str:
    """Do what `with_dc_hint` does for a file that lies somewhere; one that cannot be opened keeps its reason."""
    try:
        return with_dc_hint(reason, read_bounded(path, _MOST_BYTES))
    except (OSError, Refusal):
        return reason
