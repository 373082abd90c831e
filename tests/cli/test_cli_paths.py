"""Every path that a command takes may be anything: one line `path: reason`, exit code 1, no traceback, no waiting.

The paths are found from the commands themselves: one that is new and stands in none of the tables below fails here.
"""

import inspect
import json
import os
import resource
import subprocess
import sys
import typing
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import db
from instruments.sim import xm_studio_csv
from nasicon_loop.cli.app import app
from nasicon_loop.core import plain
from nasicon_loop.lab import import_files
from nasicon_loop.lab.context import opened
from nasicon_loop.lab.folder import init

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices of POSIX"),
]

READ = {
    ("import", "files"): "import PATH",
    ("fit", "files"): "fit PATH",
    ("fit", "short"): "fit GOOD --short PATH",
    ("fit", "open_"): "fit GOOD --open PATH",
    ("leads set", "short"): "leads set --short PATH",
    ("leads set", "open_"): "leads set --open PATH",
    ("dummy add", "file"): "dummy add PATH",
    ("polarisation", "file"): "polarisation PATH --voltage-v 0.5",
    ("polarisation", "file of a sample"): "polarisation PATH --sample NL-0001-P1 --voltage-v 0.5",
    ("pellet phase", "file"): "pellet phase NL-0001-P1 --phase R-3c --file PATH",
    ("data import", "source"): "data import PATH",
    ("predict", "things"): "predict PATH",
    ("db restore", "source"): "db restore PATH",
    ("db copy", "source"): "db copy PATH NEW",
}
"""Files that are read: the words around PATH."""
WRITE = {
    ("data cif", "output"): ("data cif Na3Zr2Si2PO12 --output PATH", ".cif"),
    ("report", "output"): ("report --output PATH", ".html"),
    ("report", "pdf"): ("report --pdf PATH", ".pdf"),
    ("recipe", "pdf"): ("recipe Na3Zr2Si2PO12 --pdf PATH", ".pdf"),
    ("analysis show", "plot"): ("analysis show 1 --plot PATH", ".png"),
    ("fit", "plot"): ("fit GOOD --plot PATH", ".svg"),
    ("screen", "plot"): ("screen --plot PATH", ".png"),
    ("validate", "plot"): ("validate --stored --plot PATH", ".png"),
    ("screen", "plot of pairs"): ("screen --pairs --plot PATH", ".png"),
    ("db backup", "target"): ("db backup PATH", ".db"),
    ("db copy", "target"): ("db copy LAB PATH", ".db"),
}
"""Files that are written, and their ending."""
MAKE = {
    ("init", "folder"): "init PATH",
    ("data fetch", "output"): "data fetch cod --output PATH",
    ("export", "folder"): "export PATH",
    ("fit", "plot folder"): "fit GOOD --plot PATH",
}
"""Folders that are made or written to."""
ELSEWHERE = {("demo", "folder")}
"""Tested below, since it is a process of its own."""
WITHOUT_LAB = ("init", "data cif", "db copy")


def commands(group: Any = app, words: tuple[str, ...] = ()) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every command with the function behind it."""
    for one in group.registered_commands:
        yield " ".join((*words, one.name)), one.callback
    for inner in group.registered_groups:
        yield from commands(inner.typer_instance, (*words, inner.typer_instance.info.name))


def takes_path(hint: Any) -> bool:
    """Whether a type has a path in it."""
    inside = typing.get_args(hint)
    return hint is Path or any(map(takes_path, inside[:1] if typing.get_origin(hint) is typing.Annotated else inside))


def paths_of(function: Callable[..., Any]) -> set[str]:
    """The parameters of a command that are paths, by their types."""
    hints = typing.get_type_hints(function, include_extras=True)
    return {name for name, hint in hints.items() if name != "return" and takes_path(hint)}


def test_every_path_of_every_command_is_in_a_table() -> None:
    found = {(words, name) for words, function in commands() for name in paths_of(function) if name != "lab"}
    assert len(found) > 15
    assert found <= {*READ, *WRITE, *MAKE, *ELSEWHERE}
    known = {words for words, _ in commands()}
    assert {words for words, _ in (*READ, *WRITE, *MAKE, *ELSEWHERE)} <= known


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A lab with a measured pellet; however often it was asked for nonsense, it is sound at the end."""
    path = init(tmp_path_factory.mktemp("paths") / "lab").path
    with opened(path, who="test") as lab, lab.database.write(who="test") as writer:
        pellet = writer.add_pellet(writer.add_sample("Na3Zr2Si2PO12"))
        writer.add_geometry(pellet, thickness_cm=0.127, electrode_diameter_cm=1.6)
    frequency_hz = np.logspace(6, 0, 31)
    omega = 2j * np.pi * frequency_hz
    impedance = 30.0 + 1 / (omega * 2e-8 + 1 / (35.0 + 100.0 / np.sqrt(omega)))
    good = path.parent / "NL-0001 good.csv"
    good.write_bytes(xm_studio_csv(frequency_hz, impedance, started_at=datetime(2024, 6, 20, tzinfo=UTC)))
    with opened(path, who="test") as lab:
        (result,) = import_files(lab, [good])
        assert result.sweeps[0].analysis_id == 1
    yield path
    with opened(path, who="test") as lab:
        assert [str(finding) for finding in db.check(lab.database, lab.folder.vault)] == []
        with lab.database.read() as reader:
            assert not [one for one in ("leads", "dummy", "polarisation") if reader.quality_records(one)]
    assert list(path.rglob("*.part*")) == []


def run(folder: Path, line: str, place: object, *more: str) -> Any:
    """Run a command of the lab with a path in it."""
    known = {"PATH": str(place), "GOOD": str(folder.parent / "NL-0001 good.csv"), "LAB": str(folder),
             "NEW": str(folder.parent / "new.db")}  # fmt: skip
    words = [known.get(word, word) for word in line.split()]
    lab = [] if line.startswith(WITHOUT_LAB) else ["--lab", str(folder)]
    return CliRunner().invoke(app, [*words, *more, *lab])


def refused_in_one_line(result: Any, place: object) -> str:
    """What it said; fails unless that is one line with the place and a reason."""
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    said = result.stdout + result.stderr
    assert result.exit_code == 1, said
    assert "Traceback" not in said
    (line,) = [one for one in said.splitlines() if one.startswith(("nasicon: ", "refused  "))]
    assert line.isprintable()
    begins = plain(place, limit=2000)[:120]
    assert begins in line
    assert len(line.partition(begins)[2]) > 5, "and the reason"
    return line


def errors_in(document: Any) -> list[str]:
    """Every error that a JSON document tells."""
    if isinstance(document, dict):
        own = [document["error"]] if document.get("error") else []
        return own + [error for value in document.values() for error in errors_in(value)]
    return [error for one in document for error in errors_in(one)] if isinstance(document, list) else []


ODD = ("missing", "a folder", "below a file", "a pipe", "a device", "huge", "empty", "long", "escapes", "no text")


def odd(kind: str, where: Path, ending: str) -> Path:
    """Make one of the things that are no file of ours, and return its path."""
    path = where / f"odd{ending}"
    if kind == "a folder":
        path.mkdir()
    elif kind == "below a file":
        path.write_bytes(b"x")
        path = path / f"odd{ending}"
    elif kind == "a pipe":
        os.mkfifo(path)
    elif kind == "a device":
        path.symlink_to("/dev/zero")
        path = path if ending else Path("/dev/zero")
    elif kind == "huge":
        with path.open("wb") as stream:
            stream.truncate(2**30)
    elif kind == "empty":
        path.touch()
    elif kind == "long":
        path = where / ("x" * 300 + ending)
    elif kind == "escapes":
        path = where / f"\x1b[31m\n\u202e{ending}"
    elif kind == "no text":
        path = where / f"\udcff{ending}"
    return path


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("line", READ.values())
def test_what_is_no_file_of_ours_is_refused_in_one_line(folder: Path, line: str, kind: str, tmp_path: Path) -> None:
    if kind == "a folder" and line == "import PATH":
        pytest.skip("a folder is imported file by file")
    place = odd(kind, tmp_path, ".cif" if line.startswith("predict") else "")
    refused_in_one_line(run(folder, line, place), place)
    result = run(folder, line, place, "--json")
    assert result.exit_code == 1
    assert errors_in(json.loads(result.stdout))
    assert not (folder.parent / "new.db").exists()


@pytest.mark.parametrize("line", READ.values())
def test_what_is_too_large_is_not_taken_into_memory(folder: Path, line: str, tmp_path: Path) -> None:
    ending = ".cif" if line.startswith("predict") else ""
    run(folder, line, tmp_path / f"missing{ending}")  # what is loaded on first use is loaded now
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    place = odd("huge", tmp_path, ending)
    refused_in_one_line(run(folder, line, place), place)
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kib < 250 * 1024


TAKEN = ("a folder", "a pipe", "a device", "below a file", "no place", "long")


@pytest.mark.parametrize("kind", TAKEN)
@pytest.mark.parametrize(("line", "ending"), WRITE.values())
def test_what_cannot_be_written_is_refused_in_one_line(
    folder: Path, line: str, ending: str, kind: str, tmp_path: Path
) -> None:
    if kind == "no place" and not Path("/proc/self").exists():
        pytest.skip("no folder that nobody may write")
    if kind == "no place" and line.startswith(("screen", "validate")):
        pytest.skip("it scores first, and there is no model")
    place = Path(f"/proc/nasicon/odd{ending}") if kind == "no place" else odd(kind, tmp_path, ending)
    before = sorted(tmp_path.rglob("*"))
    refused_in_one_line(run(folder, line, place), place)
    assert sorted(tmp_path.rglob("*")) == before, "nothing is left beside it"


@pytest.mark.parametrize("kind", ["a file", "a pipe", "below a file", "no place", "long"])
@pytest.mark.parametrize("line", MAKE.values())
def test_what_cannot_be_a_folder_is_refused_in_one_line(folder: Path, line: str, kind: str, tmp_path: Path) -> None:
    place = Path("/proc/nasicon") if kind == "no place" else odd("empty" if kind == "a file" else kind, tmp_path, "")
    refused_in_one_line(run(folder, line, place), place)


@pytest.mark.parametrize("name", ["\x1b[31m\u202e\n", "\udcff"], ids=["escapes", "no text"])
@pytest.mark.parametrize(("line", "ending"), [*WRITE.values(), *((line, "") for line in MAKE.values())])
def test_a_name_that_may_be_written_is_shown_harmless(
    folder: Path, line: str, ending: str, name: str, tmp_path: Path
) -> None:
    if line.startswith(("screen", "validate", "data fetch")):
        pytest.skip("needs a model, or a network")
    place = tmp_path / f"{name}{ending}"
    result = run(folder, line, place)
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    assert result.exit_code == 0, result.output
    assert all(one.isprintable() for one in result.output.splitlines())
    assert place.exists()


@pytest.mark.parametrize("kind", ["a file", "below a file"])
def test_the_demo_refuses_what_cannot_be_its_folder(kind: str, tmp_path: Path) -> None:
    place = odd("empty" if kind == "a file" else kind, tmp_path, "")
    command = [sys.executable, "-m", "nasicon_loop.cli", "demo", "--rounds", "1", "--folder", str(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"demo: {place}: ")


def minimal(words: str, function: Callable[..., Any], file: Path) -> list[str]:
    """A call of a command with something in every place that needs something."""
    hints = typing.get_type_hints(function)
    call = words.split()
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.default is not inspect.Parameter.empty:
            continue
        is_option = type(typing.get_args(typing.get_type_hints(function, include_extras=True)[name])[1]).__name__
        value = str(file) if takes_path(hints[name]) else "1" if hints[name] in (int, float) else "NL-0001"
        call += [f"--{name.replace('_', '-')}", value] if is_option == "OptionInfo" else [value]
    return [*call, *(["--all", "--reanalyse"] if words == "fit" else [])]


LABS = (
    "missing",
    "a file",
    "a pipe",
    "a folder",
    "long",
    "escapes",
    "settings that are a pipe",
    "settings of nonsense",
)
OPENING = [one for one in commands() if "lab" in paths_of(one[1])]
"""All commands open their lab in one place: each is asked a few kinds, and one of them all."""


@pytest.mark.parametrize(
    ("words", "function", "kind"),
    [(*one, kind) for one in OPENING for kind in (LABS if one[0] == "campaign status" else LABS[1:7:5])],
)
def test_what_is_no_lab_is_refused_in_one_line(
    folder: Path, words: str, function: Callable[..., Any], kind: str, tmp_path: Path
) -> None:
    place = odd({"a file": "empty"}.get(kind, kind), tmp_path, "")
    if kind.startswith("settings"):
        place.mkdir()
        os.mkfifo(place / "lab.toml") if kind.endswith("pipe") else (place / "lab.toml").write_bytes(b"\0\xff[[[")
    call = minimal(words, function, folder.parent / "NL-0001 good.csv")
    result = CliRunner().invoke(app, [*call, "--lab", str(place)])
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    said = result.stdout + result.stderr
    assert result.exit_code == 1, said
    assert all(line.isprintable() for line in said.splitlines())
    if words != "doctor":  # which says more than one thing
        assert result.stdout == ""
        assert result.stderr.startswith("nasicon: ")
        assert result.stderr.count("\n") == 1
