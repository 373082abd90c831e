"""Exact bytes: each protocol against pairs that were written down from its document, not from the code."""

from dataclasses import dataclass, field

import pytest

from instruments.devices import DeviceSaysNo, DeviceSettings, open_balance
from instruments.devices.modbus_rtu import RtuBus
from instruments.devices.modbus_tcp import TcpBus
from instruments.sim.modbus_server import crc16

# The examples of the Modbus documents: unit 17 reads three registers from 0x6B; unit 17 writes 3 to register 1.
READ_RTU = ("11 03 00 6B 00 03 76 87", "11 03 06 AE 41 56 52 43 40 49 AD")
WRITE_RTU = ("11 06 00 01 00 03 9A 9B", "11 06 00 01 00 03 9A 9B")


@dataclass
class Scripted:
    """Answers exactly the bytes it expects, and keeps what else came."""

    pairs: list[tuple[bytes, bytes]]
    received: bytes = b""
    surprises: list[bytes] = field(default_factory=list)

    def feed(self, data: bytes) -> bytes:
        self.received += data
        expected, reply = self.pairs[0] if self.pairs else (b"", b"")
        if self.received == expected:
            self.received = b""
            self.pairs.pop(0)
            return reply
        if not expected.startswith(self.received):
            self.surprises.append(self.received)
        return b""

    def tick(self) -> bytes:
        return b""


def _pair(request: str, reply: str) -> tuple[bytes, bytes]:
    return bytes.fromhex(request), bytes.fromhex(reply)


def test_modbus_rtu_speaks_the_documented_bytes(bench):
    device = Scripted([_pair(*READ_RTU), _pair(*WRITE_RTU)])
    bus = RtuBus(bench.plug(device).address, unit=17, baud_rate=115200, timeout_s=0.3)
    assert bus.read(0x6B, 3) == (0xAE41, 0x5652, 0x4340)
    bus.write(1, 3)
    assert device.pairs == []
    assert device.surprises == []


def test_modbus_rtu_exception_raises(bench):
    reply = bytes.fromhex("11 83 02")
    device = Scripted([(bytes.fromhex(READ_RTU[0]), reply + crc16(reply))])
    bus = RtuBus(bench.plug(device).address, unit=17, baud_rate=115200, timeout_s=0.1)
    with pytest.raises(DeviceSaysNo):
        bus.read(0x6B, 3)


def test_the_simulators_checksum_is_the_documented_one():
    for pair in (READ_RTU, WRITE_RTU):
        for frame in pair:
            data = bytes.fromhex(frame)
            assert crc16(data[:-2]) == data[-2:]


def test_modbus_tcp_speaks_the_documented_bytes(bench):
    device = Scripted(
        [
            _pair("0001 0000 0006 11 03 006B 0003", "0001 0000 0009 11 03 06 AE41 5652 4340"),
            _pair("0002 0000 0006 11 06 0001 0003", "0002 0000 0006 11 06 0001 0003"),
            _pair("0003 0000 0006 11 06 00C7 0002", "0003 0000 0003 11 86 02"),
        ]
    )
    bus = TcpBus(bench.plug_tcp(device).address, unit=17, timeout_s=1.0)
    assert bus.read(0x6B, 3) == (0xAE41, 0x5652, 0x4340)
    bus.write(1, 3)
    with pytest.raises(DeviceSaysNo, match="no such register"):
        bus.write(199, 2)
    assert device.surprises == []
    bus.close()


def test_mt_sics_speaks_the_documented_bytes(bench):
    device = Scripted(
        [
            (b"SI\r\n", b"S D      99.95 g\r\n"),
            (b"I4\r\n", b'I4 A "B021002593"\r\n'),
            (b"I2\r\n", b'I2 A "XPR205DU/A XPR 220.0090 g"\r\n'),
            (b"I3\r\n", b'I3 A "1.20 10.28.0.493.142"\r\n'),
            (b"I4\r\n", b'I4 A "B021002593"\r\n'),
            (b"S\r\n", b"S S     100.00 g\r\n"),
            (b"I4\r\n", b'I4 A "B021002593"\r\n'),
            (b"Z\r\n", b"Z A\r\n"),
            (b"T\r\n", b"T S   10.0000 g\r\n"),
            (b"TI\r\n", b"TI S   10.0000 g\r\n"),
            (b"TA\r\n", b"TA A   10.0000 g\r\n"),
            (b'D "Na3PO4 3.5535"\r\n', b"D A\r\n"),
            (b"DW\r\n", b"DW A\r\n"),
            (b"M21 0 0\r\n", b"M21 A\r\n"),
        ]
    )
    balance = open_balance("mt_sics", DeviceSettings(bench.plug(device).address, timeout_s=0.5))
    identity = balance.identify()
    assert (identity.model, identity.serial_number) == ("XPR205DU/A XPR 220.0090 g", "B021002593")
    weight = balance.stable_weight()
    assert (weight.mass_g, weight.raw, weight.resolution_g) == (100.0, "S S     100.00 g", 0.01)
    balance.zero()
    balance.tare()
    balance.tare_now()
    assert balance.tare_g() == 10.0
    balance.show("Na3PO4 3.5535")
    balance.show("")
    balance.set_host_unit_gram()
    assert device.pairs == []
    assert device.surprises == []
    balance.close()
