"""Registers over any Modbus transport: what the furnace drivers stand on."""

import struct
from typing import Protocol

from instruments.devices.errors import DeviceSaysNo

EXCEPTIONS = {
    1: "function not supported",
    2: "no such register",
    3: "value not accepted",
    4: "device failure",
    5: "accepted, still working",
    6: "device busy",
}
"""Modbus Application Protocol V1.1b3, section 7."""


class RegisterBus(Protocol):
    """16-bit registers of one device. A returned error always raises; a value is never a guess."""

    def read(self, register: int, n_registers: int = 1) -> tuple[int, ...]:
        """Read holding registers (function 3) as unsigned 16-bit numbers."""
        ...

    def write(self, register: int, value: int) -> None:
        """Write one holding register (function 6, never 16), `value` in 0..65535."""
        ...

    def close(self) -> None:
        """Give the port back."""
        ...


def signed(value: int) -> int:
    """Return an unsigned 16-bit number as two's complement."""
    return value - 0x10000 if value >= 0x8000 else value


def as_float(words: tuple[int, ...]) -> float:
    """Return two registers, high word first, as an IEEE 754 single."""
    (value,) = struct.unpack(">f", struct.pack(">HH", *words))
    return float(value)


def exception_reply(code: int, where: str) -> DeviceSaysNo:
    """Return the refusal for a Modbus exception code."""
    return DeviceSaysNo(f"refused the request: {EXCEPTIONS.get(code, 'exception')} (code {code})", where)
