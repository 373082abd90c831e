"""The Textual application: screens by digits, one poll of the database, one child process, one place for messages."""

import time
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.events import Event, InputEvent, Resize

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab import Lab
from nasicon_loop.tui.ahead import keep_ready
from nasicon_loop.tui.furnace_news import FurnaceNews
from nasicon_loop.tui.jobs import Jobs
from nasicon_loop.tui.keys import GLOBAL_KEYS, actions_of, in_keys, jump_bindings, place
from nasicon_loop.tui.palette import LabCommands
from nasicon_loop.tui.screens.base import WIDE, LabScreen
from nasicon_loop.tui.screens.board import BoardScreen
from nasicon_loop.tui.screens.doctor import DoctorScreen
from nasicon_loop.tui.screens.inbox import InboxScreen
from nasicon_loop.tui.screens.journal import JournalScreen
from nasicon_loop.tui.screens.model import ModelScreen
from nasicon_loop.tui.screens.recipe import RecipeScreen
from nasicon_loop.tui.screens.sample import SampleScreen
from nasicon_loop.tui.screens.spectrum import SpectrumScreen
from nasicon_loop.tui.screens.suggestions import SuggestionsScreen
from nasicon_loop.tui.spawning import spawn
from nasicon_loop.tui.style import CSS
from nasicon_loop.tui.themes import DARK, LIGHT
from nasicon_loop.tui.unwaited import unwaited
from nasicon_loop.tui.widgets.dialogs import Ask, Help

_POLL_SECONDS = 0.5
LAB_SCREENS: tuple[type[LabScreen], ...] = (
    BoardScreen,
    InboxScreen,
    SuggestionsScreen,
    RecipeScreen,
    SampleScreen,
    SpectrumScreen,
    ModelScreen,
    JournalScreen,
    DoctorScreen,
)


class NasiconApp(App[None]):
    """The lab's screens. Nothing is kept here but what is selected: all state is in the database.

    With `is_ahead` the screens are made ready in idle moments.
    """

    TITLE = "nasicon"
    CSS = CSS
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012
    COMMANDS: ClassVar[set[Any]] = {LabCommands}
    BINDINGS: ClassVar[list[BindingType]] = [
        *jump_bindings(),
        Binding("escape", "back", "back"),
        Binding("question_mark,f1", "help", "help"),
        Binding("f2", "theme", "light or dark"),
        Binding("f8", "stop_job", "stop the work in the background"),
        Binding("q", "leave", "quit"),
        Binding("ctrl+q", "leave", "quit", show=False),
    ]
    SCREENS = {screen.PLACE: screen for screen in LAB_SCREENS}  # noqa: RUF012

    def __init__(self, lab: Lab, *, is_ahead: bool = False) -> None:
        super().__init__()
        self.lab = lab
        self._is_ahead, self.is_ready = is_ahead, False
        self.jobs = Jobs(lab)
        self._furnace_news = FurnaceNews()
        self.sample_label: str | None = None
        self.analysis_number: int | None = None
        self._touched = time.monotonic()
        self._way: list[str] = []
        self.token: int | None = None
        self._is_polling = False
        self._message, self._is_error = "", False

    def on_mount(self) -> None:
        """Open the board and begin to look for changes."""
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name
        self.push_screen("board")
        self.set_interval(_POLL_SECONDS, self._tick)
        if self._is_ahead:
            spawn(self, keep_ready, self, group="ahead")

    async def on_event(self, event: Event) -> None:
        """Know when a person did something last."""
        if isinstance(event, InputEvent):
            self._touched = time.monotonic()
        await super().on_event(event)

    @property
    def idle_seconds(self) -> float:
        """How long nobody pressed a key."""
        return time.monotonic() - self._touched

    @property
    def state(self) -> object:
        """What all screens depend on: the database as it was last looked at, and what is selected."""
        return self.token, self.sample_label, self.analysis_number, self.theme, self.size

    def followers(self) -> Iterator[LabScreen]:
        """Yield the screens that follow changes, in the order of the tab bar, each made when it is asked for."""
        for one in LAB_SCREENS:
            if one.FOLLOWS and self.is_running:
                yield self.get_screen(one.PLACE, one)

    async def build(self, screen: LabScreen) -> None:
        """Build a screen's widgets without showing it."""
        _, built = self._get_screen(screen)
        await built
        screen.draw_ahead()

    @property
    def front(self) -> LabScreen | None:
        """The screen of the lab that is seen, perhaps under a dialog."""
        return next((one for one in reversed(self.screen_stack) if isinstance(one, LabScreen)), None)

    # looking for changes

    def _tick(self) -> None:
        if self.jobs.current is not None:
            self.draw_status()
        if not self._is_polling:
            self._is_polling = True
            spawn(self, self._poll, group="poll")

    async def _poll(self) -> None:
        try:
            token = await unwaited(self.lab.database.change_token)
        except Refusal as refusal:
            self.say_refusal(refusal)
            return
        finally:
            self._is_polling = False
        is_changed, self.token = token != self.token, token
        if is_changed and self.front is not None and self.front.FOLLOWS:
            self.front.reload(only_if_old=True)  # it may have been read anew on opening, or after an action here
        if is_changed:
            await self._furnace_news.tell(self)

    # messages

    def say(self, text: str) -> None:
        """Show a message in the status line of whatever screen is seen."""
        self._message, self._is_error = text, False
        self.draw_status()

    def say_refusal(self, refusal: Exception) -> None:
        """Show why something was refused: one line there, and a notification."""
        text = in_keys(plain(refusal, limit=400)).replace(f"{self.lab.folder.path}/", "")
        if (text, True) != (self._message, self._is_error):
            self.notify(text, severity="error", markup=False)
        self._message, self._is_error = text, True
        self.draw_status()

    def draw_status(self) -> None:
        """Show the running job, or else the last message."""
        if self.front is None or not self.front.is_mounted:
            return
        job = self.jobs.current
        if job is not None:
            self.front.status(job.line)
        else:
            self.front.status(self._message, is_error=self._is_error)

    # jumping

    def go(self, name: str) -> None:
        """Show a screen and remember the way back."""
        front = self.front
        if front is None or name == front.PLACE:
            return
        self._way.append(front.PLACE)
        del self._way[:-50]
        self._clear_message()
        self.switch_screen(name)

    def action_jump(self, name: str) -> None:
        """Show a screen."""
        self.go(name)

    async def action_back(self) -> None:
        """Show the screen before."""
        if self._way:
            self._clear_message()
            self.switch_screen(self._way.pop())

    def _clear_message(self) -> None:
        self._message, self._is_error = "", False

    def open_sample(self, label: str) -> None:
        """Show a sample's story."""
        self.sample_label = label
        self.go("sample")

    def open_analysis(self, number: int) -> None:
        """Show a spectrum with its analysis."""
        self.analysis_number = number
        self.go("spectrum")

    # other keys

    def action_help(self) -> None:
        """Show what the keys do here."""
        front = self.front
        if front is None:
            return
        lines = [(str(one.key), one.help, one.command) for one in actions_of(front.PLACE)]
        lines += [(key, word, "") for key, word in (*front.MORE_KEYS, *GLOBAL_KEYS)]
        self.push_screen(Help(f"Keys of the screen {place(front.PLACE).title}", lines))

    def action_theme(self) -> None:
        """Change between light and dark."""
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name
        if self.front is not None:
            self.front.reload()

    def action_stop_job(self) -> None:
        """Stop the child process."""
        spawn(self, self.jobs.stop, group="stop")

    def action_leave(self) -> None:
        """Quit; asks only when a child process would be stopped by it."""
        spawn(self, self._leave, group="leave", is_exclusive=True)

    async def _leave(self) -> None:
        job = self.jobs.current
        if job is not None and not await self.push_screen_wait(Ask(f"{job.title} still runs. Stop it and quit?")):
            return
        await self.jobs.stop()
        self.exit()

    async def action_quit(self) -> None:
        """Quit from the command palette too."""
        self.action_leave()

    async def work(self, title: str, kind: str, n: int = 0) -> Mapping[str, Any] | None:
        """Run a child process; returns its result, or None when it was refused or stopped (which is then shown)."""
        self.say(f"{title} …")
        try:
            result = await self.jobs.run(title, kind, n)
        except (Refusal, OSError) as refusal:
            self.say_refusal(refusal)
            return None
        self._clear_message()
        return result

    def on_resize(self, event: Resize) -> None:
        """Tell the plot the true shape of a cell where the terminal tells it."""
        screen = self.front
        if isinstance(screen, SpectrumScreen):
            screen.tell_cells(event)
