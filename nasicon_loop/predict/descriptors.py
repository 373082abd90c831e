"""Numbers that describe an element, screened by correlation, standardised, and rotated to five per site (PCA).

Every site kind (A cavity, M octahedron, X tetrahedron) has its own rotation: the radius that counts is the one in that
coordination, and what correlates with conductivity differs from site to site.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.chemistry import Element, elements

Array = NDArray[np.float64]

SITES = ("A", "M", "X")
N_COMPONENTS = 5
OXYGEN_ELECTRONEGATIVITY = 3.44  # Pauling

DESCRIPTORS = (
    "atomic number",
    "atomic weight",
    "group",
    "period",
    "oxidation state",
    "ionic radius",
    "electronegativity",
    "ionic potential",
    "field strength",
    "ionic volume",
    "bond ionicity",
    "electronegativity difference to O",
)
TOO_ALIKE = 0.98
"""Of two descriptors whose correlation over the elements exceeds this, the weaker one is dropped."""

LEAST_WEIGHT = 0.05


@lru_cache(maxsize=1)
def vocabulary() -> tuple[str, ...]:
    """Return all element symbols in the order of every amounts matrix."""
    return tuple(elements())


def describe(fact: Element, site: str) -> list[float]:
    """Return the descriptors of one element on one site kind, in the order of DESCRIPTORS.

    Radii are Shannon's: fourfold on X, sixfold elsewhere; where he gives only the other one, that one. Ionic potential
    is z/r, field strength z/r^2 (1/Å, 1/Å^2), ionicity Pauling's 1 - exp(-(difference of electronegativity)^2 / 4).
    """
    preferred, other = fact.radius_vi_angstrom, fact.radius_iv_angstrom
    if site == "X":
        preferred, other = other, preferred
    radius = preferred or other or 1.0
    charge = float(fact.oxidation_state)
    difference = OXYGEN_ELECTRONEGATIVITY - fact.electronegativity
    return [
        float(fact.atomic_number),
        fact.atomic_weight,
        float(fact.group),
        float(fact.row),
        charge,
        radius,
        fact.electronegativity,
        charge / radius,
        charge / radius**2,
        radius**3,
        1.0 - float(np.exp(-(difference**2) / 4.0)),
        difference,
    ]


@lru_cache(maxsize=4)
def element_table(site: str) -> Array:
    """Return the descriptors of all elements on a site kind, (elements, descriptors), in the vocabulary's order."""
    return np.array([describe(fact, site) for fact in elements().values()])


@dataclass(frozen=True)
class SiteBasis:
    """One site kind's rotation. `values(table)` gives five numbers per element."""

    site: str
    names: tuple[str, ...]
    """All descriptors looked at, in order of DESCRIPTORS."""
    weights: Array
    """(descriptors,) |correlation| of the site's mean descriptor with log10 sigma; zero for dropped ones."""
    centre: Array
    """(descriptors,)"""
    scale: Array
    """(descriptors,)"""
    loadings: Array
    """(descriptors, five): from weighted standardised descriptors to components."""
    explained: Array
    """(five,) share of the weighted variance."""

    def values(self) -> Array:
        """Return the five components of all elements, (elements, five)."""
        standard = (element_table(self.site) - self.centre) / self.scale * self.weights
        return np.asarray(standard @ self.loadings, dtype=np.float64)


def fit_basis(site: str, amounts: Array, target: Array) -> SiteBasis:
    """Return the basis of one site kind.

    `amounts` (n, elements) are the training compositions' amounts on that site, `target` (n,) what descriptors are to
    correlate with. The rotation is taken over the elements that can stand there, not over the rows, so that it does not
    depend on how often somebody measured one compound.
    """
    table = element_table(site)
    standard, centre, scale = _standardised(site)
    weights = _screened(_correlations(amounts @ table / _total(amounts), target), likeness(site))
    _, strengths, rotation = np.linalg.svd(standard * weights, full_matrices=False)
    rotation = rotation[:N_COMPONENTS]
    # the sign of a component is arbitrary: the largest loading is made positive
    signs = np.sign(rotation[np.arange(len(rotation)), np.abs(rotation).argmax(axis=1)])
    variance = strengths**2
    return SiteBasis(
        site=site,
        names=DESCRIPTORS,
        weights=weights,
        centre=centre,
        scale=scale,
        loadings=np.ascontiguousarray((rotation * signs[:, None]).T),
        explained=variance[:N_COMPONENTS] / max(float(variance.sum()), 1e-12),
    )


def fit_bases(amounts: Mapping[str, Array], target: Array) -> dict[str, SiteBasis]:
    """Return the bases of all site kinds; `amounts` by site kind as in `fit_basis`."""
    return {site: fit_basis(site, amounts[site], target) for site in SITES}


def site_descriptors(amounts: Array, basis: SiteBasis) -> tuple[Array, Array]:
    """Return mean and spread (n, five) of the components over the ions on a site; `amounts` is (n, elements)."""
    share, values = amounts / _total(amounts), basis.values()
    mean = share @ values
    return mean, np.sqrt(np.maximum(share @ values**2 - mean**2, 0.0))


def likeness(site: str) -> Array:
    """Return (descriptors, descriptors) absolute correlations over the elements that can stand on a site kind."""
    standard = _standardised(site)[0]
    return np.asarray(np.abs(standard.T @ standard) / len(standard), dtype=np.float64)


def _standardised(site: str) -> tuple[Array, Array, Array]:
    """Return the descriptors of the elements that can stand on a site kind, standardised; their centre and scale."""
    pool = [i for i, fact in enumerate(elements().values()) if _may_stand(fact, site)]
    table = element_table(site)[pool]
    centre, spread = table.mean(axis=0), table.std(axis=0)
    scale = np.where(spread > 1e-9, spread, 1.0)
    return (table - centre) / scale, centre, scale


def _may_stand(fact: Element, site: str) -> bool:
    charge = fact.oxidation_state
    if site == "A":
        return charge in (1, 2) and fact.site != "anion" and fact.radius_vi_angstrom is not None
    if site == "X":
        return charge >= 3 and fact.radius_iv_angstrom is not None
    return charge >= 2 and fact.radius_vi_angstrom is not None


def _total(amounts: Array) -> Array:
    total = amounts.sum(axis=1, keepdims=True)
    return np.where(total > 0, total, 1.0)


def _correlations(means: Array, target: Array) -> Array:
    centred = means - means.mean(axis=0)
    spread = np.sqrt((centred**2).sum(axis=0) * ((target - target.mean()) ** 2).sum())
    correlation = np.abs(centred.T @ (target - target.mean())) / np.where(spread > 1e-9, spread, np.inf)
    # A site on which nothing varies in the data teaches no weights: all descriptors count alike there.
    return correlation if correlation.max() > 0 else np.ones_like(correlation)


def _screened(weights: Array, alike: Array) -> Array:
    kept: list[int] = []
    for i in np.argsort(-weights, kind="stable"):
        if all(alike[i, j] <= TOO_ALIKE for j in kept):
            kept.append(int(i))
    result = np.zeros_like(weights)
    result[kept] = np.maximum(weights[kept], LEAST_WEIGHT)  # an element unlike all others must stay visible
    return result
