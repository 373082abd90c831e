"""Heavy work runs in a process of its own, with progress, and can be stopped."""

import subprocess
import sys
from typing import Any

import pytest

from nasicon_loop.lab import Lab, model_runs
from nasicon_loop.tui import jobs
from nasicon_loop.tui.child import MARK

_SLOW = f"""
import json, time
print("noise")
progress = dict(what="counting", done=3, total=12, detail="[red]three[/red]")
print({MARK!r} + json.dumps(dict(progress=progress)), flush=True)
time.sleep(600)
"""


def pretend(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let another program be the child process."""
    monkeypatch.setattr(jobs, "command", lambda *_: [sys.executable, "-c", code])


async def test_training_and_suggesting_for_real(lab: Lab, keyboard: Any) -> None:
    async with keyboard(lab) as hands:
        await hands.go("7", "nothing was trained yet")
        await hands.press("t")
        await hands.until(lambda: bool(model_runs(lab)) and hands.app.jobs.current is None, "a trained model")
        await hands.see("run 1 is the newest of 1")
        await hands.go("3", "no suggestions yet")
        await hands.press("n", "backspace", "2", "enter")
        await hands.see("2 suggestions, 2 open")
        await hands.until(lambda: hands.app.jobs.current is None, "the end of the job")
    with lab.database.read() as reader:
        assert [one.number for one in reader.suggestions()] == [1, 2]


async def test_without_a_model_the_child_says_what_to_do(lab: Lab, keyboard: Any) -> None:
    async with keyboard(lab) as hands:
        await hands.go("7", "nothing was trained yet")
        await hands.press("d")
        await hands.see("run key 7 t")
        assert hands.app.jobs.current is None


async def test_progress_is_seen_a_second_job_waits_and_f8_stops_the_first(
    lab: Lab, keyboard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, _SLOW)
    async with keyboard(lab) as hands:
        await hands.go("7", "nothing was trained yet")
        await hands.press("t")
        await hands.see("3/12 [red]three[/red]")
        process = hands.app.jobs.current.process
        await hands.press("d")
        await hands.until(lambda: any("still runs" in note.message for note in hands.app._notifications))
        await hands.press("f8")
        await hands.see("was stopped")
        assert process.returncode is not None
    assert model_runs(lab) == ()


async def test_leaving_asks_while_a_job_runs_and_then_stops_it(
    lab: Lab, keyboard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, _SLOW)
    async with keyboard(lab) as hands:
        await hands.press("e")
        await hands.see("3/12")
        process = hands.app.jobs.current.process
        await hands.press("q")
        await hands.see("Stop it and quit?")
        await hands.press("n")
        assert hands.app.is_running
        await hands.press("q")
        await hands.see("Stop it and quit?")
        await hands.press("y")
        await hands.until(lambda: not hands.app.is_running)
        assert process.returncode is not None


async def test_a_child_that_dies_is_said(lab: Lab, keyboard: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "raise SystemExit(9)")
    async with keyboard(lab) as hands:
        await hands.press("e")
        await hands.see("ended with code 9")


def test_the_child_answers_wrong_usage_and_refusals_with_codes(lab: Lab) -> None:
    base = [sys.executable, "-m", "nasicon_loop.tui.child"]
    assert subprocess.run([*base, "dance", "."], capture_output=True, check=False).returncode == 2
    refused = subprocess.run(
        [*base, "report", str(lab.folder.path / "no")], capture_output=True, check=False, text=True
    )
    assert refused.returncode == 1
    assert "lab" in refused.stdout
