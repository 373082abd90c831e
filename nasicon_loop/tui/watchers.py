"""Starting a process that watches a furnace, and talking to it until the furnace runs; it then needs nobody.

Not an `asyncio` process and no job: those end with the application.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from queue import Empty, SimpleQueue
from typing import Any

from nasicon_loop.core import Refusal
from nasicon_loop.lab import Lab
from nasicon_loop.tui.child import MARK

LOG_NAME = "furnace.log"
_PATIENCE_SECONDS = 180.0
"""A program has hundreds of registers, each read back at 9600 baud, some of them twice."""
_OWN_CONSOLE = int(getattr(subprocess, "CREATE_NO_WINDOW", 0))
"""On Windows: closing the terminal's window ends what shares its console."""


def command(lab: Lab, kind: str, *words: str) -> list[str]:
    """Return the command line of a watcher."""
    return [sys.executable, "-m", "nasicon_loop.tui.watcher", kind, str(lab.folder.path), lab.who, *words]


class Watcher:
    """A watcher as its parent sees it: `answer` what it told, `confirm` what it asks, `leave` it alone."""

    def __init__(self, lab: Lab, kind: str, *words: str) -> None:
        log = lab.folder.logs / LOG_NAME
        log.parent.mkdir(exist_ok=True)
        with log.open("ab") as errors:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                command(lab, kind, *words),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                bufsize=0,
                start_new_session=True,  # a lost terminal does not end it
                creationflags=_OWN_CONSOLE,
            )
        self._told: SimpleQueue[Mapping[str, Any] | None] = SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - it was opened as a pipe
        with self._process.stdout as lines:
            for raw in lines:
                text = raw.decode("utf-8", errors="replace")
                if text.startswith(MARK):
                    self._told.put(json.loads(text.removeprefix(MARK)))
        self._told.put(None)
        self._process.wait()  # to the end of the run, so that nothing of it is left in the table of processes

    def answer(self, *wanted: str) -> Mapping[str, Any]:
        """Wait for one of the `wanted` documents, and return it together with all that was "said" before, in a list.

        Raises Refusal for what the watcher refused, when it died, and when it takes far too long.
        """
        said: list[str] = []
        while True:
            try:
                told = self._told.get(timeout=_PATIENCE_SECONDS)
            except Empty:
                raise Refusal(f"no word from the furnace for {_PATIENCE_SECONDS:g} s: see logs/{LOG_NAME}") from None
            if told is None:
                self._told.put(None)  # the end stays the end, however often it is asked
                raise Refusal(f"the watching process ended without a word: see logs/{LOG_NAME}")
            if "refusal" in told:
                raise Refusal(str(told["refusal"]))
            if "said" in told:
                said.append(str(told["said"]))
            if any(word in told for word in wanted):
                return {**told, "said": said}

    def confirm(self, line: str) -> str:
        """Answer its question and return what it said of the start; Refusal for a wrong answer: give another."""
        assert self._process.stdin is not None  # noqa: S101 - it was opened as a pipe
        try:
            self._process.stdin.write(line.replace("\n", " ").encode() + b"\n")
        except (OSError, ValueError):  # it has gone; what it said last tells why
            return str(self.answer("begun")["begun"])
        told = self.answer("begun", "wrong")
        if "wrong" in told:
            raise Refusal(str(told["wrong"]))
        return str(told["begun"])

    def leave(self) -> None:
        """Answer nothing any more: a program that was not confirmed stays loaded and is not started."""
        assert self._process.stdin is not None  # noqa: S101 - it was opened as a pipe
        self._process.stdin.close()

    def ended(self) -> None:
        """Wait until it has told everything and gone, so that the port is free again."""
        while self._told.get(timeout=_PATIENCE_SECONDS) is not None:
            continue
