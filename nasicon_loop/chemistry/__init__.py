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
    from nasicon_loop.chemistry.many_cells import CellArrays, cell_arrays
    from nasicon_loop.chemistry.many_dopings import DopedArrays, doped_arrays

__all__ = [
    "ATOMIC_WEIGHTS_NAME",
    "CHARGE_TOLERANCE",
    "Cell",
    "CellArrays",
    "CifCheck",
    "Composition",
    "Dopant",
    "DopedArrays",
    "Element",
    "FormulaError",
    "Prototype",
    "Site",
    "Sites",
    "Substitution",
    "atomic_weight",
    "cell",
    "cell_arrays",
    "check_cif",
    "cif",
    "composition_of_cif",
    "dopants",
    "dope",
    "doped_arrays",
    "element",
    "elements",
    "prototype",
    "substitute",
]


_LATER = {
    "CellArrays": "many_cells",
    "CifCheck": "cif_check",
    "DopedArrays": "many_dopings",
    "cell_arrays": "many_cells",
    "check_cif": "cif_check",
    "composition_of_cif": "cif_check",
    "doped_arrays": "many_dopings",
}
"""What needs numpy or pymatgen, by the module that holds it."""


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
