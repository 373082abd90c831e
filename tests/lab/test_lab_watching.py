"""The watch: it survives what happens to it, and what it imports is there once."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from nasicon_loop.core import Refusal
from nasicon_loop.lab.context import Lab
from nasicon_loop.lab.retraining import training_command
from nasicon_loop.lab.scan import ScanReport
from nasicon_loop.lab.watching import is_watched, watch

N_FILES = 20
DRIVER = """
import sys, threading
from nasicon_loop.lab.context import opened
from nasicon_loop.lab.watching import watch
flags = {
    "watch.settle_seconds": 0.1, "watch.patience_seconds": 600, "watch.poll_seconds": 0.05,
    "training.retrain_after_n_results": 0, "measurement.temperature_c": 25.0,
}
with opened(sys.argv[1], flags=flags, who="watch") as lab:
    watch(lab, threading.Event(), lambda result: print(result.file, result.state, flush=True))
"""


def until(condition: Callable[[], Any], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


@contextmanager
def watching(lab: Lab, command: Callable[[Lab], Sequence[str]] = training_command, **calls: Any) -> Iterator[list[Any]]:
    """Run a watch in a thread; give the list that its results go to."""
    stop, results, failures = threading.Event(), [], []

    def run() -> None:
        try:
            watch(lab, stop, results.append, command=command, **calls)
        except Refusal as refusal:
            failures.append(refusal)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield results
    finally:
        stop.set()
        thread.join(60)
    assert not thread.is_alive()
    if failures:
        raise failures[0]


def n_files(lab: Lab) -> int:
    with lab.database.read() as reader:
        return len(reader.files())


def write_in_two_steps(inbox: Path, label: str, contents: list[bytes], pause: float) -> None:
    for number, data in enumerate(contents):
        cut = len(data) * (number + 5) // 40
        cut += data[cut - 1 : cut] == b"\n"  # in the middle of a line
        with (inbox / f"{label} {number:02d}.csv").open("wb") as stream:
            stream.write(data[:cut])
            stream.flush()
            time.sleep(pause)
            stream.write(data[cut:])


def test_files_written_slowly_while_the_watch_is_killed_are_there_once(bench: Any) -> None:
    import db

    lab, label = bench.lab, bench.sample()
    contents = [bench.csv(seed=seed) for seed in range(N_FILES)]
    writer = threading.Thread(target=write_in_two_steps, args=(lab.folder.inbox, label, contents, 0.2))
    writer.start()
    for n_wanted in (3, 11, N_FILES):
        with subprocess.Popen(
            [sys.executable, "-c", DRIVER, str(lab.folder.path)], stdout=subprocess.DEVNULL
        ) as process:
            until(lambda wanted=n_wanted: n_files(lab) >= wanted or process.poll() is not None)
            assert process.poll() is None
            process.send_signal(signal.SIGKILL)
    writer.join()
    until(lambda: not is_watched(lab.folder))
    with lab.database.read() as reader:
        found = reader.files()
        assert sorted(file.name for file in found) == [f"{label} {number:02d}.csv" for number in range(N_FILES)]
        assert {reader.file_state(file) for file in found} == {"analysed"}
        assert [len(reader.spectra(file)) for file in found] == [1] * N_FILES
        assert [len(reader.analyses(reader.spectra(file)[0])) for file in found] == [1] * N_FILES
        assert len(reader.teaching_analyses()) == N_FILES
    assert {lab.folder.open_vault().read_bytes(file.sha256) for file in found} == set(contents)
    assert list(db.check(lab.database, lab.folder.vault)) == []


def test_a_second_watch_is_refused_and_the_first_goes_on(bench: Any) -> None:
    with watching(bench.lab) as results:
        until(lambda: is_watched(bench.lab.folder))
        with pytest.raises(Refusal, match="another watch runs on this lab"):
            watch(bench.lab, threading.Event())
        bench.drop("a.csv", bench.csv())
        until(lambda: results)
    assert not is_watched(bench.lab.folder)


def test_the_inbox_may_go_and_come_back(bench: Any) -> None:
    notices: list[str] = []
    with watching(bench.lab, on_notice=notices.append) as results:
        bench.drop("a.csv", bench.csv(seed=1))
        until(lambda: len(results) == 1)
        away = bench.lab.folder.inbox.rename(bench.lab.folder.path / "away")
        until(lambda: notices)
        (away / "b.csv").write_bytes(bench.csv(seed=2))
        away.rename(bench.lab.folder.inbox)
        until(lambda: len(results) == 2)
    assert "trying again" in notices[0]
    assert notices[1] == "it works again"
    log = (bench.lab.folder.logs / "watch.log").read_text(encoding="utf-8")
    assert "inbox/a.csv: unassigned, accepted" in log


def test_without_file_events_the_looks_find_everything(bench: Any) -> None:
    reports: list[ScanReport] = []
    with watching(bench.with_settings(watch__use_events=False), on_scan=reports.append) as results:
        bench.drop("bad\x1b[31m.csv", b"\xff\n")
        until(lambda: results)
    assert results[0].state == "refused"
    assert reports[-1].n_files == 1
    assert "\x1b" not in (bench.lab.folder.logs / "watch.log").read_text(encoding="utf-8")


def test_a_geometry_entered_elsewhere_is_noticed(bench: Any) -> None:
    label = bench.sample(measured=False)
    bench.drop(f"{label}.csv", bench.csv())
    with watching(bench.lab) as results:
        until(lambda: len(results) == 1)
        assert results[0].state == "needs geometry"
        bench.measure(f"{label}-P1")
        until(lambda: len(results) == 2)
    assert (results[1].state, results[1].verdict) == ("analysed", "accepted")


def test_enough_new_results_start_a_training_of_their_own(bench: Any) -> None:
    label, mark = bench.sample(), bench.lab.folder.path / "trained"
    lab = bench.with_settings(training__retrain_after_n_results=2)
    code = "import pathlib, sys; p = pathlib.Path(sys.argv[1]); p.open('a').write('x'); sys.exit(3)"
    notices: list[str] = []

    def command(_lab: Lab) -> list[str]:
        return [sys.executable, "-c", code, str(mark)]

    def n_trainings() -> int:
        return len(mark.read_text()) if mark.exists() else 0

    with watching(lab, command, on_notice=notices.append) as results:
        bench.drop(f"{label} 1.csv", bench.csv(seed=1))
        bench.drop("bad.csv", b"no\n")
        until(lambda: len(results) == 2)
        assert n_trainings() == 0
        bench.drop(f"{label} 2.csv", bench.csv(seed=2))
        until(lambda: any("ended with code 3" in notice for notice in notices))
        bench.drop(f"{label} 3.csv", bench.csv(seed=3))
        until(lambda: len(results) == 4)
        assert n_trainings() == 1  # what failed is not tried again at once
        bench.drop(f"{label} 4.csv", bench.csv(seed=4))
        until(lambda: n_trainings() == 2)


def test_ending_the_watch_ends_its_training(bench: Any) -> None:
    label = bench.sample()
    lab = bench.with_settings(training__retrain_after_n_results=1)
    bench.drop(f"{label}.csv", bench.csv())
    notices: list[str] = []
    started = time.monotonic()
    with watching(lab, lambda _: [sys.executable, "-c", "import time; time.sleep(600)"], on_notice=notices.append):
        until(lambda: any("training started" in notice for notice in notices))
    assert time.monotonic() - started < 300
    assert "stopped" in notices[-1]


def test_the_command_of_a_training_names_this_lab(bench: Any) -> None:
    command = training_command(bench.lab)
    assert command[0] == sys.executable
    assert command[1:] == ["-P", "-m", "nasicon_loop.cli", "train", "--automatic", "--lab", str(bench.lab.folder.path)]
