"""What is not known about many candidates together: correlated, so that one pellet tells of its neighbours.

The epistemic part has two sources. What the networks disagree about is common to whatever they disagree about alike:
the model's `loadings`, (n, k) dex, say how. The rest is the composition's own; it is shared by compositions with the
same dopant at similar amounts, with the length scales of the model's own correction. A model without `loadings` has
only the second kind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.chemistry import Composition, dopants

Floats = NDArray[np.float64]

AMOUNT_SCALE, SILICON_SCALE = 0.2, 0.4
"""Per formula unit: two amounts this far apart tell exp(-1/2) of each other."""
_JITTER = 1e-9


@dataclass(frozen=True, slots=True)
class Spots:
    """Where n compositions lie: dopant ("Si" for none), its amount and the silicon content per formula unit."""

    dopants: tuple[str, ...]
    amounts: Floats
    silicon: Floats

    def likeness(self, place: int) -> Floats:
        """Return how much the own part of each (n,) has in common with that of one, 0 to 1."""
        same = np.array([symbol == self.dopants[place] for symbol in self.dopants])
        square = ((self.amounts - self.amounts[place]) / AMOUNT_SCALE) ** 2
        square = square + ((self.silicon - self.silicon[place]) / SILICON_SCALE) ** 2
        return np.asarray(np.where(same, np.exp(-0.5 * square), 0.0), dtype=np.float64)


def spots(compositions: Sequence[Composition]) -> Spots:
    """Return where compositions lie; of several dopants the one with the most counts."""
    found = [_spot(composition) for composition in compositions]
    return Spots(
        tuple(one[0] for one in found), np.array([one[1] for one in found]), np.array([one[2] for one in found])
    )


def _spot(composition: Composition) -> tuple[str, float, float]:
    table = dopants()
    amounts = {s: float(a) for s, a in composition.normalised().amounts if s in table and s not in ("Si", "Na")}
    silicon = float(composition.normalised().get("Si"))
    if not amounts:
        return "Si", 0.0, silicon
    symbol = max(amounts, key=lambda one: (amounts[one], one))
    return symbol, amounts[symbol], silicon


@dataclass(frozen=True, slots=True)
class Joint:
    """The epistemic part of n compositions: `common` (n, k) loadings and `own` (n,) sd, dex, at their `spots`."""

    mean: Floats
    common: Floats
    own: Floats
    spots: Spots

    def covariance(self, place: int) -> Floats:
        """Return the covariances (n,) in dex^2 of all with one."""
        shared = self.own * self.own[place] * self.spots.likeness(place)
        return np.asarray(self.common @ self.common[place] + shared, dtype=np.float64)

    def draws(self, n_draws: int, seed: int) -> Floats:
        """Return joint draws (n_draws, n) of log10 sigma, the same for the same seed.

        Each draw is one way in which the whole map could truly be; neighbours rise and fall together.
        """
        rng = np.random.default_rng(seed)
        result = self.mean[None, :] + rng.standard_normal((n_draws, self.common.shape[1])) @ self.common.T
        for symbol in sorted(set(self.spots.dopants)):
            at = np.array([k for k, other in enumerate(self.spots.dopants) if other == symbol])
            part = Spots(tuple(symbol for _ in at), self.spots.amounts[at], self.spots.silicon[at])
            likeness = np.stack([part.likeness(k) for k in range(len(at))])
            values, vectors = np.linalg.eigh(likeness)
            root = vectors * np.sqrt(np.maximum(values, _JITTER))
            result[:, at] += (rng.standard_normal((n_draws, len(at))) @ root.T) * self.own[at]
        return np.asarray(result, dtype=np.float64)


def joint_of(model: Any, compositions: Sequence[Composition], prediction: Any) -> Joint:
    """Return what a model does not know about compositions together; `prediction` is what it says of each alone."""
    epistemic = np.asarray(prediction.epistemic_sd, dtype=np.float64)
    common = np.zeros((len(compositions), 0))
    if hasattr(model, "loadings"):
        common = np.asarray(model.loadings(compositions), dtype=np.float64)
    told = (common**2).sum(axis=1)
    shrink = np.sqrt(np.minimum(1.0, epistemic**2 / np.maximum(told, _JITTER)))
    own = np.sqrt(np.maximum(epistemic**2 - told * shrink**2, 0.0))
    mean = np.asarray(prediction.mean, dtype=np.float64)
    return Joint(mean, common * shrink[:, None], own, spots(compositions))


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one result would teach about other candidates with the dopant: their mean epistemic sd and its fall, dex."""

    dopant: str
    n_others: int
    sd_now: float
    fall: float

    @property
    def words(self) -> str:
        """The same in words; empty without others."""
        if not self.n_others:
            return ""
        name = "undoped compositions" if self.dopant == "Si" else f"{self.dopant} candidates"
        return (
            f"would teach: the sd of the other {self.n_others} {name} falls by {self.fall:.2f} dex on average, "
            f"from {self.sd_now:.2f}"
        )


def lesson(joint: Joint, place: int, noise_sd: float) -> Lesson:
    """Return what measuring one composition would teach about the others with its dopant.

    Their epistemic sd s falls to sqrt(s^2 - c^2 / (s_0^2 + noise^2)): Gaussian conditioning on one result with
    `noise_sd` (dex), c the covariance of the two.
    """
    symbol = joint.spots.dopants[place]
    others = np.array([k for k, other in enumerate(joint.spots.dopants) if other == symbol and k != place], dtype=int)
    if not len(others):
        return Lesson(symbol, 0, 0.0, 0.0)
    variance = (joint.common**2).sum(axis=1) + joint.own**2
    taken = joint.covariance(place)[others] ** 2 / (variance[place] + noise_sd**2)
    now = np.sqrt(variance[others])
    after = np.sqrt(np.maximum(variance[others] - taken, 0.0))
    return Lesson(symbol, len(others), float(now.mean()), float((now - after).mean()))
