"""Reading the product's JSON answers as a script would: by name, wherever in the document the name stands."""

from collections.abc import Iterator
from typing import Any


def objects(document: Any) -> Iterator[dict[str, Any]]:
    """Give every object of a JSON document, the outer ones first."""
    if isinstance(document, dict):
        yield document
        for value in document.values():
            yield from objects(value)
    elif isinstance(document, list):
        for value in document:
            yield from objects(value)


def with_keys(document: Any, *keys: str) -> list[dict[str, Any]]:
    """Return the objects that have all of these keys, in the order of the document."""
    return [found for found in objects(document) if all(key in found for key in keys)]


def numbered(document: Any) -> list[int]:
    """Return the numbers of the suggestions in a list of suggestions."""
    return [int(found["number"]) for found in with_keys(document, "number", "formula")]
