"""A furnace from loading to the end of its run, in a process of its own that outlives the screens.

`python -m nasicon_loop.tui.watcher fire LAB WHO LABEL`, or `attach LAB WHO`. Tells its parent what happens as marked
lines of JSON on standard output (`MARK`): "said", "question" with "plan", "wrong", "begun", "refusal". A question is
answered by one line on standard input, NAME,TOP °C,MINUTES; when the input ends, the program stays loaded and is not
started. Once the furnace runs nobody needs to listen any more: everything is in the database, and the words go on to
standard error, which is logs/furnace.log.
"""

import os
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

from nasicon_loop.core import Refusal, plain, to_json
from nasicon_loop.lab import Armed, attach_live, fire_live, next_plan, opened, parse_arming
from nasicon_loop.tui.child import MARK

PATIENCE_S: Final = 900.0
"""How long a question waits for its answer; as long nobody else gets the port."""
_REFUSED = 1
_WRONG_USAGE = 2
_STDIN, _STDOUT, _STDERR = 0, 1, 2
_USAGE = "usage: watcher fire LAB WHO LABEL | attach LAB WHO\n"


class Voice:
    """What is told: to the log always, to the parent until the furnace runs."""

    def __init__(self) -> None:
        self._has_parent = True

    def say(self, words: str) -> None:
        """Tell what happens."""
        self._log(words)
        self.tell(said=words)

    def begun(self, words: str) -> None:
        """Tell that the furnace runs, and need no parent from here on."""
        self._log(words)
        self.tell(begun=words)
        self._has_parent = False
        os.dup2(_STDERR, _STDOUT)  # the pipe ends here, whoever else would write to it

    def refused(self, refusal: Exception) -> None:
        """Tell why it is not done, or why nobody watches any more."""
        self._log(str(refusal))
        self.tell(refusal=str(refusal))

    def tell(self, **document: Any) -> None:
        """Write one line; a parent that is gone is no reason to stop."""
        if not self._has_parent:
            return
        with suppress(OSError):
            os.write(_STDOUT, (MARK + to_json(document, indent=None) + "\n").encode())

    @staticmethod
    def _log(words: str) -> None:
        with suppress(OSError):
            os.write(_STDERR, f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {plain(words, limit=600)}\n".encode())


class Person:
    """Whoever answers on standard input."""

    def __init__(self, voice: Voice, plan: str) -> None:
        self._voice, self._plan = voice, plan
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        rest = b""
        with suppress(OSError):
            while data := os.read(_STDIN, 4096):  # not sys.stdin: its lock would be held when the process ends
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    self._lines.put(line.decode("utf-8", errors="replace"))
        self._lines.put(None)

    def arm(self, question: str) -> Armed:
        """Ask, until what comes can be read as an answer; Refusal when none comes."""
        self._voice.tell(question=question, plan=self._plan)
        while True:
            try:
                line = self._lines.get(timeout=PATIENCE_S)
            except Empty:
                raise Refusal(f"loaded and not started: nobody confirmed it within {PATIENCE_S / 60:g} min") from None
            if line is None:
                raise Refusal("loaded and read back, not started")
            try:
                return parse_arming(line)
            except Refusal as refusal:
                self.wrong(refusal)

    def wrong(self, refusal: Refusal) -> None:
        """Tell why an answer is not taken."""
        self._voice.tell(wrong=str(refusal))


def main(arguments: list[str]) -> int:
    """Watch one furnace to its end; 0 done, 1 refused or not watched any more, 2 wrong usage."""
    match arguments:
        case ["fire", where, who, label]:
            return _work(where, who, label)
        case ["attach", where, who]:
            return _work(where, who, None)
    sys.stderr.write(_USAGE)
    return _WRONG_USAGE


def _work(where: str, who: str, label: str | None) -> int:
    voice = Voice()
    try:
        with opened(Path(where), who=who) as lab:
            if label is None:
                done = attach_live(lab, voice.say, begun=voice.begun)
            else:
                plan = next_plan(lab, label)
                person = Person(voice, plan.words())
                done = fire_live(lab, plan, person.arm, voice.say, wrong=person.wrong, begun=voice.begun)
            voice.say(f"run {done.run.number} ended, {len(done.firings)} firings written")
    except (Refusal, OSError) as refusal:
        voice.refused(refusal)
        return _REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
