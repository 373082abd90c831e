"""A real lab with a real measurement, and the application on it, pressed by keys only."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from textual.events import Paste
from textual.pilot import Pilot

from instruments.sim import xm_studio_csv
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
        assert [firing.step for firing in reader.firings(sample)] == ["calcination", "sintering"]
        weighing = reader.weighing(sample)
        assert weighing is not None
        assert weighing.operator == "Kim"
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
