"""How much compositions in one laboratory have in common: the covariance under the lab's correction.

It has three parts, and `Strengths` says how strong they are:

- own: what is systematic for one composition, a product of
  dopants: elements other than Na on A, Zr on M, Si and P on X, as a normalised scalar product, in which chemically
  similar ones (charge, Shannon radius, electronegativity) count a little, so the same dopant follows and others hardly;
  amounts: Gaussians over dopant on M, cavity ions, Si per formula unit;
  conditions: Gaussians over 1000/T and the pellet's making (excess, sintering, density), a step between bulk and total;
- common: what a laboratory's pellets of one host family share; the family is told by Na on A, Zr or Hf on M, and Si;
- lattice: what sodium and silicon content do to all compositions of a host family alike, whatever the dopant.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.predict.crystals import Crystals
from nasicon_loop.predict.descriptors import DESCRIPTORS, SITES, element_table, vocabulary
from nasicon_loop.predict.features import inverse_temperature
from nasicon_loop.predict.rows import COVARIATES
from nasicon_loop.predict.strengths import Strengths

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
SCALE_CAP = 0.6
"""Greatest amplitude (dex) of the composition's own part."""
FAMILY_SCALES = (0.3, 0.3, 0.8)
"""Over the share of Na among the cavity ions, the share of Zr and Hf on M, and Si per formula unit."""
LATTICE_SCALE = 0.2
"""Per formula unit of sodium and of silicon: how far what they do to every composition of a host reaches."""
OTHER_KIND = 0.7
COVARIATE_SCALE = {"excess_fraction": 0.15, "sintering_c": 100.0, "sintering_h": 12.0, "relative_density": 0.15}


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
    dopants, amounts_and_conditions = [], []
    for site in SITES:
        amounts = batch.amounts[site] / SITE_SIZE[site]
        foreign = amounts.copy()
        foreign[:, [column[host] for host in HOSTS[site]]] = 0.0
        dopants.append(foreign @ _likeness_root(site))
        if site == "M":
            amounts_and_conditions.append(foreign.sum(axis=1) / M_FRACTION_SCALE)
    amounts_and_conditions.append(batch.amounts["A"].sum(axis=1) / CAVITY_SCALE)
    amounts_and_conditions.append(batch.amounts["X"][:, column["Si"]] / SILICON_SCALE)
    amounts_and_conditions.append(inverse_temperature(temperature_c) / INVERSE_TEMPERATURE_SCALE)
    scales = np.array([COVARIATE_SCALE[name] for name in COVARIATES])
    smooth = np.concatenate([np.stack(amounts_and_conditions, axis=1), covariates / scales], axis=1)
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
