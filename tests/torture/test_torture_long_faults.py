"""The faults again, in their long form: real processes, real minutes, and many places where a disk can be full."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

import db
from nasicon_loop.lab.context import opened
from nasicon_loop.lab.scan import ScanMemory, scan_once

pytestmark = [pytest.mark.torture, pytest.mark.timeout(1800)]
FLAGS: dict[str, Any] = {
    "watch.settle_seconds": 0.0,
    "watch.patience_seconds": 0.0,
    "watch.analyse": False,
    "training.retrain_after_n_results": 0,
}
ENVIRONMENT = {
    **os.environ,
    "NASICON_WATCH_SETTLE_SECONDS": "0.2",
    "NASICON_WATCH_POLL_SECONDS": "0.2",
    "NASICON_WATCH_ANALYSE": "false",
    "NASICON_TRAINING_RETRAIN_AFTER_N_RESULTS": "0",
}
HEAD = b"Frequency (Hz),Z' (ohm),Z'' (ohm)\n"
ROWS = b"".join(b"%g,%g,%g\n" % (10**exponent, 100 + exponent, -10 * exponent - 1) for exponent in range(5, 0, -1))
A_WHILE, N_FULL_DISKS = 60.0, 60


def spectrum(number: int) -> bytes:
    """One of many spectra that differ."""
    return HEAD + b"%d,106,-61\n" % (1_000_000 + number) + ROWS


class Watch:
    """A real watch, and files that come while it runs."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.n_files = folder, 0
        command = [sys.executable, "-m", "nasicon_loop.cli", "watch", "--lab", str(folder)]
        self.process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)

    def drop(self, where: Path) -> None:
        """Put one more file somewhere."""
        (where / f"{self.n_files}.csv").write_bytes(spectrum(self.n_files))
        self.n_files += 1

    def says(self, words: str) -> bool:
        """Whether its log has these words by now."""
        log = self.folder / "logs" / "watch.log"
        return log.exists() and words in log.read_text(encoding="utf-8")

    def end(self) -> None:
        """Wait until everything is there, once, and all is well; then end it."""
        deadline = time.monotonic() + 240
        while self.count() < self.n_files and time.monotonic() < deadline:
            assert self.process.poll() is None, "the watch goes on whatever happens"
            time.sleep(0.5)
        self.process.send_signal(signal.SIGINT)
        said = self.process.communicate(timeout=60)[0]
        assert self.process.returncode == 0
        assert "Traceback" not in said
        with opened(self.folder, flags=FLAGS, who="test") as lab:
            assert [str(finding) for finding in db.check(lab.database, lab.folder.vault)] == []
        assert self.count() == self.n_files

    def count(self) -> int:
        """How many files the lab knows."""
        with suppress(Exception), opened(self.folder, flags=FLAGS, who="test") as lab, lab.database.read() as reader:
            return len(reader.files())
        return -1


@contextmanager
def watched(folder: Path) -> Iterator[Watch]:
    """Have a watch, and never leave it behind."""
    watch = Watch(folder)
    try:
        yield watch
        watch.end()
    finally:
        watch.process.kill()
        watch.process.communicate()


def busily(watch: Watch, where: Path, seconds: float) -> None:
    """Let files come for a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        watch.drop(where)
        time.sleep(1.0)


def test_a_share_that_is_gone_for_a_minute(workshop: Any, tmp_path: Path) -> None:
    folder: Path = workshop.fresh()
    share, behind = tmp_path / "share", tmp_path / "behind"
    (folder / "inbox").rename(share)
    (folder / "inbox").symlink_to(share)
    with watched(folder) as watch:
        busily(watch, share, 5)
        share.rename(behind)  # gone
        busily(watch, behind, A_WHILE / 2)
        assert watch.says("No such file")
        share.mkdir()  # the mount point without its share: empty, but there
        busily(watch, behind, A_WHILE / 2)
        share.rmdir()
        behind.rename(share)
        busily(watch, share, 5)
    assert watch.says("it works again")
    print(f"\na share gone for {A_WHILE:g} s: {watch.n_files} files, 0 lost")


def _mount(*words: str) -> None:
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount")
    if subprocess.run(["mount", *words], capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting is not allowed here")


def test_disks_that_are_full_at_any_point(workshop: Any, tmp_path: Path) -> None:
    """The room that is left differs, so that it ends in the vault, in the log of the database, or at its commit."""
    n_files = n_full = 0
    for seed in range(N_FULL_DISKS):
        rng = random.Random(seed)  # noqa: S311 - chooses how much room is left
        place = tmp_path / f"small{seed}"
        place.mkdir()
        _mount("-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place))
        try:
            small = Path(shutil.copytree(workshop.prepared, place / "lab"))
            with opened(small, flags=FLAGS, who="test") as lab:
                for number in range(20):
                    (lab.folder.inbox / f"{number}.csv").write_bytes(spectrum(number))
                free = shutil.disk_usage(place).free
                left = rng.randrange(0, min(free, 600_000), 4096)
                (place / "ballast").write_bytes(bytes(free - left))
                memory = ScanMemory.of(lab)
                report = scan_once(lab, memory)
                n_full += bool(report.waiting)
                assert len(report.results) + len(report.waiting) == 20
                (place / "ballast").unlink()
                assert len(report.results) + len(scan_once(lab, memory).results) == 20
                assert [str(finding) for finding in db.check(lab.database, lab.folder.vault)] == []
                with lab.database.read() as reader:
                    n_files += len(reader.files())
        finally:
            subprocess.run(["umount", "--lazy", str(place)], check=True)
    assert n_files == 20 * N_FULL_DISKS
    assert n_full > N_FULL_DISKS // 4
    print(f"\n{N_FULL_DISKS} disks, {n_full} of them full in the middle: {n_files} files, 0 lost")


def test_a_disk_that_turns_read_only_under_a_watch(workshop: Any) -> None:
    folder: Path = workshop.fresh()
    vault = folder / "vault"
    shutil.rmtree(vault)
    vault.mkdir()
    _mount("-t", "tmpfs", "-o", "size=64m", "tmpfs", str(vault))
    try:
        with watched(folder) as watch:
            busily(watch, folder / "inbox", 5)
            read_only = ["mount", "-o", "remount,ro", str(vault)]
            while subprocess.run(read_only, capture_output=True, check=False).returncode != 0:
                time.sleep(0.05)  # busy while something is being written
            busily(watch, folder / "inbox", A_WHILE / 2)
            subprocess.run(["mount", "-o", "remount,rw", str(vault)], check=True)
            busily(watch, folder / "inbox", 5)
        assert watch.says("Read-only file system")
        print(f"\nread-only for {A_WHILE / 2:g} s: {watch.n_files} files, 0 lost")
    finally:
        subprocess.run(["umount", "--lazy", str(vault)], check=True)


@pytest.mark.sqlite
def test_a_database_held_for_longer_than_a_writer_waits(workshop: Any) -> None:
    folder: Path = workshop.fresh()
    with watched(folder) as watch:
        busily(watch, folder / "inbox", 5)
        with closing(sqlite3.connect(folder / "lab.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            busily(watch, folder / "inbox", A_WHILE)
        busily(watch, folder / "inbox", 5)
    assert watch.says("another program holds the database")
    print(f"\nheld for {A_WHILE:g} s: {watch.n_files} files, 0 lost")


def test_a_server_that_crashes_and_comes_back(
    workshop: Any, on_own_server: Callable[[Path], Path], own_cluster: Any
) -> None:
    folder = on_own_server(workshop.fresh())
    with watched(folder) as watch:
        for _ in range(4):
            busily(watch, folder / "inbox", 4)
            own_cluster.stop()
            busily(watch, folder / "inbox", A_WHILE / 6)
            own_cluster.start()
        busily(watch, folder / "inbox", 4)
    assert watch.says("it works again")
    print(f"\n4 crashes of the server: {watch.n_files} files, 0 lost")


_ALLOT = """
import sys
import db
with db.open(sys.argv[1], lab=sys.argv[2]) as database:
    for _ in range(int(sys.argv[3])):
        with database.write(who=sys.argv[4]) as writer:
            writer.add_sample("Na3Zr2Si2PO12")
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_many_processes_lose_nothing(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    n_processes, n_writes = 12, 300
    url = str(tmp_path / "lab.db")
    if kind == "postgres":
        url = f"{request.getfixturevalue('postgres_server')}/postgres"
    with db.create(url, f"Many {os.getpid()}") as database:
        words = [sys.executable, "-c", _ALLOT, url, database.lab.name, str(n_writes)]
        processes = [subprocess.Popen([*words, f"process {number}"]) for number in range(n_processes)]
        for process in processes:
            assert process.wait() == 0
        with database.read() as reader:
            numbers = [sample.number for sample in reader.samples()]
        assert numbers == list(range(1, n_processes * n_writes + 1))
        assert db.check(database) == []
    print(f"\n{kind}: {n_processes} processes, {len(numbers)} read-modify-writes, 0 lost")
