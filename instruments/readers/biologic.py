"""BioLogic EC-Lab text exports (`.mpt`, `.txt`) of impedance techniques.

Layout, read in four genuine files (EC-Lab 11.18 to 11.50, English and German number formats): `EC-Lab ASCII FILE`,
`Nb header lines : N`, settings, and in line N the column names, tab-separated. Impedance is `freq/Hz`, `Re(Z)/Ohm`,
`-Im(Z)/Ohm` (turned sign). Loops follow one another in one table and are split where the frequency jumps back. Rows of
other steps have frequency 0. The encoding is Latin-1. The same text is also saved as `.txt`; a table that was exported
without the heading block is read by `delimited`.
"""

import re
from collections.abc import Sequence
from typing import Any

from instruments.errors import UnreadableFile
from instruments.readers.columns import quantity_of
from instruments.readers.delimited import Heading, read_table
from instruments.readers.table import SPLITTERS
from instruments.readers.text import decode, ends_with_newline, head_text, lines_of
from instruments.spectrum import Spectrum
from nasicon_loop.core import plain

FORMAT = "BioLogic EC-Lab mpt"
_TITLE = ("EC-Lab ASCII FILE", "BT-Lab ASCII FILE")
_N_LINES = re.compile(r"^Nb header lines\s*:\s*([0-9]{1,5})\s*$")
_NEEDED = {"frequency": "freq/Hz", "real": "Re(Z)/Ohm", "imaginary": "-Im(Z)/Ohm"}
_STARTED = "Acquisition started on :"


class BioLogic:
    """Reader of EC-Lab text exports."""

    name = "biologic"
    version = "1"

    def claims(self, head: bytes) -> bool:
        """Say whether the first line is EC-Lab's title."""
        return head_text(head[:200]).startswith(_TITLE)

    def read(self, data: bytes) -> list[Spectrum]:
        """Return the loops of an export; `UnreadableFile` says what is wrong with it."""
        text = decode(data)
        lines = lines_of(text)
        index = _heading_index(lines)
        delimiter = next((name for name in ("tab", ";") if len(SPLITTERS[name](lines[index])) > 1), ",")
        names = SPLITTERS[delimiter](lines[index])
        while names and not names[-1]:
            names.pop()
        body = [(i + 1, line) for i, line in enumerate(lines) if i > index and line.strip()]
        found = {quantity_of(name) for name in names}
        missing = [name for quantity, name in _NEEDED.items() if quantity not in found]
        if missing:
            technique = plain(next((line for line in lines[2:index] if line.strip()), "unnamed technique"), limit=60)
            raise UnreadableFile(
                f"holds {len(body)} rows ({technique}) without {', '.join(missing)}: no impedance can be read; export"
                " the PEIS or GEIS technique with these variables"
            )
        return read_table(
            Heading(index, delimiter, names),
            body,
            is_complete=ends_with_newline(text),
            metadata=_metadata(lines[:index]),
        )


def _heading_index(lines: Sequence[str]) -> int:
    found = _N_LINES.match(lines[1]) if len(lines) > 1 else None
    if found is None or not 3 <= int(found[1]) <= len(lines):
        raise UnreadableFile("the EC-Lab heading is cut off or edited ('Nb header lines'): export the text file again")
    return int(found[1]) - 1


def _metadata(heading: Sequence[str]) -> dict[str, Any]:
    started = next((line for line in heading if line.startswith(_STARTED)), "")
    return {
        "format": FORMAT,
        "sign_is_known": True,
        "experiment": plain(next((line for line in heading[2:] if line.strip()), "")),
        "started_at": plain(started.removeprefix(_STARTED).strip()),  # day/month in the locale's order: kept as text
    }


READER = BioLogic()
