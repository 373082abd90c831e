"""A Nabertherm series 400 controller, written from the maker's register list (status 15.09.2017). Modbus TCP.

`python -m instruments.sim.nabertherm` prints its address.
"""

import argparse
import sys
from collections.abc import Callable

from instruments.sim.console import serve
from instruments.sim.furnace_physics import Furnace, Mode, Step
from instruments.sim.lines import TcpLine
from instruments.sim.modbus_server import Refused, TcpServer
from instruments.sim.sim_clock import SimClock

OFF, WAIT, RUN, PAUSE, END, ERROR = 0, 1, 2, 3, 4, 6
_STATUS = {Mode.RESET: OFF, Mode.RUN: RUN, Mode.HOLD: PAUSE, Mode.HOLDBACK: RUN, Mode.COMPLETE: END}


class NaberthermSimulator:
    """`programs`: number -> steps, as typed in at the panel. `has_run` tells that Start was written."""

    def __init__(
        self, programs: dict[int, tuple[Step, ...]] | None = None, clock: SimClock | None = None, *, type_code: int = 3
    ) -> None:
        self.clock = clock or SimClock()
        self.furnace = Furnace()
        self.programs = programs or {}
        self.type_code = type_code
        self.maximum_c = 1400
        self.serial_number = "SN12345678"
        self.has_run = False
        self.writes: list[tuple[int, int, int]] = []
        self._chosen = 0
        self._running = 0

    def get(self, register: int) -> int:
        """Return a register as an unsigned number."""
        self.furnace.advance_to(self.clock.seconds())
        furnace, programmer = self.furnace, self.furnace.programmer
        values: dict[int, Callable[[], int]] = {
            100: lambda: round(10 * furnace.chamber.measured_c()),
            111: lambda: round(10 * furnace.setpoint_c()),
            119: lambda: round(1000 * furnace.chamber.output),
            125: lambda: ERROR if furnace.is_sensor_broken else _STATUS[programmer.mode],
            126: lambda: self._running,
            127: lambda: programmer.index + 1,
            133: lambda: 0,
            134: lambda: 0,
            135: lambda: 1 if furnace.is_sensor_broken else 0,
            136: lambda: self.type_code,
            137: lambda: self.maximum_c,
            149: lambda: self._chosen,
        }
        if 138 <= register <= 147:
            pair = self.serial_number.ljust(20, "\0")[2 * (register - 138) :][:2]
            return int.from_bytes(pair.encode("ascii"), "big")
        if register not in values:
            raise Refused(2)
        return values[register]() & 0xFFFF

    def put(self, register: int, value: int, function: int) -> None:
        """Take a command (148) or a program number (149)."""
        self.furnace.advance_to(self.clock.seconds())
        if register not in {148, 149}:
            raise Refused(2)
        self.writes.append((register, value, function))
        if register == 149:
            if not 0 <= value <= 50:
                raise Refused(3)
            self._chosen = value
        elif value == 1:
            self._start()
        elif value in {2, 3}:
            self.furnace.programmer.mode = Mode.RESET if value == 2 else Mode.HOLD
        else:
            raise Refused(3)

    def _start(self) -> None:
        self.has_run = True
        self._running = self._chosen
        self.furnace.programmer.start(self.programs.get(self._chosen, ()), self.furnace.chamber.sensor_c)


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted, with one program (number 1: 5 °C/min to 900 °C, 6 h, and down again)."""
    parser = argparse.ArgumentParser(prog="python -m instruments.sim.nabertherm", description="simulated furnace")
    parser.add_argument("--speed", type=float, default=1.0, help="simulated seconds per second")
    options = parser.parse_args(arguments)
    steps = (Step(900.0, 5 / 60), Step(900.0, 0.0, 6 * 3600.0), Step(25.0, 5 / 60))
    device = NaberthermSimulator({1: steps}, SimClock(options.speed))
    return serve(lambda faults: TcpLine(TcpServer(device), faults), lambda words: _obey(device, words), "break | mend")


def _obey(device: NaberthermSimulator, words: list[str]) -> bool:
    device.furnace.is_sensor_broken = words == ["break"]
    return words in (["break"], ["mend"])


if __name__ == "__main__":
    sys.exit(main())
