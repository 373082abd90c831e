"""Dialogs: a form that keeps what was typed when it is refused, a question, and the help."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from nasicon_loop.core import Refusal, plain
from nasicon_loop.tui.spawning import spawn

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a form. `hint` is shown while the line is empty."""

    name: str
    label: str
    value: str = ""
    hint: str = ""


def as_number(values: Values, name: str, label: str) -> float | None:
    """Return a typed number, with a decimal point or comma; None where nothing was typed.

    Raises Refusal for anything that is no number.
    """
    text = values.get(name, "").strip()
    if not text:
        return None
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise Refusal("is not a number", f"{label} {plain(text, limit=30)!r}") from None


class Typed(Input):
    """A line that takes its editing keys in the order in which they come.

    Elsewhere a key like Backspace goes up to the application first, and what is typed behind it is there before it.
    """

    async def on_key(self, event: Key) -> None:
        """Do the line's own keys at once."""
        bound = self._bindings.key_to_bindings.get(event.key)
        if bound:
            event.stop()
            event.prevent_default()
            await self.run_action(bound[0].action)


class Form(ModalScreen[Any]):
    """Asks for values and does something with them in a thread.

    `submit` gets what was typed; a Refusal from it is shown in the form, and nothing typed is lost. The form's result
    is what `submit` returned, or None when the user left. `is_final` asks once more before doing it.

    The keys that change the line have priority: what is typed after them, however fast or late it is taken, goes to the
    new line and never behind the number in the old one.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave"),
        Binding("down,tab", "move(1)", "next", show=False, priority=True),
        Binding("up,shift+tab", "move(-1)", "previous", show=False, priority=True),
        Binding("enter", "enter", "next", show=False, priority=True),
        Binding("ctrl+s", "submit", "do it", priority=True),
    ]

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        submit: Callable[[Values], Any],
        *,
        note: str = "",
        is_final: bool = False,
    ) -> None:
        super().__init__()
        self._title = title
        self._fields = tuple(fields)
        self._submit = submit
        self._note = note
        self._is_final = is_final
        self._is_busy = False

    def compose(self) -> ComposeResult:
        """Draw the lines."""
        width = max((len(field.label) for field in self._fields), default=0) + 2
        with Vertical(classes="dialog"):
            yield Label(Text(plain(self._title)), classes="dialog-title", markup=False)
            with VerticalScroll(classes="dialog-fields", can_focus=False):
                for field in self._fields:
                    with Horizontal(classes="dialog-row"):
                        label = Label(Text(plain(field.label)), markup=False)
                        label.styles.width = width
                        yield label
                        yield Typed(
                            plain(field.value) if field.value else "",
                            placeholder=plain(field.hint),
                            id=f"field-{field.name}",
                            compact=True,
                            select_on_focus=False,
                        )
            if self._note:
                note = "\n".join(plain(line, limit=600) for line in self._note.split("\n"))
                yield Static(Text(note), classes="dialog-note", markup=False)
            yield Static("", classes="dialog-error", markup=False)
            yield Static(Text("Enter next / do it   Ctrl+S do it   Esc leave"), classes="dialog-keys", markup=False)

    def on_mount(self) -> None:
        """Begin in the first line."""
        self.query(Input).first().focus()

    def action_enter(self) -> None:
        """Go on to the next line, and from the last one do it."""
        if self.focused is self.query(Input).last():
            self.action_submit()
        else:
            self.action_move(1)

    def action_move(self, step: int) -> None:
        """Go to another line."""
        inputs = list(self.query(Input))
        here = next((index for index, line in enumerate(inputs) if line is self.focused), 0)
        self.set_focus(inputs[(here + step) % len(inputs)])

    def action_leave(self) -> None:
        """Close without doing anything."""
        if not self._is_busy:
            self.dismiss(None)

    def action_submit(self) -> None:
        """Do it."""
        if not self._is_busy:
            spawn(self, self._try, is_exclusive=True, group="form")

    async def _taken(self) -> None:
        """Wait until every line has taken the keys that came before."""
        for line in self.query(Input):
            taken = asyncio.Event()
            line.call_later(taken.set)
            await taken.wait()

    async def _try(self) -> None:
        await self._taken()
        values = {field.name: self.query_one(f"#field-{field.name}", Input).value.strip() for field in self._fields}
        if self._is_final and not await self.app.push_screen_wait(Ask(f"{self._title}: there is no way back. Do it?")):
            return
        self._is_busy = True
        self._say("working …")
        try:
            done = await asyncio.to_thread(self._submit, values)
        except (Refusal, OSError) as refusal:
            self._say(plain(refusal, limit=600))
            return
        finally:
            self._is_busy = False
        self.dismiss(True if done is None else done)

    def _say(self, text: str) -> None:
        self.query_one(".dialog-error", Static).update(Text(text))


class Ask(ModalScreen[bool]):
    """A question with yes and no; Enter is not an answer, so that nobody says yes by accident."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "yes"),
        Binding("n,escape", "answer(False)", "no"),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """Draw the question."""
        with Vertical(classes="dialog"):
            yield Static(Text(plain(self._question, limit=600)), classes="dialog-title", markup=False)
            yield Static(Text("y yes   n no"), classes="dialog-keys", markup=False)

    def action_answer(self, answer: bool) -> None:
        """Close with the answer."""
        self.dismiss(answer)


class Help(ModalScreen[None]):
    """What the keys do here; any of the closing keys leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,f1,enter,q", "leave", "close")]

    def __init__(self, title: str, lines: Sequence[tuple[str, str, str]]) -> None:
        super().__init__()
        self._title = title
        self._lines = tuple(lines)

    def compose(self) -> ComposeResult:
        """Draw keys, what they do, and the command that does the same."""
        text = Text()
        for key, what, command in self._lines:
            text.append(f"{key:>7}", style="bold")
            text.append(f"  {what:<38}" if command else f"  {what}")
            text.append(f" nasicon {command}\n" if command else "\n", style="dim")
        with Vertical(classes="dialog"):
            yield Label(Text(self._title), classes="dialog-title", markup=False)
            with VerticalScroll(classes="dialog-fields"):
                yield Static(text, markup=False)
            yield Static(Text("Esc close"), classes="dialog-keys", markup=False)

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)


class Page(ModalScreen[None]):
    """A text to read; arrows scroll, any of the closing keys leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter,q", "leave", "close")]

    def __init__(self, title: str, text: Text) -> None:
        super().__init__()
        self._title = title
        self._text = text

    def compose(self) -> ComposeResult:
        """Draw the text."""
        with Vertical(classes="dialog"):
            yield Label(Text(plain(self._title)), classes="dialog-title", markup=False)
            with VerticalScroll(classes="dialog-page"):
                yield Static(self._text, markup=False)
            yield Static(Text("↑↓ scroll   Esc close"), classes="dialog-keys", markup=False)

    def on_mount(self) -> None:
        """Let the arrows scroll at once."""
        self.query_one(VerticalScroll).focus()

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)
