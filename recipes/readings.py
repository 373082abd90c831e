"""Repeated readings of one length: their mean, and how well it is known."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from nasicon_loop.core import Refusal

ENOUGH = 3
"""Fewer readings than this say little about their scatter."""
SPREAD_LIMIT = 0.05
"""Readings that differ by more than this fraction of their mean are not of one flat pellet, or not in one unit."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A length from its readings. `sd` is None for a single one: its uncertainty is not known here."""

    value: float
    sd: float | None
    readings: tuple[float, ...]
    notes: tuple[str, ...]


def reading(name: str, values: Sequence[float], resolution: float) -> Reading:
    """Return the mean of readings and its standard deviation, in the unit of the readings.

    The variance of the mean is s²/n, and resolution²/12 for the last digit (a rectangular distribution), which more
    readings do not make smaller. Raises Refusal for values that are not positive.
    """
    if not values or not all(math.isfinite(value) and value > 0 for value in values):
        raise Refusal("must be positive numbers", name)
    mean = statistics.fmean(values)
    if len(values) == 1:
        note = f"{name}: one reading; {ENOUGH} give it an uncertainty of its own"
        return Reading(mean, None, tuple(values), (note,))
    variance = statistics.variance(values) / len(values) + resolution**2 / 12
    notes = []
    if len(values) < ENOUGH:
        notes.append(f"{name}: {len(values)} readings; take {ENOUGH}")
    spread = (max(values) - min(values)) / mean
    if spread > SPREAD_LIMIT:
        notes.append(f"{name}: the readings differ by {100 * spread:.0f} %; check the unit, or the pellet is a wedge")
    return Reading(mean, math.sqrt(variance), tuple(values), tuple(notes))
