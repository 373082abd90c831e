"""The steps of weighing at a balance, whatever face a person has before them: line by line, each mass kept at once."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Protocol

from nasicon_loop.core import Refusal
from nasicon_loop.lab.rescuing import rescue_weighing
from nasicon_loop.lab.sheets import stored_recipe
from nasicon_loop.lab.weighing import ACCEPTED, WeighingProgress, weigh, weighing_progress

if TYPE_CHECKING:
    from instruments.devices import Balance, StableWeight
    from nasicon_loop.lab.context import Lab
    from recipes import InVessel

Decision = Literal["look", "read", "keep", "rescue", "accept", "tare", "leave"]
"""What to do now.

`look` shows what the balance shows, stable or not, and keeps nothing. `read` waits for a stable value and keeps it when
it is within the tolerance. `keep` keeps a stable value that is too small, or leaves the precursor when nothing was
added. `rescue` and `accept` keep what is too much and say what becomes of it.
"""
_STEPS_OF_ZERO = 10
_TARE_TRIES = 5


@dataclass(frozen=True, slots=True)
class WeighStep:
    """One precursor at the balance. `add_g` is what is still to be added, `lies_g` what lay in the vessel before.

    `reading_g` is what the balance shows since the last tare, None before anything was read; `is_live` says that it was
    only looked at, and `is_stable` that it had come to rest. `resolution_g` is one step of the balance's last digit.
    `status` and `words` judge all of the precursor that is then in the vessel, against `target_g` and `tolerance_g`;
    `warnings` are about its jar, `caution` about what lies on the pan, `trouble` is why the balance shows no mass.
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
    target_g: float
    tolerance_g: float
    reading_g: float | None = None
    is_kept: bool = False
    warnings: tuple[str, ...] = ()
    is_live: bool = False
    is_stable: bool = False
    resolution_g: float = 0.0001
    caution: str = ""
    trouble: str = ""

    @property
    def is_fixed(self) -> bool:
        """Whether what is kept already is too much: only the way out is asked for, the balance is not."""
        return self.is_kept and self.status == "over" and self.reading_g is None and not self.is_live


class Person(Protocol):
    """Who stands at the balance."""

    def ask(self, step: WeighStep) -> "Decision | float":
        """Return what to do now; a number is a mass in g that was typed: what was added of this precursor."""
        ...

    def tell(self, words: str) -> None:
        """Take note."""
        ...


class Pan:
    """The balance with its tare; `balance` is None where masses are typed. Fresh until the first line was begun: the
    powder may lie there already."""

    def __init__(self, balance: "Balance | None", label: str, stable_within_s: float = 30.0) -> None:
        self._balance = balance
        self._label = label
        self._stable_within_s = stable_within_s
        self._is_fresh = True

    def begin(self, step: WeighStep, last_g: float | None) -> str:
        """Tare, unless something of this precursor may lie there already, and write the target on the display.

        Returns what to mind about what lies there, empty when nothing.
        """
        from instruments.devices import DeviceSaysNo

        if self._balance is None:
            return ""
        caution = self._caution(self._balance, step, last_g) if self._is_fresh else ""
        if not caution:
            self.tare()
        self._is_fresh = False
        sign = "+" if step.lies_g else ""
        with suppress(DeviceSaysNo):  # not every model writes on its display
            self._balance.show(f"{step.formula.replace('·', '*')} {sign}{step.add_g:.4f} g")
        return caution

    @staticmethod
    def _caution(balance: "Balance", step: WeighStep, last_g: float | None) -> str:
        shown = balance.weight()
        near = _STEPS_OF_ZERO * shown.resolution_g
        is_last = last_g is not None and abs(shown.mass_g - last_g) <= near
        if is_last or abs(shown.mass_g) <= near:  # what was kept last still counts, or nothing lies there
            return ""
        return f"something lay there before: tare, unless it is {step.formula} of this line"

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

    def look(self, step: WeighStep) -> tuple[WeighStep, float | None]:
        """Return the step with what the balance shows at this moment; the mass is None while it shows none."""
        from instruments.devices import DeviceSaysNo, UnreadableReply

        try:
            shown = self._there().weight()
        except (DeviceSaysNo, UnreadableReply) as problem:  # overload, a noisy line: the next look may be better
            return replace(step, reading_g=None, is_live=True, is_stable=False, trouble=problem.reason), None
        seen = replace(step, is_live=True, is_stable=shown.is_stable, resolution_g=shown.resolution_g, trouble="")
        return seen, shown.mass_g

    def read(self) -> "StableWeight":
        """Return a stable weight."""
        return self._there().stable_weight(self._stable_within_s)

    def end(self) -> None:
        """Give the display back; what was kept is kept, whether the balance still answers or not."""
        from instruments.devices import DeviceError

        if self._balance is not None:
            with suppress(DeviceError):
                self._balance.show("")

    def _there(self) -> "Balance":
        if self._balance is None:
            raise Refusal("there is no balance: type the mass", self._label)
        return self._balance


class Weighing:
    """One go over the sheet. What the person leaves as it is goes into `left` and is not asked for again."""

    def __init__(
        self,
        lab: "Lab",
        label: str,
        person: Person,
        pan: Pan,
        *,
        operator: str | None = None,
        left: set[str] | None = None,
    ) -> None:
        self._lab, self._label, self._person, self._operator = lab, label, person, operator
        self._pan = pan
        self._left: set[str] = set() if left is None else left

    def through(self) -> WeighingProgress:
        """Go on until every line is weighed or left, or the person leaves; return where the weighing stands then."""
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
        step = begun = self._begun(line, progress)
        if line.status == "over":
            return self._way_out(step, self._person.ask(step))
        step = begun = replace(begun, caution=self._pan.begin(step, self._last_g()))
        weight: StableWeight | None = None
        while (decision := self._person.ask(step)) != "leave":
            if decision == "tare":  # what was read before is not what the balance shows now
                weight, step = None, self._tared(begun)
                begun = step
                continue
            if decision == "look":  # whatever it shows, nobody said yet that it is to be kept
                weight, step = None, self._looked(begun)
                continue
            if isinstance(decision, float):
                weight, step = None, self._judged(begun, decision)
            elif decision == "read" or step.is_live:
                weight = self._read()
                step = begun if weight is None else self._stable(begun, weight)
                if weight is None:
                    continue
            if decision == "keep" and self._is_nothing(step, weight):
                self._left.add(step.formula)  # what lies there already stays as it is
                self._person.tell(f"{step.formula}: left as it is, {line.words}")
                return True
            if self._is_done(step, decision):
                self._keep(step, weight)
                return step.status != "over" or self._way_out(step, decision)
        return False

    def _begun(self, line: "InVessel", progress: WeighingProgress) -> WeighStep:
        lies_g = line.actual_g or 0.0
        return WeighStep(
            self._label,
            line.formula,
            line.asked,
            line.target_g - lies_g,
            lies_g,
            1 + [each.formula for each in progress.lines].index(line.formula),
            len(progress.lines),
            line.status,
            line.words,
            line.target_g,
            line.tolerance_g,
            is_kept=line.actual_g is not None,
            warnings=tuple(
                note for note in progress.warnings if note.startswith((f"{line.formula}:", line.formula + " "))
            ),
        )

    def _tared(self, begun: WeighStep) -> WeighStep:
        from instruments.devices import NotStable

        try:
            self._pan.tare()
        except NotStable as problem:
            self._person.tell(problem.reason)
            return begun
        return replace(begun, caution="")

    def _looked(self, begun: WeighStep) -> WeighStep:
        step, mass_g = self._pan.look(begun)
        return step if mass_g is None else self._judged(step, mass_g)

    def _stable(self, begun: WeighStep, weight: "StableWeight") -> WeighStep:
        return self._judged(replace(begun, is_stable=True, resolution_g=weight.resolution_g), weight.mass_g)

    @staticmethod
    def _is_nothing(step: WeighStep, weight: "StableWeight | None") -> bool:
        """Whether there is nothing to keep: no reading, or one that only says that the balance is not quite at zero."""
        if step.reading_g is None:
            return True
        return weight is not None and step.reading_g <= min(_STEPS_OF_ZERO * weight.resolution_g, step.tolerance_g)

    @staticmethod
    def _is_done(step: WeighStep, decision: "Decision | float") -> bool:
        if step.reading_g is None:
            return False
        if step.status == "good":
            return True
        wanted = ("keep", "rescue", "accept") if step.status == "over" else ("keep",)
        return decision in wanted and step.reading_g > 0

    def _read(self) -> "StableWeight | None":
        from instruments.devices import NotStable, OutOfRange

        try:
            return self._pan.read()
        except (NotStable, OutOfRange) as problem:
            self._person.tell(problem.reason)
            return None

    def _judged(self, step: WeighStep, reading_g: float) -> WeighStep:
        import recipes

        found = recipes.in_vessel(stored_recipe(self._lab, self._label), {step.formula: step.lies_g + reading_g})
        now = next((each for each in found if each.formula == step.formula), None)
        if now is None:
            raise Refusal(f"the sheet was planned anew meanwhile, without {step.formula}; begin again", self._label)
        return replace(
            step,
            asked=now.asked,
            add_g=now.target_g - step.lies_g,
            target_g=now.target_g,
            tolerance_g=now.tolerance_g,
            reading_g=reading_g,
            status=now.status,
            words=now.words,
        )

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
