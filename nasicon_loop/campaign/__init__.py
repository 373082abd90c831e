"""Which composition to make next, and why: decisions over values; no file, no database, no clock.

`propose` is the whole of it: it streams charge-neutral candidates, asks a model for its predictive distribution,
scores by expected improvement on the epistemic part, picks a batch spread over dopants and says why in words.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nasicon_loop.campaign.acquisition import expected_improvement, probability_above
    from nasicon_loop.campaign.batch import Incumbent, incumbent, propose
    from nasicon_loop.campaign.candidates import BLOCKED_ELEMENTS, Settings, composition_key, stream_candidates
    from nasicon_loop.campaign.changes import describe_changes
    from nasicon_loop.campaign.scores import element_scores
    from nasicon_loop.campaign.values import (
        Candidate,
        Choice,
        ElementScore,
        Known,
        Previous,
        Proposal,
        Result,
    )

__all__ = [
    "BLOCKED_ELEMENTS",
    "Candidate",
    "Choice",
    "ElementScore",
    "Incumbent",
    "Known",
    "Previous",
    "Proposal",
    "Result",
    "Settings",
    "composition_key",
    "describe_changes",
    "element_scores",
    "expected_improvement",
    "incumbent",
    "probability_above",
    "propose",
    "stream_candidates",
]

_HOMES = {
    "BLOCKED_ELEMENTS": "candidates",
    "Candidate": "values",
    "Choice": "values",
    "ElementScore": "values",
    "Incumbent": "batch",
    "Known": "values",
    "Previous": "values",
    "Proposal": "values",
    "Result": "values",
    "Settings": "candidates",
    "composition_key": "candidates",
    "describe_changes": "changes",
    "element_scores": "scores",
    "expected_improvement": "acquisition",
    "incumbent": "batch",
    "probability_above": "acquisition",
    "propose": "batch",
    "stream_candidates": "candidates",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
