"""Whatever can lie in an inbox, and whatever can happen to it: all of it is imported, once, or said in words."""

import hashlib
import os
import socket
import sys
import threading
import unicodedata
from pathlib import Path
from typing import Any

import pytest

import db
from nasicon_loop.core import Refusal
from nasicon_loop.lab import reading
from nasicon_loop.lab.completing import complete
from nasicon_loop.lab.context import Lab, opened
from nasicon_loop.lab.importing import import_files
from nasicon_loop.lab.scan import ScanMemory, ScanReport, scan_once
from nasicon_loop.lab.vault import Vault
from nasicon_loop.lab.watched import watch_inbox
from nasicon_loop.lab.watching import watch

posix = pytest.mark.skipif(sys.platform == "win32", reason="names, links and pipes of POSIX")
A_MOMENT = 1_700_000_000 * 10**9


@pytest.fixture
def lab(bench: Any) -> Lab:
    """The bench's lab, which keeps spectra without analysing them: that is not what is looked at here."""
    kept: Lab = bench.with_settings(watch__analyse=False)
    return kept


@pytest.fixture
def memory(lab: Lab) -> ScanMemory:
    """What a watch remembers from one look to the next."""
    return ScanMemory.of(lab)


def hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def imported(lab: Lab) -> list[str]:
    """The hashes of what is there, after proving that all is well with it."""
    assert [str(finding) for finding in db.check(lab.database, lab.folder.vault)] == []
    with lab.database.read() as reader:
        return [file.sha256 for file in reader.files()]


def test_other_content_of_the_same_size_and_time_is_new(bench: Any, lab: Lab, memory: ScanMemory) -> None:
    """Programs that copy "with times" leave it so, and some file systems count in steps of two seconds."""
    path = bench.drop("NL-0001.csv", bench.csv(seed=1))
    os.utime(path, ns=(A_MOMENT, A_MOMENT))
    scan_once(lab, memory)
    for way in ("replaced", "overwritten"):
        other = bench.csv(seed=2 if way == "replaced" else 3)[: path.stat().st_size].ljust(path.stat().st_size)
        if way == "replaced":
            beside = path.with_name(".beside")
            beside.write_bytes(other)
            os.utime(beside, ns=(A_MOMENT, A_MOMENT))
            beside.replace(path)
        else:
            path.write_bytes(other)
            os.utime(path, ns=(A_MOMENT, A_MOMENT))
        (result,) = scan_once(lab, memory).results
        assert result.is_new, way
        assert "other content than file" in result.notes[0]
    assert len(imported(lab)) == 3


@posix
def test_a_file_that_was_only_touched_is_not_told_again(bench: Any, lab: Lab, memory: ScanMemory) -> None:
    path = bench.drop("NL-0001.csv", bench.csv())
    scan_once(lab, memory)
    path.chmod(0o600)
    (path.parent / "the same.csv").hardlink_to(path)
    (path.parent / "the same.csv").unlink()
    report = scan_once(lab, memory)
    assert (report.results, report.waiting) == ((), ())
    assert scan_once(lab, memory).results == ()


@pytest.mark.parametrize("year", [1930, 1970, 2300, 2440])
def test_a_clock_that_is_far_off_stops_no_import(bench: Any, lab: Lab, memory: ScanMemory, year: int) -> None:
    path = bench.drop("NL-0001.csv", bench.csv())
    seconds = int((year - 1970) * 365.25 * 86_400)
    try:
        os.utime(path, (seconds, seconds))
    except OSError:
        pytest.skip("this file system knows no such year")
    (result,) = scan_once(lab, memory).results
    assert result.refusal is None
    assert scan_once(lab, memory).results == ()
    assert scan_once(lab).results == (), "nor after a restart"
    assert len(imported(lab)) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_is_no_text_and_one_that_is_spelled_like_it(bench: Any, lab: Lab, memory: ScanMemory) -> None:
    inbox = os.fsencode(lab.folder.inbox)
    for number, name in enumerate((b"a\xff.csv", b"a\\udcff.csv", b"a\xfe.csv")):
        with open(inbox + b"/" + name, "wb") as stream:  # noqa: PTH123 - a name that a Path would print, not hold
            stream.write(bench.csv(seed=number))
    assert len(scan_once(lab, memory).results) == 3
    assert scan_once(lab, memory).results == ()
    assert len(imported(lab)) == 3


@posix
def test_odd_names_are_names(bench: Any, lab: Lab, memory: ScanMemory) -> None:
    names = [
        "two\nlines.csv",
        "left\u202eto right.csv",
        "x" * 251 + ".csv",
        " .csv",
        "-rf.csv",
        "a;b|c&d.csv",
        "'\".csv",
    ]
    names += [unicodedata.normalize(form, "Prüfling é.csv") for form in ("NFC", "NFD")]
    for number, name in enumerate(names):
        (lab.folder.inbox / name).write_bytes(bench.csv(seed=number))
    assert len(scan_once(lab, memory).results) == len(names)
    assert scan_once(lab).results == ()
    assert len(imported(lab)) == len(names)


def test_a_label_at_the_end_of_a_long_name_is_read_whole(bench: Any, lab: Lab, memory: ScanMemory) -> None:
    """Cut to what fits a line, P12 would be P1, and its file another pellet's."""
    for length in range(186, 190):
        bench.drop("y" * length + " NL-0001-P12.csv", bench.csv(seed=length))
    scan_once(lab, memory)
    label = bench.sample(n_pellets=2)
    complete(lab)
    with lab.database.read() as reader:
        assert {reader.file_state(file) for file in reader.files()} == {"needs pellet"}
        assert {file.name[-12:] for file in reader.files()} == {f"{label}-P12"[3:] + ".csv"}


@posix
def test_what_is_passed_over_is_said_with_the_reason(bench: Any, lab: Lab, tmp_path: Path) -> None:
    inbox, elsewhere = lab.folder.inbox, tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.csv").write_bytes(bench.csv())
    (inbox / "folder link").symlink_to(elsewhere)
    (inbox / "link.csv").symlink_to(elsewhere / "a.csv")
    (inbox / "nowhere.csv").symlink_to(tmp_path / "absent")
    (inbox / "around").symlink_to(inbox)
    os.mkfifo(inbox / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(inbox / "socket"))
        deep = inbox / "1/2/3/4/5"
        deep.mkdir(parents=True)
        (deep / "a.csv").write_bytes(bench.csv())
        report = scan_once(lab)
    assert report.results == ()
    said = {item.path.removeprefix("inbox/"): item.reason for item in report.passed_over}
    assert {name for name, reason in said.items() if "is a link, and links are not followed" in reason} == {
        "folder link", "link.csv", "nowhere.csv", "around",
    }  # fmt: skip
    assert {name for name, reason in said.items() if "pipe, socket or device" in reason} == {"pipe.csv", "socket"}
    assert "max_depth" in said["1/2/3/4/5"]


def test_a_folder_that_cannot_be_listed_is_said(bench: Any, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.drop("closed/a.csv", bench.csv(seed=1))
    bench.drop("open/b.csv", bench.csv(seed=2))
    real = os.scandir

    def scandir(folder: Path) -> Any:
        if Path(folder).name == "closed":
            raise PermissionError(13, "Permission denied")
        return real(folder)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", scandir)
        report = scan_once(lab)
    assert [result.file for result in report.results] == ["inbox/open/b.csv"]
    (said,) = report.passed_over
    assert (said.path, said.reason) == ("inbox/closed", "cannot be listed (Permission denied): nothing in it is read")
    assert len(scan_once(lab).results) == 1


def test_an_empty_file_that_grows_later_is_read_then(bench: Any, lab: Lab, memory: ScanMemory) -> None:
    bench.drop("NL-0001.csv", b"")
    (result,) = scan_once(lab, memory).results
    assert "empty" in str(result.refusal)
    bench.drop("NL-0001.csv", bench.csv())
    (result,) = scan_once(lab, memory).results
    assert result.refusal is None
    assert len(imported(lab)) == 2


def test_a_file_that_is_exchanged_while_it_is_read_is_read_again(
    bench: Any, lab: Lab, memory: ScanMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, real = bench.drop("NL-0001.csv", bench.csv(seed=1)), reading.read_bounded

    def slow(where: Path, limit: int) -> bytes:
        data = real(where, limit)
        bench.drop("NL-0001.csv", bench.csv(seed=2))
        os.utime(path, ns=(A_MOMENT, A_MOMENT))
        return data

    with monkeypatch.context() as patch:
        patch.setattr(reading, "read_bounded", slow)
        assert scan_once(lab, memory).results == ()
    (result,) = scan_once(lab, memory).results
    assert result.sha256 == hash_of(bench.csv(seed=2))
    assert imported(lab) == [result.sha256]


@posix
def test_two_labs_share_an_inbox_and_each_has_everything(
    bench: Any, lab: Lab, tmp_path: Path, new_lab: Path, copy_lab: Any
) -> None:
    share = tmp_path / "share"
    lab.folder.inbox.rename(share)
    lab.folder.inbox.symlink_to(share)
    other = copy_lab(new_lab, tmp_path / "other")
    (other / "inbox").rmdir()
    (other / "inbox").symlink_to(share)
    for number in range(4):
        bench.drop(f"NL-0001 {number}.csv", bench.csv(seed=number))
    with opened(other, flags={"watch.settle_seconds": 0.0, "watch.analyse": False}, who="other") as second:
        for _ in range(2):
            for one in (lab, second):
                scan_once(one)
        assert sorted(imported(lab)) == sorted(imported(second))
        assert len(imported(second)) == 4
    assert len(list(share.iterdir())) == 4


@pytest.mark.parametrize("mishap", ["flipped", "shorter", "empty", "gone", "writable", "a link"])
def test_a_vault_file_that_somebody_damaged_is_found_and_mended(
    bench: Any, lab: Lab, mishap: str, tmp_path: Path
) -> None:
    path = bench.drop("NL-0001.csv", bench.csv())
    scan_once(lab)
    (kept,) = (found for found in lab.folder.vault.rglob("*") if found.is_file())
    data = kept.read_bytes()
    kept.chmod(0o644)
    if mishap == "flipped":
        kept.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    elif mishap in ("shorter", "empty"):
        kept.write_bytes(data[: len(data) // 2] if mishap == "shorter" else b"")
    elif mishap in ("gone", "a link"):
        kept.unlink()
    if mishap == "a link":
        (tmp_path / "other").write_bytes(b"other bytes")
        kept.symlink_to(tmp_path / "other")
    kinds = [finding.kind for finding in db.check(lab.database, lab.folder.vault)]
    assert kinds == {"gone": ["vault missing"], "writable": []}.get(mishap, ["vault changed"])
    if kinds:
        with pytest.raises(Refusal, match="vault"):
            lab.folder.open_vault().read_bytes(hash_of(data))
    import_files(lab, [path])
    assert len(imported(lab)) == 1
    assert Vault(lab.folder.vault).read_bytes(hash_of(data)) == data


def _add_and_exchange(writer: db.Writer, copy: Path, path: Path) -> None:
    writer.add_sample("Na3Zr2Si2PO12")
    copy.replace(path)


@pytest.mark.sqlite
def test_a_database_that_is_exchanged_under_a_program_takes_nothing_more(bench: Any, lab: Lab, tmp_path: Path) -> None:
    """An open connection would go on with a file that has no name any more, and what it writes would be nowhere."""
    assert lab.database.path is not None
    memory = ScanMemory.of(lab)
    copy = db.backup(lab.database, tmp_path / "copy.db")
    bench.drop("NL-0001.csv", bench.csv(seed=1))
    with (
        pytest.raises(Refusal, match="exchanged"),
        lab.database.write(who="in the middle") as writer,
    ):
        _add_and_exchange(writer, copy, lab.database.path)
    with pytest.raises(Refusal, match="exchanged or removed while this program had it open; start"):
        scan_once(lab, memory)
    with opened(lab.folder.path, flags={"watch.settle_seconds": 0.0, "watch.analyse": False}, who="next") as again:
        assert len(scan_once(again).results) == 1
        assert len(imported(again)) == 1
        with again.database.read() as reader:
            assert reader.samples() == []


def test_a_watch_that_shall_end_does_so_when_nothing_but_trouble_is_left(
    bench: Any, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> Any:
        raise OSError(28, "No space left on device")

    bench.drop("NL-0001.csv", bench.csv())
    monkeypatch.setattr(Vault, "add_all", full)
    with pytest.raises(Refusal, match=r"1 files could not be imported; the first: inbox/NL-0001.csv.*No space left"):
        watch_inbox(lab, once=True)


def test_what_is_said_once_is_not_said_at_every_look(bench: Any, lab: Lab) -> None:
    (lab.folder.inbox / "link.csv").symlink_to("absent")
    stop, lines = threading.Event(), list[str]()
    n_looks = 0

    def look(_report: ScanReport) -> None:
        nonlocal n_looks
        n_looks += 1
        if n_looks == 4:
            stop.set()

    watch(lab, stop, on_notice=lines.append, on_scan=look)
    assert [line for line in lines if "link" in line] == [
        "inbox/link.csv: is a link, and links are not followed: copy what it leads to"
    ]
