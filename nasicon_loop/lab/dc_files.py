"""Telling a DC polarisation from an impedance file that is broken."""

from pathlib import Path

from nasicon_loop.core import Refusal, read_bounded

_WHAT_TO_DO = "it holds current against time: a polarisation is read by `nasicon polarisation FILE`"
_MOST_BYTES = 20_000_000


def with_dc_hint(reason: str, data: bytes) -> str:
    """Return the reason why no impedance could be read, with what to do where the bytes are a current against time.

    A sweep with steps at rest around it is a sweep: its own reason is all there is to say.
    """
    import instruments

    if len(data) > _MOST_BYTES:
        return reason
    try:
        trace = instruments.read_dc_bytes(data)
    except instruments.UnreadableFile:
        return reason
    return reason if trace.n_at_frequency else f"{reason}; {_WHAT_TO_DO}"


def dc_hint_of(path: Path, reason: str) -> str:
    """Do what `with_dc_hint` does for a file that lies somewhere; one that cannot be opened keeps its reason."""
    try:
        return with_dc_hint(reason, read_bounded(path, _MOST_BYTES))
    except (OSError, Refusal):
        return reason
