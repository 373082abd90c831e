"""A reader that gives other numbers has another version: by it the files of the labs are read again."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from fuzz.samples import FILES
from instruments import UnreadableFile, available_readers, numbers_sha256, read_bytes
from instruments.registry import BUILT_IN

KEPT = Path(__file__).parent / "data" / "numbers_by_version.json"
ADVICE = (
    "the reader gives other numbers than its version did: raise `version`, or the files that the labs have are never "
    "read again; then write the new numbers down with NASICON_WRITE_VERSIONS=1"
)


def numbers(name: str) -> str:
    """What a reader gives of its samples: the numbers, at six digits, and what it says of temperature."""
    digest = hashlib.sha256()
    for data in FILES[name]():
        try:
            spectra = read_bytes(data)
        except UnreadableFile:  # a sample may be half a file
            continue
        digest.update(numbers_sha256(spectra).encode())
        digest.update(str([(one.temperature_c, one.n_points) for one in spectra]).encode())
    return digest.hexdigest()[:16]


def test_every_built_in_reader_has_samples() -> None:
    assert set(FILES) == set(BUILT_IN)


@pytest.mark.parametrize("name", BUILT_IN)
def test_other_numbers_have_another_version(name: str) -> None:
    version = next(one.version for one in available_readers() if one.name == name)
    known = json.loads(KEPT.read_text(encoding="utf-8"))
    if os.environ.get("NASICON_WRITE_VERSIONS"):
        known.setdefault(name, {}).setdefault(version, numbers(name))
        KEPT.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    assert version in known[name], ADVICE
    assert numbers(name) == known[name][version], ADVICE
