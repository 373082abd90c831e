"""What would have been suggested on a past day: the stored model of that day, asked with what was known then.

Nothing is trained again. What was known comes from a copy of the database cut at a line of the journal; what did not
fit the furnace load then is kept with the batch, because protocols may have changed since.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Progress, Refusal, Silent, plain
from nasicon_loop.lab.asking import Question, answer, program_key, rules_now
from nasicon_loop.lab.knowledge import knowledge
from nasicon_loop.lab.learning import load_model

if TYPE_CHECKING:
    from db import ModelRun, Reader, SuggestedBatch, Suggestion
    from nasicon_loop.campaign import Choice
    from nasicon_loop.lab.context import Lab


@dataclass(frozen=True, slots=True)
class Replayed:
    """One suggestion of a backtest. `is_equal` says whether the stored one is the same bit for bit, None without one.

    `sigma_log10_now` is the mean of this lab's results on the composition as they are known today.
    """

    formula: str
    dopant: str
    kind: str
    log10_sigma_mean: float
    log10_sigma_sd: float
    acquisition: float
    gain_dex: float
    number: int | None
    is_equal: bool | None
    n_results_now: int
    sigma_log10_now: float | None


@dataclass(frozen=True, slots=True)
class Backtest:
    """A past question answered again. `batch` is the stored batch that it is held against, None for another question.

    `is_equal` is true when all stored suggestions came out bit for bit, and no others.
    """

    run: int
    batch: int | None
    acquired_by: str
    seed: int
    known_to: int
    at: datetime
    n_results_then: int
    suggestions: tuple[Replayed, ...]
    is_equal: bool | None
    mean_log10_now: float | None
    notes: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return the object that `nasicon campaign backtest --json` prints."""
        import dataclasses

        return {"schema": 1, **dataclasses.asdict(self)}


@dataclass(frozen=True, slots=True)
class _Moment:
    """What is asked again: run, where the journal is cut, and the batch it belongs to, if any."""

    run: "ModelRun"
    known_to: int
    batch: "SuggestedBatch | None"


def backtest(
    lab: "Lab",
    *,
    on: str | None = None,
    run: int | None = None,
    by: str | None = None,
    n: int | None = None,
    progress: Progress | None = None,
) -> Backtest:
    """Answer a past question again: of the end of a day (`on`, 2026-11-22 in UTC), or of the newest batch of a run.

    With a run, the same acquisition and the same number, the answer is held against the stored batch. `by` and `n` ask
    what another acquisition would have suggested. Raises Refusal when nothing was trained by then, when the run made no
    batch (or none that was written down), and when its model is gone.
    """
    from nasicon_loop import campaign

    if (on is None) == (run is None):
        raise Refusal("say --on DATE or --run NUMBER", "backtest")
    bar = progress or Silent()
    bar.start("asking again", 3)
    moment = _on(lab, on) if on is not None else _of_run(lab, run or 0)
    stored = moment.batch
    acquired_by = campaign.checked(by or (stored.acquired_by if stored else lab.settings.campaign.acquisition))
    question = _question(
        lab,
        moment,
        n or (stored.n if stored else lab.settings.campaign.batch_size),
        acquired_by,
    )
    bar.advance(detail="what was known")
    model = load_model(lab, moment.run)
    is_same = stored is not None and (acquired_by, question.n) == (stored.acquired_by, stored.n)
    proposal = answer(question, model, programs=_programs(lab, stored if is_same else None))
    bar.advance(detail=f"{proposal.n_candidates} candidates")
    with lab.database.read() as reader:
        kept = _kept(reader, stored) if stored is not None and is_same else None
        results = _results_now(reader)
    bar.advance()
    bar.finish()
    found = tuple(_replayed(one, kept, results) for one in proposal.choices)
    known_now = [one.sigma_log10_now for one in found if one.sigma_log10_now is not None]
    return Backtest(
        moment.run.number,
        stored.batch if stored else None,
        acquired_by,
        question.seed,
        moment.known_to,
        stored.at if stored else moment.run.at,
        len(question.past.pellets),
        found,
        None if kept is None else all(one.is_equal for one in found) and len(found) == len(kept),
        sum(known_now) / len(known_now) if known_now else None,
        proposal.notes,
    )


def _on(lab: "Lab", text: str) -> _Moment:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refusal("write a day as 2026-11-22", plain(text, limit=40)) from None
    end = datetime.combine(day, time.min, UTC) + timedelta(days=1)
    with lab.database.read() as reader:
        lines = [line for line in reader.journal(limit=None) if line.at < end]
        if not lines:
            raise Refusal("the journal begins later", day.isoformat())
        trained = [run for run in reader.model_runs() if run.at < end and run.settings.get("preset") != "paper"]
        if not trained:
            raise Refusal("nothing was trained by then", day.isoformat())
        return _Moment(trained[-1], max(line.id for line in lines), None)


def _of_run(lab: "Lab", number: int) -> _Moment:
    with lab.database.read() as reader:
        run = reader.model_run(number)
        batches = [one for one in reader.suggested_batches() if one.model_run_id == run.id]
    if not batches:
        raise Refusal("made no batch of which the journal tells how; ask with --on DATE", f"model run {number}")
    return _Moment(run, batches[-1].known_to, batches[-1])


def _question(lab: "Lab", moment: _Moment, n: int, by: Any) -> Question:
    import db

    stored = moment.batch
    with db.past(lab.database, moment.known_to) as past, past.read() as reader:
        newest = max((one.batch for one in reader.suggestions()), default=0)
        seed = stored.seed if stored else newest + 1
        rules: Mapping[str, Any] = stored.rules if stored else rules_now(lab)
        return Question(n, by, seed, moment.known_to, rules, knowledge(reader))


def _programs(lab: "Lab", stored: "SuggestedBatch | None") -> Callable[[str], Hashable]:
    """What fits one load: as it was kept with the batch, else as it is today."""
    if stored is None:
        return lambda formula: program_key(lab, formula)
    passed_over = stored.passed_over

    def then(formula: str) -> Hashable:
        if formula in passed_over:
            raise Refusal(passed_over[formula], formula)
        return ""

    return then


def _kept(reader: "Reader", stored: "SuggestedBatch") -> "dict[str, tuple[Suggestion, str, float | None]]":
    return {
        one.formula: (one, stored.kinds.get(one.number, "new"), stored.gains_dex.get(one.number))
        for one in reader.suggestions()
        if one.batch == stored.batch
    }


def _results_now(reader: "Reader") -> dict[Any, list[float]]:
    from nasicon_loop import campaign
    from nasicon_loop.lab.knowledge import own_pellets

    found: dict[Any, list[float]] = {}
    for pellet in own_pellets(reader):
        found.setdefault(campaign.composition_key(pellet.formula), []).append(pellet.log10_sigma)
    return found


def _replayed(
    choice: "Choice",
    kept: "dict[str, tuple[Suggestion, str, float | None]] | None",
    results: Mapping[Any, list[float]],
) -> Replayed:
    from nasicon_loop import campaign

    stored = None if kept is None else kept.get(choice.formula)
    now = results.get(campaign.composition_key(choice.formula), [])
    return Replayed(
        choice.formula,
        choice.dopant,
        choice.kind,
        choice.mean,
        choice.sd,
        choice.acquisition,
        choice.gain,
        None if stored is None else stored[0].number,
        None if kept is None else stored is not None and _is_equal(choice, *stored),
        len(now),
        sum(now) / len(now) if now else None,
    )


def _is_equal(choice: "Choice", stored: "Suggestion", kind: str, gain: float | None) -> bool:
    """Whether every number and word is the same: no rounding, no tolerance."""
    ours = (choice.formula, choice.dopant, choice.mean, choice.sd, choice.quantiles, choice.acquisition, choice.reason)
    theirs = (
        stored.formula,
        stored.dopant,
        stored.log10_sigma_mean,
        stored.log10_sigma_sd,
        dict(stored.quantiles),
        stored.acquisition,
        stored.reason,
    )
    return (*ours, choice.kind, choice.gain) == (*theirs, kind, gain)
