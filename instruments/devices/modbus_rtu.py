"""`RegisterBus` over a serial line, by minimalmodbus on a port of ours."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from instruments.devices.errors import DeviceSaysNo, NotAnswering, PortGone, UnreadableReply
from instruments.devices.serial_line import line_failures, open_serial

Answer = TypeVar("Answer")
_PATIENCE = 8


class RtuBus:
    """One device on an RS-232 or RS-485 line.

    Frames carry no number, so the late reply to one read could be taken for the reply to the next. After every reply
    that was missing or garbled the line is therefore brought into step: silence first, then a read by function 4, which
    is used for nothing else; what arrives before its reply belongs to the past.
    """

    def __init__(self, port: str, *, unit: int = 1, baud_rate: int = 9600, timeout_s: float = 1.0) -> None:
        import minimalmodbus

        self._port = port
        self._line = open_serial(port, baud_rate, timeout_s)
        self._instrument = minimalmodbus.Instrument(self._line, unit)
        self._is_in_step = True

    def read(self, register: int, n_registers: int = 1) -> tuple[int, ...]:
        """Read holding registers; once more when the reply was cut or garbled. Writes are never repeated blindly."""
        try:
            return self._read(register, n_registers)
        except PortGone:
            raise
        except (NotAnswering, UnreadableReply):
            return self._read(register, n_registers)

    def _read(self, register: int, n_registers: int) -> tuple[int, ...]:
        self._settle(register)
        words: list[int] = self._ask(lambda: self._instrument.read_registers(register, n_registers, functioncode=3))
        return tuple(words)

    def _settle(self, register: int) -> None:
        if self._is_in_step:
            return
        self._await_silence()
        with suppress(DeviceSaysNo):  # a refusal answers as well as a value
            self._ask(lambda: self._instrument.read_registers(register, 1, functioncode=4))
        self._is_in_step = True

    def _await_silence(self) -> None:
        try:
            for _ in range(_PATIENCE):
                if not self._line.read(256):  # nothing for one timeout
                    return
        except line_failures() as problem:
            raise PortGone("the port is gone: is the cable out?", self._port) from problem
        raise UnreadableReply("the line never falls silent: is another program or device on it?", self._port)

    def write(self, register: int, value: int) -> None:
        """Write one register by function 6."""
        self._settle(register)
        self._ask(lambda: self._instrument.write_register(register, value, functioncode=6))

    def close(self) -> None:
        """Close the port."""
        self._line.close()

    def _ask(self, request: Callable[[], Answer]) -> Answer:
        import minimalmodbus

        was_in_step, self._is_in_step = self._is_in_step, False
        try:
            answer = request()
        except minimalmodbus.NoResponseError as problem:
            raise NotAnswering("does not answer: is it on, is the unit address right?", self._port) from problem
        except minimalmodbus.SlaveReportedException as problem:
            self._is_in_step = was_in_step
            raise DeviceSaysNo(f"refused the request: {problem}", self._port) from problem
        except minimalmodbus.MasterReportedException as problem:
            raise UnreadableReply("sent a cut or garbled reply: check cable and baud rate", self._port) from problem
        except line_failures() as problem:
            raise PortGone("the port is gone: is the cable out?", self._port) from problem
        except (ValueError, TypeError, IndexError) as problem:  # minimalmodbus on a reply of impossible content
            raise UnreadableReply(f"sent a reply that makes no sense: {problem}", self._port) from problem
        self._is_in_step = was_in_step
        return answer
