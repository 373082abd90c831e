"""Which hidden truth a seed draws: four families, two to tune decisions on and two to report on.

| seeds | purpose | families, taking turns | what its literature is worth |
|---|---|---|---|
| 0 to 999 | reporting | trees, misleading | trees: much; misleading: the opposite, for half of the dopants |
| from 1000 | tuning | physics, field | physics: something; field: nothing |

Frozen before anything was tuned (docs/decisions/0005-frozen-twin.md): numbers in this room that change a truth or a
pellet are changed together with `FROZEN`, and results of another number are not comparable.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nasicon_loop.core import Refusal
from nasicon_loop.twin.hearsay import dopant_effects
from nasicon_loop.twin.learned_truths import hidden_trees, random_field
from nasicon_loop.twin.surface import Surface
from nasicon_loop.twin.truth import Report, Truth, split_by_source

Purpose = Literal["tuning", "reporting"]

FROZEN = 1
"""Edition of the twin: stands in every result."""
FIRST_TUNING_SEED = 1000
SCATTER_DEX = (0.15, 0.40)
N_HALVES = 4
"""Ways to halve the literature for the trees; few, since a model is trained on each."""
_BOTTLENECK_DEX = (0.0, 0.08)
_AGREEMENT = (0.0, 1.0)
_OPPOSITION = (1.0, 1.6)
_MISLED_LOOSENESS = 0.5
_MISLED_SHARE = 0.5

Draw = Callable[[int, Sequence[Report]], Truth]


@dataclass(frozen=True, slots=True)
class Family:
    """A family of hidden truths: `draw(seed, reports)`; `half` says how many ways of halving the literature it uses."""

    name: str
    purpose: Purpose
    what: str
    draw: Draw
    n_halves: int = 0


def _circumstances(seed: int) -> tuple[float, float]:
    source = np.random.default_rng([seed, 7])
    return float(source.uniform(*SCATTER_DEX)), float(source.uniform(*_BOTTLENECK_DEX))


def _physics(seed: int, reports: Sequence[Report]) -> Truth:
    scatter, bottleneck = _circumstances(seed)
    agreement = float(np.random.default_rng([seed, 8]).uniform(*_AGREEMENT))
    leanings = {symbol: agreement * effect for symbol, effect in dopant_effects(reports).items()}
    return Surface(seed, leanings=leanings, bottleneck_dex=bottleneck, scatter_sd_dex=scatter)


def misled(seed: int, effects: Mapping[str, float]) -> Mapping[str, float]:
    """Return what a misleading truth makes of the literature's effects (dex): half of them turned round.

    The other half is left out: there the literature says nothing, true or false.
    """
    source = np.random.default_rng([seed, 9])
    symbols = sorted(effects)
    chosen = source.permutation(len(symbols))[: round(_MISLED_SHARE * len(symbols))]
    opposition = float(source.uniform(*_OPPOSITION))
    return {symbols[k]: -opposition * effects[symbols[k]] for k in sorted(chosen)}


def _misleading(seed: int, reports: Sequence[Report]) -> Truth:
    scatter, bottleneck = _circumstances(seed)
    leanings = misled(seed, dopant_effects(reports))
    return Surface(
        seed,
        leanings=leanings,
        looseness=_MISLED_LOOSENESS,
        bottleneck_dex=bottleneck,
        scatter_sd_dex=scatter,
    )


def _field(seed: int, _reports: Sequence[Report]) -> Truth:
    return random_field(Surface(seed, scatter_sd_dex=_circumstances(seed)[0]))


def _trees(seed: int, reports: Sequence[Report]) -> Truth:
    hidden = split_by_source(reports, half_of(seed))[1]
    return hidden_trees(Surface(seed, scatter_sd_dex=_circumstances(seed)[0]), hidden)


FAMILIES = (
    Family("physics", "tuning", "bottleneck, sodium, charge and solubility; literature half right", _physics),
    Family("field", "tuning", "a smooth random field over composition; literature knows nothing of it", _field),
    Family("trees", "reporting", "trees on published rows that no model has seen", _trees, N_HALVES),
    Family("misleading", "reporting", "physics where half of the reported dopants do the opposite", _misleading),
)


def half_of(seed: int) -> int:
    """Return by which of the ways the literature is halved for a seed of the trees."""
    return seed // 2 % N_HALVES


def purpose_of(seed: int) -> Purpose:
    """Return what a seed may be used for."""
    return "tuning" if seed >= FIRST_TUNING_SEED else "reporting"


def family_of(seed: int) -> Family:
    """Return the family that a seed draws from: those of its purpose take turns. Raises Refusal below zero."""
    if seed < 0:
        raise Refusal("seeds start at 0", "seed")
    able = [family for family in FAMILIES if family.purpose == purpose_of(seed)]
    return able[seed % len(able)]


def family(name: str) -> Family:
    """Return a family by name. Raises Refusal for another one."""
    for one in FAMILIES:
        if one.name == name:
            return one
    raise Refusal(f"is no family: one of {', '.join(one.name for one in FAMILIES)}", name)


def draw_truth(seed: int, reports: Sequence[Report]) -> Truth:
    """Return the hidden truth of a seed; `reports` are the published rows near 25 °C, all of them."""
    return family_of(seed).draw(seed, reports)


def taught(seed: int, reports: Sequence[Report]) -> tuple[Report, ...]:
    """Return the published rows that a model may learn before it meets the truth of this seed."""
    return split_by_source(reports, half_of(seed))[0] if family_of(seed).n_halves else tuple(reports)
