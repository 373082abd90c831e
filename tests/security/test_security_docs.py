"""docs/security.md names tests and limits: they are there, and they are those."""

import re
from pathlib import Path

from fuzz.targets import TARGETS
from instruments import reading
from instruments.readers import xlsx
from nasicon_loop.lab import structures, tables

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_test_that_the_page_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    written = {
        name
        for path in (ROOT / "tests").glob("*/test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert len(named) > 20
    assert named - written == set()


def test_the_limits_on_the_page_are_those_of_the_code() -> None:
    assert f"{reading.MAX_BYTES // 2**20} MB, {reading.MAX_LINES / 1e6:g} million lines" in PAGE
    assert f"{xlsx.MAX_UNPACKED_BYTES // 2**20} MB unpacked, {xlsx.MAX_PARTS} parts" in PAGE
    assert f"{xlsx.MAX_TAGS // 10**6} million XML tags, {xlsx.MAX_SHEETS} sheets" in PAGE
    assert f"{xlsx.MAX_CELLS // 10**6} million cells" in PAGE
    assert f"{structures.MAX_CIF_BYTES // 10**6} MB; {tables.MAX_TABLE_BYTES // 10**6} MB" in PAGE


def test_the_page_counts_the_targets() -> None:
    assert f"{len(TARGETS)} targets" in PAGE
