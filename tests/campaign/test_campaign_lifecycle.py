"""Lives told from journal lines alone."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from nasicon_loop.campaign import lives

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Line:
    event: str
    subject_id: int
    data: dict[str, Any] = field(default_factory=dict)
    fact_id: int | None = None
    who: str = "Ada"
    at: datetime = START


def journal(*lines: Line) -> list[Line]:
    """One line a day."""
    for day, line in enumerate(lines):
        line.at = START + timedelta(days=day)
    return list(lines)


MADE = [
    Line("suggestion.made", 1),
    Line("suggestion.accepted", 1, {"state": "accepted"}),
    Line("sample.created", 7, {"suggestion_id": 1}),
    Line("recipe.made", 7),
    Line("sample.weighed", 7),
    Line("sample.fired", 7, {"step": "calcination"}),
    Line("pellet.made", 9, {"sample_id": 7}),
    Line("sample.fired", 7, {"step": "sintering"}),
    Line("file.imported", 3),
    Line("file.read", 3, fact_id=30),
    Line("spectrum.stored", 3, {"reading_id": 30}, 4),
    Line("file.assigned", 3, {"sample_id": 7}),
    Line("analysis.made", 5, {"spectrum_id": 4, "verdict": "accepted", "has_sigma": True}),
]
BACK = Line("analysis.retracted", 5, {"spectrum_id": 4, "who": "Bo", "reason": "cracked"})
AGAIN = Line("analysis.made", 6, {"spectrum_id": 4, "verdict": "accepted", "has_sigma": True})
SIGNED = Line("analysis.signed", 6, {"spectrum_id": 4, "decision": "accepted"})


@pytest.mark.parametrize(
    ("n", "state"),
    [
        (1, "suggested"), (2, "accepted"), (3, "planned"), (4, "planned"), (5, "weighed"), (6, "calcined"),
        (7, "pressed"), (8, "sintered"), (12, "measured"), (13, "analysed"),
    ],
)  # fmt: skip
def test_each_line_of_the_work_brings_its_state(n: int, state: str) -> None:
    (life,) = lives(journal(*MADE[:n]))
    assert life.state == state


def test_the_way_is_told_in_order() -> None:
    (life,) = lives(journal(*MADE))
    assert [step.state for step in life.steps] == [
        "suggested", "accepted", "planned", "weighed", "calcined", "pressed", "sintered", "measured", "analysed"
    ]  # fmt: skip
    assert (life.suggestion_id, life.sample_id) == (1, 7)


def test_a_retraction_says_who_and_why_and_a_signed_newer_analysis_ends_it() -> None:
    (life,) = lives(journal(*MADE, BACK))
    assert life.state == "retracted"
    assert life.retracted is not None
    assert (life.retracted.who, life.retracted.reason) == ("Bo", "cracked")
    (unsigned,) = lives(journal(*MADE, BACK, AGAIN))
    assert unsigned.state == "measured", "what was taken back does not return by itself"
    (signed,) = lives(journal(*MADE, BACK, AGAIN, SIGNED))
    assert signed.state == "analysed"


def test_what_failed_may_return_and_what_was_abandoned_stays() -> None:
    failed = [*MADE[:5], Line("sample.state", 7, {"state": "failed", "reason": "crucible broke"})]
    (life,) = lives(journal(*failed))
    assert (life.state, life.last.reason) == ("failed", "crucible broke")
    (again,) = lives(journal(*failed, Line("sample.weighed", 7)))
    assert again.state == "weighed"
    (gone,) = lives(journal(*MADE[:5], Line("sample.state", 7, {"state": "abandoned", "reason": "no"})))
    assert gone.state == "abandoned"


def test_stale_is_what_waits_and_did_not_move() -> None:
    (life,) = lives(journal(*MADE[:4]))
    later = life.last.at + timedelta(days=20)
    assert life.is_stale(later, 14)
    assert not life.is_stale(later, 30)
    assert not life.is_stale(later, 0)
    (done,) = lives(journal(*MADE))
    assert not done.is_stale(later + timedelta(days=99), 14)


def test_a_newer_reading_replaces_the_older_ones_spectra() -> None:
    reread = [*MADE, Line("file.refused", 3, fact_id=31)]
    (life,) = lives(journal(*reread))
    assert life.state == "sintered"


def test_cutting_the_journal_gives_the_states_of_that_day() -> None:
    lines = journal(*MADE)
    assert [lives(lines[: k + 1])[0].state for k in (0, 4, 12)] == ["suggested", "weighed", "analysed"]


def test_a_decision_and_a_sample_without_suggestion() -> None:
    found = lives(
        journal(Line("suggestion.made", 1), Line("suggestion.rejected", 1, {"state": "rejected", "reason": "toxic"}),
                Line("sample.created", 8, {"suggestion_id": None}))
    )  # fmt: skip
    assert [(life.suggestion_id, life.sample_id, life.state) for life in found] == [
        (1, None, "rejected"),
        (None, 8, "planned"),
    ]
