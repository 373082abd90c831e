"""States as rows, for the transaction that writes them."""

from dataclasses import asdict
from functools import cache
from typing import Any

import sqlalchemy as sa

from db.queries.access import to_value
from db.states import KINDS, AnyState, State
from db.tables import TABLES


class SqlStore:
    """The projections' tables of one lab, inside a write."""

    def __init__(self, connection: sa.Connection, lab_id: int) -> None:
        self._connection = connection
        self._lab_id = lab_id

    def get(self, kind: type[State], key: int) -> State | None:
        """Return one state."""
        found = self.where(kind, KINDS[kind][1], key)
        return found[0] if found else None

    def put(self, state: AnyState) -> None:
        """Keep one state, in place of the one with the same key."""
        name, key = KINDS[type(state)]
        row = {"lab_id": self._lab_id, **asdict(state)}
        changed = self._connection.execute(_update(name, key), {"of_lab": self._lab_id, "wanted": row[key], **row})
        if changed.rowcount == 0:
            self._connection.execute(_into(name), row)

    def where(self, kind: type[State], column: str, wanted: int) -> list[State]:
        """Return the states with `wanted` in a column, by key."""
        name, key = KINDS[kind]
        found = self._connection.execute(_matching(name, key, column), {"of_lab": self._lab_id, "wanted": wanted})
        return [to_value(kind, row) for row in found.mappings()]


# Built once: building a statement costs more than running it.


@cache
def _update(name: str, key: str) -> sa.Update:
    table = TABLES[name]
    mine = (table.c.lab_id == sa.bindparam("of_lab")) & (table.c[key] == sa.bindparam("wanted"))
    return sa.update(table).where(mine)


@cache
def _into(name: str) -> sa.Insert:
    return sa.insert(TABLES[name])


@cache
def _matching(name: str, key: str, column: str) -> "sa.Select[Any]":
    table = TABLES[name]
    mine = (table.c.lab_id == sa.bindparam("of_lab")) & (table.c[column] == sa.bindparam("wanted"))
    return sa.select(table).where(mine).order_by(table.c[key])
