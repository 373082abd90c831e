"""What the lab's pellets were made or measured in together: they may all be off by the same."""

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db import TeachingRow


def session_of(row: "TeachingRow") -> str | None:
    """Return the session of a result: "load 3" that sintered it, else "2026-11-22", the day of the sweep.

    The load counts more: its reference pellet was fired with the others. A sweep that does not tell its day, in a
    pellet of no load, has no session; the day of the import would be a guess.
    """
    if row.sintering_load is not None:
        return f"load {row.sintering_load}"
    try:
        return datetime.fromisoformat(row.started_at or "").date().isoformat()
    except ValueError:
        return None
