"""rhd instruments RelaxIS 3: text of "Spectrum export".

Evidence: no genuine file was at hand. The layout is that of a sample in the test of an independent MIT-licensed reader
and of that reader's table of names: line `RelaxIS 3.0 Spectrum export`, line `Date: ...`, a tab-separated line of names
that each begin with `Data: ` (`Data: Frequency`, `Data: Z'`, `Data: Z''`, `Data: |Z|`, `Data: Theta (Z)`), one line of
free variables and the spectrum's name, then rows. The names carry no unit: Hz and ohm are taken, and that Theta is in
degrees and Z'' has its true sign is not taken on trust: |Z| and Theta must give Z' and Z'' again, else the file is
refused. Several spectra in one export are refused until a file shows their layout.
"""

from collections.abc import Sequence
from typing import Any

from instruments.errors import UnreadableFile
from instruments.readers.columns import parse_column, quantity_of
from instruments.readers.delimited import Heading, read_table
from instruments.readers.text import decode, ends_with_newline, head_text, is_number, lines_of
from instruments.spectrum import Spectrum
from nasicon_loop.core import plain

FORMAT = "RelaxIS spectrum export"
FROM_DESCRIPTION = (
    "RelaxIS exports are read from a description of the format, not from genuine files: check the first one"
)
_TITLE, _PREFIX, _DATE = "RelaxIS", "Data: ", "Date:"
_UNITS = {"frequency": "Hz", "real": "Ohm", "imaginary": "Ohm", "modulus": "Ohm", "phase": "deg"}
_HEADING_WITHIN = 50


class RelaxIS:
    """Reader of RelaxIS's spectrum export."""

    name = "relaxis"
    version = "1"

    def claims(self, head: bytes) -> bool:
        """Say whether the first line is RelaxIS's title of a spectrum export."""
        first = head_text(head[:400]).partition("\n")[0].strip()
        return first.startswith(_TITLE) and first.endswith("Spectrum export")

    def read(self, data: bytes) -> list[Spectrum]:
        """Return the sweeps of an export; `UnreadableFile` says what is wrong with it."""
        text = decode(data)
        lines = lines_of(text)
        index = next((i for i, line in enumerate(lines[:_HEADING_WITHIN]) if line.startswith(_PREFIX)), None)
        if index is None:
            raise UnreadableFile("the RelaxIS export has no line of names (Data: Frequency ...): export it again")
        bare = [name.strip().removeprefix(_PREFIX) for name in lines[index].rstrip("\t ").split("\t")]
        if not {"frequency", "real", "imaginary"} <= {quantity_of(name) for name in bare}:
            raise UnreadableFile("the RelaxIS export lacks Frequency, Z' or Z'': select them and export again")
        names = [_with_unit(name) for name in bare]
        body = [(i + 1, line) for i, line in enumerate(lines) if i > index and line.strip()]
        about = body.pop(0)[1] if body and not _is_row(body[0][1]) else ""
        if any(not _is_row(line) and line.count("\t") for _, line in body[:-1]):
            raise UnreadableFile(
                "the RelaxIS export holds several spectra, or text among its rows: export them one by one"
            )
        spectra = read_table(
            Heading(index, "tab", names),
            body,
            is_complete=ends_with_newline(text),
            metadata=_metadata(lines[:index], about),
        )
        return [s.with_metadata(warnings=[*s.metadata["warnings"], FROM_DESCRIPTION]) for s in spectra]


def _with_unit(name: str) -> str:
    bare = name.replace("Theta (Z)", "Theta")
    quantity = quantity_of(bare)
    column = parse_column(bare)
    has_unit = column is not None and column.has_unit
    return bare if quantity not in _UNITS or has_unit else f"{bare} ({_UNITS[quantity]})"


def _is_row(line: str) -> bool:
    return is_number(line.split("\t", 1)[0].strip().replace(",", "."))


def _metadata(heading: Sequence[str], about: str) -> dict[str, Any]:
    date = next((line for line in heading if line.startswith(_DATE)), "")
    fields = [plain(field.strip(), limit=80) for field in about.split("\t")[:10] if field.strip()]
    return {
        "format": FORMAT,
        "sign_is_known": True,
        "experiment": fields[-1] if fields else "",
        "free_variables": fields[0] if fields else "",
        "exported_at": plain(date.removeprefix(_DATE).strip()),  # month and day in the PC's order: kept as text
    }


READER = RelaxIS()
