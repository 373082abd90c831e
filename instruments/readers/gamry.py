"""Gamry Framework `.DTA` of an impedance experiment.

Layout, read in two genuine files (potentiostatic EIS, REF3000 and REF600P): first line `EXPLAIN`, then `KEY<tab>TYPE
<tab>VALUE` lines; tables begin `NAME<tab>TABLE`, followed by names, units, and rows that begin with a tab. Impedance is
`ZCURVE`; `OCVCURVE` and the control loop's table come before or after. Zimag has its true sign. An aborted run says
`EXPERIMENTABORTED<tab>TOGGLE<tab>T`. The `Temp` column holds -327 where no sensor is fitted.
"""

from collections.abc import Sequence
from typing import Any

from instruments.errors import UnreadableFile
from instruments.readers.delimited import Heading, read_table
from instruments.readers.text import decode, ends_with_newline, head_text, lines_of
from instruments.spectrum import Spectrum
from nasicon_loop.core import plain

FORMAT = "Gamry DTA"


class Gamry:
    """Reader of Gamry `.DTA` files."""

    name = "gamry"
    version = "1"

    def claims(self, head: bytes) -> bool:
        """Say whether the first lines are `EXPLAIN` and a `TAG`."""
        lines = lines_of(head_text(head)[:1000])
        return len(lines) > 1 and lines[0].strip() == "EXPLAIN" and lines[1].startswith("TAG\t")

    def read(self, data: bytes) -> list[Spectrum]:
        """Return the sweep of the file; `UnreadableFile` says what is wrong with it."""
        text = decode(data)
        lines = lines_of(text)
        start = next((i for i, line in enumerate(lines) if line.startswith("ZCURVE\tTABLE")), None)
        if start is None:
            kind = plain(_value(lines, "TITLE") or _value(lines, "TAG"), limit=40)
            raise UnreadableFile(f"is a Gamry file without impedance ({kind}): export the EIS experiment")
        rows = _table(lines, start + 1)
        names = [name.strip() for name in rows[0][1].split("\t")] if rows else []
        while names and not names[-1]:
            names.pop()
        is_last = not rows or rows[-1][0] == len(lines)
        return read_table(
            Heading(start + 1, "tab", names),
            rows[1:],
            is_complete=not is_last or ends_with_newline(text),
            metadata=_metadata(lines),
        )


def _table(lines: Sequence[str], start: int) -> list[tuple[int, str]]:
    rows: list[tuple[int, str]] = []
    for index in range(start, len(lines)):
        if not lines[index].startswith("\t"):
            break
        rows.append((index + 1, lines[index]))
    return rows


def _value(lines: Sequence[str], key: str) -> str:
    for line in lines:
        fields = line.split("\t")
        if fields[0] == key and len(fields) > 2:
            return fields[2].strip()
    return ""


def _metadata(lines: Sequence[str]) -> dict[str, Any]:
    # Month and day are numbers in the order of the PC's locale: kept as text, no guess.
    started = plain(f"{_value(lines, 'DATE')} {_value(lines, 'TIME')}".strip())
    return {
        "format": FORMAT,
        "sign_is_known": True,
        "experiment": plain(_value(lines, "TITLE")),
        "started_at": started,
        "is_aborted": _value(lines, "EXPERIMENTABORTED") == "T",
    }


READER = Gamry()
