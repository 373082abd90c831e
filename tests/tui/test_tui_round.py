"""A round by keys alone: asked, accepted, planned, weighed, fired, pressed, measured, signed, learned, asked again.

The children train with tiny settings and really do: only the command line that starts them is ours. What counts is what
the database says afterwards.
"""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from nasicon_loop.lab import Lab
from nasicon_loop.tui import jobs


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
    *,
    keyboard: Any,
    spectrum: Callable[..., bytes],
    tiny_child: str,
    assert_round: Callable[[Lab], None],
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
) -> None:
    lab = literate

    def tiny(lab: Lab, kind: str, n: int = 0) -> list[str]:
        return [sys.executable, "-c", tiny_child, kind, str(lab.folder.path), *([str(n)] if n else [])]

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
    assert_round(lab)
