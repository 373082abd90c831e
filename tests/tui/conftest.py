"""A real lab with a real measurement, and the application on it, pressed by keys only."""

import asyncio
import os
import re
import runpy
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual.events import Paste
from textual.pilot import Pilot

from instruments.sim import EurothermSimulator, MtSicsSimulator, PtyLine, RtuServer, SimClock, xm_studio_csv
from nasicon_loop.lab import Lab, create_lab, import_data, opened
from nasicon_loop.tui.app import NasiconApp

TINY = """
import sys
from dataclasses import replace
from nasicon_loop.predict import Settings
tiny = replace(Settings.quick(), preset="tiny", n_members=1, n_epochs=2, n_pretraining_epochs=1, n_trees=8)
Settings.default = classmethod(lambda cls: tiny)
from nasicon_loop.tui import child
sys.exit(child.main(sys.argv[1:]))
"""
"""A child of the screens that really trains, for a moment."""
STARTED_AT = datetime(2024, 6, 20, 6, 58, 13, tzinfo=UTC)
FLAGS = {"measurement.temperature_c": 25.0, "measurement.temperature_sd_c": 1.0}
_PATIENCE_SECONDS = 20.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.02, 0.2


def csv(seed: int = 0, noise: float = 0.003) -> bytes:
    """Return one sweep of the paper's circuit as XM-studio exports it; other `seed`, other noise."""
    frequency_hz = np.logspace(6, 0, 61)
    omega = 2 * np.pi * frequency_hz
    impedance = 30.3 + 1 / (1j * omega * 2e-8 + 1 / (135.0 + 50.0 * (1 - 1j) / np.sqrt(omega)))
    scatter = np.random.default_rng(seed).normal(size=(2, 61))
    noisy = impedance + noise * np.abs(impedance) * (scatter[0] + 1j * scatter[1]) / np.sqrt(2)
    return xm_studio_csv(frequency_hz, noisy, started_at=STARTED_AT)


@dataclass
class Hands:
    """A person at the keyboard."""

    app: NasiconApp
    pilot: "Pilot[None]"
    patience_seconds: float = _PATIENCE_SECONDS

    async def press(self, *keys: str) -> None:
        """Press keys; a word in quotes of its own is `type`."""
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Type text at once, as a terminal hands on what is pasted."""
        self.app.screen.post_message(Paste(text))
        await self.pilot.pause()

    async def until(self, is_so: Callable[[], bool], what: str = "") -> None:
        """Wait until something is so, however busy the machine is."""
        waited, pause = 0.0, _FIRST_PAUSE_SECONDS
        while waited < self.patience_seconds:
            if is_so():
                return
            await self.pilot.pause(pause)  # drawing the screen to look at it takes time from whoever is waited for
            waited, pause = waited + pause, min(1.2 * pause, _LONGEST_PAUSE_SECONDS)
        pytest.fail(f"never came: {what or is_so}\n{self.text}")

    async def see(self, text: str) -> None:
        """Wait until the screen shows a text."""
        await self.until(lambda: text in self.text, text)

    async def go(self, digit: str, seen: str) -> None:
        """Jump to a screen and wait until it shows what was read."""
        await self.press(digit)
        await self.see(seen)

    async def headline(self, title: str) -> None:
        """Wait until the headline says more than the screen's title."""
        await self.until(lambda: not self.lines[1].startswith(title), f"the headline of {title}")

    @property
    def lines(self) -> list[str]:
        """What the terminal shows."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip) for strip in strips]

    @property
    def text(self) -> str:
        """What the terminal shows, as one text."""
        return "\n".join(self.lines)


@pytest.fixture(scope="session")
def template(any_database: object, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lab as `nasicon init` makes it, without literature: to be copied."""
    folder: Path = tmp_path_factory.mktemp("tui") / "lab"
    create_lab(folder, name="bench", prefix="NL")
    return folder


@pytest.fixture
def lab(
    template: Path, copy_lab: Callable[[Path, Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Lab]:
    """An open lab at 25 °C."""
    monkeypatch.delenv("NASICON_LAB", raising=False)
    folder = copy_lab(template, tmp_path / "lab")
    with opened(folder, flags=FLAGS, who="Kim") as lab:
        yield lab


@asynccontextmanager
async def at_keyboard(lab: Lab, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Hands]:
    """Run the application without a terminal."""
    app = NasiconApp(lab)
    async with app.run_test(size=size) as pilot:
        hands = Hands(app, pilot)
        await hands.see("samples, next")
        yield hands
        await asyncio.sleep(0)


@pytest.fixture
def keyboard() -> Callable[..., object]:
    """The keyboard as a context: `async with keyboard(lab) as hands`."""
    return at_keyboard


@pytest.fixture
def spectrum() -> Callable[..., bytes]:
    """Bytes of an XM-studio export: `spectrum(seed, noise)`."""
    return csv


@pytest.fixture
def tiny_child() -> str:
    """Code of a child of the screens that trains with tiny settings; its words are those of `tui.child`."""
    return TINY


@pytest.fixture
def literate(lab: Lab) -> Lab:
    """A lab that knows the literature."""
    import_data(lab)
    return lab


class WithHands(MtSicsSimulator):
    """A balance with somebody before it who puts on what its display asks for."""

    def __init__(self) -> None:
        super().__init__(SimClock(40.0))
        self.pan.noise_g = 0.0  # less than the tolerance of the smallest line, always

    def _show(self, token: str, text: str) -> bytes:
        if text:
            _, mass, _ = text.split()
            self.pan.put(self._zero_g + self._tare_g + float(mass))
        return super()._show(token, text)


class Cables:
    """A simulated balance and a simulated furnace behind pseudo-terminals, as lab.toml would name them."""

    FURNACE = "tube furnace"
    SPEED = 12_000.0

    def __init__(self) -> None:
        self.balance = WithHands()
        self.furnace = EurothermSimulator(clock=SimClock(self.SPEED))

    @staticmethod
    def typed(question: str) -> tuple[str, str, str]:
        """Return what a person types who reads the furnace's question."""
        found = re.search(r"up to (\d+) °C, (\d+) min", question)
        assert found is not None, question
        return (Cables.FURNACE, *found.groups())


@pytest.fixture
def cables(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cables]:
    """Both devices at their ports; ask for it before the lab, whose settings name them then."""
    if sys.platform == "win32":
        pytest.skip("pseudo-terminals need Linux or macOS")
    devices = Cables()
    with PtyLine(devices.balance) as balance, PtyLine(RtuServer(devices.furnace)) as furnace:
        for name, value in {
            "BALANCE_DRIVER": "mt_sics",
            "BALANCE_PORT": balance.address,
            "FURNACE_DRIVER": "eurotherm_2400",
            "FURNACE_NAME": devices.FURNACE,
            "FURNACE_PORT": furnace.address,
            "FURNACE_CEILING_C": "1300",
            "FURNACE_LOG_EVERY_S": "0.1",
            "FURNACE_SIMULATED_SPEED": str(devices.SPEED),
        }.items():
            monkeypatch.setenv(f"NASICON_{name}", value)
        yield devices


@pytest.fixture
def picture() -> Callable[[Hands, str], None]:
    """Keep what a step shows: `NASICON_PICTURES=yes pytest tests/tui/test_tui_round.py` draws docs/pictures/round."""
    if "NASICON_PICTURES" not in os.environ:
        return lambda hands, name: None
    write = runpy.run_path(str(Path(__file__).parents[2] / "docs/pictures/draw.py"))["write"]

    def keep(hands: Hands, name: str) -> None:
        write(hands.app, f"round/{name}", tuple(hands.app.size))

    return keep


@pytest.fixture
def assert_round() -> Callable[[Lab], None]:
    """What the database says after a whole round by keys."""
    return _assert_round


def _assert_round(lab: Lab) -> None:
    with lab.database.read() as reader:
        (sample,) = reader.samples()
        first, second, third = reader.suggestions()
        assert (sample.label, sample.suggestion_id) in [("NL-0001", one.id) for one in (first, second)]
        assert sorted(reader.suggestion_states().values()) == ["accepted", "open", "open"]
        _assert_made(reader, sample)
        (pellet,) = reader.pellets(sample)
        geometry = reader.geometry(pellet)
        assert geometry is not None
        assert (geometry.thickness_cm, geometry.electrode_diameter_cm) == (0.112, 1.6)
        (row,) = reader.teaching_analyses()
        assert (row.pellet_label, row.signed_by, row.verdict) == ("NL-0001-P1", "Kim", "review")
        one, two = reader.model_runs()
        assert [lesson.analysis_id for lesson in reader.lessons(one)] == []
        assert [lesson.analysis_id for lesson in reader.lessons(two)] == [row.analysis_id]
        assert (first.model_run_id, second.model_run_id, third.model_run_id) == (one.id, one.id, two.id)


def _assert_made(reader: Any, sample: Any) -> None:
    """Weighed on the balance and fired in the furnace: what the database holds came over their cables."""
    firings, runs = reader.firings(sample), reader.furnace_runs()
    assert [firing.step for firing in firings] == [run.step for run in runs] == ["calcination", "sintering"]
    for firing, run, top_c in zip(firings, runs, (1100, 1200), strict=True):
        assert (firing.set_temperature_c, run.labels, run.who) == (top_c, (sample.label,), "Kim")
        assert firing.temperature_c == pytest.approx(top_c, abs=3)
        assert 0 < firing.hours < 14
        assert len(reader.furnace_readings(run)) > 3
        assert reader.furnace_events(run)[-1].kind == "ended"
    weighing = reader.weighing(sample)
    assert weighing is not None
    assert weighing.operator == "Kim"
    entries = reader.weighing_entries(sample)
    assert len(entries) == len({entry.precursor for entry in entries}) > 3
    assert all(entry.balance == "B123456789" and entry.raw_line.startswith("S S ") for entry in entries)
