"""What is remembered of the results is what reading all of them anew says, whatever anybody did meanwhile."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

import db
from nasicon_loop.lab import CampaignState, Lab, campaign_state, opened
from nasicon_loop.lab import remembered as module


@pytest.fixture
def many(busy_lab: Path, copy_lab: Callable[[Path, Path], Path], tmp_path: Path) -> Iterator[Lab]:
    """A lab with some results."""
    with opened(copy_lab(busy_lab, tmp_path / "lab"), who="test") as lab:
        yield lab


def anew(lab: Lab) -> CampaignState:
    """What a program says that was just started."""
    with opened(lab.folder.path) as other:
        return campaign_state(other)


def retract(writer: db.Writer) -> None:
    """Take the best result back."""
    best = max(writer.teaching_analyses(), key=lambda row: row.sigma_25_s_cm or 0.0)
    writer.retract(best.analysis_id, reason="wrong electrode")


def turn_down(writer: db.Writer) -> None:
    """Say that a result never teaches."""
    writer.sign(writer.teaching_analyses()[0].analysis_id, "rejected", reason="noise")


def move(writer: db.Writer) -> None:
    """Give a file to another pellet."""
    row = writer.teaching_analyses()[-1]
    writer.assign(row.raw_file_id, pellet=writer.add_pellet(row.sample_id), how="person")


def measure(writer: db.Writer) -> None:
    """Correct a pellet's thickness: its results wait for a new analysis."""
    row = writer.teaching_analyses()[0]
    assert row.pellet_id is not None
    writer.add_geometry(row.pellet_id, thickness_cm=0.2, electrode_diameter_cm=1.0)


def train(writer: db.Writer) -> None:
    """Learn all results."""
    taught = [row.analysis_id for row in writer.teaching_analyses()]
    writer.add_model_run(
        directory="0002", data_hash="0" * 64, settings={}, metrics={}, n_literature_rows=1, n_lab_rows=len(taught),
        seed=0, trigger="test", lessons=dict.fromkeys(taught, 0.05),
    )  # fmt: skip


def hold(writer: db.Writer) -> None:
    """Something that has nothing to do with results."""
    writer.set_suggestion_state(1, "held", "")


@pytest.mark.parametrize("change", [retract, turn_down, move, measure, train, hold])
def test_what_is_remembered_is_what_is_there(many: Lab, change: Callable[[db.Writer], None]) -> None:
    before = campaign_state(many)
    with opened(many.folder.path, who="other") as other, other.database.write(who="other") as writer:
        change(writer)
    now = campaign_state(many)
    assert now == anew(many) == campaign_state(many)
    assert now != before


def test_results_are_gone_through_again_only_when_they_may_be_others(
    many: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    ranked = db.Reader.ranked_pellets

    def counted(reader: db.Reader, run: db.ModelRun | None = None, *, limit: int, offset: int = 0) -> db.RankedPellets:
        asked.append(offset)
        return ranked(reader, run, limit=limit, offset=offset)

    monkeypatch.setattr(db.Reader, "ranked_pellets", counted)
    campaign_state(many)
    n = len(asked)
    with many.database.write(who="test") as writer:
        hold(writer)
        writer.add_sample("Na3Zr2Si2PO12")
    campaign_state(many)
    assert len(asked) == n
    with many.database.write(who="test") as writer:
        retract(writer)
    campaign_state(many)
    assert len(asked) > n


def test_states_that_were_repaired_are_seen_though_the_journal_tells_nothing(many: Lab) -> None:
    whole = campaign_state(many)
    with many.database.write(who="test") as writer:
        table = sa.table("spectrum_state", sa.column("standing"))
        writer._connection.execute(sa.update(table).values(standing="out"))
    assert campaign_state(many).n_results == 0
    with opened(many.folder.path) as other:
        db.repair(other.database)
    assert campaign_state(many) == whole


def test_nothing_is_kept_of_a_database_that_is_closed(many: Lab) -> None:
    with opened(many.folder.path) as other:
        campaign_state(other)
        assert other.database in module._KEPT
    n = len(module._KEPT)
    del other
    gc.collect()
    assert len(module._KEPT) < n
