"""The positions of a real structure as arrays, and which kind of site each is: cavity, octahedron, tetrahedron, oxygen.

The cell may be in any setting; occupancies may be partial; oxidation states are not looked at.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nasicon_loop.chemistry.cif_check import composition_in, read_structure
from nasicon_loop.chemistry.composition import Composition
from nasicon_loop.chemistry.errors import FormulaError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MAX_POSITIONS = 2000
"""In the whole cell; a NASICON's hexagonal cell has 126."""
MAX_AXIS_ANGSTROM = 200.0
_TETRAHEDRON_ANGSTROM, _OCTAHEDRON_ANGSTROM = 1.95, 2.25
"""Largest mean distance to the four (six) nearest oxygens; Ge-O is 1.75 Å on X and 1.88 on M, Ca-O above 2.3 on A."""


@dataclass(frozen=True, eq=False)
class CifPositions:
    """All p positions in the cell of a CIF, symmetry applied."""

    composition: Composition
    lattice_angstrom: "Array"
    """(3, 3), rows are the cell's axes."""
    xyz: "Array"
    """(p, 3) fractional, in [0, 1)."""
    kinds: tuple[str, ...]
    """(p,) "A", "M", "X" or "O"."""
    contents: tuple[tuple[tuple[str, float], ...], ...]
    """(p,) element and occupancy."""

    @property
    def n_formulas(self) -> int:
        """Formula units of A4 M2 (XO4)3 in the cell, by the oxygen."""
        oxygen = sum(amount for site in self.contents for symbol, amount in site if symbol == "O")
        return max(1, round(oxygen / 12))


def positions_of_cif(text: str, name: str | None = None) -> CifPositions:
    """Return the positions in a CIF with their kinds of site; FormulaError as `composition_of_cif` raises it.

    An element that the composition places on one kind of site only decides for its position, the larger occupancy
    winning; a position that holds only elements of two kinds (Ge, Al, Ca) is judged by its oxygens' distances.
    """
    import numpy as np

    structure = read_structure(text, name)
    if len(structure) > MAX_POSITIONS:
        raise FormulaError(f"has {len(structure)} positions in its cell, at most {MAX_POSITIONS} are read", name)
    if not np.abs(structure.lattice.matrix).max() <= MAX_AXIS_ANGSTROM:  # nan is refused too
        raise FormulaError(f"has an axis longer than {MAX_AXIS_ANGSTROM:g} Å", name)
    composition = composition_in(structure, name)
    sites = composition.sites()
    homes: dict[str, set[str]] = {"O": {"O"}}
    for kind, amounts in (("A", sites.a), ("M", sites.m), ("X", sites.x)):
        for symbol, _ in amounts:
            homes.setdefault(symbol, set()).add(kind)
    contents = tuple(
        tuple((getattr(s, "symbol", str(s)), float(amount)) for s, amount in position.species.items() if amount > 0)
        for position in structure
    )
    oxygens = structure.frac_coords[[i for i, site in enumerate(contents) if any(s == "O" for s, _ in site)]]
    kinds = []
    for xyz, site in zip(structure.frac_coords, contents, strict=True):
        kind = _kind(site, homes)
        if len(kind) > 1:
            near = np.sort(structure.lattice.get_all_distances([xyz], oxygens)[0])
            kind = _by_distance(kind, float(near[:4].mean()), float(near[:6].mean()))
        kinds.append(kind)
    lattice = np.array(structure.lattice.matrix, dtype=np.float64)
    return CifPositions(composition, lattice, np.array(structure.frac_coords) % 1.0, tuple(kinds), contents)


def _kind(site: tuple[tuple[str, float], ...], homes: dict[str, set[str]]) -> str:
    """The kind of site that a position's elements decide for; several letters when they leave it open."""
    votes: dict[str, float] = {}
    for symbol, amount in site:
        if len(homes[symbol]) == 1:
            (home,) = homes[symbol]
            votes[home] = votes.get(home, 0.0) + amount
    if votes:
        return max(votes, key=lambda kind: votes[kind])
    return "".join(sorted(set().union(*(homes[symbol] for symbol, _ in site))))


def _by_distance(open_kinds: str, four_angstrom: float, six_angstrom: float) -> str:
    if "X" in open_kinds and four_angstrom < _TETRAHEDRON_ANGSTROM and six_angstrom > 1.15 * four_angstrom:
        return "X"
    if "M" in open_kinds and (six_angstrom < _OCTAHEDRON_ANGSTROM or "A" not in open_kinds):
        return "M"
    return "A" if "A" in open_kinds else open_kinds[-1]
