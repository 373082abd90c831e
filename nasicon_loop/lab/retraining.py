"""Training again after enough new results, in a process of its own."""

import logging
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from nasicon_loop.lab.context import Lab

LOG_NAME = "train.log"
_GRACE_SECONDS = 5.0
_MAX_LOG_BYTES = 2_000_000


def training_command(lab: "Lab") -> list[str]:
    """Return the command line of an automatic training of this lab.

    `-P` keeps the working folder off the module path: a folder `db` or `recipes` in it must not stand in for ours.
    """
    return [sys.executable, "-P", "-m", "nasicon_loop.cli", "train", "--automatic", "--lab", str(lab.folder.path)]


def unlearned(lab: "Lab") -> frozenset[int]:
    """Return the ids of the analyses that the latest model run does not know yet, or should no longer know."""
    with lab.database.read() as reader:
        run = reader.latest_model_run()
        known = {lesson.analysis_id for lesson in reader.lessons(run)} if run else set()
        return frozenset(known ^ {row.analysis_id for row in reader.teaching_analyses()})


class Retrainer:
    """Starts a training when `retrain_after_n_results` results came, or were taken back, since the last one.

    One training at a time. A training that failed is tried again only after as many results more, so that a broken
    set-up does not keep the machine busy. Stopping ends a running training: it writes its model in one step at its
    end, so nothing half done stays, and the count, which comes from the database, starts it again next time.
    """

    def __init__(
        self,
        lab: "Lab",
        log: logging.Logger,
        command: Callable[["Lab"], Sequence[str]] = training_command,
    ) -> None:
        self._lab = lab
        self._log = log
        self._command = command
        self._child: subprocess.Popen[bytes] | None = None
        self._output: IO[bytes] | None = None
        self._tried: frozenset[int] = frozenset()
        self._journal_id = -1

    @property
    def is_training(self) -> bool:
        """Whether a training runs now."""
        return self._child is not None

    def turn(self) -> None:
        """Collect a training that is over; start one when it is due."""
        self._collect()
        n_wanted = self._lab.settings.training.retrain_after_n_results
        if n_wanted == 0 or self._child is not None:
            return
        with self._lab.database.read() as reader:
            journal_id = reader.max_journal_id()
        if journal_id == self._journal_id:
            return  # nothing was written since the last look
        self._journal_id = journal_id
        changed = unlearned(self._lab)
        n_new = len(changed - self._tried)
        if n_new >= n_wanted:
            self._tried = changed
            self._start(n_new)

    def stop(self) -> None:
        """End a running training and wait for its end."""
        if self._child is not None:
            self._log.info("the training is stopped; it will start again with the next watch")
            self._child.terminate()
            try:
                self._child.wait(_GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
            self._forget()

    def _start(self, n_new: int) -> None:
        log_path = self._lab.folder.logs / LOG_NAME
        if log_path.exists() and log_path.stat().st_size > _MAX_LOG_BYTES:
            log_path.replace(log_path.with_suffix(".log.1"))
        self._output = log_path.open("ab")
        try:
            self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
                list(self._command(self._lab)),
                stdin=subprocess.DEVNULL,
                stdout=self._output,
                stderr=subprocess.STDOUT,
                cwd=self._lab.folder.path,
            )
        except OSError as error:
            self._log.error("training could not be started: %s", error)
            self._forget()
            return
        self._log.info("%d new results: training started (process %d, log %s)", n_new, self._child.pid, log_path)

    def _collect(self) -> None:
        if self._child is None or self._child.poll() is None:
            return
        if self._child.returncode == 0:
            self._log.info("training done")
        else:
            self._log.error("training ended with code %d: see %s", self._child.returncode, LOG_NAME)
        self._forget()

    def _forget(self) -> None:
        self._child = None
        if self._output is not None:
            self._output.close()
            self._output = None


def remove_unfinished_models(lab: "Lab") -> int:
    """Remove what a killed training was writing in models/; return how many. Call it while no training runs.

    Models are written under a hidden name and renamed when they are complete.
    """
    unfinished = [path for path in lab.folder.models.glob(".2*Z-*") if path.is_dir()]
    for path in unfinished:
        shutil.rmtree(path, ignore_errors=True)
    return len(unfinished)
