"""Screens made ready in idle moments, so that the first opening is as quick as the later ones."""

import asyncio
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nasicon_loop.tui.app import NasiconApp

_PAUSE_SECONDS = 0.25
"""Between two screens, and after a key: a key that is pressed meanwhile waits for one screen at most."""
_SETTLED_SECONDS = 1.0
"""So long database and selection stay as they are before screens that nobody sees follow them."""


async def keep_ready(app: "NasiconApp") -> None:
    """Build the screens not opened yet, and read and draw unseen what is not as it is in the database.

    Begins when the front screen shows what it read. Whether what was drawn is still true is found out when a screen is
    opened, and a refusal is told then. Screens that do not follow changes are left: their reading is long work.

    What lives as long as the program is taken out of the collection of garbage, which would go through all of it again
    and again and keep a key waiting for a tenth of a second each time.
    """
    while app.front is None or not app.front.has_shown:
        await asyncio.sleep(_PAUSE_SECONDS)
    gc.freeze()
    while True:
        state = app.state
        await _make_ready(app)
        if not app.is_ready:
            gc.collect()
            gc.freeze()
            app.is_ready = True
        await _settled(app, state)


async def _make_ready(app: "NasiconApp") -> None:
    for screen in app.followers():
        if screen.is_running and screen.is_for(app.token):
            continue
        if await _is_left(app):
            return
        if not screen.is_running:
            await app.build(screen)
        if not screen.is_seen and screen.may_be_ahead():
            await screen.read_ahead()
            if await _is_left(app):
                return
            screen.draw_ahead()


async def _is_left(app: "NasiconApp") -> bool:
    """Wait for an idle moment; returns whether the person left meanwhile."""
    await asyncio.sleep(_PAUSE_SECONDS)
    while app.idle_seconds < _PAUSE_SECONDS:
        await asyncio.sleep(_PAUSE_SECONDS)
    return not app.is_running


async def _settled(app: "NasiconApp", done: object) -> None:
    """Wait until the state is another than what was done, and then until it does not change for a while."""
    while app.state == done:
        await asyncio.sleep(_PAUSE_SECONDS)
    state = None
    while app.state != state:
        state = app.state
        await asyncio.sleep(_SETTLED_SECONDS)
