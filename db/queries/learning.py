"""Literature, model runs with their lessons and predictions, suggestions."""

from typing import Any

import sqlalchemy as sa

from db.queries.access import Access, id_of
from db.tables import TABLES
from db.values import (
    Lesson,
    LiteratureRow,
    ModelRun,
    StoredAnalysis,
    StoredPrediction,
    SuggestedBatch,
    Suggestion,
    SuggestionStateName,
)
from db.values_stability import StoredStability


class Learning(Access):
    """What the model learned from, and what it proposed."""

    def literature(
        self, usable: bool | None = True, *, limit: int | None = None, offset: int = 0
    ) -> list[LiteratureRow]:
        """Return published conductivities, oldest first; `usable=None` gives those that may not be used too."""
        wanted = {} if usable is None else {"is_usable": usable}
        return self._facts(LiteratureRow, "literature", limit=limit, offset=offset, **wanted)

    def stability(self, *, limit: int | None = None, offset: int = 0) -> list[StoredStability]:
        """Return computed energies above hull, oldest first."""
        return self._facts(StoredStability, "stability", limit=limit, offset=offset)

    def structure_files(self) -> dict[str, str]:
        """Return the structure files that belong to rows: SHA-256 of the bytes in the vault -> the file's name."""
        found: dict[str, str] = {}
        for name in ("literature", "stability"):
            columns = TABLES[name].c
            query = sa.select(columns.structure_sha256, columns.structure_name).where(
                columns.lab_id == self.lab.id, columns.structure_sha256.is_not(None)
            )  # fmt: skip
            found |= {row[0]: row[1] or "" for row in self._connection.execute(query.order_by(columns.id))}
        return found

    def model_runs(self, *, limit: int | None = None, offset: int = 0) -> list[ModelRun]:
        """Return the model runs, oldest first."""
        return self._facts(ModelRun, "model_run", limit=limit, offset=offset)

    def model_run(self, number: int) -> ModelRun:
        """Return the model run with this number; Refusal when there is none."""
        return self._known(ModelRun, "model_run", "model run", number=number)

    def model_run_by_id(self, model_run_id: int) -> ModelRun:
        """Return a model run by its id; Refusal when there is none."""
        return self._known(ModelRun, "model_run", "model run with id", id=model_run_id)

    def latest_model_run(self) -> ModelRun | None:
        """Return the newest model run, or None."""
        return self._fact(ModelRun, "model_run")

    def lessons(self, model_run: ModelRun | int) -> list[Lesson]:
        """Return which analyses taught a model run."""
        return self._facts(Lesson, "lesson", model_run_id=id_of(model_run))

    def runs_taught_by(self, analysis: StoredAnalysis | int) -> list[ModelRun]:
        """Return the model runs that an analysis taught, oldest first."""
        lesson, run = TABLES["lesson"], TABLES["model_run"]
        query = self._select("model_run").join(lesson, lesson.c.model_run_id == run.c.id)
        return self._values(ModelRun, query.where(lesson.c.analysis_id == id_of(analysis)).order_by(run.c.id))

    def predictions(self, model_run: ModelRun | int) -> list[StoredPrediction]:
        """Return what a model run predicted, for backtests."""
        return self._facts(StoredPrediction, "prediction", model_run_id=id_of(model_run))

    def _suggestions(self) -> "sa.Select[Any]":
        return self._select("suggestion").order_by(TABLES["suggestion"].c.number)

    def suggestions(
        self, state: SuggestionStateName | None = None, *, limit: int | None = None, offset: int = 0
    ) -> list[Suggestion]:
        """Return the suggestions by number, all or those in one state."""
        query, states = self._suggestions(), TABLES["suggestion_state"]
        if state is not None:
            query = query.join(states, states.c.suggestion_id == TABLES["suggestion"].c.id)
            query = query.where(states.c.lab_id == self.lab.id, states.c.state == state)
        return self._values(Suggestion, query, limit=limit, offset=offset)

    def suggestion(self, number: int) -> Suggestion:
        """Return the suggestion with this number; Refusal when there is none."""
        return self._known(Suggestion, "suggestion", "suggestion", number=number)

    def suggestion_by_id(self, suggestion_id: int) -> Suggestion:
        """Return a suggestion by its id; Refusal when there is none."""
        return self._known(Suggestion, "suggestion", "suggestion with id", id=suggestion_id)

    def suggestion_state(self, number: int) -> SuggestionStateName:
        """Return the state of the suggestion with this number; Refusal when there is none."""
        states = TABLES["suggestion_state"]
        wanted = self.suggestion(number).id
        found: SuggestionStateName = self._scalar(
            sa.select(states.c.state).where(states.c.lab_id == self.lab.id, states.c.suggestion_id == wanted)
        )
        return found

    def suggested_batches(self) -> list[SuggestedBatch]:
        """Return how batches were chosen, oldest first; batches of before this was kept are not among them."""
        journal = TABLES["journal"]
        query = self._select("journal").where(journal.c.event == "batch.made").order_by(journal.c.id)
        return [_batch_of(dict(row)) for row in self._connection.execute(query).mappings()]

    def suggestion_states(self) -> dict[int, SuggestionStateName]:
        """Return the state of every suggestion, by number."""
        states, suggestion = TABLES["suggestion_state"], TABLES["suggestion"]
        query = sa.select(suggestion.c.number, states.c.state).join(
            states, states.c.suggestion_id == suggestion.c.id
        ).where(suggestion.c.lab_id == self.lab.id)  # fmt: skip
        return {row[0]: row[1] for row in self._connection.execute(query.order_by(suggestion.c.number))}


def _batch_of(row: dict[str, Any]) -> SuggestedBatch:
    told = row["data"]
    return SuggestedBatch(
        batch=told["batch"],
        model_run_id=row["subject_id"],
        acquired_by=told["acquired_by"],
        seed=told["seed"],
        n=told["n"],
        known_to=told["journal_id"],
        incumbent_formula=told["incumbent_formula"],
        incumbent_mean=told["incumbent_mean"],
        rules=told["rules"],
        passed_over=told["passed_over"],
        kinds={int(number): kind for number, kind in told["kinds"].items()},
        gains_dex={int(number): gain for number, gain in told["gains_dex"].items()},
        at=row["at"],
    )
