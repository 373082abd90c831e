"""At the balance, live: line by line over the sheet, each mass kept at once, so that an interruption costs nothing."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from nasicon_loop.core import Refusal
from nasicon_loop.lab.bench_devices import open_lab_balance
from nasicon_loop.lab.sheets import stored_recipe
from nasicon_loop.lab.weigh_steps import Decision, Pan, Person, Weighing, WeighStep
from nasicon_loop.lab.weighing import WeighingProgress

if TYPE_CHECKING:
    from nasicon_loop.lab.context import Lab

WayOut = Literal["rescue", "accept"] | None


@dataclass
class Patient:
    """Nobody to ask: takes the stable value once it is within the tolerance, waiting `wait_s` for each precursor.

    Too much of one is rescued or accepted as `way_out` says; without it, and when too little comes in time, Refusal.
    """

    wait_s: float = 60.0
    way_out: WayOut = None
    told: Callable[[str], None] = lambda words: None
    sleep_s: float = 0.2
    _step: tuple[str, float] | None = field(default=None, init=False)
    _until: float = field(default=0.0, init=False)

    def ask(self, step: WeighStep) -> "Decision | float":
        """Read until the mass is there."""
        if step.status == "over":
            if self.way_out is None:
                raise Refusal(f"{step.formula}: {step.words}; repeat with --rescue or --accept", step.label)
            return self.way_out
        if (step.formula, step.lies_g) != self._step:
            self._step, self._until = (step.formula, step.lies_g), time.monotonic() + self.wait_s
        if time.monotonic() > self._until:
            raise Refusal(f"{step.formula}: {step.words}, after {self.wait_s:g} s; nothing of it is kept", step.label)
        if step.reading_g is not None:
            time.sleep(self.sleep_s)
        return "read"

    def tell(self, words: str) -> None:
        """Pass it on."""
        self.told(words)


def weigh_live(
    lab: "Lab",
    label: str,
    person: Person,
    *,
    port: str | None = None,
    is_typed: bool = False,
    tare_first: bool = False,
    operator: str | None = None,
    left: set[str] | None = None,
    stable_within_s: float = 30.0,
) -> WeighingProgress:
    """Go over the sheet's lines at the balance until all are weighed, and return where the weighing stands then.

    Each accepted mass is written at once with raw line, serial number, operator and time; run again after any
    interruption, it goes on at the next line. Before each precursor the balance is tared, but not when this process has
    just begun and something unknown lies there: that may be powder of this very line (`tare_first` says it is not).
    What the person is told first is which balance answers.
    With `is_typed` masses come from the person. Precursors in `left` are passed over, and those that the person leaves
    are added to it, so that the next call knows of them. A stable value is waited for `stable_within_s`.
    Raises Refusal without a recipe or balance, and when the cable is gone.
    """
    from instruments.devices import PortGone

    stored_recipe(lab, label)
    if is_typed:
        return Weighing(lab, label, person, Pan(None, label), operator=operator, left=left).through()
    with open_lab_balance(lab, port) as balance:
        try:
            identity = balance.identify()
            person.tell(f"balance {identity.model}, serial number {identity.serial_number}")
            if tare_first:
                balance.tare()
            pan = Pan(balance, label, stable_within_s)
            return Weighing(lab, label, person, pan, operator=operator, left=left).through()
        except PortGone as gone:
            raise Refusal(
                "the port of the balance is gone: is the cable out? What was accepted is kept; plug it in and weigh "
                "on, at another port (--port) if its name has changed",
                label,
            ) from gone
