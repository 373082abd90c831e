"""Shares that go, disks that are full, clocks that go back: a clear word each time, and nothing is lost."""

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import db
from db import engines, mounts
from nasicon_loop import lab as ways
from nasicon_loop import predict
from nasicon_loop.core import Refusal
from nasicon_loop.lab import reading, scan
from nasicon_loop.lab.context import Lab, opened
from nasicon_loop.lab.folder import init
from nasicon_loop.lab.learning import current_model
from nasicon_loop.lab.scan import ScanMemory, scan_once

FLAGS: dict[str, Any] = {
    "measurement.temperature_c": 25.0,
    "watch.settle_seconds": 0.0,
    "watch.patience_seconds": 0.0,
    "watch.analyse": False,
    "training.retrain_after_n_results": 0,
}
SPECTRUM = b"Frequency (Hz),Z' (ohm),Z'' (ohm)\n" + b"".join(
    b"%g,%g,%g\n" % (10**exponent, 100 + exponent, -10 * exponent - 1) for exponent in range(6, 0, -1)
)


def spectrum(number: int) -> bytes:
    """One of many spectra that differ."""
    return SPECTRUM.replace(b"100000,", b"%d," % (100000 + number))


@pytest.fixture
def folder(workshop: Any, copy_lab: Any, tmp_path: Path) -> Path:
    """A lab with two samples in a folder of the test."""
    copied: Path = copy_lab(workshop.prepared, tmp_path / "lab")
    return copied


@pytest.fixture
def lab(folder: Path) -> Iterator[Lab]:
    """The lab, opened."""
    with opened(folder, flags=FLAGS, who="test") as found:
        yield found


def n_files(lab: Lab) -> int:
    """How many files the lab knows, after proving that all is well with it."""
    assert [str(finding) for finding in db.check(lab.database, lab.folder.vault)] == []
    with lab.database.read() as reader:
        return len(reader.files())


def add_samples(lab: Lab, n_samples: int) -> None:
    """Write much in one transaction."""
    with lab.database.write(who="test") as writer:
        for _ in range(n_samples):
            writer.add_sample("Na3Zr2Si2PO12")


def mount(*arguments: str) -> None:
    """Mount something; skips where that is not allowed."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount")
    if subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting is not allowed here")


@contextmanager
def mounted(place: Path, *arguments: str) -> Iterator[None]:
    """Have something mounted at `place` for a while."""
    mount(*arguments, str(place))
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_share_that_is_gone_for_a_while(lab: Lab, tmp_path: Path) -> None:
    share = tmp_path / "share"
    lab.folder.inbox.rename(share)
    lab.folder.inbox.symlink_to(share)
    (share / "a.csv").write_bytes(spectrum(1))
    memory = ScanMemory.of(lab)
    assert len(scan_once(lab, memory).results) == 1
    share.rename(tmp_path / "away")
    assert "No such file" in str(scan_once(lab, memory).unreachable)
    share.mkdir()  # the mount point without its share: empty, but there
    assert scan_once(lab, memory).results == ()
    share.rmdir()
    (tmp_path / "away" / "b.csv").write_bytes(spectrum(2))
    (tmp_path / "away").rename(share)
    assert [result.file for result in scan_once(lab, memory).results] == ["inbox/b.csv"]
    assert n_files(lab) == 2


@pytest.mark.parametrize("number", [5, 116], ids=["input/output error", "stale file handle"])
def test_a_share_that_breaks_off_while_a_file_is_read(lab: Lab, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> bytes:
        raise OSError(number, os.strerror(number))

    (lab.folder.inbox / "a.csv").write_bytes(spectrum(1))
    memory = ScanMemory.of(lab)
    with monkeypatch.context() as patch:
        patch.setattr(reading, "read_bounded", broken)
        (waiting,) = scan_once(lab, memory).waiting
    assert waiting.is_trouble
    assert os.strerror(number) in waiting.reason
    assert len(scan_once(lab, memory).results) == 1
    assert n_files(lab) == 1


def test_a_full_disk(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "small"
    place.mkdir()
    with mounted(place, "-t", "tmpfs", "-o", "size=4m", "tmpfs"):
        small = Path(shutil.copytree(folder, place / "lab"))
        with opened(small, flags=FLAGS, who="test") as lab:
            memory = ScanMemory.of(lab)
            for number in range(40):
                (lab.folder.inbox / f"{number}.csv").write_bytes(spectrum(number))
            ballast = place / "ballast"
            with ballast.open("wb", buffering=0) as stream, suppress(OSError):
                while True:
                    stream.write(b"x" * 4096)
            report = scan_once(lab, memory)
            assert len(report.results) < 40
            assert report.waiting
            assert all(item.is_trouble for item in report.waiting)
            assert all("No space left" in item.reason or "disk is full" in item.reason for item in report.waiting)
            if lab.database.path is not None:  # a server has a disk of its own
                with pytest.raises(Refusal, match="disk is full; make room"):
                    add_samples(lab, 2000)
            ballast.unlink()
            done = len(report.results) + len(scan_once(lab, memory).results)
            assert done == 40
            assert n_files(lab) == 40


_LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.argv[1:] = sys.argv[2:]
from nasicon_loop.cli import main
main()
"""


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (100, ["import", "inbox/a.csv"]),
        pytest.param(4096, ["sample", "new", "Na3Zr2Si2PO12"], marks=pytest.mark.sqlite),
        (4096, ["train"]),
    ],
    ids=["import", "sample", "train"],
)
def test_a_quota(folder: Path, limit: int, words: list[str]) -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)
    (folder / "inbox" / "a.csv").write_bytes(spectrum(1))
    (folder / "lab.toml").write_text(
        (folder / "lab.toml").read_text().replace("retrain_after_n_results = 1", "retrain_after_n_results = 0")
    )
    command = [sys.executable, "-c", _LIMITED, str(limit), *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    assert any(word in said for word in ("too large", "disk is full", "disk failed")), said
    with opened(folder, flags=FLAGS, who="test") as lab:
        assert n_files(lab) == 0
        assert [path for path in lab.folder.models.iterdir() if not path.name.startswith(".")] == []
        assert len(scan_once(lab).results) == 1
        assert n_files(lab) == 1


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nothing be written in a folder for a while."""
    if os.geteuid() == 0:
        with mounted(folder, "--bind", str(folder)):
            subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
            yield
        return
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        yield
    finally:
        for path in (folder, *folder.rglob("*")):
            path.chmod(path.stat().st_mode | 0o200)


def test_a_read_only_folder(folder: Path) -> None:
    (folder / "inbox" / "a.csv").write_bytes(spectrum(1))
    commands = [["import", "inbox/a.csv"], ["watch", "--once"], ["doctor"]]
    if (folder / "lab.db").exists():
        commands.append(["sample", "new", "Na3Zr2Si2PO12"])
    with read_only(folder):
        for words in commands:
            command = [sys.executable, "-m", "nasicon_loop.cli", *words, "--lab", str(folder)]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            said = done.stdout + done.stderr
            assert done.returncode == 1, said
            assert "Traceback" not in said
            assert any(
                word in said for word in ("may not be written", "may be written", "Read-only", "Permission denied")
            ), said
    with opened(folder, flags=FLAGS, who="test") as lab:
        assert len(scan_once(lab).results) == 1
        assert n_files(lab) == 1


class SetClock:
    """A clock that people turn."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


def test_a_clock_that_is_set_back(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SetClock()
    settings = replace(predict.Settings.default(), n_members=2, n_trunks=1, n_epochs=1, n_pretraining_epochs=1,
                       n_folds=2, n_trees=2, channels=(2, 2, 2), hidden=(8, 8, 8, 8, 8, 8))  # fmt: skip
    monkeypatch.setattr(predict.Settings, "default", classmethod(lambda _: settings))
    with opened(folder, flags=FLAGS, who="test", clock=clock) as found:
        database = db.open(found.database.url.render_as_string(hide_password=False), clock=clock)
        lab = replace(found, database=database)
        (lab.folder.inbox / "a.csv").write_bytes(spectrum(1))
        memory = ScanMemory.of(lab)
        scan_once(lab, memory)
        first = ways.weigh(lab, "NL-0001", as_planned=True)
        formula = first.lines[0].formula
        run = ways.train_model(lab).run
        clock.at -= timedelta(days=365)
        ways.weigh(lab, "NL-0001", {formula: first.lines[0].target_g * 1.5})
        with database.read() as reader:
            assert reader.newest_entries(reader.sample("NL-0001"))[formula].mass_g > first.lines[0].target_g * 1.4
            assert reader.weighing(reader.sample("NL-0001")) == reader.weighings(reader.sample("NL-0001"))[-1]
        os.utime(lab.folder.inbox / "a.csv", (1, 1))
        (lab.folder.inbox / "b.csv").write_bytes(spectrum(2))
        scan_once(lab, memory)
        assert n_files(lab) == 2
        clock.at += timedelta(days=365)  # the same moment once more: the model of then must stay
        again = ways.train_model(lab).run
        assert run is not None
        assert again is not None
        assert run.directory != again.directory
        assert current_model(lab)[0].number == again.number
        assert db.check(database, lab.folder.vault) == []
        database.close()


@contextmanager
def held(path: Path, *statements: str) -> Iterator[None]:
    """Another program that has the database and does not let go."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
        yield


@pytest.mark.sqlite
def test_a_database_that_another_program_holds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_MS", 50)
    with opened(folder, flags=FLAGS, who="test") as lab:
        (lab.folder.inbox / "a.csv").write_bytes(spectrum(1))
        memory = ScanMemory.of(lab)
        with held(folder / "lab.db", "BEGIN IMMEDIATE"):
            (waiting,) = scan_once(lab, memory).waiting
            assert waiting.is_trouble
            assert "another program holds the database" in waiting.reason
            with pytest.raises(Refusal, match="another program holds the database; close it"):
                ways.new_sample(lab, "Na3Zr2Si2PO12")
            assert len(ways.board(lab)) >= 1  # looking goes on
        assert len(scan_once(lab, memory).results) == 1
        assert n_files(lab) == 1
    with (
        held(folder / "lab.db", "PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE"),
        pytest.raises(Refusal, match="another program holds the database"),
        opened(folder),
    ):
        pass


@pytest.mark.sqlite  # it moves its lab to a server itself
@pytest.mark.parametrize("moment", ["between two looks", "in the middle of a write", "right before the commit"])
def test_a_server_that_drops_every_connection(
    workshop: Any, on_server: Callable[[Path], Path], moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = on_server(workshop.fresh())
    with opened(folder, flags=FLAGS, who="test") as lab:
        admin = sa.create_engine(lab.database.url, isolation_level="AUTOCOMMIT")

        def drop_all() -> None:
            with admin.connect() as connection:
                connection.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

        memory = ScanMemory.of(lab)
        (lab.folder.inbox / "a.csv").write_bytes(spectrum(1))
        if moment == "between two looks":
            drop_all()
        else:
            with monkeypatch.context() as patch:
                name = "add_spectrum" if moment == "in the middle of a write" else "add_sighting"
                real = getattr(db.Writer, name)

                def dropping(*given: Any, **more: Any) -> Any:
                    made = real(*given, **more)
                    drop_all()
                    return made

                patch.setattr(db.Writer, name, dropping)
                (waiting,) = scan_once(lab, memory).waiting
            assert waiting.is_trouble
            assert "the database server went away" in waiting.reason
        admin.dispose()
        assert len(scan_once(lab, memory).results) == 1
        assert n_files(lab) == 1


@pytest.mark.sqlite
def test_a_truncated_database_and_the_way_back(folder: Path, tmp_path: Path) -> None:
    path = folder / "lab.db"
    with opened(folder, flags=FLAGS, who="test") as lab:
        (lab.folder.inbox / "a.csv").write_bytes(spectrum(1))
        scan_once(lab)
        copy = db.backup(lab.database, tmp_path / "backup.db")
        (lab.folder.inbox / "b.csv").write_bytes(spectrum(2))
        scan_once(lab)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Refusal, match=r"damaged.*nasicon db restore"), opened(folder, flags=FLAGS) as lab:
        db.check(lab.database)
    kept = db.restore(copy, path)
    assert kept is not None
    assert kept.read_bytes() == whole[: len(whole) // 2]
    with opened(folder, flags=FLAGS, who="test") as lab:  # what came after the backup still lies in the inbox
        assert [finding.kind for finding in db.check(lab.database, lab.folder.vault)] == ["vault orphan"]
        assert [result.file for result in scan_once(lab).results] == ["inbox/b.csv"]
        assert n_files(lab) == 2


@pytest.mark.sqlite
def test_a_lab_on_a_network_file_system(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "mounts"
    table.write_text(f"server:/labs {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr(mounts.refuse_network, "__defaults__", (table,))
    with pytest.raises(Refusal, match=r"network file system \(nfs4\).*local disk.*PostgreSQL"), opened(folder):
        pass
    with pytest.raises(Refusal, match="network file system"):
        init(tmp_path / "new")
    assert [one.remedy for one in ways.examine(folder) if one.what == "database"] == [
        "move the lab folder to a local disk, or give a PostgreSQL URL in lab.toml"
    ]


@pytest.mark.parametrize("mishap", ["lost", "changed"])
def test_a_power_cut_that_takes_bytes_of_the_vault(lab: Lab, mishap: str) -> None:
    """A disk that said "flushed" and was not: the check tells, and the file, imported again, is whole again."""
    path = lab.folder.inbox / "a.csv"
    path.write_bytes(spectrum(1))
    scan_once(lab)
    (kept,) = (found for found in lab.folder.vault.rglob("*") if found.is_file())
    kept.unlink()
    if mishap == "changed":
        kept.write_bytes(bytes(len(spectrum(1))))
    assert [finding.kind for finding in db.check(lab.database, lab.folder.vault)] == [
        "vault missing" if mishap == "lost" else "vault changed"
    ]
    (result,) = ways.import_files(lab, [path])
    assert not result.is_new
    assert n_files(lab) == 1


def test_an_earlier_content_that_the_vault_lost_holds_nothing_up(lab: Lab) -> None:
    path = lab.folder.inbox / "a.csv"
    path.write_bytes(spectrum(1))
    memory = ScanMemory.of(lab)
    scan_once(lab, memory)
    next(found for found in lab.folder.vault.rglob("*") if found.is_file()).unlink()
    path.write_bytes(spectrum(2))
    (result,) = scan_once(lab, memory).results
    assert result.is_new
    assert [finding.kind for finding in db.check(lab.database, lab.folder.vault)] == ["vault missing"]


def test_one_file_that_cannot_be_stored_does_not_take_the_batch_with_it(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many files share a transaction when nothing is analysed; a bad one among them waits alone."""
    real = scan.keep_files

    def stumbling(one: Lab, items: Any, **options: Any) -> Any:
        if any(incoming.name == "3.csv" for incoming, _ in items):
            raise OSError(13, "Permission denied")
        return real(one, items, **options)

    for number in range(6):
        (lab.folder.inbox / f"{number}.csv").write_bytes(spectrum(number))
    memory = ScanMemory.of(lab)
    with monkeypatch.context() as patch:
        patch.setattr(scan, "keep_files", stumbling)
        report = scan_once(lab, memory)
    assert len(report.results) == 5
    assert [item.path for item in report.waiting] == ["inbox/3.csv"]
    assert [result.file for result in scan_once(lab, memory).results] == ["inbox/3.csv"]
    assert n_files(lab) == 6


def test_what_was_not_analysed_is_analysed_when_it_is_wanted(lab: Lab) -> None:
    for name in ("NL-0002 a.csv", "copy of NL-0002 a.csv"):
        (lab.folder.inbox / name).write_bytes(spectrum(1))
    first, second = scan_once(lab).results
    assert (first.is_new, second.is_new) == (True, False)
    assert (first.state, first.sweeps) == ("needs analysis", ())
    assert "[watch] analyse = true" in str(first.waits_for)
    assert any("stored already" in note for note in second.notes)
    assert ways.complete(lab) == []
    watch = lab.settings.watch.model_copy(update={"analyse": True})
    wanting = replace(lab, settings=lab.settings.model_copy(update={"watch": watch}))
    (result,) = ways.complete(wanting)
    assert len(result.sweeps) == 1
    assert n_files(lab) == 1
