"""The unit cell, the form (rhombohedral or monoclinic) and the theoretical density of a composition."""

import math
import tomllib
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any

from nasicon_loop.chemistry.composition import Composition
from nasicon_loop.chemistry.periodic_table import DATA, Element, element
from nasicon_loop.chemistry.sites import Amounts, Sites, total

R3C, C2C = "R-3c", "C2/c"
FORMULA_UNITS = 6
_DALTON_PER_ANGSTROM3 = 1.66053906660  # g/cm3; the dalton in 1e-24 g (CODATA 2018)
SMALL_CAVITY_ION_ANGSTROM = 0.9


@dataclass(frozen=True, slots=True)
class Cell:
    """Cell on hexagonal axes (`formula_units` = 6, also for the monoclinic form, whose volume per formula is the same).

    The errors are mean absolute ones of the regression over many families; near Na(1+x)Zr2Si(x)P(3-x)O12
    it is better. `phase` is the likelier form at room temperature. `density_g_cm3` is the theoretical density.
    """

    a_angstrom: float
    c_angstrom: float
    volume_angstrom3: float
    formula_units: int
    phase: str
    phase_probability_r3c: float
    density_g_cm3: float
    a_error_angstrom: float
    c_error_angstrom: float


def cell(composition: Composition, *, needs_ion: bool = True) -> Cell:
    """Return the cell that a composition is expected to have; FormulaError when it is not a NASICON.

    `needs_ion` is that of `Composition.sites`.

    Regression and anchors: `data/cells.toml`.
    """
    sites = composition.sites(needs_ion=needs_ion)
    data = cell_data()
    a, c = _regression(sites)
    share = _share_of_anchored_family(sites)
    if share > 0:
        shift_a, shift_c = _anchor_shift(float(_amount(sites.x, "Si")))
        a, c = a + share * shift_a, c + share * shift_c
    volume = a * a * c * math.sqrt(3) / 2
    mass = sum(float(n) * element(s).atomic_weight for s, n in (*sites.a, *sites.m, *sites.x, ("O", sites.oxygen)))
    r3c = _probability_r3c(sites)
    return Cell(
        a_angstrom=a,
        c_angstrom=c,
        volume_angstrom3=volume,
        formula_units=FORMULA_UNITS,
        phase=R3C if r3c >= 0.5 else C2C,
        phase_probability_r3c=r3c,
        density_g_cm3=FORMULA_UNITS * mass * _DALTON_PER_ANGSTROM3 / volume,
        a_error_angstrom=data["regression"]["a"]["mean_absolute_error"],
        c_error_angstrom=data["regression"]["c"]["mean_absolute_error"],
    )


@lru_cache(maxsize=1)
def cell_data() -> dict[str, Any]:
    """Return the regression, anchors and phase rule of `data/cells.toml`."""
    return tomllib.loads((DATA / "cells.toml").read_text(encoding="utf-8"))


def _regression(sites: Sites) -> tuple[float, float]:
    r_m, r_x = _mean_radius(sites.m), _mean_radius(sites.x, fourfold=True)
    n_a = float(total(sites.a))
    r_a = _mean_radius(sites.a) if n_a > 0 else radius(element("Na"), fourfold=False)  # empty cavities: as if for Na
    n_small = n_a if r_a < SMALL_CAVITY_ION_ANGSTROM else 0.0
    features = (r_m, r_x, n_a, r_a, n_small, r_m * r_a, n_a * n_a)
    a, c = (
        edge["intercept"] + sum(k * value for k, value in zip(edge["coefficients"], features, strict=True))
        for edge in (cell_data()["regression"]["a"], cell_data()["regression"]["c"])
    )
    return a, c


def _mean_radius(site: Amounts, *, fourfold: bool = False) -> float:
    return sum(float(n) * radius(element(s), fourfold) for s, n in site) / float(total(site))


def radius(facts: Element, fourfold: bool) -> float:
    """Return the Shannon radius in Å of an element in six- or fourfold coordination, else in the other one."""
    wanted, other = facts.radius_iv_angstrom, facts.radius_vi_angstrom
    if not fourfold:
        wanted, other = other, wanted
    radius = other if wanted is None else wanted
    if radius is None:
        raise ValueError(f"elements.csv: no radius for {facts.symbol}")
    return radius


def _amount(site: Amounts, symbol: str) -> Fraction:
    return dict(site).get(symbol, Fraction(0))


def _share_of_anchored_family(sites: Sites) -> float:
    """Return how far a composition belongs to Na(1+x)(Zr,Hf)2Si(x)P(3-x)O12: product of the shares on A and M."""
    if not sites.a:
        return 0.0
    sodium = _amount(sites.a, "Na") / total(sites.a)
    zirconium = (_amount(sites.m, "Zr") + _amount(sites.m, "Hf")) / total(sites.m)
    return float(sodium * zirconium)


@lru_cache(maxsize=1)
def anchor_residuals() -> tuple[tuple[float, float, float], ...]:
    """Return per anchor its silicon content and what the regression misses there in a and c (Å)."""
    residuals = []
    two, twelve = Fraction(2), Fraction(12)
    for anchor in cell_data()["anchors"]:
        x = Fraction(anchor["silicon"])
        a, c = _regression(Composition.of({"Na": 1 + x, "Zr": two, "Si": x, "P": 3 - x, "O": twelve}).sites())
        residuals.append((float(x), anchor["a"] - a, anchor["c"] - c))
    return tuple(residuals)


def _anchor_shift(silicon: float) -> tuple[float, float]:
    """Return what to add to the regression's a and c: linear between the anchors, constant outside."""
    residuals = anchor_residuals()
    x = min(max(silicon, residuals[0][0]), residuals[-1][0])
    for (x0, a0, c0), (x1, a1, c1) in pairwise(residuals):
        if x <= x1:
            t = (x - x0) / (x1 - x0)
            return a0 + t * (a1 - a0), c0 + t * (c1 - c0)
    raise AssertionError("x was clipped into the anchors' range")


def _probability_r3c(sites: Sites) -> float:
    """Return the probability of the rhombohedral form at room temperature.

    Monoclinic needs sodium, zirconium or hafnium, 1.8 <= x(Si) <= 2.2 and little dopant (`data/cells.toml`).
    """
    rule = cell_data()["phase"]
    silicon = float(_amount(sites.x, "Si"))
    foreign = sum(float(n) for s, n in sites.m if s not in ("Zr", "Hf"))
    foreign += sum(float(n) for s, n in sites.x if s not in ("Si", "P"))
    foreign += sum(float(n) for s, n in sites.a if s != "Na")
    monoclinic = (
        _step((silicon - rule["silicon_low"]) / rule["silicon_width"])
        * _step((rule["silicon_high"] - silicon) / rule["silicon_width"])
        * _step((rule["dopant_edge"] - foreign) / rule["dopant_width"])
    )
    return 1.0 - monoclinic


def _step(t: float) -> float:
    return 1.0 / (1.0 + math.exp(-min(max(t, -40.0), 40.0)))
