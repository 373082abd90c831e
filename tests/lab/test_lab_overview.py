"""Board, inbox and counts are read in a constant number of questions and say what row by row reading says."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import db
from nasicon_loop import eis
from nasicon_loop import lab as ways
from nasicon_loop.lab import BoardRow, InboxRow, Lab, remembered
from nasicon_loop.lab.analysing import analysis_of

URGENCY = (
    "retracted", "measured", "sintered", "pressed", "calcined", "weighed", "planned", "analysed", "failed", "abandoned",
)  # fmt: skip


@pytest.fixture(scope="module")
def many(
    busy_lab: Path, keep_lab: Callable[[Path, Path], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lab]:
    """A lab with samples and files in every state."""
    folder = keep_lab(busy_lab, tmp_path_factory.mktemp("many") / "lab")
    with ways.opened(folder, who="test") as lab:
        with lab.database.write(who="test") as writer:
            _odd(writer)
        yield lab


def _odd(writer: db.Writer) -> None:
    """What the long story does not have: two pellets, no pellet, no geometry, refusals, repeats, second thoughts."""
    numbers = iter(range(10**6))

    def file(**told: Any) -> db.RawFile:
        number = next(numbers)
        return writer.add_file(f"{number:064x}", size_bytes=1, name=f"odd {number}.csv", **told)[0]

    file(refusal="is a picture")
    first = file(numbers_sha256="a", reader="r")
    file(numbers_sha256="a", reader="r")  # a re-export
    sample = writer.add_sample("Na3Zr2Si2PO12", is_reference=True)
    writer.assign(first, sample=sample, how="person")
    bare = writer.add_sample("Na3Zr2Si2PO12")
    writer.assign(file(numbers_sha256="b", reader="r"), pellet=writer.add_pellet(bare), how="name")
    writer.set_sample_state(writer.add_sample("Na3Zr2Si2PO12"), "abandoned", "spilled")
    taught = writer.teaching_analyses()
    twice = next(row for row in taught if sum(one.pellet_id == row.pellet_id for one in taught) > 1)
    second = writer.add_pellet(twice.sample_id)  # a second pellet whose sweeps move there from the first
    shape = writer.add_geometry(second, thickness_cm=0.2, electrode_diameter_cm=1.0)
    writer.assign(twice.raw_file_id, pellet=second, how="person")
    _again(writer, twice.analysis_id, shape)
    alone = [row for row in taught if row.sample_id != twice.sample_id]
    for row in alone[:5]:
        writer.retract(row.analysis_id, reason="wrong electrode")
    signed = _again(writer, alone[0].analysis_id, None)
    writer.sign(signed, "accepted", reason="measured anew")
    _again(writer, alone[1].analysis_id, None)  # waits: what was taken back does not return by itself


def _again(writer: db.Writer, analysis_id: int, shape: db.PelletGeometry | None) -> db.StoredAnalysis:
    """Analyse a spectrum once more."""
    old = writer.analysis(analysis_id)
    kept = {
        name: getattr(old, name)
        for name in (
            "engine_version", "verdict", "reasons", "document", "circuit_string", "r_total_ohm", "r_total_ohm_sd",
            "sigma_total_s_cm", "sigma_total_s_cm_sd", "sigma_25_s_cm", "sigma_25_s_cm_sd", "temperature_c",
        )
    }  # fmt: skip
    return writer.add_analysis(old.spectrum_id, geometry=shape or old.pellet_geometry_id, **kept)


# row by row: slow, and plainly right


def _pooled(reader: db.Reader) -> dict[int, tuple[int, float | None, float | None]]:
    """Sample id -> newest pellet's id, its sigma and sd."""
    by_pellet: dict[int, list[db.TeachingRow]] = {}
    for row in reader.teaching_analyses():
        by_pellet.setdefault(-row.analysis_id if row.pellet_id is None else row.pellet_id, []).append(row)
    found = {}
    for key, rows in by_pellet.items():
        newest = rows[-1]
        if len(rows) > 1:
            ids = {row.analysis_id for row in rows}
            stored = [one for one in reader.current_analyses(pellet=key, standing="teaches") if one.id in ids]
            value = eis.pooled([[analysis_of(one) for one in stored]])
            newest = replace(newest, sigma_25_s_cm=value.sigma_25_s_cm, sigma_25_s_cm_sd=value.sigma_25_s_cm_sd)
        found[newest.sample_id] = (key, newest.sigma_25_s_cm, newest.sigma_25_s_cm_sd)
    return found


def _row(reader: db.Reader, sample: db.Sample, pooled: dict[int, Any]) -> tuple[Any, ...]:
    state = reader.sample_state(sample)
    _, sigma, sd = pooled.get(sample.id, (None, None, None))
    files = {reader.file_state(file) for file in reader.files_of_sample(sample)}
    back = any(
        line.data
        and (way := reader.genealogy_of_analysis(line.subject_id)).analysis.is_current
        and way.sample is not None
        and way.sample.id == sample.id
        for line in reader.journal(event="analysis.retracted", limit=None)
    )
    sintered = any(firing.step == "sintering" for firing in reader.firings(sample))
    pellets = reader.pellets(sample)
    if state in ("failed", "abandoned"):
        stage: str = state
    elif sample.id in pooled:
        stage = "analysed"
    elif files:
        stage = "retracted" if back else "measured"
    elif pellets:
        stage = "sintered" if sintered else "pressed"
    else:
        stage = state
    return sample.label, sample.target_formula, state, stage, sample.is_reference, sigma, sd, sample.at


def _told(row: BoardRow) -> tuple[Any, ...]:
    told = (row.label, row.formula, row.state, row.stage, row.is_reference)
    return (*told, row.sigma_25_s_cm, row.sigma_25_s_cm_sd, row.at)


def test_the_board_says_what_reading_row_by_row_says(many: Lab) -> None:
    with many.database.read() as reader:
        pooled = _pooled(reader)
        wanted = [_row(reader, sample, pooled) for sample in reader.samples()]
    rows = ways.board(many)
    assert [_told(row) for row in rows] == wanted
    stages = {row.stage for row in rows}
    assert stages > {"retracted", "measured", "sintered", "pressed", "planned", "analysed", "failed", "abandoned"}
    waits = {row.label: row.waits_for for row in rows}
    assert "say which pellet: nasicon inbox assign" in waits.values()
    assert any(wish.startswith("nasicon pellet geometry") for wish in waits.values())
    assert [ways.board_row(many, row.label) for row in rows] == rows
    assert ways.board_row(many, "NL-9999") is None
    assert ways.sample_labels(many) == [row.label for row in rows]


def test_a_page_of_the_board_begins_with_what_waits(many: Lab) -> None:
    every = ways.board(many)
    page = ways.board_page(many, 12)
    assert page.n_samples == len(every)
    assert len(page.rows) == 12
    whole = ways.board_page(many, 1000).rows
    assert whole[:12] == page.rows
    assert sorted(whole, key=lambda row: row.label) == every
    assert list(whole) == sorted(every, key=lambda row: (URGENCY.index(row.stage), -int(row.label[3:])))


def _inbox(reader: db.Reader) -> list[InboxRow]:
    rows = []
    for file in reader.files():
        assignment = reader.assignment(file)
        label = None
        if assignment is not None and assignment.pellet_id is not None:
            label = reader.pellet_by_id(assignment.pellet_id).label
        elif assignment is not None and assignment.sample_id is not None:
            label = reader.sample_by_id(assignment.sample_id).label
        newest = next(iter(reader.current_analyses(raw_file=file)[-1:]), None)
        reason = file.refusal if file.refusal is not None else "; ".join(newest.reasons) if newest else ""
        made = (newest.id, newest.sigma_25_s_cm, newest.sigma_25_s_cm_sd) if newest else (None, None, None)
        verdict = newest.verdict if newest else None
        rows.append(InboxRow(file.id, file.name, reader.file_state(file), label, verdict, reason, *made, file.at))
    return rows


def test_the_inbox_says_what_reading_row_by_row_says(many: Lab) -> None:
    with many.database.read() as reader:
        wanted = _inbox(reader)
    assert ways.inbox(many) == wanted
    waiting = [row for row in wanted if row.state in ("unassigned", "needs pellet", "needs geometry", "held")]
    assert ways.inbox(many, only_waiting=True) == waiting
    page = ways.inbox_page(many, 7)
    assert page.rows == tuple(wanted[::-1][:7])
    assert (page.n_files, page.n_waiting, page.n_refused) == (len(wanted), len(waiting), 1)
    assert ways.inbox_page(many, 7, only_waiting=True).rows == tuple(waiting[::-1][:7])
    assert ways.newest_analysis(many) == [row.analysis_id for row in wanted if row.analysis_id is not None][-1]


def test_the_campaign_counts_and_its_best_pellet_are_right(many: Lab) -> None:
    state = ways.campaign_state(many)
    with many.database.read() as reader:
        taught = reader.teaching_analyses()
        learned = {one.analysis_id for one in reader.lessons(reader.model_run(1))}
        counts = reader.counts()
        best = max(_pooled(reader).values(), key=lambda found: found[1] or 0.0)
        label = reader.pellet_by_id(best[0]).label
    assert state.n_results == len(taught)
    assert state.n_results_not_learned == sum(row.analysis_id not in learned for row in taught)
    assert state.counts == {"files": counts.files, "samples": counts.samples, "suggestions": counts.suggestions}
    assert (state.best_label, state.best_sigma_25_s_cm, state.best_sigma_25_s_cm_sd) == (label, *best[1:])


def test_a_page_of_suggestions_is_the_newest_of_all(many: Lab) -> None:
    every = ways.all_suggestions(many)
    page = ways.suggestions_page(many, 5)
    assert page.rows == every[::-1][:5]
    assert (page.n, page.n_open) == (len(every), sum(one.state == "open" for one in every))


def test_a_larger_lab_is_not_asked_more_questions(many: Lab, tmp_path: Path) -> None:
    from benchmarks.large_lab import make

    make(tmp_path / "lab", 20, 60)
    with ways.opened(tmp_path / "lab") as few:
        for read in (
            lambda lab: ways.board_page(lab, 500),
            ways.board,
            ways.inbox,
            ways.campaign_state,
            lambda lab: ways.suggestions_page(lab, 500),
        ):
            assert _questions(few, read) == _questions(many, read) <= 20


def _questions(lab: Lab, read: Any) -> int:
    n = 0

    def count(*_: Any) -> None:
        nonlocal n
        n += 1

    remembered._KEPT.pop(lab.database, None)
    engine = lab.database._reading
    sa.event.listen(engine, "before_cursor_execute", count)
    try:
        read(lab)
    finally:
        sa.event.remove(engine, "before_cursor_execute", count)
    return n
