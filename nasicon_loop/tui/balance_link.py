"""The thread at the balance behind the page "at the balance": it asks the balance, the page shows what it saw.

All talk with the balance and every write is `weigh_live`'s, in one thread. Keys reach it through a queue, each with the
line of the sheet that was seen when it was pressed, so that none can mean another precursor.
"""

import threading
import time
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from typing import Any, Literal

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab import Decision, Lab, WeighingProgress, WeighStep, weigh_live, weighing_progress

Mode = Literal["opening", "live", "by hand", "done"]
LOOK_S = 0.15
"""Between two looks at the balance."""
AGAIN_S = 2.0
"""How long before a balance that is gone is tried again."""
_STABLE_S = 3.0
_REST_S = 30.0
_KEPT_SAYINGS = 8
_LineKey = tuple[str, float]
_Press = tuple[Decision | float, _LineKey | None]


@dataclass(frozen=True, slots=True)
class BalanceView:
    """What there is to show. `trouble` says why the balance is not there, `wish` what waits for a stable value."""

    mode: Mode = "opening"
    step: WeighStep | None = None
    progress: WeighingProgress | None = None
    device: str = ""
    trouble: str = ""
    wish: str = ""
    said: tuple[str, ...] = ()
    is_busy: bool = True

    @property
    def is_typed(self) -> bool:
        """Whether the mass that is shown was typed and is not kept yet."""
        step = self.step
        return step is not None and step.reading_g is not None and not (step.is_live or step.is_stable)


def line_key(step: WeighStep) -> _LineKey:
    """Return what tells one line of the sheet, as it lies there, from every other."""
    return step.formula, step.lies_g


class BalanceLink:
    """A person at the page, for `weigh_live`. `view` is replaced as a whole and may be read from any thread."""

    def __init__(self, lab: Lab, label: str) -> None:
        self.lab, self.label = lab, label
        self.port: str | None = None
        self.view = BalanceView()
        self.error: Exception | None = None
        self._keys: SimpleQueue[_Press] = SimpleQueue()
        self._left: set[str] = set()
        self._is_leaving = self._is_by_hand = self._is_trying_again = self._is_introduced = False
        self._pending: tuple[Decision, _LineKey, float] | None = None
        self._asked: Decision | float = "look"
        self._thread = threading.Thread(target=self._run, name="at the balance", daemon=True)

    # from the page

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Whether the thread has ended: the port is free and all is written."""
        return not self._thread.is_alive()

    def press(self, decision: Decision | float, seen: WeighStep | None) -> None:
        """Hand on what a person decided about the line that was seen."""
        self._keys.put((decision, None if seen is None else line_key(seen)))

    def leave(self) -> None:
        """End after what is being done."""
        self._is_leaving = True
        self._keys.put(("leave", None))

    # in the thread

    def _run(self) -> None:
        try:
            while not self._is_leaving:
                progress = self._at_the_balance()
                if progress is not None:
                    self._show(mode="done", step=None, progress=progress, is_busy=False, wish="", trouble="")
                    return
        except Exception as error:  # the page raises it
            self.error = error

    def _at_the_balance(self) -> WeighingProgress | None:
        """Weigh until the sheet's end; None when it has to be tried again, or was left."""
        self._is_introduced, self._asked, self._pending = False, "look", None
        try:
            done = weigh_live(
                self.lab, self.label, self, port=self.port, left=self._left, stable_within_s=_STABLE_S
            )  # fmt: skip
        except (Refusal, OSError) as refusal:
            return None if self._is_leaving else self._without_it(refusal)
        return None if self._is_leaving else done

    def _without_it(self, refusal: Exception) -> WeighingProgress | None:
        trouble = plain(refusal, limit=300).replace("(--port)", "(key o)")
        self._show(mode="by hand", trouble=trouble, wish="", device="")
        self._is_by_hand, self._is_introduced, self._is_trying_again = True, True, False
        try:
            done = weigh_live(self.lab, self.label, self, is_typed=True, left=self._left)
        except (Refusal, OSError) as other:
            self._show(trouble=plain(other, limit=300), is_busy=False)
            self._wait(AGAIN_S)
            return None
        finally:
            self._is_by_hand = False
        return None if self._is_trying_again or self._is_leaving else done

    def tell(self, words: str) -> None:
        """Keep the last sayings; the first thing a balance says is who it is."""
        if not self._is_introduced:
            self._is_introduced = True
            before = f"the balance answers again; before that, {self.view.trouble}"
            said = (*self.view.said, before) if self.view.trouble else self.view.said
            device = words.removeprefix("balance ").replace(", serial number ", ", ")
            self._show(device=plain(device), trouble="", said=said[-_KEPT_SAYINGS:])
        else:
            self._show(said=(*self.view.said, plain(words, limit=300))[-_KEPT_SAYINGS:])

    def ask(self, step: WeighStep) -> Decision | float:
        """Show the step, and return the next key, or a look at the balance when none comes."""
        before = self.view.step
        if before is None or line_key(before) != line_key(step):
            self._pending = None
            self._show(progress=weighing_progress(self.lab, self.label))
        elif self._asked in ("read", "rescue", "accept") and step.reading_g is not None:
            self.tell(_not_kept(step))
        self._show(mode="by hand" if self._is_by_hand else "live", step=step, is_busy=False)
        self._asked = self._decision(step)
        self._show(wish=self._wish(), is_busy=self._asked not in ("look", "leave"))
        return self._asked

    def _decision(self, step: WeighStep) -> Decision | float:
        while not self._is_leaving:
            if (wanted := self._at_rest(step)) is not None:
                return wanted
            press = self._wait(AGAIN_S if self._is_by_hand else LOOK_S)
            if press is not None and press[1] != line_key(step):
                if press[1] is not None:
                    self.tell(f"a key that was meant for {press[1][0]} did nothing")
                continue
            is_asked = self.view.is_typed or step.is_fixed
            if press is None and is_asked:
                continue
            given = "look" if press is None else press[0]
            if self._is_by_hand and given in ("look", "read", "tare"):
                self._is_trying_again = True
                return "leave"
            if isinstance(given, float) or given == "look" or is_asked:
                return "look" if is_asked and given in ("read", "tare") else given
            self._pending = given, line_key(step), time.monotonic() + _REST_S
            if not (step.is_live or step.is_stable):
                return "look"
        return "leave"

    def _at_rest(self, step: WeighStep) -> Decision | None:
        """What was decided before and may be done now that the balance came to rest."""
        if self._pending is None or self._is_by_hand:
            return None
        decision, key, until = self._pending
        if key == line_key(step) and step.is_stable:
            self._pending = None
            return decision
        if time.monotonic() > until:
            self._pending = None
            self.tell(f"no stable value in {_REST_S:g} s: draughts, vibration, static?")
        return None

    def _wait(self, seconds: float) -> _Press | None:
        try:
            return self._keys.get(timeout=seconds)
        except Empty:
            return None

    def _wish(self) -> str:
        return "" if self._pending is None else str(self._pending[0])

    def _show(self, **changed: Any) -> None:
        self.view = replace(self.view, **changed)


def _not_kept(step: WeighStep) -> str:
    if step.status == "over":
        return f"{step.formula}: not kept, {step.words}"
    return f"{step.formula}: {round(step.reading_g or 0.0, 4) + 0.0:.4f} g not kept, {step.words}"
