"""The lines around a screen: tabs, headline, status, and a key bar that only shows what can be done now."""

from collections.abc import Iterable

from rich.cells import cell_len
from rich.text import Text
from textual.containers import VerticalScroll
from textual.events import Resize
from textual.widgets import Static

from nasicon_loop.core import plain
from nasicon_loop.tui.keys import PLACES


class Line(Static):
    """One line of text that is never markup."""

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(Text(plain(text, limit=400)), id=id, classes=classes, markup=False)

    def say(self, text: str | Text) -> None:
        """Show other text."""
        line = text if isinstance(text, Text) else Text(plain(text, limit=400))
        line.no_wrap, line.overflow = True, "ellipsis"
        self.update(line, layout=False)  # one line stays one line


class Detail(VerticalScroll):
    """The selected row in full; Tab goes here and arrows scroll."""

    def __init__(self, *, id: str | None = None, classes: str = "detail") -> None:
        super().__init__(Static(markup=False), id=id, classes=classes)
        self._said: tuple[Text, object] | None = None

    def say(self, text: Text) -> None:
        """Show other text; the same is left alone, since other text may need other room on the whole screen."""
        said = text.copy(), text.style
        if said != self._said:
            self._said = said
            self.query_one(Static).update(text)


class Tabs(Static):
    """All screens with their digits; the open one stands out. Exactly 80 columns wide."""

    def __init__(self, open_place: str) -> None:
        line = Text(no_wrap=True)
        for place in PLACES:
            line.append(f"{place.digit} {place.title}", style="bold reverse" if place.name == open_place else "dim")
            line.append(" ")
        line.rstrip()
        super().__init__(line, markup=False, classes="tabs")


class KeyBar(Static):
    """What can be done here and now; a key and its word stay on one line."""

    def __init__(self) -> None:
        super().__init__(markup=False, classes="keybar")
        self._pairs: tuple[tuple[str, str], ...] = ()

    def offer(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Show pairs of key and word; the same are left alone."""
        before, self._pairs = self._pairs, tuple(pairs)
        if self._pairs != before:
            self._lay_out()

    def on_resize(self, _event: Resize) -> None:
        """Break the line elsewhere."""
        self._lay_out()

    def _lay_out(self) -> None:
        width = self.size.width or self.app.size.width
        line, used = Text(no_wrap=True), 0
        for key, word in self._pairs:
            length = cell_len(key) + 1 + cell_len(word)
            if used and used + 2 + length > width:
                line.append("\n")
                used = 0
            gap = 2 if used else 0
            line.append(" " * gap).append(key, style="bold reverse").append(f" {word}")
            used += gap + length
        self.update(line)
