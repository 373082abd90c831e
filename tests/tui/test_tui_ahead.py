"""Screens made ready in idle moments: nothing of it is seen, selected or kept, and a refusal is told on opening."""

import gc
from collections.abc import Iterator

import pytest

from nasicon_loop.core import Refusal
from nasicon_loop.lab import Lab, new_sample
from nasicon_loop.tui.app import LAB_SCREENS, NasiconApp
from nasicon_loop.tui.screens.model import ModelScreen


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """Garbage is collected as before afterwards."""
    yield
    gc.unfreeze()


async def test_screens_are_built_unseen_and_show_what_is_there_when_opened(lab: Lab) -> None:
    label = new_sample(lab, "Na3.36Zr1.92Cu0.08Si2.2P0.8O12").label
    app = NasiconApp(lab, is_ahead=True)
    async with app.run_test(size=(80, 24)) as pilot:
        while not app.is_ready:
            await pilot.pause(0.02)
        screens = [app.get_screen(one.PLACE, one) for one in LAB_SCREENS if one.FOLLOWS]
        assert all(screen.is_running for screen in screens)
        assert [screen.PLACE for screen in screens if screen.has_shown] == ["board"]
        assert app.screen_stack[1:] == screens[:1]
        assert (app.sample_label, app.analysis_number) == (label, None)
        later = new_sample(lab, "Na3Zr2Si2PO12").label
        app.sample_label = later
        await pilot.press("5")
        while not (app.front is screens[4] and screens[4].has_shown):
            await pilot.pause(0.02)
        assert later in "\n".join("".join(one.text for one in line) for line in app.screen._compositor.render_strips())


async def test_what_is_refused_meanwhile_is_told_when_the_screen_is_opened(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(_screen: ModelScreen) -> None:
        raise Refusal("is damaged", "the model")

    monkeypatch.setattr(ModelScreen, "load", load)
    told: list[str] = []
    monkeypatch.setattr(NasiconApp, "say_refusal", lambda _app, refusal: told.append(str(refusal)))
    app = NasiconApp(lab, is_ahead=True)
    async with app.run_test(size=(80, 24)) as pilot:
        while not app.is_ready:
            await pilot.pause(0.02)
        assert told == []
        await pilot.press("7")
        while not told:
            await pilot.pause(0.02)
    assert "is damaged" in told[0]
