"""One batch of suggestions from a model and what is known: the campaign's decision."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nasicon_loop.campaign.acquiring import ACQUISITION_WORDS, UNDOPED, Asked, Best, checked, values
from nasicon_loop.campaign.candidates import Settings, readable_keys, stream_candidates
from nasicon_loop.campaign.changes import describe_changes
from nasicon_loop.campaign.choices import Found, instead_of_last
from nasicon_loop.campaign.choose import Room, choose
from nasicon_loop.campaign.reasons import literature, sigma_words
from nasicon_loop.campaign.scores import Scored, ask, best_by_element, score
from nasicon_loop.campaign.values import Acquires, Choice, Known, Outcome, OwnPellet, Predicts, Previous, Proposal
from nasicon_loop.chemistry import Composition, FormulaError, dopants
from nasicon_loop.core import Refusal

_MAX_SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Callable:
    """A bare function in a model's clothes."""

    function: Callable[[Sequence[Composition]], Any]

    def predict(self, compositions: Sequence[Composition], /) -> Any:
        return self.function(compositions)


def propose(
    model: Predicts | Callable[[Sequence[Composition]], Any],
    *,
    known: Sequence[Known] = (),
    made: Sequence[str] = (),
    pending: Sequence[str] = (),
    abandoned: Sequence[str] = (),
    rejected: Sequence[str] = (),
    pellets: Sequence[OwnPellet] = (),
    outcomes: Sequence[Outcome] = (),
    n: int = 4,
    by: Acquires = "ei",
    seed: int = 0,
    best: float | None = None,
    settings: Settings | None = None,
    previous: Previous | None = None,
    program_of: Callable[[str], Hashable] | None = None,
) -> Proposal:
    """Return `n` suggestions with reasons, and what changed since `previous`.

    `known` are measured rows near 25 °C (literature and lab); `made`, `pending`, `abandoned` and `rejected` are
    formulas of this lab. None of them is suggested as new again; pending dopants count as taken. `pellets` are the
    lab's results pellet by pellet, oldest first: the last place may go to a replicate or a reference (repeating.py).
    `outcomes` move the chance of one dense phase. `by` values the candidates (acquiring.py), `seed` is what it draws
    with. With `program_of` all must share what it gives, and what it refuses is passed over. The incumbent is the best
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
    scored = score(asked, stream, best_now.mean, rows=rows, settings=rules, outcomes=outcomes)
    # an accepted suggestion stays accepted when its pellet is measured: what is settled is pending no more
    settled = readable_keys([*made, *abandoned, *rejected])
    waiting = [formula for formula in dict.fromkeys(pending) if not readable_keys([formula]) <= settled]
    question = Asked(asked, stream, scored.prediction, best_now)
    value = scored.acquisition[None, :]
    if checked(by) != "ei":
        value = values(by, question, rows=rows, n=n, seed=seed) * scored.feasibility
    room = Room(program_of)
    picked = choose(stream, value, n, settings=rules, pending_dopants=_dopants_of(waiting), room=room)
    found = Found(question, scored, value, rows, by)
    choices = [found.choice(k, place) for place, k in enumerate(picked)]
    again = instead_of_last(found, choices, pellets, waiting=waiting, room=room)
    choices = [*choices[:-1], again] if again is not None else choices
    return Proposal(
        tuple(choices),
        _notes(rules, scored, best_now, choices, n=n, passed_over=room.passed_over, by=by),
        describe_changes(previous, choices, scored, asked) if previous else (),
        best_now.formula,
        best_now.mean,
        len(stream),
        best_by_element(scored, rows, rules),
        by,
        dict(room.passed_over),
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


def incumbent(model: Predicts, formulas: Sequence[str], best: float | None = None) -> Best:
    """Return the best posterior mean at 25 °C over sodium NASICONs among `formulas`; others are passed over.

    Without any it is the undoped Na3Zr2Si2PO12; with `best` (log10 S/cm) given, that.
    """
    if best is not None:
        return Best(None, float(best))
    compositions = _readable(formulas) or [Composition.parse(UNDOPED)]
    answer = ask(model, compositions)
    k = int(np.asarray(answer.mean).argmax())
    return Best(compositions[k].formula, float(answer.mean[k]), float(answer.epistemic_sd[k]))


def _dopants_of(formulas: Sequence[str]) -> list[str]:
    table = dopants()
    return [
        symbol
        for composition in _readable(formulas)
        for symbol in composition.elements
        if symbol in table and symbol not in {"Si"}
    ]


def _notes(
    settings: Settings,
    scored: Scored,
    best_now: Best,
    choices: Sequence[Choice],
    *,
    n: int,
    passed_over: Mapping[str, str],
    by: Acquires,
) -> tuple[str, ...]:
    name = f" ({best_now.formula})" if best_now.formula else ""
    notes = [
        f"{len(scored.candidates)} charge-neutral compositions were compared; "
        f"best so far by the model: {sigma_words(best_now.mean)} S/cm{name}"
    ]
    if by != "ei":
        notes.append(f"chosen by {by}: {ACQUISITION_WORDS[by]}")
    blocked = [symbol for symbol, dopant in dopants().items() if settings.is_blocked(dopant)]
    if blocked:
        notes.append(f"left out as toxic: {', '.join(blocked)}")
    if passed_over:
        shown = "; ".join(f"{formula} ({why})" for formula, why in list(passed_over.items())[:_MAX_SHOWN])
        notes.append(f"{len(passed_over)} could not go into the same furnace load: {shown}")
    blind = [choice.dopant for choice in choices if choice.n_support_rows == 0 and choice.kind == "new"]
    if blind:
        notes.append(f"no measured row supports {', '.join(dict.fromkeys(blind))}: these explore")
    notes += [
        f"{choice.formula} is a {choice.kind}, not a new composition" for choice in choices if choice.kind != "new"
    ]
    if len(choices) < n:
        notes.append(f"only {len(choices)} of {n} could be found that differ enough from each other")
    return tuple(notes)
