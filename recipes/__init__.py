"""Making: from a target composition to precursors, masses, furnace programs, press and bench sheet."""

from recipes.balance import RejectedSet
from recipes.document import from_dict, to_dict
from recipes.excess import ExcessBasis
from recipes.facts import DopantFact, crucible_ceilings_c, dopant_facts
from recipes.furnace import FurnaceProgram, Hold, Segment
from recipes.planning import plan
from recipes.precursors import Precursor, precursor_table
from recipes.pressing import density_g_cm3, die_for_fired_mm, force_kn, gauge_bar, relative_density, tonnes_force
from recipes.protocol import Condition, Protocol, Step, protocols
from recipes.sheet import sheet
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
