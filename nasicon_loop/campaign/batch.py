"""One batch of suggestions from a model and what is known: the campaign's decision."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nasicon_loop.campaign.acquisition import probability_above
from nasicon_loop.campaign.candidates import Settings, readable_keys, stream_candidates
from nasicon_loop.campaign.changes import describe_changes
from nasicon_loop.campaign.choose import choose
from nasicon_loop.campaign.reasons import Literature, literature, reason, sigma_words
from nasicon_loop.campaign.scores import Scored, ask, best_by_element, score
from nasicon_loop.campaign.values import Choice, Known, Predicts, Previous, Proposal
from nasicon_loop.chemistry import Composition, FormulaError, dopants
from nasicon_loop.core import Refusal


@dataclass(frozen=True, slots=True)
class _Callable:
    """A bare function in a model's clothes."""

    function: Callable[[Sequence[Composition]], Any]

    def predict(self, compositions: Sequence[Composition], /) -> Any:
        return self.function(compositions)


@dataclass(frozen=True, slots=True)
class Incumbent:
    """The best composition so far by the model's own posterior mean (log10 S/cm); `formula` None without any."""

    formula: str | None
    mean: float


def propose(
    model: Predicts | Callable[[Sequence[Composition]], Any],
    *,
    known: Sequence[Known] = (),
    made: Sequence[str] = (),
    pending: Sequence[str] = (),
    abandoned: Sequence[str] = (),
    rejected: Sequence[str] = (),
    n: int = 4,
    best: float | None = None,
    settings: Settings | None = None,
    previous: Previous | None = None,
) -> Proposal:
    """Return `n` new compositions with reasons, and what changed since `previous`.

    `known` are measured rows near 25 °C (literature and lab); `made`, `pending`, `abandoned` and `rejected` are
    formulas of this lab. None of them is suggested again; pending dopants count as taken. The incumbent is the best
    posterior mean over known and made compositions, unless `best` (log10 S/cm) is given: the best *measured* value of
    noisy data is mostly luck. Raises Refusal when `n` < 1, or nothing is left to suggest.
    """
    if n < 1:
        raise Refusal("ask for at least one suggestion", "n")
    rules = settings or Settings()
    asked: Predicts = model if hasattr(model, "predict") else _Callable(model)
    excluded = readable_keys([row.formula for row in known] + [*made, *pending, *abandoned, *rejected])
    stream = tuple(stream_candidates(rules, excluded=excluded))
    if not stream:
        raise Refusal("no composition is left inside these limits: widen amounts or silicon", "suggest")
    best_now = incumbent(asked, [row.formula for row in known] + list(made), best)
    rows = literature(known)
    scored = score(asked, stream, best_now.mean, rows=rows, settings=rules)
    # an accepted suggestion stays accepted when its pellet is measured: what is settled is pending no more
    settled = readable_keys([*made, *abandoned, *rejected])
    waiting = [formula for formula in dict.fromkeys(pending) if not readable_keys([formula]) <= settled]
    picked = choose(stream, scored.acquisition.tolist(), n, settings=rules, pending_dopants=_dopants_of(waiting))
    choices = tuple(_choice(scored, k, best_now, rows) for k in picked)
    return Proposal(
        choices,
        _notes(rules, scored, best_now, choices, n),
        describe_changes(previous, choices, scored, asked) if previous else (),
        best_now.formula,
        best_now.mean,
        len(stream),
        best_by_element(scored, rows, rules),
    )


def _readable(formulas: Sequence[str]) -> list[Composition]:
    found: dict[str, Composition] = {}
    for formula in formulas:
        try:
            composition = Composition.parse(formula)
            composition.sites()
        except FormulaError:  # not a NASICON: the model cannot place it on sites, so it cannot be the incumbent
            continue
        if composition.mobile_ion == "Na":
            found.setdefault(composition.formula, composition)
    return list(found.values())


def incumbent(model: Predicts, formulas: Sequence[str], best: float | None = None) -> Incumbent:
    """Return the best posterior mean at 25 °C over sodium NASICONs among `formulas`; others are passed over.

    Without any it is the undoped Na3Zr2Si2PO12; with `best` (log10 S/cm) given, that.
    """
    if best is not None:
        return Incumbent(None, float(best))
    compositions = _readable(formulas) or [Composition.parse("Na3Zr2Si2PO12")]
    mean = np.asarray(ask(model, compositions).mean)
    k = int(mean.argmax())
    return Incumbent(compositions[k].formula, float(mean[k]))


def _dopants_of(formulas: Sequence[str]) -> list[str]:
    table = dopants()
    return [
        symbol
        for composition in _readable(formulas)
        for symbol in composition.elements
        if symbol in table and symbol not in {"Si"}
    ]


def _choice(scored: Scored, k: int, best_now: Incumbent, rows: Literature) -> Choice:
    candidate, prediction = scored.candidates[k], scored.prediction
    mean, sd = float(prediction.mean[k]), float(prediction.sd[k])
    epistemic = float(prediction.epistemic_sd[k])
    probability = float(probability_above(np.array([mean]), np.array([epistemic]), best_now.mean)[0])
    return Choice(
        formula=candidate.formula,
        dopant=candidate.dopant,
        mean=mean,
        sd=sd,
        quantiles={
            f"{float(level):g}": float(value)
            for level, value in zip(prediction.quantile_levels, prediction.quantiles[k], strict=True)
        },
        acquisition=float(scored.acquisition[k]),
        reason=reason(
            candidate,
            mean=mean,
            sd=sd,
            probability=probability,
            incumbent_mean=best_now.mean,
            rows=rows,
            feasibility=float(scored.feasibility[k]),
        ),
        epistemic_sd=epistemic,
        probability_best=probability,
        n_support_rows=rows.support(candidate.dopant),
        amount=float(candidate.amount),
        silicon=float(candidate.silicon),
    )


def _notes(
    settings: Settings, scored: Scored, best_now: Incumbent, choices: Sequence[Choice], n: int
) -> tuple[str, ...]:
    name = f" ({best_now.formula})" if best_now.formula else ""
    notes = [
        f"{len(scored.candidates)} charge-neutral compositions were compared; "
        f"best so far by the model: {sigma_words(best_now.mean)} S/cm{name}"
    ]
    blocked = [symbol for symbol, dopant in dopants().items() if settings.is_blocked(dopant)]
    if blocked:
        notes.append(f"left out as toxic: {', '.join(blocked)}")
    blind = [choice.dopant for choice in choices if choice.n_support_rows == 0]
    if blind:
        notes.append(f"no measured row supports {', '.join(dict.fromkeys(blind))}: these explore")
    if len(choices) < n:
        notes.append(f"only {len(choices)} of {n} could be found that differ enough from each other")
    return tuple(notes)
