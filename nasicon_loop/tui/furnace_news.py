"""Telling on whatever screen is seen what happens at the furnaces, whoever watches them."""

import asyncio
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal
from nasicon_loop.lab import furnace_news
from nasicon_loop.tui.unwaited import unwaited

if TYPE_CHECKING:
    from nasicon_loop.tui.app import NasiconApp


class FurnaceNews:
    """Remembers up to which line of the journal it told."""

    def __init__(self) -> None:
        self._told_to: int | None = None
        self._alone = asyncio.Lock()  # nothing is told twice

    async def tell(self, app: "NasiconApp") -> None:
        """Say what is new in the status line; what somebody has to look at comes as an error."""
        try:
            async with self._alone:
                self._told_to, news = await unwaited(furnace_news, app.lab, self._told_to)
        except Refusal as refusal:
            app.say_refusal(refusal)
            return
        for word in news:
            if word.is_bad:
                app.say_refusal(Refusal(word.text))
            else:
                app.say(word.text)
