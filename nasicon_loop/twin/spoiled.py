"""Files that must not become results: made from a good XM-studio export by the things that really happen to it."""

from collections.abc import Callable
from dataclasses import dataclass

_HEADER_LINES = 4  # three key lines and the column line
_MAGNITUDE = "| Z | (Ohm)"
_AC_FROM = "Frequency (Hz)"
_AC_TO = "Phase (Deg)"


@dataclass(frozen=True, slots=True)
class Spoiler:
    """A way to spoil a file; `what` says it in words."""

    name: str
    what: str
    spoil: Callable[[str], str]


def _split(text: str) -> tuple[list[str], list[str], list[str]]:
    """Return head lines, column names and data lines."""
    lines = text.splitlines()
    names = [name.strip() for name in lines[_HEADER_LINES - 1].split(",")]
    return lines[:_HEADER_LINES], names, [line for line in lines[_HEADER_LINES:] if line.strip()]


def _join(head: list[str], rows: list[str]) -> str:
    return "\r\n".join([*head, *rows]) + "\r\n"


def _dc_only(text: str) -> str:
    """The export of the conditioning step: all rows there, the nine AC fields blank."""
    head, names, rows = _split(text)
    first, last = names.index(_AC_FROM), names.index(_AC_TO)
    blanked = []
    for row in rows:
        fields = row.split(", ")
        blanked.append(", ".join("" if first <= k <= last else field for k, field in enumerate(fields)))
    return _join(head, blanked)


def _edited(text: str) -> str:
    """Somebody smoothed |Z| in a spreadsheet: it no longer belongs to Z' and Z''."""
    head, names, rows = _split(text)
    column = names.index(_MAGNITUDE)
    edited = []
    for number, row in enumerate(rows):
        fields = row.split(", ")
        if number % 3 == 0 and fields[column].strip():
            fields[column] = f"{float(fields[column]) * 1.08:.7g}"
        edited.append(", ".join(fields))
    return _join(head, edited)


def _per_area(text: str) -> str:
    """The graph was set to area-normalised units before "Export all"."""
    head, _, rows = _split(text)
    return _join([*head[:-1], head[-1].replace("(Ohm)", "(Ohm.cm2)")], rows)


def _header_only(text: str) -> str:
    """The sweep was stopped before its first point."""
    head, _, _ = _split(text)
    return _join(head, [])


SPOILERS = (
    Spoiler("dc", "a DC step exported instead of the sweep", _dc_only),
    Spoiler("edited", "|Z| edited in a spreadsheet", _edited),
    Spoiler("area", "units normalised to the area", _per_area),
    Spoiler("stopped", "stopped before the first point", _header_only),
)


def spoil(data: bytes, round_number: int, seed: int = 0) -> tuple[Spoiler, bytes]:
    """Return this round's way of spoiling (they take turns, `seed` says which begins) and the spoiled file."""
    spoiler = SPOILERS[(round_number - 1 + seed) % len(SPOILERS)]
    return spoiler, spoiler.spoil(data.decode("utf-8")).encode("utf-8")
