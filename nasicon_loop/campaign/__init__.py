"""Which composition to make next, and why: decisions over values; no file, no database, no clock.

`propose` is the whole of it: it streams charge-neutral candidates, asks a model for its predictive distribution,
scores by expected improvement on the epistemic part, picks a batch spread over dopants and says why in words.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nasicon_loop.campaign.acquisition import expected_improvement, probability_above
    from nasicon_loop.campaign.batch import Incumbent, incumbent, propose
    from nasicon_loop.campaign.candidates import (
        BLOCKED_ELEMENTS,
        Settings,
        composition_key,
        readable_keys,
        stream_candidates,
    )
    from nasicon_loop.campaign.changes import describe_changes
    from nasicon_loop.campaign.feasibility import limits
    from nasicon_loop.campaign.reasons import literature
    from nasicon_loop.campaign.scores import element_scores
    from nasicon_loop.campaign.screening import Block, Hit, Question, Screened, blocks, fine, merged, screen_block
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
    "Block",
    "Candidate",
    "Choice",
    "ElementScore",
    "Hit",
    "Incumbent",
    "Known",
    "Previous",
    "Proposal",
    "Question",
    "Result",
    "Screened",
    "Settings",
    "blocks",
    "composition_key",
    "describe_changes",
    "element_scores",
    "expected_improvement",
    "fine",
    "incumbent",
    "limits",
    "literature",
    "merged",
    "probability_above",
    "propose",
    "readable_keys",
    "screen_block",
    "stream_candidates",
]

_HOMES = {
    "BLOCKED_ELEMENTS": "candidates",
    "Block": "screening",
    "Candidate": "values",
    "Choice": "values",
    "ElementScore": "values",
    "Hit": "screening",
    "Incumbent": "batch",
    "Known": "values",
    "Previous": "values",
    "Proposal": "values",
    "Question": "screening",
    "Result": "values",
    "Screened": "screening",
    "Settings": "candidates",
    "blocks": "screening",
    "composition_key": "candidates",
    "describe_changes": "changes",
    "element_scores": "scores",
    "expected_improvement": "acquisition",
    "fine": "screening",
    "incumbent": "batch",
    "limits": "feasibility",
    "literature": "reasons",
    "merged": "screening",
    "probability_above": "acquisition",
    "propose": "batch",
    "readable_keys": "candidates",
    "screen_block": "screening",
    "stream_candidates": "candidates",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
