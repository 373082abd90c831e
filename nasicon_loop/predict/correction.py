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

A lab row's noise is its own sd and the scatter, in quadrature. Nothing here is fitted, so one result is enough, and
leaving a row out gives back exactly what was before it; so does a session of a single row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve, cholesky, solve_triangular

from nasicon_loop.predict.crystals import Crystals
from nasicon_loop.predict.descriptors import DESCRIPTORS, SITES, element_table, vocabulary
from nasicon_loop.predict.features import inverse_temperature
from nasicon_loop.predict.rows import COVARIATES, Row

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
    return Points(np.concatenate(dopants, axis=1), smooth, _family(batch, column, temperature_c), is_bulk)


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


def covariance(left: Points, left_scale: Array, right: Points, right_scale: Array) -> Array:
    """Return (n, m) covariances in dex^2; the scales (n,), (m,) are the systematic sds of the networks in dex."""
    own = _own_scale(left_scale)[:, None] * _own_scale(right_scale)[None, :] * kernel(left, right)
    common = _common_scale(left_scale)[:, None] * _common_scale(right_scale)[None, :] * family_kernel(left, right)
    return np.asarray(own + common)


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

        Compositions are thought to be made in the lab's usual way (medians of its rows' covariates).
        """
        shift, reduction = np.zeros(len(batch)), np.zeros(len(batch))
        if not self.rows:
            return shift, reduction
        known, usual = self._known()
        lower = cholesky(covariance(known, self.scale, known, self.scale) + self._noise(), lower=True)
        weights = cho_solve((lower, True), self.residual)
        for start in range(0, len(batch), CHUNK):
            at = np.arange(start, min(start + CHUNK, len(batch)), dtype=np.int64)
            asked = points(
                batch.take(at),
                temperature_c[at],
                list(kinds[start : start + CHUNK]),
                np.broadcast_to(usual, (len(at), len(usual))),
            )
            cross = covariance(asked, scale[at], known, self.scale)
            shift[at] = cross @ weights
            reduction[at] = (solve_triangular(lower, cross.T, lower=True) ** 2).sum(axis=0)
        return shift, np.minimum(reduction, scale**2)

    def sessions(self) -> tuple[SessionOffset, ...]:
        """Return what the rows say of each session that two rows or more share, by name."""
        together = self._shared()
        names = [name for name in sorted({row.session or "" for row in self.rows}) if self._n_of(name) > 1 and name]
        if not names:
            return ()
        known, _ = self._known()
        lower = cholesky(covariance(known, self.scale, known, self.scale) + self._noise(), lower=True)
        weights = cho_solve((lower, True), self.residual)
        found = []
        for name in names:
            cross = together * np.array([row.session == name for row in self.rows])
            left = together - float((solve_triangular(lower, cross, lower=True) ** 2).sum())
            n_references = sum(row.is_reference for row in self.rows if row.session == name)
            offset = SessionOffset(name, float(cross @ weights), float(np.sqrt(left)), self._n_of(name), n_references)
            found.append(offset)
        return tuple(found)

    def _n_of(self, session: str) -> int:
        return sum(row.session == session for row in self.rows)

    def _shared(self) -> float:
        """Variance (dex^2) that rows of one session share; it is part of the scatter, not more of it."""
        return min(SESSION_SD, self.pellet_scatter_sd) ** 2

    def _noise(self) -> Array:
        """Return (n, n) covariances (dex^2) of what is not the composition's: own sd, scatter, session."""
        noise = np.diag(np.array([row.log10_sigma_sd**2 for row in self.rows]) + self.pellet_scatter_sd**2)
        sessions = [row.session for row in self.rows]
        for i, session in enumerate(sessions):
            for j in range(i):
                if session is not None and sessions[j] == session:
                    noise[i, j] = noise[j, i] = self._shared()
        return noise

    def _known(self) -> tuple[Points, Array]:
        given = np.array([[row.covariates.get(name, np.nan) for name in COVARIATES] for row in self.rows])
        usual = np.array([float(np.median(c[~np.isnan(c)])) if (~np.isnan(c)).any() else 0.0 for c in given.T])
        filled = np.where(np.isnan(given), usual, given)
        temperature_c = np.array([row.temperature_c for row in self.rows])
        return points(self.batch, temperature_c, [row.kind for row in self.rows], filled), usual


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
