"""Ways in through cables: balances and furnaces that answer nonsense."""

import struct
from collections.abc import Callable
from itertools import count
from types import ModuleType

Run = Callable[[bytes], None]
_PROFILES = ("eurotherm_2400", "eurotherm_3200", "eurotherm_epc3016", "nabertherm_400")
_MOST_READS = 2000


def sics_lines() -> list[bytes]:
    """Return replies of a balance."""
    return [b"S S     100.00 g", b'I4 A "B021002593"', b"S D -0.0001 mg", b"ES", b"S +", b"TA A 1.5 kg", b'I2 B "XPR"']


def sics_line() -> Run:
    """One line."""
    from instruments.devices.sics_text import error_in, parse_reply, parse_weight, quoted

    def run(data: bytes) -> None:
        quoted(data.decode("latin-1"))
        reply = parse_reply(data)
        error = error_in(reply)
        if error is None:
            weight = parse_weight(reply)
            assert weight.resolution_g > 0

    return run


def _replace(module: ModuleType, name: str, value: object) -> None:
    """Put a fake in a module's place for a port, a socket or a clock."""
    setattr(module, name, value)


class _Line:
    """A port that gives what was sent before in pieces, then nothing; what is written vanishes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.port = "fuzz"
        self.timeout = 0.0
        self.baudrate = 115_200
        self.is_open = True
        self.in_waiting = 0

    def read(self, n_bytes: int = 1) -> bytes:
        piece, self._data = self._data[:n_bytes], self._data[n_bytes:]
        self.in_waiting = min(64, len(self._data))
        return piece

    def write(self, data: bytes) -> int:
        return len(data)

    def reset_input_buffer(self) -> None:
        """Keep all: what comes late came after this."""

    reset_output_buffer = reset_input_buffer
    open = reset_input_buffer
    close = reset_input_buffer


class _Ticks:
    """A clock that goes on by 50 ms per look."""

    def __init__(self) -> None:
        self._counter = count()

    def monotonic(self) -> float:
        return next(self._counter) * 0.05


def conversations() -> list[bytes]:
    """Return what a balance sends when it is asked for identity and weights."""
    synced = b'S S 0.00 g\r\nI4 A "B1"\r\n'
    identity = b'I2 A "XPR205"\r\nI3 A "1.0"\r\nI4 A "B1"\r\n'
    return [synced + identity + b'S S 1.0000 g\r\nI4 A "B1"\r\nTA A 0.5 g\r\nT S 0.5 g\r\n', synced + b"S I\r\nZ A\r\n"]


def balance() -> Run:
    """A whole conversation with the driver."""
    from instruments.devices import DeviceError, DeviceSettings, mt_sics

    lines: list[_Line] = []
    _replace(mt_sics, "open_serial", lambda *_: lines[-1])

    def run(data: bytes) -> None:
        _replace(mt_sics, "time", _Ticks())
        lines[:] = [_Line(data)]
        device = mt_sics.MtSicsBalance(DeviceSettings("fuzz", timeout_s=0.2))
        stream = device.live()
        for action in (device.identify, device.stable_weight, device.weight, device.tare, device.tare_g,
                       lambda: next(stream), device.zero, device.reset):  # fmt: skip
            try:
                action()
            except (DeviceError, StopIteration):
                continue

    return run


def _checksum(frame: bytes) -> bytes:
    """Return frame and CRC-16/MODBUS."""
    value = 0xFFFF
    for byte in frame:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
    return frame + struct.pack("<H", value)


def rtu_frames() -> list[bytes]:
    """Return replies, the first byte saying whether the harness repairs their checksums."""
    frames = [b"\x01\x03\x02\x00\x19", b"\x01\x83\x02", b"\x01\x06\x00\x02\x00\x19", b"\x01\x04\x02\x00\x00"]
    return [b"\x01" + frame for frame in frames] + [b"\x00" + _checksum(frames[0])]


def modbus_rtu() -> Run:
    """Frames on a serial line, half of them with a right checksum so that their content is looked at."""
    import minimalmodbus

    from instruments.devices import DeviceError
    from instruments.devices import modbus_rtu as module

    lines: list[_Line] = []
    _replace(module, "open_serial", lambda *_: lines[-1])
    _replace(minimalmodbus, "_calculate_minimum_silent_period", lambda _: 0.0)

    def run(data: bytes) -> None:
        reply = _checksum(data[1:]) if data[:1] > b"\x00" else data[1:]
        lines[:] = [_Line(reply * 3)]
        bus = module.RtuBus("fuzz", timeout_s=0.0)
        for action in (lambda: bus.read(2), lambda: bus.read(2, 10), lambda: bus.write(2, 25)):
            try:
                action()
            except DeviceError:
                continue

    return run


def tcp_frames() -> list[bytes]:
    """Return replies with their header."""
    return [
        b"\x00\x01\x00\x00\x00\x05\x01\x03\x02\x00\x19",
        b"\x00\x01\x00\x00\x00\x03\x01\x83\x02",
        b"\x00\x01\x00\x00\x00\x06\x01\x06\x00\x02\x00\x19",
    ]


class _Socket:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def recv(self, n_bytes: int) -> bytes:
        piece, self._data = self._data[: min(n_bytes, 7)], self._data[min(n_bytes, 7) :]
        return piece

    def sendall(self, data: bytes) -> None:
        """Take it."""

    def close(self) -> None:
        """End."""


def modbus_tcp() -> Run:
    """Frames from an Ethernet port."""
    from instruments.devices import DeviceError
    from instruments.devices import modbus_tcp as module

    class Network:
        """In place of the module `socket`."""

        socket = _Socket
        data = b""

        @classmethod
        def create_connection(cls, *_: object) -> _Socket:
            return _Socket(cls.data)

    _replace(module, "socket", Network)

    def run(data: bytes) -> None:
        Network.data = data
        for n_registers in (1, 10):
            try:
                words = module.TcpBus("fuzz").read(2, n_registers)
                assert len(words) == n_registers
            except DeviceError:
                continue
        try:
            module.TcpBus("fuzz").write(2, 25)
        except DeviceError:
            return

    return run


class _Registers:
    """A device whose registers hold whatever comes next in the input."""

    def __init__(self, data: bytes) -> None:
        self._words = struct.unpack(f">{len(data) // 2}H", data[: len(data) // 2 * 2]) or (0,)
        self._place = count()

    def read(self, _register: int, n_registers: int = 1) -> tuple[int, ...]:
        place = next(self._place)
        assert place < _MOST_READS, "reads without end"
        return tuple(self._words[(place + k) % len(self._words)] for k in range(n_registers))

    def write(self, _register: int, _value: int) -> None:
        """Take it."""

    def close(self) -> None:
        """End."""


def registers() -> list[bytes]:
    """Return register contents behind one byte that chooses the furnace."""
    words = struct.pack(">8H", 0x2480, 1200, 0x4496, 0, 25, 1, 0x3216, 7)
    return [bytes([k]) + words for k in range(len(_PROFILES))]


def furnace() -> Run:
    """Identity, state and program of each furnace, from registers that hold anything."""
    from instruments.devices import DeviceError, DeviceSettings, load_profile
    from instruments.devices.compiling import Coding, decode_program
    from instruments.devices.register_device import RegisterDevice

    profiles = [load_profile(name) for name in _PROFILES]

    def run(data: bytes) -> None:
        profile = profiles[(data[0] if data else 0) % len(profiles)]
        bus = _Registers(data[1:])
        device = RegisterDevice(bus, profile, DeviceSettings("fuzz"))
        for action in (device.identify, device.state, device.hold, device.reset):
            try:
                action()
            except DeviceError:
                continue
        if profile.program.layout == "stored":  # nothing is read there
            return
        try:
            decode_program(Coding(profile.program, 1, 1, 16), bus.read)
        except DeviceError:
            return

    return run
