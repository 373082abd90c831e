"""What every screen has: tabs, headline, body, status, key bar; reading in threads; actions from the table."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Resize, ScreenResume
from textual.screen import Screen
from textual.widget import Widget

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab import Lab
from nasicon_loop.tui.keys import actions_of, in_keys, place, slug
from nasicon_loop.tui.spawning import spawn
from nasicon_loop.tui.themes import Palette, palette
from nasicon_loop.tui.unwaited import unwaited
from nasicon_loop.tui.widgets.bars import KeyBar, Line, Tabs
from nasicon_loop.tui.widgets.dialogs import Ask, Field, Form, Values
from nasicon_loop.tui.widgets.table import TextTable

if TYPE_CHECKING:
    from nasicon_loop.tui.app import NasiconApp

WIDE = 100
"""From this many columns on, nothing is shortened for 80."""
PAGE = 200
"""Rows of a long list that are read at first, and once more whenever the cursor comes to its end."""
_FRAME_SECONDS = 1 / 60
ALWAYS = (("Esc", "back"), ("?", "help"), ("q", "quit"))


class LabScreen(Screen[None]):
    """A screen of the lab. Subclasses give `PLACE`, `body`, `load`, `show`, and one `do_...` per action."""

    PLACE: ClassVar[str]
    MORE_KEYS: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Keys of this screen beside the table's, for key bar and help."""
    FOLLOWS: ClassVar[bool] = True
    """Whether the screen is read anew when anybody changed the database."""

    def __init__(self) -> None:
        super().__init__()
        self._is_reading = False
        self._is_asked_again = self._must_read = False
        self._is_wide: bool | None = None
        self._shown_for: object = None
        self._styled_for = ""
        self.n_wanted = PAGE

    @property
    def nasicon(self) -> "NasiconApp":
        """The application."""
        return cast("NasiconApp", self.app)

    @property
    def lab(self) -> Lab:
        """The open lab."""
        return self.nasicon.lab

    @property
    def colours(self) -> Palette:
        """Colours of the theme in use."""
        return palette(self.app.theme)

    def compose(self) -> ComposeResult:
        """Draw the frame; the middle is the subclass's."""
        self._styled_for = self.app.theme
        yield Tabs(self.PLACE)
        yield Line(place(self.PLACE).title, id="headline")
        yield Vertical(*self.body(), id="body")
        yield Line(id="status")
        yield KeyBar()

    def body(self) -> Iterable[Widget]:
        """Return the widgets between headline and status."""
        raise NotImplementedError

    def load(self) -> Any:
        """Read what the screen shows. Runs in a thread: no widget may be touched."""
        raise NotImplementedError

    def show(self, data: Any) -> None:
        """Show what `load` returned. Nobody may see the screen yet: what the application selects is left alone."""
        raise NotImplementedError

    def when_seen(self) -> None:
        """Do what follows from being seen, with what is shown: let the other screens follow the selection here."""

    @property
    def has_shown(self) -> bool:
        """Whether anything that was read is shown."""
        return self._shown_for is not None

    @property
    def is_seen(self) -> bool:
        """Whether the screen is in front, perhaps under a dialog."""
        return self.nasicon.front is self

    def may_be_ahead(self) -> bool:
        """Return whether the screen may be read while it is not seen: it is quick, and a person loses nothing."""
        return self.FOLLOWS

    def is_for(self, token: object) -> bool:
        """Return whether what is shown is the database as of `token`, and the answer to what is asked now."""
        return self._shown_for == (token, self._asked())

    def question(self) -> object:
        """Return what `load` depends on beside the database."""
        return None

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Read anew when the screen comes to the front and what it shows may be old; it is painted first.

        Styles depend on the theme only: with the same one, what was drawn before is shown again.
        """
        event.refresh_styles = self._styled_for != self.app.theme
        self._styled_for = self.app.theme
        self.call_after_refresh(self._read_when_painted)
        self.nasicon.draw_status()

    def _read_when_painted(self) -> None:
        """Read once the widgets have their places: a screen that is just being built is painted empty before that."""
        headline = next(iter(self.query("#headline")), None)
        if headline is not None and headline.size:
            self.reload(only_if_old=self.FOLLOWS)
        elif self.is_seen:  # else it reads when it comes to the front again
            self.set_timer(_FRAME_SECONDS, self._read_when_painted)

    def draw_ahead(self) -> None:
        """Lay the widgets out and draw them although nobody sees the screen: what was drawn is kept for the opening."""
        if not self.is_seen:
            self._refresh_layout(self.app.size)
            self._layout_required = False
            self._compositor.render_strips()

    def on_resize(self, event: Resize) -> None:
        """Columns are wider on a wide terminal."""
        is_wide = event.size.width >= WIDE
        if self._is_wide not in (None, is_wide):
            self.reload()
        self._is_wide = is_wide

    def reload(self, *, only_if_old: bool = False) -> None:
        """Read in a thread, then show; what is no longer the question is not shown.

        With `only_if_old` nothing is read while nobody changed the database and the question is still the same. However
        often it is asked to while it reads, a screen then reads once more.
        """
        self._must_read |= not only_if_old
        self._is_asked_again = True
        if not self._is_reading:
            self._is_reading = True
            spawn(self, self._read_on, group="reading")

    async def read_ahead(self) -> None:
        """Read and show what is not as it is in the database, with nobody seeing it."""
        if not self._is_reading:
            self._is_reading = self._is_asked_again = True
            await self._read_on()

    async def _read_on(self) -> None:
        try:
            while self._is_asked_again:
                only_if_old = not self._must_read
                self._is_asked_again = self._must_read = False
                await self._read(only_if_old)
        finally:
            self._is_reading = False

    async def _read(self, only_if_old: bool) -> None:
        asked = self._asked()
        try:
            # the token first: what is changed while we read is seen by the next look
            asks = await unwaited(self.lab.database.change_token), asked
            is_old = not only_if_old or asks != self._shown_for
            data = await unwaited(self.load) if is_old else None
        except Refusal as refusal:
            if self.is_seen:  # else it is told when the screen is opened
                self.nasicon.say_refusal(refusal)
            return
        if asked == self._asked() and self.is_mounted and self.app.is_running:  # widgets go first when it leaves
            if is_old:
                self.show(data)
            if self.is_seen:
                self.when_seen()
            self._shown_for = asks[0], self._asked()
            if is_old:
                self.draw_keys()

    def _asked(self) -> object:
        return self.question(), self.n_wanted, self.app.theme, self.app.size.width >= WIDE

    def more_rows(self, table: TextTable, n_there: int) -> None:
        """Read a further page when the cursor came to the last of `n_wanted` rows and there are more."""
        if table.row_count == self.n_wanted < n_there and table.cursor_row == table.row_count - 1:
            self.n_wanted += PAGE
            self.reload()

    def headline(self, text: str) -> None:
        """Show one line on what this is."""
        self.query_one("#headline", Line).say(in_keys(text))

    def status(self, text: str, *, is_error: bool = False) -> None:
        """Show one line on what happened."""
        line = self.query_one("#status", Line)
        line.say(in_keys(text))
        line.set_class(is_error, "error")

    def draw_keys(self) -> None:
        """Show in the key bar what can be done now."""
        can = [(str(one.key), one.name) for one in actions_of(self.PLACE) if self.can(slug(one))]
        self.query_one(KeyBar).offer([*can, *self.more_keys(), *ALWAYS])

    def more_keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys beside the table's that work now."""
        return self.MORE_KEYS

    def can(self, action: str) -> bool:
        """Return whether an action of the table makes sense now."""
        return hasattr(self, f"do_{action}")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let the key bar's promise and the keys be the same thing."""
        return self.can(str(parameters[0])) if action == "do" else True

    def action_do(self, name: str) -> None:
        """Do an action of the table."""
        getattr(self, f"do_{name}")()

    def ask_form(
        self,
        title: str,
        fields: Sequence[Field],
        submit: Callable[[Values], Any],
        done: Callable[[Any], str],
        *,
        note: str = "",
        is_final: bool = False,
    ) -> None:
        """Ask for values, do `submit` with them in a thread, and say what `done` makes of its result."""

        async def ask() -> None:
            result = await self.app.push_screen_wait(Form(title, fields, submit, note=note, is_final=is_final))
            if result is not None:
                self.finished(done(result))

        spawn(self, ask, group="form")

    def ask_first(self, question: str, act: Callable[[], Any], done: Callable[[Any], str]) -> None:
        """Do something in a thread after a yes."""

        async def ask() -> None:
            if await self.app.push_screen_wait(Ask(question)):
                await self._act(act, done)

        spawn(self, ask, group="form")

    def act(self, act: Callable[[], Any], done: Callable[[Any], str]) -> None:
        """Do something in a thread and say what `done` makes of its result."""
        spawn(self, self._act, act, done, group="act")

    async def _act(self, act: Callable[[], Any], done: Callable[[Any], str]) -> None:
        try:
            result = await asyncio.to_thread(act)
        except (Refusal, OSError) as refusal:
            self.nasicon.say_refusal(refusal)
            return
        self.finished(done(result))

    def finished(self, text: str) -> None:
        """Say what was done and read anew."""
        if text:
            self.nasicon.say(plain(text, limit=300))
        front = self.nasicon.front
        if front is not None:
            front.reload()
