"""Crystals from structure files: the positions' own distances and occupancies instead of a prototype's."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.chemistry import CifPositions, positions_of_cif
from nasicon_loop.core import Refusal
from nasicon_loop.predict.crystals import Crystals, OwnStructure, crystals, joined
from nasicon_loop.predict.descriptors import vocabulary
from nasicon_loop.predict.framework import Framework, find_cavities, neighbours
from nasicon_loop.predict.geometry import CLASSES, CUTOFF_ANGSTROM, N_DISTANCES, STEP_ANGSTROM

Array = NDArray[np.float64]

PER_FORMULA = {"A1": 1.0, "A2": 3.0, "M": 2.0, "X": 3.0, "O": 12.0}
VOLUME_RANGE_ANGSTROM3 = (180.0, 400.0)
"""Per formula unit: LiGe2(PO4)3 has 201, K and Rb compounds with large tetrahedra stay below 330."""
CAVITY_REACH_ANGSTROM = 2.3
"""An ion farther from the middle of every cavity is in none; sites between A1 and A2 are nearer."""


def crystals_of_structures(texts: Sequence[str]) -> Crystals:
    """Return CIF texts as crystals whose images and contents are those of the structure in the file.

    Partial occupancies, any cell setting, split and empty cavities are fine; oxidation states are not looked at. An ion
    in the cavities is on A1 or A2 by the nearer middle (framework.py). Axes are those of the hexagonal cell with the
    same volume and column; `p_r3c` is one when the cavities' lattice is trigonal, else zero. Raises Refusal
    (FormulaError) for what `positions_of_cif` refuses and for positions that are no NASICON framework.
    """
    read = [_read(text) for text in texts]
    plain = crystals([positions.composition for positions, *_ in read])
    axes = np.array([_axes(positions, framework) for positions, framework, *_ in read]).reshape(-1, 3)
    elements = {name: np.array([amounts[k] for *_, amounts, _ in read]) for k, name in enumerate(CLASSES)}
    return Crystals(
        formulas=plain.formulas,
        amounts=plain.amounts,
        charge=plain.charge,
        a_angstrom=axes[:, 0].copy(),
        c_angstrom=axes[:, 1].copy(),
        p_r3c=axes[:, 2].copy(),
        own=OwnStructure(np.array([counts for *_, counts in read]), elements, np.ones(len(read), dtype=bool)),
    )


def crystals_of_rows(told: Sequence[tuple[str, str | None]], *, needs_ion: bool = True) -> Crystals:
    """Return (formula, CIF text or None) as crystals: on the structure where there is one, else on the prototype.

    Raises Refusal as `crystals` and `crystals_of_structures` do.
    """
    mine = [i for i, (_, structure) in enumerate(told) if structure is not None]
    others = [i for i, (_, structure) in enumerate(told) if structure is None]
    plain = crystals([told[i][0] for i in others], needs_ion=needs_ion)
    if not mine:
        return plain
    batch = joined(plain, crystals_of_structures([str(told[i][1]) for i in mine]))
    return batch.take(np.argsort(np.array(others + mine, dtype=np.int64)))


@lru_cache(maxsize=8192)
def _read(text: str) -> tuple[CifPositions, Framework, Array, Array]:
    """Read once: training looks at every row several times. Nobody changes the arrays."""
    positions = positions_of_cif(text)
    volume = abs(float(np.linalg.det(positions.lattice_angstrom))) / positions.n_formulas
    low, high = VOLUME_RANGE_ANGSTROM3
    if not low <= volume <= high:
        raise Refusal(f"has {volume:.0f} Å^3 per formula unit; a NASICON has {low:.0f} to {high:.0f}")
    kinds, filled = np.array(positions.kinds), np.array([sum(n for _, n in site) for site in positions.contents])
    on_m, on_x = (positions.xyz[(kinds == kind) & (filled > 0.5)] for kind in ("M", "X"))  # without interstitials
    framework = find_cavities(positions.lattice_angstrom, on_m, on_x, positions.n_formulas)
    places = _classes(positions, framework)
    amounts = np.zeros((len(CLASSES), len(vocabulary())))
    column = {symbol: i for i, symbol in enumerate(vocabulary())}
    for place, content in zip(places, positions.contents, strict=True):
        for symbol, occupancy in content:
            amounts[place, column[symbol]] += occupancy / positions.n_formulas
    return positions, framework, amounts, _counts(positions, framework, places)


def _axes(positions: CifPositions, framework: Framework) -> tuple[float, float, float]:
    volume = abs(float(np.linalg.det(positions.lattice_angstrom))) / positions.n_formulas
    c = 2.0 * framework.column_period_angstrom
    return float(np.sqrt(6.0 * volume / c * 2.0 / np.sqrt(3.0))), c, float(framework.is_trigonal)


def _classes(positions: CifPositions, framework: Framework) -> list[int]:
    cavities = np.concatenate([framework.a1, framework.a2])
    ions = [i for i, kind in enumerate(positions.kinds) if kind == "A"]
    classes = [CLASSES.index(kind) if kind in CLASSES else -1 for kind in positions.kinds]
    i, j, _, apart = neighbours(positions.lattice_angstrom, positions.xyz[ions], cavities, CAVITY_REACH_ANGSTROM)
    for k, ion in enumerate(ions):
        mine = np.flatnonzero(i == k)
        if not len(mine):
            inside = ", ".join(symbol for symbol, _ in positions.contents[ion])
            raise Refusal(f"is not a NASICON structure: {inside} stands in no cavity of the framework")
        is_first = j[mine[apart[mine].argmin()]] < len(framework.a1)
        classes[ion] = CLASSES.index("A1" if is_first else "A2")
    return classes


def _counts(positions: CifPositions, framework: Framework, places: list[int]) -> Array:
    """Neighbours (5, 5, N_DISTANCES) as `neighbour_counts` gives them for a prototype.

    Positions weigh by their occupancy over the mean of their class, so that a split or partly ordered site counts as
    much as is there, and a class that holds nothing has the middles of its cavities with weight one.
    """
    place = np.array(places, dtype=np.int64)
    weight = np.array([sum(occupancy for _, occupancy in content) for content in positions.contents])
    xyz = positions.xyz
    for k, name in enumerate(CLASSES):
        there = weight[place == k].sum()
        nominal = PER_FORMULA[name] * positions.n_formulas
        if there > 0:
            weight = np.where(place == k, weight * nominal / there, weight)
            continue
        middles = framework.a1 if name == "A1" else framework.a2
        xyz, weight = np.concatenate([xyz, middles]), np.concatenate([weight, np.ones(len(middles))])
        place = np.concatenate([place, np.full(len(middles), k)])
    counts = np.zeros(len(CLASSES) ** 2 * (N_DISTANCES + 1))
    i, j, _, apart = neighbours(positions.lattice_angstrom, xyz, xyz, CUTOFF_ANGSTROM)
    share_of_centre = weight / np.array([PER_FORMULA[name] for name in CLASSES])[place] / positions.n_formulas
    steps = apart / STEP_ANGSTROM
    left = steps.astype(np.int64)
    for to, part in ((left, left + 1.0 - steps), (left + 1, steps - left)):
        flat = (place[i] * len(CLASSES) + place[j]) * (N_DISTANCES + 1) + to
        counts += np.bincount(flat, part * share_of_centre[i] * weight[j], minlength=len(counts))
    return counts.reshape(len(CLASSES), len(CLASSES), N_DISTANCES + 1)[..., :N_DISTANCES]
