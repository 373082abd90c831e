"""A balance that speaks MT-SICS, written from the command table. `python -m instruments.sim.mt_sics` prints its port.

Command table: MT-SICS reference manuals 11780711 and 11781363. The pan settles exponentially, the reading has noise and
drift, and `S` waits for stability like the real thing.
"""

import argparse
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from instruments.sim.console import number, serve
from instruments.sim.lines import PtyLine
from instruments.sim.sim_clock import SimClock

_PER_GRAM = {"g": 1.0, "mg": 1000.0, "kg": 0.001}


def weight_line(token: str, status: str, value: Decimal | float, unit: str = "g", decimals: int = 4) -> bytes:
    """Return a weight reply: the value right-aligned in ten places, one space, the unit."""
    return f"{token} {status} {value:>10.{decimals}f} {unit}\r\n".encode("ascii")


@dataclass
class Pan:
    """What lies on the pan and how the reading follows: settling, noise (sd), drift; all in gram and seconds."""

    clock: SimClock
    settling_s: float = 0.8
    noise_g: float = 0.00003
    drift_g_s: float = 0.0
    is_shaken: bool = False
    source: Random = field(default_factory=lambda: Random(5))  # noqa: S311 - noise, not secrecy
    _load_g: float = 0.0
    _from_g: float = 0.0
    _since_s: float = -1e9

    def put(self, load_g: float) -> None:
        """Change what lies on the pan; the reading follows."""
        self._from_g = self.settled_g()
        self._load_g = load_g
        self._since_s = self.clock.seconds()

    @property
    def load_g(self) -> float:
        """What lies on the pan."""
        return self._load_g

    def settled_g(self) -> float:
        """Return the reading without noise."""
        age_s = max(0.0, self.clock.seconds() - self._since_s)
        rest = 0.0 if age_s > 40 * self.settling_s else math.exp(-age_s / self.settling_s)
        return self._load_g + (self._from_g - self._load_g) * rest + self.drift_g_s * min(age_s, 1e6)

    def reading_g(self) -> float:
        """Return the reading with noise."""
        return self.settled_g() + self.source.gauss(0.0, self.noise_g * (300 if self.is_shaken else 1))

    def is_stable(self) -> bool:
        """Whether the reading has come to rest."""
        return not self.is_shaken and abs(self.settled_g() - self._load_g) < 0.0002 and abs(self.drift_g_s) < 1e-4


class MtSicsSimulator:
    """The protocol on top of a pan. `resets_with_i4` and `tare_reports_value` choose between the two documented
    variants of the replies to `@` and `T`."""

    def __init__(
        self,
        clock: SimClock | None = None,
        *,
        decimals: int = 4,
        capacity_g: float = 220.0,
        serial_number: str = "B123456789",
    ) -> None:
        self.clock = clock or SimClock()
        self.pan = Pan(self.clock)
        self.decimals = decimals
        self.capacity_g = capacity_g
        self.serial_number = serial_number
        self.resets_with_i4 = True
        self.tare_reports_value = True
        self.gives_up_after_s = 20.0
        self.stream_every_s = 0.1
        self.unit = "g"
        self.display = ""
        self.hardware_fault = ""
        self.n_resets = 0
        self.commands: list[str] = []
        self._zero_g = 0.0
        self._tare_g = 0.0
        self._buffer = b""
        self._waiting: tuple[str, float] | None = None
        self._stream_due_s: float | None = None

    def feed(self, data: bytes) -> bytes:
        """Take bytes, return the replies to the lines that are complete."""
        self._buffer += data
        replies = b""
        while b"\n" in self._buffer:
            line, self._buffer = self._buffer.split(b"\n", 1)
            replies += self._command(line.rstrip(b"\r"))
        return replies

    def tick(self) -> bytes:
        """Answer a waiting command when the pan is at rest; send the next value of a stream."""
        now_s = self.clock.seconds()
        if self._waiting is not None:
            command, since_s = self._waiting
            if self.pan.is_stable() or self._range_sign():
                self._waiting = None
                return self._when_stable(command)
            if now_s - since_s > self.gives_up_after_s:
                self._waiting = None
                return f"{command} I\r\n".encode("ascii")
        if self._stream_due_s is not None and now_s >= self._stream_due_s:
            self._stream_due_s = now_s + self.stream_every_s
            return self._immediate("S")
        return b""

    def _command(self, line: bytes) -> bytes:
        text = line.decode("ascii", "replace")
        self.commands.append(text)
        word, _, rest = text.partition(" ")
        if word in {"S", "SI", "SIR", "@"}:  # these end what is under way
            self._waiting = self._stream_due_s = None
        if word in {"S", "Z", "T"} and not rest:
            self._waiting = (word, self.clock.seconds())
            return self.tick()
        handlers: dict[str, Callable[[], bytes]] = {
            "SI": lambda: self._immediate("S"),
            "SIR": self._start_stream,
            "@": self._reset,
            "TI": self._tare_now,
            "TA": lambda: self._tare_line("TA", "A"),
            "I0": lambda: b'I0 B 0 "I0"\r\nI0 B 0 "S"\r\nI0 A 0 "SI"\r\n',
            "I2": lambda: b'I2 A "SIMULATOR MS204 220.0090 g"\r\n',
            "I3": lambda: b'I3 A "1.20 10.28.0.493.142"\r\n',
            "I4": lambda: f'I4 A "{self.serial_number}"\r\n'.encode("ascii"),
            "DW": lambda: self._show("DW", ""),
        }
        if word == "D" and rest.startswith('"') and rest.endswith('"') and len(rest) > 1:
            return self._show("D", rest[1:-1])
        if word == "M21":
            return self._choose_unit(rest)
        if word in handlers and not rest:
            return handlers[word]()
        return f"{word} L\r\n".encode("ascii") if word in handlers or word == "D" else b"ES\r\n"

    def _start_stream(self) -> bytes:
        self._stream_due_s = self.clock.seconds() + self.stream_every_s
        return self._immediate("S")

    def _reset(self) -> bytes:
        self.n_resets += 1
        self._tare_g = 0.0
        self.display = ""
        token = "I4" if self.resets_with_i4 else "@"
        return f'{token} A "{self.serial_number}"\r\n'.encode("ascii")

    def _tare_now(self) -> bytes:
        status = "S" if self.pan.is_stable() else "D"
        self._tare_g = self.pan.reading_g() - self._zero_g
        return self._tare_line("TI", status)

    def _tare_line(self, token: str, status: str) -> bytes:
        return weight_line(token, status, self._tare_g * _PER_GRAM[self.unit], self.unit, self._shown_decimals())

    def _show(self, token: str, text: str) -> bytes:
        self.display = text
        return f"{token} A\r\n".encode("ascii")

    def _choose_unit(self, rest: str) -> bytes:
        units = {"0 0": "g", "0 1": "kg", "0 3": "mg"}
        if rest not in units:
            return b"M21 L\r\n"
        self.unit = units[rest]
        return b"M21 A\r\n"

    def _range_sign(self) -> str:
        settled_g = self.pan.settled_g()
        return "+" if settled_g > self.capacity_g else "-" if settled_g < -1.0 else ""

    def _shown_decimals(self) -> int:
        return max(0, self.decimals - {"g": 0, "mg": 3, "kg": -3}[self.unit])

    def _net(self, status: str) -> bytes:
        if self.hardware_fault:
            return f"S S Error {self.hardware_fault}\r\n".encode("ascii")
        net_g = self.pan.reading_g() - self._zero_g - self._tare_g
        return weight_line("S", status, net_g * _PER_GRAM[self.unit], self.unit, self._shown_decimals())

    def _immediate(self, token: str) -> bytes:
        sign = self._range_sign()
        return f"{token} {sign}\r\n".encode("ascii") if sign else self._net("S" if self.pan.is_stable() else "D")

    def _when_stable(self, command: str) -> bytes:
        sign = self._range_sign()
        if sign:
            return f"{command} {sign}\r\n".encode("ascii")
        if command == "S":
            return self._net("S")
        if command == "Z":
            self._zero_g, self._tare_g = self.pan.settled_g(), 0.0
            return b"Z A\r\n"
        self._tare_g = self.pan.settled_g() - self._zero_g
        if not self.tare_reports_value:
            return b"T A\r\n"
        return self._tare_line("T", "S")


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted. Lines on standard input are what happens at the pan: a number is the mass (gram) that
    lies there from now on, `add` and a number puts more on it, `shake` and `rest` let the reading move and settle."""
    parser = argparse.ArgumentParser(prog="python -m instruments.sim.mt_sics", description="simulated balance")
    parser.add_argument("--load-g", type=float, default=0.0, help="what lies on the pan at the start")
    parser.add_argument("--speed", type=float, default=1.0, help="simulated seconds per second")
    parser.add_argument("--serial-number", default="B123456789")
    options = parser.parse_args(arguments)
    device = MtSicsSimulator(SimClock(options.speed), serial_number=options.serial_number)
    device.pan.put(options.load_g)
    return serve(
        lambda faults: PtyLine(device, faults), lambda words: _obey(device, words), "GRAM | add GRAM | shake | rest"
    )


def _obey(device: MtSicsSimulator, words: list[str]) -> bool:
    is_more = len(words) == 2 and words[0] == "add"
    load_g = number(words[-1]) if is_more or len(words) == 1 else None
    if load_g is not None:
        device.pan.put(load_g + (device.pan.load_g if is_more else 0.0))
    elif words in (["shake"], ["rest"]):
        device.pan.is_shaken = words == ["shake"]
    else:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
