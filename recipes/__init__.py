"""Making: from a target composition to precursors, masses, furnace programs, press and bench sheet."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recipes.balance import RejectedSet
    from recipes.bench_sheet import sheet
    from recipes.document import from_dict, to_dict
    from recipes.excess import ExcessBasis
    from recipes.facts import DopantFact, crucible_ceilings_c, dopant_facts
    from recipes.furnace import FurnaceProgram, Hold, Segment
    from recipes.planning import plan
    from recipes.precursors import Precursor, precursor_table
    from recipes.pressing import density_g_cm3, die_for_fired_mm, force_kn, gauge_bar, relative_density, tonnes_force
    from recipes.protocol import Condition, Protocol, Step, protocols
    from recipes.values import MasterMix, PrecursorMass, Pressing, Recipe, RecipeStep, Weighed
    from recipes.weighing import rescaled, weighed_composition

__all__ = [
    "Condition",
    "DopantFact",
    "ExcessBasis",
    "FurnaceProgram",
    "Hold",
    "MasterMix",
    "Precursor",
    "PrecursorMass",
    "Pressing",
    "Protocol",
    "Recipe",
    "RecipeStep",
    "RejectedSet",
    "Segment",
    "Step",
    "Weighed",
    "crucible_ceilings_c",
    "density_g_cm3",
    "die_for_fired_mm",
    "dopant_facts",
    "force_kn",
    "from_dict",
    "gauge_bar",
    "plan",
    "precursor_table",
    "protocols",
    "relative_density",
    "rescaled",
    "sheet",
    "to_dict",
    "tonnes_force",
    "weighed_composition",
]

_MODULES = {
    "recipes.balance": ("RejectedSet",),
    "recipes.bench_sheet": ("sheet",),
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
    ),
    "recipes.planning": ("plan",),
    "recipes.precursors": (
        "Precursor",
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
