"""Whether a value that was read back holds what its class declares: dataclasses do not look."""

import dataclasses
import math
from collections.abc import Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

_LARGEST = 1e30
"""No quantity of a spectrum comes near it, and its square is still a number."""


def check(value: Any) -> None:
    """Raise TypeError or ValueError naming the first field of a dataclass that does not hold what is declared."""
    cls: Any = type(value)
    for name, kind in _hints(cls).items():
        if not _fits(getattr(value, name), kind):
            raise TypeError(f"{name} does not hold {_words(kind)}")


@cache
def _hints(cls: Any) -> dict[str, Any]:
    hints = get_type_hints(cls)
    return {field.name: hints[field.name] for field in dataclasses.fields(cls)}


def _fits(value: Any, kind: Any) -> bool:
    origin, parts = get_origin(kind), get_args(kind)
    if kind is Any:
        return True
    if origin in (Union, UnionType):
        return any(_fits(value, part) for part in parts)
    if origin is Literal:
        return any(value == part and type(value) is type(part) for part in parts)
    if origin is tuple:
        return isinstance(value, tuple) and all(_fits_inside(item, parts[0]) for item in value)
    if origin is Mapping:
        return isinstance(value, Mapping) and all(
            _fits(key, parts[0]) and _fits_inside(item, parts[1]) for key, item in value.items()
        )
    return _is(value, kind)


def _fits_inside(value: Any, kind: Any) -> bool:
    """A number that is not one (NaN) is written as null, in lists and mappings too."""
    return (value is None and kind is float) or _fits(value, kind)


def _is(value: Any, kind: Any) -> bool:
    if kind is float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and (math.isnan(value) or abs(value) < _LARGEST)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind) and isinstance(value, kind):
        check(value)
        return True
    return isinstance(value, NoneType if kind is None else kind)


def _words(kind: Any) -> str:
    return str(getattr(kind, "__name__", kind)).replace("typing.", "")
