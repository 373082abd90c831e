"""CIF text from anywhere, through pymatgen: what composition it holds, and whether a structure makes sense."""

import warnings
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from nasicon_loop.chemistry.composition import Composition
from nasicon_loop.chemistry.errors import FormulaError
from nasicon_loop.chemistry.periodic_table import elements
from nasicon_loop.core import plain

if TYPE_CHECKING:
    from pymatgen.core.structure import Structure

MAX_CIF_BYTES = 5_000_000
MAX_CIF_LINE = 2048
"""The CIF standard's own limit; readers take quadratic time over longer lines."""
MAX_CIF_POSITIONS = 50_000
"""Atoms listed times symmetry operations; a NASICON needs a few hundred."""
MIN_FRAMEWORK_DISTANCE_ANGSTROM = 1.3
"""The shortest bond of the framework is P-O, 1.5 Å; anything closer is an overlap."""
_OCCUPANCY_TOLERANCE = 1.005
_DECIMALS = 5
# what pymatgen raises on malformed text, by experience with broken files
_MALFORMED = (
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    RecursionError,
    NotImplementedError,
)


@dataclass(frozen=True, slots=True)
class CifCheck:
    """What pymatgen makes of a CIF. Distances in Å among framework atoms (M, X, O), occupancy above one half."""

    composition: Composition
    space_group: str
    space_group_number: int
    n_positions: int
    volume_angstrom3: float
    density_g_cm3: float
    shortest_distance_angstrom: float


def composition_of_cif(text: str, name: str | None = None) -> Composition:
    """Return the NASICON composition in a CIF, per formula unit of about 12 O, amounts rounded to 5 decimals.

    Partial occupancies count; oxidation states are ignored. `name` is the file's name for messages. Raises FormulaError
    for text above 5 MB, malformed CIF, several structures, occupancies above one, elements that we do not know, and
    anything that is not a NASICON.
    """
    return composition_in(read_structure(text, name), name)


def check_cif(text: str, name: str | None = None) -> CifCheck:
    """Return what a CIF holds, after checking that it can be a NASICON.

    The space group is found anew from the positions. Raises FormulaError as `composition_of_cif` does, and when
    framework atoms overlap.
    """
    from pymatgen.symmetry.analyzer import SpacegroupAnalyzer

    structure = read_structure(text, name)
    composition = composition_in(structure, name)
    shortest = _shortest_framework_distance(structure, {symbol for symbol, _ in composition.sites().a})
    if shortest < MIN_FRAMEWORK_DISTANCE_ANGSTROM:
        raise FormulaError(f"framework atoms overlap: two are {shortest:.2f} Å apart", name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        analyzer = SpacegroupAnalyzer(structure, symprec=0.01)
        symbol, number = analyzer.get_space_group_symbol(), analyzer.get_space_group_number()
    return CifCheck(
        composition=composition,
        space_group=symbol,
        space_group_number=number,
        n_positions=len(structure),
        volume_angstrom3=float(structure.volume),
        density_g_cm3=float(structure.density),
        shortest_distance_angstrom=shortest,
    )


def read_structure(text: str, name: str | None) -> "Structure":
    """Return the one structure in a CIF, symmetry applied, within the bounds of this module; else FormulaError."""
    if len(text) > MAX_CIF_BYTES:
        raise FormulaError(f"a CIF has at most {MAX_CIF_BYTES // 1_000_000} MB, this has {len(text) / 1e6:.1f}", name)
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]  # pymatgen is slow over many empty lines
    if any(len(line) > MAX_CIF_LINE for line in lines):
        raise FormulaError(f"is not a CIF: a line has more than {MAX_CIF_LINE} characters", name)
    from pymatgen.io.cif import CifParser

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pymatgen warns of every rounding it does; what matters is checked below
        try:
            parser = CifParser.from_str("\n".join(lines), occupancy_tolerance=_OCCUPANCY_TOLERANCE)
            _refuse_too_many(parser, name)
            structures = parser.parse_structures(primitive=False, on_error="raise")
        except _MALFORMED as error:
            raise FormulaError(f"is not a readable CIF: {plain(error)}", name) from error
    if len(structures) != 1:
        raise FormulaError(f"holds {len(structures)} structures, one is needed", name)
    structure: Structure = structures[0]
    return structure


def _refuse_too_many(parser: object, name: str | None) -> None:
    blocks = parser._cif.data.values()  # type: ignore[attr-defined]  # no public way to look before it builds
    for block in blocks:
        n_atoms = len(block.data.get("_atom_site_fract_x", ()))
        keys = ("_symmetry_equiv_pos_as_xyz", "_space_group_symop_operation_xyz", "_space_group_symop.operation_xyz")
        n_operations = max((len(block.data[key]) for key in keys if isinstance(block.data.get(key), list)), default=192)
        if n_atoms * n_operations > MAX_CIF_POSITIONS:
            raise FormulaError(f"{n_atoms} atoms times {n_operations} symmetry operations are too many", name)


def composition_in(structure: "Structure", name: str | None) -> Composition:
    """Return the composition of a structure that is a NASICON, per formula unit of about 12 O; else FormulaError."""
    amounts: dict[str, Fraction] = {}
    for position in structure:
        for species, occupancy in position.species.items():
            symbol = getattr(species, "symbol", str(species))
            if symbol not in elements():
                raise FormulaError(f"holds {plain(symbol, limit=20)!r}, which we do not know", name)
            amounts[symbol] = amounts.get(symbol, Fraction(0)) + Fraction(float(occupancy))
    n_formulas = max(1, round(amounts.get("O", Fraction(0)) / 12))
    try:
        composition = Composition.of({s: amount / n_formulas for s, amount in amounts.items()}).rounded(_DECIMALS)
        composition.sites()
    except FormulaError as error:
        raise FormulaError(str(error), name) from error
    return composition


def _shortest_framework_distance(structure: "Structure", cavity_ions: set[str]) -> float:
    import numpy as np

    kept = [
        i
        for i, position in enumerate(structure)
        if not {getattr(s, "symbol", str(s)) for s in position.species} <= cavity_ions
        and sum(position.species.values()) > 0.5
    ]
    distances = structure.lattice.get_all_distances(structure.frac_coords[kept], structure.frac_coords[kept])
    np.fill_diagonal(distances, np.inf)
    return float(distances.min())
