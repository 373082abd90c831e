"""What files, people and instruments call things is shown as text: never as an escape, markup, code or another line."""

import csv
import json
import os
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from nasicon_loop.cli.app import app
from nasicon_loop.core import plain, to_json
from nasicon_loop.lab import export_lab, write_report
from nasicon_loop.lab.context import Lab
from nasicon_loop.lab.scan import scan_once
from nasicon_loop.report import crate_faults

HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07\x9b31m[red]<img src=x onerror=alert(1)>&lt;=cmd|' calc'!A0$\\frac{\u202egpj.exe\u2028x"
)
HARMFUL = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def is_harmless(text: str) -> bool:
    return not any(unicodedata.category(char) in HARMFUL for char in text.replace("\n", ""))


def run(lab: Lab, *arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments, "--lab", str(lab.folder.path)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.output


@pytest.fixture
def hostile(lab: Lab, sweep: bytes) -> Lab:
    """A lab where file, sample note, pellet note, operator and a refused header are hostile."""
    with lab.database.write(who=HOSTILE) as writer:
        sample = writer.add_sample("Na3Zr2Si2PO12", note=HOSTILE)
        pellet = writer.add_pellet(sample)
        writer.add_geometry(pellet, thickness_cm=0.127, electrode_diameter_cm=1.6)
    (lab.folder.inbox / f"{sample.label}_{HOSTILE}.csv").write_bytes(sweep)
    (lab.folder.inbox / f"bad{HOSTILE}.txt").write_bytes(f"{HOSTILE}\n{HOSTILE},{HOSTILE}\n".encode())
    scan_once(lab)
    return lab


COMMANDS = [
    ("inbox", "list"), ("sample", "list"), ("sample", "show", "NL-0001"), ("campaign", "status"),
    ("campaign", "journal"), ("analysis", "show", "1"), ("db", "check"), ("recipe", "NL-0001"),
]  # fmt: skip


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_command_prints_what_a_terminal_acts_on(hostile: Lab, words: tuple[str, ...]) -> None:
    for arguments in (words, (*words, "--json")):
        said = run(hostile, *arguments)
        assert said.strip()
        assert is_harmless(said), ascii(said)
    json.loads(said)


def test_refused_names_and_options_are_shown_harmless(hostile: Lab) -> None:
    for arguments in (("sample", "show", HOSTILE), ("recipe", HOSTILE), ("import", HOSTILE), ("fit", HOSTILE)):
        result = CliRunner().invoke(
            app, [*arguments, *(() if arguments[0] == "fit" else ("--lab", str(hostile.folder.path)))]
        )
        assert result.exit_code == 1, result.output
        assert is_harmless(result.output), ascii(result.output)


def test_the_report_holds_no_markup_from_outside(hostile: Lab) -> None:
    page = write_report(hostile).html.read_text(encoding="utf-8")
    assert "<img src=x" not in page
    assert "<script" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page, "the name is shown, as text"
    assert is_harmless(page)


def test_the_tables_that_leave_the_lab_hold_text_and_no_formula(hostile: Lab) -> None:
    out = hostile.folder.path.parent / "out"
    export_lab(hostile, out, with_files=True)
    for path in out.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        assert is_harmless(text), path.name
        cells = [cell for row in csv.reader(text.splitlines()) for cell in row]
        assert [cell for cell in cells if cell[:1] in set("=+-@") and not _is_number(cell)] == []
    assert is_harmless((out / "README.md").read_text(encoding="utf-8"))
    assert is_harmless((out / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    assert crate_faults(out) == []
    assert all(path.name.partition(".")[0].isalnum() for path in (out / "originals").iterdir())


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_no_text_are_imported_all_the_same(lab: Lab, sweep: bytes) -> None:
    name = os.fsencode(lab.folder.inbox) + b"/NL-0001_\xff\xfe.csv"
    try:
        with open(name, "wb") as stream:  # noqa: PTH123 - a name that a Path would print, not hold
            stream.write(sweep)
    except OSError:
        pytest.skip("this file system takes only names that are text")
    report = scan_once(lab)
    assert [result.state for result in report.results] == ["unassigned"], report
    assert scan_once(lab).results == ()
    assert is_harmless(run(lab, "inbox", "list", "--json"))


@given(st.text(st.characters()))
def test_json_shows_nothing_that_a_terminal_acts_on_and_loses_nothing(text: str) -> None:
    written = to_json({"x": text, f"y{text[:5]}": 1})
    assert is_harmless(written)
    assert json.loads(written)["x"] == text


@given(st.text(st.characters()))
def test_plain_text_is_one_harmless_line(text: str) -> None:
    clean = plain(text)
    assert is_harmless(clean)
    assert len(clean.splitlines()) <= 1


def test_sheets_show_hostile_labels_as_text() -> None:
    import recipes

    recipe = recipes.plan("Na3Zr2Si2PO12")
    for style in ("text", "markdown"):
        page = recipes.sheet(recipe, label=HOSTILE, format=style)  # type: ignore[arg-type]
        assert is_harmless(page), style
    assert "\\<img" in page
    data = recipes.pdf_sheet(recipe, label=HOSTILE)
    assert data.startswith(b"%PDF")
    assert b"/JavaScript" not in data
    assert b"/URI" not in data
