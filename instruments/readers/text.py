"""Bytes to lines, and fields to numbers: strict, because a guess here is a wrong conductivity later."""

import codecs
import re

from instruments.errors import UnreadableFile
from nasicon_loop.core import plain

_LINE_ENDS = re.compile(r"\r?\n|\r")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf(?:inity)?|∞|1\.#\w+|#\w+[!/?]?\w*[!?]?|overflow|ovld?)", re.IGNORECASE)
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r\f\v\x1a")
_MAX_FIELD = 60
_MAX_LINE = 70_000
MINUS_SIGNS = str.maketrans({"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "\N{NON-BREAKING HYPHEN}": "-"})
"""What spreadsheets write for a minus."""


def is_binary(head: bytes) -> bool:
    """Say whether bytes are no text: NUL bytes without a UTF-16 mark, or many control characters."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    if b"\0" in head:
        return True
    n_controls = len(head) - len(head.translate(None, _CONTROLS))
    return n_controls * 50 > len(head)


def decode(data: bytes) -> str:
    """Return text from UTF-8, UTF-16 (with its mark) or, failing both, Latin-1. `UnreadableFile` for binary content."""
    if is_binary(data[:65_536]):
        raise UnreadableFile("is a binary file, not text: export the data as text (CSV)")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.removeprefix(codecs.BOM_UTF8).decode("latin-1")


def head_text(head: bytes) -> str:
    """Return the text of a file's beginning for a look at it; empty for binary content."""
    return "" if is_binary(head) else decode(head)


def lines_of(text: str) -> list[str]:
    """Return the lines of `text`, whatever ends them; a last empty one is left out.

    Raises `UnreadableFile` for a line that no instrument writes: splitting it into fields could fill the memory.
    """
    lines = _LINE_ENDS.split(text)
    for place, line in enumerate(lines, start=1):
        if len(line) > _MAX_LINE:
            raise UnreadableFile(f"line {place} is {len(line)} characters long: this is no table of measurements")
    if lines and not lines[-1]:
        lines.pop()
    return lines


def ends_with_newline(text: str) -> bool:
    """Say whether the last line is complete: a file without its last line end may be cut off."""
    return text.endswith(("\n", "\r"))


def is_number(field: str) -> bool:
    """Say whether a field is a plain number with a decimal point."""
    return len(field) <= _MAX_FIELD and _NUMBER.fullmatch(field) is not None


def number(field: str, line: int, column: str) -> float:
    """Return a field as a finite float. `UnreadableFile` names line and column otherwise."""
    if is_number(field):
        value = float(field)
        if abs(value) != float("inf"):
            return value
    shown = plain(field, limit=30)
    where = f"line {line}, column {plain(column, limit=40)}"
    if is_number(field) or (len(field) <= _MAX_FIELD and _NOT_FINITE.fullmatch(field)):
        raise UnreadableFile(f"{where}: {shown} is not a finite number (overload?): remove the point or measure again")
    if not field:
        raise UnreadableFile(f"{where}: the field is empty")
    raise UnreadableFile(f"{where}: {shown!r} is not a number")
