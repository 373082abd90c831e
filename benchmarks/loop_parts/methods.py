"""How to choose: one small interface, and the ways of our own. Others register themselves in `METHODS`.

A method sees a `Situation` and nothing of the truth. What it recommends is, of what it has
measured, where its posterior mean is best.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from benchmarks.loop_parts.priors import Kind, Prior, Result, prior
from benchmarks.loop_parts.space import SETTINGS, UNDOPED, Array, candidates, formulas, known, ruled_out
from nasicon_loop import campaign
from nasicon_loop.predict import Row


@dataclass(frozen=True)
class Situation:
    """What the lab knows: results so far, compositions that became a second phase, and what is still to come.

    A cracked or porous pellet says nothing: its composition may be ordered again. So may a measured one: a replicate.
    """

    results: tuple[Result, ...]
    second_phases: tuple[str, ...]
    pending: tuple[str, ...]

    @property
    def measured(self) -> list[str]:
        """Formulas with a result, each once."""
        return list(dict.fromkeys(result.formula for result in self.results))

    @property
    def allowed(self) -> list[str]:
        """Candidates that may be ordered, replicates among them."""
        barred = {*self.second_phases, *self.pending}
        return [candidate.formula for candidate in candidates() if candidate.formula not in barred]

    @property
    def fresh(self) -> list[str]:
        """Candidates that may be ordered and have no result yet."""
        measured = set(self.measured)
        return [formula for formula in self.allowed if formula not in measured]


class Method(Protocol):
    """A way to choose the next compositions. Both answers depend on nothing but the arguments."""

    def choose(self, situation: Situation, n: int, seed: int, /) -> list[str]:
        """Return up to `n` allowed candidates for one furnace load."""
        ...

    def means(self, situation: Situation, /) -> Array:
        """Return its posterior mean (n,) of log10 sigma for all `formulas`."""
        ...


Build = Callable[[Sequence[Row], Path], Method]


@dataclass(frozen=True)
class Ours:
    """The product: literature model, the lab's Gaussian process on it, the campaign's acquisition and batch.

    It hears what a lab's database tells `nasicon suggest`: pellets one by one, and which samples became one phase.
    """

    prior: Prior
    literature: tuple[campaign.Known, ...]
    by: campaign.Acquires = "ei"

    def choose(self, situation: Situation, n: int, seed: int) -> list[str]:
        """Return what `campaign.propose` proposes; its last place may be a replicate or a reference."""
        model = self.prior.learned(situation.results)
        proposal = campaign.propose(
            model,
            known=self.literature,
            made=[*situation.measured, *situation.second_phases],
            rejected=ruled_out(),
            pending=situation.pending,
            pellets=_pellets(situation.results),
            outcomes=_outcomes(situation),
            n=n,
            by=self.by,
            seed=seed + len(situation.results),
            best=campaign.incumbent(model, situation.measured).mean,
            settings=SETTINGS,
        )
        return [choice.formula for choice in proposal.choices]

    def means(self, situation: Situation) -> Array:
        """Return the corrected model's mean."""
        return self.prior.learned(situation.results).predict(formulas()).mean


def _pellets(results: Sequence[Result]) -> list[campaign.OwnPellet]:
    return [
        campaign.OwnPellet(f"P{k}", one.formula, one.log10_sigma, one.log10_sigma_sd, one.formula == UNDOPED)
        for k, one in enumerate(results)
    ]


def _outcomes(situation: Situation) -> list[campaign.Outcome]:
    """Return what became of the samples; the undoped reference is known to be one phase and tells nothing."""
    good = [one.formula for one in situation.results if one.formula != UNDOPED]
    return [
        *(campaign.Outcome(f"P{k}", formula, is_good=True, why="measured") for k, formula in enumerate(good)),
        *(
            campaign.Outcome(f"X{k}", formula, is_good=False, why="second phase")
            for k, formula in enumerate(situation.second_phases)
        ),
    ]


@dataclass(frozen=True)
class Random:
    """Candidates at random; what it recommends is read by our model, so that choosing alone is compared."""

    reader: Ours

    def choose(self, situation: Situation, n: int, seed: int) -> list[str]:
        """Return fresh candidates, all equally likely."""
        fresh = situation.fresh
        source = np.random.default_rng([seed, 20, len(situation.results)])
        return [fresh[k] for k in source.permutation(len(fresh))[:n]]

    def means(self, situation: Situation) -> Array:
        """Return our model's mean."""
        return self.reader.means(situation)


def _ours(kind: Kind) -> Build:
    def build(rows: Sequence[Row], folder: Path) -> Ours:
        # every candidate must stay one, also where it equals a row that this literature does not have
        literature = [row for row in known(tuple(rows)) if row.formula != UNDOPED]
        return Ours(prior(kind, rows, folder), tuple(literature))

    return build


def _random(rows: Sequence[Row], folder: Path) -> Random:
    return Random(_ours("network")(rows, folder))


def _botorch(rows: Sequence[Row], folder: Path) -> Method:
    from benchmarks.loop_parts.botorch_peer import BoTorch

    return BoTorch(prior("network", rows, folder).mean)


def _baybe(rows: Sequence[Row], folder: Path) -> Method:
    from benchmarks.loop_parts.baybe_peer import BayBE

    return BayBE(prior("network", rows, folder).mean)


METHODS: Mapping[str, Build] = {
    "ours": _ours("network"),
    "ours, forest": _ours("forest"),
    "random": _random,
    "BoTorch": _botorch,
    "BayBE": _baybe,
}
NEEDS = {"BoTorch": "botorch", "BayBE": "baybe"}
"""What must be installed beside the project: `pip install nasicon_loop[bench]`."""
