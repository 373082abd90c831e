"""Use cases of suggesting: what to make next, what changed since last time, and people's decisions about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Progress, Refusal, Silent, plain
from nasicon_loop.lab.learning import current_model, load_model, teaching_row

if TYPE_CHECKING:
    from db import LiteratureRow, ModelRun, Reader, Suggestion, TeachingRow
    from nasicon_loop.campaign import Choice, ElementScore, Known, Previous, Result
    from nasicon_loop.campaign import Settings as SearchSettings
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.predict import Model

ROOM_TEMPERATURE_C = (15.0, 35.0)
"""Literature values between these are compared with predictions at 25 °C."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """One suggestion with its state."""

    suggestion: "Suggestion"
    state: str

    def document(self) -> dict[str, Any]:
        """Return the object that `nasicon suggest --json` prints."""
        known = self.suggestion
        return {
            "schema": 1,
            "number": known.number,
            "formula": known.formula,
            "dopant": known.dopant,
            "state": self.state,
            "log10_sigma_mean": known.log10_sigma_mean,
            "log10_sigma_sd": known.log10_sigma_sd,
            "log10_sigma_quantiles": dict(known.quantiles),
            "acquisition": known.acquisition,
            "reason": known.reason,
            "batch": known.batch,
            "at": known.at,
        }


@dataclass(frozen=True, slots=True)
class Batch:
    """Suggestions, remarks on how they came about, and what changed since the batch before."""

    suggestions: tuple[Suggested, ...]
    notes: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """What the campaign has to respect and to compare with; all read in one go."""

    known: tuple["Known", ...]
    made: tuple[str, ...]
    pending: tuple[str, ...]
    abandoned: tuple[str, ...]
    rejected: tuple[str, ...]


def suggest_compositions(lab: "Lab", n: int, *, progress: Progress | None = None) -> Batch:
    """Ask the current model for `n` new compositions, store them as open suggestions, and say what changed.

    Raises Refusal when nothing was trained yet.
    """
    from nasicon_loop import campaign

    bar = progress or Silent()
    bar.start("looking for compositions", 2)
    run, model = current_model(lab)
    bar.advance(detail=f"model run {run.number}")
    past, previous = past_of(lab), _previous(lab)
    proposal = campaign.propose(
        model,
        known=past.known,
        made=past.made,
        pending=past.pending,
        abandoned=past.abandoned,
        rejected=past.rejected,
        n=n,
        settings=search_settings(lab),
        previous=previous,
    )
    bar.advance(detail=f"{proposal.n_candidates} candidates")
    bar.finish()
    with lab.database.write(who=lab.who) as writer:
        batch = writer.next_batch()
        stored = [
            writer.add_suggestion(
                model_run=run.id,
                formula=choice.formula,
                dopant=choice.dopant,
                log10_sigma_mean=choice.mean,
                log10_sigma_sd=choice.sd,
                quantiles=choice.quantiles,
                acquisition=choice.acquisition,
                reason=choice.reason,
                batch=batch,
            )
            for choice in proposal.choices
        ]
    return Batch(tuple(Suggested(one, "open") for one in stored), proposal.notes, proposal.changes)


def search_settings(lab: "Lab") -> "SearchSettings":
    """Return the limits of the search as lab.toml sets them."""
    from nasicon_loop import campaign
    from nasicon_loop.campaign import Settings

    allowed = campaign.BLOCKED_ELEMENTS if lab.settings.recipe.allow_toxic else ()
    return Settings(allowed_toxic=allowed)


def open_suggestions(lab: "Lab") -> Batch:
    """Return those of the newest batch that nobody decided on yet, and those on hold."""
    every = all_suggestions(lab)
    newest = every[-1].suggestion.batch if every else 0
    return Batch(
        tuple(one for one in every if one.state == "held" or (one.state == "open" and one.suggestion.batch == newest))
    )


def all_suggestions(lab: "Lab") -> tuple[Suggested, ...]:
    """Return every suggestion ever made, by number."""
    with lab.database.read() as reader:
        states = reader.suggestion_states()
        return tuple(Suggested(one, states[one.number]) for one in reader.suggestions())


def explain_suggestion(lab: "Lab", number: int) -> dict[str, Any]:
    """Return what the current model says of a suggestion's composition and why, as `nasicon predict --why --json` does.

    Raises Refusal when there is no such suggestion, or no model.
    """
    from nasicon_loop.lab.predicting import predict_things

    one = next((one for one in all_suggestions(lab) if one.suggestion.number == number), None)
    if one is None:
        raise Refusal("there is no such suggestion", f"suggestion {number}")
    documents, refusals = predict_things(lab, [one.suggestion.formula], reasons=True)
    if refusals:
        raise refusals[0]
    return {"number": number, **documents[0]}


def decide_suggestions(lab: "Lab", decisions: Mapping[str, Sequence[int]], reason: str = "") -> list[dict[str, Any]]:
    """Move suggestions to "accepted", "rejected", "held" or "open"; all of them or, on a Refusal, none."""
    done = []
    with lab.database.write(who=lab.who) as writer:
        for state, numbers in decisions.items():
            for number in numbers:
                writer.set_suggestion_state(number, state, plain(reason, limit=500))  # type: ignore[arg-type]
                done.append({"number": number, "state": state})
    return done


def screen_dopants(lab: "Lab", *, progress: Progress | None = None) -> "tuple[ElementScore, ...]":
    """Return what each of the 49 dopants promises by expected gain, best first; `scoring.py` has the paper's score."""
    bar = progress or Silent()
    bar.start("scoring the dopants", 1)
    _, model = current_model(lab)
    scores = dopant_scores(lab, model)
    bar.advance()
    bar.finish()
    return tuple(sorted(scores, key=lambda one: -(one.acquisition if one.acquisition is not None else -1.0)))


def dopant_scores(lab: "Lab", model: Any) -> "tuple[ElementScore, ...]":
    """Return one score per dopant, in the table's order."""
    from nasicon_loop import campaign

    known = past_of(lab).known
    formulas = [row.formula for row in known]
    best = campaign.incumbent(model, formulas).mean
    return campaign.element_scores(model, known=known, best=best, settings=search_settings(lab))


def past_of(lab: "Lab") -> Past:
    """Return what is known, made, waiting or ruled out: nothing of it is suggested again."""
    with lab.database.read() as reader:
        known = [*map(_known_literature, room_temperature(reader)), *map(_known_result, reader.teaching_analyses())]
        samples, states = reader.samples(), reader.sample_states()
        measured = {row.sample_id for row in reader.teaching_analyses()}
        suggestion_states = reader.suggestion_states()
        suggestions = reader.suggestions()
    by_state = {state: [s for s in samples if states[s.id] == state] for state in set(states.values())}
    going = [s for s in samples if states[s.id] not in ("failed", "abandoned")]
    begun = {sample.suggestion_id for sample in samples}
    waiting = [
        one.formula
        for one in suggestions
        if one.id not in begun and suggestion_states[one.number] in ("accepted", "held")
    ]
    return Past(
        known=tuple(known),
        made=tuple(s.target_formula for s in going if s.id in measured),
        pending=tuple([s.target_formula for s in going if s.id not in measured and not s.is_reference] + waiting),
        abandoned=tuple(s.target_formula for s in by_state.get("abandoned", [])),
        rejected=tuple(one.formula for one in suggestions if suggestion_states[one.number] == "rejected"),
    )


def room_temperature(reader: "Reader") -> "list[LiteratureRow]":
    """Return the usable published values of sodium compounds near room temperature."""
    low, high = ROOM_TEMPERATURE_C
    return [
        row for row in reader.literature(usable=True) if row.mobile_ion == "Na" and low <= row.temperature_c <= high
    ]


def _known_literature(row: "LiteratureRow") -> "Known":
    import math

    from nasicon_loop.campaign import Known

    return Known(
        row.formula, math.log10(row.sigma_s_cm), row.doi or row.source, kind="bulk" if row.kind == "bulk" else ""
    )


def _known_result(row: "TeachingRow") -> "Known":
    from nasicon_loop.campaign import Known

    taught = teaching_row(row)
    return Known(taught.formula, taught.log10_sigma, row.pellet_label or row.sample_label, is_lab=True)


def _previous(lab: "Lab") -> "Previous | None":
    """The newest batch, the results and retractions since, and the model that made it where it is still there."""
    from nasicon_loop.campaign import Previous

    with lab.database.read() as reader:
        suggestions = reader.suggestions()
        if not suggestions:
            return None
        batch = [one for one in suggestions if one.batch == suggestions[-1].batch]
        since = batch[0].at
        results = [row for row in reader.teaching_analyses() if row.at > since]
        promised = {one.id: one for one in suggestions}
        taken_back = [line for line in reader.journal(event="analysis.retracted", limit=None) if line.at > since]
        run = reader.model_run_by_id(batch[0].model_run_id) if batch[0].model_run_id is not None else None
    model = _still_there(lab, run) if run is not None else None
    return Previous(
        choices=tuple(_as_choice(one) for one in batch),
        results=tuple(_as_result(row, promised.get(row.suggestion_id or -1)) for row in results),
        model=model,
        retracted=tuple(f"analysis {line.subject_id}" for line in taken_back),
    )


def _still_there(lab: "Lab", run: "ModelRun") -> "Model | None":
    """The model of an earlier run, or None when its files are gone or of another version: then less is compared."""
    try:
        return load_model(lab, run)
    except Refusal:
        return None


def _as_choice(one: "Suggestion") -> "Choice":
    from nasicon_loop.campaign import Choice

    return Choice(
        formula=one.formula,
        dopant=one.dopant,
        mean=one.log10_sigma_mean,
        sd=one.log10_sigma_sd,
        quantiles=dict(one.quantiles),
        acquisition=one.acquisition,
        reason=one.reason,
    )


def _as_result(row: "TeachingRow", promised: "Suggestion | None") -> "Result":
    from nasicon_loop.campaign import Result

    taught = teaching_row(row)
    return Result(
        label=row.pellet_label or row.sample_label,
        formula=taught.formula,
        dopant=promised.dopant if promised else "",
        log10_sigma=taught.log10_sigma,
        log10_sigma_sd=taught.log10_sigma_sd,
        predicted_mean=promised.log10_sigma_mean if promised else None,
        predicted_sd=promised.log10_sigma_sd if promised else None,
    )
