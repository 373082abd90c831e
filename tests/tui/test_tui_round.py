"""A round by keys alone: asked, accepted, planned, weighed, fired, pressed, measured, signed, learned, asked again.

Balance and furnace are simulators behind pseudo-terminals. The children train with tiny settings and really do: only
the command line that starts them is ours. What counts is what the database says afterwards.
"""

import re
import sys
from collections.abc import Callable
from typing import Any

import pytest

from nasicon_loop.lab import Lab, weighing_progress
from nasicon_loop.tui import jobs


async def _train(hands: Any, headline: str) -> None:
    await hands.press("7", "t")
    await hands.see(headline)
    await hands.until(lambda: hands.app.jobs.current is None)


async def _weigh(hands: Any, see: Callable[[str], None]) -> None:
    """At the balance: whoever puts the powder on is the simulator's, who says that it is enough is at the keyboard."""
    await hands.press("b")
    lines = weighing_progress(hands.app.lab, "NL-0001").lines
    for n, line in enumerate(lines, 1):
        await hands.see(f"{n} of {len(lines)}  {line.formula}")
        await hands.until(lambda: "✓ GOOD" in hands.text and "● stable" in hands.text, "a good mass at rest")
        if n == 2:
            see("06_balance")
        await hands.press("enter")
    await hands.see("everything is weighed")
    await hands.press("enter")
    await hands.see("weighed Na")
    await hands.see("waits: calcine")
    await hands.until(lambda: hands.text.count("[x]") == len(lines), "the masses on the sheet")


async def _fire(hands: Any, cables: Any, see: Callable[[str], None], done: str) -> None:
    """At the furnace: read its question, type the answer, wait for the end."""
    await hands.press("l")
    await hands.see("Start tube furnace")
    see("08_question" if done == "calcined" else "12_question")
    for place, value in enumerate(cables.typed(hands.text)):
        await hands.type(value)
        await hands.press("enter" if place < 2 else "ctrl+s")
    await hands.until(lambda: "e give up run" in hands.text or f": {done}" in hands.text, "the run, if not its end")
    await hands.press("u")
    await hands.see("tube furnace: run ")
    await hands.until(
        lambda: re.search("segment [2-9]|ended, ", hands.text) is not None, "a later segment, if not the end"
    )
    see("09_furnace" if done == "calcined" else "13_furnace")
    await hands.see("ended, ")
    await hands.press("escape")
    await hands.see(f": {done}")


async def _make(hands: Any, cables: Any, see: Callable[[str], None]) -> None:
    """Sheet, balance, furnace, pellet, geometry, furnace."""
    await hands.go("4", "r plans one")
    await hands.press("r", "1", "ctrl+s")
    await hands.see("BENCH SHEET")
    see("05_sheet")
    await _weigh(hands, see)
    see("07_weighed")
    await _fire(hands, cables, see, "calcined")
    see("10_calcined")
    await hands.go("5", "p new pellet")
    await hands.press("p", "ctrl+s")
    await hands.see("no geometry yet")
    await hands.press("g", "enter")
    await hands.type("0.112")
    await hands.press("enter")
    await hands.type("1.6")
    see("11_geometry")
    await hands.press("ctrl+s")
    await hands.see("electrode 1.6 cm")
    await hands.go("4", ": pressed")
    await _fire(hands, cables, see, "sintered")


@pytest.mark.parametrize("size", [(80, 24), pytest.param((160, 50), marks=pytest.mark.sqlite)])
async def test_a_round_by_keys_alone(
    cables: Any,
    literate: Lab,
    *,
    keyboard: Any,
    spectrum: Callable[..., bytes],
    tiny_child: str,
    assert_round: Callable[[Lab], None],
    picture: Callable[[Any, str], None],
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
) -> None:
    lab = literate

    def tiny(lab: Lab, kind: str, n: int = 0) -> list[str]:
        return [sys.executable, "-c", tiny_child, kind, str(lab.folder.path), *([str(n)] if n else [])]

    monkeypatch.setattr(jobs, "command", tiny)
    async with keyboard(lab, size) as hands:
        hands.patience_seconds = 60.0

        def see(name: str) -> None:
            picture(hands, name)

        await _train(hands, "run 1 is the newest of 1")
        see("01_trained")
        await hands.go("3", "no suggestions yet")
        await hands.press("n", "backspace", "2", "enter")
        await hands.see("new: suggestions 1, 2")
        await hands.see("2 suggestions, 2 open")
        see("02_suggestions")
        await hands.press("a")
        await hands.see("✓ accepted")
        see("03_accepted")
        await hands.press("m")
        await hands.see("Begin a sample")
        await hands.press("y")
        await hands.see("NL-0001 begun")
        see("04_begun")
        await _make(hands, cables, see)
        (lab.folder.inbox / "NL-0001.csv").write_bytes(spectrum(3, 0.06))
        await hands.go("2", "nothing was imported yet")
        await hands.press("o")
        await hands.type(str(lab.folder.inbox))
        await hands.press("ctrl+s")
        await hands.see("? held")
        see("14_inbox")
        await hands.press("enter")
        await hands.see("review, waits")
        see("15_review")
        await hands.press("a")
        await hands.type("looked at the arcs")
        await hands.press("ctrl+s")
        await hands.see("review, teaches")
        see("16_signed")
        await _train(hands, "run 2 is the newest of 2")
        await hands.see("0 of 1 results not learned")
        see("17_learned")
        await hands.go("3", "2 suggestions, 1 open")
        await hands.press("n", "backspace", "1", "enter")
        await hands.see("new: suggestions 3")
        await hands.see("3 suggestions, 2 open")
        see("18_suggestions")
        await hands.go("1", "1 samples, next")
        await hands.see("✓ analysed")
        see("19_board")
    assert_round(lab)
