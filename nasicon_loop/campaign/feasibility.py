"""How likely a composition is one phase at all: what the acquisition of a network that extrapolates is weighed with.

A rule of thumb, not a model: Goldschmidt's rule takes radii within 15 per cent, and charges that differ by more than
one unit poorly. Where a measured row shows that more went in, the row wins.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from nasicon_loop.campaign.candidates import Settings
from nasicon_loop.campaign.reasons import Literature
from nasicon_loop.campaign.values import Candidate
from nasicon_loop.chemistry import Composition, Dopant, dopants, element

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nasicon_loop.chemistry import DopedArrays

_CONDUCTS_LOG10 = -4.0
"""A row with at least 1e-4 S/cm shows that its dopant amount did no great harm."""
_FAR_CHARGE = 2
_STEEPNESS = 3


def solubility_limit(dopant: Dopant, rows: Literature, settings: Settings) -> float:
    """Return about how much of a dopant (per 12 O) the lattice takes, from radius and charge, or from measured rows."""
    limit = float(dict(settings.solubility).get(dopant.plausibility, settings.solubility[0][1]))
    if abs(dopant.oxidation_state - element(dopant.host).oxidation_state) >= _FAR_CHARGE:
        limit /= 2.0
    shown = [amounts.get(dopant.element, 0.0) for amounts, row in rows.rows if row.log10_sigma >= _CONDUCTS_LOG10]
    return max([limit, *shown])


def feasibility(candidate: Candidate, limit: float) -> float:
    """Return the chance of one phase, 1 / (1 + (amount / limit)^3): one half at the limit; 1 for the Si/P series."""
    if candidate.dopant == "Si":
        return 1.0
    return 1.0 / (1.0 + (float(candidate.amount) / limit) ** _STEEPNESS)


def rule_of(formula: str, limit: Mapping[str, float]) -> float:
    """Return the rule's chance of one phase for any NASICON: each dopant alone, multiplied; 1 without any."""
    chance = 1.0
    for symbol, amount in Composition.parse(formula).normalised().amounts:
        if symbol in limit and symbol not in ("Si", "Na"):
            chance /= 1.0 + (float(amount) / limit[symbol]) ** _STEEPNESS
    return chance


def chances(doped: "DopedArrays", limits: Mapping[str, float]) -> "NDArray[np.float64]":
    """Return the chance of one phase (n,) with any number of dopants; with one dopant that of `feasibility`.

    Two dopants on one host share its room: their amounts, as parts of their limits, add up before the rule is applied.
    Dopants on different hosts disturb different sites, so their chances multiply. The worst of the two alone would make
    a second dopant free of charge.
    """
    import numpy as np

    filled: dict[str, NDArray[np.float64]] = {}
    for k, symbol in enumerate(doped.dopants):
        part = doped.amounts[:, k] / doped.unit / limits[symbol]
        host = dopants()[symbol].host
        filled[host] = filled[host] + part if host in filled else part
    chance = np.ones(len(doped))
    for part in filled.values():
        chance /= 1.0 + part**_STEEPNESS
    return chance


def limits(rows: Literature, settings: Settings) -> dict[str, float]:
    """Return the solubility limit of every dopant."""
    return {symbol: solubility_limit(dopant, rows, settings) for symbol, dopant in dopants().items()}
