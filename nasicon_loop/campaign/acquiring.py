"""Five ways to value a candidate, all on what the model does not know, all times the chance of one dense phase.

| name | value of a candidate, in dex (novelty: atoms) |
|---|---|
| ei | expected improvement over the best posterior mean |
| nei | the same, but the best itself is uncertain: over the difference of the two |
| ucb | how far mean + 2 epistemic sd lies above the best |
| thompson | how far one joint draw lies above the best; each place of the batch has its own draw |
| novelty | how many atoms away the nearest known composition is |
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nasicon_loop.campaign.acquisition import Floats, acquire, expected_improvement
from nasicon_loop.campaign.candidates import composition_key
from nasicon_loop.campaign.joint import joint_of
from nasicon_loop.campaign.reasons import OTHER_ELEMENT_ATOMS, SODIUM_WEIGHT, Literature
from nasicon_loop.campaign.values import Acquires, Candidate
from nasicon_loop.chemistry import Composition
from nasicon_loop.core import Refusal

ACQUISITIONS: tuple[Acquires, ...] = ("ei", "nei", "ucb", "thompson", "novelty")
ACQUISITION_WORDS = {
    "ei": "expected improvement over the best posterior mean",
    "nei": "expected improvement over a best that is itself uncertain",
    "ucb": "upper confidence bound, mean plus two epistemic sd",
    "thompson": "one joint draw of what could be true for each place",
    "novelty": "distance from everything known",
}
KAPPA = 2.0
"""Epistemic sds above the mean at the confidence bound."""
_TIE = 1e-6
"""What a candidate below the best is still worth: where none lies above, the nearest to it is taken."""
UNDOPED = "Na3Zr2Si2PO12"


@dataclass(frozen=True, slots=True)
class Best:
    """The best so far: posterior mean and epistemic sd (log10 S/cm); `formula` None when it was given as a number."""

    formula: str | None
    mean: float
    epistemic_sd: float = 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of an acquisition: candidates (n,) with the model's prediction, against the best."""

    model: Any
    candidates: Sequence[Candidate]
    prediction: Any
    best: Best


def checked(by: str) -> Acquires:
    """Return the acquisition with this name; Refusal for any other."""
    if by not in ACQUISITIONS:
        raise Refusal(f"is no acquisition; there is {', '.join(ACQUISITIONS)}", by)
    return by


def values(by: Acquires, asked: Asked, *, rows: Literature, n: int, seed: int) -> Floats:
    """Return values of n candidates before the chance of one phase: (1, n), for "thompson" one row per place."""
    if by == "nei":
        return _noisy_improvement(asked)[None, :]
    if by == "ucb":
        top = np.asarray(asked.prediction.mean) + KAPPA * np.asarray(asked.prediction.epistemic_sd)
        return _above(top, asked.best.mean)[None, :]
    if by == "thompson":
        joint = joint_of(asked.model, _compositions(asked), asked.prediction)
        return _above(joint.draws(n, seed), asked.best.mean)
    if by == "novelty":
        return novelty(asked.candidates, rows)[None, :]
    return acquire(asked.prediction, asked.best.mean)[None, :]


def _compositions(asked: Asked) -> list[Composition]:
    return [candidate.composition for candidate in asked.candidates]


def _above(value: Floats, best: float) -> Floats:
    gap = np.asarray(value, dtype=np.float64) - best
    return np.asarray(np.maximum(gap, 0.0) + _TIE * np.exp(np.minimum(gap, 0.0)), dtype=np.float64)


def _noisy_improvement(asked: Asked) -> Floats:
    """Expected improvement over the incumbent's own distribution (Letham et al., Bayesian Anal. 14 (2019) 495, for
    one incumbent): the difference of two correlated normals is normal."""
    if asked.best.formula is None or asked.best.epistemic_sd == 0:
        return expected_improvement(asked.prediction.mean, asked.prediction.epistemic_sd, asked.best.mean)
    best = Composition.parse(asked.best.formula)
    compositions = [*_compositions(asked), best]

    class _Both:
        mean = np.append(asked.prediction.mean, asked.best.mean)
        epistemic_sd = np.append(asked.prediction.epistemic_sd, asked.best.epistemic_sd)

    joint = joint_of(asked.model, compositions, _Both)
    with_best = joint.covariance(len(compositions) - 1)[:-1]
    variance = _Both.epistemic_sd[:-1] ** 2 + asked.best.epistemic_sd**2 - 2.0 * with_best
    return expected_improvement(asked.prediction.mean, np.sqrt(np.maximum(variance, 0.0)), asked.best.mean)


def novelty(candidates: Sequence[Candidate], rows: Literature) -> Floats:
    """Return how far (n,) each candidate is from the nearest measured composition, in atoms on 12 O.

    As in the reasons: sodium counts a quarter, an element that only one of the two has 0.1 more.
    """
    known = [dict(key) for key in sorted({tuple(sorted(amounts.items())) for amounts, _ in rows.rows})]
    known = known or [dict(composition_key(UNDOPED))]
    here = [dict(composition_key(one.composition)) for one in candidates]
    elements = sorted({symbol for amounts in (*known, *here) for symbol in amounts} - {"O"})
    ours, theirs = (np.array([[a.get(s, 0.0) for s in elements] for a in part]) for part in (here, known))
    weight = np.array([SODIUM_WEIGHT if symbol == "Na" else 1.0 for symbol in elements])
    gap = np.zeros((len(ours), len(theirs)))
    for place in range(len(elements)):
        gap += 0.5 * weight[place] * np.abs(ours[:, place, None] - theirs[None, :, place])
    has, have = (ours > 0).astype(np.float64), (theirs > 0).astype(np.float64)
    differ = has.sum(axis=1)[:, None] + have.sum(axis=1)[None, :] - 2.0 * has @ have.T
    return np.asarray((gap + OTHER_ELEMENT_ATOMS * differ).min(axis=1), dtype=np.float64)
