"""The chance of a dense single phase, learned from this lab's own failures; without any it is the rule of thumb.

A small Bayesian logistic model: logit p(x) = logit(rule of thumb) + g(x), g a Gaussian process with mean zero. What the
lab's hands do to every sample has a variance of its own; the rest is shared by samples with one dopant at similar
amounts. g is taken at its mode (Laplace's approximation; Rasmussen & Williams, Gaussian Processes for Machine Learning,
2006, algorithm 3.1). One failure lowers its neighbours and hardly the rest; a success raises them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from nasicon_loop.campaign.joint import Spots, spots
from nasicon_loop.campaign.values import Candidate, Outcome
from nasicon_loop.chemistry import Composition, FormulaError

Floats = NDArray[np.float64]

COMMON_SD = 0.5
"""Of what all samples of a lab share, in logits."""
DOPANT_SD = 1.5
"""Of what one dopant's samples share at one amount, in logits."""
AMOUNT_SCALE = 0.1
"""Per formula unit: amounts this far apart tell exp(-1/2) of each other."""
_LIMITS = (0.02, 0.98)
"""The rule of thumb is never taken as certain: a lab must be able to show that it is wrong."""
_N_STEPS = 100
_CONVERGED = 1e-12
_NOTICEABLE = 0.05


@dataclass(frozen=True, slots=True)
class Learned:
    """Chances (n,), and in words which of this lab's samples bear on each; "" where nothing changed."""

    chance: Floats
    words: tuple[str, ...]


def readable(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return those whose formula is a NASICON; others cannot be like any candidate."""
    found = []
    for one in outcomes:
        try:
            Composition.parse(one.formula).sites()
        except FormulaError:
            continue
        found.append(one)
    return found


def learned_chances(
    candidates: Sequence[Candidate], prior: Floats, outcomes: Sequence[Outcome], prior_of: Floats
) -> Learned:
    """Return the chance of a dense single phase of candidates (n,); `prior` (n,) and `prior_of` (m,) are the rule's."""
    if not outcomes:
        return Learned(prior, ("",) * len(candidates))
    ours = spots([one.composition for one in candidates])
    theirs = spots([Composition.parse(one.formula) for one in outcomes])
    target = np.array([1.0 if one.is_good else 0.0 for one in outcomes])
    weight = np.array([one.weight for one in outcomes])
    gradient = _at_the_mode(_kernel(theirs, theirs), target, weight, _logit(prior_of))
    shift = _kernel(ours, theirs) @ gradient
    held = _logit(prior)
    chance = np.minimum(prior * expit(held + shift) / expit(held), 1.0)
    words = tuple(
        _words(one.dopant, theirs, outcomes) if abs(moved) > _NOTICEABLE else ""
        for one, moved in zip(candidates, chance - prior, strict=True)
    )
    return Learned(chance, words)


def _logit(chance: Floats) -> Floats:
    return np.asarray(logit(np.clip(chance, *_LIMITS)), dtype=np.float64)


def _kernel(left: Spots, right: Spots) -> Floats:
    same = np.array([[one == other for other in right.dopants] for one in left.dopants])
    gap = (left.amounts[:, None] - right.amounts[None, :]) / AMOUNT_SCALE
    return np.asarray(COMMON_SD**2 + np.where(same, DOPANT_SD**2 * np.exp(-0.5 * gap**2), 0.0), dtype=np.float64)


def _at_the_mode(kernel: Floats, target: Floats, weight: Floats, offset: Floats) -> Floats:
    """Return the gradient (m,) of the log likelihood at the mode, so that g anywhere is its kernel times this."""
    shift = np.zeros(len(target))
    eye = np.eye(len(target))
    for _ in range(_N_STEPS):
        p = expit(offset + shift)
        root = np.sqrt(weight * p * (1.0 - p))
        b = root**2 * shift + weight * (target - p)
        inner = np.linalg.solve(eye + root[:, None] * kernel * root[None, :], root * (kernel @ b))
        new = kernel @ (b - root * inner)
        if float(np.abs(new - shift).max()) < _CONVERGED:
            shift = new
            break
        shift = new
    return np.asarray(weight * (target - expit(offset + shift)), dtype=np.float64)


def _words(dopant: str, theirs: Spots, outcomes: Sequence[Outcome]) -> str:
    own = [one for one, symbol in zip(outcomes, theirs.dopants, strict=True) if symbol == dopant]
    if not own:
        n_bad = sum(not one.is_good for one in outcomes)
        return f"{n_bad} of this lab's {len(outcomes)} samples did not become dense and single-phase"
    bad = [f"{one.label} {one.why}" for one in own if not one.is_good]
    good = [one.label for one in own if one.is_good]
    parts = ["; ".join(bad)] if bad else []
    return ", ".join([*parts, *([f"{', '.join(good)} became dense and single-phase"] if good else [])])
