"""Screens made ready in idle moments: nothing of it is seen or selected, nothing is old, refusals come on opening."""

import gc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from nasicon_loop.core import Refusal
from nasicon_loop.lab import Lab, import_files, new_sample, opened
from nasicon_loop.tui import ahead
from nasicon_loop.tui.app import LAB_SCREENS, NasiconApp
from nasicon_loop.tui.screens.base import LabScreen
from nasicon_loop.tui.screens.model import ModelScreen
from nasicon_loop.tui.screens.recipe import RecipeScreen


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Idle moments come soon; garbage is collected as before afterwards."""
    monkeypatch.setattr(ahead, "_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(ahead, "_SETTLED_SECONDS", 0.05)
    yield
    gc.unfreeze()


class Seat:
    """Somebody before the screens who waits until all are ready."""

    def __init__(self, app: NasiconApp, pilot: Any) -> None:
        self.app, self._pilot = app, pilot

    def screen(self, place: str) -> LabScreen:
        """One of the screens, seen or not."""
        found = self.app.get_screen(place)
        assert isinstance(found, LabScreen)
        return found

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so."""
        while not is_so():
            await self._pilot.pause(0.02)

    async def press(self, key: str, place: str) -> str:
        """Open a screen and return what the first paint of it shows."""
        await self._pilot.press(key)
        await self.until(lambda: self.app.front is self.screen(place))
        await self._pilot.pause()
        return self.text

    @property
    def text(self) -> str:
        """What the terminal shows."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)


@asynccontextmanager
async def seated(lab: Lab) -> AsyncIterator[Seat]:
    """Run the screens until all are ready."""
    app = NasiconApp(lab, is_ahead=True)
    async with app.run_test(size=(80, 24)) as pilot:
        seat = Seat(app, pilot)
        await seat.until(lambda: app.is_ready)
        yield seat


@pytest.fixture
def measured(lab: Lab, spectrum: Callable[..., bytes], tmp_path: Path) -> Lab:
    """Two samples, and a file of the first."""
    for _ in range(2):
        new_sample(lab, "Na3.36Zr1.92Cu0.08Si2.2P0.8O12")
    (tmp_path / "NL-0001.csv").write_bytes(spectrum())
    import_files(lab, [tmp_path / "NL-0001.csv"])
    return lab


async def test_screens_show_unseen_what_is_there_and_select_nothing(measured: Lab) -> None:
    async with seated(measured) as seat:
        app = seat.app
        screens = [app.get_screen(one.PLACE, one) for one in LAB_SCREENS if one.FOLLOWS]
        assert all(screen.has_shown for screen in screens)
        assert app.screen_stack[1:] == screens[:1]
        assert app.focused is not None
        assert app.focused.screen is screens[0]
        assert app.sample_label == "NL-0001"  # the board's first row
        assert app.analysis_number is None
        assert not seat.screen("doctor").is_running


async def test_what_was_read_unseen_is_not_read_again_on_opening(
    measured: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[str] = []
    for one in LAB_SCREENS:

        def load(screen: LabScreen, was: Any = one.load) -> Any:
            loads.append(screen.PLACE)
            return was(screen)

        monkeypatch.setattr(one, "load", load)
    async with seated(measured) as seat:
        before = list(loads)
        assert sorted(before) == sorted(one.PLACE for one in LAB_SCREENS if one.FOLLOWS)
        assert "NL-0001.csv" in await seat.press("2", "inbox")
        await seat.until(lambda: seat.app.analysis_number == 1)  # the row under the cursor, now that it is seen
        assert "NL-0001" in await seat.press("4", "recipe")
        assert "not learned yet" in await seat.press("7", "model")
        assert "sample.created" in await seat.press("8", "journal")
        assert loads[: len(before)] == before
        assert {"recipe", "model", "journal", "inbox"}.isdisjoint(loads[len(before) :])


async def test_a_screen_read_unseen_is_not_old_when_it_is_opened(measured: Lab) -> None:
    async with seated(measured) as seat:
        with opened(measured.folder.path) as other:
            later = new_sample(other, "Na3Zr2Si2PO12").label
        await seat.press("8", "journal")
        await seat.until(lambda: seat.text.count("sample.created") == 3)
        seat.app.sample_label = later
        await seat.press("5", "sample")
        await seat.until(lambda: later in seat.text)


async def test_unseen_screens_follow_the_database_and_the_selection(measured: Lab) -> None:
    async with seated(measured) as seat:
        board, recipe = seat.screen("board"), seat.screen("recipe")
        await seat.press("8", "journal")
        with opened(measured.folder.path) as other:
            later = new_sample(other, "Na3Zr2Si2PO12").label
        await seat.until(lambda: later in board._rows)  # type: ignore[attr-defined]
        assert seat.app.sample_label == "NL-0001"
        seat.app.sample_label = later
        await seat.until(lambda: isinstance(recipe, RecipeScreen) and recipe._shown.row.label == later)  # type: ignore[union-attr]
        assert seat.app.front is seat.screen("journal")
        assert seat.app.sample_label == later
        assert later in await seat.press("4", "recipe")


async def test_marks_of_a_person_stay_though_the_selection_moves(measured: Lab) -> None:
    async with seated(measured) as seat:
        await seat.press("6", "spectrum")
        screen = seat.screen("spectrum")
        assert screen.may_be_ahead()
        for key in (".", "space"):
            await seat._pilot.press("full_stop" if key == "." else key)
        await seat.until(lambda: screen._pointing.is_touched)  # type: ignore[attr-defined]
        assert not screen.may_be_ahead()


async def test_what_is_refused_meanwhile_is_told_when_the_screen_is_opened(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(_screen: ModelScreen) -> None:
        raise Refusal("is damaged", "the model")

    monkeypatch.setattr(ModelScreen, "load", load)
    told: list[str] = []
    monkeypatch.setattr(NasiconApp, "say_refusal", lambda _app, refusal: told.append(str(refusal)))
    async with seated(lab) as seat:
        assert told == []
        await seat.press("7", "model")
        await seat.until(lambda: bool(told))
    assert "is damaged" in told[0]
