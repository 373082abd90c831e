"""Time as a value that can be handed in, so that tests and replays can set it."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the current time, aware and in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the current time, aware and in UTC."""
        return datetime.now(UTC)


def utc_iso(moment: datetime) -> str:
    """Return an aware moment as ISO 8601 text in UTC, to the second.

    Raises ValueError for a naive datetime: a time without an offset is a guess.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without an offset cannot be written")
    return moment.astimezone(UTC).isoformat(timespec="seconds")
