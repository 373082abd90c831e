"""Screens made ready in idle moments, so that the first opening is as quick as the later ones."""

import asyncio
import gc
from contextlib import suppress
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal
from nasicon_loop.tui.unwaited import unwaited

if TYPE_CHECKING:
    from nasicon_loop.tui.app import NasiconApp

_PAUSE_SECONDS = 0.25
"""Between two screens: a key that is pressed meanwhile waits for one at most."""


async def make_ready(app: "NasiconApp") -> None:
    """Build the widgets of the screens not opened yet and load what their reading needs; nothing of it is shown.

    Begins when the front screen shows what it read. What is read here is thrown away: a screen reads for itself when it
    is opened, and a refusal is told then. Screens that do not follow changes are left: their reading is long work.

    What lives as long as the program is taken out of the collection of garbage, which would go through all of it again
    and again and keep a key waiting for a tenth of a second each time.
    """
    while app.front is None or not app.front.has_shown:
        await asyncio.sleep(_PAUSE_SECONDS)
    gc.freeze()
    for screen in app.followers():
        await asyncio.sleep(_PAUSE_SECONDS)
        if screen.is_running:
            continue
        await app.build(screen)
        with suppress(Refusal):
            await unwaited(screen.load)
    gc.collect()
    gc.freeze()
    app.is_ready = True
