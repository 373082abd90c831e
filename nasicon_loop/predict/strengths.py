"""How strong the parts of the correction are in this lab, weighed by its own results.

Three numbers differ from lab to lab and are no facts of chemistry: how wrong the networks are about a composition, how
much sodium and silicon content matter beyond what they say, and how far pellets of one powder scatter. They stand on a
grid, and each combination counts as much as it makes the lab's results probable (the Gaussian process's marginal
likelihood; Rasmussen & Williams, Gaussian Processes for Machine Learning, 2006, eq. 2.30) times how usual it is. So
nothing is chosen: predictions are means over the grid, and what it leaves open adds to their variance.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MIN_COMPOSITIONS = 6
"""From so many compositions of the lab on; below that every part is as usual."""
NEGLIGIBLE = 1e-3
"""A combination with less weight is left out: it costs as much as the others and changes nothing."""
_OWN = {0.5: 0.25, 1.0: 0.5, 1.6: 0.25}
_LATTICE_DEX = {0.0: 0.5, 0.25: 0.5}
_SCATTER = {0.75: 0.3, 1.25: 0.4, 2.0: 0.3}


@dataclass(frozen=True, slots=True)
class Strengths:
    """One combination: `own` times the composition's own amplitude, `lattice_sd` (dex) of what sodium and silicon
    content do to all compositions of a host alike, `scatter_sd` (dex) between pellets."""

    own: float
    lattice_sd: float
    scatter_sd: float


@dataclass(frozen=True, slots=True)
class Weighed:
    """A combination and its weight; the weights of all add up to 1."""

    strengths: Strengths
    weight: float


def usual(scatter_sd: float) -> Strengths:
    """Return what is taken before the lab has told otherwise."""
    return Strengths(1.0, 0.0, scatter_sd)


def grid(scatter_sd: float) -> list[Weighed]:
    """Return all combinations with how usual they are; `scatter_sd` (dex) is the settings'."""
    return [
        Weighed(Strengths(own, lattice, factor * scatter_sd), p * q * r)
        for (own, p), (lattice, q), (factor, r) in product(_OWN.items(), _LATTICE_DEX.items(), _SCATTER.items())
    ]


def log_likelihood(lower: Array, white: Array) -> float:
    """Return log p(residuals) without the constant; `lower` (n, n) L with L L^T the covariance, `white` (n,) L^-1 r."""
    return float(-0.5 * white @ white - np.log(np.diag(lower)).sum())


def weighed(usual_ones: Sequence[Weighed], log_likelihoods: Sequence[float]) -> tuple[Weighed, ...]:
    """Return the combinations with their weights after the results; the negligible left out."""
    score = np.array([math.log(one.weight) for one in usual_ones]) + np.array(log_likelihoods)
    weight = np.exp(score - score.max())
    weight = np.where(weight < NEGLIGIBLE * weight.sum(), 0.0, weight)
    weight = weight / weight.sum()
    return tuple(
        Weighed(one.strengths, float(share)) for one, share in zip(usual_ones, weight, strict=True) if share > 0
    )
