"""Keys at a furnace on its cable: fire the sample's next step, find a run again, give it up.

Nothing starts by a key: the furnace asks, and its name, the top temperature and the minutes have to be typed.
"""

from typing import Any

from nasicon_loop.core import Refusal
from nasicon_loop.lab import BoardRow, FurnaceNow, LiveFiring, furnace_now, give_up_run
from nasicon_loop.tui.screens.base import LabScreen
from nasicon_loop.tui.spawning import spawn
from nasicon_loop.tui.unwaited import unwaited
from nasicon_loop.tui.watchers import Watcher
from nasicon_loop.tui.widgets.dialogs import Field, Form, Values, as_number

ACTIONS_AT_FURNACE = ("fire", "fire_live", "attach", "give_up_run")
_EVERY_SECONDS = 1.0
_TO_DO = "Type its name, the top and the minutes to start it; Esc leaves it loaded and not started."


class AtFurnace:
    """What the screen can do at the furnace now; `look` reads it, in a thread."""

    def __init__(self, screen: LabScreen) -> None:
        self._screen = screen
        self._now: FurnaceNow | None = None
        self._is_busy = self._is_looking = False

    def look(self) -> None:
        """Read how the furnace stands."""
        self._now = furnace_now(self._screen.lab)

    def follow(self) -> None:
        """Look again and again while a run is open: that nobody logs it any more is no change in the database."""
        self._screen.set_interval(_EVERY_SECONDS, self._tick)

    def _tick(self) -> None:
        is_open = self._now is not None and self._now.run is not None
        if is_open and not self._is_looking and self._screen.nasicon.front is self._screen:
            self._is_looking = True
            spawn(self._screen, self._look_again, group="at furnace")

    async def _look_again(self) -> None:
        before = self._now
        try:
            await unwaited(self.look)
        except Refusal as refusal:
            self._screen.nasicon.say_refusal(refusal)
        finally:
            self._is_looking = False
        if self._now != before:
            self._screen.draw_keys()

    def can(self, action: str, row: BoardRow | None, *, has_sheet: bool) -> bool:
        """One run at a time; a watched one is not searched for; a sample that is sintered needs no furnace.

        What is in the furnace is not recorded by hand too: it would be written twice.
        """
        now, is_going = self._now, row is not None and row.state not in ("failed", "abandoned")
        if action == "fire":
            return row is not None and is_going and not self.holds(row.label)
        if now is None or self._is_busy:
            return False
        if action == "attach":
            return now.is_lost
        if action == "give_up_run":
            return now.run is not None
        return now.is_free and is_going and has_sheet and row is not None and row.stage in _STAGES

    def holds(self, label: str) -> str:
        """Return that the sample is in an open run, in words for the headline; empty when it is not."""
        run = None if self._now is None else self._now.run
        return f", in {run.furnace}, run {run.number}" if run is not None and label in run.labels else ""

    def fire(self, label: str) -> None:
        """Load the sample's next step, and start it once it is confirmed."""
        title = f"{label}: loading the program into the furnace and reading it back"
        self._begin(title, "fire", label)

    def attach(self) -> None:
        """Find the open run again."""
        self._begin("looking for the furnace", "attach")

    def _begin(self, title: str, *words: str) -> None:
        self._is_busy = True
        self._screen.draw_keys()
        self._screen.nasicon.say(f"{title} …")
        spawn(self._screen.nasicon, self._talk, *words, group="furnace")

    async def _talk(self, *words: str) -> None:
        """Listen until the furnace runs, or until it is left alone."""
        try:
            watcher = Watcher(self._screen.lab, *words)
            try:
                self._screen.finished(await self._heard(watcher))
            finally:
                watcher.leave()
        except (Refusal, OSError) as refusal:
            self._screen.nasicon.say_refusal(refusal)
        finally:
            self._is_busy = False
        if self._screen.is_mounted:
            self._screen.draw_keys()

    async def _heard(self, watcher: Watcher) -> str:
        told = await unwaited(watcher.answer, "question", "begun")
        begun = await self._ask(watcher, told) if "question" in told else str(told["begun"])
        if begun is not None:
            return f"{begun}; `nasicon bench runs` shows it"
        watcher.leave()
        await unwaited(watcher.ended)
        return "loaded and read back, not started"

    async def _ask(self, watcher: Watcher, told: Any) -> str | None:
        def submit(values: Values) -> str:
            top_c, minutes = (_needed(values, name, label) for name, label in _NUMBERS)
            return watcher.confirm(f"{values['furnace']},{top_c:g},{minutes:g}")

        fields = [Field("furnace", "furnace"), *(Field(name, label) for name, label in _NUMBERS)]
        note = "\n".join([str(told["plan"]), *(f"! {words}" for words in told["said"]), _TO_DO])
        answer: str | None = await self._screen.app.push_screen_wait(
            Form(str(told["question"]), fields, submit, note=note)
        )
        return answer

    def give_up(self) -> None:
        """Close the open run without a firing."""
        now = self._now
        if now is None or now.run is None:
            return
        run = now.run
        is_watched = "It is watched now, and that ends. " if now.is_watched else ""
        self._screen.ask_form(
            f"Give up run {run.number}; {run.furnace} is not stopped by this",
            [Field("reason", "why", hint="edited at the panel, furnace broken ...")],
            lambda values: give_up_run(self._screen.lab, values["reason"], number=run.number),
            _told_given_up,
            note=f"{is_watched}The furnace is not asked and not touched: its program goes on. No firing is written.",
            is_final=True,
        )


_NUMBERS = (("top", "top temperature / °C"), ("minutes", "minutes"))
_STAGES = ("planned", "weighed", "calcined", "pressed")


def _needed(values: Values, name: str, label: str) -> float:
    number = as_number(values, name, label)
    if number is None:
        raise Refusal("is missing", label)
    return number


def _told_given_up(done: LiveFiring) -> str:
    return f"run {done.run.number}, {done.run.furnace}: {done.events[-1].text}; look at the furnace"
