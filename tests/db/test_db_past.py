"""The lab as it was at a line of its journal, and how a batch was chosen."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import db
from nasicon_loop.core import Refusal

RULES = {"allow_toxic": False, "one_load": True}


def _add_batch(writer: db.Writer, run: db.ModelRun, known_to: int) -> None:
    writer.add_batch(
        1, model_run=run, acquired_by="thompson", seed=7, n=1, known_to=known_to, incumbent_formula="Na3Zr2Si2PO12",
        incumbent_mean=-3.1, rules=RULES, passed_over={"Na3.1Zr1.9Yb0.1Si2PO12": "no precursor"},
        kinds={1: "replicate"}, gains_dex={1: 0.123456789012345678},
    )  # fmt: skip


def test_cutting_the_journal_gives_the_lab_of_that_moment(database: db.Database, tell: Callable[..., Any]) -> None:
    story = tell(database)
    with database.read() as reader:
        made = next(line for line in reader.journal(event="analysis.made", limit=None))
        newest = reader.max_journal_id()
    with database.write(who="Bo") as writer:
        writer.retract(story.analysis, reason="cracked")
        writer.set_sample_state(story.sample, "failed", "cracked")
        writer.add_sample("Na3Zr2Si2PO12")
    with db.past(database, newest) as then, then.read() as reader:
        assert [row.analysis_id for row in reader.teaching_analyses()] == [story.analysis.id]
        assert [sample.label for sample in reader.samples()] == [story.sample.label]
        assert reader.sample_state(story.sample) == "calcined"
        assert [run.id for run in reader.model_runs()] == [story.run.id, story.second_run.id]
        assert [one.analysis_id for one in reader.lessons(story.second_run)] == [story.analysis.id]
        assert len(reader.predictions(story.run)) == 2
    with db.past(database, made.id - 1) as then, then.read() as reader:
        assert reader.teaching_analyses() == []
        assert reader.latest_model_run() == story.run
        assert reader.file_state(story.file) == "needs analysis"
    with database.read() as reader:
        assert reader.teaching_analyses() == []


def test_a_line_that_is_not_there_is_refused(lite: db.Database) -> None:
    for line in (0, 1, 99):
        with pytest.raises(Refusal, match=f"no line {line}"), db.past(lite, line):
            pass


def test_how_a_batch_was_chosen_is_kept_and_moves_with_a_copy(
    lite: db.Database, tell: Callable[..., Any], postgres_server: str, tmp_path: Path
) -> None:
    with db.create(f"{postgres_server}/postgres", "Before the copy") as other:
        tell(other)
    story = tell(lite)
    with lite.read() as reader:
        known_to = reader.max_journal_id()
    with lite.write(who="Ada") as writer:
        _add_batch(writer, story.run, known_to)
    assert db.check(lite) == []
    with lite.read() as reader:
        (before,) = reader.suggested_batches()
    assert (before.acquired_by, before.seed, before.known_to) == ("thompson", 7, known_to)
    assert before.kinds == {1: "replicate"}
    assert before.gains_dex == {1: 0.123456789012345678}
    assert before.rules == RULES
    assert lite.path is not None
    db.copy(lite.path, f"{postgres_server}/postgres")
    with db.open(f"{postgres_server}/postgres", lab="Lab") as copied, copied.read() as reader:
        (after,) = reader.suggested_batches()
        assert after.known_to > known_to, "the journal's lines were moved behind the other lab's"
        lines = {line.id: line.event for line in reader.journal(limit=None)}
        assert lines[after.known_to] == reader.journal(limit=None)[1].event
        assert reader.model_run_by_id(after.model_run_id).number == story.run.number
