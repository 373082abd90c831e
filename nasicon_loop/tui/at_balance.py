"""The page at the balance: one precursor after the other, the mass in large digits, each accepted mass kept at once."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab import Decision, WeighStep
from nasicon_loop.tui.balance_link import BalanceLink, BalanceView
from nasicon_loop.tui.spawning import spawn
from nasicon_loop.tui.themes import Palette
from nasicon_loop.tui.widgets import weighing
from nasicon_loop.tui.widgets.bars import KeyBar, Line
from nasicon_loop.tui.widgets.big import Big
from nasicon_loop.tui.widgets.dialogs import Ask, Field, Form, Help, Values, as_number
from nasicon_loop.tui.widgets.scale import Mark, Scale

_DRAW_S = 0.1
_WIDE = 100
_KEYS: tuple[tuple[str, str, str], ...] = (
    ("enter", "Enter", "keep a stable mass within the tolerance; Space too"),
    ("t", "t", "tare: what the balance shows is not kept"),
    ("s", "s", "keep what is too little; skip when nothing was added"),
    ("m", "m", "type what was added, without the balance"),
    ("r", "r", "too much: keep it and weigh more of the others"),
    ("a", "a", "too much: keep it, leave it so, and write the deviation down"),
    ("o", "o", "the balance is at another port now"),
    ("escape", "Esc", "leave; everything that was kept is in the database"),
)


class BalancePage(ModalScreen[str]):
    """Shows what the link sees, hands on what a person decides. Its result says where the weighing stands."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "decide('enter')", "keep"),
        *(Binding(key, f"decide('{key}')", key) for key in ("t", "s", "m", "r", "a", "o")),
        Binding("escape,q", "leave", "leave"),
        Binding("question_mark,f1", "help", "help"),
    ]

    def __init__(self, link: BalanceLink, colours: Palette) -> None:
        super().__init__()
        self._link, self._colours = link, colours
        self._drawn: BalanceView | None = None
        self._is_leaving = False

    def compose(self) -> ComposeResult:
        """From the sheet's line down to the keys."""
        yield Line(id="headline")
        with Vertical(id="balance"):
            yield Static(markup=False, id="what")
            yield Big(id="mass")
            yield Static(markup=False, id="judged")
            yield Scale(id="scale")
            yield Static(markup=False, id="next")
            yield Static(markup=False, id="minds")
            yield Static(markup=False, id="done")
            yield Static(markup=False, id="said")
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin at the balance."""
        self._link.start()
        self._draw()
        self.set_interval(_DRAW_S, self._draw)

    def on_unmount(self) -> None:
        """However the page ends, the port is given back."""
        self._link.leave()

    def on_resize(self) -> None:
        """Draw for another width."""
        self._drawn = None

    def _draw(self) -> None:
        if self._link.error is not None:
            raise self._link.error
        if self._is_leaving and self._link.is_over:
            self._close()
            return
        view = self._link.view
        if view == self._drawn or not self.is_mounted:
            return
        self._drawn = view
        colours, style = self._colours, weighing.style_of_mass(view, self._colours)
        is_wide = self.app.size.width >= _WIDE
        self.query_one("#headline", Line).say(self._title(view))
        self.query_one("#what", Static).update(weighing.what_text(view))
        number, sign = weighing.number_of(view)
        self.query_one(Big).say(number, "g" if number else "", sign, style)
        self.query_one("#judged", Static).update(weighing.judged_text(view, colours))
        scale = self.query_one(Scale)
        scale.display = view.step is not None
        if view.step is not None:
            scale.say(_mark(view.step), style, colours.faint)
        self.query_one("#next", Static).update(Text(self._next(view), style="bold"))
        minds = weighing.minds_text(view, colours)
        self.query_one("#minds", Static).update(minds)
        self.query_one("#minds", Static).display = bool(minds)
        self.query_one("#done", Static).update(weighing.done_text(view, colours, is_wide=is_wide))
        self.query_one("#said", Static).update(Text("\n".join(view.said[-5 if is_wide else -1 :]), style=colours.faint))
        self.query_one(KeyBar).offer([*self._offered(view).values(), ("Esc", "leave"), ("?", "help")])
        self.refresh_bindings()

    def _title(self, view: BalanceView) -> str:
        device = f"   {view.device}" if view.device else ""
        return f"At the balance: {self._link.label}   by {plain(self._link.lab.who, limit=30)}{device}"

    def _next(self, view: BalanceView) -> str:
        if self._is_leaving:
            return "Leaving when the balance has answered; Esc does not wait for it."
        return weighing.next_text(view)

    def _offered(self, view: BalanceView) -> dict[str, tuple[str, str]]:
        """What the keys do now, by key."""
        step = view.step
        if view.mode == "done":
            return {"enter": ("Enter", "back to the sheet")}
        if step is None or self._is_leaving:
            return {"o": ("o", "other port")} if view.trouble else {}
        is_over = step.status == "over"
        ways_out = {"r": ("r", "more of the others"), "a": ("a", "leave it so")} if is_over else {}
        if step.is_fixed:
            return ways_out
        if view.is_typed:
            forget = {"enter": ("Enter", "forget it"), "m": ("m", "type again")}
            return {**forget, **(ways_out or {"s": ("s", "keep it as it is")})}
        skip = {"s": ("s", "keep or skip")} if not is_over else {}
        by_hand = {"m": ("m", "type the mass")}
        if view.mode == "by hand":
            return {"enter": ("Enter", "try again"), "o": ("o", "other port"), **by_hand, **skip}
        keep = "keep it" if step.status == "good" else "keep when good"
        return {"enter": ("Enter", keep), "t": ("t", "tare"), **skip, **ways_out, **by_hand}

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let the key bar's promise and the keys be the same thing."""
        return str(parameters[0]) in self._offered(self._link.view) if action == "decide" else True

    def action_decide(self, key: str) -> None:
        """Do what a key says about the line that is seen."""
        view = self._drawn or self._link.view
        step = view.step
        decisions: dict[str, Decision] = {"enter": "read", "t": "tare", "s": "keep"}
        if view.mode == "done":
            self._close()
        elif key == "m" and step is not None:
            spawn(self, self._type, step, group="form")
        elif key == "o":
            spawn(self, self._other_port, step, group="form")
        elif key in ("r", "a") and step is not None:
            spawn(self, self._too_much, step, "rescue" if key == "r" else "accept", group="form")
        elif key in ("enter", "s") and step is not None and step.caution and step.is_live:
            spawn(self, self._unknown, step, decisions[key], group="form")
        elif key in decisions:
            self._link.press(decisions[key], step)

    async def _unknown(self, step: WeighStep, decision: Decision) -> None:
        shown = "" if step.reading_g is None else f"The balance shows {step.reading_g:.4f} g, and "
        question = f"{shown}something lay there before. Is all of it {step.formula} of this line? Otherwise tare."
        if await self.app.push_screen_wait(Ask(question)):
            self._link.press(decision, step)

    async def _type(self, step: WeighStep) -> None:
        def mass(values: Values) -> float:
            grams = as_number(values, "mass", step.formula)
            if grams is None or not 0 < grams < 1e6:
                raise Refusal("give what was added, in g", step.formula)
            return grams

        more = " now, beside what lies there" if step.lies_g else ""
        line = Field("mass", f"{step.formula} / g", hint=f"plan {step.add_g:.4f}")
        grams = await self.app.push_screen_wait(Form(f"How much was added of {step.formula}{more}?", [line], mass))
        if grams is not None:
            self._link.press(float(grams), step)

    async def _other_port(self, step: WeighStep | None) -> None:
        line = Field("port", "port", self._link.port or self._link.lab.settings.balance.port)
        note = "As in `nasicon bench devices`. Until this page is closed; lab.toml keeps it for good."
        port = await self.app.push_screen_wait(
            Form("Where is the balance now?", [line], lambda values: values["port"], note=note)
        )
        if port:
            self._link.port = str(port)
            self._link.press("read", step)

    async def _too_much(self, step: WeighStep, way_out: Decision) -> None:
        there_g = step.lies_g + (step.reading_g or 0.0)
        percent = 100 * (there_g / step.target_g - 1)
        ends = {
            "rescue": f"weigh {percent:.2f} % more of the others? The composition stays, the batch grows.",
            "accept": "leave it so? The deviation is written down, and the model learns what was weighed.",
        }
        question = f"{step.formula}: {there_g:.4f} g, {step.words}. Keep that, and {ends[way_out]}"
        if await self.app.push_screen_wait(Ask(question)):
            self._link.press(way_out, step)

    def action_help(self) -> None:
        """Show what the keys do here."""
        offered = self._offered(self._link.view)
        lines = [(name, words, "") for key, name, words in _KEYS if key in offered or key == "escape"]
        self.app.push_screen(Help("Keys at the balance", lines))

    def action_leave(self) -> None:
        """Leave once the balance has answered what it was asked; the second time at once."""
        if self._is_leaving or self._link.is_over:
            self._close()
            return
        self._is_leaving, self._drawn = True, None
        self._link.leave()

    def _close(self) -> None:
        if self.is_current:
            self.dismiss(self._words())

    def _words(self) -> str:
        progress = self._link.view.progress
        if progress is None:
            return ""
        made = progress.weighing
        if made is not None:
            return f"weighed {made.weighed_formula}, excess {100 * made.excess_fraction:.2f} %"
        n_kept = len(progress.lines) - len(progress.missing)
        return f"{n_kept} of {len(progress.lines)} weighed; key b goes on"


def _mark(step: WeighStep) -> Mark:
    if step.is_fixed:
        return Mark(step.lies_g, step.target_g, step.tolerance_g)
    return Mark(step.reading_g, step.add_g, step.tolerance_g, weighing.decimals_of(step.resolution_g))
