"""Recipes as plain dictionaries and back: stored versions must open again."""

import dataclasses
import json
import types
from collections.abc import Mapping
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from nasicon_loop import core
from nasicon_loop.core import Refusal, plain
from recipes.values import Recipe

SCHEMA = 1
Kind = TypeVar("Kind")


def to_dict(recipe: Recipe) -> dict[str, Any]:
    """Return the recipe as a dictionary of plain values, as `core.to_json` writes it."""
    document: dict[str, Any] = json.loads(core.to_json(recipe))
    return document


def from_dict(document: Mapping[str, Any]) -> Recipe:
    """Return the recipe that `to_dict` wrote; Refusal that names the place when the document is not one."""
    if document.get("schema") != SCHEMA:
        raise Refusal(f"schema {plain(document.get('schema'))} is not {SCHEMA}: written by another version", "recipe")
    return _build(Recipe, document, "recipe")


def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _build(kind: type[Kind], document: object, where: str) -> Kind:
    if not isinstance(document, Mapping):
        raise Refusal("must be an object", where)
    hints = _hints(kind)
    unknown = sorted(set(map(str, document)) - set(hints))
    if unknown:
        raise Refusal(f"unknown key `{plain(unknown[0], limit=60)}`", where)
    values = {name: _value(hints[name], value, f"{where}.{name}") for name, value in document.items()}
    required = {
        field.name
        for field in dataclasses.fields(kind)  # type: ignore[arg-type]
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    missing = sorted(required - set(values))
    if missing:
        raise Refusal(f"`{missing[0]}` is missing", where)
    return kind(**values)


def _value(hint: Any, value: Any, where: str) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        if value is None:
            return None
        hint = next(part for part in get_args(hint) if part is not type(None))
    origin = get_origin(hint)
    if dataclasses.is_dataclass(hint):
        return _build(hint, value, where)  # type: ignore[arg-type]
    if origin is tuple and isinstance(value, list):
        return tuple(_value(get_args(hint)[0], item, f"{where}[{place}]") for place, item in enumerate(value))
    if origin is Mapping and isinstance(value, Mapping):
        return {str(name): _value(get_args(hint)[1], item, f"{where}.{name}") for name, item in value.items()}
    if hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if hint in (str, int, bool) and type(value) is hint:
        return value
    raise Refusal("has the wrong type", where)
