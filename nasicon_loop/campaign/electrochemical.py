"""The electrochemical window of a doped Na3Zr2Si2PO12: an estimate from the host's window and known redox couples."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

HOST = "Na3Zr2Si2PO12"
DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Window:
    """What one element does to the window (V against Na+/Na); limits None where it sets none.

    `status`: "host" (the host's limits stand), "couple" (a redox couple of a NASICON phosphate), "unknown" (no data).
    """

    element: str
    status: str
    low_v: float | None
    high_v: float | None
    couple: str
    source: str


@lru_cache(maxsize=1)
def windows() -> Mapping[str, Window]:
    """Return the estimate by element, and the host's own under its formula; sources in `data/windows.csv`."""
    text = (DATA / "windows.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return MappingProxyType({row["element"]: _window(row) for row in csv.DictReader(lines)})


def _window(row: Mapping[str, str]) -> Window:
    low, high = (float(row[name]) if row[name] else None for name in ("low_v", "high_v"))
    return Window(row["element"], row["status"], low, high, row["couple"], row["source"])


def window_width_v(dopants: Sequence[str]) -> float | None:
    """Return the estimated width in volt with these dopants, zero when nothing is left; None where there are no data.

    The narrowest limits count, whatever the amounts: a few per cent of a redox-active ion conduct electrons.
    """
    known = windows()
    entries = [known[HOST], *(known[symbol] for symbol in dopants)]
    if any(entry.status == "unknown" for entry in entries):
        return None
    low = max(entry.low_v for entry in entries if entry.low_v is not None)
    high = min(entry.high_v for entry in entries if entry.high_v is not None)
    return max(high - low, 0.0)
