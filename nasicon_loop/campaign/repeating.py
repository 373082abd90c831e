"""When to make something again instead of something new: when noise, not ignorance, limits.

**Replicate.** The value of one more pellet is its knowledge gradient (Frazier, Powell & Dayanik, INFORMS J. Comput. 21
(2009) 599): how much the expected best rises when its result is known. With epistemic sd s and pellet scatter v a
result moves the mean by st = s^2 / sqrt(s^2 + v^2). A new candidate gains E[max(m + st Z - best, 0)] times its chance
of one phase; the best measured composition gains E[max(second + st Z - best, 0)], because only a fall below the second
best would change what is recommended. Where that is more than the last new candidate of the batch gains, and the
composition has fewer than 4 pellets, that place is a replicate.

**Reference.** An undoped pellet tells the lab's drift from the compositions. It takes the last place when none of the
newest 8 pellets is a reference and the lab's results lie beside their predictions as a whole: |sum z| > 3 sqrt(n) for
n >= 4 results with z = (result - predicted) / sd. (What is suggested is where the model hopes most, so results come in
low by selection alone, and their errors are not independent: hence 3 and not 2.)
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nasicon_loop.campaign.acquisition import expected_improvement
from nasicon_loop.campaign.candidates import Key, composition_key
from nasicon_loop.campaign.values import OwnPellet
from nasicon_loop.chemistry import FormulaError

PELLET_SCATTER_DEX = 0.20
"""Between pellets of one powder, until this lab's own replicates say otherwise."""
MIN_DEGREES_OF_FREEDOM = 3
MAX_PELLETS = 4
REFERENCE_EVERY = 8
_MIN_RESULTS = 4
_OFFSET_SD = 3.0


@dataclass(frozen=True, slots=True)
class Group:
    """The pellets of one composition, mean and sd (dex) of one pellet around it."""

    formula: str
    pellets: tuple[OwnPellet, ...]

    @property
    def mean(self) -> float:
        """Mean of log10 sigma."""
        return sum(one.log10_sigma for one in self.pellets) / len(self.pellets)


def groups(pellets: Sequence[OwnPellet]) -> list[Group]:
    """Return the lab's pellets by target composition, in the order of the first pellet; unreadable ones left out."""
    found: dict[Key, list[OwnPellet]] = {}
    for one in pellets:
        try:
            found.setdefault(composition_key(one.formula), []).append(one)
        except (FormulaError, ZeroDivisionError):
            continue
    return [Group(own[0].formula, tuple(own)) for own in found.values()]


def scatter(pellets: Sequence[OwnPellet]) -> tuple[float, int]:
    """Return the sd between pellets of one composition in dex, and its degrees of freedom (0: it is the default)."""
    parts = [group for group in groups(pellets) if len(group.pellets) > 1]
    freedom = sum(len(group.pellets) - 1 for group in parts)
    if freedom < MIN_DEGREES_OF_FREEDOM:
        return PELLET_SCATTER_DEX, 0
    square = sum((one.log10_sigma - group.mean) ** 2 for group in parts for one in group.pellets)
    return max(math.sqrt(square / freedom), 0.01), freedom


def moved_by(epistemic_sd: float, noise_sd: float) -> float:
    """Return the sd (dex) by which one result with this noise moves a mean of this uncertainty."""
    return epistemic_sd**2 / math.sqrt(epistemic_sd**2 + noise_sd**2) if epistemic_sd > 0 else 0.0


def gain_of_new(mean: float, epistemic_sd: float, best: float, noise_sd: float) -> float:
    """Return the knowledge gradient (dex) of measuring a new composition once."""
    return _expected_rise(mean - best, moved_by(epistemic_sd, noise_sd))


def gain_of_repeat(best: float, epistemic_sd: float, second: float, noise_sd: float) -> float:
    """Return the knowledge gradient (dex) of measuring the best composition again."""
    return _expected_rise(second - best, moved_by(epistemic_sd, noise_sd))


def _expected_rise(gap: float, sd: float) -> float:
    return float(expected_improvement(np.array([gap]), np.array([sd]), 0.0)[0])


def offset_z(pellets: Sequence[OwnPellet]) -> tuple[float, int]:
    """Return sum z / sqrt(n) over the results with a prediction, references left out, and n: a standard normal if all
    is well."""
    z = [
        (one.log10_sigma - one.predicted_mean) / math.hypot(one.predicted_sd, one.log10_sigma_sd)
        for one in pellets
        if one.predicted_mean is not None and one.predicted_sd and not one.is_reference
    ]
    return (sum(z) / math.sqrt(len(z)), len(z)) if z else (0.0, 0)


def wants_reference(pellets: Sequence[OwnPellet]) -> str:
    """Return why an undoped reference pellet is asked for, in words; "" when none is."""
    z, n = offset_z(pellets)
    if n < _MIN_RESULTS or abs(z) <= _OFFSET_SD or any(one.is_reference for one in pellets[-REFERENCE_EVERY:]):
        return ""
    side = "above" if z > 0 else "below"
    newest = min(len(pellets), REFERENCE_EVERY)
    return (
        f"{n} results lie {side} their predictions as a whole ({abs(z):.1f} standard errors) and none of the newest "
        f"{newest} pellets is undoped: a reference tells the lab's own offset from the compositions"
    )
