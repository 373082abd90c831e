"""What a NASICON is: formulas, charge, sites, dopants, cells, CIF. Everything exact and without heavy imports."""

from typing import TYPE_CHECKING, Any

from nasicon_loop.chemistry.cells import Cell, cell
from nasicon_loop.chemistry.cif_writing import cif
from nasicon_loop.chemistry.composition import CHARGE_TOLERANCE, Composition
from nasicon_loop.chemistry.doping import Dopant, Substitution, dopants, dope, substitute
from nasicon_loop.chemistry.errors import FormulaError
from nasicon_loop.chemistry.periodic_table import ATOMIC_WEIGHTS_NAME, Element, atomic_weight, element, elements
from nasicon_loop.chemistry.prototypes import Prototype, Site, prototype
from nasicon_loop.chemistry.sites import Sites

if TYPE_CHECKING:
    from nasicon_loop.chemistry.cif_check import CifCheck, check_cif, composition_of_cif
    from nasicon_loop.chemistry.cif_positions import CifPositions, positions_of_cif

__all__ = [
    "ATOMIC_WEIGHTS_NAME",
    "CHARGE_TOLERANCE",
    "Cell",
    "CifCheck",
    "CifPositions",
    "Composition",
    "Dopant",
    "Element",
    "FormulaError",
    "Prototype",
    "Site",
    "Sites",
    "Substitution",
    "atomic_weight",
    "cell",
    "check_cif",
    "cif",
    "composition_of_cif",
    "dopants",
    "dope",
    "element",
    "elements",
    "positions_of_cif",
    "prototype",
    "substitute",
]


def __getattr__(name: str) -> Any:
    if name in ("CifCheck", "check_cif", "composition_of_cif"):
        from nasicon_loop.chemistry import cif_check

        return getattr(cif_check, name)
    if name in ("CifPositions", "positions_of_cif"):
        from nasicon_loop.chemistry import cif_positions

        return getattr(cif_positions, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
