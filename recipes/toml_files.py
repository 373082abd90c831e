"""Reading our TOML data files: every key is known, every value has its type, every refusal names file and place."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from nasicon_loop.core import Refusal, plain, read_bounded

SCHEMA = 1
MAX_BYTES = 1_000_000
Value = TypeVar("Value")


def load(path: Path) -> dict[str, Any]:
    """Return a TOML file's top table; Refusal when it cannot be read, is overlong, or is not `schema = 1`."""
    try:
        text = read_bounded(path, MAX_BYTES, advice="a recipe file is a few pages").decode("utf-8")
        data = tomllib.loads(text)
    except (OSError, ValueError, RecursionError) as error:  # brackets and numbers can go on without end
        raise Refusal(f"cannot be read as TOML: {plain(error)}", path) from error
    if data.get("schema") != SCHEMA:
        raise Refusal(f"must say `schema = {SCHEMA}`", path)
    return data


class Keys:
    """One table of a file, taken key by key; `done` refuses what nobody asked for."""

    def __init__(self, table: object, where: str) -> None:
        if not isinstance(table, Mapping):
            raise Refusal("must be a table", where)
        self.table: dict[str, Any] = dict(table)
        self.where = where

    def has(self, key: str) -> bool:
        """Tell whether the key is there and not yet taken."""
        return key in self.table

    def text(self, key: str, default: str | None = None) -> str:
        """Take a text of at most one line."""
        return plain(self._take(key, str, default), limit=400)

    def flag(self, key: str) -> bool:
        """Take true or false; false when absent."""
        return bool(self._take(key, bool, False))

    def integer(self, key: str, default: int | None = None) -> int:
        """Take a whole number that is not negative."""
        value = self._take(key, int, default)
        if isinstance(value, bool) or value < 0:
            raise Refusal(f"`{key}` must be a whole number, not negative", self.where)
        return int(value)

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float:
        """Take a number between two limits (both allowed)."""
        value = self._take(key, (int, float), default)
        if isinstance(value, bool) or not low <= value <= high:
            raise Refusal(f"`{key}` must be a number from {low:g} to {high:g}", self.where)
        return float(value)

    def optional_number(self, key: str, low: float, high: float) -> float | None:
        """Take a number between two limits, None when absent."""
        return self.number(key, low, high) if self.has(key) else None

    def texts(self, key: str) -> tuple[str, ...]:
        """Take a list of texts; empty when absent."""
        values = self._take(key, list, [])
        if not all(isinstance(value, str) for value in values):
            raise Refusal(f"`{key}` must be a list of texts", self.where)
        return tuple(plain(value, limit=400) for value in values)

    def tables(self, key: str) -> "list[Keys]":
        """Take an array of tables; empty when absent."""
        values = self._take(key, list, [])
        return [Keys(value, f"{self.where}: {key} {place}") for place, value in enumerate(values, 1)]

    def table_of(self, key: str) -> dict[str, Any]:
        """Take a table as it is; empty when absent."""
        return dict(self._take(key, dict, {}))

    def done(self) -> None:
        """Refuse keys that nobody took."""
        if self.table:
            raise Refusal(f"unknown key `{plain(sorted(self.table)[0], limit=60)}`", self.where)

    def _take(self, key: str, kind: type[Value] | tuple[type, ...], default: Any) -> Any:
        if key not in self.table:
            if default is None:
                raise Refusal(f"`{key}` is missing", self.where)
            return default
        value = self.table.pop(key)
        if not isinstance(value, kind):
            wanted = {str: "a text", bool: "true or false", int: "a whole number", list: "a list", dict: "a table"}
            raise Refusal(f"`{key}` must be {wanted.get(kind, 'a number')}", self.where)  # type: ignore[arg-type]
        return value
