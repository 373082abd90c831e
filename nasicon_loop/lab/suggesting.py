"""Use cases of suggesting: what to make next, what changed since last time, and people's decisions about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Progress, Refusal, Silent, plain
from nasicon_loop.lab.asking import Question, answer, program_key, question_now, rules_now, rules_of
from nasicon_loop.lab.knowledge import Past, knowledge
from nasicon_loop.lab.learning import current_model, load_model, teaching_row

if TYPE_CHECKING:
    from db import ModelRun, SuggestedBatch, Suggestion, TeachingRow
    from nasicon_loop.campaign import Choice, ElementScore, Previous, Proposal, Result
    from nasicon_loop.campaign import Settings as SearchSettings
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.predict import Model


@dataclass(frozen=True, slots=True)
class Suggested:
    """One suggestion with its state."""

    suggestion: "Suggestion"
    state: str
    kind: str = "new"
    acquired_by: str = "ei"
    gain_dex: float | None = None

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
            "acquired_by": self.acquired_by,
            "kind": self.kind,
            "gain_dex": self.gain_dex,
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
class SuggestionsPage:
    """The newest suggestions, newest first, and how many there are in all and are open."""

    rows: tuple[Suggested, ...]
    n: int
    n_open: int


def suggest_compositions(
    lab: "Lab", n: int | None = None, *, by: str | None = None, progress: Progress | None = None
) -> Batch:
    """Ask the current model for `n` new compositions, store them as open suggestions, and say what changed.

    `by` names the acquisition; it and `n` are lab.toml's unless given. Raises Refusal when nothing was trained yet.
    """
    from nasicon_loop import campaign

    acquired_by = campaign.checked(by or lab.settings.campaign.acquisition)
    bar = progress or Silent()
    bar.start("looking for compositions", 2)
    run, model = current_model(lab)
    bar.advance(detail=f"model run {run.number}")
    question = question_now(lab, n or lab.settings.campaign.batch_size, acquired_by)
    previous = _previous(lab)
    proposal = answer(question, model, programs=lambda formula: program_key(lab, formula), previous=previous)
    bar.advance(detail=f"{proposal.n_candidates} candidates")
    bar.finish()
    return _kept(lab, run, question, proposal)


def _kept(lab: "Lab", run: "ModelRun", question: Question, proposal: "Proposal") -> Batch:
    """Store suggestions and how they were chosen, together."""
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
        pairs = list(zip(stored, proposal.choices, strict=True))
        writer.add_batch(
            batch,
            model_run=run,
            acquired_by=question.by,
            seed=question.seed,
            n=question.n,
            known_to=question.known_to,
            incumbent_formula=proposal.incumbent_formula,
            incumbent_mean=proposal.incumbent_mean,
            rules=question.rules,
            passed_over=proposal.passed_over,
            kinds={one.number: choice.kind for one, choice in pairs},
            gains_dex={one.number: choice.gain for one, choice in pairs},
        )
    made = tuple(Suggested(one, "open", choice.kind, question.by, choice.gain) for one, choice in pairs)
    return Batch(made, proposal.notes, proposal.changes)


def search_settings(lab: "Lab") -> "SearchSettings":
    """Return the limits of the search as lab.toml sets them."""
    return rules_of(rules_now(lab))


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
        states, batches = reader.suggestion_states(), {one.batch: one for one in reader.suggested_batches()}
        return tuple(_suggested(one, states[one.number], batches.get(one.batch)) for one in reader.suggestions())


def suggestions_page(lab: "Lab", limit: int) -> SuggestionsPage:
    """Return the newest `limit` suggestions, newest first, and how many there are and are open."""
    with lab.database.read() as reader:
        counts = reader.count_states("suggestion_state")
        found = reader.newest_suggestions(limit)
        batches = {one.batch: one for one in reader.suggested_batches()} if found else {}
    rows = tuple(_suggested(one, state, batches.get(one.batch)) for one, state in found)
    return SuggestionsPage(rows, sum(counts.values()), counts.get("open", 0))


def suggestion_reasons(lab: "Lab", number: int) -> dict[str, Any]:
    """Return what the current model says of a suggestion's composition and why, as `nasicon predict --why --json` does.

    Raises Refusal when there is no such suggestion, or no model.
    """
    from nasicon_loop.lab.predicting import predict_things

    with lab.database.read() as reader:
        formula = reader.suggestion(number).formula
    documents, refusals = predict_things(lab, [formula], reasons=True)
    if refusals:
        raise refusals[0]
    return {"number": number, **documents[0]}


def _suggested(one: "Suggestion", state: str, batch: "SuggestedBatch | None") -> Suggested:
    if batch is None:  # made before a batch was written down
        return Suggested(one, state)
    number = one.number
    return Suggested(one, state, batch.kinds.get(number, "new"), batch.acquired_by, batch.gains_dex.get(number))


def decide_suggestions(
    lab: "Lab", decisions: Mapping[str, Sequence[int]], reason: str = "", *, begin: bool = True
) -> list[dict[str, Any]]:
    """Move suggestions to "accepted", "rejected", "held" or "open"; all of them or, on a Refusal, none.

    Where [policy] recipe is "automatic", what was accepted is begun and planned, unless `begin` is False.
    """
    done = []
    with lab.database.write(who=lab.who) as writer:
        for state, numbers in decisions.items():
            for number in numbers:
                writer.set_suggestion_state(number, state, plain(reason, limit=500))  # type: ignore[arg-type]
                done.append({"number": number, "state": state})
    if begin and decisions.get("accepted"):
        from nasicon_loop.lab.automatic import begin_accepted

        begin_accepted(lab)
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
        return knowledge(reader)


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
