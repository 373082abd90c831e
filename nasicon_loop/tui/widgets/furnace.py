"""The furnaces over a screen: what they do now, and a strip chart of PV and SP."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static
from textual_plot import HiResMode, PlotWidget

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab import FurnaceView
from nasicon_loop.tui.spawning import spawn
from nasicon_loop.tui.themes import Palette
from nasicon_loop.tui.unwaited import unwaited

_EVERY_SECONDS = 1.0
_SILENT_SECONDS = 60.0


class FurnacePage(ModalScreen[None]):
    """Follows the log while it is open; any of the closing keys leaves. It touches no furnace."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter,q", "leave", "close")]

    def __init__(self, read: Callable[[], Sequence[FurnaceView]], colours: Palette) -> None:
        super().__init__()
        self._read, self._colours = read, colours

    def compose(self) -> ComposeResult:
        """Words above, the chart of the newest run below."""
        with Vertical(classes="dialog furnace"):
            yield Static(Text("looking …"), id="furnace-words", markup=False)
            yield PlotWidget(id="strip")
            yield Static(Text("°C over hours: PV coloured, SP grey   Esc close"), classes="dialog-keys", markup=False)

    def on_mount(self) -> None:
        """Look at once, and again and again."""
        plot = self.query_one(PlotWidget)
        plot.margin_top, plot.margin_bottom = 0, 2  # there is no title and no label to leave room for
        self._look()
        self.set_interval(_EVERY_SECONDS, self._look)

    def _look(self) -> None:
        spawn(self, self._follow, group="furnace", is_exclusive=True)

    async def _follow(self) -> None:
        words = self.query_one("#furnace-words", Static)
        try:
            views = await unwaited(self._read)
        except Refusal as refusal:
            words.update(Text(plain(refusal, limit=300)))
            return
        words.update(furnace_text(views, self._colours))
        plot = self.query_one(PlotWidget)
        plot.clear()
        points = views[-1].points if views else ()
        for place, style in ((2, self._colours.faint), (1, self._colours.curve)):
            known = [(point[0], float(value)) for point in points if (value := point[place]) is not None]
            if len(known) > 1:
                hours, degrees = [one[0] for one in known], [one[1] for one in known]
                plot.plot(hours, degrees, line_style=style, hires_mode=HiResMode.BRAILLE)

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)


def furnace_text(views: Sequence[FurnaceView], colours: Palette) -> Text:
    """Return one paragraph per run."""
    if not views:
        return Text("no furnace on a cable was run yet: key 4 l does it; key 4 f records a firing by hand")
    text = Text()
    for view in views:
        run, newest = view.run, view.newest
        state = "runs" if view.is_open else "ended"
        text.append(f"{plain(run.furnace)}: run {run.number} {state}, ", style="bold")
        text.append(f"{run.step} of {', '.join(run.labels)} to {run.top_c:g} °C\n")
        if newest is None:
            text.append("nothing was read yet\n", style=colours.doubt)
            continue
        text.append(f"PV {_degrees(newest.pv_c)}  SP {_degrees(newest.setpoint_c)}  segment {newest.segment or '-'}  ")
        text.append(f"{plain(newest.status)}", style=colours.doubt if newest.status.startswith("hold") else "")
        text.append("" if view.hours_left is None else f"  about {view.hours_left:.1f} h left")
        text.append("\n")
        if view.is_open and view.silent_s is not None and view.silent_s > _SILENT_SECONDS:
            text.append(f"! nothing was read for {view.silent_s / 60:.0f} min: key 4 t finds it again\n", colours.bad)
        if view.alarms:
            text.append(f"! {plain(view.alarms[-1], limit=200)}\n", style=colours.bad)
        if view.notes:
            text.append(f"{plain(view.notes[-1], limit=200)}\n")
    return text


def _degrees(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f} °C"
