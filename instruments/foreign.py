"""Files that are often dropped by mistake: what they are and what to do instead."""

from instruments.readers.table import SPLITTERS, without_trailing_blank
from instruments.readers.text import head_text, is_binary, is_number, lines_of
from instruments.readers.xlsx import is_workbook
from instruments.readers.xm_blocks import is_native

_EXPORT = "drop the run's *_0.data beside it, or in XM-studio use Graph Setup > Export all and drop the CSV"

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "is a ZIP archive, or an Excel file that is cut off: unpack the archive, or save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel or Office file: save the sheet as CSV"),
    (b"%PDF", "is a PDF: drop the exported data, not the print"),
    (b"\x89PNG", "is a picture: drop the exported data, not the plot"),
    (b"\xff\xd8\xff", "is a picture: drop the exported data, not the plot"),
    (b"BIO-LOGIC MODULAR FILE", "is BioLogic's binary .mpr: in EC-Lab export it as text (.mpt)"),
    (b"SMaRT_Data", "is SMaRT's binary data file: export it from SMaRT as CSV"),
    (b"SQLite format 3", "is a database, not a measurement"),
)
_NATIVE_XML = (b"<ExperimentClass", b"<ProjectClass")


def recognise(head: bytes) -> str | None:
    """Return why a file of a known foreign kind is refused, or None when it is not one of them."""
    for magic, reason in _MAGIC:
        if head.startswith(magic) and not is_workbook(head):
            return reason
    if any(mark in head[:2000] for mark in _NATIVE_XML):
        return f"is XM-studio's settings file of the experiment, without data: {_EXPORT}"
    if b"Experiment Start time:" in head[:500] and b"XM-studio" in head[:500]:
        return f"is XM-studio's log file, without data: {_EXPORT}"
    if is_binary(head) and not is_native(head) and not is_workbook(head):
        return "is a binary file, not text: export the measurement as text (CSV)"
    return None


def explain(head: bytes) -> str:
    """Return why no reader takes a text file, with what would make it readable."""
    lines = [line for line in lines_of(head_text(head)) if line.strip()]
    if not lines:
        return "holds only blank lines: export the experiment again"
    for name in ("tab", ";", ",", "space"):
        fields = without_trailing_blank(SPLITTERS[name](lines[0]), -1)
        filled = [field for field in fields if field]
        if len(fields) < 2 or not filled or not all(map(is_number, filled)):
            continue
        if len(fields) == 16 and name == ",":
            return (
                "has no heading; the 16 columns look like XM-studio's, but without names they are not read: use 'Export"
                " all' again and keep the first four lines"
            )
        return (
            f"has no heading: the first line already holds numbers ({len(fields)} columns). Add a first line that names"
            " them, e.g. Frequency (Hz), Z' (Ohm), Z'' (Ohm), or -Z'' (Ohm) where the sign is turned"
        )
    return (
        "no reader knows this format: needed are columns headed with frequency, Z' and Z'' (or |Z| and phase) and their"
        " units, e.g. Frequency (Hz), Z' (Ohm), Z'' (Ohm)"
    )
