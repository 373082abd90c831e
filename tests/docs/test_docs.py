"""What the documents say runs: Python examples as doctests, and the README's ring word for word."""

import doctest
import json
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from instruments.sim import xm_studio_csv
from nasicon_loop.cli.app import app
from nasicon_loop.eis import paper_spectrum

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_python_examples_give_what_they_show(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = doctest.testfile(
        str(page), module_relative=False, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    )
    assert result.failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    gone = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]
    assert gone == []


def _commands(page: Path) -> list[list[str]]:
    """The `nasicon ...` lines of a page's indented blocks, in order, without their comments."""
    lines = re.findall(r"^    nasicon ([^\n]+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return [shlex.split(line.replace("[", "").replace("]", ""), comments=True) for line in lines]


def _invoke(arguments: list[str]) -> str:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, f"nasicon {' '.join(arguments)}\n{result.output}"
    return result.output


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_in_a_document_exists(page: Path) -> None:
    from typer.main import get_command

    root = get_command(app)
    for words in _commands(page):
        command = root
        options = {"--help", "--version"}
        for word in words:
            children = getattr(command, "commands", {})
            if word in children:
                command = children[word]
                options |= {name for option in command.params for name in option.opts}
            elif word.startswith("--"):
                assert word.split("=")[0] in options, f"{page.name}: nasicon {' '.join(words)}"
        assert not getattr(command, "commands", None), f"{page.name}: nasicon {' '.join(words)}"


def test_the_readmes_ring_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of the README, in its order, with a file as a potentiostat would drop it."""
    monkeypatch.delenv("NASICON_LAB", raising=False)
    monkeypatch.setenv("NASICON_WATCH_SETTLE_SECONDS", "0")
    monkeypatch.setenv("NASICON_WATCH_POLL_SECONDS", "0.1")
    monkeypatch.setenv("NASICON_MEASUREMENT_TEMPERATURE_C", "25")
    monkeypatch.chdir(tmp_path)
    spectrum = paper_spectrum(30.31, 35.35, seed=1).spectrum
    started_at = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    data = xm_studio_csv(spectrum.frequency_hz, spectrum.impedance_ohm, started_at=started_at)
    (tmp_path / "pellet.csv").write_bytes(data)
    said: dict[str, list[str]] = {}
    for words in _commands(ROOT / "README.md"):
        if words[0] in ("tui", "demo"):
            continue
        typed = words
        if words[0] == "fit" and "*.csv" in words:
            typed = ["fit", "pellet.csv", "--json"]
        if words[0] == "watch":
            (tmp_path / "mylab" / "inbox" / "NL-0001_anything.csv").write_bytes(data)
            typed = ["watch", "--once"]
        said.setdefault(words[0], []).append(_invoke(typed))
        if words[0] == "init":
            monkeypatch.chdir(tmp_path / "mylab")
    assert (tmp_path / "nyquist.png").stat().st_size > 10_000
    fitted = json.loads(said["fit"][2])[0]
    assert fitted["verdict"] == "accepted"
    assert fitted["r_total_ohm"] == pytest.approx(65.66, rel=0.01)
    assert fitted["sigma_total_s_cm"] is None, "no conductivity without geometry"
    assert "8.4" in said["sample"][1] or "8.5" in said["sample"][1], "0.112 cm / (65.66 ohm 2.011 cm2) in the story"
    assert "accepted" in said["watch"][0]
    assert said["suggest"][0] != said["suggest"][1]
    assert "NL-0001-P1" in said["suggest"][1], "it says what was learned since"
    assert "clean" in _invoke(["db", "check"])
