"""Princeton Applied Research VersaStudio `.par` files with an impedance segment.

Layout, read in one genuine file (VersaStudio 2.52, VersaSTAT 4) and two independent parsers: `<Application>` with
`Name=VersaStudio`, then `<Segment1>` ... `</Segment1>` with `Type=`, `Version=`, `Definition=` (names, comma and space)
and rows of numbers. Names end with one column `0` more than rows have fields. `Z Imag` has its true sign, in ohm; the
headings of Z carry no unit. Rows of DC samples have frequency 0.
"""

import re
from collections.abc import Sequence
from typing import Any

from instruments.errors import UnreadableFile
from instruments.readers.columns import quantity_of
from instruments.readers.delimited import Heading, read_table
from instruments.readers.text import decode, head_text, lines_of
from instruments.spectrum import Spectrum
from nasicon_loop.core import plain

FORMAT = "VersaStudio par"
_BEGIN, _END = re.compile(r"^<Segment[0-9]+>\s*$"), re.compile(r"^</Segment[0-9]+>\s*$")
_DEFINITION = "Definition="
_UNITS = {"frequency": "Hz", "real": "Ohm", "imaginary": "Ohm"}


class VersaStudio:
    """Reader of VersaStudio `.par` files."""

    name = "versastudio"
    version = "1"

    def claims(self, head: bytes) -> bool:
        """Say whether the first lines are VersaStudio's `<Application>` block."""
        lines = [line.strip() for line in lines_of(head_text(head))[:5]]
        return bool(lines) and lines[0] == "<Application>" and "Name=VersaStudio" in lines

    def read(self, data: bytes) -> list[Spectrum]:
        """Return the sweeps of all impedance segments; `UnreadableFile` says what is wrong with the file."""
        lines = lines_of(decode(data))
        spectra: list[Spectrum] = []
        for begin, end in _segments(lines):
            definition = next((i for i in range(begin, end) if lines[i].startswith(_DEFINITION)), None)
            if definition is None:
                continue
            body = [(i + 1, lines[i]) for i in range(definition + 1, end) if lines[i].strip()]
            names = [_with_unit(name.strip()) for name in lines[definition].removeprefix(_DEFINITION).split(",")]
            if names[-1:] == ["0"]:
                names.pop()
            if body and set(_UNITS) <= {quantity_of(name) for name in names}:
                heading = Heading(definition, ",", names)
                spectra += read_table(heading, body, is_complete=True, metadata=_metadata(lines[:begin]))
        if not spectra:
            raise UnreadableFile("is a VersaStudio file without impedance rows: run or export an EIS action")
        return spectra


def _with_unit(name: str) -> str:
    quantity = quantity_of(name)
    return f"{name} ({_UNITS[quantity]})" if quantity in _UNITS and "(" not in name else name


def _segments(lines: Sequence[str]) -> list[tuple[int, int]]:
    begins = [i for i, line in enumerate(lines) if _BEGIN.match(line)]
    ends = [i for i, line in enumerate(lines) if _END.match(line)]
    if len(begins) != len(ends) or any(end < begin for begin, end in zip(begins, ends, strict=True)):
        raise UnreadableFile("a <Segment> is not closed: the file is still being written or was cut off")
    return list(zip(begins, ends, strict=True))


def _metadata(heading: Sequence[str]) -> dict[str, Any]:
    values = dict(line.split("=", 1) for line in heading if "=" in line)
    started = f"{values.get('DateAcquired', '')} {values.get('TimeAcquired', '')}".strip()
    return {"format": FORMAT, "sign_is_known": True, "started_at": plain(started)}  # no offset in the file: text


READER = VersaStudio()
