"""RO-Crate 1.1: what a folder of results holds, as JSON-LD that machines and repositories read.

After the specification at https://w3id.org/ro/crate/1.1: a metadata descriptor about a root data set; every file a data
entity that the root has as a part; licence, people, software and devices as contextual entities; what was done as
actions. `sha256` is a term of schema.org that the context of 1.1 may lack, so it is declared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any
from urllib.parse import quote

from nasicon_loop.core import to_json, utc_iso

METADATA_NAME = "ro-crate-metadata.json"
CONTEXT = "https://w3id.org/ro/crate/1.1/context"
PROFILE = "https://w3id.org/ro/crate/1.1"
SHA256_TERM = "http://schema.org/sha256"

Entity = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CrateFile:
    """A file of the folder: `path` with `/` from its root, `media_type` as MIME names it."""

    path: str
    name: str
    description: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Crate:
    """All that the metadata says. `context` holds the contextual entities; `license_id` is the `@id` of one of them."""

    name: str
    description: str
    published_at: datetime
    license_id: str
    version: str
    author_id: str
    files: tuple[CrateFile, ...]
    context: tuple[Entity, ...]
    mentions: tuple[str, ...] = ()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def file_id(path: str) -> str:
    """Return the `@id` of a file: its path from the root as a relative URI."""
    return quote(path, safe="/")


def metadata(crate: Crate, folder: Path) -> str:
    """Return the metadata file's text; sizes and hashes are those of the files in `folder`."""
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": crate.name,
        "description": crate.description,
        "datePublished": utc_iso(crate.published_at),
        "license": {"@id": crate.license_id},
        "author": {"@id": crate.author_id},
        "version": crate.version,
        "hasPart": [{"@id": file_id(one.path)} for one in crate.files],
    }
    if crate.mentions:
        root["mentions"] = [{"@id": one} for one in crate.mentions]
    descriptor = {
        "@id": METADATA_NAME,
        "@type": "CreativeWork",
        "conformsTo": {"@id": PROFILE},
        "about": {"@id": "./"},
    }
    graph = [descriptor, root, *(_entity(one, folder) for one in crate.files), *crate.context]
    return to_json({"@context": [CONTEXT, {"sha256": SHA256_TERM}], "@graph": graph}) + "\n"


def _entity(one: CrateFile, folder: Path) -> dict[str, Any]:
    place = folder / one.path
    return {
        "@id": file_id(one.path),
        "@type": "File",
        "name": one.name,
        "description": one.description,
        "encodingFormat": one.media_type,
        "contentSize": str(place.stat().st_size),
        "sha256": sha256_of(place),
    }


def references(ids: Sequence[str]) -> list[dict[str, str]]:
    """Return references to entities."""
    return [{"@id": one} for one in ids]
