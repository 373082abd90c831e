"""Neighbours per distance column for many cells of one prototype at once, exactly.

A neighbour between two columns is shared linearly by both, so a shell's weight on a column is a hat function of its
distance. Within a range of cells in which a shell stays between the same two columns, it needs no hat: its weights are
linear in the distance. Cells are therefore taken in the order of their volume, some hundreds at a time, and only the
shells that cross a column among them are weighed one by one.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nasicon_loop.predict.geometry import CLASSES, N_DISTANCES, STEP_ANGSTROM, shells

Array = NDArray[np.float64]
Places = NDArray[np.int64]

N_CLASSES = len(CLASSES)
N_PAIRS = N_CLASSES * (N_CLASSES + 1) // 2
"""Pairs of classes without order: who is neighbour of whom, is so in both directions."""
_FIRST, _SECOND = np.triu_indices(N_CLASSES)
PAIR_OF = np.zeros((N_CLASSES, N_CLASSES), dtype=np.int64)
"""(centre, neighbour): the pair's number."""
PAIR_OF[_FIRST, _SECOND] = PAIR_OF[_SECOND, _FIRST] = np.arange(N_PAIRS)
SITES_PER_FORMULA = np.array([1.0, 3.0, 2.0, 3.0, 12.0])
SHARE_OF_PAIR = np.where(
    np.arange(N_CLASSES)[:, None] <= np.arange(N_CLASSES)[None, :],
    1.0,
    SITES_PER_FORMULA[None, :] / SITES_PER_FORMULA[:, None],
)
"""(centre, neighbour): neighbours around one centre as a multiple of the pair's, which are those around its first."""
CELLS_AT_ONCE = 256


@dataclass(frozen=True)
class _Half:
    """Shells whose centre's class is not behind the neighbour's; distances in columns."""

    across: Array
    along: Array
    distance: Array
    """(shells,) in columns at u = 1, v = 0."""
    count: Array
    row: Places
    """Pair times N_DISTANCES: where the shell's column 0 is."""
    reference_volume_angstrom3: float

    @property
    def is_scaled_as_a_whole(self) -> bool:
        """Whether distances are proportional to one length."""
        return not self.along.any()


@lru_cache(maxsize=2)
def _half(phase: str) -> _Half:
    found = shells(phase)
    centre, neighbour = found.pair // N_CLASSES, found.pair % N_CLASSES
    kept = centre <= neighbour
    across, along = found.across[kept] / STEP_ANGSTROM**2, found.along[kept] / STEP_ANGSTROM**2
    row = PAIR_OF[centre[kept], neighbour[kept]] * N_DISTANCES
    return _Half(across, along, np.sqrt(across), found.count[kept], row, found.reference_volume_angstrom3)


def pair_counts(phase: str, a_angstrom: Array, c_angstrom: Array) -> Array:
    """Return (N_PAIRS * N_DISTANCES, n): neighbours by pair of classes (around its first class) and distance column.

    `a_angstrom`, `c_angstrom` (n,) are hexagonal axes with six formula units; give cells of like volume together.
    """
    half = _half(phase)
    u, v = a_angstrom**2, c_angstrom**2
    if phase != "R-3c":
        volume = u * c_angstrom * math.sqrt(3) / 2 / 6
        u, v = (volume / half.reference_volume_angstrom3) ** (2 / 3), np.zeros(len(u))
    counts = np.empty((N_PAIRS * N_DISTANCES, len(u)))
    for start in range(0, len(u), CELLS_AT_ONCE):
        at = slice(start, start + CELLS_AT_ONCE)
        counts[:, at] = _scaled(half, np.sqrt(u[at])) if half.is_scaled_as_a_whole else _stretched(half, u[at], v[at])
    return counts


def _scaled(half: _Half, length: Array) -> Array:
    """Cells that differ in one length: a shell that stays between two columns is linear in it, all of them together."""
    low = np.floor(half.distance * length.min())
    crosses = np.floor(half.distance * length.max()) > low
    left, right = _between_columns(half, low.astype(np.int64), ~crosses)
    constant = left @ (1.0 + low) - right @ low
    slope = (right - left) @ half.distance
    counts: Array = np.multiply.outer(slope, length)
    counts += constant[:, None]
    if crosses.any():
        counts += _hats(half, np.multiply.outer(half.distance[crosses], length), crosses)
    return counts


def _stretched(half: _Half, u: Array, v: Array) -> Array:
    place = np.multiply.outer(half.across, u)
    place += np.multiply.outer(half.along, v)
    np.sqrt(place, out=place)
    low = np.floor(place.min(axis=1))
    crosses = np.floor(place.max(axis=1)) > low
    left, right = _between_columns(half, low.astype(np.int64), ~crosses)
    wide = place[crosses]
    place -= low[:, None]
    counts: Array = (right - left) @ place
    counts += (left @ np.ones(len(low)))[:, None]
    if crosses.any():
        counts += _hats(half, wide, crosses)
    return counts


def _between_columns(half: _Half, low: Places, stays: NDArray[np.bool_]) -> "tuple[csr_matrix, csr_matrix]":
    """Return two matrices (rows, shells) with the shells' counts on the column at their left and at their right."""
    n_shells, n_rows = len(low), N_PAIRS * N_DISTANCES
    matrices = []
    for column in (low, low + 1):
        shell = np.flatnonzero(stays & (column < N_DISTANCES))
        entries = (half.count[shell], (half.row[shell] + column[shell], shell))
        matrices.append(csr_matrix(entries, shape=(n_rows, n_shells)))
    return matrices[0], matrices[1]


def _hats(half: _Half, place: Array, chosen: NDArray[np.bool_]) -> Array:
    """Return the counts (rows, n) of the chosen shells, which stand at `place` (chosen shells, n) in columns."""
    low = place.min(axis=1).astype(np.int64)
    high = np.minimum(place.max(axis=1).astype(np.int64) + 1, N_DISTANCES - 1)
    n_columns = np.maximum(high - low + 1, 0)
    shell = np.repeat(np.arange(len(low)), n_columns)
    column = np.arange(len(shell)) - np.repeat(np.cumsum(n_columns) - n_columns, n_columns) + low[shell]
    weight = place[shell]
    weight -= column[:, None]
    np.abs(weight, out=weight)
    np.subtract(1.0, weight, out=weight)
    np.maximum(weight, 0.0, out=weight)
    entries = (half.count[chosen][shell], (half.row[chosen][shell] + column, np.arange(len(shell))))
    gathered: Array = csr_matrix(entries, shape=(N_PAIRS * N_DISTANCES, len(shell))) @ weight
    return gathered
