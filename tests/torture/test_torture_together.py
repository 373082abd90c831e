"""The watch, the screens, another face that looks, imports by command and trainings, all at once on one lab."""

import hashlib
import os
import select
import signal
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import db
from instruments.sim import xm_studio_csv
from nasicon_loop import lab as ways
from nasicon_loop.lab.context import opened

SECONDS = {"short": 7.0, "long": 90.0}
ENVIRONMENT = {
    **os.environ,
    "NASICON_WATCH_SETTLE_SECONDS": "0.2",
    "NASICON_WATCH_POLL_SECONDS": "0.2",
    "NASICON_MEASUREMENT_TEMPERATURE_C": "25",
    "NASICON_TRAINING_RETRAIN_AFTER_N_RESULTS": "0",
}


def sweep(seed: int) -> bytes:
    """One short sweep of a pellet."""
    frequency_hz = np.logspace(6, 0, 19)
    omega = 2 * np.pi * frequency_hz
    impedance = 30.31 + 1 / (1j * omega * 2e-8 + 1 / (35.35 + 50.0 * (1 - 1j) / np.sqrt(omega)))
    noise = np.random.default_rng(seed).normal(size=(2, 19))
    noisy = impedance + 0.003 * np.abs(impedance) * (noise[0] + 1j * noise[1])
    return bytes(xm_studio_csv(frequency_hz, noisy, started_at=datetime(2024, 6, 20, tzinfo=UTC)))


class Traffic:
    """Threads that work until the time is over; what goes wrong in them is kept."""

    def __init__(self, folder: Path, seconds: float) -> None:
        self.folder, self.end = folder, time.monotonic() + seconds
        self.faults: list[BaseException] = []
        self.contents: set[bytes] = set()
        self.n_looks = self.n_leaves = 0
        self._threads: list[threading.Thread] = []

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self.end

    def start(self, work: Callable[[], None]) -> None:
        """Do a work in a thread."""

        def guarded() -> None:
            try:
                work()
            except BaseException as fault:
                self.faults.append(fault)

        thread = threading.Thread(target=guarded, daemon=True)
        thread.start()
        self._threads.append(thread)

    def join(self) -> None:
        """Wait for all."""
        for thread in self._threads:
            thread.join(240)
        assert self.faults == []
        assert not any(thread.is_alive() for thread in self._threads)

    def drop(self) -> None:
        """An instrument that writes into the inbox."""
        number = 0
        while not self.is_over:
            number += 1
            data = sweep(number)
            self.contents.add(data)
            (self.folder / "inbox" / f"NL-0002 watched {number}.csv").write_bytes(data)
            time.sleep(0.5)

    def look(self) -> None:
        """A face: looks whenever something changed, and never sees less than before."""
        n_seen, token = 0, -1
        with opened(self.folder, who="face") as lab:
            while not self.is_over:
                if (now := lab.database.change_token()) != token:
                    token = now
                    ways.board(lab)
                    n_found = len(ways.inbox(lab))
                    assert n_found >= n_seen
                    n_seen = n_found
                    self.n_looks += 1
                time.sleep(0.05)

    def bring(self) -> None:
        """Commands that import files of their own, and some that the watch is just importing too."""
        number = 1000
        while not self.is_over:
            number += 1
            own = self.folder / f"NL-0002 brought {number}.csv"
            own.write_bytes(sweep(number))
            self.contents.add(own.read_bytes())
            others = sorted((self.folder / "inbox").glob("*watched*.csv"), key=lambda path: path.stat().st_mtime)[-3:-1]
            with _nasicon("import", *map(str, (own, *others)), "--lab", str(self.folder)) as done:
                told = done.communicate(timeout=120)[1]
            assert done.returncode == 0, told

    def leaf(self) -> None:
        """A person at the screens in a terminal, who leafs through them and leaves with q.

        The next key comes when the screen has answered the last one: a terminal hands a picture over in pieces of 4 kB,
        and a key for each piece would be more keys than pictures, without end.
        """
        ours, theirs = os.openpty()
        termios.tcsetwinsize(theirs, (40, 120))
        command = [sys.executable, "-m", "nasicon_loop.cli", "tui", "--lab", str(self.folder)]
        environment = {**ENVIRONMENT, "TERM": "xterm-256color"}
        process = subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        shown, keys = b"", cycle("123456789")
        try:
            while not self.is_over or not self.n_leaves:
                shown += _read(ours)
                assert process.poll() is None, shown[-1000:]
                if b"Board" in shown:  # it is there, and takes keys
                    os.write(ours, next(keys).encode())
                    self.n_leaves += 1
                    shown += _answer(ours)
            os.write(ours, b"q")
            while process.poll() is None:
                shown += _read(ours)
            assert process.returncode == 0, shown[-1000:]
            at = shown.find(b"Traceback")
            assert at < 0, shown[max(at - 300, 0) : at + 5000].decode(errors="replace")
        finally:
            process.kill()
            process.wait()
            os.close(ours)


def _read(terminal: int) -> bytes:
    """What a terminal shows within a moment."""
    ready, _, _ = select.select([terminal], [], [], 0.2)
    try:
        return os.read(terminal, 65536) if ready else b""
    except OSError:  # whoever was at the other end has left
        return b""


def _answer(terminal: int) -> bytes:
    """What comes until the terminal has been quiet for a moment, at most some seconds of it."""
    shown, until = _read(terminal), time.monotonic() + 5.0
    while time.monotonic() < until and select.select([terminal], [], [], 0.05)[0]:
        shown += _read(terminal)
    return shown


def _nasicon(*words: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "nasicon_loop.cli", *words]
    return subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize(
    ("kind", "length"),
    [
        ("sqlite", "short"),
        pytest.param("sqlite", "long", marks=pytest.mark.torture),
        pytest.param("postgres", "long", marks=pytest.mark.torture),
    ],
)
def test_all_at_once(workshop: Any, kind: str, length: str, request: pytest.FixtureRequest) -> None:
    workshop.warm(1)
    folder = workshop.fresh()
    if kind == "postgres":
        request.getfixturevalue("on_server")(folder)
    traffic, n_trainings = Traffic(folder, SECONDS[length]), 0
    with _nasicon("watch", "--lab", str(folder)) as watch:
        try:
            for work in (traffic.drop, traffic.look, traffic.leaf, traffic.bring):
                traffic.start(work)
            while not traffic.is_over:
                n_trainings += 1
                assert workshop.do("retraining", folder, n_trainings)[0] == 0
            traffic.join()
            traffic.contents |= {path.read_bytes() for path in (folder / "inbox").iterdir()}
            wanted = {hashlib.sha256(data).hexdigest() for data in traffic.contents}
            deadline = time.monotonic() + 120
            with opened(folder, who="test") as lab:
                while wanted - {one.sha256 for one in _files(lab)} and time.monotonic() < deadline:
                    time.sleep(0.1)
        finally:
            watch.send_signal(signal.SIGINT)
            assert watch.stderr is not None
            told = watch.stderr.read()
            assert watch.wait(60) == 0, told
    _everything_is_there_once(folder, traffic.contents | _replaced(folder), n_trainings)
    n_looks = traffic.n_looks + traffic.n_leaves
    print(f"\n{kind}: {len(traffic.contents)} files, {n_trainings} trainings, {n_looks} looks, 0 lost")


def _files(lab: ways.Lab) -> list[db.RawFile]:
    with lab.database.read() as reader:
        return reader.files()


def _replaced(folder: Path) -> set[bytes]:
    """Contents of a name that was written again: the earlier ones are kept."""
    with opened(folder, who="test") as lab, lab.database.read() as reader:
        vault = lab.folder.open_vault()
        return {vault.read_bytes(file.sha256) for file in reader.files() if file.name == "NL-0002 a.csv"}


def _everything_is_there_once(folder: Path, contents: set[bytes], n_trainings: int) -> None:
    with opened(folder, who="test") as lab:
        assert [str(finding) for finding in db.check(lab.database, lab.folder.vault)] == []
        vault = lab.folder.open_vault()
        with lab.database.read() as reader:
            files = reader.files()
            assert len(files) == len(contents)
            assert {vault.read_bytes(file.sha256) for file in files} == contents
            for file in files:
                spectra = reader.spectra(file)
                assert (len(spectra), len(reader.analyses(spectra[0]))) == (1, 1), file.name
            assert 1 <= len(reader.model_runs()) <= n_trainings + 1
