"""Whether a folder is a sound RO-Crate: the rules of the specification that a reader relies on."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from nasicon_loop.report.crate import CONTEXT, METADATA_NAME, PROFILE, sha256_of


def crate_faults(folder: Path) -> list[str]:
    """Return what is wrong with a crate, a line each; an empty list says that it is sound.

    Asked are: the context; a unique `@id` and a type for every entity; descriptor and root with name, description, date
    and licence; references that lead somewhere; every file of the folder listed, and every listed one there with its
    size and hash.
    """
    try:
        document = json.loads((folder / METADATA_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return [f"{METADATA_NAME}: {error}"]
    context = document.get("@context")
    faults = [] if CONTEXT in (context if isinstance(context, list) else [context]) else ["@context is not that of 1.1"]
    graph = [entity for entity in document.get("@graph", []) if isinstance(entity, Mapping)]
    counted = Counter(str(entity.get("@id")) for entity in graph)
    faults += [f"{name}: {n} entities have this @id" for name, n in sorted(counted.items()) if n > 1]
    faults += [
        f"{entity.get('@id')}: no @id or @type" for entity in graph if not entity.get("@id") or not _types(entity)
    ]
    by_id = {str(entity.get("@id")): entity for entity in graph}
    faults += [f"{name}: is referred to and not described" for name in sorted(_dangling(graph, by_id))]
    return [*faults, *_root_faults(by_id), *_file_faults(by_id, folder)]


def _types(entity: Mapping[str, Any]) -> list[str]:
    found = entity.get("@type") or []
    return list(found) if isinstance(found, list) else [str(found)]


def _referred(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if set(value) == {"@id"}:
            yield str(value["@id"])
        for inner in value.values():
            yield from _referred(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _referred(inner)


def _dangling(graph: list[Mapping[str, Any]], by_id: Mapping[str, Any]) -> set[str]:
    named = {name for entity in graph for value in entity.values() for name in _referred(value)}
    return {name for name in named if name not in by_id and "://" not in name}


def _root_faults(by_id: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    descriptor = by_id.get(METADATA_NAME, {})
    if "CreativeWork" not in _types(descriptor) or descriptor.get("about") != {"@id": "./"}:
        yield f"{METADATA_NAME}: is not described as a CreativeWork about ./"
    if descriptor.get("conformsTo") != {"@id": PROFILE}:
        yield f"{METADATA_NAME}: does not say that it conforms to {PROFILE}"
    root = by_id.get("./", {})
    if "Dataset" not in _types(root):
        yield "./: is no Dataset"
    for name in ("name", "description"):
        if not root.get(name):
            yield f"./: has no {name}"
    try:
        datetime.fromisoformat(str(root.get("datePublished")))
    except ValueError:
        yield "./: datePublished is no ISO 8601 date"
    if not any(name in by_id and by_id[name].get("name") for name in _referred(root.get("license"))):
        yield "./: has no licence that is described"


def _file_faults(by_id: Mapping[str, Mapping[str, Any]], folder: Path) -> Iterator[str]:
    listed = {name for name, entity in by_id.items() if "File" in _types(entity)}
    parts = set(_referred(by_id.get("./", {}).get("hasPart")))
    for name in sorted(listed ^ parts):
        yield f"{name}: is {'no part of ./' if name in listed else 'a part of ./ and no File'}"
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    for path in sorted(there - {unquote(name) for name in listed} - {METADATA_NAME}):
        yield f"{path}: lies in the folder and is not listed"
    for name in sorted(listed):
        yield from _one_file(name, by_id[name], folder, there)


def _one_file(name: str, entity: Mapping[str, Any], folder: Path, there: set[str]) -> Iterator[str]:
    path = unquote(name)
    if path.startswith("/") or ".." in path.split("/"):
        yield f"{name}: leads out of the folder"
    elif path not in there:
        yield f"{name}: is listed and not there"
    elif entity.get("contentSize") != str((folder / path).stat().st_size):
        yield f"{name}: has another size than is listed"
    elif entity.get("sha256") != sha256_of(folder / path):
        yield f"{name}: has another SHA-256 than is listed"
    if not entity.get("encodingFormat"):
        yield f"{name}: has no encodingFormat"
