"""A model on disk: `weights.safetensors` and `manifest.json` in one directory, written as one step.

Nothing is unpickled. The manifest holds the SHA-256 of the weights, so a file that was changed, cut or swapped is
refused and never half used.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.core import Refusal, to_json

FORMAT = "nasicon_loop.predict"
FORMAT_VERSION = 1
WEIGHTS, MANIFEST = "weights.safetensors", "manifest.json"
MAX_BYTES = 1 << 30


def write(directory: Path, arrays: Mapping[str, NDArray[Any]], manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Write both files beside `directory`, rename them into place, and return the manifest as written.

    A model that is there already is replaced; anything else that is there is refused and left alone. Readers see the
    old model or the new one.
    """
    from safetensors.numpy import save

    refuse_foreign(directory)
    directory.parent.mkdir(parents=True, exist_ok=True)
    payload = save({name: np.ascontiguousarray(array) for name, array in arrays.items()})
    complete = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        **manifest,
        "weights_sha256": hashlib.sha256(payload).hexdigest(),
    }
    fresh = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    try:
        _write_file(fresh / WEIGHTS, payload)
        _write_file(fresh / MANIFEST, to_json(complete).encode())
        _swap(fresh, directory)
        _flush_folder(directory.parent)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return dict(json.loads(to_json(complete)))


def refuse_foreign(directory: Path) -> None:
    """Raise Refusal when something other than a model of ours is in the directory's place."""
    if directory.exists() and not _is_ours(directory):
        raise Refusal("exists and is not a model; choose another directory", directory)


def read(directory: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return arrays and manifest; Refusal when a file is missing, foreign, or not as it was written."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    manifest = read_manifest(directory)
    payload = _read_file(directory / WEIGHTS)
    if hashlib.sha256(payload).hexdigest() != manifest.get("weights_sha256"):
        raise Refusal("does not match its manifest (damaged or exchanged); train again", directory / WEIGHTS)
    try:
        arrays = load(payload)
    except (SafetensorError, ValueError, KeyError) as error:
        raise Refusal("is not a safetensors file; train again", directory / WEIGHTS) from error
    return arrays, manifest


def read_manifest(directory: Path) -> dict[str, Any]:
    """Return the manifest alone; Refusal as in `read`."""
    path = directory / MANIFEST
    try:
        manifest = json.loads(_read_file(path))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal("is not readable JSON; train again", path) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise Refusal("is not the manifest of a model of this program", path)
    if manifest.get("format_version") != FORMAT_VERSION:
        raise Refusal("was written by another version of this program; train again", path)
    return manifest


def _read_file(path: Path) -> bytes:
    if not path.is_file():
        raise Refusal("no model here; train one first", path)
    if path.stat().st_size > MAX_BYTES:
        raise Refusal("is too large to be one of our models", path)
    return path.read_bytes()


def _write_file(path: Path, payload: bytes) -> None:
    with path.open("wb") as file:
        file.write(payload)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Make the new name survive a power cut, where the system can flush a folder (Windows cannot)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_ours(directory: Path) -> bool:
    if not directory.is_dir():
        return False
    names = {item.name for item in directory.iterdir()}
    return not names or (MANIFEST in names and names <= {WEIGHTS, MANIFEST})


def _swap(fresh: Path, directory: Path) -> None:
    if not directory.exists():
        fresh.rename(directory)
        return
    # a directory cannot be renamed onto a full one: the old model steps aside first
    old = fresh.with_name(f"{fresh.name}.old")
    directory.rename(old)
    try:
        fresh.rename(directory)
    except OSError:
        old.rename(directory)
        raise
    shutil.rmtree(old, ignore_errors=True)
