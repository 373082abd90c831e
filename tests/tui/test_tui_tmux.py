"""In a real terminal, tmux, at 80x24 and 160x50: each screen opens by its key, fits, and quitting leaves nothing."""

import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nasicon_loop.lab import Lab, new_sample, weighing_progress
from nasicon_loop.tui.keys import PLACES

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
_PATIENCE_SECONDS = 60.0
_SCREENS = """
import sys
from pathlib import Path
from nasicon_loop.lab import opened
from nasicon_loop.tui import jobs, run
def tiny(lab, kind, n=0):
    return [sys.executable, "-c", sys.argv[2], kind, str(lab.folder.path), *([str(n)] if n else [])]
jobs.command = tiny
flags = {"measurement.temperature_c": 25.0, "measurement.temperature_sd_c": 1.0}
with opened(Path(sys.argv[1]), flags=flags, who="Kim") as lab:
    run(lab)
"""
"""The screens as they are, but that what they train is done in a moment."""


@dataclass
class Terminal:
    """A tmux server of our own with one window."""

    socket: Path

    def run(self, *words: str) -> str:
        """Give tmux a command."""
        command = ["tmux", "-S", str(self.socket), "-f", "/dev/null", *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    @property
    def lines(self) -> list[str]:
        """What the terminal shows."""
        return self.run("capture-pane", "-p", "-t", "0").splitlines()

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names of them."""
        self.run("send-keys", "-t", "0", *keys)

    def type(self, text: str) -> None:
        """Type text."""
        self.run("send-keys", "-t", "0", "-l", text)

    def see(self, text: str) -> list[str]:
        """Wait until the terminal shows a text."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while text not in "\n".join(lines := self.lines):
            if time.monotonic() > until:
                pytest.fail(f"never came: {text}\n" + "\n".join(lines))
            time.sleep(0.1)
        return lines


@pytest.fixture(params=[(80, 24), (160, 50)], ids=lambda size: f"{size[0]}x{size[1]}")
def terminal(
    request: pytest.FixtureRequest, lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Terminal, int, int]]:
    """The screens in a terminal of that size."""
    new_sample(lab, "Na3.36Zr1.92Cu0.08Si2.2P0.8O12")
    columns, rows = request.param
    one = Terminal(tmp_path / "tmux")
    monkeypatch.delenv("TMUX", raising=False)
    command = [sys.executable, "-m", "nasicon_loop.tui", str(lab.folder.path)]
    one.run("new-session", "-d", "-x", str(columns), "-y", str(rows), *command)
    yield one, columns, rows
    subprocess.run(["tmux", "-S", str(one.socket), "kill-server"], capture_output=True, check=False)


def test_each_screen_opens_by_its_key_and_fits(terminal: tuple[Terminal, int, int]) -> None:
    tmux, columns, rows = terminal
    tmux.see("samples, next")
    tabs = " ".join(f"{place.digit} {place.title}" for place in PLACES)
    for place in PLACES:
        tmux.press(place.digit)
        said = {"board": "samples, next", "inbox": "files, ", "journal": "entries", "doctor": "things looked at"}
        tmux.see(said.get(place.name, "Esc back"))
        lines = tmux.see("q quit")
        assert lines[0].strip() == tabs
        assert len(lines) <= rows
        assert max(map(len, lines)) <= columns
    tmux.press("q")
    _is_left(tmux)


def _is_left(tmux: Terminal) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    asked = ["tmux", "-S", str(tmux.socket), "has-session"]
    while subprocess.run(asked, capture_output=True, check=False).returncode == 0:
        assert time.monotonic() < until, "q does not leave"
        time.sleep(0.1)


@pytest.fixture(params=[(80, 24), (160, 50)], ids=lambda size: f"{size[0]}x{size[1]}")
def bench(
    request: pytest.FixtureRequest, literate: Lab, tiny_child: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Terminal]:
    """The screens of a lab that knows the literature, in a terminal of that size."""
    columns, rows = request.param
    one = Terminal(tmp_path / "tmux")
    monkeypatch.delenv("TMUX", raising=False)
    command = [sys.executable, "-c", _SCREENS, str(literate.folder.path), tiny_child]
    one.run("new-session", "-d", "-x", str(columns), "-y", str(rows), shlex.join(command))
    yield one
    subprocess.run(["tmux", "-S", str(one.socket), "kill-server"], capture_output=True, check=False)


@pytest.mark.torture
def test_a_whole_round_by_keys_in_a_terminal(
    cables: Any, bench: Terminal, literate: Lab, spectrum: Callable[..., bytes], assert_round: Callable[[Lab], None]
) -> None:
    tmux = bench
    tmux.see("samples, next")
    _train(tmux, "run 1 is the newest of 1")
    _suggest(tmux, "2", "new: suggestions 1, 2", "no suggestions yet")
    tmux.press("a")
    tmux.see("✓ accepted")
    _ask(tmux, "m", "Begin a sample", "y", "NL-0001 begun")
    _make(tmux, literate, cables)
    (literate.folder.inbox / "NL-0001.csv").write_bytes(spectrum(3, 0.06))
    tmux.press("2")
    tmux.see("nothing was imported yet")
    tmux.press("o")
    tmux.see("Import")
    tmux.type(str(literate.folder.inbox))
    tmux.press("C-s")
    tmux.see("? held")
    tmux.press("Enter")
    tmux.see("review, waits")
    tmux.press("a")
    tmux.see("it stays in the journal")
    tmux.type("looked at the arcs")
    _ask(tmux, "C-s", "review, teaches")
    _train(tmux, "run 2 is the newest of 2")
    tmux.see("0 of 1 results not learned")
    _suggest(tmux, "1", "new: suggestions 3", "2 suggestions, 1 open")
    _ask(tmux, "1", "✓ analysed", "q")
    _is_left(tmux)
    assert_round(literate)


def _ask(tmux: Terminal, *pairs: str) -> None:
    """Press a key, see a text, and so on."""
    for place, one in enumerate(pairs):
        (tmux.see if place % 2 else tmux.press)(one)


def _train(tmux: Terminal, headline: str) -> None:
    _ask(tmux, "7", "t train", "t", headline)
    tmux.see("model run")


def _suggest(tmux: Terminal, n: str, said: str, before: str) -> None:
    _ask(tmux, "3", before, "n", "how many", "BSpace")
    tmux.type(n)
    _ask(tmux, "Enter", said)


def _make(tmux: Terminal, lab: Lab, cables: Any) -> None:
    """Sheet, balance, furnace, pellet, geometry, furnace."""
    _ask(tmux, "4", "r plans one", "r", "Plan the recipe of", "1", "pellets", "C-s", "BENCH SHEET")
    _weigh(tmux, lab)
    _fire(tmux, cables, ": calcined")
    _ask(tmux, "5", "p new pellet", "p", "New pellet of", "C-s", "no geometry yet")
    _ask(tmux, "g", "Geometry of a pellet", "Enter")
    tmux.type("0.112")
    tmux.press("Enter")
    tmux.type("1.6")
    _ask(tmux, "C-s", "electrode 1.6 cm", "4", ": pressed")
    _fire(tmux, cables, ": sintered")


def _weigh(tmux: Terminal, lab: Lab) -> None:
    lines = weighing_progress(lab, "NL-0001").lines
    tmux.press("b")
    for n, line in enumerate(lines, 1):
        tmux.see(f"{n} of {len(lines)}  {line.formula}")
        tmux.see("GOOD  within the tolerance  ● stable")
        tmux.press("Enter")
    _ask_seen(tmux, "everything is weighed", "Enter", "weighed Na")


def _fire(tmux: Terminal, cables: Any, done: str) -> None:
    tmux.press("l")
    for place, value in enumerate(cables.typed("\n".join(tmux.see("Start tube furnace")))):
        tmux.type(value)
        tmux.press("Enter" if place < 2 else "C-s")
    _ask_seen(tmux, "e give up run", "u", "tube furnace: run ")
    _ask_seen(tmux, "ended, ", "Escape", done)


def _ask_seen(tmux: Terminal, seen: str, *pairs: str) -> None:
    """See a text, press a key, see a text, and so on."""
    tmux.see(seen)
    _ask(tmux, *pairs)
