"""Predicting log10 sigma of doped NASICONs: crystal image, 13-layer CNN, and what the lab's own results correct.

Importing this package is cheap; numpy, torch and scikit-learn load when a name that needs them is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nasicon_loop.predict.crystals import Crystals
    from nasicon_loop.predict.explanation import Explanation, SiteDescriptors, explain
    from nasicon_loop.predict.model import Model, load, train
    from nasicon_loop.predict.nearest import KnownResult, nearest_known
    from nasicon_loop.predict.prediction import CLASS_EDGES, Prediction
    from nasicon_loop.predict.rows import Row, data_hash
    from nasicon_loop.predict.settings import Settings
    from nasicon_loop.predict.structures import crystals_of_structures
    from nasicon_loop.predict.validation import Score, Validation, validate

_HOME = {
    "CLASS_EDGES": "prediction",
    "Crystals": "crystals",
    "Explanation": "explanation",
    "KnownResult": "nearest",
    "Model": "model",
    "Prediction": "prediction",
    "Row": "rows",
    "Score": "validation",
    "Settings": "settings",
    "SiteDescriptors": "explanation",
    "Validation": "validation",
    "crystals_of_structures": "structures",
    "data_hash": "rows",
    "explain": "explanation",
    "load": "model",
    "nearest_known": "nearest",
    "train": "model",
    "validate": "validation",
}

__all__ = [
    "CLASS_EDGES",
    "Crystals",
    "Explanation",
    "KnownResult",
    "Model",
    "Prediction",
    "Row",
    "Score",
    "Settings",
    "SiteDescriptors",
    "Validation",
    "crystals_of_structures",
    "data_hash",
    "explain",
    "load",
    "nearest_known",
    "train",
    "validate",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
