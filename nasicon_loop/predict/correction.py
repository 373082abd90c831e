"""What the lab's own results add: a Gaussian process on (lab result - networks' mean).

    y_lab(x) = networks(x) + s(x) g(x) + t h(x) + c l(x) + u(session) + pellet scatter

where g, h and l are Gaussian processes of variance 1, the parts "own", "common" and "lattice" of kernel.py.

t h is what a laboratory's pellets of one host family have in common (its powders, furnace, electrodes), with a fixed
small amplitude: suggestions are made where the networks are too hopeful, so their results come in low for a reason that
says nothing about other compositions. c l is zero until enough results ask for it.

s(x)^2 is the rest of the part of the networks' variance that is systematic for one composition in one lab (the
disagreement of members plus `learnable_fraction` of their noise), at most SCALE_CAP^2: where the networks know nothing,
a result elsewhere must not count several times over.

u is what the pellets of one session (a furnace load, a day) have in common, and nobody else: SESSION_SD of the scatter
between pellets. An undoped reference that reads low in one session and not in others takes its companions' low values
upon the session, away from their dopants. What is asked for is made in a session that nobody knows, so u adds nothing
to it.

A lab row's noise is its own sd and the scatter, in quadrature. Nothing is fitted to the first results: one is enough.
From `MIN_COMPOSITIONS` on, the strengths of the parts are weighed by what the lab has found (strengths.py): predictions
are then means over them. Leaving a row out gives back exactly what was before it; so does a session of a single row.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular

from nasicon_loop.predict.crystals import Crystals
from nasicon_loop.predict.kernel import Parts, Points, parts, points, prior_variance
from nasicon_loop.predict.rows import COVARIATES, Row
from nasicon_loop.predict.strengths import (
    MIN_COMPOSITIONS,
    Strengths,
    Weighed,
    grid,
    log_likelihood,
    usual,
    weighed,
)

Array = NDArray[np.float64]

SESSION_SD = 0.10
"""Part (dex) of the scatter between pellets that those of one session share, an estimate: a furnace or a room is off.
Five kelvin at the measurement alone make 0.09 dex (activation energy 0.35 eV)."""
CHUNK = 4096


@dataclass(frozen=True)
class SessionOffset:
    """By how much (dex) the lab's rows say that a session reads too high, and the sd of that (0.10 before any row)."""

    session: str
    offset: float
    sd: float
    n_rows: int
    n_references: int


@dataclass(frozen=True)
class Correction:
    """The lab's rows as the Gaussian process knows them."""

    rows: tuple[Row, ...]
    batch: Crystals
    residual: Array
    """(n,) lab result minus networks' mean, dex."""
    scale: Array
    """(n,) s(x), dex."""
    pellet_scatter_sd: float

    def apply(self, batch: Crystals, temperature_c: Array, kinds: Sequence[str], scale: Array) -> tuple[Array, Array]:
        """Return shift (n,) in dex and the variance taken away (n,) in dex^2, at most scale^2.

        Less than nothing is taken away where the lab's results show that the networks know less than they say.
        Compositions are thought to be made in the lab's usual way (medians of its rows' covariates).
        """
        shift, reduction = np.zeros(len(batch)), np.zeros(len(batch))
        if not self.rows:
            return shift, reduction
        known, usual_making = self._known
        for start in range(0, len(batch), CHUNK):
            at = np.arange(start, min(start + CHUNK, len(batch)), dtype=np.int64)
            asked = points(
                batch.take(at),
                temperature_c[at],
                list(kinds[start : start + CHUNK]),
                np.broadcast_to(usual_making, (len(at), len(usual_making))),
            )
            shift[at], left = _mixed(self._fits, parts(asked, scale[at], known, self.scale), scale[at])
            reduction[at] = prior_variance(scale[at], usual(self.pellet_scatter_sd)) - left
        return shift, np.minimum(reduction, scale**2)

    def strengths(self) -> tuple[Weighed, ...]:
        """Return how strong the parts are thought to be in this lab; without enough results one, the usual."""
        if not self.rows:
            return (Weighed(usual(self.pellet_scatter_sd), 1.0),)
        return tuple(fit.weighed for fit in self._fits)

    def sessions(self) -> tuple[SessionOffset, ...]:
        """Return what the rows say of each session that two rows or more share, by name."""
        together = self._shared(self.pellet_scatter_sd)
        names = [name for name in sorted({row.session or "" for row in self.rows}) if self._n_of(name) > 1 and name]
        if not names:
            return ()
        fit = self._fit(self._among, usual(self.pellet_scatter_sd))
        found = []
        for name in names:
            cross = together * np.array([row.session == name for row in self.rows])
            left = together - float((solve_triangular(fit.lower, cross, lower=True) ** 2).sum())
            n_references = sum(row.is_reference for row in self.rows if row.session == name)
            offset = SessionOffset(
                name, float(cross @ fit.weights), float(np.sqrt(left)), self._n_of(name), n_references
            )
            found.append(offset)
        return tuple(found)

    @cached_property
    def _fits(self) -> list["_Fit"]:
        among = self._among
        if len({row.formula for row in self.rows}) < MIN_COMPOSITIONS:
            return [self._fit(among, usual(self.pellet_scatter_sd))]
        tried = grid(self.pellet_scatter_sd)
        fits = [self._fit(among, one.strengths) for one in tried]
        kept = {one.strengths: one for one in weighed(tried, [fit.log_likelihood for fit in fits])}
        return [replace(fit, weighed=kept[fit.weighed.strengths]) for fit in fits if fit.weighed.strengths in kept]

    def _fit(self, among: Parts, strengths: Strengths) -> "_Fit":
        lower = cholesky(among.at(strengths) + self._noise(strengths.scatter_sd), lower=True)
        white = solve_triangular(lower, self.residual, lower=True)
        weights = solve_triangular(lower, white, lower=True, trans=1)
        return _Fit(Weighed(strengths, 1.0), lower, weights, log_likelihood(lower, white))

    def _n_of(self, session: str) -> int:
        return sum(row.session == session for row in self.rows)

    def _shared(self, scatter_sd: float) -> float:
        """Variance (dex^2) that rows of one session share; it is part of the scatter, not more of it."""
        return min(SESSION_SD, scatter_sd) ** 2

    def _noise(self, scatter_sd: float) -> Array:
        """Return (n, n) covariances (dex^2) of what is not the composition's: own sd, scatter, session."""
        noise = np.diag(np.array([row.log10_sigma_sd**2 for row in self.rows]) + scatter_sd**2)
        sessions = [row.session for row in self.rows]
        for i, session in enumerate(sessions):
            for j in range(i):
                if session is not None and sessions[j] == session:
                    noise[i, j] = noise[j, i] = self._shared(scatter_sd)
        return noise

    @property
    def _among(self) -> Parts:
        known, _ = self._known
        return parts(known, self.scale, known, self.scale)

    @cached_property
    def _known(self) -> tuple[Points, Array]:
        given = np.array([[row.covariates.get(name, np.nan) for name in COVARIATES] for row in self.rows])
        usual_making = np.array([float(np.median(c[~np.isnan(c)])) if (~np.isnan(c)).any() else 0.0 for c in given.T])
        filled = np.where(np.isnan(given), usual_making, given)
        temperature_c = np.array([row.temperature_c for row in self.rows])
        return points(self.batch, temperature_c, [row.kind for row in self.rows], filled), usual_making


@dataclass(frozen=True)
class _Fit:
    """The Gaussian process at one strength of its parts: Cholesky factor (n, n) and weights (n,) of the rows."""

    weighed: Weighed
    lower: Array
    weights: Array
    log_likelihood: float


def _mixed(fits: Sequence[_Fit], cross: Parts, scale: Array) -> tuple[Array, Array]:
    """Return the mean shift (n,) in dex and the variance (n,) in dex^2 that is left, over all strengths."""
    mean, square, left = (np.zeros(len(scale)) for _ in range(3))
    for fit in fits:
        covariances = cross.at(fit.weighed.strengths)
        shift = covariances @ fit.weights
        taken = (solve_triangular(fit.lower, covariances.T, lower=True) ** 2).sum(axis=0)
        mean += fit.weighed.weight * shift
        square += fit.weighed.weight * shift**2
        left += fit.weighed.weight * np.maximum(prior_variance(scale, fit.weighed.strengths) - taken, 0.0)
    return mean, left + np.maximum(square - mean**2, 0.0)
