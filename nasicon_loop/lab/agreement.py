"""Where the rows of the data room contradict each other: pure comparison of values, nothing is averaged or dropped."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from statistics import NormalDist, median

from nasicon_loop.chemistry import Composition, FormulaError
from nasicon_loop.lab.learning import LITERATURE_SD_DEX

CHANCE = 0.05
"""How often sources that measured equally well may be flagged all the same."""
SAME_TEMPERATURE_C = 5.0
"""With 0.3 to 0.35 eV sigma changes by about 4 % per kelvin: 0.09 dex over this range, little beside the scatter."""
SAME_MEASUREMENT_C = 1.0
ROUNDING_DEX = 0.02
"""Two values this near are one value that was rounded twice: 5 %, half a step of the second digit at 1.0."""
STABLE_WITHIN_EV = 0.025
"""Energies above the hull farther apart than the limit of what can be expected to exist lead to other conclusions."""
SAME_ENERGY_EV = 0.001
DEVIATES_BEYOND = 2.0
_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Told:
    """One value that somebody tells: `log10_sigma` of S/cm, or `energy_ev` per atom.

    `row` finds it in the lab, `where` is the line of the file that it came from.
    """

    row: str
    formula: str
    source: str
    where: str = ""
    kind: str = ""
    temperature_c: float | None = None
    log10_sigma: float | None = None
    energy_ev: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Values of one composition that ought to agree. `spread` is the greatest difference, in dex or eV/atom."""

    composition: str
    values: tuple[Told, ...]
    n_sources: int
    spread: float
    limit: float
    is_flagged: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """A pellet of the lab beside what is published of its composition, all as log10 of S/cm near 25 °C.

    `difference` is the pellet's value minus the median; `in_sd` the same over the sd that a new laboratory's value has
    about the median of n reports, with the pellet's own.
    """

    pellet: str
    composition: str
    log10_sigma: float
    log10_sigma_sd: float
    published: tuple[Told, ...]
    median: float
    difference: float
    in_sd: float
    is_flagged: bool


@lru_cache(maxsize=16384)
def composition_key(formula: str) -> str:
    """Return a formula on 12 O in canonical order: Na3Zr2(SiO4)2PO4 and Na6Zr4Si4P2O24 are Na3Zr2Si2PO12.

    What cannot be put on 12 O stands for itself.
    """
    try:
        return Composition.parse(formula).normalised().rounded(_DECIMALS).formula
    except FormulaError:
        return formula


def spread_limit(n_pairs: int) -> float:
    """Return the difference (dex) that the greatest of n pairs exceeds by chance once in twenty groups.

    Two laboratories that measure the same differ by sqrt(2) x 0.44 dex (one sd): 1.2 dex is twice that. Of more pairs
    the greatest is greater, so the limit grows (Bonferroni).
    """
    return math.sqrt(2) * LITERATURE_SD_DEX * NormalDist().inv_cdf(1 - CHANCE / (2 * max(n_pairs, 1)))


def across_sources(values: Iterable[Told]) -> list[Group]:
    """Return values of one composition, kind and temperature from two sources or more; the greatest excess first."""
    found = []
    for composition, alike in _alike(values, SAME_TEMPERATURE_C, by_source=False):
        apart = [_apart(one, other) for one, other in combinations(alike, 2) if one.source != other.source]
        if apart:
            limit = spread_limit(len(apart))
            found.append(_group(composition, alike, max(apart), limit))
    return sorted(found, key=lambda group: (group.limit - group.spread, group.composition))


def within_sources(values: Iterable[Told]) -> list[Group]:
    """Return values that one source gives twice and differently for one composition, kind and temperature."""
    found = []
    for composition, alike in _alike(values, SAME_MEASUREMENT_C, by_source=True):
        apart = max((_apart(one, other) for one, other in combinations(alike, 2)), default=0.0)
        if apart > ROUNDING_DEX:
            found.append(_group(composition, alike, apart, ROUNDING_DEX))
    return sorted(found, key=lambda group: (-group.spread, group.composition))


def bulk_below_total(values: Iterable[Told]) -> list[Group]:
    """Return what cannot be: the total resistance has the bulk's in it, so no total is above the bulk's conductivity.

    Of several pellets of one source the best bulk is held against the best total.
    """
    found = []
    kept = [one for one in values if one.kind in ("bulk", "total")]
    for composition, alike in _alike(kept, SAME_MEASUREMENT_C, by_source=True, by_kind=False):
        best = {
            kind: max((one.log10_sigma or 0.0 for one in alike if one.kind == kind), default=None)
            for kind in ("bulk", "total")
        }
        if best["bulk"] is None or best["total"] is None:
            continue
        excess = best["total"] - best["bulk"]
        if excess > ROUNDING_DEX:
            found.append(_group(composition, alike, excess, ROUNDING_DEX))
    return sorted(found, key=lambda group: (-group.spread, group.composition))


def energies_apart(values: Iterable[Told]) -> list[Group]:
    """Return compositions whose computed energies above the hull (eV/atom) differ, the greatest difference first."""
    by_composition: dict[str, list[Told]] = {}
    for one in values:
        by_composition.setdefault(composition_key(one.formula), []).append(one)
    found = []
    for composition, alike in by_composition.items():
        energies = [one.energy_ev or 0.0 for one in alike]
        if max(energies) - min(energies) > SAME_ENERGY_EV:
            found.append(_group(composition, alike, max(energies) - min(energies), STABLE_WITHIN_EV))
    return sorted(found, key=lambda group: (-group.spread, group.composition))


def beside_published(
    pellet: str, formula: str, log10_sigma: float, log10_sigma_sd: float, published: Sequence[Told]
) -> Beside | None:
    """Return a pellet beside published values of its composition; None when nothing is published of it."""
    composition = composition_key(formula)
    same = tuple(one for one in published if composition_key(one.formula) == composition)
    if not same:
        return None
    middle = median(one.log10_sigma or 0.0 for one in same)
    difference = log10_sigma - middle
    sd = math.hypot(log10_sigma_sd, LITERATURE_SD_DEX * math.sqrt(1 + 1 / len(same)))
    return Beside(
        pellet,
        composition,
        log10_sigma,
        log10_sigma_sd,
        same,
        middle,
        difference,
        difference / sd,
        abs(difference) > DEVIATES_BEYOND * sd,
    )


def _apart(one: Told, other: Told) -> float:
    return abs((one.log10_sigma or 0.0) - (other.log10_sigma or 0.0))


def _group(composition: str, values: Sequence[Told], spread: float, limit: float) -> Group:
    return Group(composition, tuple(values), len({one.source for one in values}), spread, limit, spread > limit)


def _alike(
    values: Iterable[Told], within_c: float, *, by_source: bool, by_kind: bool = True
) -> list[tuple[str, list[Told]]]:
    """Return (composition, values) of two or more that are alike, at temperatures that span at most `within_c`."""
    keyed: dict[tuple[str, str, str], list[Told]] = {}
    for one in values:
        key = (composition_key(one.formula), one.kind if by_kind else "", one.source if by_source else "")
        keyed.setdefault(key, []).append(one)
    found = []
    for (composition, _, _), same in sorted(keyed.items()):
        left = sorted(same, key=lambda one: (one.temperature_c or 0.0, one.log10_sigma or 0.0, one.row))
        while left:
            lowest = left[0].temperature_c or 0.0
            near = [one for one in left if (one.temperature_c or 0.0) - lowest <= within_c]
            left = left[len(near) :]
            if len(near) > 1:
                found.append((composition, near))
    return found
