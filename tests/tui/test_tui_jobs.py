"""Heavy work runs in a process of its own, with progress, and can be stopped."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

import nasicon_loop.lab
from db import ModelRun
from nasicon_loop.lab import Lab, Trained, model_runs
from nasicon_loop.tui import child, jobs
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


def told(output: str) -> list[Any]:
    """What the child said, as documents."""
    return [json.loads(line.removeprefix(MARK)) for line in output.splitlines() if line.startswith(MARK)]


def test_the_child_trains_and_tells_progress_and_the_run(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def train(inner: Lab, *, progress: Any) -> Trained:
        assert inner.folder == lab.folder
        progress.start("training", 2)
        progress.advance(detail="network \x1b[31m1")
        run = ModelRun(1, 7, "x", "y", {}, {}, 10, 1, 0, "command", datetime(2024, 1, 1, tzinfo=UTC))
        return Trained(run, 1, {}, ("NL-0001-P1",))

    monkeypatch.setattr(nasicon_loop.lab, "train_model", train)
    assert child.main(["train", str(lab.folder.path)]) == 0
    first, second, last = told(capsys.readouterr().out)
    assert first["progress"] == {"what": "training", "done": 0, "total": 2, "detail": ""}
    assert second["progress"]["done"] == 1
    assert "\x1b" not in second["progress"]["detail"]
    assert last["result"] == {"run": 7, "taught_by": ["NL-0001-P1"], "note": ""}


async def test_new_suggestions_come_with_what_changed(lab: Lab, keyboard: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = {"result": {"numbers": [1], "notes": ["[b]note[/b]"], "changes": ["W went up"]}}
    seen: list[tuple[Any, ...]] = []

    def command(*given: Any) -> list[str]:
        seen.append(given[1:])
        with lab.database.write(who="model") as writer:
            writer.add_suggestion(
                model_run=None,
                formula="Na3Zr2Si2PO12",
                dopant="W",
                log10_sigma_mean=-3.0,
                log10_sigma_sd=0.4,
                quantiles={},
                acquisition=0.1,
                reason="why not",
                batch=1,
            )
        return [sys.executable, "-c", f"print({MARK!r} + {json.dumps(answer)!r})"]

    monkeypatch.setattr(jobs, "command", command)
    async with keyboard(lab) as hands:
        await hands.go("3", "no suggestions yet")
        await hands.press("n", "backspace", "0", "enter")
        await hands.see("give a number from 1 to 50")
        assert seen == []
        await hands.press("backspace", "2", "enter")
        await hands.see("W went up")
        await hands.see("[b]note[/b]")
        assert seen == [("suggest", 2)]


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
