"""From picked candidates to suggestions with numbers and reasons, and what is made again instead of something new."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nasicon_loop.campaign.acquiring import UNDOPED, Asked
from nasicon_loop.campaign.acquisition import Floats, probability_above
from nasicon_loop.campaign.candidates import Settings, composition_key, readable_keys, stream_candidates
from nasicon_loop.campaign.choose import Room
from nasicon_loop.campaign.joint import Lesson, joint_of, lesson, spots
from nasicon_loop.campaign.reasons import Literature, reason, short_formula, sigma_words
from nasicon_loop.campaign.repeating import (
    MAX_PELLETS,
    PELLET_SCATTER_DEX,
    gain_of_new,
    gain_of_repeat,
    groups,
    scatter,
    wants_reference,
)
from nasicon_loop.campaign.scores import Scored, ask
from nasicon_loop.campaign.values import Acquires, Choice, Kind, OwnPellet, Predicts
from nasicon_loop.chemistry import Composition
from nasicon_loop.core import Refusal


@dataclass(frozen=True, slots=True)
class Found:
    """Candidates with all that is known of them: what a choice is made from."""

    asked: Asked
    scored: Scored
    value: Floats
    """(1, n) or (places, n), chance of one phase included."""
    rows: Literature
    by: Acquires

    def choice(self, k: int, place: int) -> Choice:
        """Return candidate `k` as the suggestion at a place of the batch."""
        candidate, prediction, best = self.scored.candidates[k], self.scored.prediction, self.asked.best
        mean, sd = float(prediction.mean[k]), float(prediction.sd[k])
        epistemic = float(prediction.epistemic_sd[k])
        probability = float(probability_above(np.array([mean]), np.array([epistemic]), best.mean)[0])
        feasibility = float(self.scored.feasibility[k])
        return Choice(
            formula=candidate.formula,
            dopant=candidate.dopant,
            mean=mean,
            sd=sd,
            quantiles=_quantiles(prediction, k),
            acquisition=float(self.value[min(place, len(self.value) - 1), k]),
            reason=reason(
                candidate,
                mean=mean,
                sd=sd,
                probability=probability,
                incumbent_mean=best.mean,
                rows=self.rows,
                feasibility=feasibility,
                learned=self.scored.learned[k] if self.scored.learned else "",
            )
            + self._lesson_words(k),
            epistemic_sd=epistemic,
            probability_best=probability,
            n_support_rows=self.rows.support(candidate.dopant),
            amount=float(candidate.amount),
            silicon=float(candidate.silicon),
            acquired_by=self.by,
            gain=float(self.scored.acquisition[k]),
            feasibility=feasibility,
        )

    def _lesson_words(self, k: int) -> str:
        """What measuring it would teach about the other candidates with its dopant."""
        symbol = self.scored.candidates[k].dopant
        at = np.array([i for i, one in enumerate(self.scored.candidates) if one.dopant == symbol])

        class _Part:
            mean = np.asarray(self.scored.prediction.mean)[at]
            epistemic_sd = np.asarray(self.scored.prediction.epistemic_sd)[at]

        joint = joint_of(self.asked.model, [self.scored.candidates[i].composition for i in at], _Part)
        told = lesson(joint, int(np.flatnonzero(at == k)[0]), PELLET_SCATTER_DEX).words
        return f"; {told}" if told else ""


def lesson_of(model: Predicts, formula: str, dopant: str, settings: Settings) -> Lesson:
    """Return what one result on a composition would teach about the candidates with its dopant."""
    own = Composition.parse(formula)
    key = composition_key(own)
    listed = [one.composition for one in stream_candidates(settings, excluded=[key]) if one.dopant == dopant]
    compositions = [own, *listed]
    return lesson(joint_of(model, compositions, ask(model, compositions)), 0, PELLET_SCATTER_DEX)


def _quantiles(prediction: Any, k: int) -> dict[str, float]:
    levels, quantiles = prediction.quantile_levels, prediction.quantiles[k]
    return {f"{float(level):g}": float(value) for level, value in zip(levels, quantiles, strict=True)}


def instead_of_last(
    found: Found, choices: Sequence[Choice], pellets: Sequence[OwnPellet], *, waiting: Sequence[str], room: Room
) -> Choice | None:
    """Return the replicate or reference that takes the last place, None when it stays new; a batch of one stays new."""
    if len(choices) < 2 or not pellets:
        return None
    why = wants_reference(pellets)
    if why and not readable_keys([UNDOPED]) <= readable_keys(waiting) and room.fits(UNDOPED, "Si"):
        return _again(found, UNDOPED, "reference", 0.0, f"reference: {why}")
    return _replicate(found, choices[-1], pellets, waiting, room)


def _replicate(
    found: Found, last: Choice, pellets: Sequence[OwnPellet], waiting: Sequence[str], room: Room
) -> Choice | None:
    made = [group for group in groups(pellets) if not group.pellets[0].is_reference and _is_nasicon(group.formula)]
    if len(made) < 2:
        return None
    noise, _ = scatter(pellets)
    answer = ask(found.asked.model, [Composition.parse(group.formula) for group in made])
    order = np.argsort(-np.asarray(answer.mean), kind="stable")
    top, second = int(order[0]), int(order[1])
    group = made[top]
    mean, epistemic = float(answer.mean[top]), float(answer.epistemic_sd[top])
    gain = gain_of_repeat(mean, epistemic, float(answer.mean[second]), noise)
    new = gain_of_new(last.mean, last.epistemic_sd, found.asked.best.mean, noise) * last.feasibility
    is_waiting = readable_keys([group.formula]) <= readable_keys(waiting)
    if gain <= new or len(group.pellets) >= MAX_PELLETS or is_waiting:
        return None
    if not room.fits(group.formula, last.dopant):
        return None
    n = len(group.pellets)
    return _again(
        found,
        group.formula,
        "replicate",
        gain,
        f"replicate: the best of this lab rests on {n} pellet{'s' if n > 1 else ''}, and pellets scatter by "
        f"{noise:.2f} dex; one more is worth {gain:.3f} dex, the next new composition ({short_formula(last.formula)}) "
        f"{new:.3f} dex: noise limits, not ignorance",
    )


def _is_nasicon(formula: str) -> bool:
    try:
        Composition.parse(formula).sites()
    except Refusal:
        return False
    return True


def _again(found: Found, formula: str, kind: Kind, gain: float, why: str) -> Choice:
    composition = Composition.parse(formula)
    answer = ask(found.asked.model, [composition])
    mean, sd = float(answer.mean[0]), float(answer.sd[0])
    where = spots([composition])
    made = Choice(
        formula=composition.formula,
        dopant=where.dopants[0],
        mean=mean,
        sd=sd,
        quantiles=_quantiles(answer, 0),
        acquisition=gain,
        reason=f"{why}; expected {sigma_words(mean)} S/cm (68 % between {sigma_words(mean - sd)} and "
        f"{sigma_words(mean + sd)})",
        epistemic_sd=float(answer.epistemic_sd[0]),
        n_support_rows=found.rows.support(where.dopants[0]),
        amount=float(where.amounts[0]),
        silicon=float(where.silicon[0]),
        acquired_by=found.by,
        gain=gain,
    )
    return replace(made, kind=kind)
