"""What the model learned and proposed, as tables: model runs, their lessons, suggestions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nasicon_loop.lab.export_sheets import Sheet, as_json, count, number, text, time

if TYPE_CHECKING:
    from db import Lesson, ModelRun, Reader, Suggestion
    from nasicon_loop.report import Cell


@dataclass(frozen=True, slots=True)
class _Learned:
    """One row's sources; every table uses those that it has."""

    run: "ModelRun | None" = None
    n_lessons: int = 0
    lesson: "Lesson | None" = None
    suggestion: "Suggestion | None" = None
    state: str = ""
    kind: str | None = None
    gain_dex: float | None = None
    acquired_by: str | None = None


def _level(level: str) -> Any:
    return lambda one: one.suggestion.quantiles.get(level)


_RUN = count("model_run", "number of the model run", "run.number")
_LOG = "log10(S/cm)"

LEARNING = (
    Sheet(
        "model_runs",
        "One row per training.",
        (
            _RUN,
            text("data_hash", "hash of the rows it was taught", "run.data_hash"),
            count("n_literature_rows", "published rows among them", "run.n_literature_rows"),
            count("n_lab_rows", "results of this lab among them", "run.n_lab_rows"),
            count("n_lessons", "analyses that stand behind those results", "n_lessons"),
            count("seed", "seed of the random numbers", "run.seed"),
            text("trigger", "command or automatic", "run.trigger"),
            text("settings_json", "settings of the training", as_json("run.settings")),
            text("metrics_json", "what it reached on rows that it had not seen", as_json("run.metrics")),
            time("trained_at", "when", "run.at"),
        ),
    ),
    Sheet(
        "lessons",
        "One row per analysis that taught a model run.",
        (
            _RUN,
            count("analysis", "number of the analysis", "lesson.analysis_id"),
            number("log10_sigma_sd", "dex", "spread that weighted it", "lesson.log10_sigma_sd"),
        ),
    ),
    Sheet(
        "suggestions",
        "One row per composition that the model proposed, with what it said then.",
        (
            count("suggestion", "number of the suggestion", "suggestion.number"),
            _RUN,
            count("batch", "number of the batch", "suggestion.batch"),
            text("formula", "composition", "suggestion.formula"),
            text("dopant", "dopant", "suggestion.dopant"),
            text("state", "open, accepted, rejected or held", "state"),
            text("kind", "new, replicate or reference; empty for old batches", "kind"),
            number("log10_sigma_mean", _LOG, "expected at 25 °C", "suggestion.log10_sigma_mean"),
            number("log10_sigma_sd", "dex", "standard deviation of it", "suggestion.log10_sigma_sd"),
            number("log10_sigma_q05", _LOG, "5 % quantile", _level("0.05")),
            number("log10_sigma_q50", _LOG, "median", _level("0.5")),
            number("log10_sigma_q95", _LOG, "95 % quantile", _level("0.95")),
            number("acquisition", "as acquired_by", "the value it was chosen by", "suggestion.acquisition"),
            text("acquired_by", "ei, nei, ucb, thompson or novelty; empty for old batches", "acquired_by"),
            number("gain_dex", "dex", "expected gain", "gain_dex"),
            text("reason", "why, in words", "suggestion.reason"),
            time("suggested_at", "when", "suggestion.at"),
        ),
    ),
)
_SHEETS = {sheet.name: sheet for sheet in LEARNING}


def learning_rows(reader: "Reader") -> "Iterator[tuple[str, tuple[Cell, ...]]]":
    """Yield (table, row) of all model runs, lessons and suggestions."""
    for name, learned in _learned(reader):
        yield name, _SHEETS[name].row(learned)


def _learned(reader: "Reader") -> Iterator[tuple[str, _Learned]]:
    runs = reader.model_runs()
    for run in runs:
        lessons = reader.lessons(run)
        yield "model_runs", _Learned(run, len(lessons))
        for lesson in lessons:
            yield "lessons", _Learned(run, lesson=lesson)
    by_id, states = {run.id: run for run in runs}, reader.suggestion_states()
    batches = {batch.batch: batch for batch in reader.suggested_batches()}
    for one in reader.suggestions():
        run_of = None if one.model_run_id is None else by_id.get(one.model_run_id)
        batch = batches.get(one.batch)
        yield (
            "suggestions",
            _Learned(
                run_of,
                suggestion=one,
                state=states[one.number],
                kind=None if batch is None else batch.kinds.get(one.number),
                gain_dex=None if batch is None else batch.gains_dex.get(one.number),
                acquired_by=None if batch is None else batch.acquired_by,
            ),
        )
