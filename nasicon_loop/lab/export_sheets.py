"""How a table of the export is told: each column with its unit, its meaning, and where in a record its value stands."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nasicon_loop.core import to_json
from nasicon_loop.report import Cell, Column, Kind, TableShape

Get = Callable[[Any], Cell]


@dataclass(frozen=True, slots=True)
class Field:
    """A column and how its value is had from a record."""

    column: Column
    get: Get


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: `about` says what a row is."""

    name: str
    about: str
    fields: tuple[Field, ...]

    @property
    def shape(self) -> TableShape:
        """The table without its sources."""
        return TableShape(self.name, self.about, tuple(field.column for field in self.fields))

    def row(self, record: Any) -> tuple[Cell, ...]:
        """Return a record's cells."""
        return tuple(field.get(record) for field in self.fields)


def at(path: str) -> Get:
    """Return what follows a dotted path of attributes; None where one on the way is None."""
    names = path.split(".")

    def get(record: Any) -> Cell:
        value = record
        for name in names:
            if value is None:
                return None
            value = getattr(value, name)
        return value  # type: ignore[no-any-return]

    return get


def as_json(path: str) -> Get:
    """Return what follows a dotted path, as JSON text on one line."""
    get = at(path)
    return lambda record: None if (value := get(record)) is None else to_json(value, indent=None)


def _field(kind: Kind, name: str, about: str, get: str | Get, unit: str) -> Field:
    return Field(Column(name, kind, about, unit), at(get) if isinstance(get, str) else get)


def text(name: str, about: str, get: str | Get) -> Field:
    """Return a column of text."""
    return _field("text", name, about, get, "")


def number(name: str, unit: str, about: str, get: str | Get) -> Field:
    """Return a column of numbers in a unit."""
    return _field("number", name, about, get, unit)


def count(name: str, about: str, get: str | Get) -> Field:
    """Return a column of whole numbers."""
    return _field("count", name, about, get, "")


def flag(name: str, about: str, get: str | Get) -> Field:
    """Return a column of yes and no."""
    return _field("flag", name, about, get, "")


def time(name: str, about: str, get: str | Get) -> Field:
    """Return a column of moments in UTC."""
    return _field("time", name, about, get, "UTC")
