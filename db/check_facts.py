"""Holding facts against the journal, line by line."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from db.commands.learning import predictions_digest
from db.queries.access import to_value
from db.rows import is_digest
from db.tables import ADDED, FACTS, TABLES
from db.values import Finding, StoredPrediction

_RESTORE = "restore a backup: `nasicon db restore`"
_CHUNK = 500


def fact_findings(connection: sa.Connection, lab_id: int) -> Iterator[Finding]:
    """Yield facts without a journal line, changed since they were written, or lost; lessons and predictions too."""
    for name in FACTS:
        yield from _facts_of(connection, lab_id, name)
    yield from _lessons(connection, lab_id)
    yield from _predictions(connection, lab_id)


def _lines(connection: sa.Connection, lab_id: int, name: str) -> dict[int, str | None]:
    journal = TABLES["journal"]
    query = sa.select(journal.c.fact_id, journal.c.digest).where(journal.c.lab_id == lab_id, journal.c.fact == name)
    return {row[0]: row[1] for row in connection.execute(query)}


def _facts_of(connection: sa.Connection, lab_id: int, name: str) -> Iterator[Finding]:
    table, lines = TABLES[name], _lines(connection, lab_id, name)
    query = sa.select(table).where(table.c.lab_id == lab_id).order_by(table.c.id)
    for row in connection.execute(query.execution_options(yield_per=_CHUNK)).mappings():
        if row["id"] not in lines:
            yield Finding("fact without journal", f"{name} {row['id']} has no journal line", _RESTORE)
        elif not is_digest(lines.pop(row["id"]), dict(row), ADDED.get(name, ())):
            yield Finding("fact changed", f"{name} {row['id']} is not as it was written", _RESTORE)
    for fact_id in sorted(lines):
        yield Finding("fact lost", f"{name} {fact_id} is in the journal, but not in its table", _RESTORE)


def _by_event(connection: sa.Connection, lab_id: int, event: str) -> dict[int, Any]:
    journal = TABLES["journal"]
    query = sa.select(journal.c.subject_id, journal.c.data).where(journal.c.lab_id == lab_id, journal.c.event == event)
    return {row[0]: row[1] for row in connection.execute(query)}


def _lessons(connection: sa.Connection, lab_id: int) -> Iterator[Finding]:
    table = TABLES["lesson"]
    stored: dict[int, list[list[Any]]] = {}
    for row in connection.execute(sa.select(table).where(table.c.lab_id == lab_id)).mappings():
        stored.setdefault(row["model_run_id"], []).append([row["analysis_id"], row["log10_sigma_sd"]])
    told = {run: data["lessons"] for run, data in _by_event(connection, lab_id, "model.trained").items()}
    for run in sorted(stored.keys() | told.keys()):
        if sorted(stored.get(run, [])) != sorted(told.get(run, [])):
            yield Finding("lessons", f"the lessons of model run with id {run} are not those in the journal", _RESTORE)


def _predictions(connection: sa.Connection, lab_id: int) -> Iterator[Finding]:
    table = TABLES["prediction"]
    stored: dict[int, list[StoredPrediction]] = {}
    for row in connection.execute(sa.select(table).where(table.c.lab_id == lab_id)).mappings():
        stored.setdefault(row["model_run_id"], []).append(to_value(StoredPrediction, row))
    told = {run: data["digest"] for run, data in _by_event(connection, lab_id, "model.predicted").items()}
    for run in sorted(stored.keys() | told.keys()):
        if told.get(run) != predictions_digest(stored.get(run, [])):
            yield Finding("predictions", f"those of model run with id {run} are not as they were written", _RESTORE)
