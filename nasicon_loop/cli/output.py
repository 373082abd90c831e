"""How commands answer: one JSON document on standard output, or something for people; progress on standard error."""

import sys
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec

import typer

from nasicon_loop.core import Refusal, plain, to_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from nasicon_loop.core import Progress
    from nasicon_loop.lab import Lab

P = ParamSpec("P")

LabOption = Annotated[
    Path | None, typer.Option("--lab", envvar="NASICON_LAB", help="Lab folder; default: the nearest one upwards.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]

REFUSED = 1
"""Exit code when something was refused; 0 is done, 2 wrong usage."""


_closing: ContextVar[ExitStack] = ContextVar("closing")


def opened_lab(path: Path | None) -> "Lab":
    """Open the lab for the running command; `refusing` closes it when the command ends, however it ends."""
    from nasicon_loop.lab import opened

    return _closing.get().enter_context(opened(path))


def say(document: Any, human: "Callable[[Console], None]", *, as_json: bool) -> None:
    """Print `document` as JSON, or let `human` draw it on the terminal."""
    if as_json:
        sys.stdout.write(to_json(document) + "\n")
        return
    human(console())


def console(*, stderr: bool = False) -> "Console":
    """Return a console that never reads markup from text: what a file calls itself stays text."""
    from rich.console import Console

    return Console(stderr=stderr, markup=False, highlight=False, emoji=False)


def refusal_document(refusal: Refusal) -> dict[str, Any]:
    """Return a refusal as the object that stands in a list of results."""
    return {"file": refusal.where, "error": refusal.reason}


def refusing(command: Callable[P, None]) -> Callable[P, None]:
    """Close what the command opened; turn a Refusal into one line on standard error (or JSON) and exit code 1.

    A disk that is full or read-only, a folder that is gone: what the system says of a file is such a line as well.
    """

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            with ExitStack() as stack:
                _closing.set(stack)
                command(*args, **kwargs)
        except BrokenPipeError:
            raise  # whoever read our output has enough of it
        except (Refusal, OSError) as problem:
            refusal = problem if isinstance(problem, Refusal) else _of_the_system(problem)
            if kwargs.get("as_json"):
                sys.stdout.write(to_json(refusal_document(refusal)) + "\n")
            sys.stderr.write(f"nasicon: {plain(refusal, limit=2000)}\n")
            raise typer.Exit(REFUSED) from None

    return run


def _of_the_system(error: OSError) -> Refusal:
    reason = f"{error.strerror or error}: mend that (room on the disk, rights, the folder) and do it again"
    return Refusal(reason, None if error.filename is None else plain(error.filename))


class _Bar:
    """Progress as a rich bar on standard error."""

    def __init__(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[detail]}", markup=False),
            console=console(stderr=True),
            transient=False,
        )
        self._task: Any = None

    def start(self, what: str, total: int) -> None:
        self._task = self._bar.add_task(what, total=total, detail="")

    def advance(self, n_steps: int = 1, detail: str = "") -> None:
        self._bar.update(self._task, advance=n_steps, detail=plain(detail, limit=60))

    def finish(self) -> None:
        self._bar.refresh()

    def __enter__(self) -> "_Bar":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


@contextmanager
def progress_bar() -> "Iterator[Progress]":
    """Give a bar on standard error; without a terminal there, nothing is drawn."""
    from nasicon_loop.core import Silent

    if sys.stderr.isatty():
        with _Bar() as bar:
            yield bar
    else:
        yield Silent()
