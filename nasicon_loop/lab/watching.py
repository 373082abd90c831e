"""`nasicon watch`: looks through the inbox again and again, imports, and lets the network learn."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab.completing import complete
from nasicon_loop.lab.locking import exclusive, is_held
from nasicon_loop.lab.rereading import read_again
from nasicon_loop.lab.results import ImportResult
from nasicon_loop.lab.retraining import Retrainer, training_command
from nasicon_loop.lab.scan import FAULTS, OnResult, ScanMemory, ScanReport, scan_once
from nasicon_loop.lab.watch_log import OnNotice, log_to

if TYPE_CHECKING:
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.lab.folder import LabFolder

LOG_NAME = "watch.log"
_SLICE_SECONDS = 0.1
_EVENT_PAUSE_SECONDS = 1.0

OnScan = Callable[[ScanReport], None]
Command = Callable[["Lab"], Sequence[str]]


def is_watched(folder: "LabFolder") -> bool:
    """Tell whether a watch runs on this lab, in whatever process of this computer."""
    return is_held(folder.watch_lock)


def watch(
    lab: "Lab",
    stop: threading.Event,
    on_result: OnResult | None = None,
    *,
    on_notice: OnNotice | None = None,
    on_scan: OnScan | None = None,
    command: Command = training_command,
) -> None:
    """Import whatever comes to the inbox until `stop` is set; returns within a moment then.

    `on_result` gets each file's result, `on_notice` a line when something fails or works again or a training starts,
    `on_scan` every look's report; all are called in this thread. Everything is also written to logs/watch.log.
    `command` gives the command line of a training; none is started once `stop` is set.

    Raises Refusal at once when another watch runs on this lab. After that no file, and no failure of disk, network or
    database, ends it.
    """
    with (
        exclusive(lab.folder.watch_lock, "another watch runs on this lab; stop it first"),
        log_to(lab.folder.logs / LOG_NAME, on_notice) as log,
    ):
        lab.folder.open_vault().sweep()
        log.info("watching %s", lab.folder.inbox)
        retrainer = Retrainer(lab, log, command)
        wake = threading.Event()
        try:
            with _events(lab.folder.inbox, wake, is_wanted=lab.settings.watch.use_events):
                _Loop(lab, stop, wake, log, retrainer, on_result, on_scan, ScanMemory.of(lab)).run()
        finally:
            retrainer.stop()
            log.info("the watch ends")


@dataclass(slots=True)
class _Loop:
    lab: "Lab"
    stop: threading.Event
    wake: threading.Event
    log: logging.Logger
    retrainer: Retrainer
    on_result: OnResult | None
    on_scan: OnScan | None
    memory: ScanMemory
    told: frozenset[str] = frozenset()
    trouble: str | None = None
    token: int = -1
    has_read_again: bool = False

    def run(self) -> None:
        while not self.stop.is_set():
            pause = self.lab.settings.watch.poll_seconds
            try:
                report = self._turn()
            except (Refusal, OSError) as error:
                self._tell_trouble(plain(error))
            except FAULTS:
                self.log.exception("a fault in the watch; it goes on")
            else:
                self._tell_trouble(report.unreachable)
                if report.next_look_seconds is not None:
                    pause = min(pause, report.next_look_seconds)
            self._rest(pause)

    def _turn(self) -> ScanReport:
        report = scan_once(self.lab, self.memory, on_result=self._tell, on_fault=self._tell_fault, stop=self.stop)
        token = self.lab.database.change_token()
        if token != self.token:  # a sample, pellet or geometry may have come that a file waits for
            for result in complete(self.lab):
                self._tell(result)
            self.token = token
        if not self.has_read_again:  # readers may be others than those of the last watch
            read_again(self.lab, on_result=self._tell, on_fault=self._tell_fault, stop=self.stop)
            self.has_read_again = True
        self._tell_waiting(report)
        if self.on_scan is not None:
            self.on_scan(report)
        if not self.stop.is_set():
            self.retrainer.turn()
        return report

    def _tell(self, result: ImportResult) -> None:
        sigma = result.sigma_total_s_cm
        words = (result.state, result.label, result.verdict, f"{sigma:.3g} S/cm" if sigma else None)
        self.log.info("%s: %s", result.file, result.refusal or ", ".join(word for word in words if word))
        if self.on_result is not None:
            self.on_result(result)

    def _tell_waiting(self, report: ScanReport) -> None:
        lines = {f"{item.path}: {item.reason}; trying again" for item in report.waiting if item.is_trouble}
        lines |= {f"{item.path}: {item.reason}" for item in report.passed_over}
        for line in sorted(lines - self.told):
            self.log.warning("%s", line)
        self.told = frozenset(lines)

    def _tell_fault(self, fault: Exception) -> None:
        self.log.error("a fault in the import", exc_info=fault)

    def _tell_trouble(self, trouble: str | None) -> None:
        if trouble and trouble != self.trouble:
            self.log.warning("%s; trying again", trouble)
        elif self.trouble and not trouble:
            self.log.warning("it works again")
        self.trouble = trouble

    def _rest(self, seconds: float) -> None:
        """Wait, but no longer than until an event comes or the watch is to end."""
        for _ in range(max(1, round(seconds / _SLICE_SECONDS))):
            if self.stop.is_set() or self.wake.wait(min(seconds, _SLICE_SECONDS)):
                break
        self.wake.clear()


@contextmanager
def _events(inbox: Path, wake: threading.Event, *, is_wanted: bool) -> Iterator[None]:
    """Let file events set `wake`. They are a hint: where they fail or never come, the looks alone find everything."""
    if not is_wanted:
        yield
        return
    ended = threading.Event()
    thread = threading.Thread(target=_listen, args=(inbox, wake, ended), name="inbox events", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _listen(inbox: Path, wake: threading.Event, ended: threading.Event) -> None:
    import watchfiles

    while not ended.is_set():
        try:
            for _ in watchfiles.watch(
                inbox, watch_filter=None, debounce=200, step=50, rust_timeout=200, stop_event=ended,
                raise_interrupt=False, ignore_permission_denied=True,
            ):  # fmt: skip
                wake.set()
        except (OSError, RuntimeError):
            ended.wait(_EVENT_PAUSE_SECONDS)  # the inbox is away: look for it again
