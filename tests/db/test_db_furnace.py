"""Furnace runs: open until they end, one at a time per furnace, with a log outside the journal."""

from datetime import UTC, datetime
from typing import Any

import pytest

import db
from nasicon_loop.core import Refusal

PROGRAM: dict[str, Any] = {
    "driver": "eurotherm_2400", "step": "calcination", "segments": [(3.0, 1100.0, 720.0), (3.0, 25.0, 0.0)],
    "program_hash": "ab" * 32, "program_number": 1, "top_c": 1100.0, "hours": 12.0,
}  # fmt: skip


def test_a_run_is_open_until_it_ends(database: db.Database) -> None:
    reading = db.NewFurnaceReading(datetime(2026, 11, 22, 9, tzinfo=UTC), 431.5, 430.0, 22.0, 1, "run")
    with database.write(who="Ada") as writer:
        label = writer.add_sample("Na3Zr2Si2PO12").label
        run = writer.add_furnace_run("tube", [label], writes={8200: 3}, **PROGRAM)
        other = writer.add_furnace_run("box", [label], **PROGRAM)
        lines = writer.max_journal_id()
        kept = writer.add_furnace_reading(run, reading)
        assert writer.max_journal_id() == lines
        writer.add_furnace_event(other, "ended", "complete")
    with database.read() as reader:
        assert reader.furnace_runs(is_open=True) == [run]
        assert reader.furnace_runs(is_open=False) == [other]
        assert reader.furnace_run(1) == run == reader.newest_run_of("tube")
        assert (run.labels, run.writes, run.who) == ((label,), {"8200": 3}, "Ada")
        assert reader.furnace_readings(run) == [kept]
        assert (reader.newest_reading(run), reader.newest_reading(other)) == (kept, None)
        assert kept.pv_c == 431.5
        assert next(line.event for line in reader.journal("furnace_run", other.id)) == "furnace.ended"
        assert reader.counts().rows["furnace_reading"] == 1
    assert db.check(database) == []
    assert db.repair(database) == []


def test_what_cannot_be_is_refused(lite: db.Database) -> None:
    with lite.write(who="Ada") as writer:
        label = writer.add_sample("Na3Zr2Si2PO12").label
        run = writer.add_furnace_run("tube", [label], **PROGRAM)
        with pytest.raises(Refusal, match="still open"):
            writer.add_furnace_run("tube", [label], **PROGRAM)
        with pytest.raises(Refusal, match="at least one sample"):
            writer.add_furnace_run("box", [], **PROGRAM)
        with pytest.raises(Refusal, match="not 'melted'"):
            writer.add_furnace_event(run, "melted", "")  # type: ignore[arg-type]
        writer.add_furnace_event(run, "ended", "complete")
        with pytest.raises(Refusal, match="has ended"):
            writer.add_furnace_event(run, "alarm", "too late")
        assert writer.add_furnace_run("tube", [label], **PROGRAM).number == 2
