"""Current against time under a constant voltage: what a DC polarisation leaves behind.

Read are delimited tables with a time and a current column (`Time (s)`, `t/min`, `I/mA`, `<I>/mA`, `Current (A)`) and,
where there is one, a voltage column; XM-studio's DC exports are such tables below their key lines. Rows of an impedance
step in between (a frequency stands in them) are left out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from instruments.errors import UnreadableFile
from instruments.readers.table import SPLITTERS, checked_rows, uses_decimal_comma, with_points
from instruments.readers.text import decode, ends_with_newline, lines_of, number
from instruments.reading import MAX_BYTES
from nasicon_loop.core import Refusal, plain, read_bounded

_HEADING_WITHIN = 200
_MAX_LINES = 1_200_000
_COLUMN = re.compile(r"^<?\s*([A-Za-z ]+?)\s*>?\s*(?:[(\[/]\s*([A-Za-zµμ]+)\s*[)\]]?)?$")
_QUANTITY = {
    "time": "time", "t": "time", "elapsed time": "time", "time elapsed": "time",
    "current": "current", "i": "current", "im": "current",
    "voltage": "voltage", "potential": "voltage", "u": "voltage", "v": "voltage", "e": "voltage", "ewe": "voltage",
    "vf": "voltage",
    "frequency": "frequency", "freq": "frequency",
}  # fmt: skip
_FACTOR = {
    "time": {"s": 1.0, "sec": 1.0, "min": 60.0, "h": 3600.0, "ms": 1e-3},
    "current": {"a": 1.0, "ma": 1e-3, "µa": 1e-6, "μa": 1e-6, "ua": 1e-6, "na": 1e-9, "pa": 1e-12},
    "voltage": {"v": 1.0, "mv": 1e-3},
}


@dataclass(frozen=True, eq=False)
class DcTrace:
    """Times in s, currents in A (both (n,), read-only), and the mean voltage in V where the file has one.

    `n_at_frequency` rows of the same file are of a sweep, and left out.
    """

    time_s: NDArray[np.float64]
    current_a: NDArray[np.float64]
    voltage_v: float | None
    n_at_frequency: int = 0


def read_dc(path: str | Path) -> DcTrace:
    """Return the current against time in a file. Raises `UnreadableFile` with the path and a reason."""
    place = Path(path)
    try:
        return read_dc_bytes(read_bounded(place, MAX_BYTES))
    except Refusal as refusal:
        raise UnreadableFile(refusal.reason, place) from refusal
    except OSError as problem:
        raise UnreadableFile(f"cannot be opened: {plain(problem.strerror or problem)}", place) from None


def read_dc_bytes(data: bytes) -> DcTrace:
    """Return the current against time in the content of a file. Raises `UnreadableFile`."""
    if not data or len(data) > MAX_BYTES or data.count(b"\n") > _MAX_LINES:
        raise UnreadableFile("is empty or too large for a polarisation")
    text = decode(data)
    lines = lines_of(text)
    index, delimiter, columns, n_columns = _heading(lines)
    body = [(i + 1, line) for i, line in enumerate(lines) if i > index and line.strip()]
    rows = [fields for _, fields in checked_rows(body, n_columns, delimiter, is_complete=ends_with_newline(text))]
    if delimiter != "," and uses_decimal_comma(rows):
        rows = [with_points(fields) for fields in rows]
    at_frequency = columns.get("frequency", (None, 1.0))[0]
    steady = [
        (line, fields)
        for (line, _), fields in zip(body, rows, strict=True)
        if at_frequency is None or fields[at_frequency] in ("", "0")
    ]
    kept = [(line, fields) for line, fields in steady if fields[columns["current"][0]]]
    if not kept:
        raise UnreadableFile("holds no row with a current")
    values = {
        name: [number(fields[place], line, name) * factor for line, fields in kept if fields[place]]
        for name, (place, factor) in columns.items()
        if name != "frequency"
    }
    if len(values["time"]) != len(values["current"]):
        raise UnreadableFile("there are rows with a current and without a time: export again")
    voltage = values.get("voltage")
    mean_v = float(np.mean(voltage)) if voltage else None
    return DcTrace(_frozen(values["time"]), _frozen(values["current"]), mean_v, len(rows) - len(steady))


def _frozen(values: Sequence[float]) -> NDArray[np.float64]:
    array = np.array(values, dtype=float)
    array.setflags(write=False)
    return array


def _heading(lines: Sequence[str]) -> tuple[int, str, dict[str, tuple[int, float]], int]:
    """Return line index, delimiter, quantity -> (column, factor to SI) and the number of columns."""
    for index, line in enumerate(lines[:_HEADING_WITHIN]):
        for delimiter, splitter in SPLITTERS.items():
            names = splitter(line.lstrip("#% "))
            while names and not names[-1]:
                names.pop()
            columns = _columns(names)
            if {"time", "current"} <= set(columns):
                return index, delimiter, columns, len(names)
    raise UnreadableFile("no line names a time and a current: write a heading like `Time (s), Current (A)`")


def _columns(names: Sequence[str]) -> dict[str, tuple[int, float]]:
    """Return quantity -> (column, factor to SI); empty for a line that names no time or no current."""
    found: dict[str, tuple[int, str]] = {}
    for place, name in enumerate(names):
        match = _COLUMN.match(name.strip().strip('"'))
        quantity = None if match is None else _QUANTITY.get(match[1].lower())
        if match is not None and quantity is not None:
            found.setdefault(quantity, (place, (match[2] or "").lower()))
    if not {"time", "current"} <= set(found):
        return {}
    columns: dict[str, tuple[int, float]] = {}
    for quantity, (place, unit) in found.items():
        factor = _FACTOR[quantity].get(unit) if quantity in _FACTOR else 1.0
        if factor is not None:
            columns[quantity] = (place, factor)
        elif quantity != "voltage":  # without its unit a current may be off by a thousand
            shown = plain(names[place], limit=40)
            raise UnreadableFile(f"column {shown!r} has {'an unknown' if unit else 'no'} unit: write s and A")
    return columns
