"""At the balance, live: line by line over the sheet, each mass kept at once, so that an interruption costs nothing."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, Protocol

from nasicon_loop.core import Refusal
from nasicon_loop.lab.bench_devices import open_lab_balance
from nasicon_loop.lab.rescuing import rescue_weighing
from nasicon_loop.lab.sheets import stored_recipe
from nasicon_loop.lab.weighing import ACCEPTED, WeighingProgress, weigh, weighing_progress

if TYPE_CHECKING:
    from instruments.devices import Balance, StableWeight
    from nasicon_loop.lab.context import Lab
    from recipes import InVessel

Decision = Literal["read", "keep", "rescue", "accept", "tare", "leave"]
WayOut = Literal["rescue", "accept"] | None
_STEPS_OF_ZERO = 10
_TARE_TRIES = 5


@dataclass(frozen=True, slots=True)
class WeighStep:
    """One precursor at the balance. `add_g` is what is still to be added, `lies_g` what lay in the vessel before.

    `reading_g` is what the balance shows since the last tare, None before anything was read. `status` and `words` judge
    all of the precursor that is then in the vessel; `warnings` are about its jar.
    """

    label: str
    formula: str
    asked: str
    add_g: float
    lies_g: float
    number: int
    n_lines: int
    status: str
    words: str
    reading_g: float | None = None
    is_kept: bool = False
    warnings: tuple[str, ...] = ()


class Person(Protocol):
    """Who stands at the balance."""

    def ask(self, step: WeighStep) -> "Decision | float":
        """Return what to do now; a number is a mass in g that was typed: what was added of this precursor."""
        ...

    def tell(self, words: str) -> None:
        """Take note."""
        ...


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


class _Pan:
    """The balance with its tare. `is_fresh`: this process has not tared yet, so the powder may lie there already."""

    def __init__(self, balance: "Balance | None", label: str) -> None:
        self._balance = balance
        self._label = label
        self._is_fresh = True

    def begin(self, step: WeighStep, last_g: float | None) -> None:
        """Tare, unless something of this precursor may lie there already, and write the target on the display."""
        if self._balance is None:
            return
        if self._is_fresh:
            shown = self._balance.weight()
            near = _STEPS_OF_ZERO * shown.resolution_g
            is_last = last_g is not None and abs(shown.mass_g - last_g) <= near
            if is_last or abs(shown.mass_g) <= near:  # what was kept last still counts, or nothing lies there
                self.tare()
        else:
            self.tare()
        self._is_fresh = False
        sign = "+" if step.lies_g else ""
        self._balance.show(f"{step.formula.replace('·', '*')} {sign}{step.add_g:.4f} g")

    def tare(self) -> None:
        """Tare; repeated while somebody still touches the pan."""
        from instruments.devices import NotAnswering, NotStable, PortGone

        if self._balance is None:
            return
        for attempt in range(_TARE_TRIES):
            try:
                self._balance.tare()
            except PortGone:
                raise
            except (NotStable, NotAnswering):
                if attempt == _TARE_TRIES - 1:
                    raise
            else:
                return

    def read(self) -> "StableWeight":
        if self._balance is None:
            raise Refusal("there is no balance: type the mass", self._label)
        return self._balance.stable_weight()

    def end(self) -> None:
        if self._balance is not None:
            self._balance.show("")


def weigh_live(
    lab: "Lab",
    label: str,
    person: Person,
    *,
    port: str | None = None,
    is_typed: bool = False,
    tare_first: bool = False,
    operator: str | None = None,
) -> WeighingProgress:
    """Go over the sheet's lines at the balance until all are weighed, and return where the weighing stands then.

    Each accepted mass is written at once with raw line, serial number, operator and time; run again after any
    interruption, it goes on at the next line. Before each precursor the balance is tared, but not when this process has
    just begun and something unknown lies there: that may be powder of this very line (`tare_first` says it is not).
    With `is_typed` masses come from the person. Raises Refusal without a recipe or balance, and when the cable is gone.
    """
    from instruments.devices import PortGone

    stored_recipe(lab, label)
    if is_typed:
        return _Weighing(lab, label, person, None, operator).through()
    with open_lab_balance(lab, port) as balance:
        try:
            identity = balance.identify()
            person.tell(f"balance {identity.model}, serial number {identity.serial_number}")
            if tare_first:
                balance.tare()
            return _Weighing(lab, label, person, balance, operator).through()
        except PortGone as gone:
            raise Refusal(
                "the port of the balance is gone: is the cable out? What was accepted is kept; plug it in and run the "
                "same again (--port, if its name has changed)",
                label,
            ) from gone


class _Weighing:
    def __init__(self, lab: "Lab", label: str, person: Person, balance: "Balance | None", operator: str | None) -> None:
        self._lab, self._label, self._person, self._operator = lab, label, person, operator
        self._pan = _Pan(balance, label)
        self._left: set[str] = set()

    def through(self) -> WeighingProgress:
        while (line := self._next(progress := weighing_progress(self._lab, self._label))) is not None:
            if not self._line(line, progress):
                break
        self._pan.end()
        return weighing_progress(self._lab, self._label)

    def _next(self, progress: WeighingProgress) -> "InVessel | None":
        """What is too much comes first: the way out changes the others."""
        lines = [line for line in progress.lines if line.formula not in self._left]
        over = [line for line in lines if line.status == "over"] if progress.options else []
        return next(iter([*over, *(line for line in lines if line.status in ("missing", "short"))]), None)

    def _line(self, line: "InVessel", progress: WeighingProgress) -> bool:
        """One precursor, to its end. False when the person leaves."""
        lies_g = line.actual_g or 0.0
        step = begun = WeighStep(
            self._label,
            line.formula,
            line.asked,
            line.target_g - lies_g,
            lies_g,
            1 + [each.formula for each in progress.lines].index(line.formula),
            len(progress.lines),
            line.status,
            line.words,
            is_kept=line.actual_g is not None,
            warnings=tuple(
                note for note in progress.warnings if note.startswith((f"{line.formula}:", line.formula + " "))
            ),
        )
        if line.status == "over":
            return self._way_out(step, self._person.ask(step))
        self._pan.begin(step, self._last_g())
        weight: StableWeight | None = None
        while True:
            decision = self._person.ask(step)
            if decision == "leave":
                return False
            if decision == "tare":
                self._pan.tare()
                weight, step = None, begun  # what was read before is not what the balance shows now
            elif decision == "read":
                weight = self._read()
                step = step if weight is None else self._judged(step, line, weight.mass_g)
            elif isinstance(decision, float):
                weight, step = None, self._judged(step, line, decision)
            elif decision == "keep" and step.reading_g is None:
                self._left.add(line.formula)  # what lies there already stays as it is
                return True
            if self._is_done(step, decision):
                self._keep(step, weight)
                return step.status != "over" or self._way_out(step, decision)

    @staticmethod
    def _is_done(step: WeighStep, decision: "Decision | float") -> bool:
        if step.reading_g is None:
            return False
        return step.status == "good" or (decision in ("keep", "rescue", "accept") and step.reading_g > 0)

    def _read(self) -> "StableWeight | None":
        from instruments.devices import NotStable, OutOfRange

        try:
            return self._pan.read()
        except (NotStable, OutOfRange) as problem:
            self._person.tell(problem.reason)
            return None

    def _judged(self, step: WeighStep, line: "InVessel", reading_g: float) -> WeighStep:
        import recipes

        recipe = stored_recipe(self._lab, self._label)
        now = next(
            each
            for each in recipes.in_vessel(recipe, {line.formula: step.lies_g + reading_g})
            if each.formula == line.formula
        )
        return replace(step, reading_g=reading_g, status=now.status, words=now.words)

    def _keep(self, step: WeighStep, weight: "StableWeight | None") -> None:
        mass_g = step.lies_g + (step.reading_g or 0.0)
        weigh(
            self._lab,
            self._label,
            {step.formula: mass_g},
            operator=self._operator,
            balance=None if weight is None else weight.serial_number,
            raw_lines={} if weight is None else {step.formula: weight.raw},
        )
        if step.status == "short":
            self._left.add(step.formula)
        self._person.tell(f"{step.formula}: {mass_g:.4f} g kept, {step.words}")

    def _way_out(self, step: WeighStep, decision: "Decision | float") -> bool:
        """What was decided about too much of one; kept it lies, so that it is asked again when nothing was."""
        if decision in ("rescue", "accept"):
            done = rescue_weighing(self._lab, self._label, accept=decision == "accept", operator=self._operator)
            self._person.tell(done.words.replace(ACCEPTED, ", left as it is"))
            return True
        return decision != "leave"

    def _last_g(self) -> float | None:
        """What the balance showed for the mass that was kept last, None when it was typed."""
        with self._lab.database.read() as reader:
            entries = reader.newest_entries(reader.sample(self._label)).values()
        newest = max(entries, key=lambda entry: entry.id, default=None)
        words = [] if newest is None or newest.raw_line is None else newest.raw_line.split()
        try:
            return float(words[2]) if len(words) == 4 and words[3] == "g" else None
        except ValueError:
            return None
