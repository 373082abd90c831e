"""In a real terminal, tmux, at 80x24 and 160x50: each screen opens by its key, fits, and quitting leaves nothing."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from nasicon_loop.lab import Lab, new_sample
from nasicon_loop.tui.keys import PLACES

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
_PATIENCE_SECONDS = 60.0


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
        tmux.run("send-keys", "-t", "0", place.digit)
        said = {"board": "samples, next", "inbox": "files, ", "journal": "entries", "doctor": "things looked at"}
        tmux.see(said.get(place.name, "Esc back"))
        lines = tmux.see("q quit")
        assert lines[0].strip() == tabs
        assert len(lines) <= rows
        assert max(map(len, lines)) <= columns
    tmux.run("send-keys", "-t", "0", "q")
    until = time.monotonic() + _PATIENCE_SECONDS
    asked = ["tmux", "-S", str(tmux.socket), "has-session"]
    while subprocess.run(asked, capture_output=True, check=False).returncode == 0:
        assert time.monotonic() < until, "q does not leave"
        time.sleep(0.1)
