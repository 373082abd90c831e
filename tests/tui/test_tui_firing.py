"""By keys at a furnace on its cable: loaded, asked, confirmed by hand, watched to the end by a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import db
from instruments.sim import EurothermSimulator, PtyLine, RtuServer, SimClock
from nasicon_loop.lab import (
    Lab,
    furnace_now,
    new_load,
    new_pellet,
    new_sample,
    opened,
    record_firing,
    record_weighing,
    sample_sheet,
)
from nasicon_loop.lab.loads import Reference
from nasicon_loop.lab.locking import exclusive
from nasicon_loop.tui import firing, watcher, watchers

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals need Linux or macOS")
SPEED = 30_000.0
NAME = "tube furnace"
SCANDIUM, NEODYMIUM = "Na3.4Zr1.6Sc0.4Si2PO12", "Na3.1Zr1.9Nd0.1Si2PO12"
CALCINATION, SINTERING = (NAME, "1100", "1797"), (NAME, "1200", "1503")
SIZES = pytest.mark.parametrize("size", [(80, 24), (160, 50)], ids=lambda size: f"{size[0]}x{size[1]}")


class Bench:
    """A lab, a furnace at its port, and the processes that watch it."""

    def __init__(self, lab: Lab, device: EurothermSimulator, line: PtyLine) -> None:
        self.lab, self.device, self.line = lab, device, line
        self.watchers: list[subprocess.Popen[bytes]] = []

    def turn(self, speed: float = SPEED) -> None:
        """Let the furnace's time pass."""
        self.device.clock.turn(speed)

    def sample(self, formula: str = SCANDIUM) -> str:
        """A sample that is weighed."""
        label = new_sample(self.lab, formula).label
        sample_sheet(self.lab, label)
        record_weighing(self.lab, label, {}, as_planned=True)
        return label

    def run(self, number: int = 1) -> tuple[db.FurnaceRun, list[str], int]:
        """A run with the kinds of its events and how often it was read."""
        with self.lab.database.read() as reader:
            run = reader.furnace_run(number)
            return run, [event.kind for event in reader.furnace_events(run)], len(reader.furnace_readings(run))

    @property
    def n_runs(self) -> int:
        """How many runs the database knows."""
        with self.lab.database.read() as reader:
            return len(reader.furnace_runs())

    def firings(self, label: str) -> list[db.Firing]:
        """The firings of a sample."""
        with self.lab.database.read() as reader:
            return reader.firings(reader.sample(label))

    def state(self, label: str) -> str:
        """The state of a sample."""
        with self.lab.database.read() as reader:
            return reader.sample_state(reader.sample(label))


@pytest.fixture
def bench(
    template: Path, copy_lab: Callable[[Path, Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    """A lab whose furnace's clock stands; whatever still watches at the end is ended."""
    device = EurothermSimulator(clock=SimClock(0.0))
    with PtyLine(RtuServer(device)) as line:
        monkeypatch.delenv("NASICON_LAB", raising=False)
        for name, value in {
            "DRIVER": "eurotherm_2400",
            "NAME": NAME,
            "PORT": line.address,
            "CEILING_C": "1300",
            "LOG_EVERY_S": "0.1",
            "SIMULATED_SPEED": str(SPEED),
        }.items():
            monkeypatch.setenv(f"NASICON_FURNACE_{name}", value)
        with opened(copy_lab(template, tmp_path / "lab"), who="Kim") as lab:
            bench = Bench(lab, device, line)

            class Known(watchers.Watcher):
                def __init__(self, *given: Any) -> None:
                    super().__init__(*given)
                    bench.watchers.append(self._process)

            monkeypatch.setattr(firing, "Watcher", Known)
            yield bench
            for process in bench.watchers:
                process.kill()
                process.wait(30)


async def _ask(hands: Any, question: str = "Start tube furnace: up to 1100 °C, 1797 min (29.9 h)") -> None:
    await hands.press("4")
    await hands.see("l fire live")
    await hands.press("l")
    await hands.see(question)


async def _answer(hands: Any, *values: str) -> None:
    """Type into the lines of the form, over what stands there, and do it."""
    for place, value in enumerate(values):
        await hands.press("end", "ctrl+u")
        await hands.type(value)
        await hands.press("enter" if place < len(values) - 1 else "ctrl+s")


async def _start(hands: Any, *values: str) -> None:
    await _answer(hands, *values)
    await hands.see("e give up run")


async def _finish(bench: Bench, hands: Any) -> None:
    """Look at the dwell twice, wherever it is in both programs, and at the end."""
    for minutes in (750, 300, 1000):
        n_before = bench.run()[2]
        bench.device.clock.advance(60.0 * minutes)
        await hands.until(lambda n=n_before: bench.run()[2] > n + 2 or "ended" in bench.run()[1], "further readings")
    await hands.until(lambda: "ended" in bench.run()[1], "the end of the run")


_WRONG = (
    (("box furnace", "1100", "1797"), "the confirmation is for 'box furnace'"),
    ((NAME, "1000", "1797"), "confirmed were 1000 °C, the furnace holds 1100 °C"),
    ((NAME, "1100", "600"), "confirmed were 600 min, the furnace holds 1797 min"),
    ((NAME, "hot", "1797"), "top temperature / °C 'hot': is not a number"),
    ((NAME, "1100", ""), "minutes: is missing"),
    (("", "1100", "1797"), "a confirmation names the furnace"),
)
"""What is no confirmation of the calcination, and what is said of it."""


@SIZES
async def test_a_calcination_by_keys(bench: Bench, keyboard: Any, size: tuple[int, int]) -> None:
    label = bench.sample()
    async with keyboard(bench.lab, size) as hands:
        await _ask(hands)
        await hands.see("3 °C/min to 1100 °C, 720 min there")
        assert max(len(line.rstrip()) for line in hands.lines) <= size[0]
        for wrong, said in _WRONG[: None if size == (80, 24) else 1]:
            await _answer(hands, *wrong)
            await hands.see(said)
            await hands.press("up", "up")
        assert not bench.device.has_run
        assert bench.n_runs == 0
        await _start(hands, NAME, "1100,0", "1797")
        assert bench.device.has_run
        assert hands.app.jobs.current is None, "work in the background is possible all the while"
        assert "l fire live" not in hands.text
        assert "t attach" not in hands.text, "somebody watches"
        assert "f fire" not in hands.text, "the watcher writes the firing"
        await hands.see(f"{label}  {SCANDIUM}: weighed, in {NAME}, run 1")
        await hands.press("u")
        await hands.see(f"calcination of {label} to 1100 °C")
        await _finish(bench, hands)
        await hands.see("run 1 ended, ")
        await hands.press("escape")
        await hands.see("calcined, waits: press")
        await hands.see(f"run 1, {NAME} ended: complete; {label} calcination")
    run, events, n_readings = bench.run()
    assert (run.step, run.labels, run.top_c, run.who, run.speed) == ("calcination", (label,), 1100.0, "Kim", SPEED)
    assert events == ["ended"]
    assert n_readings > 6
    (fired,) = bench.firings(label)
    assert fired.temperature_c == pytest.approx(1100, abs=3)
    assert fired.hours > 0
    assert bench.state(label) == "calcined"
    assert bench.watchers[0].wait(30) == 0
    log = (bench.lab.folder.logs / watchers.LOG_NAME).read_text(encoding="utf-8")
    assert f"run 1: {NAME} started, {label}" in log
    assert "run 1 ended, 1 firings written" in log
    assert watcher.MARK not in log
    with bench.lab.database.read() as reader:
        assert reader.journal(event="furnace.started")[0].who == "Kim"


async def test_esc_and_quitting_leave_it_loaded_and_not_started(bench: Bench, keyboard: Any) -> None:
    label = bench.sample()
    record_firing(bench.lab, label, "calcination")
    question = "Start tube furnace: up to 1200 °C, 1503 min"
    async with keyboard(bench.lab) as hands:
        await _ask(hands, question)
        await hands.press("escape")
        await hands.see("loaded and read back, not started")
        await _ask(hands, question)  # the port is free again
        assert furnace_now(bench.lab).run is None
        hands.app.exit()
    assert [process.wait(30) for process in bench.watchers] == [1, 1]
    assert not bench.device.has_run
    assert bench.n_runs == 0
    assert len(bench.firings(label)) == 1


async def test_the_watching_outlives_the_screens(bench: Bench, keyboard: Any) -> None:
    label = bench.sample()
    record_firing(bench.lab, label, "calcination")
    new_pellet(bench.lab, label)
    async with keyboard(bench.lab) as hands:
        await _ask(hands, "up to 1200 °C")
        await _start(hands, *SINTERING)
        await hands.press("q")
        await hands.until(lambda: not hands.app.is_running, "q does not ask: nothing is lost")
    assert bench.watchers[0].poll() is None
    assert os.getsid(bench.watchers[0].pid) == bench.watchers[0].pid, "a lost terminal does not end it"
    async with keyboard(bench.lab) as hands:
        await hands.press("4", "u")
        await hands.see("run 1 runs, sintering")
        await _finish(bench, hands)
        await hands.see("run 1 ended, ")
    assert bench.watchers[0].wait(30) == 0
    assert [fired.step for fired in bench.firings(label)] == ["calcination", "sintering"]
    async with keyboard(bench.lab) as hands:
        await hands.press("4")
        await hands.see("f fire")
        assert "l fire live" not in hands.text, "nothing is left to fire"


async def test_a_watcher_that_dies_at_its_question_starts_nothing(bench: Bench, keyboard: Any) -> None:
    label = new_sample(bench.lab, SCANDIUM).label
    sample_sheet(bench.lab, label)
    async with keyboard(bench.lab) as hands:
        await _ask(hands)
        await hands.see(f"! {label} is planned, not weighed")
        bench.watchers[0].kill()
        for _ in range(2):
            await _answer(hands, *CALCINATION)
            await hands.see("ended without a word: see logs/furnace.log")
            await hands.press("up", "up")
        await hands.press("escape")
        await hands.see("not started")
    assert not bench.device.has_run
    assert bench.n_runs == 0


def test_a_parent_that_dies_at_the_start_does_not_end_the_watching(bench: Bench) -> None:
    label = bench.sample()
    command = watchers.command(bench.lab, "fire", label)
    with (bench.lab.folder.logs / watchers.LOG_NAME).open("ab") as log:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
    bench.watchers.append(process)
    assert process.stdin is not None
    assert process.stdout is not None
    assert b'"question"' in process.stdout.readline()
    process.stdout.close()
    process.stdin.write(",".join(CALCINATION).encode() + b"\n")
    process.stdin.close()
    bench.turn()
    assert process.wait(60) == 0
    assert bench.state(label) == "calcined"
    assert watcher.main(["dance"]) == 2


async def test_a_killed_watcher_is_replaced_by_t_with_the_gap(bench: Bench, keyboard: Any) -> None:
    label = bench.sample()
    async with keyboard(bench.lab) as hands:
        await _ask(hands)
        await _start(hands, *CALCINATION)
        await hands.until(lambda: bench.run()[2] > 2, "the first readings")
        os.kill(bench.watchers[0].pid, signal.SIGKILL)
        assert bench.watchers[0].wait(30) == -signal.SIGKILL
        await hands.see("t attach")
        assert "l fire live" not in hands.text
        await hands.press("t")
        await hands.see("found again, run; nothing was logged for")
        await hands.until(lambda: "t attach" not in hands.text, "it is watched again")
        await _finish(bench, hands)
        await hands.see("calcined, waits: press")
    assert bench.run()[1] == ["attached", "gap", "ended"]
    assert len(bench.firings(label)) == 1
    assert bench.watchers[1].wait(30) == 0


async def test_a_program_edited_meanwhile_is_not_taken_up_and_e_gives_it_up(bench: Bench, keyboard: Any) -> None:
    label = bench.sample()
    async with keyboard(bench.lab) as hands:
        await _ask(hands)
        await _start(hands, *CALCINATION)
        bench.watchers[0].kill()
        bench.device.edit_running_target(900.0)
        await hands.see("t attach")
        await hands.press("t")
        await hands.see("segment 1 goes to 900 °C, the program says 350 °C")
        assert bench.run()[1] == ["changed"]
        await hands.see("e give up run")
        await hands.press("e")
        await hands.see("its program goes on")
        await hands.press("ctrl+s")
        await hands.see("tube furnace is not stopped by this: there is no way")
        await hands.press("y")
        await hands.see("say why the run is given up")
        assert bench.run()[1] == ["changed"]
        await hands.type("edited at the panel")
        await hands.press("ctrl+s")
        await hands.see("back. Do it?")
        await hands.press("y")
        await hands.see("look at the furnace")
        await hands.see("l fire live")
    assert bench.run()[1] == ["changed", "ended"]
    assert bench.firings(label) == []
    assert bench.state(label) == "weighed"


async def test_giving_up_ends_the_watching_and_not_the_furnace(bench: Bench, keyboard: Any) -> None:
    label = bench.sample()
    async with keyboard(bench.lab) as hands:
        await _ask(hands)
        await _start(hands, *CALCINATION)
        await hands.press("e")
        await hands.see("It is watched now, and that ends.")
        await hands.type("wrong crucible")
        await hands.press("ctrl+s")
        await hands.see("back. Do it?")
        await hands.press("y")
        await hands.see("look at the furnace")
    assert bench.watchers[0].wait(30) == 1
    assert bench.run()[1] == ["ended"]
    assert bench.firings(label) == []
    assert bench.device.furnace.programmer.mode.value == "run"


async def test_a_sample_in_a_load_is_fired_with_the_load(bench: Bench, keyboard: Any) -> None:
    one, two = bench.sample(), bench.sample(NEODYMIUM)
    new_load(bench.lab, [one, two], "calcination", reference=Reference(without_because="a test"))
    async with keyboard(bench.lab) as hands:
        await _ask(hands)
        await hands.see(f"calcination of {one}, {two}, all that is left of load 1")
        await _start(hands, *CALCINATION)
        await _finish(bench, hands)
    assert [bench.state(label) for label in (one, two)] == ["calcined", "calcined"]
    assert {fired.furnace_load_id for label in (one, two) for fired in bench.firings(label)} == {1}


async def test_an_alarm_is_told_on_every_screen(bench: Bench, keyboard: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NASICON_FURNACE_ON_OVER_TEMPERATURE", "hold")  # it breaks while it is read, and shows 1800 °C
    bench.sample()
    async with keyboard(bench.lab) as hands:
        await _ask(hands)
        await _start(hands, *CALCINATION)
        await hands.press("8")
        await hands.see("entries")
        bench.device.furnace.is_sensor_broken = True
        said = "ALARM: the thermocouple is broken or not connected"
        await hands.until(lambda: any(said in note.message for note in hands.app._notifications), said)
        await hands.press("4", "u")
        await hands.see("held: the program's clock stands; look")
        await hands.see("hold")
    assert bench.run()[1][:2] == ["alarm", "acted"]


async def test_without_a_furnace_one_line_says_what_to_enter(lab: Lab, keyboard: Any) -> None:
    label = new_sample(lab, SCANDIUM).label
    sample_sheet(lab, label)
    async with keyboard(lab) as hands:
        await hands.press("4")
        await hands.see("l fire live")
        await hands.press("l")
        await hands.see("no furnace in lab.toml: enter [furnace] driver, port and name")
        await hands.until(lambda: any("record it with key 4 f" in note.message for note in hands.app._notifications))


async def test_what_another_process_has_in_hand_is_refused(bench: Bench, keyboard: Any) -> None:
    bench.sample()
    async with keyboard(bench.lab) as hands:
        await hands.press("4")
        await hands.see("l fire live")
        with exclusive(bench.lab.folder.furnace_lock(NAME), "free"):
            await hands.press("l")
            await hands.see(f"another process has {NAME} in hand")
    assert not bench.device.has_run


async def test_where_the_policy_arms_it_nobody_is_asked(
    bench: Bench, keyboard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NASICON_POLICY_ARM_FURNACE", "automatic")
    monkeypatch.setenv("NASICON_POLICY_ARM_FURNACE_CONFIRMED", NAME)
    label = bench.sample()
    async with keyboard(bench.lab) as hands:
        await hands.press("4")
        await hands.see("l fire live")
        await hands.press("l")
        await hands.see("e give up run")
        await hands.see("armed by lab.toml")
        await _finish(bench, hands)
    assert bench.run()[1] == ["acted", "ended"]
    assert bench.state(label) == "calcined"
