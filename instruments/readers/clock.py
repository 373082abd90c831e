"""Windows long dates and times to offset-aware moments, without guessing."""

import re
from datetime import datetime, timedelta, timezone

_MONTHS = {
    "january": 1,
    "february": 2,
    "march": 3,
    "april": 4,
    "may": 5,
    "june": 6,
    "july": 7,
    "august": 8,
    "september": 9,
    "october": 10,
    "november": 11,
    "december": 12,
}
_US_DATE = re.compile(r"(?:[A-Za-z]+,\s*)?([A-Za-z]+)\s+([0-9]{1,2}),\s*([0-9]{4})")
_UK_DATE = re.compile(r"(?:[A-Za-z]+,?\s+)?([0-9]{1,2})\s+([A-Za-z]+),?\s+([0-9]{4})")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\s*([AaPp])\.?[Mm]\.?)?\s*([+-])([0-9]{1,2}):([0-9]{2})")


def started_at(date_text: str, time_text: str) -> str | None:
    """Return the moment as ISO 8601 with the offset the file gives, or None when it cannot be read without a guess.

    Dates: `Thursday, June 20, 2024` (US) and `15 January 2024` (UK), month in English words; times `6:58:13 AM +02:00`
    and `10:43:19 +00:00`. Numeric dates are not read: 6/7/2024 is two days.
    """
    clock = _TIME.fullmatch(time_text.strip())
    day = _day(date_text.strip())
    if clock is None or day is None:
        return None
    hour, minute, second = (int(clock[i]) for i in (1, 2, 3))
    if clock[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if clock[4] in "Pp" else 0)
    offset = timedelta(hours=int(clock[6]), minutes=int(clock[7])) * (-1 if clock[5] == "-" else 1)
    try:
        return datetime(*day, hour, minute, second, tzinfo=timezone(offset)).isoformat()
    except ValueError:  # 31 February, hour 25, an offset of more than a day
        return None


def _day(text: str) -> tuple[int, int, int] | None:
    american, british = _US_DATE.fullmatch(text), _UK_DATE.fullmatch(text)
    if american:
        month, day, year = american[1], american[2], american[3]
    elif british:
        day, month, year = british[1], british[2], british[3]
    else:
        return None
    number = _MONTHS.get(month.lower())
    return None if number is None else (int(year), number, int(day))
