"""What the name of a file says: sample, pellet, sweep, temperature. Nothing is guessed."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

Value = TypeVar("Value")

MIN_TEMPERATURE_C = 0.0
MAX_TEMPERATURE_C = 200.0
"""Impedance is measured between these; `1200C` in a name is a firing, not a measurement."""

_LEAST_BARE_C = 10.0
"""`1C` and `0.5C` are charging rates in a battery laboratory; below this a temperature needs `T=` or `deg`."""

_WORD_START = r"(?<![^\W_])"
_WORD_END = r"(?![^\W_])"
_PELLET = re.compile(rf"{_WORD_START}P([0-9]{{1,3}}){_WORD_END}", re.IGNORECASE)
_SWEEP = re.compile(rf"(?:{_WORD_START}(?:sweep[ _.-]?|s)|#)([0-9]{{1,5}}){_WORD_END}", re.IGNORECASE)
_CELSIUS = re.compile(
    rf"{_WORD_START}(?<![0-9][.,])(?P<t>T[ _]?=?[ _]?)?(?P<sign>-)?(?P<number>[0-9]{{1,4}}(?:[.,][0-9]{{1,3}})?)"
    rf"[ _]?(?:(?P<degree>[°º˚]|deg)[ _]?C?|C|(?P<kelvin>K)){_WORD_END}",
    re.IGNORECASE,
)
_ANY_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9]{0,7}-[0-9]{4,9}(?:[-_. ]?P[0-9]{1,3})?", re.IGNORECASE)
_ZERO_CELSIUS_K = 273.15


@dataclass(frozen=True, slots=True)
class NameParts:
    """What one file name says.

    `label` is the sample's label in its canonical spelling, None when there is none or when there are two different
    ones (then `problem` says so). `temperature_c` is None when the name gives none or several; `notes` say why
    something that looked like a number was left out.
    """

    label: str | None = None
    pellet_number: int | None = None
    sweep: int | None = None
    temperature_c: float | None = None
    problem: str | None = None
    notes: tuple[str, ...] = ()


def label_pattern(prefix: str) -> re.Pattern[str]:
    """Return the pattern of a sample's label as a whole word: `NL-0001` is not in `NL-00012` nor in `XNL-0001`."""
    return re.compile(rf"{_WORD_START}{re.escape(prefix)}-([0-9]{{4,9}}){_WORD_END}", re.IGNORECASE)


def is_label(text: str) -> bool:
    """Tell whether `text` has the form of a sample's or pellet's label, whatever the lab's prefix."""
    return _ANY_LABEL.fullmatch(text.strip()) is not None


def split_label(text: str, prefix: str) -> tuple[str, int | None] | None:
    """Read `NL-0001` or `NL-0001-P2` (any case, `-`, `_`, `.` or space before P); None when `text` is neither."""
    match = label_pattern(prefix).match(text.strip())
    if match is None:
        return None
    rest = text.strip()[match.end() :]
    if not rest:
        return _canonical(match, prefix), None
    pellet = re.fullmatch(r"[-_. ]?P([0-9]{1,3})", rest, re.IGNORECASE)
    return (_canonical(match, prefix), int(pellet.group(1))) if pellet else None


def read_name(name: str, prefix: str) -> NameParts:
    """Read the name of a file (no folder; the extension may stay on).

    Separators are everything that is neither a letter nor a digit. Two different labels, or two different pellets,
    give no label and a `problem`.
    """
    pattern = label_pattern(prefix)
    labels = _distinct(_canonical(match, prefix) for match in pattern.finditer(name))
    if len(labels) > 1:
        return NameParts(problem=f"the name holds two labels, {labels[0]} and {labels[1]}")
    rest = pattern.sub(lambda match: "|" * len(match.group()), name)
    pellets = _distinct(int(match.group(1)) for match in _PELLET.finditer(rest)) if labels else []
    if len(pellets) > 1:
        return NameParts(problem=f"the name holds two pellets, P{pellets[0]} and P{pellets[1]}")
    notes: list[str] = []
    return NameParts(
        label=labels[0] if labels else None,
        pellet_number=pellets[0] if pellets else None,
        sweep=_only(_distinct(int(match.group(1)) for match in _SWEEP.finditer(rest)), "sweep numbers", notes),
        temperature_c=_only(_distinct(_temperatures(rest, notes.append)), "temperatures", notes),
        notes=tuple(notes),
    )


def _canonical(match: re.Match[str], prefix: str) -> str:
    return f"{prefix}-{match.group(1)}"


def _distinct(values: Iterator[Value]) -> list[Value]:
    return list(dict.fromkeys(values))


def _only(values: list[Value], what: str, notes: list[str]) -> Value | None:
    if len(values) > 1:
        notes.append(f"the name holds different {what} ({', '.join(str(value) for value in values)}): none is used")
    return values[0] if len(values) == 1 else None


def _temperatures(text: str, note: Callable[[str], None]) -> Iterator[float]:
    for match in _CELSIUS.finditer(text):
        value = float(match["number"].replace(",", "."))
        if match["kelvin"]:
            value = round(value - _ZERO_CELSIUS_K, 2)
            if value < MIN_TEMPERATURE_C:
                continue  # `10K` is a resistor or a magnet's cryostat
        if match["sign"] and _is_minus(text, match):
            value = -value
        explicit = match["t"] or match["degree"] or match["kelvin"]
        if not MIN_TEMPERATURE_C <= value <= MAX_TEMPERATURE_C:
            note(f"{value:g} °C in the name is not taken as the temperature of the measurement (0 to 200 °C)")
        elif explicit or value >= _LEAST_BARE_C:
            yield value


def _is_minus(text: str, match: re.Match[str]) -> bool:
    """A hyphen is a minus after `T` or where no word ends right before it; in `pellet-25C` it joins two words."""
    before = text[: match.start("sign")][-1:]
    return not (before.isalnum() or before == "|") or bool(match["t"])
