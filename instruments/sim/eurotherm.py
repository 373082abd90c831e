"""Eurotherm controllers with a furnace behind them. `python -m instruments.sim.eurotherm` prints the port or address.

Registers from the tables in `eurotherm_tables`; physics from `furnace_physics`. Temperatures are integers with
`decimals` places in the low registers and IEEE floats at 0x8000 + 2 * register.
"""

import argparse
import struct
import sys
from collections.abc import Callable

from instruments.sim import eurotherm_tables as tables
from instruments.sim.console import number, serve
from instruments.sim.faults import Faults
from instruments.sim.furnace_physics import Furnace, Mode, Step
from instruments.sim.lines import PtyLine, TcpLine
from instruments.sim.modbus_server import Refused, RtuServer, TcpServer
from instruments.sim.sim_clock import SimClock

_SCALED = frozenset({"pv", "setpoint", "segment_target"})
_SETPOINTS = frozenset({24, 25, 26, 111, 112})


class EurothermSimulator:
    """A register map that lives: reading moves the furnace to the present moment of its clock.

    Faults of the unit itself: `stuck` registers keep their value though the write is acknowledged, `clips` limits
    targets to the setpoint maximum without a word. `writes` lists every accepted write (register, value, function),
    `is_damaged` tells that register 199 was written.
    """

    def __init__(
        self, model: tables.Model = tables.EUROTHERM_2408, clock: SimClock | None = None, *, decimals: int = 1,
        limit_c: float = 1500.0,
    ) -> None:  # fmt: skip
        self.model = model
        self.clock = clock or SimClock()
        self.furnace = Furnace()
        self.decimals = decimals
        self.stored = dict(model.stored)
        self.stored[111] = round(limit_c * 10**decimals)
        self.rate_steps = model.rate_steps_per_c_min
        self.stuck: set[int] = set()
        self.clips = False
        self.recovery = "continue"
        self.has_run = False
        self.is_damaged = False
        self.writes: list[tuple[int, int, int]] = []
        self._running_target_c: float | None = None

    def get(self, register: int) -> int:
        """Return a register as an unsigned number."""
        self.furnace.advance_to(self.clock.seconds())
        if register >= 0x8000:
            return self._ieee_word(register - 0x8000)
        if register in self.model.identity:
            return self.model.identity[register]
        if register == 23:
            return self.model.status[self.furnace.programmer.mode]
        if register in self.model.live:
            name = self.model.live[register]
            value = self._live(name) * (10**self.decimals if name in _SCALED else 10 if name == "output" else 1)
            return round(value) & 0xFFFF
        if register in self.stored or self._is_program(register):
            return self.stored.get(register, 0)
        raise Refused(2)

    def put(self, register: int, value: int, function: int) -> None:
        """Set a register. Function 16 to an unused address looks successful and does nothing (HA026230)."""
        self.furnace.advance_to(self.clock.seconds())
        if register not in self.stored and register != 23 and not self._is_program(register):
            if function == 16:
                return
            raise Refused(2)
        self.writes.append((register, value, function))
        self.is_damaged = self.is_damaged or register == 199
        if register == 23:
            self._command(value)
        elif register not in self.stuck:
            self.stored[register] = self._clipped(register, value)

    def power_cut(self, seconds: float) -> None:
        """Cut the power of furnace and controller for `seconds` of simulated time."""
        self.furnace.advance_to(self.clock.seconds())
        self.clock.advance(seconds)
        self.furnace.power_cut(seconds, self.recovery)

    def edit_running_target(self, target_c: float) -> None:
        """Change the running copy of the program at the panel."""
        self._running_target_c = target_c

    def _command(self, value: int) -> None:
        word = self.model.commands.get(value)
        programmer = self.furnace.programmer
        if word is None:
            raise Refused(3)
        if word == "run" and programmer.mode is not Mode.COMPLETE:  # a program that is complete has to be reset first
            self.has_run = True
            programmer.start(self._steps(), self.furnace.chamber.sensor_c)
        elif word == "hold" and programmer.mode in {Mode.RUN, Mode.HOLDBACK}:
            programmer.mode = Mode.HOLD
        elif word == "reset":
            programmer.mode = Mode.RESET

    def _live(self, name: str) -> float:
        furnace = self.furnace
        steps, index = furnace.programmer.steps, furnace.programmer.index
        is_active = furnace.programmer.mode in {Mode.RUN, Mode.HOLD, Mode.HOLDBACK}
        target_c = steps[index].target_c if index < len(steps) else furnace.setpoint_c()
        values: dict[str, Callable[[], float]] = {
            "pv": lambda: 1800.0 if furnace.is_sensor_broken else furnace.chamber.measured_c(),
            "setpoint": furnace.setpoint_c,
            "output": lambda: 100 * furnace.chamber.output,
            "segment": lambda: index + 1.0 if is_active else 0.0,
            "segment_type": lambda: 0.0 if not is_active else 1.0 if steps[index].rate_c_s else 3.0,
            "segment_target": lambda: self._running_target_c or target_c,
            "left_s": lambda: min(32767.0, furnace.programmer.left_s()),
            "fast_status": lambda: 32.0 if furnace.is_sensor_broken else 0.0,
            "sensor_break": lambda: float(furnace.is_sensor_broken),
            "zero": lambda: 0.0,
        }
        return values[name]()

    def _ieee_word(self, offset: int) -> int:
        register, is_low = divmod(offset, 2)
        if register in self.model.live:
            value = self._live(self.model.live[register])
        else:
            value = float(self.get(register)) / self._divisor(register)
        words = struct.unpack(">HH", struct.pack(">f", value))
        return int(words[is_low])

    def _divisor(self, register: int) -> float:
        if register in _SETPOINTS:
            return float(10**self.decimals)
        kind = self._kind(register)
        return {"target": float(10**self.decimals), "rate": float(self.rate_steps)}.get(kind, 1.0)

    def _kind(self, register: int) -> str:
        if not self._is_program(register):
            return ""
        if self.model.programs == "list":
            return ("dwell", "target", "rate")[(register - tables.LIST_FIRST) % 3]
        place = (register - tables.BLOCKS_FIRST) % tables.BLOCK
        if place < 8:
            return ""
        at = register - place % 8
        rate = "rate" if self.stored.get(at, 0) == tables.RAMP_RATE else "dwell"
        return {1: "target", 2: rate}.get(place % 8, "")

    def _clipped(self, register: int, value: int) -> int:
        if self._kind(register) == "target" and value > self.stored[111]:
            if self.clips:
                return self.stored[111]
            raise Refused(3)
        return value

    def _is_program(self, register: int) -> bool:
        if self.model.programs == "list":
            return 0 <= register - tables.LIST_FIRST < tables.N_LIST
        return 0 <= register - tables.BLOCKS_FIRST < tables.BLOCK * tables.N_BLOCKS

    def _steps(self) -> tuple[Step, ...]:
        return tuple(self._list_steps() if self.model.programs == "list" else self._block_steps())

    def _list_steps(self) -> list[Step]:
        unit_s = 60.0 if self.stored[321] == self.model.dwell_minute else 3600.0
        rate_unit_s = {0: 60.0, 1: 3600.0, 2: 1.0}[self.stored[531]]
        steps = []
        for k in range(self.model.n_segments):
            dwell, target, rate = (self.stored.get(tables.LIST_FIRST + 3 * k + j, 0) for j in range(3))
            target_c = target / 10**self.decimals
            steps.append(Step(target_c, rate / self.rate_steps / rate_unit_s if rate else 1e3))
            if dwell:
                steps.append(Step(target_c, 0.0, dwell / self.model.dwell_steps_per_min * unit_s))
        return steps

    def _block_steps(self) -> list[Step]:
        base = tables.BLOCKS_FIRST + tables.BLOCK * (self.stored[self.model.program_number] - 1)
        rate_unit_s = tables.SECONDS_PER_UNIT[self.stored.get(base + 2, 0)]
        dwell_unit_s = tables.SECONDS_PER_UNIT[self.stored.get(base + 3, 0)]
        at_c, steps = self.furnace.chamber.sensor_c, []
        for k in range(1, self.model.n_segments + 1):
            kind, target, value = (self.stored.get(base + 8 * k + j, 0) for j in range(3))
            if kind == tables.RAMP_RATE and value:
                at_c = target / 10**self.decimals
                steps.append(Step(at_c, value / self.rate_steps / rate_unit_s))
            elif kind == tables.DWELL:
                steps.append(Step(at_c, 0.0, value / self.model.dwell_steps_per_min * dwell_unit_s))
            elif kind == tables.STEP:
                at_c = target / 10**self.decimals
                steps.append(Step(at_c, 1e3))
            else:
                break
        return steps


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; orders on standard input break the thermocouple, cut the power, let time pass."""
    parser = argparse.ArgumentParser(prog="python -m instruments.sim.eurotherm", description="simulated furnace")
    parser.add_argument("--model", choices=sorted(tables.MODELS), default="2408")
    parser.add_argument("--speed", type=float, default=1.0, help="simulated seconds per second")
    parser.add_argument("--decimals", type=int, choices=(0, 1), default=1, help="decimal places of temperatures")
    parser.add_argument("--limit-c", type=float, default=1500.0, help="the controller's own setpoint limit")
    options = parser.parse_args(arguments)
    device = EurothermSimulator(
        tables.MODELS[options.model], SimClock(options.speed), decimals=options.decimals, limit_c=options.limit_c
    )

    def line(faults: Faults) -> PtyLine | TcpLine:
        return TcpLine(TcpServer(device), faults) if device.model.is_tcp else PtyLine(RtuServer(device), faults)

    return serve(line, lambda words: _obey(device, words), "break | mend | cut SECONDS | pass SECONDS | edit CELSIUS")


def _obey(device: EurothermSimulator, words: list[str]) -> bool:
    value = number(words[1]) if len(words) == 2 else None
    if words in (["break"], ["mend"]):
        device.furnace.is_sensor_broken = words == ["break"]
    elif value is not None and words[0] in {"cut", "pass", "edit"}:
        {"cut": device.power_cut, "pass": device.clock.advance, "edit": device.edit_running_target}[words[0]](value)
    else:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
