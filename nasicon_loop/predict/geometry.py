"""The prototypes' neighbour shells, and how many neighbours stand at which distance in a cell of given size."""

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.chemistry import prototype

Array = NDArray[np.float64]

CLASSES = ("A1", "A2", "M", "X", "O")
"""Site classes: the two cavities, octahedron, tetrahedron, oxygen."""
N_DISTANCES = 32
STEP_ANGSTROM = 0.25
CUTOFF_ANGSTROM = N_DISTANCES * STEP_ANGSTROM
_MARGIN = 1.15  # shells are listed this far beyond the cut-off, since a cell may be smaller than the prototype's
_TERM = re.compile(r"([+-]?)(?:([xyz])|(\d+)(?:/(\d+))?)")


@dataclass(frozen=True)
class Shells:
    """Distinct neighbour distances of a prototype, as parts of a squared distance that scale with two axes.

    Squared distance in Å^2 = `across` u + `along` v. R-3c: u, v are a^2, c^2 of the hexagonal cell. C2/c, which is
    scaled as a whole: u is the squared length ratio to the reference cell, `along` is zero.
    """

    across: Array
    along: Array
    count: Array
    """Neighbours in this shell around one site of the central class, the mean over that class's sites."""
    pair: NDArray[np.int64]
    """Class of the centre times five plus class of the neighbour."""
    reference_volume_angstrom3: float
    """Per formula unit."""


def neighbour_counts(phase: str, a_angstrom: Array, c_angstrom: Array) -> Array:
    """Return (n, 5, 5, N_DISTANCES): neighbours by class of centre, class of neighbour, distance column.

    `a_angstrom`, `c_angstrom` (n,) are hexagonal axes with six formula units; C2/c gets the same volume per formula. A
    site is its own neighbour at distance zero. A neighbour between two columns is shared linearly by both.
    """
    found = shells(phase)
    if phase == "R-3c":
        u, v = a_angstrom**2, c_angstrom**2
    else:
        volume = a_angstrom**2 * c_angstrom * math.sqrt(3) / 2 / 6
        u, v = (volume / found.reference_volume_angstrom3) ** (2 / 3), np.zeros(len(a_angstrom))
    place = np.sqrt(u[:, None] * found.across + v[:, None] * found.along) / STEP_ANGSTROM
    left = place.astype(np.int64)
    share = place - left
    n_pairs, n_columns = len(CLASSES) ** 2, N_DISTANCES + 1  # one more column takes what lies beyond
    rows = np.arange(len(a_angstrom))[:, None] * n_pairs + found.pair
    counts = np.zeros(len(a_angstrom) * n_pairs * n_columns)
    for column, weight in ((left, 1.0 - share), (left + 1, share)):
        flat = rows * n_columns + np.minimum(column, N_DISTANCES)
        counts += np.bincount(flat.ravel(), (weight * found.count).ravel(), minlength=len(counts))
    shape = (len(a_angstrom), len(CLASSES), len(CLASSES), n_columns)
    return np.ascontiguousarray(counts.reshape(shape)[..., :N_DISTANCES])


@lru_cache(maxsize=2)
def shells(phase: str) -> Shells:
    """Return the shells of "R-3c" or "C2/c", out to a little more than the cut-off."""
    form = prototype(phase)
    metric = _metric(form.reference_cell)
    kinds, positions = [], []
    for site in form.sites:
        orbit = _orbit(np.array(site.xyz), form.operations)
        if len(orbit) != site.multiplicity:
            raise ValueError(f"prototype {phase}: {site.label} has {len(orbit)} positions, not {site.multiplicity}")
        positions.append(orbit)
        kinds += [CLASSES.index(site.kind)] * len(orbit)
    xyz, kind = np.concatenate(positions), np.array(kinds, dtype=np.int64)
    reach = CUTOFF_ANGSTROM * _MARGIN
    n_sites = np.bincount(kind, minlength=len(CLASSES))
    merged: dict[tuple[int, int, int], list[float]] = {}
    for i, centre in enumerate(xyz):
        delta, other = _within(centre, xyz, kind, metric, reach)
        across, along = _parts(delta, metric, phase)
        for k, (u, v) in enumerate(zip(across, along, strict=True)):
            pair = int(kind[i]) * len(CLASSES) + int(other[k])
            key = (pair, round(u * 1e6), round(v * 1e6))
            merged.setdefault(key, [float(u), float(v), 0.0])[2] += 1.0 / float(n_sites[kind[i]])
    keys = sorted(merged)
    table = np.array([merged[key] for key in keys])
    volume = math.sqrt(float(np.linalg.det(metric))) / form.formula_units
    across, along, count = (np.ascontiguousarray(column) for column in table.T)
    return Shells(across, along, count, np.array([key[0] for key in keys], dtype=np.int64), volume)


def _metric(cell: tuple[float, float, float, float, float, float]) -> Array:
    lengths, angles = np.array(cell[:3]), np.cos(np.radians(cell[3:]))
    cosines = np.array([[1.0, angles[2], angles[1]], [angles[2], 1.0, angles[0]], [angles[1], angles[0], 1.0]])
    return np.asarray(np.outer(lengths, lengths) * cosines, dtype=np.float64)


def _orbit(xyz: Array, operations: tuple[str, ...]) -> Array:
    distinct: list[Array] = []
    for operation in operations:
        image = _apply(operation, xyz) % 1.0
        if all(np.abs((image - known + 0.5) % 1.0 - 0.5).max() > 1e-4 for known in distinct):
            distinct.append(image)
    return np.array(distinct)


def _apply(operation: str, xyz: Array) -> Array:
    image = []
    for part in operation.split(","):
        value = 0.0
        for sign, letter, top, bottom in _TERM.findall(part.replace(" ", "")):
            size = float(xyz["xyz".index(letter)]) if letter else float(Fraction(int(top), int(bottom or 1)))
            value += -size if sign == "-" else size
        image.append(value)
    return np.array(image)


def _within(
    centre: Array, xyz: Array, kind: NDArray[np.int64], metric: Array, reach: float
) -> tuple[Array, NDArray[np.int64]]:
    inverse = np.linalg.inv(metric)
    spans = [range(-n, n + 1) for n in np.ceil(reach * np.sqrt(np.diag(inverse))).astype(int) + 1]
    cells = np.array([(i, j, k) for i in spans[0] for j in spans[1] for k in spans[2]], dtype=np.float64)
    delta = (xyz[None, :, :] - centre + cells[:, None, :]).reshape(-1, 3)
    square = np.einsum("ni,ij,nj->n", delta, metric, delta)
    is_near = square <= reach**2
    return delta[is_near], np.tile(kind, len(cells))[is_near]


def _parts(delta: Array, metric: Array, phase: str) -> tuple[Array, Array]:
    if phase == "R-3c":
        x, y, z = delta.T
        return x * x + y * y - x * y, z * z
    return np.einsum("ni,ij,nj->n", delta, metric, delta), np.zeros(len(delta))
