"""The cavities of a NASICON framework found from its octahedra and tetrahedra, in any cell setting.

Two octahedra that share three tetrahedra are a lantern. Lanterns stand in columns; A1 is the middle between two of
them. Every tetrahedron lies beside the middle of two A1, and A2 lies on the other side of that middle. Both follow from
the topology, so that empty cavities are found too and no space group is needed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.core import Refusal

Array = NDArray[np.float64]
Places = NDArray[np.int64]

A2_BEYOND_THE_MIDDLE = (0.63967 - 0.5) / (0.5 - 0.29544)
"""Distance of A2 from the middle of two A1 over that of X, from the prototype's positions on the axis (x, 0, 1/4)."""
MAX_IMAGES = 300_000
"""Positions times neighbouring cells; a NASICON's hexagonal cell needs 10 000 out to 8 Å."""
_LANTERN_REACH_ANGSTROM, _X_REACH_ANGSTROM = 6.0, 4.2  # M-M in a lantern is 4.1 to 4.9 Å, M-X 3.0 to 3.6 Å
_COLUMN_REACH_ANGSTROM, _COLUMN_COSINE = 8.5, 0.9
"""M-A1-M is 5.3 to 6.9 Å, in line with the lantern; the octahedra of other columns lie 33° and more off that line."""
_TRIGONAL_SPREAD = 0.003
"""Six A1 around an A1 are equally far in R-3c; in C2/c at room temperature their distances spread by 0.6 %."""


@dataclass(frozen=True, eq=False)
class Framework:
    """Cavities of a cell with f formula units."""

    a1: Array
    """(f, 3) fractional."""
    a2: Array
    """(3 f, 3) fractional."""
    column_period_angstrom: float
    """A1 to A1 along a column of lanterns: half the hexagonal c."""
    is_trigonal: bool


def neighbours(
    lattice: Array, centres: Array, others: Array, reach_angstrom: float
) -> tuple[Places, Places, Places, Array]:
    """Return (centre, other, cell of the other (k, 3), distance in Å) of all pairs nearer than `reach_angstrom`.

    Coordinates are fractional. A position is its own neighbour at distance zero. Raises Refusal for a cell so flat that
    the neighbouring cells are too many.
    """
    spans = np.floor(reach_angstrom * np.linalg.norm(np.linalg.inv(lattice), axis=0) + 1.0)
    if not np.isfinite(spans).all() or np.prod(2.0 * spans + 1.0) * len(others) > MAX_IMAGES:
        raise Refusal("its cell is too flat or too large to look for neighbours")
    axes = [np.arange(-n, n + 1) for n in spans.astype(np.int64)]
    cells = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    images = (others[:, None, :] + cells[None, :, :]).reshape(-1, 3) @ lattice
    found: list[tuple[Places, Places, Places, Array]] = []
    for i, centre in enumerate(centres @ lattice):
        distance = np.sqrt(((images - centre) ** 2).sum(axis=1))
        near = np.flatnonzero(distance < reach_angstrom)
        found.append((np.full(len(near), i), near // len(cells), cells[near % len(cells)], distance[near]))
    first, second, cell, distance = (np.concatenate(part) for part in zip(*found, strict=True))
    return first, second, cell, distance


def find_cavities(lattice: Array, on_m: Array, on_x: Array, n_formulas: int) -> Framework:
    """Return the cavities of a framework; `on_m` (2 f, 3), `on_x` (3 f, 3) fractional in [0, 1).

    Raises Refusal when the octahedra do not form the lanterns and columns of a NASICON.
    """
    if (len(on_m), len(on_x)) != (2 * n_formulas, 3 * n_formulas):
        counts = f"{len(on_m)} octahedral and {len(on_x)} tetrahedral positions"
        raise _not_nasicon(f"{counts} in {n_formulas} formula units, not 2 and 3 each")
    within = _lanterns(lattice, on_m, on_x)
    middles, across = _columns(lattice, on_m, within)
    a1 = _distinct(middles, lattice)
    if len(a1) != n_formulas:
        raise _not_nasicon("its lanterns do not stand in columns")
    inside = np.linalg.norm(within @ lattice, axis=1)
    return Framework(a1, _beside(lattice, a1, on_x), float((inside + across).mean()), _is_trigonal(lattice, a1))


def _lanterns(lattice: Array, on_m: Array, on_x: Array) -> Array:
    """Fractional vectors (2 f, 3) from each octahedron to the one it shares three tetrahedra with."""
    m, x, cell, distance = neighbours(lattice, on_m, on_x, _X_REACH_ANGSTROM)
    shells: list[set[tuple[int, ...]]] = []
    for i in range(len(on_m)):
        mine = np.flatnonzero(m == i)
        nearest = mine[np.argsort(distance[mine], kind="stable")[:6]]
        shells.append({(int(x[k]), *(int(n) for n in cell[k])) for k in nearest})
    vectors: dict[int, Array] = {}
    for i, j, shift, apart in zip(*neighbours(lattice, on_m, on_m, _LANTERN_REACH_ANGSTROM), strict=True):
        moved = {(k, *(n + int(s) for n, s in zip(where, shift, strict=True))) for k, *where in shells[j]}
        if apart > 0 and len(shells[i]) == 6 and len(shells[i] & moved) == 3:
            if int(i) in vectors:
                raise _not_nasicon("an octahedron belongs to two lanterns")
            vectors[int(i)] = on_m[j] + shift - on_m[i]
    if len(vectors) != len(on_m):
        raise _not_nasicon("its octahedra do not pair to lanterns that share three tetrahedra")
    return np.array([vectors[i] for i in range(len(on_m))])


def _columns(lattice: Array, on_m: Array, within: Array) -> tuple[Array, Array]:
    """The middles (2 f, 3) to the next octahedron, away from the lantern, and its distance (2 f,) in Å."""
    i, j, shift, apart = neighbours(lattice, on_m, on_m, _COLUMN_REACH_ANGSTROM)
    vectors = on_m[j] + shift - on_m[i]
    inside = within @ lattice
    along = -((vectors @ lattice) * inside[i]).sum(axis=1)
    in_line = along > _COLUMN_COSINE * apart * np.linalg.norm(inside, axis=1)[i] + 1e-9
    middles, across = np.empty_like(on_m), np.empty(len(on_m))
    for k in range(len(on_m)):
        mine = np.flatnonzero((i == k) & in_line)
        if not len(mine):
            raise _not_nasicon("its lanterns do not stand in columns")
        best = mine[apart[mine].argmin()]
        middles[k], across[k] = on_m[k] + vectors[best] / 2.0, apart[best]
    return middles, across


def _beside(lattice: Array, a1: Array, on_x: Array) -> Array:
    i, j, shift, apart = neighbours(lattice, on_x, a1, 6.0)
    centres = np.empty_like(on_x)
    for k, tetrahedron in enumerate(on_x):
        mine = np.flatnonzero(i == k)
        nearest = mine[np.argsort(apart[mine], kind="stable")[:2]]
        if len(nearest) < 2:
            raise _not_nasicon("a tetrahedron has no two cavities beside it")
        middle = (a1[j[nearest]] + shift[nearest]).mean(axis=0)
        centres[k] = (middle + A2_BEYOND_THE_MIDDLE * (middle - tetrahedron)) % 1.0
    return centres


def _is_trigonal(lattice: Array, a1: Array) -> bool:
    i, _, _, apart = neighbours(lattice, a1, a1, 10.0)
    six = np.array([np.sort(apart[(i == k) & (apart > 0.5)])[:6] for k in range(len(a1))])
    return bool((np.ptp(six, axis=1) / six.mean(axis=1)).max() < _TRIGONAL_SPREAD)


def _distinct(points: Array, lattice: Array) -> Array:
    kept: list[Array] = []
    for point in points:
        apart = [np.linalg.norm(((point - other + 0.5) % 1.0 - 0.5) @ lattice) for other in kept]
        if not apart or min(apart) > 0.5:
            kept.append(point)
    return np.array(kept) % 1.0


def _not_nasicon(reason: str) -> Refusal:
    return Refusal(f"is not a NASICON framework: {reason}")
