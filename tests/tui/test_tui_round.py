"""A round by keys alone: asked, accepted, planned, weighed, fired, pressed, measured, signed, learned, asked again.

The children train with tiny settings and really do: only the command line that starts them is ours. What counts is what
the database says afterwards.
"""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from nasicon_loop.lab import Lab, import_data
from nasicon_loop.tui import jobs

_TINY = """
import sys
from dataclasses import replace
from nasicon_loop.predict import Settings
tiny = replace(Settings.quick(), preset="tiny", n_members=1, n_epochs=2, n_pretraining_epochs=1, n_trees=8)
Settings.default = classmethod(lambda cls: tiny)
from nasicon_loop.tui import child
sys.exit(child.main(sys.argv[1:]))
"""


def tiny(lab: Lab, kind: str, n: int = 0) -> list[str]:
    """The command line of a child that trains for a moment."""
    return [sys.executable, "-c", _TINY, kind, str(lab.folder.path), *([str(n)] if n else [])]


@pytest.fixture
def literate(lab: Lab) -> Lab:
    """A lab that knows the literature."""
    import_data(lab)
    return lab


async def _train(hands: Any, headline: str) -> None:
    await hands.press("7", "t")
    await hands.see(headline)
    await hands.until(lambda: hands.app.jobs.current is None)


async def _make(hands: Any) -> None:
    """Sheet, weighing, furnace, pellet, geometry, furnace."""
    await hands.go("4", "r plans one")
    await hands.press("r", "1", "ctrl+s")
    await hands.see("BENCH SHEET")
    await hands.press("p")
    await hands.see("exactly as on the sheet")
    await hands.press("y")
    await hands.see(": weighed")
    await hands.press("f", "ctrl+s")
    await hands.see(": calcined")
    await hands.go("5", "p new pellet")
    await hands.press("p", "ctrl+s")
    await hands.see("no geometry yet")
    await hands.press("g", "enter")
    await hands.type("0.112")
    await hands.press("enter")
    await hands.type("1.6")
    await hands.press("ctrl+s")
    await hands.see("electrode 1.6 cm")
    await hands.go("4", ": pressed")
    await hands.press("f", "ctrl+s")
    await hands.see(": sintered")


@pytest.mark.parametrize("size", [(80, 24)])
async def test_a_round_by_keys_alone(
    literate: Lab,
    keyboard: Any,
    spectrum: Callable[..., bytes],
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
) -> None:
    lab = literate
    monkeypatch.setattr(jobs, "command", tiny)
    async with keyboard(lab, size) as hands:
        hands.patience_seconds = 60.0
        await _train(hands, "run 1 is the newest of 1")
        await hands.go("3", "no suggestions yet")
        await hands.press("n", "backspace", "2", "enter")
        await hands.see("new: suggestions 1, 2")
        await hands.see("2 suggestions, 2 open")
        await hands.press("a")
        await hands.see("✓ accepted")
        await hands.press("m")
        await hands.see("Begin a sample")
        await hands.press("y")
        await hands.see("NL-0001 begun")
        await _make(hands)
        (lab.folder.inbox / "NL-0001.csv").write_bytes(spectrum(3, 0.06))
        await hands.go("2", "nothing was imported yet")
        await hands.press("o")
        await hands.type(str(lab.folder.inbox))
        await hands.press("ctrl+s")
        await hands.see("? held")
        await hands.press("enter")
        await hands.see("review, waits")
        await hands.press("a")
        await hands.type("looked at the arcs")
        await hands.press("ctrl+s")
        await hands.see("review, teaches")
        await _train(hands, "run 2 is the newest of 2")
        await hands.see("0 of 1 results not learned")
        await hands.go("3", "2 suggestions, 1 open")
        await hands.press("n", "backspace", "1", "enter")
        await hands.see("new: suggestions 3")
        await hands.see("3 suggestions, 2 open")
        await hands.go("1", "1 samples, next")
        await hands.see("✓ analysed")
    _assert_round(lab)


def _assert_round(lab: Lab) -> None:
    with lab.database.read() as reader:
        (sample,) = reader.samples()
        first, second, third = reader.suggestions()
        assert (sample.label, sample.suggestion_id) in [("NL-0001", one.id) for one in (first, second)]
        assert sorted(reader.suggestion_states().values()) == ["accepted", "open", "open"]
        assert [firing.step for firing in reader.firings(sample)] == ["calcination", "sintering"]
        weighing = reader.weighing(sample)
        assert weighing is not None
        assert weighing.operator == "Kim"
        (pellet,) = reader.pellets(sample)
        geometry = reader.geometry(pellet)
        assert geometry is not None
        assert (geometry.thickness_cm, geometry.electrode_diameter_cm) == (0.112, 1.6)
        (row,) = reader.teaching_analyses()
        assert (row.pellet_label, row.signed_by, row.verdict) == ("NL-0001-P1", "Kim", "review")
        one, two = reader.model_runs()
        assert [lesson.analysis_id for lesson in reader.lessons(one)] == []
        assert [lesson.analysis_id for lesson in reader.lessons(two)] == [row.analysis_id]
        assert (first.model_run_id, second.model_run_id, third.model_run_id) == (one.id, one.id, two.id)
