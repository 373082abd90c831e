"""Scribner ZPlot / ZView `.z` files (also what Autolab and others write for ZView).

Layouts, each seen in genuine files: `ZPLOT2 ASCII` with a block of settings up to `End Comments`, tab-separated;
`"ZPlotW Data File..."` / `"Z60W Data File..."` with about ten heading lines, comma-separated; the bare nine columns.
The column line is `Freq(Hz) Ampl Bias Time(Sec) Z'(a) Z''(b) GD Err Range`; Z'' has its true sign, numbers are in ohm.
"""

import re
from collections.abc import Sequence
from typing import Any

from instruments.errors import UnreadableFile
from instruments.readers import sweeps
from instruments.readers.assemble import Points, spectra_of
from instruments.readers.table import SPLITTERS, checked_rows, last_line_note
from instruments.readers.text import decode, ends_with_newline, head_text, is_number, lines_of, number
from instruments.spectrum import Spectrum
from nasicon_loop.core import plain

FORMAT = "ZPlot/ZView .z"
_COLUMNS = ("Freq(Hz)", "Ampl", "Bias", "Time(Sec)", "Z'(a)", "Z''(b)", "GD", "Err", "Range")
_FIRST_LINE = re.compile(r'^[\s"]*(ZPLOT2 ASCII|(?:ZPlotW?|Z60W|ZVIEW) Data File)', re.IGNORECASE)
_COLUMN_LINE = re.compile(r"^\W*Freq\s*\(Hz\)\s+Ampl\s+Bias\s+Time\(Sec\)\s+Z'\(a\)\s+Z''\(b\)", re.IGNORECASE)
_END = re.compile(r"^\s*\"?End (Comments|Header)", re.IGNORECASE)
_BARE_ROWS = 3
_DATE = re.compile(r"\bDate:\s*([0-9][0-9\-/.]*)")
_TIME = re.compile(r"\bTime:\s*([0-9:]+(?:\s*[AP]M)?)")
_N_POINTS = re.compile(r"^\s*Data Points:\s*([0-9]+)")


class ZPlot:
    """Reader of ZPlot/ZView text files."""

    name = "zplot"
    version = "1"

    def claims(self, head: bytes) -> bool:
        """Say whether the first line, or the column line, or the bare columns are ZPlot's."""
        lines = lines_of(head_text(head))
        if not lines:
            return False
        return bool(_FIRST_LINE.match(lines[0])) or any(map(_COLUMN_LINE.match, lines)) or _is_bare(lines)

    def read(self, data: bytes) -> list[Spectrum]:
        """Return the sweeps of a `.z` file; `UnreadableFile` says what is wrong with it."""
        text = decode(data)
        lines = lines_of(text)
        begin = _data_begin(lines)
        body = [(i + 1, line) for i, line in enumerate(lines) if i >= begin and line.strip()]
        if not body:
            raise UnreadableFile(
                "holds a ZPlot heading but no data rows: the sweep was not run, or the file is cut off"
            )
        points = Points()
        delimiter = _delimiter(body[0][1])
        for line, fields in checked_rows(body, len(_COLUMNS), delimiter, is_complete=ends_with_newline(text)):
            frequency_hz, real_ohm, imaginary_ohm = (number(fields[k], line, _COLUMNS[k]) for k in (0, 4, 5))
            if frequency_hz <= 0:
                raise UnreadableFile(f"line {line}: the frequency {frequency_hz:g} Hz is not positive")
            points.add(line, frequency_hz, real_ohm, imaginary_ohm)
        ranges, warnings = sweeps.usable(points.frequency_hz)
        warnings += last_line_note(is_complete=ends_with_newline(text))
        metadata = _metadata(lines[:begin], len(points.line))
        if begin == 0:
            warnings.append("no heading: the nine columns were taken as ZPlot's (Freq, Ampl, Bias, Time, Z', Z'', ...)")
        return spectra_of(points, ranges, metadata, warnings)


def _delimiter(line: str) -> str:
    return next((name for name in ("tab", ",") if len(SPLITTERS[name](line)) > 1), "space")


def _is_bare(lines: Sequence[str]) -> bool:
    """Say whether the file is only ZPlot's nine columns: numbers, time going on, whole Err and Range."""
    rows = []
    for line in lines[:_BARE_ROWS]:
        fields = SPLITTERS[_delimiter(line)](line)
        if len(fields) != len(_COLUMNS) or not all(map(is_number, fields)):
            return False
        rows.append(fields)
    times = [float(fields[3]) for fields in rows]
    is_whole = all(field.lstrip("+-").isdigit() for fields in rows for field in fields[7:])
    return len(rows) == _BARE_ROWS and is_whole and times == sorted(times) and float(rows[0][0]) > 0


def _data_begin(lines: Sequence[str]) -> int:
    marks = [i for i, line in enumerate(lines) if _COLUMN_LINE.match(line) or _END.match(line)]
    if marks:
        return marks[-1] + 1
    if _is_bare(lines):
        return 0
    raise UnreadableFile("the ZPlot heading has no column line and no 'End Comments': the file is cut off or edited")


def _metadata(heading: Sequence[str], n_points: int) -> dict[str, Any]:
    text = "\n".join(heading)
    date, time = _DATE.search(text), _TIME.search(text)
    announced = next((int(found[1]) for line in heading if (found := _N_POINTS.match(line))), None)
    metadata: dict[str, Any] = {"format": FORMAT}
    if announced is not None:
        metadata["is_aborted"] = announced > n_points
    if date:  # month and day are not told apart in the file: kept as text, no guess
        metadata["started_at"] = plain(f"{date[1]} {time[1] if time else ''}".strip())
    return metadata


READER = ZPlot()
