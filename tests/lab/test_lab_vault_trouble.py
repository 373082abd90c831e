"""A vault that takes nothing: a line per file with what to do, the others go on, nothing half is kept."""

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import db
from nasicon_loop.cli.app import app
from nasicon_loop.core import Refusal
from nasicon_loop.lab import Symptom, examine, import_files, set_leads, vault
from nasicon_loop.lab.folder import LabFolder
from nasicon_loop.lab.scan import ScanMemory, scan_once


def gone(folder: LabFolder) -> None:
    folder.vault.rename(folder.path / "elsewhere")


def a_file(folder: LabFolder) -> None:
    gone(folder)
    folder.vault.write_bytes(b"not a folder")


def back(folder: LabFolder) -> None:
    if folder.vault.is_file():
        folder.vault.unlink()
    (folder.path / "elsewhere").rename(folder.vault)


BROKEN: dict[str, tuple[Callable[[LabFolder], None], str]] = {
    "gone": (gone, "is not there: bring the folder back"),
    "a file": (a_file, "is a file where the folder should be"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_each_file_has_its_line_and_nothing_is_kept(bench: Any, kind: str, tmp_path: Path) -> None:
    bench.sample()
    breaking, words = BROKEN[kind]
    breaking(bench.lab.folder)
    paths = [tmp_path / f"NL-0001 {number}.csv" for number in range(3)]
    for number, path in enumerate(paths):
        path.write_bytes(bench.csv(seed=number))
    results = import_files(bench.lab, [*paths, tmp_path / "missing.csv"])
    assert [result.state for result in results] == ["refused"] * 4
    for result in results[:3]:
        assert words in (result.refusal or "")
        assert str(bench.lab.folder.vault) in (result.refusal or "")
    assert "no such file" in (results[3].refusal or "")
    with bench.lab.database.read() as reader:
        assert reader.files() == []
    assert not bench.lab.folder.vault.is_dir(), "an empty one would hide that the old one is missing"
    back(bench.lab.folder)
    assert [result.is_new for result in import_files(bench.lab, paths)] == [True] * 3
    assert db.check(bench.lab.database, bench.lab.folder.vault) == []


def test_the_command_says_a_line_for_each(bench: Any, tmp_path: Path) -> None:
    gone(bench.lab.folder)
    for number in range(2):
        (tmp_path / f"{number}.csv").write_bytes(bench.csv(seed=number))
    files = [str(tmp_path / f"{number}.csv") for number in range(2)]
    words = ["import", *files, "--lab", str(bench.lab.folder.path)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert [line.partition(": ")[0] for line in lines] == [f"refused  {file}" for file in files]
    assert all("bring the folder back" in line for line in lines)
    documents = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)
    assert [document["file"] for document in documents] == files
    assert all("bring the folder back" in document["error"] for document in documents)


@pytest.mark.parametrize(
    ("number", "advice"),
    [(errno.ENOSPC, "make room"), (errno.EROFS, "give back the right"), (errno.EIO, "mend that")],
)
def test_what_still_finds_room_goes_on(
    bench: Any, number: int, advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = vault._written

    def tight(folder: Path, data: bytes) -> Path:
        if b"much" in data:
            raise OSError(number, os.strerror(number))
        return real(folder, data)

    monkeypatch.setattr(vault, "_written", tight)
    paths = [tmp_path / name for name in ("a.csv", "b.csv", "c.csv")]
    for place, path in enumerate(paths):
        path.write_bytes(bench.csv(seed=place) if place != 1 else b"much\n" * 1000)
    results = import_files(bench.lab, paths)
    assert [result.state for result in results] == ["unassigned", "refused", "unassigned"]
    assert os.strerror(number) in (results[1].refusal or "")
    assert advice in (results[1].refusal or "")
    assert db.check(bench.lab.database, bench.lab.folder.vault) == []


@pytest.mark.parametrize("is_analysed", [True, False])
def test_the_watch_lets_them_wait_with_the_reason_and_takes_them_later(bench: Any, *, is_analysed: bool) -> None:
    lab = bench.with_settings(watch__analyse=is_analysed)
    gone(lab.folder)
    for number in range(3):
        bench.drop(f"{number}.csv", bench.csv(seed=number))
    memory = ScanMemory.of(lab)
    waiting = scan_once(lab, memory).waiting
    assert [item.path for item in waiting] == [f"inbox/{number}.csv" for number in range(3)]
    assert all(item.is_trouble and "bring the folder back" in item.reason for item in waiting)
    back(lab.folder)
    assert len(scan_once(lab, memory).results) == 3
    assert db.check(lab.database, lab.folder.vault) == []


def test_other_commands_that_keep_files_say_it_too(bench: Any, tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    path.write_bytes(
        b"Frequency (Hz),Z' (ohm),Z'' (ohm)\n" + b"".join(b"%d,1,%g\n" % (10**k, k / 99) for k in range(7))
    )
    gone(bench.lab.folder)
    with pytest.raises(Refusal, match="bring the folder back"):
        set_leads(bench.lab, short=path)
    with bench.lab.database.read() as reader:
        assert reader.quality_records("leads") == []


def test_the_doctor_has_a_remedy_for_each(bench: Any) -> None:
    def vault_symptom() -> Symptom:
        return next(one for one in examine(bench.lab.folder.path) if one.what == "folder vault/")

    a_file(bench.lab.folder)
    assert vault_symptom().remedy.startswith(f"mv '{bench.lab.folder.vault}'")
    bench.lab.folder.vault.unlink()
    assert vault_symptom().remedy == f"mkdir '{bench.lab.folder.vault}'"


def test_a_database_that_fails_in_between_is_told_for_every_file_left(
    bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nasicon_loop.lab import importing

    real, seen = importing.keep_file, list[str]()

    def failing(lab: Any, incoming: Any, *rest: Any, **more: Any) -> Any:
        seen.append(incoming.name)
        if len(seen) > 1:
            raise Refusal("another program holds the database", "lab.db")
        return real(lab, incoming, *rest, **more)

    monkeypatch.setattr(importing, "keep_file", failing)
    for number in range(4):
        (tmp_path / f"{number}.csv").write_bytes(bench.csv(seed=number))
    results = import_files(bench.lab, [tmp_path / f"{number}.csv" for number in range(4)])
    assert [result.state for result in results] == ["unassigned", "refused", "refused", "refused"]
    assert all("another program holds" in (result.refusal or "") for result in results[1:])
    assert len(seen) == 2, "nobody waits for the database once more for each"
