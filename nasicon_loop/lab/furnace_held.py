"""What a furnace really did, from its log: peak, time at the top, and what nobody saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db import FurnaceReading


@dataclass(frozen=True, slots=True)
class Held:
    """`hours` at the top, of which `unseen_hours` lie in gaps of the log; `mean_c` is the mean temperature there.

    Temperatures as the controller shows them; None without a reading (of the furnace, at the top).
    """

    peak_c: float | None
    mean_c: float | None
    hours: float
    unseen_hours: float
    n_readings: int


def held(
    readings: "Sequence[FurnaceReading]", top_c: float, *, within_c: float, longest_s: float, speed: float = 1.0
) -> Held:
    """Return what `readings` show of a dwell at `top_c`.

    The time between two readings counts when both are within `within_c` of the top. Where more than `longest_s` seconds
    lie between them nobody looked: the time counts, because the programmer goes on alone, but it is told apart.
    `speed` is seconds of the furnace per second of the clock (simulators).
    """
    known = [(reading.taken_at, reading.pv_c) for reading in readings if reading.pv_c is not None]
    peak_c = max((pv_c for _, pv_c in known), default=None)
    seconds, unseen_s, weighted = 0.0, 0.0, 0.0
    for (before, before_c), (after, after_c) in pairwise(known):
        passed_s = (after - before).total_seconds()
        if passed_s <= 0 or min(before_c, after_c) < top_c - within_c or max(before_c, after_c) > top_c + within_c:
            continue
        seconds += passed_s
        weighted += passed_s * (before_c + after_c) / 2
        unseen_s += passed_s if passed_s > longest_s else 0.0
    mean_c = weighted / seconds if seconds else None
    return Held(peak_c, mean_c, speed * seconds / 3600, speed * unseen_s / 3600, len(known))
