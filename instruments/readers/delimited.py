"""Any delimited text with a row of headings: CSV, TSV, TXT from instruments, spreadsheets and scripts.

Columns are found by name and unit anywhere in the row; preamble before it is skipped, a row of units below it is
understood. Evidence, genuine files: Novocontrol WinDETA (`Freq.[Hz] Zs'[ohm] Zs''[ohm]` under `Fixed value(s) :`, three
variants), CH Instruments, PowerSuite, Parstat. From descriptions only: EC-Lab's table without its heading block, Nova's
`Frequency (Hz);Z' (Ω);-Z'' (Ω);Z (Ω);-Phase (°)`.
"""

import cmath
import re
import statistics
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from instruments.errors import UnreadableFile
from instruments.readers import sweeps
from instruments.readers.assemble import Points, spectra_of
from instruments.readers.columns import Column, parse_column, quantity_of
from instruments.readers.table import (
    SPLITTERS,
    checked_rows,
    last_line_note,
    uses_decimal_comma,
    with_points,
    without_trailing_blank,
)
from instruments.readers.text import MINUS_SIGNS, decode, ends_with_newline, head_text, is_number, lines_of, number
from instruments.spectrum import Spectrum
from nasicon_loop.core import plain

FORMAT = "delimited text"
_HEADING_WITHIN = 1000
_MAX_HEADING = 4000
_CONTRADICTION = 0.01
"""|Z|, phase and Z', Z'' of one row may differ by this fraction: some programs print phase to 0.1 degree."""
_TEMPERATURES_C = (-200.0, 1800.0)
_COMMENT = re.compile(r"^\s*(?:#|%|//)+\s*")
_BEFORE_UNIT = re.compile(r"\s+(?=[\[(])")


@dataclass(frozen=True, slots=True)
class Heading:
    """Where the heading row is (index of its line), its delimiter and names."""

    index: int
    delimiter: str
    names: list[str]


class Delimited:
    """Reader of text tables with a heading; steps back when a reader of a specific format claims the file."""

    name = "delimited"
    version = "1"
    is_generic = True

    def claims(self, head: bytes) -> bool:
        """Say whether a line names a frequency and an impedance."""
        return find_heading(lines_of(head_text(head))) is not None

    def read(self, data: bytes) -> list[Spectrum]:
        """Return the sweeps of a table; `UnreadableFile` says what is wrong with it."""
        text = decode(data)
        lines = lines_of(text)
        heading = find_heading(lines)
        if heading is None:
            raise UnreadableFile("no line names a frequency and an impedance: add a heading")
        body = [(i + 1, line) for i, line in enumerate(lines) if i > heading.index and line.strip()]
        return read_table(heading, body, is_complete=ends_with_newline(text), metadata={"format": FORMAT})


def find_heading(lines: Sequence[str]) -> Heading | None:
    """Return the first line whose fields name a frequency and an impedance, or None."""
    for index, line in enumerate(lines[:_HEADING_WITHIN]):
        if len(line) > _MAX_HEADING:
            continue
        text = _COMMENT.sub("", line)
        for delimiter, splitter in SPLITTERS.items():
            names = splitter(_BEFORE_UNIT.sub("", text) if delimiter == "space" else text)
            while names and not names[-1]:
                names.pop()
            if _is_enough({quantity_of(name) for name in names}):
                return Heading(index, delimiter, names)
    return None


def _is_enough(quantities: Set[str | None]) -> bool:
    return "frequency" in quantities and ({"real", "imaginary"} <= quantities or {"modulus", "phase"} <= quantities)


def read_table(
    heading: Heading, body: list[tuple[int, str]], *, is_complete: bool, metadata: Mapping[str, Any]
) -> list[Spectrum]:
    """Return the sweeps in the lines below a heading (`body`: line number, text; no blank lines).

    A true `metadata["sign_is_known"]` says that the format fixes the sign of Z'', so a positive one is not remarked on.
    Raises `UnreadableFile`.
    """
    names = list(heading.names)
    if body and not heading_has_units(names) and (units := _units_row(body[0][1], heading)):
        names = [f"{name} ({unit})" if unit else name for name, unit in zip(names, units, strict=True)]
        body = body[1:]
    columns = columns_of(names)
    if not _is_enough(set(columns)):
        raise UnreadableFile("the columns do not hold frequency with Z' and Z'' or |Z| and phase: export them too")
    if not body:
        raise UnreadableFile("holds a heading but no data rows: the sweep was not run, or the file is cut off")
    delimiter = _row_delimiter(body[0][1], heading)
    rows = list(checked_rows(body, len(names), delimiter, is_complete=is_complete))
    rows = [(line, [field.translate(MINUS_SIGNS) for field in fields]) for line, fields in rows]
    needed = [index for index, _ in columns.values()]
    if delimiter != "," and uses_decimal_comma([[fields[index] for index in needed] for _, fields in rows]):
        rows = [(line, with_points(fields)) for line, fields in rows]
    return _spectra(names, columns, rows, metadata, last_line_note(is_complete=is_complete))


def heading_has_units(names: Sequence[str]) -> bool:
    """Say whether any heading that matters carries a unit."""
    return any((column := parse_column(name)) is not None and column.has_unit for name in names)


def _units_row(line: str, heading: Heading) -> list[str] | None:
    units = without_trailing_blank(SPLITTERS[heading.delimiter](line), len(heading.names))
    if len(units) != len(heading.names) or any(is_number(unit.replace(",", ".")) for unit in units):
        return None
    return [unit.strip('"()[] ') for unit in units]


def _row_delimiter(line: str, heading: Heading) -> str:
    for delimiter in (heading.delimiter, *SPLITTERS):
        if len(without_trailing_blank(SPLITTERS[delimiter](line), len(heading.names))) == len(heading.names):
            return delimiter
    return heading.delimiter


def columns_of(names: Sequence[str]) -> dict[str, tuple[int, Column]]:
    """Return quantity -> (index, column). `UnreadableFile` when a quantity that is needed has two columns."""
    columns: dict[str, tuple[int, Column]] = {}
    for index, name in enumerate(names):
        column = parse_column(name)
        if column is None:
            continue
        if column.quantity in columns and column.quantity != "temperature":
            other = plain(names[columns[column.quantity][0]], limit=40)
            raise UnreadableFile(f"columns {other!r} and {plain(name, limit=40)!r} name the same quantity: keep one")
        columns.setdefault(column.quantity, (index, column))
    return columns


def _spectra(
    names: Sequence[str],
    columns: Mapping[str, tuple[int, Column]],
    rows: Sequence[tuple[int, list[str]]],
    metadata: Mapping[str, Any],
    notes: Sequence[str],
) -> list[Spectrum]:
    cartesian = {"real", "imaginary"} <= set(columns)
    wanted = ["frequency", *(("real", "imaginary") if cartesian else ("modulus", "phase"))]
    if not cartesian and not columns["phase"][1].has_unit:
        raise UnreadableFile("the phase column has no unit: write Phase (deg) or Phase (rad) in the heading")
    points, temperatures_c = Points(), list[float]()
    n_dc_rows = 0
    for line, fields in rows:
        if not any(fields[columns[name][0]] for name in wanted):
            continue
        value = {name: _value(columns[name], names, line, fields) for name in wanted}
        if value["frequency"] == 0 and value[wanted[1]] == 0:
            n_dc_rows += 1
            continue
        if value["frequency"] <= 0:
            raise UnreadableFile(f"line {line}: the frequency {value['frequency']:g} Hz is not positive")
        impedance_ohm = (
            complex(value["real"], value["imaginary"]) if cartesian else cmath.rect(value["modulus"], value["phase"])
        )
        if cartesian:
            _check_polar(columns, names, line, fields, impedance_ohm)
        points.add(line, value["frequency"], impedance_ohm.real, impedance_ohm.imag)
        temperatures_c.append(_temperature(columns, fields))
    if not points.line:
        raise UnreadableFile("holds rows but no impedance: every frequency is blank or zero; export the EIS step")
    ranges, warnings = sweeps.usable(points.frequency_hz)
    warnings += notes
    unitless = [plain(names[columns[name][0]], limit=20) for name in wanted if not columns[name][1].has_unit]
    if unitless:
        warnings.append(f"no unit for {', '.join(unitless)}: Hz and ohm assumed")
    if n_dc_rows:
        metadata = {**metadata, "n_dc_rows": n_dc_rows}
    metadata = dict(metadata)
    is_sign_known = metadata.pop("sign_is_known", False)
    extra = [
        {**_mean_temperature(temperatures_c, sweep), **({} if is_sign_known else _sign_note(points, sweep))}
        for sweep in ranges
    ]
    return spectra_of(points, ranges, metadata, warnings, extra)


def _value(found: tuple[int, Column], names: Sequence[str], line: int, fields: Sequence[str]) -> float:
    index, column = found
    return number(fields[index], line, names[index]) * column.factor + column.offset


def _check_polar(
    columns: Mapping[str, tuple[int, Column]], names: Sequence[str], line: int, fields: Sequence[str], z_ohm: complex
) -> None:
    """Raise `UnreadableFile` when |Z| and phase (where given) contradict Z' and Z''."""
    if "modulus" not in columns or not fields[columns["modulus"][0]]:
        return
    modulus_ohm = _value(columns["modulus"], names, line, fields)
    if "phase" in columns and columns["phase"][1].has_unit and fields[columns["phase"][0]]:
        other = cmath.rect(modulus_ohm, _value(columns["phase"], names, line, fields))
        difference = abs(other - z_ohm)
    else:
        difference = abs(modulus_ohm - abs(z_ohm))
    if difference > _CONTRADICTION * max(abs(z_ohm), abs(modulus_ohm)):
        raise UnreadableFile(
            f"line {line}: |Z|, phase and Z', Z'' contradict each other: check the signs and units in the heading, or"
            " export again"
        )


def _temperature(columns: Mapping[str, tuple[int, Column]], fields: Sequence[str]) -> float:
    """Return the temperature of a row in °C, NaN where the file has none that is physical."""
    if "temperature" not in columns:
        return float("nan")
    index, column = columns["temperature"]
    value = float(fields[index]) * column.factor + column.offset if is_number(fields[index]) else float("nan")
    return value if _TEMPERATURES_C[0] <= value <= _TEMPERATURES_C[1] else float("nan")


def _mean_temperature(temperatures_c: Sequence[float], sweep: range) -> dict[str, Any]:
    values = [temperatures_c[i] for i in sweep if temperatures_c[i] == temperatures_c[i]]
    if not values:
        return {}
    spread_c = statistics.pstdev(values)
    return {"temperature_c": statistics.fmean(values), "temperature_c_sd": spread_c or None}


def _sign_note(points: Points, sweep: range) -> dict[str, Any]:
    n_positive = sum(points.imaginary_ohm[i] > 0 for i in sweep)
    if 2 * n_positive <= len(sweep):
        return {}
    return {"warnings": [f"Z'' is positive at {n_positive} of {len(sweep)} points: inductive, or the column is -Z''"]}


READER = Delimited()
