"""Column types: aware UTC times, and JSON that writes our values one way."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import TypeDecorator

from nasicon_loop.core import Refusal, to_json


class NaiveDatetime(DontWrapMixin, Refusal):
    """A time without an offset was given to the database: it would be a guess."""


def in_utc(moment: datetime) -> datetime:
    """Return an aware time in UTC; raises NaiveDatetime for one without an offset."""
    if moment.tzinfo is None:
        raise NaiveDatetime("a time without an offset cannot be stored; give it a time zone", moment.isoformat())
    return moment.astimezone(UTC)


class UtcDatetime(TypeDecorator[datetime]):
    """Aware datetimes, stored in UTC to the microsecond; naive ones are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return `value` in UTC; raises NaiveDatetime."""
        return None if value is None else in_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored time as aware UTC (SQLite keeps no offset, so what was written as UTC is read as UTC)."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def json_text(value: Any) -> str:
    """Return `value` as compact JSON text (our values, arrays and fractions included; NaN becomes null)."""
    return to_json(value, indent=None).encode("utf-8", "replace").decode("utf-8")


def json_value(value: Any) -> Any:
    """Return `value` as it will come back from a JSON column."""
    return json.loads(json_text(value))


def storable(text: str) -> str:
    """Return `text` as every database can keep it: lone surrogates (from odd file names) and NUL are spelled out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")
