"""Our values as JSON text: one place that knows how each kind of value is written."""

import dataclasses
import enum
import json
import math
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from pathlib import PurePath
from typing import Any

from nasicon_loop.core.clock import utc_iso


def _plain_value(value: Any) -> Any:
    simple: Any = value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        simple = {field.name: _plain_value(getattr(value, field.name)) for field in dataclasses.fields(value)}
    elif isinstance(value, enum.Enum):
        simple = value.value
    elif isinstance(value, Mapping):
        simple = {str(key): _plain_value(item) for key, item in value.items()}
    elif isinstance(value, (list, tuple, set, frozenset)):
        simple = [_plain_value(item) for item in value]
    elif isinstance(value, datetime):
        simple = utc_iso(value)
    elif isinstance(value, (date, PurePath)):
        simple = str(value)
    elif isinstance(value, Fraction):
        simple = float(value)
    elif hasattr(value, "tolist"):  # numpy arrays and scalars, without importing numpy
        simple = _plain_value(value.tolist())
    elif isinstance(value, complex):
        simple = [value.real, value.imag]
    elif isinstance(value, float) and not math.isfinite(value):
        simple = None  # JSON has no NaN; a number that does not exist is null
    return simple


def to_json(value: Any, *, indent: int | None = 2) -> str:
    """Return `value` as JSON text.

    Dataclasses become objects, enums their values, aware datetimes ISO text in UTC, fractions floats, complex numbers
    pairs `[real, imaginary]`, numpy arrays lists, NaN and infinities null. Characters that a terminal acts on instead
    of showing them (controls, text direction, line separators) are written as escapes.
    """
    text = json.dumps(_plain_value(value), indent=indent, ensure_ascii=False, allow_nan=False)
    return text if text.isascii() and "\x7f" not in text else "".join(map(_shown, text))


def _shown(char: str) -> str:
    if char < "\x7f" or (unicodedata.category(char)[0] != "C" and unicodedata.category(char) not in ("Zl", "Zp")):
        return char
    code = ord(char)
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
