"""How long work tells how far it is, without knowing who looks."""

from typing import Protocol


class Progress(Protocol):
    """A bar with a name, a known end and a line of detail."""

    def start(self, what: str, total: int) -> None:
        """Begin a piece of work of `total` steps."""
        ...

    def advance(self, n_steps: int = 1, detail: str = "") -> None:
        """Say that `n_steps` more are done; `detail` is a short word on the newest."""
        ...

    def finish(self) -> None:
        """Say that the piece of work is over."""
        ...


class Silent:
    """Progress that nobody looks at."""

    def start(self, what: str, total: int) -> None:
        """Begin a piece of work."""

    def advance(self, n_steps: int = 1, detail: str = "") -> None:
        """Go on."""

    def finish(self) -> None:
        """End."""
