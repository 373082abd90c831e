"""Two persons at two screens, a watch and commands that import, all on one lab: nothing is lost, nothing stays old."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import db
from instruments.sim import xm_studio_csv
from nasicon_loop.lab.context import Lab, opened

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")

SECONDS = {"short": 6.0, "long": 120.0}
PATIENCE_SECONDS = 30.0
"""After so long a screen is stale: a generous bound, for a machine that does much else."""
N_SUGGESTIONS = 8
KEYS = {"accepted": "a", "held": "h", "rejected": "x"}
NEXT = {"open": "accepted", "accepted": "held", "held": "rejected", "rejected": "accepted"}
BAD = re.compile(r"Traceback|Error|Exception|busy|locked|could not|database failed")
ROW = re.compile(r"^\s*(\d+)\s+Na\S+\s.*\b(open|accepted|rejected|held)\b", re.MULTILINE)
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name != "TMUX"},
    "NASICON_WATCH_SETTLE_SECONDS": "0.2",
    "NASICON_WATCH_POLL_SECONDS": "0.2",
    "NASICON_MEASUREMENT_TEMPERATURE_C": "25",
    "NASICON_TRAINING_RETRAIN_AFTER_N_RESULTS": "0",
}


class Person:
    """Somebody at the screens in a terminal of their own; remembers all that the terminal was sent."""

    def __init__(self, folder: Path, place: Path, name: str) -> None:
        self._socket, self._raw, self._code = place / f"tmux {name}", place / f"raw {name}", place / f"code {name}"
        self.row = 0
        words = [sys.executable, "-m", "nasicon_loop.cli", "tui", "--lab", str(folder)]
        command = " ".join(f"'{word}'" for word in words) + f"; echo $? > '{self._code}'"
        self._tmux("new-session", "-d", "-x", "120", "-y", "40", command)
        self._tmux("pipe-pane", "-t", "0", f"cat > '{self._raw}'")

    def _tmux(self, *words: str, is_checked: bool = True) -> str:
        command = ["tmux", "-S", str(self._socket), "-f", "/dev/null", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=is_checked, env=ENVIRONMENT)
        return done.stdout

    def press(self, *keys: str) -> None:
        """Press keys; longer words are typed."""
        self._tmux("send-keys", "-t", "0", *keys)

    def screen(self) -> str:
        """What the terminal shows; it is never an error."""
        shown = self._tmux("capture-pane", "-p", "-t", "0")
        assert BAD.search(shown) is None, shown
        return shown

    def to_row(self, row: int) -> list[str]:
        """The keys that lead to a row of the suggestions."""
        step, self.row = row - self.row, row
        return ["Down" if step > 0 else "Up"] * abs(step)

    def leave(self) -> None:
        """Quit, and prove that it was well until then."""
        self.press("q")
        until = time.monotonic() + PATIENCE_SECONDS
        while not self._code.exists() or not self._code.read_text().strip():
            assert time.monotonic() < until, "q does not leave"
            time.sleep(0.05)
        told = self._raw.read_text(encoding="utf-8", errors="replace")
        assert (self._code.read_text().strip(), BAD.search(told)) == ("0", None), told[-5000:]

    def end(self) -> None:
        """Leave no terminal behind."""
        self._tmux("kill-server", is_checked=False)


class Traffic:
    """An instrument that writes into the inbox, and commands that import, until the time is over."""

    def __init__(self, folder: Path, seconds: float) -> None:
        self.folder, self.end = folder, time.monotonic() + seconds
        self.contents: set[bytes] = set()
        self.faults: list[BaseException] = []
        self._threads = [threading.Thread(target=self._guarded, args=(one,)) for one in (self._drop, self._bring)]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self.end

    def join(self) -> None:
        """Wait for the last; nothing went wrong in them."""
        for thread in self._threads:
            thread.join(120)
        assert self.faults == []

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as fault:
            self.faults.append(fault)

    def _put(self, place: Path, number: int) -> Path:
        """Write a sweep elsewhere, then give it its name, so that nobody reads half of it."""
        data = sweep(number)
        self.contents.add(data)
        part = self.folder / f"part{number}"
        part.write_bytes(data)
        return part.rename(place)

    def _drop(self) -> None:
        number = 0
        while not self.is_over:
            number += 1
            self._put(self.folder / "inbox" / f"NL-0002 watched {number}.csv", number)
            time.sleep(1.0)

    def _bring(self) -> None:
        number = 1000
        while not self.is_over:
            number += 1
            own = self._put(self.folder / f"NL-0002 brought {number}.csv", number)
            others = sorted((self.folder / "inbox").glob("*watched*.csv"), key=lambda path: path.stat().st_mtime)[-1:]
            with _nasicon("import", *map(str, (own, *others)), "--lab", str(self.folder)) as done:
                told = done.communicate(timeout=120)[1]
            assert done.returncode == 0, told


class Story:
    """What the two do, what they wait to see, and how long that takes."""

    def __init__(self, lab: Lab, persons: tuple[Person, Person]) -> None:
        self.lab, self.persons = lab, persons
        self.lags: dict[str, list[float]] = {}
        self.pressed: Counter[tuple[int, str]] = Counter()
        self.notes: list[str] = []

    def see(self, what: str, is_seen: Callable[[str], bool], *persons: Person, since: float | None = None) -> None:
        """Wait until these persons (both, when none is named) see it, and remember each one's lag."""
        since = time.monotonic() if since is None else since
        waiting = dict.fromkeys(persons or self.persons, "")
        while waiting:
            for person in tuple(waiting):
                waiting[person] = person.screen()
                if is_seen(waiting[person]):
                    self.lags.setdefault(what, []).append(time.monotonic() - since)
                    del waiting[person]
            assert time.monotonic() - since < PATIENCE_SECONDS, f"stale: {what}\n" + "\n".join(waiting.values())
            time.sleep(0.02)

    def jump(self, key: str, text: str) -> None:
        """Both open a screen."""
        for person in self.persons:
            person.press(key)
        self.see("opened", lambda shown: text in shown)

    def decide(self, rows: tuple[int, int]) -> None:
        """Both decide at the same moment, perhaps on the same suggestion; both then see both decisions."""
        states, orders = self.states(), []
        for row in rows:
            number = N_SUGGESTIONS - row
            states[number] = NEXT[states[number]]
            orders.append((number, states[number]))
        since = time.monotonic()
        for person, row, (_, state) in zip(self.persons, rows, orders, strict=True):
            person.press(*person.to_row(row), KEYS[state])
        self.pressed.update(orders)
        for person, (number, state) in zip(self.persons, orders, strict=True):
            told = f"suggestion {number} is {state}"
            self.see("own decision said", lambda shown, told=told: told in shown, person, since=since)
        truth = {number: self.states()[number] for number, _ in orders}
        self.see("both decisions seen", lambda shown: truth.items() <= seen_states(shown).items(), since=since)

    def begin_samples(self) -> None:
        """Both begin a sample with a note at the same moment; both then see as many samples as there are."""
        self.jump("1", "samples, next")
        for person in self.persons:
            person.press("n")
        self.see("form opened", lambda shown: "target formula" in shown)
        with self.lab.database.read() as reader:
            n_before = len(reader.samples())
        since = time.monotonic()
        for person in self.persons:
            self.notes.append(f"note {len(self.notes)}")
            person.press("Na3.36Zr1.92Cu0.08Si2.2P0.8O12", "Tab", "Tab", self.notes[-1], "C-s")
        self.see("both samples seen", lambda shown: f"{n_before + 2} samples" in shown, since=since)

    def look_at_inbox(self) -> None:
        """Both see in the inbox what was imported until now, and the next file when it is in the database."""
        self.jump("2", "wait for somebody")
        n_files = self.n_files()
        self.see("files seen on opening", lambda shown: seen_files(shown) >= n_files)
        until = time.monotonic() + 5.0
        while self.n_files() == n_files and time.monotonic() < until:
            time.sleep(0.02)
        n_files = self.n_files()
        self.see("next file seen", lambda shown: seen_files(shown) >= n_files)

    def end(self) -> None:
        """When all work is done both see all of it: files, samples, and the states of the suggestions."""
        n_files, states = self.n_files(), self.states()
        self.jump("2", f"{n_files} files, ")
        with self.lab.database.read() as reader:
            self.jump("1", f"{len(reader.samples())} samples")
        self.jump("3", "suggestions, ")
        self.see("end", lambda shown: seen_states(shown) == states)

    def states(self) -> dict[int, str]:
        """The suggestions' states in the database."""
        with self.lab.database.read() as reader:
            return {one.number: reader.suggestion_state(one.number) for one in reader.suggestions()}

    def n_files(self) -> int:
        """The files in the database."""
        with self.lab.database.read() as reader:
            return len(reader.files())

    def told(self) -> str:
        """The lags, one line a kind."""
        lines = []
        for what, seconds in self.lags.items():
            half, most, worst = np.percentile(seconds, (50, 95, 100))
            lines.append(f"  {what}: {len(seconds)} times, median {half:.2f} s, 95 % {most:.2f} s, worst {worst:.2f} s")
        return "\n".join(lines)


def seen_states(shown: str) -> dict[int, str]:
    """The suggestions' states on a screen."""
    return {int(number): state for number, state in ROW.findall(shown)}


def seen_files(shown: str) -> int:
    """How many files the inbox's headline tells."""
    found = re.search(r"(\d+) files, ", shown)
    return int(found[1]) if found else -1


def sweep(seed: int) -> bytes:
    """One short sweep of a pellet."""
    frequency_hz = np.logspace(6, 0, 31)
    omega = 2 * np.pi * frequency_hz
    impedance = 30.31 + 1 / (1j * omega * 2e-8 + 1 / (35.35 + 50.0 * (1 - 1j) / np.sqrt(omega)))
    noise = np.random.default_rng(seed).normal(size=(2, 31))
    noisy = impedance + 0.003 * np.abs(impedance) * (noise[0] + 1j * noise[1])
    return bytes(xm_studio_csv(frequency_hz, noisy, started_at=datetime(2024, 6, 20, tzinfo=UTC)))


def _nasicon(*words: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "nasicon_loop.cli", *words]
    return subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


@contextmanager
def _watching(folder: Path) -> Iterator[None]:
    with _nasicon("watch", "--lab", str(folder)) as watch:
        try:
            yield
        finally:
            watch.send_signal(signal.SIGINT)
            told = watch.communicate(timeout=60)[1]
        assert (watch.returncode, told) == (0, "")


def _suggest(lab: Lab) -> None:
    with lab.database.write(who="test") as writer:
        for number in range(N_SUGGESTIONS):
            writer.add_suggestion(
                model_run=None, formula=f"Na{3.1 + number / 20:.2f}Zr2Si2PO12", dopant="Mg", log10_sigma_mean=-3.0,
                log10_sigma_sd=0.4, quantiles={"0.5": -3.0}, acquisition=0.1, reason="near", batch=1,
            )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "length"),
    [
        ("sqlite", "short"),  # on a server with --database postgres
        pytest.param("sqlite", "long", marks=pytest.mark.torture),
        pytest.param("postgres", "long", marks=pytest.mark.torture),
    ],
)
def test_two_screens_a_watch_and_a_command(
    workshop: Any, kind: str, length: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    folder = workshop.fresh()
    if kind == "postgres":
        request.getfixturevalue("on_server")(folder)
    with opened(folder, who="test") as lab:
        _suggest(lab)
        persons = Person(folder, tmp_path, "one"), Person(folder, tmp_path, "two")
        story = Story(lab, persons)
        try:
            story.see("first paint", lambda shown: "samples, next" in shown)
            with _watching(folder):
                traffic = Traffic(folder, SECONDS[length])
                traffic.start()
                _play(story, traffic)
                traffic.join()
                _until_imported(lab, traffic.contents)
            story.end()
            for person in persons:
                person.leave()
        finally:
            for person in persons:
                person.end()
        _all_is_there(lab, story, traffic.contents)
    print(f"\n{kind}: {len(traffic.contents)} files, {story.pressed.total()} decisions, {len(story.notes)} samples")
    print(story.told())


def _play(story: Story, traffic: Traffic) -> None:
    """Decide here and there, meeting on one row now and then; look at the inbox and begin samples in between."""
    rows = cycle([(0, 6), (1, 5), (2, 4), (3, 3), (4, 2), (5, 1), (6, 0), (7, 7)])
    n_rounds = 0
    while not traffic.is_over or not n_rounds:
        n_rounds += 1
        story.jump("3", "suggestions, ")
        for _ in range(4):
            story.decide(next(rows))
        story.look_at_inbox()
        story.begin_samples()


def _until_imported(lab: Lab, contents: set[bytes]) -> None:
    """Wait for the watch as long as it goes on: a loaded machine may be far behind the instrument."""
    wanted, n_before, since = {hashlib.sha256(data).hexdigest() for data in contents}, -1, time.monotonic()
    while time.monotonic() - since < 2 * PATIENCE_SECONDS:
        with lab.database.read() as reader:
            analysed = {file.sha256 for file in reader.files() if all(map(reader.analyses, reader.spectra(file)))}
        if wanted <= analysed:
            return
        if len(analysed) > n_before:
            n_before, since = len(analysed), time.monotonic()
        time.sleep(0.2)
    pytest.fail(f"{len(wanted - analysed)} of {len(wanted)} files were never imported and analysed")


def _all_is_there(lab: Lab, story: Story, contents: set[bytes]) -> None:
    assert [str(finding) for finding in db.check(lab.database, lab.folder.vault)] == []
    with lab.database.read() as reader:
        files, samples = reader.files(), reader.samples()
        assert Counter(file.sha256 for file in files) == Counter(hashlib.sha256(one).hexdigest() for one in contents)
        for file in files:
            assert [len(reader.analyses(spectrum)) for spectrum in reader.spectra(file)] == [1], file.name
        lines = reader.journal(limit=100_000)
        decided = Counter((one.data["number"], one.data["state"]) for one in lines if _is_decision(one))
        assert decided == story.pressed
        assert Counter(one.note for one in samples if one.note) == Counter(story.notes)
        begun = [one for one in lines if one.event == "sample.created"]
        assert len(begun) == len(samples) == len({one.label for one in samples})
    logs = {path.name: path.read_text(encoding="utf-8") for path in lab.folder.path.glob("logs/*.log*")}
    faults = [
        line for text in logs.values() for line in text.splitlines() if re.search(" (ERROR|WARNING) |Trace", line)
    ]
    assert faults == []


def _is_decision(line: Any) -> bool:
    return line.subject == "suggestion" and "state" in line.data
