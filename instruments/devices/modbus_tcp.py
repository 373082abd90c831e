"""`RegisterBus` over TCP: the MBAP framing of Modbus, functions 3 and 6 only.

Source: "MODBUS Messaging on TCP/IP Implementation Guide V1.0b", section 3.1.3: transaction id, protocol id 0, length of
what follows, unit id; then the same function and data as on a serial line, without a checksum.
"""

import socket
import struct

from instruments.devices.bus import exception_reply
from instruments.devices.errors import NotAnswering, PortUnavailable, UnreadableReply

MODBUS_PORT = 502
_HEADER = struct.Struct(">HHHB")
_LONGEST = 254  # unit id and 253 bytes of data


def split_host(address: str) -> tuple[str, int]:
    """Return host and port of `host[:port]`; the port is 502 where none is given."""
    host, colon, port = address.rpartition(":")
    if not colon:
        return address, MODBUS_PORT
    if not port.isdecimal() or not host or not 0 < int(port) < 65536:
        raise PortUnavailable("is not host:port", address)
    return host, int(port)


def parse_header(header: bytes, transaction: int, unit: int, where: str) -> int:
    """Return how many bytes follow the seven of `header`; `UnreadableReply` when it is not the reply's."""
    got_transaction, protocol, length, got_unit = _HEADER.unpack(header)
    if protocol != 0 or (got_transaction, got_unit) != (transaction, unit) or not 3 <= length <= _LONGEST:
        raise UnreadableReply("sent something that is not the reply to this request", where)
    return int(length) - 1


def parse_body(body: bytes, function: int, where: str) -> bytes:
    """Return the data behind the function code; raise for an exception reply or another function."""
    if body[0] == function | 0x80:
        raise exception_reply(body[1], where)
    if body[0] != function:
        raise UnreadableReply(f"answered function {body[0]} when asked for {function}", where)
    return body[1:]


class TcpBus:
    """One device behind an Ethernet port. After any failure the connection is opened afresh: no late reply is read."""

    def __init__(self, address: str, *, unit: int = 1, timeout_s: float = 1.0) -> None:
        self._where = address
        self._host = split_host(address)
        self._unit = unit
        self._timeout_s = timeout_s
        self._transaction = 0
        self._socket: socket.socket | None = None
        self._connect()

    def read(self, register: int, n_registers: int = 1) -> tuple[int, ...]:
        """Read holding registers; tries once more on a fresh connection when the reply is cut or garbled."""
        try:
            return self._read(register, n_registers)
        except (NotAnswering, UnreadableReply):
            return self._read(register, n_registers)

    def _read(self, register: int, n_registers: int) -> tuple[int, ...]:
        data = self._ask(3, struct.pack(">HH", register, n_registers))
        if len(data) != 1 + 2 * n_registers or data[0] != 2 * n_registers:
            self.close()
            raise UnreadableReply(f"sent {len(data)} bytes when asked for {n_registers} registers", self._where)
        return struct.unpack(f">{n_registers}H", data[1:])

    def write(self, register: int, value: int) -> None:
        """Write one register by function 6; the device has to echo it."""
        request = struct.pack(">HH", register, value)
        if self._ask(6, request) != request:
            self.close()
            raise UnreadableReply(f"did not echo the write to register {register}", self._where)

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connect(self) -> socket.socket:
        try:
            self._socket = socket.create_connection(self._host, self._timeout_s)
        except OSError as problem:
            raise PortUnavailable("cannot be reached: is it on, is the address right?", self._where) from problem
        return self._socket

    def _ask(self, function: int, data: bytes) -> bytes:
        line = self._socket or self._connect()
        self._transaction = (self._transaction + 1) & 0xFFFF
        frame = _HEADER.pack(self._transaction, 0, len(data) + 2, self._unit) + bytes([function]) + data
        try:
            line.sendall(frame)
            length = parse_header(self._receive(line, _HEADER.size), self._transaction, self._unit, self._where)
            body = self._receive(line, length)
        except OSError as problem:
            self.close()
            raise NotAnswering("does not answer: is it on, is the network cable in?", self._where) from problem
        except UnreadableReply:
            self.close()
            raise
        return parse_body(body, function, self._where)

    def _receive(self, line: socket.socket, n_bytes: int) -> bytes:
        parts = b""
        while len(parts) < n_bytes:
            part = line.recv(n_bytes - len(parts))
            if not part:
                raise ConnectionResetError("closed by the device")
            parts += part
        return parts
