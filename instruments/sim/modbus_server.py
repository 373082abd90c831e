"""The answering side of Modbus, RTU and TCP, written from the Modbus documents; registers are a callable pair.

"MODBUS Application Protocol Specification V1.1b3" for functions and exceptions, "MODBUS over Serial Line V1.02" for the
checksum, "MODBUS Messaging on TCP/IP V1.0b" for the header.
"""

import struct
import time
from typing import Protocol


class Registers(Protocol):
    """A register map that may refuse."""

    def get(self, register: int) -> int:
        """Return a register; `Refused` when there is none."""
        ...

    def put(self, register: int, value: int, function: int) -> None:
        """Set a register; `Refused` when that is not possible."""
        ...


class Refused(Exception):
    """An exception reply with its code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def crc16(data: bytes) -> bytes:
    """Return the checksum of RTU frames, low byte first (polynomial 0xA001, start 0xFFFF)."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return struct.pack("<H", crc)


def answer(registers: Registers, request: bytes) -> bytes:
    """Return the reply to a request (function code and data), exception replies included."""
    function = request[0]
    try:
        return bytes([function]) + _answer(registers, function, request[1:])
    except Refused as refusal:
        return bytes([function | 0x80, refusal.code])
    except struct.error:
        return bytes([function | 0x80, 3])


def _answer(registers: Registers, function: int, data: bytes) -> bytes:
    if function in {3, 4}:
        first, n_registers = struct.unpack(">HH", data)
        if not 1 <= n_registers <= 125:
            raise Refused(3)
        words = [registers.get(first + k) for k in range(n_registers)]
        return struct.pack(f">B{n_registers}H", 2 * n_registers, *words)
    if function == 6:
        register, value = struct.unpack(">HH", data)
        registers.put(register, value, 6)
        return data
    if function == 16:
        first, n_registers, _ = struct.unpack(">HHB", data[:5])
        for k, (value,) in enumerate(struct.iter_unpack(">H", data[5:])):
            registers.put(first + k, value, 16)
        return struct.pack(">HH", first, n_registers)
    raise Refused(1)


class RtuServer:
    """Frames on a serial line for one unit address; a frame with a wrong checksum is not answered."""

    def __init__(self, registers: Registers, unit: int = 1, silence_s: float = 0.05) -> None:
        self._registers = registers
        self._unit = unit
        self._silence_s = silence_s
        self._buffer = b""
        self._last = 0.0
        self.requests: list[bytes] = []

    def feed(self, data: bytes) -> bytes:
        """Return the reply when a frame is complete."""
        now = time.monotonic()
        if now - self._last > self._silence_s:
            self._buffer = b""
        self._last = now
        self._buffer += data
        length = self._length()
        if length is None or len(self._buffer) < length:
            return b""
        frame, self._buffer = self._buffer[:length], b""
        if crc16(frame[:-2]) != frame[-2:] or frame[0] != self._unit:
            return b""
        self.requests.append(frame)
        reply = frame[:1] + answer(self._registers, frame[1:-2])
        return reply + crc16(reply)

    def tick(self) -> bytes:
        """Nothing is sent unasked."""
        return b""

    def _length(self) -> int | None:
        if len(self._buffer) < 2:
            return None
        if self._buffer[1] != 16:
            return 8
        return 9 + self._buffer[6] if len(self._buffer) > 6 else None


class TcpServer:
    """Frames on a TCP connection."""

    def __init__(self, registers: Registers) -> None:
        self._registers = registers
        self._buffer = b""
        self.requests: list[bytes] = []

    def feed(self, data: bytes) -> bytes:
        """Return the replies to all frames that are complete."""
        self._buffer += data
        replies = b""
        while len(self._buffer) >= 7:
            transaction, protocol, length, unit = struct.unpack(">HHHB", self._buffer[:7])
            if len(self._buffer) < 6 + length:
                break
            request, self._buffer = self._buffer[7 : 6 + length], self._buffer[6 + length :]
            self.requests.append(request)
            reply = answer(self._registers, request)
            replies += struct.pack(">HHHB", transaction, protocol, len(reply) + 1, unit) + reply
        return replies

    def tick(self) -> bytes:
        """Nothing is sent unasked."""
        return b""
