"""The lines around a screen: tabs, headline, status, and a key bar that only shows what can be done now."""

from collections.abc import Iterable

from rich.text import Text
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
        self.update(line)


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
    """What can be done here and now."""

    def __init__(self) -> None:
        super().__init__(markup=False, classes="keybar")

    def offer(self, pairs: Iterable[tuple[str, str]], always: Iterable[tuple[str, str]]) -> None:
        """Show pairs of key and word: first what this screen can do now, then what is always there."""
        line = Text(overflow="fold")
        for index, (key, word) in enumerate([*pairs, *always]):
            line.append("  " if index else "")
            # no-break spaces: a key and its words stay together when the bar needs a second line
            line.append(key, style="bold reverse")
            line.append("\N{NO-BREAK SPACE}" + word.replace(" ", "\N{NO-BREAK SPACE}"))
        self.update(line)
