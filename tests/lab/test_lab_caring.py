"""Backups that are proved in full, by the command line, on either kind of database."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from nasicon_loop.cli.app import app
from nasicon_loop.lab import board
from nasicon_loop.lab.context import opened
from nasicon_loop.lab.scan import scan_once


@pytest.fixture
def folder(bench: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lab with a measured sample, closed, and the one that commands find."""
    bench.drop(f"{bench.sample()}.csv", bench.csv())
    scan_once(bench.lab)
    bench.lab.database.close()
    path: Path = bench.lab.folder.path
    monkeypatch.setenv("NASICON_LAB", str(path))
    return path


def say(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words))
    return done.exit_code, done.output


def n_samples(folder: Path) -> int:
    with opened(folder, who="test") as lab:
        return len(board(lab))


def test_there_and_back(folder: Path) -> None:
    copy = folder / "backups" / "mine.db"
    assert say("db", "backup", str(copy), "--verify") == (0, f"written and verified: {copy}\n")
    code, said = say("db", "backup", str(copy))
    assert (code, said) == (0, f"written and verified: {copy.with_name('mine-2.db')}\n"), "the other copy is named"
    assert say("sample", "new", "Na3Zr2Si2PO12")[0] == 0
    assert n_samples(folder) == 2
    code, said = say("db", "restore", str(copy), "--verify")
    assert code == 0
    assert "restored; what was there is kept as" in said
    assert n_samples(folder) == 1
    assert say("db", "check")[0] == 0


def test_a_backup_that_was_changed_is_not_put_back(folder: Path) -> None:
    copy = folder / "backups" / "mine.db"
    say("db", "backup", str(copy))
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("UPDATE analysis SET sigma_total_s_cm = 1.0")
        connection.commit()
    assert say("sample", "new", "Na3Zr2Si2PO12")[0] == 0
    code, said = say("db", "restore", str(copy), "--verify")
    assert code == 1
    assert "analysis 1 is not as it was written (fact changed)" in said
    assert n_samples(folder) == 2


def test_bytes_that_the_vault_lost_are_told_and_those_that_came_later_are_not(folder: Path) -> None:
    copy = folder / "backups" / "mine.db"
    say("db", "backup", str(copy))
    (folder / "inbox" / "note.csv").write_bytes(b"milk\n")
    say("import", str(folder / "inbox" / "note.csv"))
    assert say("db", "restore", str(copy), "--verify")[0] == 0
    (kept,) = (path for path in (folder / "vault").rglob("*") if path.is_file() and path.stat().st_size > 5)
    kept.unlink()
    code, said = say("db", "backup", "--verify")
    assert code == 1
    assert "are not in the vault (vault missing)" in said
