"""What the lab's own results add: a Gaussian process on (lab result - networks' mean).

    y_lab(x) = networks(x) + s(x) g(x) + t h(x) + u(session) + pellet scatter,   g, h ~ GP(0, kernel), kernel(x, x) = 1

t h is what a laboratory's pellets of one host family have in common (its powders, furnace, electrodes), with a fixed
small amplitude: suggestions are made where the networks are too hopeful, so their results come in low for a reason that
says nothing about other compositions. The family is told by Na on A, Zr or Hf on M, and Si.

s(x)^2 is the rest of the part of the networks' variance that is systematic for one composition in one lab (the
disagreement of members plus `learnable_fraction` of their noise), at most SCALE_CAP^2: where the networks know nothing,
a result elsewhere must not count several times over. The kernel of g is a product of

- dopants: elements other than Na on A, Zr on M, Si and P on X, as a normalised scalar product, in which chemically
  similar ones (charge, Shannon radius, electronegativity) count a little, so the same dopant follows and others hardly;
- amounts: Gaussians over dopant on M, cavity ions, Si per formula unit;
- conditions: Gaussians over 1000/T and the pellet's making (excess, sintering, density), a step between bulk and total.

u is what the pellets of one session (a furnace load, a day) have in common, and nobody else: SESSION_SD of the scatter
between pellets. An undoped reference that reads low in one session and not in others takes its companions' low values
upon the session, away from their dopants. What is asked for is made in a session that nobody knows, so u adds nothing
to it.

A lab row's noise is its own sd and the scatter, in quadrature. Nothing is fitted to the first results: one is enough.
From `MIN_COMPOSITIONS` on, the strengths of the parts are weighed by what the lab has found (strengths.py): predictions
are then means over them. Leaving a row out gives back exactly what was before it; so does a session of a single row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular

from nasicon_loop.predict.crystals import Crystals
from nasicon_loop.predict.descriptors import DESCRIPTORS, SITES, element_table, vocabulary
from nasicon_loop.predict.features import inverse_temperature
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

HOSTS = {"A": ("Na",), "M": ("Zr",), "X": ("Si", "P")}
SITE_SIZE = {"A": 4.0, "M": 2.0, "X": 3.0}
HOST_LIKENESS = 1e-5
"""What undoped hosts have in common, as squared site fraction: at 0.006 Zr per formula unit a dopant counts as half."""
OTHER_DOPANT = 0.10
"""Likeness of two different elements with equal charge, radius and electronegativity."""
CHARGE_SCALE, RADIUS_SCALE_ANGSTROM, ELECTRONEGATIVITY_SCALE = 0.5, 0.10, 0.4
M_FRACTION_SCALE, CAVITY_SCALE, SILICON_SCALE = 0.10, 0.5, 0.4
INVERSE_TEMPERATURE_SCALE = 0.6
SHARED_SD = 0.10
"""Amplitude (dex) of what is common to a lab's pellets of one host family."""
SESSION_SD = 0.10
"""Part (dex) of the scatter between pellets that those of one session share, an estimate: a furnace or a room is off.
Five kelvin at the measurement alone make 0.09 dex (activation energy 0.35 eV)."""
SCALE_CAP = 0.6
"""Greatest amplitude (dex) of the composition's own part."""
FAMILY_SCALES = (0.3, 0.3, 0.8)
"""Over the share of Na among the cavity ions, the share of Zr and Hf on M, and Si per formula unit."""
LATTICE_SCALE = 0.2
"""Per formula unit of sodium and of silicon: how far what they do to every composition of a host reaches."""
OTHER_KIND = 0.7
COVARIATE_SCALE = {"excess_fraction": 0.15, "sintering_c": 100.0, "sintering_h": 12.0, "relative_density": 0.15}
CHUNK = 4096


@dataclass(frozen=True)
class Points:
    """Where the kernel looks: n compositions with conditions."""

    dopants: Array
    """(n, k) so that the scalar product is the dopants' likeness."""
    smooth: Array
    """(n, m) amounts and conditions in units of their length scales."""
    family: Array
    """(n, 4) what tells the host family and the temperature, in units of the length scales."""
    lattice: Array
    """(n, 2) cavity ions and silicon, in units of LATTICE_SCALE."""
    is_bulk: NDArray[np.bool_]


def points(batch: Crystals, temperature_c: Array, kinds: Sequence[str], covariates: Array) -> Points:
    """Return the kernel's view of compositions; `covariates` (n, 4) in the order of COVARIATES, without gaps."""
    column = {symbol: i for i, symbol in enumerate(vocabulary())}
    dopants, parts = [], []
    for site in SITES:
        amounts = batch.amounts[site] / SITE_SIZE[site]
        foreign = amounts.copy()
        foreign[:, [column[host] for host in HOSTS[site]]] = 0.0
        dopants.append(foreign @ _likeness_root(site))
        if site == "M":
            parts.append(foreign.sum(axis=1) / M_FRACTION_SCALE)
    parts.append(batch.amounts["A"].sum(axis=1) / CAVITY_SCALE)
    parts.append(batch.amounts["X"][:, column["Si"]] / SILICON_SCALE)
    parts.append(inverse_temperature(temperature_c) / INVERSE_TEMPERATURE_SCALE)
    scales = np.array([COVARIATE_SCALE[name] for name in COVARIATES])
    smooth = np.concatenate([np.stack(parts, axis=1), covariates / scales], axis=1)
    is_bulk = np.array([kind == "bulk" for kind in kinds], dtype=bool)
    lattice = np.stack([batch.amounts["A"].sum(axis=1), batch.amounts["X"][:, column["Si"]]], axis=1) / LATTICE_SCALE
    return Points(np.concatenate(dopants, axis=1), smooth, _family(batch, column, temperature_c), lattice, is_bulk)


def _family(batch: Crystals, column: Mapping[str, int], temperature_c: Array) -> Array:
    cavity = batch.amounts["A"]
    sodium = cavity[:, column["Na"]] / np.maximum(cavity.sum(axis=1), 1e-9)
    host = (batch.amounts["M"][:, column["Zr"]] + batch.amounts["M"][:, column["Hf"]]) / SITE_SIZE["M"]
    told = np.stack([sodium, host, batch.amounts["X"][:, column["Si"]]], axis=1) / np.array(FAMILY_SCALES)
    warmth = inverse_temperature(temperature_c) / INVERSE_TEMPERATURE_SCALE
    return np.concatenate([told, warmth[:, None]], axis=1)


def kernel(left: Points, right: Points) -> Array:
    """Return (n, m) correlations of the compositions' own part, between 0 and 1; 1 for equal points."""
    shared = HOST_LIKENESS + left.dopants @ right.dopants.T
    own_left = HOST_LIKENESS + (left.dopants**2).sum(axis=1)
    own_right = HOST_LIKENESS + (right.dopants**2).sum(axis=1)
    same_dopant = shared / np.sqrt(own_left[:, None] * own_right[None, :])
    return np.asarray(_same_kind(left, right) * same_dopant * _gaussian(left.smooth, right.smooth))


def family_kernel(left: Points, right: Points) -> Array:
    """Return (n, m) correlations of what a lab's pellets of one host family have in common."""
    return np.asarray(_same_kind(left, right) * _gaussian(left.family, right.family))


@dataclass(frozen=True)
class Parts:
    """What the parts of a covariance (n, m) are made of, in dex^2 at their usual strength."""

    own: Array
    common: Array
    lattice: Array

    def at(self, strengths: Strengths) -> Array:
        """Return the covariances (n, m) in dex^2 when the parts are this strong."""
        return np.asarray(strengths.own**2 * self.own + self.common + strengths.lattice_sd**2 * self.lattice)


def parts(left: Points, left_scale: Array, right: Points, right_scale: Array) -> Parts:
    """Return the parts for (n,) against (m,); the scales are the systematic sds of the networks in dex."""
    family = family_kernel(left, right)
    return Parts(
        _own_scale(left_scale)[:, None] * _own_scale(right_scale)[None, :] * kernel(left, right),
        _common_scale(left_scale)[:, None] * _common_scale(right_scale)[None, :] * family,
        family * _gaussian(left.lattice, right.lattice),
    )


def prior_variance(scale: Array, strengths: Strengths) -> Array:
    """Return (n,) what is not known before any result, in dex^2."""
    own = strengths.own**2 * _own_scale(scale) ** 2
    return np.asarray(own + _common_scale(scale) ** 2 + strengths.lattice_sd**2)


def _common_scale(scale: Array) -> Array:
    return np.minimum(SHARED_SD, scale)


def _own_scale(scale: Array) -> Array:
    return np.minimum(np.sqrt(np.maximum(scale**2 - _common_scale(scale) ** 2, 0.0)), SCALE_CAP)


def _same_kind(left: Points, right: Points) -> Array:
    return np.where(left.is_bulk[:, None] == right.is_bulk[None, :], 1.0, OTHER_KIND)


def _gaussian(left: Array, right: Array) -> Array:
    square = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1)[None, :] - 2 * left @ right.T
    return np.asarray(np.exp(-np.maximum(square, 0.0) / 2))


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
        usual = np.array([float(np.median(c[~np.isnan(c)])) if (~np.isnan(c)).any() else 0.0 for c in given.T])
        filled = np.where(np.isnan(given), usual, given)
        temperature_c = np.array([row.temperature_c for row in self.rows])
        return points(self.batch, temperature_c, [row.kind for row in self.rows], filled), usual


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


@lru_cache(maxsize=4)
def _likeness_root(site: str) -> Array:
    """Return R with R R^T = likeness of the elements on a site, 1 on the diagonal."""
    at: Mapping[str, int] = {name: i for i, name in enumerate(DESCRIPTORS)}
    table = element_table(site)
    scaled = np.stack(
        [
            table[:, at["oxidation state"]] / CHARGE_SCALE,
            table[:, at["ionic radius"]] / RADIUS_SCALE_ANGSTROM,
            table[:, at["electronegativity"]] / ELECTRONEGATIVITY_SCALE,
        ],
        axis=1,
    )
    distance = ((scaled[:, None, :] - scaled[None, :, :]) ** 2).sum(axis=2)
    likeness = OTHER_DOPANT * np.exp(-distance / 2)
    np.fill_diagonal(likeness, 1.0)
    return np.asarray(np.linalg.cholesky(likeness), dtype=np.float64)
