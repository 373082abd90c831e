"""A lab as it was at a line of its journal: a database of its own, in which every question can be asked.

Facts are never changed and every fact has its line, so what was known at a line is what has a line up to it; states are
replayed from those lines. Nothing is guessed and nothing has to be written twice.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from db.checking import connection_of, journal_of
from db.database import Database
from db.database import open as open_database
from db.engines import resolved, where_of, writing_engine
from db.projections import replay
from db.schema import prepare
from db.store import SqlStore
from db.tables import FACTS, METADATA, TABLES
from nasicon_loop.core import Refusal

_CHUNK = 500
_LEFT_OUT = frozenset({"frequency_blob", "impedance_blob"})
_OF_A_RUN = {"lesson": "model.trained", "prediction": "model.predicted"}


@contextmanager
def past(database: Database, known_to: int) -> Iterator[Database]:
    """Give the lab as it was when the journal line `known_to` was written, to be read.

    The numbers of spectra and telemetry (sightings, furnace readings) are left out. It lies in a temporary folder and
    is gone with the block. Refusal when the journal has no such line.
    """
    with database.read() as reader, TemporaryDirectory(prefix="nasicon-past-") as folder:
        if not 0 < known_to <= reader.max_journal_id():
            raise Refusal(f"the journal has no line {known_to}", where_of(database.url))
        path = Path(folder) / "past.db"
        url = resolved(path)
        engine = writing_engine(url)
        try:
            with engine.begin() as target:
                prepare(target, where_of(url))
                _pour(connection_of(reader), target, database.lab.id, known_to)
        finally:
            engine.dispose()
        with open_database(path) as opened:
            yield opened


def _pour(source: sa.Connection, target: sa.Connection, lab_id: int, known_to: int) -> None:
    labs, journal = TABLES["lab"], TABLES["journal"]
    lab = source.execute(sa.select(labs).where(labs.c.id == lab_id)).mappings().one()
    target.execute(sa.insert(labs), dict(lab))
    until = (journal.c.lab_id == lab_id, journal.c.id <= known_to)
    for table in METADATA.sorted_tables:
        name = table.name
        if name in FACTS:
            told = sa.select(journal.c.fact_id).where(*until, journal.c.fact == name)
            _move(source, target, table, (table.c.lab_id == lab_id, table.c.id.in_(told)))
        elif name in _OF_A_RUN:
            told = sa.select(journal.c.subject_id).where(*until, journal.c.event == _OF_A_RUN[name])
            _move(source, target, table, (table.c.lab_id == lab_id, table.c.model_run_id.in_(told)))
    _move(source, target, journal, until)
    store = SqlStore(target, lab_id)
    for states in replay(journal_of(target, lab_id)).states.values():
        for state in states.values():
            store.put(state)


def _move(source: sa.Connection, target: sa.Connection, table: sa.Table, chosen: tuple[Any, ...]) -> None:
    blobs = dict.fromkeys((c.name for c in table.c if c.name in _LEFT_OUT), b"")
    query = sa.select(*(c for c in table.c if c.name not in blobs)).where(*chosen).order_by(table.c.id)
    result = source.execute(query.execution_options(yield_per=_CHUNK)).mappings()
    for rows in result.partitions(_CHUNK):
        target.execute(sa.insert(table), [{**row, **blobs} for row in rows])
