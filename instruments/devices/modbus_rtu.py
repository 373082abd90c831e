"""`RegisterBus` over a serial line, by minimalmodbus on a port of ours."""

from collections.abc import Callable
from typing import TypeVar

from instruments.devices.errors import DeviceSaysNo, NotAnswering, PortGone, UnreadableReply
from instruments.devices.serial_line import line_failures, open_serial

Answer = TypeVar("Answer")

READ_TRIES = 3
"""Reading twice does no harm, so noise on the line costs a repeat; writes are never repeated blindly."""


class RtuBus:
    """One device on an RS-232 or RS-485 line."""

    def __init__(self, port: str, *, unit: int = 1, baud_rate: int = 9600, timeout_s: float = 1.0) -> None:
        import minimalmodbus

        self._port = port
        self._line = open_serial(port, baud_rate, timeout_s)
        self._instrument = minimalmodbus.Instrument(self._line, unit)

    def read(self, register: int, n_registers: int = 1) -> tuple[int, ...]:
        """Read holding registers; tries three times when the reply is cut or garbled."""
        for _ in range(READ_TRIES - 1):
            try:
                return self._read(register, n_registers)
            except PortGone:
                raise
            except (NotAnswering, UnreadableReply):
                continue
        return self._read(register, n_registers)

    def _read(self, register: int, n_registers: int) -> tuple[int, ...]:
        words: list[int] = self._ask(lambda: self._instrument.read_registers(register, n_registers, functioncode=3))
        return tuple(words)

    def write(self, register: int, value: int) -> None:
        """Write one register by function 6."""
        self._ask(lambda: self._instrument.write_register(register, value, functioncode=6))

    def close(self) -> None:
        """Close the port."""
        self._line.close()

    def _ask(self, request: Callable[[], Answer]) -> Answer:
        import minimalmodbus

        try:
            return request()
        except minimalmodbus.NoResponseError as problem:
            raise NotAnswering("does not answer: is it on, is the unit address right?", self._port) from problem
        except minimalmodbus.SlaveReportedException as problem:
            raise DeviceSaysNo(f"refused the request: {problem}", self._port) from problem
        except minimalmodbus.MasterReportedException as problem:
            raise UnreadableReply("sent a cut or garbled reply: check cable and baud rate", self._port) from problem
        except line_failures() as problem:
            raise PortGone("the port is gone: is the cable out?", self._port) from problem
        except (ValueError, TypeError, IndexError) as problem:  # minimalmodbus on a reply of impossible content
            raise UnreadableReply(f"sent a reply that makes no sense: {problem}", self._port) from problem
