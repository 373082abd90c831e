"""Readings beside the spectra: kept with journal and vault, and never mixed up."""

from pathlib import Path

import pytest

import db
from nasicon_loop.core import Refusal


def test_records_come_back_by_kind_and_pellet(lite: db.Database) -> None:
    with lite.write(who="Ada") as writer:
        pellet = writer.add_pellet(writer.add_sample("Na3Zr2Si2PO12"))
        first = writer.add_quality("dummy", {"r_total_ohm": 100.2}, files={"a" * 64: "dummy.csv"})
        second = writer.add_quality("dummy", {"r_total_ohm": 100.9}, files={}, who="Ben")
        dc = writer.add_quality("polarisation", {"current_a": 1e-9}, files={}, pellet=pellet)
    with lite.read() as reader:
        assert [record.id for record in reader.quality_records("dummy")] == [first.id, second.id]
        assert reader.newest_quality("dummy") == second
        assert second.who == "Ben"
        assert reader.quality_records("polarisation", pellet=pellet) == [dc]
        assert reader.newest_quality("leads") is None
        assert reader.quality_record(dc.id) == dc
        assert next(line.event for line in reader.journal("pellet", pellet.id)) == "polarisation.made"


def test_a_polarisation_belongs_to_a_pellet_and_a_dummy_to_none(lite: db.Database) -> None:
    with lite.write(who="Ada") as writer:
        pellet = writer.add_pellet(writer.add_sample("Na3Zr2Si2PO12"))
        for kind, owner in (("polarisation", None), ("dummy", pellet), ("odd", None)):
            with pytest.raises(Refusal):
                writer.add_quality(kind, {}, files={}, pellet=owner)  # type: ignore[arg-type]


def test_check_misses_the_bytes_behind_a_record(lite: db.Database, tmp_path: Path) -> None:
    with lite.write(who="Ada") as writer:
        writer.add_quality("leads", {"short": {}}, files={"b" * 64: "short.csv"})
    assert db.check(lite) == []
    found = db.check(lite, tmp_path)
    assert ["short.csv" in finding.what for finding in found] == [True]
