"""Where every suggestion and sample stands in its life, and what a result had caused before it was taken back."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Refusal, plain

if TYPE_CHECKING:
    from db import ModelRun, Reader, Suggestion
    from nasicon_loop.campaign import Step
    from nasicon_loop.lab.context import Lab


@dataclass(frozen=True, slots=True)
class LifeRow:
    """One life: what it is called, its state, since when and by whom, and whether nobody moved it for too long.

    `label` is the sample's, None while none was begun; `number` the suggestion's, None for a composition a person
    chose. `steps` is the whole way.
    """

    label: str | None
    number: int | None
    formula: str
    state: str
    is_stale: bool
    idle_days: float
    at: datetime
    who: str
    reason: str
    steps: "tuple[Step, ...]"

    @property
    def name(self) -> str:
        """The label, or the suggestion's number in words."""
        return self.label or f"suggestion {self.number}"


@dataclass(frozen=True, slots=True)
class Caused:
    """A suggestion of a model run that a result had taught, and what became of it."""

    number: int
    formula: str
    model_run: int
    batch: int
    became: str
    state: str
    label: str | None
    sigma_25_s_cm: float | None
    sigma_25_s_cm_sd: float | None


@dataclass(frozen=True, slots=True)
class TaughtRun:
    """A model run that the result taught, among how many results of this lab."""

    number: int
    at: datetime
    n_lessons: int
    n_suggestions: int


@dataclass(frozen=True, slots=True)
class Impact:
    """What followed from a result: the runs it taught, their suggestions, and what became of these.

    `is_forgotten` says whether the lab's newest model does without it.
    """

    what: str
    analyses: tuple[int, ...]
    retractions: tuple[str, ...]
    runs: tuple[TaughtRun, ...]
    suggestions: tuple[Caused, ...]
    is_forgotten: bool
    words: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return the object that `nasicon campaign impact --json` prints."""
        import dataclasses

        return {"schema": 1, **dataclasses.asdict(self)}


def life_cycle(lab: "Lab", *, name: str | None = None, only_stale: bool = False) -> list[LifeRow]:
    """Return every sample, and every suggestion without one, with the state that the journal gives it.

    `name` is a sample's label or a suggestion's number; Refusal when there is none of that name.
    """
    with lab.database.read() as reader:
        if name is not None and name.strip().isdecimal():
            wanted: int | str = reader.suggestion(int(name)).number
        else:
            wanted = "" if name is None else reader.sample(name).label
        rows = lives_of(lab, reader)
    if name is not None:
        rows = [row for row in rows if wanted in (row.label, row.number)]
    return [row for row in rows if row.is_stale] if only_stale else rows


def lives_of(lab: "Lab", reader: "Reader") -> list[LifeRow]:
    """Return the rows of `life_cycle` as one reader sees them."""
    from nasicon_loop import campaign

    suggestions = {one.id: one for one in reader.suggestions()}
    samples = {one.id: one for one in reader.samples()}
    now, limit = lab.clock.now(), lab.settings.campaign.stale_after_days
    rows = []
    for life in campaign.lives(reader.journal_in_order()):
        suggestion = None if life.suggestion_id is None else suggestions.get(life.suggestion_id)
        sample = None if life.sample_id is None else samples.get(life.sample_id)
        told = sample.target_formula if sample else suggestion.formula if suggestion else ""
        last = life.retracted if life.state == "retracted" and life.retracted else life.last
        rows.append(
            LifeRow(
                sample.label if sample else None,
                suggestion.number if suggestion else None,
                told,
                life.state,
                life.is_stale(now, limit),
                round(life.idle_days(now), 2),
                last.at,
                last.who,
                last.reason,
                life.steps,
            )
        )
    return rows


def impact_of(lab: "Lab", thing: str) -> Impact:
    """Return what a result had caused: `thing` is the number of an analysis, or the label of a sample or pellet.

    Raises Refusal for an unknown analysis or label, and for a sample that was never analysed.
    """
    with lab.database.read() as reader:
        what, ids = _analyses_of(reader, thing.strip())
        runs = sorted({run.number: run for one in ids for run in reader.runs_taught_by(one)}.items())
        suggestions = reader.suggestions()
        lives = {row.number: row for row in lives_of(lab, reader) if row.number is not None}
        results = _results_by_label(reader)
        taken = tuple(
            f"analysis {one} was taken back by {plain(back.who)} on {back.at:%Y-%m-%d}: {plain(back.reason, limit=300)}"
            for one in ids
            for back in reader.retractions(one)
        )
        newest = reader.latest_model_run()
        known = {lesson.analysis_id for lesson in reader.lessons(newest)} if newest else set()
        n_lessons = {number: len(reader.lessons(run)) for number, run in runs}
    by_id = {run.id: run for _, run in runs}
    caused = tuple(
        _caused(one, by_id[one.model_run_id], lives.get(one.number), results)
        for one in suggestions
        if one.model_run_id in by_id
    )
    taught = tuple(
        TaughtRun(number, run.at, n_lessons[number], sum(one.model_run == number for one in caused))
        for number, run in runs
    )
    forgotten = not known & set(ids)
    return Impact(
        what, tuple(ids), taken, taught, caused, forgotten, _words(what, taken, taught, caused, is_forgotten=forgotten)
    )


def _analyses_of(reader: "Reader", thing: str) -> tuple[str, list[int]]:
    if re.fullmatch(r"[0-9]{1,12}", thing):
        return f"analysis {reader.analysis(int(thing)).id}", [int(thing)]
    pellet = reader.find_pellet(thing)
    sample = reader.sample_by_id(pellet.sample_id) if pellet else reader.sample(thing)
    files = reader.files_of_pellet(pellet) if pellet else reader.files_of_sample(sample)
    ids = [
        made.id
        for file in files
        for head in reader.spectrum_heads(file)
        for made in reader.analyses(head.id, with_document=False)
    ]
    if not ids:
        raise Refusal("was never analysed, so it taught nothing", plain(thing))
    return pellet.label if pellet else sample.label, sorted(ids)


def _results_by_label(reader: "Reader") -> Mapping[str, tuple[float | None, float | None]]:
    from nasicon_loop.lab.pooling import pellet_results

    return {row.sample_label: (row.sigma_25_s_cm, row.sigma_25_s_cm_sd) for row in pellet_results(reader)}


def _caused(
    one: "Suggestion",
    run: "ModelRun",
    life: LifeRow | None,
    results: Mapping[str, tuple[float | None, float | None]],
) -> Caused:
    state, label = (life.state, life.label) if life else ("suggested", None)
    sigma, sd = results.get(label or "", (None, None))
    return Caused(one.number, one.formula, run.number, one.batch, _became(state, label), state, label, sigma, sd)


def _became(state: str, label: str | None) -> str:
    if state in ("suggested", "held", "rejected"):
        return {"suggested": "nobody decided on it", "held": "held for later", "rejected": "rejected"}[state]
    if label is None:
        return "accepted, nothing was made of it yet"
    ends = {
        "analysed": "made and measured",
        "measured": "made and measured, without a usable result so far",
        "retracted": "made and measured, its own result was taken back too",
        "failed": "tried, and it failed",
        "abandoned": "given up",
    }
    return ends.get(state, f"being made: {state}")


def _words(
    what: str, taken: Sequence[str], runs: Sequence[TaughtRun], caused: Sequence[Caused], *, is_forgotten: bool
) -> tuple[str, ...]:
    lines = list(taken) or [f"{what} was not taken back"]
    if not runs:
        return (*lines, "it taught no model run, so no suggestion came from it")
    told = ", ".join(f"run {run.number} (one of {run.n_lessons} results)" for run in runs)
    lines.append(f"it taught {told}")
    if not caused:
        lines.append("no suggestion came from these runs")
    else:
        made = [one for one in caused if one.label is not None]
        spent = ", ".join(str(one.label) for one in made) or "none"
        lines.append(
            f"{len(caused)} suggestions came from these runs; samples begun from them: {spent}. The result had a part "
            "in them; nobody can say from this alone which would have come without it"
        )
    lines.append(
        "the newest model does without it"
        if is_forgotten
        else "the newest model still counts it"
        + (": the next training forgets it, run `nasicon train`" if taken else "")
    )
    return tuple(lines)
