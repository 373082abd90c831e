"""One fact, one journal line, one step of the projections: always together."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa

from db import projections
from db.queries.access import to_value
from db.reader import Reader
from db.rows import digest, normalised
from db.store import SqlStore
from db.tables import ADDED, TABLES
from db.values import JournalEntry, Lab

Value = TypeVar("Value")


@cache
def _into(table_name: str) -> sa.Insert:
    return sa.insert(TABLES[table_name])


class Recording(Reader):
    """A reader that can also write, inside one transaction of `Database.write()`."""

    def __init__(self, connection: sa.Connection, lab: Lab, who: str, at: datetime) -> None:
        super().__init__(connection, lab)
        self._who = who
        self._at = at
        self._store = SqlStore(connection, lab.id)

    @property
    def who(self) -> str:
        """Who writes."""
        return self._who

    @property
    def at(self) -> datetime:
        """The time that all facts of this transaction carry."""
        return self._at

    def _together(self) -> sa.NestedTransaction:
        """A block whose rows are kept together or not at all, even when the caller goes on after a Refusal."""
        return self._connection.begin_nested()

    def _insert(self, table_name: str, values: Mapping[str, Any]) -> dict[str, Any]:
        table = TABLES[table_name]
        given = {**values, "lab_id": self.lab.id}
        if "at" in table.c:
            given["at"] = self._at
        row = normalised(table, given)
        inserted = self._connection.execute(_into(table_name), row).inserted_primary_key
        row["id"] = None if inserted is None else inserted[0]
        return {column.name: row.get(column.name) for column in table.c}

    def _fact_row(
        self,
        table: str,
        event: str,
        values: Mapping[str, Any],
        *,
        subject: tuple[str, int] | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Write a fact with its journal line. Without `subject` the event is about the fact itself."""
        row = self._insert(table, values)
        fact = (table, int(row["id"]))
        self._line(event, subject or fact, data or {}, fact=fact, fact_digest=digest(row, ADDED.get(table, ())))
        return row

    def _record(
        self,
        kind: type[Value],
        table: str,
        event: str,
        values: Mapping[str, Any],
        *,
        subject: tuple[str, int] | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> Value:
        """Write a fact with its journal line and return it as a value."""
        return to_value(kind, self._fact_row(table, event, values, subject=subject, data=data))

    def _line(
        self,
        event: str,
        subject: tuple[str, int],
        data: Mapping[str, Any],
        *,
        fact: tuple[str, int] | None = None,
        fact_digest: str | None = None,
    ) -> JournalEntry:
        fact_name, fact_id = fact or (None, None)
        row = self._insert(
            "journal",
            {
                "who": self._who,
                "event": event,
                "subject": subject[0],
                "subject_id": subject[1],
                "data": data,
                "fact": fact_name,
                "fact_id": fact_id,
                "digest": fact_digest,
            },
        )
        entry = to_value(JournalEntry, row)
        projections.apply(self._store, entry)
        return entry

    def _next_number(self, table_name: str, **equals: int) -> int:
        """The next running number; no other writer can take it, because writers come one after the other."""
        table = TABLES[table_name]
        number = table.c.version if table_name == "recipe" else table.c.number
        mine = [table.c.lab_id == self.lab.id, *(table.c[name] == wanted for name, wanted in equals.items())]
        return int(self._scalar(sa.select(sa.func.max(number)).where(*mine)) or 0) + 1
