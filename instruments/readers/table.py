"""Lines to a table of fields: delimiter, decimal sign, and rows that all have as many fields as the heading."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from instruments.errors import UnreadableFile
from instruments.readers.text import is_number

Splitter = Callable[[str], list[str]]

_SPACED = re.compile(r"\s{2,}|\t")
_SPACES = re.compile(r"\s+")
_COMMA_NUMBER = re.compile(r"[+-]?[0-9]*,[0-9]+(?:[eE][+-]?[0-9]+)?")
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+")


def split_at(delimiter: str) -> Splitter:
    """Return a function that splits a line at a delimiter and strips the fields."""
    return lambda line: [field.strip() for field in line.split(delimiter)]


def split_spaced(line: str) -> list[str]:
    """Split at tabs or at two or more spaces."""
    return _SPACED.split(line.strip())


def split_spaces(line: str) -> list[str]:
    """Split at any white space."""
    return _SPACES.split(line.strip())


SPLITTERS: dict[str, Splitter] = {
    "tab": split_at("\t"),
    ";": split_at(";"),
    ",": split_at(","),
    "spaces": split_spaced,
    "space": split_spaces,
}


@dataclass(frozen=True, slots=True)
class Rows:
    """The numeric part of a file: `(line number, fields)`, all of one length, decimal signs already points."""

    fields: tuple[tuple[int, list[str]], ...]
    delimiter: str


def without_trailing_blank(fields: list[str], n_columns: int) -> list[str]:
    """Drop one empty field at the end: some programs end each row with the delimiter."""
    return fields[:-1] if len(fields) == n_columns + 1 and not fields[-1] else fields


def checked_rows(
    lines: Sequence[tuple[int, str]], n_columns: int, delimiter: str, *, is_complete: bool
) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and fields of each row.

    Raises `UnreadableFile` when a row has another number of fields than the heading: a decimal comma where the
    delimiter is a comma, a last line cut off, or a damaged file, each with its own words.
    """
    splitter = SPLITTERS[delimiter]
    for place, (line, text) in enumerate(lines):
        fields = without_trailing_blank(splitter(text), n_columns)
        if len(fields) != n_columns:
            is_cut = place == len(lines) - 1 and not is_complete and len(fields) < n_columns
            raise UnreadableFile(_wrong_count(line, fields, n_columns, delimiter, is_cut=is_cut))
        yield line, fields


def _wrong_count(line: int, fields: list[str], n_columns: int, delimiter: str, *, is_cut: bool) -> str:
    if is_cut:
        return f"the last line ({line}) is incomplete: the file is still being written or was cut off, export it again"
    if delimiter == "," and len(fields) > n_columns and not any("." in field for field in fields):
        return (
            f"decimal commas in a comma-separated file (line {line}: {len(fields)} fields for {n_columns} columns)"
            " cannot be told from separators: set Windows' number format to a decimal point and export again"
        )
    return (
        f"line {line} has {len(fields)} fields, the heading has {n_columns}: the file was edited, joined or damaged,"
        " export it again"
    )


def last_line_note(*, is_complete: bool) -> list[str]:
    """Return the warning for a file whose last line has all its fields but no line end: a digit may be missing."""
    return (
        []
        if is_complete
        else ["the last line has no line end: if the file was cut off there, its last number is wrong"]
    )


def uses_decimal_comma(rows: Sequence[list[str]]) -> bool:
    """Say whether numbers are written with a decimal comma.

    Raises `UnreadableFile` when points and commas are mixed, or when every comma could be a thousands separator.
    """
    with_comma = [field for row in rows for field in row if _COMMA_NUMBER.fullmatch(field) or _GROUPED.fullmatch(field)]
    if not with_comma:
        return False
    if any("." in field and is_number(field) for row in rows for field in row):
        raise UnreadableFile("decimal points and decimal commas are mixed: export again with one number format")
    if all(_GROUPED.fullmatch(field) for field in with_comma):
        raise UnreadableFile(
            f"{with_comma[0]!r} may be a decimal comma or a thousands separator: export with a decimal point"
        )
    return True


def with_points(fields: list[str]) -> list[str]:
    """Return fields with decimal commas turned into points."""
    return [field.replace(",", ".") if _COMMA_NUMBER.fullmatch(field) else field for field in fields]
