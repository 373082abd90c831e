"""Use case: watch the inbox from a terminal, until it is interrupted or, with `once`, until it is empty."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal
from nasicon_loop.lab.retraining import training_command
from nasicon_loop.lab.watching import watch

if TYPE_CHECKING:
    from types import FrameType

    from nasicon_loop.lab.context import Lab
    from nasicon_loop.lab.results import ImportResult
    from nasicon_loop.lab.scan import ScanReport


def watch_inbox(
    lab: "Lab",
    *,
    once: bool = False,
    on_result: "Callable[[ImportResult], None] | None" = None,
    on_notice: Callable[[str], None] | None = None,
) -> None:
    """Import whatever comes until SIGINT or SIGTERM; `once` ends when all that lies there is settled and done.

    Call it from the main thread: it listens to signals. Raises Refusal when another watch runs, and with `once` when
    the inbox cannot be read, or when nothing is left but files that could not be taken for `patience_seconds`.
    """
    stop = threading.Event()
    end = _End(lab.settings.watch.patience_seconds)

    def look(report: "ScanReport") -> None:
        if once and end.has_come(report):
            stop.set()

    with _ended_by_signals(stop):
        watch(_without_training(lab) if once else lab, stop, on_result, on_notice=on_notice, on_scan=look)
    if end.trouble:
        raise Refusal(end.trouble, lab.folder.inbox)
    if once and lab.settings.training.retrain_after_n_results > 0:
        # A watch that goes on trains beside its work; one that ends waits for the training, which says if it is due.
        subprocess.run(training_command(lab), check=False, stdout=subprocess.DEVNULL)  # noqa: S603 - our own module


@dataclass(slots=True)
class _End:
    """When a watch that shall end by itself has nothing more to do, or cannot do it."""

    patience_seconds: float
    trouble: str = ""
    since: float | None = None

    def has_come(self, report: "ScanReport") -> bool:
        if report.unreachable is not None:
            self.trouble = report.unreachable
            return True
        stuck = [item for item in report.waiting if item.is_trouble]
        if not report.waiting or len(stuck) < len(report.waiting):
            self.since = None
            return not report.waiting
        self.since = time.monotonic() if self.since is None else self.since
        if time.monotonic() - self.since < self.patience_seconds:
            return False
        self.trouble = f"{len(stuck)} files could not be imported; the first: {stuck[0].path}: {stuck[0].reason}"
        return True


def _without_training(lab: "Lab") -> "Lab":
    training = lab.settings.training.model_copy(update={"retrain_after_n_results": 0})
    return replace(lab, settings=lab.settings.model_copy(update={"training": training}))


@contextmanager
def _ended_by_signals(stop: threading.Event) -> Iterator[None]:
    """Let SIGINT and SIGTERM end the watch in order: what is being written is written."""

    def end(_number: int, _frame: "FrameType | None") -> None:
        stop.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
