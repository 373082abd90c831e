"""States as rows, for the transaction that writes them."""

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from db.projections import KINDS, AnyState, State
from db.queries.access import to_value
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
        table, row = TABLES[name], asdict(state)
        mine = (table.c.lab_id == self._lab_id) & (table.c[key] == row[key])
        changed = self._connection.execute(sa.update(table).where(mine).values(row))
        if changed.rowcount == 0:
            self._connection.execute(sa.insert(table).values(lab_id=self._lab_id, **row))

    def where(self, kind: type[State], column: str, wanted: int) -> list[State]:
        """Return the states with `wanted` in a column, by key."""
        name, key = KINDS[kind]
        table: Any = TABLES[name]
        query = sa.select(table).where(table.c.lab_id == self._lab_id, table.c[column] == wanted)
        return [to_value(kind, row) for row in self._connection.execute(query.order_by(table.c[key])).mappings()]
