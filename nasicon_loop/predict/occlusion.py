"""Why a prediction is what it is: who is near, what each site and descriptor is worth, what would change it.

Occlusion asks the same model about something that is a little less: a site with the undoped host's ions, or a
descriptor that tells all elements alike. The difference says what the model made of it, not what nature does; parts do
not add up to the whole, since what one site says may depend on another.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from nasicon_loop.chemistry import Composition, FormulaError, Substitution, dopants, substitute
from nasicon_loop.predict.crystals import Crystals, crystals
from nasicon_loop.predict.descriptors import SITES, vocabulary
from nasicon_loop.predict.model import Model
from nasicon_loop.predict.nearest import KnownResult, nearest_known
from nasicon_loop.predict.rows import Row

SMALLEST_CHANGE_DEX = 0.05
N_NEAREST = 3
STEP = Fraction(1, 20)
HOSTS = {"A": ("Na",), "M": ("Zr",), "X": ("Si", "P")}


@dataclass(frozen=True)
class Part:
    """What a site, or a descriptor on a site, adds to the mean, in dex of sigma."""

    name: str
    dex: float


@dataclass(frozen=True)
class Change:
    """Another composition, one step away, and how far its mean lies from this one's, in dex of sigma."""

    what: str
    formula: str
    dex: float


@dataclass(frozen=True)
class Why:
    """The reasons for one prediction; parts and changes with the largest first."""

    formula: str
    temperature_c: float
    mean: float
    sd: float
    nearest: tuple[KnownResult, ...]
    sites: tuple[Part, ...]
    descriptors: tuple[Part, ...]
    changes: tuple[Change, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-able values."""
        return asdict(self)


def why(model: Model, rows: Sequence[Row], formula: str | Composition, temperature_c: float = 25.0) -> Why:
    """Return the reasons for the predicted log10 sigma (S/cm) of a composition; `rows` are what may count as near.

    Raises Refusal when it is not a NASICON.
    """
    composition = Composition.parse(formula) if isinstance(formula, str) else formula
    batch = crystals([composition])
    found = model.predict_crystals(batch, temperature_c)
    mean = float(found.mean[0])
    names, hosted = _occluded_sites(batch)
    without = model.summary(hosted, temperature_c).mean if names else np.zeros(0)
    sites = [Part(name, mean - float(value)) for name, value in zip(names, without, strict=True)]
    near = sorted(_steps(composition), key=lambda step: step[1].formula)
    moved = model.summary(crystals([step[1] for step in near]), temperature_c).mean if near else np.zeros(0)
    changes = [
        Change(what, other.formula, float(value) - mean) for (what, other), value in zip(near, moved, strict=True)
    ]
    return Why(
        formula=found.formulas[0],
        temperature_c=temperature_c,
        mean=mean,
        sd=float(found.sd[0]),
        nearest=tuple(nearest_known(rows, composition, N_NEAREST)),
        sites=_largest(sites),
        descriptors=_largest(list(_descriptors(model, batch, temperature_c, mean))),
        changes=tuple(sorted((c for c in changes if abs(c.dex) >= SMALLEST_CHANGE_DEX), key=lambda c: -abs(c.dex))),
    )


def _largest(parts: list[Part]) -> tuple[Part, ...]:
    return tuple(sorted(parts, key=lambda part: (-abs(part.dex), part.name)))


def _occluded_sites(batch: Crystals) -> tuple[list[str], Crystals]:
    """Return the sites that hold something foreign, and for each the crystal with the host's ions there instead."""
    column = {symbol: i for i, symbol in enumerate(vocabulary())}
    names, parts = [], []
    for site in SITES:
        hosts = [column[symbol] for symbol in HOSTS[site]]
        foreign = batch.amounts[site][0].copy()
        foreign[hosts] = 0.0
        if foreign.sum() <= 0:
            continue
        amounts = {name: table.copy() for name, table in batch.amounts.items()}
        amounts[site][0] -= foreign
        kept = amounts[site][0, hosts]
        share = kept / kept.sum() if kept.sum() > 0 else np.full(len(hosts), 1.0 / len(hosts))
        amounts[site][0, hosts] = kept + share * foreign.sum()
        names.append(site)
        parts.append(amounts)
    if not names:
        return [], batch
    at = np.zeros(len(names), dtype=np.int64)
    stacked = {site: np.concatenate([part[site] for part in parts]) for site in SITES}
    return names, replace(batch.take(at), amounts=stacked)


def _descriptors(model: Model, batch: Crystals, temperature_c: float, mean: float) -> Iterator[Part]:
    """Yield what each descriptor in use adds: without it all elements are alike in it."""
    encoder = model.ensemble.encoder
    for site, basis in encoder.bases.items():
        for k in np.flatnonzero(basis.weights > 0):
            weights = basis.weights.copy()
            weights[k] = 0.0
            blind = replace(encoder, bases={**encoder.bases, site: replace(basis, weights=weights)})
            other = replace(model, ensemble=replace(model.ensemble, encoder=blind))
            value = float(other.summary(batch, temperature_c).mean[0])
            yield Part(f"{basis.names[k]} on {site}", mean - value)


def _steps(composition: Composition) -> Iterator[tuple[str, Composition]]:
    """Yield neutral compositions one step away: more or less of the dopant, of silicon, another or no dopant."""
    silicon = composition.normalised().get("Si")
    foreign = [(s, n) for s, n in composition.normalised().amounts if s in dopants() and s not in ("Na", "Zr", "Si")]
    if len(foreign) > 1 or not composition.normalised().get("Zr"):
        return
    symbol, amount = foreign[0] if foreign else ("", Fraction(0))
    wanted: list[tuple[str, str, Fraction, Fraction]] = [
        (f"{'more' if sign > 0 else 'less'} silicon", symbol, amount, silicon + sign * 2 * STEP) for sign in (-1, 1)
    ]
    if symbol:
        wanted += [
            (f"{'more' if sign > 0 else 'less'} {symbol}", symbol, amount + sign * STEP, silicon) for sign in (-1, 1)
        ]
        wanted.append((f"no {symbol}", "", Fraction(0), silicon))
        charge = dopants()[symbol].oxidation_state
        others = [d.element for d in dopants().values() if d.oxidation_state == charge and not d.toxic]
        wanted += [(f"{other} for {symbol}", other, amount, silicon) for other in others if other != symbol]
    for what, element, share, x in wanted:
        try:
            other = substitute([Substitution(element, share)] if element else [], x)
        except FormulaError:  # nothing neutral lies there
            continue
        if other.normalised() != composition.normalised():
            yield what, other
