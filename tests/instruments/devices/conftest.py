"""A bench: simulated devices behind pseudo-terminals and TCP ports, and drivers opened on them."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from instruments.devices import DeviceProgram, DeviceSettings, Furnace, open_furnace
from instruments.sim import eurotherm_tables as tables
from instruments.sim.eurotherm import EurothermSimulator
from instruments.sim.faults import Faults
from instruments.sim.lines import PtyLine, SimulatedDevice, TcpLine
from instruments.sim.modbus_server import RtuServer, TcpServer
from instruments.sim.sim_clock import SimClock

DRIVERS = {"2408": "eurotherm_2400", "3216": "eurotherm_3200", "epc3016": "eurotherm_epc3016"}
CODES = {"2408": None, "3216": 0x3216, "epc3016": 30}
CONFIRMED = {"2408": (), "3216": ("dwell_units", "end_type"), "epc3016": ("dwell_factor",)}
PROGRAM = DeviceProgram.of([(5, 400, 60), (3, 1150, 720), (-3, 25, 0)])


@dataclass
class Setup:
    """A simulated furnace, its cable, and the driver on it."""

    device: EurothermSimulator
    line: PtyLine | TcpLine
    furnace: Furnace
    settings: DeviceSettings
    driver: str


@dataclass
class Bench:
    """Plugs things in and takes them down at the end of the test."""

    stack: ExitStack = field(default_factory=ExitStack)

    def plug(self, device: SimulatedDevice) -> PtyLine:
        if sys.platform == "win32":
            pytest.skip("pseudo-terminals need POSIX")
        return self.stack.enter_context(PtyLine(device, Faults()))

    def plug_tcp(self, device: SimulatedDevice) -> TcpLine:
        return self.stack.enter_context(TcpLine(device, Faults()))

    def cable(self, device: EurothermSimulator) -> PtyLine | TcpLine:
        return self.plug_tcp(TcpServer(device)) if device.model.is_tcp else self.plug(RtuServer(device))

    def open(self, driver: str, settings: DeviceSettings) -> Furnace:
        furnace = open_furnace(driver, settings)
        self.stack.callback(furnace.close)
        return furnace

    def furnace(self, model: str = "2408", *, decimals: int = 1, **changes: object) -> Setup:
        device = EurothermSimulator(tables.MODELS[model], SimClock(0), decimals=decimals)
        line = self.cable(device)
        given: dict[str, object] = {
            "name": "F1", "baud_rate": 115200, "timeout_s": 0.15, "ceiling_c": 1200.0,
            "identity_code": CODES[model], "confirmed": frozenset(CONFIRMED[model]),
        }  # fmt: skip
        settings = DeviceSettings(line.address, **(given | changes))  # type: ignore[arg-type]
        driver = DRIVERS[model]
        return Setup(device, line, self.open(driver, settings), settings, driver)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    # A pseudo-terminal needs no 1.75 ms of silence between frames; most of the time of these tests would be that.
    monkeypatch.setattr("minimalmodbus._calculate_minimum_silent_period", lambda baudrate: 0.0, raising=False)
    made = Bench()
    with made.stack:
        yield made


@pytest.fixture
def program() -> DeviceProgram:
    return PROGRAM
