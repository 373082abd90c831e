"""Excel workbooks (`.xlsx`, `.xlsm`) with a table under headings: every sheet that names a frequency and an impedance.

The cells become lines and go the way of any table with headings (`delimited`). A workbook is a ZIP of XML files, so
before anything is parsed the sizes in its directory are added up (a small file may unpack to many gigabytes), and every
part is looked through for a document type or entities, which no spreadsheet writes. Formulas are never computed: the
value saved beside them is taken. Macros, links and pictures are not touched. Reading is openpyxl's (MIT), in its
read-only mode.
"""

import zipfile
import zlib
from collections.abc import Iterable
from io import BytesIO
from typing import Any, cast
from warnings import catch_warnings, simplefilter

from instruments.errors import UnreadableFile
from instruments.readers.delimited import Heading, find_heading, read_table
from instruments.spectrum import Spectrum
from nasicon_loop.core import plain

FORMAT = "Excel workbook"
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
MAX_PARTS = 2000
MAX_SHEETS = 50
MAX_ROWS = 100_000
MAX_CELLS = 1_000_000
MAX_TAGS = 3_000_000
"""Each element of the XML takes some 200 bytes in memory, so this bounds it where few bytes make many elements."""
_BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, OSError, EOFError, ValueError, TypeError,
    RuntimeError, LookupError, ArithmeticError, AttributeError, AssertionError, SyntaxError,
)  # fmt: skip
"""What openpyxl and the parsers below it raise on damaged content; `SyntaxError` is the parent of XML's ParseError."""
_XML = (".xml", ".rels")
_DAMAGED = "is a damaged or unusual Excel file: save the sheet as CSV"


def is_workbook(head: bytes) -> bool:
    """Say whether a file begins as a ZIP with the parts of a workbook."""
    return head.startswith(b"PK\x03\x04") and (b"[Content_Types].xml" in head or b"xl/" in head)


class Xlsx:
    """Reader of Excel workbooks."""

    name = "xlsx"
    version = "1"

    def claims(self, head: bytes) -> bool:
        """Say whether the first parts of the ZIP are a workbook's."""
        return is_workbook(head)

    def read(self, data: bytes) -> list[Spectrum]:
        """Return the sweeps of all sheets with a table of impedance; `UnreadableFile` says why there are none."""
        _check_parts(data)
        spectra: list[Spectrum] = []
        titles = []
        for title, lines in _sheets(data):
            titles.append(plain(title, limit=30))
            heading = find_heading([line for _, line in lines])
            if heading is not None:
                try:
                    spectra += _table(heading, lines, titles[-1])
                except UnreadableFile as refusal:
                    raise UnreadableFile(f"sheet {titles[-1]!r}: {refusal.reason}") from refusal
        if not spectra:
            raise UnreadableFile(
                f"no sheet ({', '.join(titles[:5])}) has a row that names frequency, Z' and Z'' with their units, e.g."
                " Frequency (Hz), Z' (Ohm), Z'' (Ohm)"
            )
        return spectra


def _table(heading: Heading, lines: list[tuple[int, str]], title: str) -> list[Spectrum]:
    width = len(heading.names)
    body = [(row, line) for row, line in lines[heading.index + 1 :] if line.strip()]
    if (
        heading.delimiter == "tab"
    ):  # cells beyond the headings are remarks and charts; empty ones at the end are missing
        body = [(row, "\t".join((line.split("\t") + [""] * width)[:width])) for row, line in body]
        body = [(row, line) for row, line in body if line.strip()]
    return read_table(heading, body, is_complete=True, metadata={"format": FORMAT, "sheet": title})


def _check_parts(data: bytes) -> None:
    """Raise `UnreadableFile` for a workbook that would unpack to too much, is encrypted, or declares entities."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED_BYTES:
                raise UnreadableFile(
                    f"unpacks to {len(parts)} parts and {unpacked / 2**20:.0f} MB, more than {MAX_PARTS} and"
                    f" {MAX_UNPACKED_BYTES // 2**20} MB: save the sheet with the impedance as CSV"
                )
            n_tags = 0
            for part in parts:
                content = archive.read(part)
                _check_part(part.filename, content)
                n_tags += content.count(b"<")
                if n_tags > MAX_TAGS:
                    raise UnreadableFile(
                        f"holds more than {MAX_TAGS} XML tags: save the sheet with the impedance as CSV"
                    )
    except _BROKEN as problem:
        raise UnreadableFile(f"{_DAMAGED} ({plain(problem, limit=60)})") from None


def _check_part(name: str, content: bytes) -> None:
    # UTF-16 would hide the words that are looked for; what the part is called does not say how it is used.
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff")) or (name.endswith(_XML) and b"\0" in content[:100])
    if is_wide or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise UnreadableFile("holds XML with a document type or entities: not written by a spreadsheet, not read")


def _sheets(data: bytes) -> list[tuple[str, list[tuple[int, str]]]]:
    """Return title and rows (number from 1, cells joined by tabs) of each sheet."""
    import openpyxl

    try:
        with catch_warnings():
            simplefilter("ignore")  # openpyxl remarks on styles and extensions that it does not keep
            book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
            return [(str(sheet.title), _lines(_rows(sheet))) for sheet in book.worksheets[:MAX_SHEETS]]
    except _BROKEN as problem:
        raise UnreadableFile(f"{_DAMAGED} ({plain(problem, limit=60)})") from None


def _rows(sheet: Any) -> Iterable[tuple[Any, ...]]:
    if not hasattr(sheet, "reset_dimensions"):  # a sheet that holds only a chart
        return ()
    sheet.reset_dimensions()  # the stated size may be wrong, and is trusted otherwise
    return cast(Iterable[tuple[Any, ...]], sheet.iter_rows(values_only=True))


def _lines(rows: Iterable[tuple[Any, ...]]) -> list[tuple[int, str]]:
    lines = []
    n_cells = 0
    for number, row in enumerate(rows, start=1):
        n_cells += len(row)
        if number > MAX_ROWS or n_cells > MAX_CELLS:
            raise UnreadableFile(f"a sheet has more than {MAX_ROWS} rows or {MAX_CELLS} cells: save the table as CSV")
        lines.append((number, "\t".join(map(_text, row)).rstrip("\t")))
    return lines


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return " ".join(str(cell).split())[:200]


READER = Xlsx()
