"""Which key does what, taken from the action table: the screens, their bindings, and what the key bar may promise."""

import re
from dataclasses import dataclass

from textual.binding import Binding, BindingType

from nasicon_loop.lab import ACTIONS, Action


@dataclass(frozen=True, slots=True)
class Place:
    """A screen: its name in the action table, the digit that jumps there, and its word in the tab bar."""

    name: str
    digit: str
    title: str


PLACES: tuple[Place, ...] = (
    Place("board", "1", "Board"),
    Place("inbox", "2", "Inbox"),
    Place("suggestions", "3", "Suggest"),
    Place("recipe", "4", "Recipe"),
    Place("sample", "5", "Sample"),
    Place("spectrum", "6", "Spectrum"),
    Place("model", "7", "Model"),
    Place("journal", "8", "Journal"),
    Place("doctor", "9", "Check"),
)
"""In the order of the tab bar."""

GLOBAL_KEYS: tuple[tuple[str, str], ...] = (
    ("1 to 9", "jump to a screen"),
    ("Esc", "back to the screen before"),
    ("? or F1", "this help"),
    ("Ctrl+P", "all actions by name"),
    ("F2", "light or dark"),
    ("F8", "stop the work in the background"),
    ("q", "quit; everything is in the database already"),
)

_QUOTED = re.compile(r"`?\bnasicon ([a-z]+(?: [a-z]+)?)\b[^`;,]*`?")


_PREFERRED = {"sample new": "make sample", "recipe": "plan", "suggest": "ask for new", "weigh": "weigh"}
"""Which action a command line means where several have it."""


def place(name: str) -> Place:
    """Return a screen by its name in the action table."""
    return next(one for one in PLACES if one.name == name)


def actions_of(screen: str) -> tuple[Action, ...]:
    """Return what the table offers at a screen by a letter."""
    return tuple(one for one in ACTIONS if one.screen == screen and one.key is not None and not one.key.isdigit())


def slug(action: Action) -> str:
    """Return an action's name as a part of a Python name."""
    return action.name.replace(" ", "_")


def bindings_of(screen: str) -> list[BindingType]:
    """Return the key bindings of a screen."""
    return [Binding(str(one.key), f"do('{slug(one)}')", one.help) for one in actions_of(screen)]


def jump_bindings() -> list[BindingType]:
    """Return the digits."""
    return [Binding(one.digit, f"jump('{one.name}')", one.title, show=False) for one in PLACES]


def keys_to(action: Action) -> str:
    """Return the keys that lead to an action from anywhere, as in "4 w"."""
    digit = place(str(action.screen)).digit
    return digit if action.key == digit else f"{digit} {action.key}"


def in_keys(text: str) -> str:
    """Return a sentence with the command lines in it replaced by the keys that do the same here.

    "weigh: nasicon weigh NL-0001" becomes "weigh: key 4 w", and a bare command line the action's name with its key.
    What has no key here keeps its command line.
    """
    return _QUOTED.sub(_as_keys, text)


def _as_keys(found: re.Match[str]) -> str:
    is_alone = not found.string[: found.start()].strip()
    words = found.group(1)
    for command in (words, words.split(" ")[0]):
        for action in ACTIONS:
            if action.command == command and action.screen is not None:
                wanted = _PREFERRED.get(command, action.name)
                if action.name == wanted:
                    return f"{action.name}: key {keys_to(action)}" if is_alone else f"key {keys_to(action)}"
    return found.group(0)
