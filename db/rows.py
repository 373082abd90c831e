"""A row in the one form that is stored, journaled and checked."""

import hashlib
import json
import math
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from db.types import UtcDatetime, in_utc, json_text, json_value, storable
from nasicon_loop.core import Refusal


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise Refusal("a number that is infinite or not a number cannot be stored")
    return number


_FORMS: tuple[tuple[type[Any], Callable[[Any], Any]], ...] = (
    (sa.Boolean, bool),
    (sa.Integer, int),
    (sa.Float, _number),
    (sa.JSON, json_value),
    (sa.LargeBinary, bytes),
    (sa.String, lambda value: storable(str(value))),
)


def _form(column: "sa.Column[Any]", value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, UtcDatetime):
        return in_utc(value)
    stored = getattr(column.type, "impl", column.type)  # SQLModel's text type decorates the plain one
    for kind, form in _FORMS:
        if isinstance(stored, kind):
            try:
                return form(value)
            except (Refusal, ValueError, TypeError) as error:
                raise Refusal(f"{value!r} cannot be stored as {column.name}", column.table.name) from error
    raise TypeError(f"no form for column {column}")


def normalised(table: sa.Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `values` as the columns of `table` will give them back.

    Integers become floats in float columns, JSON is written and read once, odd characters are spelled out. Raises
    Refusal for a value that the column cannot keep (infinities and NaN among them).
    """
    return {name: _form(table.c[name], value) for name, value in values.items()}


def digest(row: Mapping[str, Any], added: Collection[str] = ()) -> str:
    """Return the SHA-256 of a whole row, blobs by their own hash; the same on every kind of database.

    Columns that were `added` after the table's first version count where they hold something. What is hashed must
    never change: a test holds it to digests of the past.
    """
    return hashlib.sha256(_text(row, added).encode()).hexdigest()


def is_digest(wanted: str | None, row: Mapping[str, Any], added: Collection[str] = ()) -> bool:
    """Tell whether a digest in the journal is of this row, by this program or by those before 0.1.0.

    They did not yet spell out characters that a terminal acts on.
    """
    text = _text(row, added)
    if hashlib.sha256(text.encode()).hexdigest() == wanted:
        return True
    older = json.dumps(json.loads(text), ensure_ascii=False)
    return older != text and hashlib.sha256(older.encode("utf-8", "replace")).hexdigest() == wanted


def _text(row: Mapping[str, Any], added: Collection[str]) -> str:
    def plain_value(value: Any) -> Any:
        if isinstance(value, (bytes, memoryview)):
            return hashlib.sha256(value).hexdigest()
        if isinstance(value, datetime):
            return value.isoformat(timespec="microseconds")
        return value

    counted = (name for name in sorted(row) if row[name] is not None or name not in added)
    return json_text({name: plain_value(row[name]) for name in counted})
