"""Scoring all candidates with a model, and what each dopant promises at its best."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nasicon_loop.campaign.acquisition import Floats, acquire
from nasicon_loop.campaign.candidates import Settings, stream_candidates
from nasicon_loop.campaign.feasibility import feasibility, limits, rule_of
from nasicon_loop.campaign.learned import learned_chances, readable
from nasicon_loop.campaign.reasons import Literature, literature
from nasicon_loop.campaign.values import Candidate, ElementScore, Known, Outcome, Predicts
from nasicon_loop.chemistry import Composition, dopants
from nasicon_loop.core import Refusal


@dataclass(frozen=True, slots=True)
class Scored:
    """Candidates with the model's prediction, chance of one dense phase and expected gain times it, all (n,).

    `learned` says in words which of the lab's samples moved the chance; "" where none did.
    """

    candidates: tuple[Candidate, ...]
    prediction: Any
    acquisition: Floats
    feasibility: Floats
    learned: tuple[str, ...] = ()


def ask(model: Predicts, compositions: Sequence[Composition]) -> Any:
    """Return the model's prediction; a Refusal when it gave back another number of rows, or not finite numbers."""
    prediction = model.predict(compositions)
    if len(prediction.mean) != len(compositions):
        raise Refusal(f"gave {len(prediction.mean)} predictions for {len(compositions)} compositions", "model")
    if not (np.isfinite(prediction.mean).all() and np.isfinite(prediction.epistemic_sd).all()):
        raise Refusal("gave predictions that are not numbers: train again", "model")
    return prediction


def score(
    model: Predicts,
    candidates: Sequence[Candidate],
    best: float,
    *,
    rows: Literature,
    settings: Settings,
    outcomes: Sequence[Outcome] = (),
) -> Scored:
    """Predict all candidates at 25 °C; the acquisition is expected improvement over `best` times the chance of one
    dense phase: the rule of thumb, moved by the lab's own `outcomes`."""
    prediction = ask(model, [candidate.composition for candidate in candidates])
    limit = limits(rows, settings)
    rule = np.array([feasibility(candidate, limit[candidate.dopant]) for candidate in candidates])
    made = readable(outcomes)
    learned = learned_chances(candidates, rule, made, np.array([rule_of(one.formula, limit) for one in made]))
    gain = acquire(prediction, best) * learned.chance
    return Scored(tuple(candidates), prediction, gain, learned.chance, learned.words)


def best_by_element(scored: Scored, rows: Literature, settings: Settings) -> tuple[ElementScore, ...]:
    """Return one score per dopant of the table, in the table's order."""
    best: dict[str, int] = {}
    for k, candidate in enumerate(scored.candidates):
        now = best.get(candidate.dopant)
        if now is None or scored.acquisition[k] > scored.acquisition[now]:
            best[candidate.dopant] = k
    return tuple(
        _element_score(symbol, best.get(symbol), scored, rows.support(symbol), settings.is_blocked(dopant))
        for symbol, dopant in dopants().items()
    )


def _element_score(symbol: str, k: int | None, scored: Scored, n_rows: int, is_blocked: bool) -> ElementScore:
    if k is None:
        return ElementScore(symbol, None, None, None, None, n_rows, is_blocked)
    return ElementScore(
        symbol,
        scored.candidates[k].formula,
        float(scored.prediction.mean[k]),
        float(scored.prediction.sd[k]),
        float(scored.acquisition[k]),
        n_rows,
        is_blocked,
    )


def element_scores(
    model: Predicts, *, known: Sequence[Known] = (), best: float, settings: Settings | None = None
) -> tuple[ElementScore, ...]:
    """Return the best expected improvement per dopant over `best`, with its mean, sd and number of measured rows."""
    rules = settings or Settings()
    rows = literature(known)
    return best_by_element(score(model, tuple(stream_candidates(rules)), best, rows=rows, settings=rules), rows, rules)
