"""One look through the inbox: what is taken, what waits, and why."""

import os
from pathlib import Path
from typing import Any

import pytest

from nasicon_loop.lab import reading, scan
from nasicon_loop.lab.describing import files
from nasicon_loop.lab.importing import import_file
from nasicon_loop.lab.scan import ScanMemory, scan_once


class Watch:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def names(report: scan.ScanReport) -> list[str]:
    return [result.file for result in report.results]


def test_everything_in_the_inbox_is_taken_once(bench: Any) -> None:
    label = bench.sample()
    bench.drop(f"{label} a.csv", bench.csv(seed=1))
    bench.drop(f"june/{label} b.csv", bench.csv(seed=2))
    bench.drop("bad.csv", b"no impedance\n")
    told: list[str] = []
    first = scan_once(bench.lab, on_result=lambda result: told.append(result.file))
    assert names(first) == told == [f"inbox/{label} a.csv", "inbox/bad.csv", f"inbox/june/{label} b.csv"]
    assert names(scan_once(bench.lab)) == []
    assert len(files(bench.lab)) == 3


def test_what_is_no_file_of_an_instrument_is_left_alone(bench: Any, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.csv").write_bytes(bench.csv())
    inbox = bench.lab.folder.inbox
    (inbox / "link.csv").symlink_to(outside / "secret.csv")
    (inbox / "linked").symlink_to(outside, target_is_directory=True)
    os.mkfifo(inbox / "pipe.csv")
    for name in (".hidden.csv", "~$open.csv", "half.TMP", "Thumbs.db", ".sync/a.csv", "1/2/3/4/5/deep.csv"):
        bench.drop(name, bench.csv())
    report = scan_once(bench.lab)
    assert (names(report), report.n_files) == ([], 0)


def test_a_file_is_read_only_when_it_stands_still(bench: Any) -> None:
    lab = bench.with_settings(watch__settle_seconds=3, watch__patience_seconds=60)
    clock, memory = Watch(), ScanMemory()
    path = bench.drop("a.csv", b"Experiment:, x\r\n")
    report = scan_once(lab, memory, clock=clock)
    assert (names(report), report.waiting[0].path) == ([], "inbox/a.csv")
    assert report.next_look_seconds == 3
    clock.now += 2
    path.write_bytes(bench.csv())
    assert names(scan_once(lab, memory, clock=clock)) == []
    clock.now += 2  # 4 s after it came, 2 s after it changed
    assert names(scan_once(lab, memory, clock=clock)) == []
    clock.now += 1
    assert names(scan_once(lab, memory, clock=clock)) == ["inbox/a.csv"]
    assert scan_once(lab, memory, clock=clock).waiting == ()


@pytest.mark.parametrize("is_cut_in_a_line", [True, False])
def test_an_unfinished_file_gets_patience(bench: Any, is_cut_in_a_line: bool) -> None:
    lab = bench.with_settings(watch__settle_seconds=3, watch__patience_seconds=60)
    clock, memory = Watch(), ScanMemory()
    whole = bench.csv()
    start = whole[: len(whole) // 2] if is_cut_in_a_line else b"".join(whole.splitlines(keepends=True)[:4])
    path = bench.drop("a.csv", start)
    scan_once(lab, memory, clock=clock)
    clock.now += 30
    (waiting,) = scan_once(lab, memory, clock=clock).waiting
    assert ("last line is still open" if is_cut_in_a_line else "cannot be read yet") in waiting.reason
    with path.open("ab") as stream:
        stream.write(whole[len(start) :])
    scan_once(lab, memory, clock=clock)
    clock.now += 3
    (result,) = scan_once(lab, memory, clock=clock).results
    assert (result.refusal, result.state) == (None, "unassigned")
    assert len(files(bench.lab)) == 1


def test_patience_ends(bench: Any) -> None:
    lab = bench.with_settings(watch__settle_seconds=3, watch__patience_seconds=60)
    clock, memory = Watch(), ScanMemory()
    bench.drop("header only.csv", b"".join(bench.csv().splitlines(keepends=True)[:4]))
    bench.drop("no line end.csv", bench.csv().rstrip())
    scan_once(lab, memory, clock=clock)
    clock.now += 59
    assert names(scan_once(lab, memory, clock=clock)) == []
    clock.now += 1
    assert [(result.file, result.state) for result in scan_once(lab, memory, clock=clock).results] == [
        ("inbox/header only.csv", "refused"),
        ("inbox/no line end.csv", "unassigned"),
    ]


def test_known_files_need_no_patience_and_no_second_look(bench: Any) -> None:
    lab = bench.with_settings(watch__settle_seconds=0, watch__patience_seconds=60)
    path = bench.drop("bad.csv", b"unreadable")
    refused = import_file(lab, path)
    assert names(scan_once(lab, ScanMemory.of(lab))) == []
    os.utime(path, (1, 1))  # copied back by somebody, say
    (again,) = scan_once(lab, ScanMemory.of(lab)).results
    assert (again.file_id, again.is_new) == (refused.file_id, False)
    assert names(scan_once(lab, ScanMemory.of(lab))) == []


def test_new_content_under_an_old_name_is_new(bench: Any) -> None:
    memory = ScanMemory()
    bench.drop("a.csv", bench.csv(seed=1))
    (first,) = scan_once(bench.lab, memory).results
    bench.drop("a.csv", bench.csv(seed=2))
    (second,) = scan_once(bench.lab, memory).results
    assert second.is_new
    assert second.earlier_file_id == first.file_id


def test_a_missing_inbox_is_told_and_found_again(bench: Any) -> None:
    memory = ScanMemory()
    away = bench.lab.folder.inbox.rename(bench.lab.folder.path / "away")
    report = scan_once(bench.lab, memory)
    assert "inbox" in str(report.unreachable)
    (away / "a.csv").write_bytes(bench.csv())
    away.rename(bench.lab.folder.inbox)
    assert names(scan_once(bench.lab, memory)) == ["inbox/a.csv"]


def test_one_bad_file_does_not_hold_up_the_others(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real = reading.read_spectra

    def stumbling(incoming: Any, *rest: Any) -> Any:
        if "fault" in incoming.name:
            raise IndexError("a fault in a plug-in")
        if "locked" in incoming.name:
            raise PermissionError(13, "open in another program")
        return real(incoming, *rest)

    monkeypatch.setattr(scan, "read_spectra", stumbling)
    for seed, name in enumerate(("a fault.csv", "b locked.csv", "c good.csv")):
        bench.drop(name, bench.csv(seed=seed))
    memory, faults = ScanMemory(), []
    report = scan_once(bench.lab, memory, on_fault=faults.append)
    assert [(result.file, result.state) for result in report.results] == [
        ("inbox/a fault.csv", "refused"),
        ("inbox/c good.csv", "unassigned"),
    ]
    assert "IndexError" in str(report.results[0].refusal)
    assert [type(fault) for fault in faults] == [IndexError]
    assert [waiting.path for waiting in report.waiting] == ["inbox/b locked.csv"]
    assert names(scan_once(bench.lab, memory)) == []
    monkeypatch.setattr(scan, "read_spectra", real)
    assert names(scan_once(bench.lab, memory)) == ["inbox/b locked.csv"]


def test_a_file_that_goes_while_it_waits_is_forgotten(bench: Any) -> None:
    lab = bench.with_settings(watch__settle_seconds=3)
    clock, memory = Watch(), ScanMemory()
    bench.drop("a.csv", bench.csv()).unlink()
    path = bench.drop("b.csv", bench.csv())
    assert len(scan_once(lab, memory, clock=clock).waiting) == 1
    path.unlink()
    assert scan_once(lab, memory, clock=clock).waiting == ()


def test_a_single_scan_looks_twice(bench: Any) -> None:
    lab = bench.with_settings(watch__settle_seconds=5)
    bench.drop("a.csv", bench.csv())
    slept: list[float] = []
    clock = Watch()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.now += seconds

    assert names(scan_once(lab, clock=clock, sleep=sleep)) == ["inbox/a.csv"]
    assert slept == [5]


def test_what_can_never_be_stored_is_told_once(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_FILE_BYTES", 1000)
    bench.drop("huge.csv", bench.csv())
    memory = ScanMemory()
    (result,) = scan_once(bench.lab, memory).results
    assert (result.file_id, result.state) == (None, "refused")
    assert "larger than" in str(result.refusal)
    again = scan_once(bench.lab, memory)
    assert (again.results, again.waiting) == ((), ())
    bench.drop("huge.csv", b"small\n")
    assert [item.file_id is None for item in scan_once(bench.lab, memory).results] == [False]


def test_a_vault_that_cannot_be_written_makes_the_file_wait(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> str:
        raise OSError(28, "No space left on device")

    bench.drop("a.csv", bench.csv())
    memory = ScanMemory()
    with monkeypatch.context() as patch:
        patch.setattr("nasicon_loop.lab.vault.tempfile.mkstemp", full)
        (waiting,) = scan_once(bench.lab, memory).waiting
    assert waiting.is_trouble
    assert "No space left" in waiting.reason
    assert files(bench.lab) == []
    assert names(scan_once(bench.lab, memory)) == ["inbox/a.csv"]
