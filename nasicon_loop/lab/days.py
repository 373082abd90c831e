"""Days, as people write them: 2026-11-22."""

from datetime import date
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal, plain

if TYPE_CHECKING:
    from nasicon_loop.lab.context import Lab


def today(lab: "Lab") -> date:
    """Return the lab's day by its clock, in the computer's time zone."""
    return lab.clock.now().astimezone().date()


def day_of(lab: "Lab", text: str | None) -> str:
    """Return a day as ISO text, today when none is given. Refusal for what is no day, or lies ahead."""
    if text is None:
        return today(lab).isoformat()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refusal("write a day as 2026-11-22", plain(text, limit=40)) from None
    if day > today(lab):
        raise Refusal("this day is still to come", day.isoformat())
    return day.isoformat()


def days_since(lab: "Lab", day: str) -> int:
    """Return how many days ago a day was."""
    return (today(lab) - date.fromisoformat(day)).days
