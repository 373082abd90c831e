"""Why a prediction is what it is: who is near, what each site and descriptor is worth, what would change it.

Occlusion asks the same model about something that is a little less: a site with the undoped host's ions, or a
descriptor that tells all elements alike. The difference says what the model made of it, not what nature does; parts do
not add up to the whole, since what one site says may depend on another.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from nasicon_loop.chemistry import Composition
from nasicon_loop.predict.crystals import Crystals, crystals
from nasicon_loop.predict.descriptors import SITES, vocabulary
from nasicon_loop.predict.model import Model
from nasicon_loop.predict.nearest import KnownResult, nearest_known
from nasicon_loop.predict.rows import Row
from nasicon_loop.predict.stepping import steps_from

SMALLEST_CHANGE_DEX = 0.05
N_NEAREST = 3
HOSTS = {"A": ("Na",), "M": ("Zr",), "X": ("Si", "P")}


@dataclass(frozen=True)
class Part:
    """What a site, or a descriptor on a site, adds to the mean, in dex of sigma."""

    name: str
    dex: float


@dataclass(frozen=True)
class Change:
    """Another composition, one step away, and how far its mean lies from this one's, in dex of sigma; its own sd."""

    what: str
    formula: str
    dex: float
    sd: float


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
    networks_share: float
    """The networks' part of the mean; the rest is the trees' beside them."""
    lab_correction: float
    """What the lab's own results added to the mean, dex."""
    hints: tuple[str, ...]
    """How to read it, and which steps were left out for what reason."""

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-able values."""
        return asdict(self)


def why(
    model: Model,
    rows: Sequence[Row],
    formula: str | Composition,
    temperature_c: float = 25.0,
    *,
    is_makeable: Callable[[Composition], bool] | None = None,
) -> Why:
    """Return the reasons for the predicted log10 sigma (S/cm) of a composition; `rows` are what may count as near.

    A change is one neutral step to a composition that `is_makeable` (None: all are) and about which the model is at
    least as sure as about this one. Raises Refusal when the composition is not a NASICON.
    """
    composition = Composition.parse(formula) if isinstance(formula, str) else formula
    batch = crystals([composition])
    found = model.predict_crystals(batch, temperature_c)
    mean, sd = float(found.mean[0]), float(found.sd[0])
    names, hosted = _occluded_sites(batch)
    without = model.summary(hosted, temperature_c).mean if names else np.zeros(0)
    sites = [Part(name, mean - float(value)) for name, value in zip(names, without, strict=True)]
    changes, left_out = _changes(model, batch, composition, temperature_c, is_makeable)
    share = model.ensemble.balance.share if model.ensemble.trees is not None else 1.0
    correction = float(found.correction[0])
    return Why(
        formula=found.formulas[0],
        temperature_c=temperature_c,
        mean=mean,
        sd=sd,
        nearest=tuple(nearest_known(rows, composition, N_NEAREST)),
        sites=_largest(sites),
        descriptors=_largest(list(_descriptors(model, batch, temperature_c, mean))),
        changes=changes,
        networks_share=share,
        lab_correction=correction,
        hints=(_mean_words(share, correction), *_change_words(changes, sd), *left_out),
    )


def _changes(
    model: Model,
    batch: Crystals,
    composition: Composition,
    temperature_c: float,
    is_makeable: Callable[[Composition], bool] | None,
) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """Return the steps that change the mean, largest first, and sentences on those that were left out."""
    near = steps_from(composition)
    if not near:
        return (), ("no step is offered: this is no Na-Zr-Si-P NASICON with at most one dopant on its usual site",)
    able = sorted(
        (step for step in near if is_makeable is None or is_makeable(step[1])), key=lambda step: step[1].formula
    )
    here = model.summary(batch, temperature_c)
    there = model.summary(crystals([step[1] for step in able]), temperature_c) if able else None
    changes, n_less_sure, n_small = [], 0, 0
    for k, (what, other) in enumerate(able):
        assert there is not None  # noqa: S101 - there is one for every step
        dex, sd = float(there.mean[k] - here.mean[0]), float(there.sd[k])
        if round(sd, 2) > round(float(here.sd[0]), 2):
            n_less_sure += 1
        elif abs(dex) < SMALLEST_CHANGE_DEX:
            n_small += 1
        else:
            changes.append(Change(what, other.formula, dex, sd))
    counts = (
        (len(near) - len(able), "without a recipe, or with more dopant than is likely to dissolve"),
        (n_less_sure, "where the model is less sure than here"),
        (n_small, f"that change less than {SMALLEST_CHANGE_DEX:g} dex"),
    )
    told = ", ".join(f"{n} {words}" for n, words in counts if n)
    return tuple(sorted(changes, key=lambda c: (-abs(c.dex), c.formula))), (f"steps left out: {told}",) if told else ()


def _mean_words(share: float, correction: float) -> str:
    parts = f"{100 * share:.0f} % of the mean are the networks', {100 - 100 * share:.0f} % the trees'"
    return parts if correction == 0 else f"{parts}; the lab's own results moved it by {correction:+.2f} dex"


def _change_words(changes: Sequence[Change], sd: float) -> tuple[str, ...]:
    if not changes or max(abs(change.dex) for change in changes) >= sd:
        return ()
    return (f"every step is smaller than the spread of one prediction ({sd:.2f} dex): a leaning, not a promise",)


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
