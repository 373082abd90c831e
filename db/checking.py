"""Proving a database: facts journaled and unchanged, states as the journal says, files' bytes there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from db.check_facts import fact_findings
from db.check_relations import relation_findings
from db.check_vault import vault_findings
from db.database import Database
from db.projections import replay
from db.queries.access import to_value
from db.reader import Reader
from db.states import KINDS, AnyState, MemoryStore
from db.store import SqlStore
from db.tables import TABLES
from db.values import Finding, JournalEntry

_REPAIR = "run `nasicon db check --repair`"
_CHUNK = 1000


def journal_of(connection: sa.Connection, lab_id: int) -> Iterator[JournalEntry]:
    """Yield a lab's journal, oldest first."""
    journal = TABLES["journal"]
    query = sa.select(journal).where(journal.c.lab_id == lab_id).order_by(journal.c.id)
    for row in connection.execute(query.execution_options(yield_per=_CHUNK)).mappings():
        yield to_value(JournalEntry, row)


def _stored_states(connection: sa.Connection, lab_id: int, kind: type[AnyState]) -> dict[int, AnyState]:
    name, key = KINDS[kind]
    table = TABLES[name]
    query = sa.select(table).where(table.c.lab_id == lab_id).order_by(table.c[key])
    return {row[key]: to_value(kind, row) for row in connection.execute(query).mappings()}


def _differences(
    connection: sa.Connection, lab_id: int, replayed: MemoryStore
) -> Iterator[tuple[type[AnyState], int, AnyState | None, AnyState | None]]:
    """Yield kind, key, what is stored and what the journal says, where the two differ."""
    for kind in KINDS:
        stored, proved = _stored_states(connection, lab_id, kind), replayed.states[kind]
        for key in sorted(stored.keys() | proved.keys()):
            if stored.get(key) != proved.get(key):
                yield kind, key, stored.get(key), proved.get(key)


def _in_words(kind: type[AnyState], key: int, stored: AnyState | None, proved: AnyState | None) -> str:
    name = f"{KINDS[kind][0]} {key}"
    if stored is None or proved is None:
        return f"{name} is missing" if stored is None else f"{name} is there, but the journal knows nothing of it"
    fields = [field for field in stored.__slots__ if getattr(stored, field) != getattr(proved, field)]
    changes = (f"{field} is {getattr(stored, field)!r}, by the journal {getattr(proved, field)!r}" for field in fields)
    return f"{name}: {', '.join(changes)}"


def _integrity_findings(connection: sa.Connection) -> Iterator[Finding]:
    if connection.dialect.name != "sqlite":
        return
    for (word,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if word != "ok":
            yield Finding("integrity", str(word), "restore a backup: `nasicon db restore`")


def check(database: Database, vault: Path | None = None) -> list[Finding]:
    """Return everything that is wrong with a lab's database, and with its vault where one is given; [] is clean.

    Proves that each fact has its journal line and is as it was written, that replaying the journal gives the states,
    that references hold and stay within the lab, that spectra, analyses, lessons and predictions fit together, and
    that the vault (`<first two digits>/<sha256>`) holds every file's bytes. Looks at one moment; others may go on.
    """
    with database.read() as reader:
        connection = connection_of(reader)
        findings = list(_integrity_findings(connection))
        findings += fact_findings(connection, database.lab.id)
        for difference in _differences(connection, database.lab.id, replay(journal_of(connection, database.lab.id))):
            findings.append(Finding("projection", _in_words(*difference), _REPAIR))
        findings += relation_findings(connection, database.lab.id)
        kept = _kept_bytes(reader) if vault is not None else {}
    if vault is not None:
        findings += vault_findings(kept, vault)
    return findings


def _kept_bytes(reader: Reader) -> dict[str, str]:
    """What the vault has to hold: SHA-256 -> the name under which the bytes came."""
    patterns = {phase.pattern_sha256: phase.pattern_name or "" for phase in reader.phases() if phase.pattern_sha256}
    others = {**patterns, **reader.structure_files(), **reader.quality_files()}
    return {**others, **{file.sha256: file.name for file in reader.files()}}


def repair(database: Database, *, who: str = "nasicon db check --repair") -> list[str]:
    """Rebuild the states from the journal and return, in words, each one that was changed. Facts are never touched."""
    done = []
    with database.write(who=who) as writer:
        connection, lab_id = connection_of(writer), database.lab.id
        store = SqlStore(connection, lab_id)
        proved = replay(journal_of(connection, lab_id))
        for kind, key, stored, right in list(_differences(connection, lab_id, proved)):
            done.append(_in_words(kind, key, stored, right))
            if right is not None:
                store.put(right)
            else:
                name, column = KINDS[kind]
                table = TABLES[name]
                mine = (table.c.lab_id == lab_id) & (table.c[column] == key)
                connection.execute(sa.delete(table).where(mine))
    return done


def connection_of(reader: Reader) -> sa.Connection:
    """Return the connection behind a reader; for this room only."""
    connection: Any = reader._connection
    return connection  # type: ignore[no-any-return]
