"""Making: from a target composition to precursors, masses, furnace programs, press and bench sheet."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recipes.balance import RejectedSet
    from recipes.bench_sheet import Marks, sheet
    from recipes.density import LIQUIDS_G_CM3, archimedes_g_cm3
    from recipes.document import from_dict, to_dict
    from recipes.excess import ExcessBasis
    from recipes.facts import DopantFact, crucible_ceilings_c, dopant_facts
    from recipes.furnace import FurnaceProgram, Hold, Segment, essence, joint_program
    from recipes.losses import MassChange, mass_change
    from recipes.planning import plan
    from recipes.precursors import Precursor, find_precursor, precursor_table
    from recipes.pressing import density_g_cm3, die_for_fired_mm, force_kn, gauge_bar, relative_density, tonnes_force
    from recipes.protocol import Condition, Protocol, Step, protocols
    from recipes.readings import Reading, reading
    from recipes.sheet_pdf import pdf_sheet
    from recipes.tolerance import InVessel, in_vessel
    from recipes.values import LotContent, MasterMix, PrecursorMass, Pressing, Recipe, RecipeStep, Weighed
    from recipes.weighing import rescaled, weighed_composition

__all__ = [
    "LIQUIDS_G_CM3",
    "Condition",
    "DopantFact",
    "ExcessBasis",
    "FurnaceProgram",
    "Hold",
    "InVessel",
    "LotContent",
    "Marks",
    "MassChange",
    "MasterMix",
    "Precursor",
    "PrecursorMass",
    "Pressing",
    "Protocol",
    "Reading",
    "Recipe",
    "RecipeStep",
    "RejectedSet",
    "Segment",
    "Step",
    "Weighed",
    "archimedes_g_cm3",
    "crucible_ceilings_c",
    "density_g_cm3",
    "die_for_fired_mm",
    "dopant_facts",
    "essence",
    "find_precursor",
    "force_kn",
    "from_dict",
    "gauge_bar",
    "in_vessel",
    "joint_program",
    "mass_change",
    "pdf_sheet",
    "plan",
    "precursor_table",
    "protocols",
    "reading",
    "relative_density",
    "rescaled",
    "sheet",
    "to_dict",
    "tonnes_force",
    "weighed_composition",
]

_MODULES = {
    "recipes.balance": ("RejectedSet",),
    "recipes.bench_sheet": ("Marks", "sheet"),
    "recipes.density": ("LIQUIDS_G_CM3", "archimedes_g_cm3"),
    "recipes.losses": ("MassChange", "mass_change"),
    "recipes.readings": ("Reading", "reading"),
    "recipes.sheet_pdf": ("pdf_sheet",),
    "recipes.tolerance": ("InVessel", "in_vessel"),
    "recipes.document": (
        "from_dict",
        "to_dict",
    ),
    "recipes.excess": ("ExcessBasis",),
    "recipes.facts": (
        "DopantFact",
        "crucible_ceilings_c",
        "dopant_facts",
    ),
    "recipes.furnace": (
        "FurnaceProgram",
        "Hold",
        "Segment",
        "essence",
        "joint_program",
    ),
    "recipes.planning": ("plan",),
    "recipes.precursors": (
        "Precursor",
        "find_precursor",
        "precursor_table",
    ),
    "recipes.pressing": (
        "density_g_cm3",
        "die_for_fired_mm",
        "force_kn",
        "gauge_bar",
        "relative_density",
        "tonnes_force",
    ),
    "recipes.protocol": (
        "Condition",
        "Protocol",
        "Step",
        "protocols",
    ),
    "recipes.values": (
        "LotContent",
        "MasterMix",
        "PrecursorMass",
        "Pressing",
        "Recipe",
        "RecipeStep",
        "Weighed",
    ),
    "recipes.weighing": (
        "rescaled",
        "weighed_composition",
    ),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
