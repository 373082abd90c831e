"""Predicting log10 sigma of doped NASICONs: crystal image, 13-layer CNN, and what the lab's own results correct.

Importing this package is cheap; numpy, torch and scikit-learn load when a name that needs them is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nasicon_loop.predict.calibration import COVERAGE_LEVELS, coverage_of
    from nasicon_loop.predict.crystals import Crystals, doped_crystals
    from nasicon_loop.predict.crystals import crystals as crystals_of
    from nasicon_loop.predict.dopants_left_out import (
        CompoundLeftOut,
        DopantsLeftOut,
        LeftOut,
        leave_dopants_out,
    )
    from nasicon_loop.predict.explanation import Explanation, SiteDescriptors, explain
    from nasicon_loop.predict.held_out import HeldOutRows, read_held_out
    from nasicon_loop.predict.hull import Hull
    from nasicon_loop.predict.hull_validation import StabilityScore, validate_stability
    from nasicon_loop.predict.merging import merged_rows, parts_of
    from nasicon_loop.predict.model import Model, load, train
    from nasicon_loop.predict.nearest import KnownResult, nearest_known
    from nasicon_loop.predict.occlusion import Why, why
    from nasicon_loop.predict.paired import Paired
    from nasicon_loop.predict.prediction import CLASS_EDGES, Prediction, Summary
    from nasicon_loop.predict.rows import Row, StabilityRow, data_hash, stability_hash
    from nasicon_loop.predict.scores import Score
    from nasicon_loop.predict.settings import Settings
    from nasicon_loop.predict.structures import crystals_of_structures
    from nasicon_loop.predict.validation import CNN, HYBRID, Validation, validate

_HOME = {
    "CLASS_EDGES": "prediction",
    "CNN": "validation",
    "COVERAGE_LEVELS": "calibration",
    "CompoundLeftOut": "dopants_left_out",
    "Crystals": "crystals",
    "DopantsLeftOut": "dopants_left_out",
    "Explanation": "explanation",
    "HYBRID": "validation",
    "HeldOutRows": "held_out",
    "Hull": "hull",
    "KnownResult": "nearest",
    "LeftOut": "dopants_left_out",
    "Model": "model",
    "Paired": "paired",
    "Prediction": "prediction",
    "Row": "rows",
    "Score": "scores",
    "Settings": "settings",
    "SiteDescriptors": "explanation",
    "StabilityRow": "rows",
    "StabilityScore": "hull_validation",
    "Summary": "prediction",
    "Validation": "validation",
    "crystals_of_structures": "structures",
    "Why": "occlusion",
    "coverage_of": "calibration",
    "crystals_of": "crystals:crystals",
    "data_hash": "rows",
    "doped_crystals": "crystals",
    "explain": "explanation",
    "leave_dopants_out": "dopants_left_out",
    "load": "model",
    "merged_rows": "merging",
    "parts_of": "merging",
    "nearest_known": "nearest",
    "read_held_out": "held_out",
    "stability_hash": "rows",
    "train": "model",
    "validate": "validation",
    "validate_stability": "hull_validation",
    "why": "occlusion",
}

__all__ = [
    "CLASS_EDGES",
    "CNN",
    "COVERAGE_LEVELS",
    "HYBRID",
    "CompoundLeftOut",
    "Crystals",
    "DopantsLeftOut",
    "Explanation",
    "HeldOutRows",
    "Hull",
    "KnownResult",
    "LeftOut",
    "Model",
    "Paired",
    "Prediction",
    "Row",
    "Score",
    "Settings",
    "SiteDescriptors",
    "StabilityRow",
    "StabilityScore",
    "Summary",
    "Validation",
    "Why",
    "coverage_of",
    "crystals_of",
    "crystals_of_structures",
    "data_hash",
    "doped_crystals",
    "explain",
    "leave_dopants_out",
    "load",
    "merged_rows",
    "nearest_known",
    "parts_of",
    "read_held_out",
    "stability_hash",
    "train",
    "validate",
    "validate_stability",
    "why",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        module, _, inner = _HOME[name].partition(":")  # a function that is called like its module has another name here
        value = getattr(import_module(f"{__name__}.{module}"), inner or name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
