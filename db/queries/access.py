"""A connection that sees one lab, and how rows become values."""

from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa

from db.tables import TABLES
from db.values import Lab
from nasicon_loop.core import Refusal

Value = TypeVar("Value")


@cache
def _names_of(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _names(kind: Any) -> tuple[str, ...]:
    return _names_of(kind)


def to_value(kind: type[Value], row: Any) -> Value:
    """Return a row (column name -> value) as a frozen value: its own fields only, JSON lists as tuples."""
    given = {name: row[name] for name in _names(kind)}
    return kind(**{name: tuple(item) if isinstance(item, list) else item for name, item in given.items()})


def id_of(thing: Any) -> int:
    """Return the id of a stored value, or the id itself."""
    return int(getattr(thing, "id", thing))


# Statements that are asked for again and again are built once: building one costs more than running it.


@cache
def _matching(table_name: str, names: tuple[str, ...]) -> "sa.Select[Any]":
    """The rows of a lab with given values in the named columns, oldest first."""
    table = TABLES[table_name]
    wanted = (table.c[name] == sa.bindparam(name) for name in names)
    return sa.select(table).where(table.c.lab_id == sa.bindparam("lab"), *wanted).order_by(table.c.id)


@cache
def _newest_matching(table_name: str, names: tuple[str, ...]) -> "sa.Select[Any]":
    """The newest of them."""
    return _matching(table_name, names).order_by(None).order_by(TABLES[table_name].c.id.desc()).limit(1)


class Access:
    """One connection inside `Database.read()` or `Database.write()`, limited to one lab's rows."""

    def __init__(self, connection: sa.Connection, lab: Lab) -> None:
        self._connection = connection
        self._lab = lab

    @property
    def lab(self) -> Lab:
        """The lab whose rows are seen."""
        return self._lab

    def _select(self, table: str) -> "sa.Select[Any]":
        found = TABLES[table]
        return sa.select(found).where(found.c.lab_id == self._lab.id)

    def _values(
        self, kind: type[Value], query: "sa.Select[Any]", *, limit: int | None = None, offset: int = 0
    ) -> list[Value]:
        paged = query.limit(limit).offset(offset) if limit is not None or offset else query
        if limit is None and offset and self._connection.dialect.name == "sqlite":
            paged = query.limit(-1).offset(offset)
        return [to_value(kind, row) for row in self._connection.execute(paged).mappings()]

    def _first(self, kind: type[Value], query: "sa.Select[Any]") -> Value | None:
        row = self._connection.execute(query.limit(1)).mappings().first()
        return None if row is None else to_value(kind, row)

    def _facts(
        self, kind: type[Value], table: str, *, limit: int | None = None, offset: int = 0, **equals: Any
    ) -> list[Value]:
        query = _matching(table, tuple(equals)).params(lab=self._lab.id, **equals)
        return self._values(kind, query, limit=limit, offset=offset)

    def _fact(self, kind: type[Value], table: str, **equals: Any) -> Value | None:
        found = self._connection.execute(_newest_matching(table, tuple(equals)), {"lab": self._lab.id, **equals})
        row = found.mappings().first()
        return None if row is None else to_value(kind, row)

    def _known(self, kind: type[Value], table: str, what: str, **equals: Any) -> Value:
        found = self._fact(kind, table, **equals)
        if found is None:
            raise Refusal(f"there is no {what} {next(iter(equals.values()))} in this lab", self._lab.name)
        return found

    def _scalar(self, query: "sa.Select[Any]") -> Any:
        return self._connection.execute(query).scalar()

    def _pairs(self, key: str, item: str, table: str) -> dict[Any, Any]:
        columns = TABLES[table].c
        query = sa.select(columns[key], columns[item]).where(columns.lab_id == self._lab.id).order_by(columns[key])
        return {row[0]: row[1] for row in self._connection.execute(query)}
