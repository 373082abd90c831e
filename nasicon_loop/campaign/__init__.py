"""Which composition to make next, and why: decisions over values; no file, no database, no clock.

`propose` is the whole of it: it streams charge-neutral candidates, asks a model for its predictive distribution,
scores by expected improvement on the epistemic part, picks a batch spread over dopants and says why in words.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nasicon_loop.campaign.acquiring import ACQUISITION_WORDS, ACQUISITIONS, Best, checked, novelty
    from nasicon_loop.campaign.acquisition import expected_improvement, probability_above
    from nasicon_loop.campaign.batch import incumbent, propose
    from nasicon_loop.campaign.candidates import (
        BLOCKED_ELEMENTS,
        Key,
        Settings,
        composition_key,
        readable_keys,
        stream_candidates,
    )
    from nasicon_loop.campaign.changes import describe_changes
    from nasicon_loop.campaign.diversity import merged, spread_places
    from nasicon_loop.campaign.electrochemical import Window, window_width_v, windows
    from nasicon_loop.campaign.feasibility import chances, limits
    from nasicon_loop.campaign.joint import joint_of, lesson
    from nasicon_loop.campaign.learned import learned_chances
    from nasicon_loop.campaign.lifecycle import STATES, Life, Step, lives
    from nasicon_loop.campaign.parts import PART_UNITS, PARTS, WEIGHTS, Scale, diffusion_log10, weights_used
    from nasicon_loop.campaign.ranks import spearman
    from nasicon_loop.campaign.reasons import literature
    from nasicon_loop.campaign.repeating import groups, scatter
    from nasicon_loop.campaign.scores import element_scores
    from nasicon_loop.campaign.scoring import (
        DopantScore,
        PairScore,
        PaperCompound,
        PaperPlace,
        Scoring,
        measured_values,
        pairs_of,
        paper_compounds,
        score_dopants,
        single_hits,
    )
    from nasicon_loop.campaign.screening import By, Hit, Question, Screened, evaluate, screen_blocks
    from nasicon_loop.campaign.space import Block, blocks, coarse_pairs, double_doped, fine, grouped, in_block
    from nasicon_loop.campaign.values import (
        Acquires,
        Candidate,
        Choice,
        ElementScore,
        Kind,
        Known,
        Outcome,
        OwnPellet,
        Previous,
        Proposal,
        Result,
        Screens,
    )

__all__ = [
    "ACQUISITIONS",
    "ACQUISITION_WORDS",
    "BLOCKED_ELEMENTS",
    "PARTS",
    "PART_UNITS",
    "STATES",
    "WEIGHTS",
    "Acquires",
    "Best",
    "Block",
    "By",
    "Candidate",
    "Choice",
    "DopantScore",
    "ElementScore",
    "Hit",
    "Key",
    "Kind",
    "Known",
    "Life",
    "Outcome",
    "OwnPellet",
    "PairScore",
    "PaperCompound",
    "PaperPlace",
    "Previous",
    "Proposal",
    "Question",
    "Result",
    "Scale",
    "Scoring",
    "Screened",
    "Screens",
    "Settings",
    "Step",
    "Window",
    "blocks",
    "chances",
    "checked",
    "coarse_pairs",
    "composition_key",
    "describe_changes",
    "diffusion_log10",
    "double_doped",
    "element_scores",
    "evaluate",
    "expected_improvement",
    "fine",
    "grouped",
    "groups",
    "in_block",
    "incumbent",
    "joint_of",
    "learned_chances",
    "lesson",
    "limits",
    "literature",
    "lives",
    "measured_values",
    "merged",
    "novelty",
    "pairs_of",
    "paper_compounds",
    "probability_above",
    "propose",
    "readable_keys",
    "scatter",
    "score_dopants",
    "screen_blocks",
    "single_hits",
    "spearman",
    "spread_places",
    "stream_candidates",
    "weights_used",
    "window_width_v",
    "windows",
]

_HOMES = {
    "lesson": "joint",
    "joint_of": "joint",
    "learned_chances": "learned",
    "novelty": "acquiring",
    "groups": "repeating",
    "scatter": "repeating",
    "Kind": "values",
    "Acquires": "values",
    "OwnPellet": "values",
    "Outcome": "values",
    "lives": "lifecycle",
    "Step": "lifecycle",
    "STATES": "lifecycle",
    "Life": "lifecycle",
    "checked": "acquiring",
    "Best": "acquiring",
    "ACQUISITION_WORDS": "acquiring",
    "ACQUISITIONS": "acquiring",
    "BLOCKED_ELEMENTS": "candidates",
    "Block": "space",
    "By": "screening",
    "Candidate": "values",
    "Choice": "values",
    "DopantScore": "scoring",
    "ElementScore": "values",
    "Hit": "screening",
    "Key": "candidates",
    "Known": "values",
    "PARTS": "parts",
    "PART_UNITS": "parts",
    "PairScore": "scoring",
    "PaperCompound": "scoring",
    "PaperPlace": "scoring",
    "Previous": "values",
    "Proposal": "values",
    "Question": "screening",
    "Result": "values",
    "Scale": "parts",
    "Scoring": "scoring",
    "Screened": "screening",
    "Screens": "values",
    "Settings": "candidates",
    "WEIGHTS": "parts",
    "Window": "electrochemical",
    "blocks": "space",
    "chances": "feasibility",
    "coarse_pairs": "space",
    "composition_key": "candidates",
    "describe_changes": "changes",
    "diffusion_log10": "parts",
    "double_doped": "space",
    "element_scores": "scores",
    "evaluate": "screening",
    "expected_improvement": "acquisition",
    "fine": "space",
    "grouped": "space",
    "in_block": "space",
    "incumbent": "batch",
    "limits": "feasibility",
    "literature": "reasons",
    "measured_values": "scoring",
    "merged": "diversity",
    "pairs_of": "scoring",
    "paper_compounds": "scoring",
    "probability_above": "acquisition",
    "propose": "batch",
    "readable_keys": "candidates",
    "score_dopants": "scoring",
    "screen_blocks": "screening",
    "single_hits": "scoring",
    "spearman": "ranks",
    "spread_places": "diversity",
    "stream_candidates": "candidates",
    "weights_used": "parts",
    "window_width_v": "electrochemical",
    "windows": "electrochemical",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
