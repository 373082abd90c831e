"""How the demo tells how far it is: one bar on a terminal, plain lines elsewhere; both on standard error."""

from types import TracebackType
from typing import TYPE_CHECKING

from nasicon_loop.core import plain

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Stage:
    """A bar of `total` steps; `tell` names what is being done now, `step` says that it is done."""

    def __init__(self, total: int, *, is_silent: bool = False) -> None:
        self._total = total
        self._is_silent = is_silent
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> "Stage":
        if not self._is_silent:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            self._bar = Progress(
                TimeElapsedColumn(),
                BarColumn(bar_width=28),
                MofNCompleteColumn(),
                TextColumn("{task.description}", markup=False),
                console=Console(stderr=True, markup=False, highlight=False, emoji=False),
                transient=True,
            )
            self._task = self._bar.add_task("", total=self._total)
            self._bar.start()
        return self

    def tell(self, text: str) -> None:
        """Name what is being done."""
        if self._bar is None or self._task is None:
            return
        self._bar.update(self._task, description=plain(text, limit=70))

    def note(self, text: str) -> None:
        """Leave a line above the bar."""
        if self._bar is not None:
            self._bar.console.print(plain(text, limit=1000), soft_wrap=True)

    def step(self, n_steps: int = 1) -> None:
        """Say that a step is done."""
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, n_steps)

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
