"""A chamber furnace with lag, and the clock of a programmer; no registers here."""

import math
from dataclasses import dataclass, field
from enum import Enum
from random import Random


class Mode(Enum):
    """What the programmer does."""

    RESET = "reset"
    RUN = "run"
    HOLD = "hold"
    HOLDBACK = "holdback"
    COMPLETE = "complete"


@dataclass(frozen=True)
class Step:
    """One step of a programmer: `rate_c_s` > 0 is a ramp to `target_c`, else a dwell of `dwell_s`."""

    target_c: float
    rate_c_s: float = 0.0
    dwell_s: float = 0.0


@dataclass
class Chamber:
    """Heater, chamber and thermocouple: one lag each for chamber and sensor, power limited.

    `hottest_c`: where full power ends; `lag_s`: how long the chamber takes towards it; `sensor_lag_s`: the sheath.
    """

    ambient_c: float = 22.0
    hottest_c: float = 1700.0
    lag_s: float = 1800.0
    sensor_lag_s: float = 15.0
    noise_c: float = 0.2
    temperature_c: float = 22.0
    sensor_c: float = 22.0
    output: float = 0.0
    source: Random = field(default_factory=lambda: Random(3))  # noqa: S311 - noise, not secrecy

    def step(self, seconds: float, output: float) -> None:
        """Go on by `seconds` with a heater output from 0 to 1."""
        self.output = output
        goal_c = self.ambient_c + (self.hottest_c - self.ambient_c) * output
        self.temperature_c += (goal_c - self.temperature_c) * -math.expm1(-seconds / self.lag_s)
        self.sensor_c += (self.temperature_c - self.sensor_c) * -math.expm1(-seconds / self.sensor_lag_s)

    def controlled(self, setpoint_c: float, rate_c_s: float = 0.0) -> float:
        """Return the output a well-tuned loop would give for a setpoint that moves at `rate_c_s`."""
        span_c = self.hottest_c - self.ambient_c
        forward = (setpoint_c - self.ambient_c + rate_c_s * self.lag_s) / span_c
        return min(1.0, max(0.0, forward + 0.05 * (setpoint_c - self.sensor_c)))

    def measured_c(self) -> float:
        """Return what the thermocouple shows, with noise."""
        return self.sensor_c + self.source.gauss(0.0, self.noise_c)


@dataclass
class Programmer:
    """Runs steps: working setpoint, step number from 1, time left in it."""

    steps: tuple[Step, ...] = ()
    mode: Mode = Mode.RESET
    setpoint_c: float = 22.0
    index: int = 0
    dwelled_s: float = 0.0
    holdback_c: float | None = None

    def start(self, steps: tuple[Step, ...], measured_c: float) -> None:
        """Start from the measured temperature (servo to PV), or go on after a hold."""
        if self.mode in {Mode.HOLD, Mode.HOLDBACK}:
            self.mode = Mode.RUN
            return
        self.steps, self.index, self.dwelled_s, self.setpoint_c = steps, 0, 0.0, measured_c
        self.mode = Mode.RUN if steps else Mode.COMPLETE

    def left_s(self) -> float:
        """Return the seconds left in the present step."""
        if self.index >= len(self.steps):
            return 0.0
        step = self.steps[self.index]
        if step.rate_c_s:
            return abs(step.target_c - self.setpoint_c) / step.rate_c_s
        return max(0.0, step.dwell_s - self.dwelled_s)

    def advance(self, seconds: float, measured_c: float) -> float:
        """Go on by `seconds`; return the rate of the setpoint, °C/s."""
        if self.mode in {Mode.RUN, Mode.HOLDBACK} and self.holdback_c is not None:
            is_behind = abs(measured_c - self.setpoint_c) > self.holdback_c
            self.mode = Mode.HOLDBACK if is_behind else Mode.RUN
        if self.mode is not Mode.RUN:
            return 0.0
        before_c, whole_s = self.setpoint_c, seconds
        while seconds > 0 and self.index < len(self.steps):
            seconds -= self._spend(self.steps[self.index], seconds)
        if self.index >= len(self.steps):
            self.mode = Mode.COMPLETE
        return (self.setpoint_c - before_c) / whole_s

    def _spend(self, step: Step, seconds: float) -> float:
        used_s = min(seconds, self.left_s())
        if step.rate_c_s:
            way_c = math.copysign(step.rate_c_s * used_s, step.target_c - self.setpoint_c)
            self.setpoint_c += way_c
        else:
            self.dwelled_s += used_s
        if self.left_s() < 1e-9:
            self.setpoint_c, self.index, self.dwelled_s = step.target_c, self.index + 1, 0.0
        return used_s


@dataclass
class Furnace:
    """Chamber and programmer together, advanced in steps of at most `step_s`."""

    chamber: Chamber = field(default_factory=Chamber)
    programmer: Programmer = field(default_factory=Programmer)
    idle_setpoint_c: float = 0.0
    is_sensor_broken: bool = False
    is_powered: bool = True
    step_s: float = 5.0
    peak_c: float = 22.0
    _at_s: float = 0.0

    def setpoint_c(self) -> float:
        """Return the working setpoint."""
        return self.idle_setpoint_c if self.programmer.mode is Mode.RESET else self.programmer.setpoint_c

    def advance_to(self, seconds: float) -> None:
        """Go on to a moment of the simulated clock."""
        while self._at_s < seconds:
            step_s = min(self.step_s, seconds - self._at_s)
            self._at_s += step_s
            rate = self.programmer.advance(step_s, self.chamber.sensor_c) if self.is_powered else 0.0
            is_heating = self.is_powered and not self.is_sensor_broken
            self.chamber.step(step_s, self.chamber.controlled(self.setpoint_c(), rate) if is_heating else 0.0)
            self.peak_c = max(self.peak_c, self.chamber.temperature_c)

    def power_cut(self, seconds: float, recovery: str) -> None:
        """Cut the power for `seconds`; afterwards "continue", "hold" or "reset", as configured at the unit."""
        self.is_powered = False
        self.advance_to(self._at_s + seconds)
        self.is_powered = True
        if self.programmer.mode in {Mode.RUN, Mode.HOLDBACK}:
            self.programmer.mode = {"continue": Mode.RUN, "hold": Mode.HOLD, "reset": Mode.RESET}[recovery]
