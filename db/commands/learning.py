"""Writing what the model learned from and what it proposed."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from db.commands.recording import Recording
from db.queries.access import id_of, to_value
from db.rows import digest, normalised
from db.tables import TABLES
from db.types import json_text
from db.values import (
    SUGGESTION_STATES,
    LiteratureEntry,
    LiteratureRow,
    ModelRun,
    StoredPrediction,
    Suggestion,
    SuggestionStateName,
)
from db.values_stability import StabilityEntry, StoredStability
from nasicon_loop.core import Refusal

_EVENTS = {"open": "suggestion.reopened"}
_IDENTITY = ("formula", "sigma_s_cm", "temperature_c", "kind", "source", "doi", "dataset")


def row_hash(entry: LiteratureEntry) -> str:
    """Return the SHA-256 by which a published value is recognised: what was measured, and where it stands.

    A structure that belongs to it counts too: with one, the row teaches something else.
    """
    named = normalised(TABLES["literature"], {name: getattr(entry, name) for name in _IDENTITY})
    return _recognised([named[name] for name in _IDENTITY], entry.structure_sha256)


def _recognised(identity: list[Any], structure_sha256: str | None) -> str:
    told = identity if structure_sha256 is None else [*identity, structure_sha256]
    return hashlib.sha256(json_text(told).encode()).hexdigest()


class LearningWriter(Recording):
    """Literature, model runs, predictions, suggestions."""

    def add_literature(self, entries: Iterable[LiteratureEntry]) -> tuple[list[LiteratureRow], int]:
        """Add published conductivities; return those that are new, and how many were known already."""
        table = TABLES["literature"]
        query = sa.select(table.c.row_hash).where(table.c.lab_id == self.lab.id)
        known = set(self._connection.execute(query).scalars())
        names = [field.name for field in fields(LiteratureEntry)]
        added: list[LiteratureRow] = []
        n_known = 0
        for entry in entries:
            hashed = row_hash(entry)
            if hashed in known:
                n_known += 1
                continue
            known.add(hashed)
            values = {name: getattr(entry, name) for name in names}
            data = {"formula": entry.formula, "dataset": entry.dataset}
            added.append(
                self._record(LiteratureRow, "literature", "literature.added", {**values, "row_hash": hashed}, data=data)
            )
        return added, n_known

    def add_stability(self, entries: Iterable[StabilityEntry]) -> tuple[list[StoredStability], int]:
        """Add computed energies above hull; return those that are new, and how many were known already."""
        table = TABLES["stability"]
        known = set(
            self._connection.execute(sa.select(table.c.row_hash).where(table.c.lab_id == self.lab.id)).scalars()
        )
        added: list[StoredStability] = []
        n_known = 0
        for entry in entries:
            values = {field.name: getattr(entry, field.name) for field in fields(StabilityEntry)}
            named = normalised(table, {name: values[name] for name in ("formula", "energy_above_hull_ev", "source")})
            hashed = _recognised(list(named.values()), entry.structure_sha256)
            if hashed in known:
                n_known += 1
                continue
            known.add(hashed)
            data = {"formula": entry.formula}
            added.append(
                self._record(StoredStability, "stability", "stability.added", {**values, "row_hash": hashed}, data=data)
            )
        return added, n_known

    def add_model_run(
        self,
        *,
        directory: str,
        data_hash: str,
        settings: Mapping[str, Any],
        metrics: Mapping[str, Any],
        n_literature_rows: int,
        n_lab_rows: int,
        seed: int,
        trigger: str,
        lessons: Mapping[int, float] | None = None,
    ) -> ModelRun:
        """Add a training with the next number. `lessons`: analysis id -> sd of log10 sigma that weighted it."""
        values = {
            "number": self._next_number("model_run"),
            "directory": directory,
            "data_hash": data_hash,
            "settings": settings,
            "metrics": metrics,
            "n_literature_rows": n_literature_rows,
            "n_lab_rows": n_lab_rows,
            "seed": seed,
            "trigger": trigger,
        }
        taught = {int(analysis_id): float(sd) for analysis_id, sd in sorted((lessons or {}).items())}
        self._refuse_unknown(taught)
        data = {"number": values["number"], "data_hash": data_hash, "trigger": trigger, "lessons": list(taught.items())}
        with self._together():
            run = self._record(ModelRun, "model_run", "model.trained", values, data=data)
            for analysis_id, sd in taught.items():
                self._insert("lesson", {"model_run_id": run.id, "analysis_id": analysis_id, "log10_sigma_sd": sd})
        return run

    def _refuse_unknown(self, analysis_ids: Iterable[int]) -> None:
        column = TABLES["analysis"].c.id
        known = set(self._connection.execute(self._select("analysis").with_only_columns(column)).scalars())
        unknown = sorted(set(analysis_ids) - known)
        if unknown:
            raise Refusal(f"there is no analysis with id {unknown[0]} in this lab", self.lab.name)

    def add_predictions(self, model_run: ModelRun | int, predictions: Mapping[str, tuple[float, float]]) -> int:
        """Keep what a model run said, once: formula -> mean and sd of log10 sigma. Returns how many."""
        run = self.model_run_by_id(id_of(model_run))
        if self.predictions(run):
            raise Refusal("the predictions of this model run are already kept", f"model run {run.number}")
        with self._together():
            rows = [
                self._insert(
                    "prediction",
                    {"model_run_id": run.id, "formula": formula, "log10_sigma_mean": mean, "log10_sigma_sd": sd},
                )
                for formula, (mean, sd) in sorted(predictions.items())
            ]
            data = {"n": len(rows), "digest": predictions_digest([to_value(StoredPrediction, row) for row in rows])}
            self._line("model.predicted", ("model_run", run.id), data)
        return len(rows)

    def add_suggestion(
        self,
        *,
        model_run: ModelRun | int | None,
        formula: str,
        dopant: str,
        log10_sigma_mean: float,
        log10_sigma_sd: float,
        quantiles: Mapping[str, float],
        acquisition: float,
        reason: str,
        batch: int,
    ) -> Suggestion:
        """Add a suggestion in state "open" with the next number."""
        values = {
            "number": self._next_number("suggestion"),
            "model_run_id": None if model_run is None else self.model_run_by_id(id_of(model_run)).id,
            "formula": formula,
            "dopant": dopant,
            "log10_sigma_mean": log10_sigma_mean,
            "log10_sigma_sd": log10_sigma_sd,
            "quantiles": quantiles,
            "acquisition": acquisition,
            "reason": reason,
            "batch": batch,
        }
        data = {"number": values["number"], "formula": formula, "batch": batch}
        return self._record(Suggestion, "suggestion", "suggestion.made", values, data=data)

    def add_batch(
        self,
        batch: int,
        *,
        model_run: ModelRun | int,
        acquired_by: str,
        seed: int,
        n: int,
        known_to: int,
        incumbent_formula: str | None,
        incumbent_mean: float,
        rules: Mapping[str, Any],
        passed_over: Mapping[str, str],
        kinds: Mapping[int, str],
        gains_dex: Mapping[int, float],
    ) -> None:
        """Write down how a batch was chosen (see `SuggestedBatch`), in the same transaction as its suggestions.

        It is a line of the journal without a fact of its own.
        """
        run = self.model_run_by_id(id_of(model_run))
        data = {
            "batch": batch,
            "acquired_by": acquired_by,
            "seed": seed,
            "n": n,
            "journal_id": known_to,
            "incumbent_formula": incumbent_formula,
            "incumbent_mean": incumbent_mean,
            "rules": dict(rules),
            "passed_over": dict(passed_over),
            "kinds": {str(number): kind for number, kind in kinds.items()},
            "gains_dex": {str(number): gain for number, gain in gains_dex.items()},
        }
        self._line("batch.made", ("model_run", run.id), data)

    def next_batch(self) -> int:
        """Return the number of the next batch of suggestions."""
        table = TABLES["suggestion"]
        return int(self._scalar(sa.select(sa.func.max(table.c.batch)).where(table.c.lab_id == self.lab.id)) or 0) + 1

    def set_suggestion_state(self, number: int, state: SuggestionStateName, reason: str = "") -> None:
        """Move the suggestion with this number to a state; Refusal for an unknown number or state."""
        if state not in SUGGESTION_STATES:
            raise Refusal(f"a suggestion cannot be {state!r}; it can be {', '.join(SUGGESTION_STATES)}")
        known = self.suggestion(number)
        event = _EVENTS.get(state, f"suggestion.{state}")
        self._line(event, ("suggestion", known.id), {"number": number, "state": state, "reason": reason})


def predictions_digest(predictions: Iterable[StoredPrediction]) -> str:
    """Return the SHA-256 of a model run's predictions, whatever their order."""
    ordered = sorted(predictions, key=lambda one: one.formula)
    return digest({"predictions": [[one.formula, one.log10_sigma_mean, one.log10_sigma_sd] for one in ordered]})
