"""Solartron SMaRT (1260 with 1296, materials tests): the CSV it exports.

Layout, read in eight genuine exports and six independent parsers: `Exported SMaRT Impedance Data`, a start time, a line
of names, rows that end with their delimiter. Names and rows may be separated differently (names by commas or even
points, rows by semicolons: a matter of Windows' locale). Every sweep begins again at the first frequency; temperatures
are `-` without a controller. Z'' is the true imaginary part.
"""

import re
from collections.abc import Sequence
from typing import Any

from instruments.errors import UnreadableFile
from instruments.readers.delimited import Heading, read_table
from instruments.readers.text import decode, ends_with_newline, head_text, lines_of
from instruments.spectrum import Spectrum
from nasicon_loop.core import plain

FORMAT = "SMaRT CSV"
_TITLE = "Exported SMaRT Impedance Data"
_NAMES = re.compile(r"[,;.\t]\s*(?=[A-Z])")
_HEADING_WITHIN = 10


class Smart:
    """Reader of SMaRT CSV exports."""

    name = "smart"
    version = "1"

    def claims(self, head: bytes) -> bool:
        """Say whether the first line is SMaRT's title."""
        lines = lines_of(head_text(head))
        return bool(lines) and lines[0].strip(' "').startswith(_TITLE)

    def read(self, data: bytes) -> list[Spectrum]:
        """Return the sweeps of an export; `UnreadableFile` says what is wrong with it."""
        text = decode(data)
        lines = lines_of(text)
        index = next((i for i, line in enumerate(lines[:_HEADING_WITHIN]) if line.startswith("Result Number")), None)
        if index is None:
            raise UnreadableFile("the line of column names (Result Number, Sweep Number ...) is missing: export again")
        names = [name.strip() for name in _NAMES.split(lines[index].rstrip(",; \t"))]
        body = [(i + 1, line) for i, line in enumerate(lines) if i > index and line.strip()]
        heading = Heading(index, _row_delimiter(body), names)
        metadata: dict[str, Any] = {"format": FORMAT, "sign_is_known": True}
        started = next((line for line in lines[:index] if line.startswith("Experiment start time")), "")
        if started:  # day and month are numbers in the order of the PC's locale: kept as text, no guess
            metadata["started_at"] = plain(started.partition(":")[2].strip())
        return read_table(heading, body, is_complete=ends_with_newline(text), metadata=metadata)


def _row_delimiter(body: Sequence[tuple[int, str]]) -> str:
    first = body[0][1] if body else ""
    return ";" if ";" in first else "tab" if "\t" in first else ","


READER = Smart()
