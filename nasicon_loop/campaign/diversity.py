"""The best, but not a hundred neighbours of one point: a deterministic choice that keeps its distance."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.campaign.choose import AMOUNT_PER_SILICON, MIN_AMOUNT_GAP

if TYPE_CHECKING:
    from nasicon_loop.campaign.screening import Hit, Screened

Floats = NDArray[np.float64]

KEPT_PER_SET = 16
"""So many of one set of dopants are held until all blocks are in: memory grows with the sets, not the candidates."""
_ROUNDING = 1e-9


def spread_places(value: Floats, amounts: Floats, silicon: Floats, n: int) -> list[int]:
    """Return up to `n` places, best `value` (n,) first, each far enough from those before it.

    `amounts` (n, dopants) and `silicon` (n,) per formula unit: the differences of all amounts and 0.24 times that of Si
    add up to at least 0.06, as in a batch of suggestions. Values of minus infinity are never taken; ties go to the
    earlier place.
    """
    chosen: list[int] = []
    left = np.where(np.isfinite(value), value, -np.inf)
    while len(chosen) < n:
        place = int(left.argmax()) if len(left) else -1
        if place < 0 or not np.isfinite(left[place]):
            break
        chosen.append(place)
        gap = np.abs(amounts - amounts[place]).sum(axis=1) + AMOUNT_PER_SILICON * np.abs(silicon - silicon[place])
        left = np.where(gap < MIN_AMOUNT_GAP - _ROUNDING, -np.inf, left)
    return chosen


def merged(parts: "Iterable[Screened]", n_best: int, n_per_set: int = 3) -> "Screened":
    """Return the best `n_best` over all blocks and the best of each set of dopants; the blocks' order does not matter.

    At most `n_per_set` carry the same dopants, and those differ by as much as `spread_places` asks.
    """
    from nasicon_loop.campaign.screening import Screened

    n_candidates = 0
    by_set: dict[tuple[str, ...], list[Hit]] = defaultdict(list)
    for part in parts:
        n_candidates += part.n_candidates
        for hit in part.hits:
            by_set[hit.dopants].append(hit)
        for symbols in {hit.dopants for hit in part.hits}:
            by_set[symbols] = sorted(by_set[symbols], key=lambda hit: hit.rank)[:KEPT_PER_SET]
    picked = [hit for hits in by_set.values() for hit in _spread(hits, n_per_set)]
    leaders = sorted((hits[0] for hits in by_set.values()), key=lambda hit: hit.rank)
    return Screened(n_candidates, tuple(sorted(picked, key=lambda hit: hit.rank)[:n_best]), tuple(leaders))


def _spread(hits: "list[Hit]", n: int) -> "list[Hit]":
    value = np.array([hit.value for hit in hits])
    amounts = np.array([hit.amounts for hit in hits]).reshape(len(hits), -1)
    silicon = np.array([hit.silicon for hit in hits])
    return [hits[place] for place in spread_places(value, amounts, silicon, n)]
