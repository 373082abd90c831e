"""Solartron XM-studio ECS (ModuLab XM, EnergyLab XM): the CSV of "Export all" / "Export table" in Graph Setup.

Layout, read in 118 genuine exports of two laboratories (XM-studio ECS 3.5 and 3.6): three key lines (`Experiment:`,
`Start date:` as a Windows long date, `Start time:` with UTC offset), one line of column names, then rows with `, `
between the fields. DC samples are interleaved with blank AC fields. Which columns exist depends on what was plotted, so
they are found by name. Z'' is the true imaginary part. There is no sweep and no temperature column.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from instruments.errors import UnreadableFile
from instruments.readers import sweeps
from instruments.readers.assemble import Points, spectra_of
from instruments.readers.clock import started_at
from instruments.readers.columns import parse_column
from instruments.readers.table import checked_rows, last_line_note, uses_decimal_comma, with_points
from instruments.readers.text import decode, ends_with_newline, head_text, lines_of, number
from instruments.readers.xm_checks import EDITED, Integrity
from instruments.spectrum import Spectrum
from nasicon_loop.core import plain

FORMAT = "XM-studio ECS CSV"
_KEY = re.compile(r'^\s*"?(Experiment|Start date|Start time):"?\s*[,;\t]?(.*)$')
_HEADING_WITHIN = 10
_DELIMITERS = {"\t": "tab", ";": ";", ",": ","}
_AC_COLUMNS = {"frequency", "real", "imaginary", "modulus", "phase"}


@dataclass(frozen=True, slots=True)
class _Heading:
    index: int
    delimiter: str
    names: list[str]


class XmStudio:
    """Reader of XM-studio ECS CSV exports."""

    name = "xm_studio"
    version = "1"

    def claims(self, head: bytes) -> bool:
        """Say whether the first line is an `Experiment:` key line and more of the layout follows, or nothing does."""
        lines = lines_of(head_text(head))[:_HEADING_WITHIN]
        if not lines or _key(lines[0])[0] != "Experiment":
            return False
        return len(lines) == 1 or any(_key(line)[0] or _is_heading(line) for line in lines[1:])

    def read(self, data: bytes) -> list[Spectrum]:
        """Return the sweeps of an export; `UnreadableFile` says what is wrong with it."""
        text = decode(data)
        lines = lines_of(text)
        heading = _find_heading(lines)
        keys = dict(_key(line) for line in lines[: heading.index])
        body = [(i + 1, line) for i, line in enumerate(lines) if i > heading.index and line.strip()]
        if any(line.startswith("Experiment:") for _, line in body):
            raise UnreadableFile("two exports are joined in one file: export each experiment to its own file")
        columns = _ac_columns(heading)
        if not body:
            raise UnreadableFile(
                "holds a heading but no data rows: the experiment was not run, or nothing was selected"
            )
        rows = list(checked_rows(body, len(heading.names), heading.delimiter, is_complete=ends_with_newline(text)))
        if "frequency" not in columns or not _has_impedance(columns):
            raise UnreadableFile(
                "holds DC data only (no Frequency and Z columns): run an impedance experiment, export with 'Export all'"
            )
        if heading.delimiter != "," and uses_decimal_comma([fields for _, fields in rows]):
            rows = [(line, with_points(fields)) for line, fields in rows]
        metadata, notes = _metadata(keys)
        return _spectra(
            heading, columns, rows, metadata, [*notes, *last_line_note(is_complete=ends_with_newline(text))]
        )


def _key(line: str) -> tuple[str, str]:
    found = _KEY.match(line)
    return (found[1], found[2].strip(' \t,;"')) if found else ("", "")


def _is_heading(line: str) -> bool:
    return "Time (" in line or ("Frequency (" in line and "Z" in line)


def _find_heading(lines: Sequence[str]) -> _Heading:
    for index, line in enumerate(lines[:_HEADING_WITHIN]):
        if _is_heading(line) and not _key(line)[0]:
            delimiter = max(_DELIMITERS, key=line.count)
            names = [name.strip().strip('"') for name in line.split(delimiter)]
            while names and not names[-1]:
                names.pop()
            return _Heading(index, _DELIMITERS[delimiter], names)
    raise UnreadableFile(
        "the line of column names (Time (s), Frequency (Hz), Z' (Ohm) ...) is missing: the file is cut off or edited,"
        " use 'Export all' again"
    )


def _ac_columns(heading: _Heading) -> dict[str, tuple[int, float]]:
    """Return quantity -> (index, factor) for what the impedance needs."""
    columns: dict[str, tuple[int, float]] = {}
    for index, name in enumerate(heading.names):
        column = parse_column(name)
        if column is None or column.quantity not in _AC_COLUMNS:
            continue
        if column.quantity in columns:
            raise UnreadableFile(f"column {plain(name, limit=40)!r} occurs twice: export with 'Export all'")
        if not column.has_unit:
            raise UnreadableFile(f"column {plain(name, limit=40)!r} has no unit: the heading was edited, export again")
        columns[column.quantity] = (index, column.factor)
    return columns


def _has_impedance(columns: Mapping[str, Any]) -> bool:
    return {"real", "imaginary"} <= set(columns) or {"modulus", "phase"} <= set(columns)


def _metadata(keys: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    date_text, time_text = keys.get("Start date", ""), keys.get("Start time", "")
    moment = started_at(date_text, time_text)
    raw = plain(f"{date_text} {time_text}".strip())
    metadata = {
        "format": FORMAT,
        "experiment": plain(keys.get("Experiment", "")),
        "started_at": moment or raw,
        "started_text": raw,
    }
    return metadata, [] if moment else [f"the start time {raw!r} could not be read without a guess; kept as text"]


def _spectra(
    heading: _Heading,
    columns: Mapping[str, tuple[int, float]],
    rows: Sequence[tuple[int, list[str]]],
    metadata: Mapping[str, Any],
    notes: Sequence[str],
) -> list[Spectrum]:
    points = Points()
    integrity = Integrity.of(heading.names, columns)
    needed = [columns[name][0] for name in _needed(columns)]
    row_of: list[int] = []
    n_incomplete = 0
    for place, (line, fields) in enumerate(rows):
        if not all(fields[index] for index in needed):
            n_incomplete += any(fields[index] for index in needed)
            continue
        frequency_hz, impedance_ohm = integrity.point(line, fields)
        points.add(line, frequency_hz, impedance_ohm.real, impedance_ohm.imag)
        row_of.append(place)
    if not row_of:
        raise UnreadableFile(
            f"holds {len(rows)} DC rows and no AC row: the impedance step did not run; start it and export again"
        )
    ranges, warnings = sweeps.usable(points.frequency_hz)
    if integrity.worst > EDITED:
        raise UnreadableFile(integrity.reason())
    warnings = [*notes, *warnings, *integrity.warnings()]
    if n_incomplete:
        warnings.append(f"{n_incomplete} rows with a blank among frequency and impedance left out")
    return spectra_of(points, ranges, metadata, warnings, _dc(heading, rows, row_of, ranges))


def _needed(columns: Mapping[str, Any]) -> list[str]:
    cartesian = {"real", "imaginary"} <= set(columns)
    return ["frequency", *(("real", "imaginary") if cartesian else ("modulus", "phase"))]


def _dc(
    heading: _Heading, rows: Sequence[tuple[int, list[str]]], row_of: Sequence[int], ranges: Sequence[range]
) -> list[dict[str, Any]]:
    """Return what the DC samples tell about each sweep: rows since the sweep before, mean voltage and current."""
    at = {name: index for index, name in enumerate(heading.names)}
    extra = []
    begin = 0
    for place, sweep in enumerate(ranges):
        end = row_of[sweep[-1]] + 1 if place < len(ranges) - 1 else len(rows)
        span = rows[begin:end]
        ac_rows = {row_of[i] for i in sweep}
        found: dict[str, Any] = {"n_dc_rows": sum(begin + k not in ac_rows for k in range(len(span)))}
        for key, name in (("mean_dc_voltage_v", "Voltage (V)"), ("mean_dc_current_a", "Current (A)")):
            values = [number(f[at[name]], line, name) for line, f in span if name in at and f[at[name]]]
            if values:
                found[key] = sum(values) / len(values)
        for key, name in (("v_ranges", "V Range ()"), ("i_ranges", "I Range ()")):
            if name in at:
                found[key] = sorted({plain(rows[row_of[i]][1][at[name]], limit=8) for i in sweep})
        extra.append(found)
        begin = end
    return extra


READER = XmStudio()
