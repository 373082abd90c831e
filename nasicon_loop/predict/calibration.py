"""Do intervals hold what they promise? The curve that says so; nothing heavy is needed for it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

COVERAGE_LEVELS = tuple(round(0.05 * k, 2) for k in range(1, 20))
"""Central intervals that a calibration curve asks about: 5 % to 95 %."""


def coverage_of(pit: Array, levels: Sequence[float] = COVERAGE_LEVELS) -> tuple[float, ...]:
    """Return the share of values inside the central interval of each nominal level.

    `pit` (n,) are the probabilities that the distributions put below the measured values. A perfect model's shares are
    the levels.
    """
    distance = 2 * np.abs(pit - 0.5)
    return tuple(float((distance <= level).mean()) for level in levels)
