"""Balances that speak MT-SICS (Mettler-Toledo) over a serial port."""

import time
from collections.abc import Container, Iterator
from threading import RLock
from types import TracebackType
from typing import Self

from instruments.devices.errors import DeviceError, NotAnswering, NotStable, PortGone, TareLost, UnreadableReply
from instruments.devices.serial_line import line_failures, open_serial
from instruments.devices.sics_text import LONGEST_LINE, Reply, error_in, parse_reply, parse_weight, quoted
from instruments.devices.values import BalanceIdentity, DeviceSettings, StableWeight, Weight
from nasicon_loop.core import Clock, SystemClock

_SLICE_S = 0.05
_AFTER_SI = frozenset({"S", "ES", "ET", "EL"})


class MtSicsBalance:
    """One balance on one port. A command is sent only after the reply to the last one."""

    def __init__(self, settings: DeviceSettings, clock: Clock | None = None) -> None:
        self._settings = settings
        self._clock = clock or SystemClock()
        self._line = open_serial(settings.address, settings.baud_rate, _SLICE_S)
        self._lock = RLock()
        self._received = b""
        self._is_in_step = False
        self._is_in_use = False

    def identify(self) -> BalanceIdentity:
        """Ask for model (I2), software (I3) and serial number (I4)."""
        with self._lock:
            self._is_in_step = False
            model = self._text("I2")
            software = self._text("I3")
            serial_number = self._text("I4")
        return BalanceIdentity(model, serial_number, software)

    def stable_weight(self, timeout_s: float = 30.0) -> StableWeight:
        """Wait for a stable value (S), with the raw line, serial number and time."""
        with self._lock:
            try:
                reply = self._ask("S", timeout_s)
            except PortGone:
                raise
            except NotAnswering as problem:
                self._resynchronise()  # a balance that is off does not answer this either
                raise NotStable(
                    f"found no stable value in {timeout_s:g} s: draughts, vibration, static?", self._settings.label
                ) from problem
            weight = self._weight(reply)
            serial_number = self._text("I4")  # asked each time: a cable may have been moved to another balance
        if not weight.is_stable:
            raise UnreadableReply("sent an unstable value when asked for a stable one", self._settings.label)
        return StableWeight(
            weight.mass_g, weight.resolution_g, weight.unit, weight.raw, serial_number, self._clock.now()
        )

    def weight(self) -> Weight:
        """Return the present value (SI)."""
        with self._lock:
            return self._weight(self._ask("SI", token="S"))  # noqa: S106 - a word of the protocol

    def live(self) -> Iterator[Weight]:
        """Yield values as they come (SIR) until closed; over- and underload are raised as they happen."""
        with self._lock:
            self._synchronise()
            self._is_in_step = False  # so that the next command ends the stream first
            self._send("SIR")
        while True:
            with self._lock:
                weight = self._weight(self._reply(self._settings.timeout_s))
            yield weight

    def zero(self) -> None:
        """Set zero (Z) at the next stable value."""
        self._do("Z", timeout_s=max(10.0, self._settings.timeout_s))

    def tare(self) -> None:
        """Tare (T) at the next stable value."""
        self._do("T", timeout_s=max(10.0, self._settings.timeout_s))

    def tare_now(self) -> None:
        """Tare (TI) at once, stable or not."""
        self._do("TI")

    def tare_g(self) -> float:
        """Return the tare in the memory (TA), in gram."""
        with self._lock:
            return self._weight(self._ask("TA")).mass_g

    def show(self, text: str) -> None:
        """Write on the display (D), at most 40 ASCII characters; '' gives it back to the weight (DW)."""
        if text:
            self._do(f"D {quoted(text)}", token="D")  # noqa: S106 - a word of the protocol
        else:
            self._do("DW")

    def set_host_unit_gram(self) -> None:
        """Let values come in gram (M21 0 0)."""
        self._do("M21 0 0", token="M21")  # noqa: S106 - a word of the protocol

    def reset(self) -> None:
        """Stop whatever runs (@); the tare in the balance is cleared by it."""
        with self._lock:
            self._is_in_use = False
            self._hard_reset()

    def close(self) -> None:
        """Give the port back."""
        self._line.close()

    def __enter__(self) -> Self:
        """Return the open balance."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close."""
        self.close()

    def _do(self, command: str, *, token: str | None = None, timeout_s: float | None = None) -> None:
        with self._lock:
            self._ask(command, timeout_s, token=token)
            self._is_in_use = self._is_in_use or command in {"T", "TI", "Z"}

    def _text(self, command: str) -> str:
        reply = self._ask(command)
        if not reply.arguments:
            raise UnreadableReply(f"sent no text for {command}", self._settings.label)
        return reply.arguments[-1]

    def _weight(self, reply: Reply) -> Weight:
        self._is_in_use = True
        try:
            return parse_weight(reply)
        except DeviceError as problem:
            raise type(problem)(problem.reason, self._settings.label) from problem

    def _ask(self, command: str, timeout_s: float | None = None, *, token: str | None = None) -> Reply:
        """Send one command and return the last line of its reply; lines with status B announce more."""
        self._synchronise()
        self._is_in_step = False
        self._send(command)
        wanted = token or command
        reply = self._reply(timeout_s or self._settings.timeout_s)
        while reply.status == "B" and reply.token == wanted:
            reply = self._reply(timeout_s or self._settings.timeout_s)
        error = error_in(reply)
        if error is None and reply.token != wanted:
            raise UnreadableReply(f"answered {reply.token} to {command}", self._settings.label)
        self._is_in_step = True
        if error is not None:
            raise type(error)(error.reason, self._settings.label)
        return reply

    def _synchronise(self) -> None:
        if not self._is_in_step:
            self._resynchronise()

    def _resynchronise(self) -> None:
        """Get back into step, gently if possible: a reset (@) would clear the tare.

        SI ends a stream and a waiting S; the answer to I4 then marks the place from which replies count.
        """
        self._is_in_step = False
        if self._answers("SI", _AFTER_SI) and self._answers("I4", {"I4"}):
            self._is_in_step = True
        else:
            self._hard_reset()

    def _hard_reset(self) -> None:
        self._is_in_step = False
        if not self._answers("@", {"I4", "@"}):
            raise NotAnswering("does not answer a reset: is it on, is the cable in?", self._settings.label)
        self._is_in_step = True
        if self._is_in_use:
            self._is_in_use = False
            raise TareLost("had to be reset, which clears its tare: tare it before you weigh on", self._settings.label)

    def _answers(self, command: str, tokens: Container[str]) -> bool:
        """Send `command`, throw away what comes until a line with one of `tokens`; False when none comes in time."""
        self._send(command)
        deadline = time.monotonic() + self._settings.timeout_s
        while (left_s := deadline - time.monotonic()) > 0:
            try:
                if self._reply(left_s).token in tokens:
                    return True
            except PortGone:
                raise
            except (UnreadableReply, NotAnswering):
                continue
        return False

    def _send(self, command: str) -> None:
        self._received = b""  # what is still there answers nothing that is asked now
        try:
            self._line.reset_input_buffer()
            self._line.write(command.encode("ascii") + b"\r\n")
        except line_failures() as problem:
            raise self._gone() from problem

    def _reply(self, timeout_s: float) -> Reply:
        line = self._read_line(time.monotonic() + timeout_s)
        try:
            return parse_reply(line)
        except UnreadableReply as problem:
            raise UnreadableReply(problem.reason, self._settings.label) from problem

    def _read_line(self, deadline: float) -> bytes:
        while b"\n" not in self._received:
            if len(self._received) > LONGEST_LINE:
                self._received = b""
                raise UnreadableReply("sends without line ends: is the baud rate right?", self._settings.label)
            if time.monotonic() > deadline:
                raise NotAnswering("does not answer: is it on, is the cable in?", self._settings.label)
            try:
                self._received += self._line.read(max(1, self._line.in_waiting))
            except line_failures() as problem:
                raise self._gone() from problem
        line, self._received = self._received.split(b"\n", 1)
        return line

    def _gone(self) -> PortGone:
        return PortGone("the port is gone: is the cable out?", self._settings.label)
