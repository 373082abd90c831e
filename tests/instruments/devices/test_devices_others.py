"""Nabertherm, the card, finding devices, spoiled Modbus, simulators as programs."""

import struct
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.devices import (
    AboveCeiling,
    DeviceError,
    DeviceProgram,
    DeviceSettings,
    NotAllowed,
    NotArmed,
    PortUnavailable,
    ProgramChanged,
    ReadBackMismatch,
    RunStatus,
    WrongModel,
    card_text,
    find_devices,
    open_balance,
    open_furnace,
    serial_ports,
)
from instruments.devices.modbus_tcp import parse_body, parse_header, split_host
from instruments.sim.furnace_physics import Chamber, Furnace, Mode, Step
from instruments.sim.modbus_server import TcpServer
from instruments.sim.mt_sics import MtSicsSimulator
from instruments.sim.nabertherm import NaberthermSimulator
from instruments.sim.sim_clock import SimClock

STORED = DeviceProgram.of([(5, 900, 360), (5, 25, 0)])
STEPS = (Step(900.0, 5 / 60), Step(900.0, 0.0, 6 * 3600.0), Step(25.0, 5 / 60))


@pytest.fixture
def nabertherm(bench):
    device = NaberthermSimulator({7: STEPS}, SimClock(0))
    line = bench.plug_tcp(TcpServer(device))
    settings = DeviceSettings(line.address, name="N1", ceiling_c=1200.0, stored_programs={7: STORED})
    return device, bench.open("nabertherm_400", settings), settings


def test_a_stored_confirmed_program_is_chosen_and_started(nabertherm):
    device, furnace, _ = nabertherm
    identity = furnace.identify()
    assert (identity.model, identity.serial_number) == ("C450", "SN12345678")
    loaded = furnace.load(STORED)
    assert loaded.program_number == 7
    state = furnace.run(loaded.confirmed(furnace="N1", top_c=900, duration_min=STORED.duration_min))
    assert state.status is RunStatus.RUN
    device.clock.advance(5 * 3600)
    assert furnace.state().pv_c == pytest.approx(900, abs=3)
    assert furnace.reattach(STORED.program_hash).state.segment == 2
    with pytest.raises(ProgramChanged):
        furnace.reattach("0" * 64)
    assert furnace.hold().status is RunStatus.HOLD
    assert furnace.reset().status is RunStatus.RESET
    assert {register for register, _, _ in device.writes} == {148, 149}


def test_what_nobody_confirmed_is_not_started(nabertherm):
    device, furnace, _ = nabertherm
    with pytest.raises(NotAllowed, match="no stored program"):
        furnace.load(DeviceProgram.of([(5, 950, 360), (5, 25, 0)]))
    with pytest.raises(NotAllowed, match="nobody has confirmed"):
        furnace.read_program()
    loaded = furnace.load(STORED)
    with pytest.raises(NotArmed):
        furnace.run(loaded.confirmed(furnace="N1", top_c=800, duration_min=STORED.duration_min))
    device.maximum_c = 850
    with pytest.raises(AboveCeiling):
        furnace.run(loaded.confirmed(furnace="N1", top_c=900, duration_min=STORED.duration_min))
    device.type_code = 9
    with pytest.raises(WrongModel):
        furnace.run(loaded.confirmed(furnace="N1", top_c=900, duration_min=STORED.duration_min))
    assert not device.has_run


def test_a_controller_that_starts_another_program_is_stopped(nabertherm, monkeypatch):
    device, furnace, _ = nabertherm
    loaded = furnace.load(STORED)
    device.programs[3] = STEPS
    start = device._start

    def wrong():
        start()
        device._running = 3

    monkeypatch.setattr(device, "_start", wrong)
    with pytest.raises(ReadBackMismatch, match="program 3"):
        furnace.run(loaded.confirmed(furnace="N1", top_c=900, duration_min=STORED.duration_min))
    assert device.furnace.programmer.mode is Mode.RESET


def test_the_card_says_all_that_is_to_be_typed_in():
    card = open_furnace("card", DeviceSettings("paper", name="tube furnace", ceiling_c=1200.0))
    with pytest.raises(NotAllowed):
        card.read_program()
    card.load(DeviceProgram.of([(5, 400, 60), (3, 1150, 720), (-3, 25, 0)]))
    text = card.card()
    assert text == card_text(card.read_program(), "tube furnace")
    for word in ("tube furnace", "1150 °C", "3 °C/min", "12:00 h", "24.7 h", "[ ]    3"):
        assert word in text
    with pytest.raises(AboveCeiling):
        card.load(DeviceProgram.of([(5, 1300, 60), (5, 25, 0)]))
    for attempt in (card.state, card.hold, card.reset, lambda: card.run(None), lambda: card.reattach("")):
        with pytest.raises(DeviceError):
            attempt()


def test_devices_are_found_and_named(bench):
    balance = bench.plug(MtSicsSimulator(SimClock(200))).address
    known, unknown = bench.furnace("2408"), bench.furnace("3216")
    network = bench.furnace("epc3016")
    for setup in (known, unknown, network):
        setup.furnace.close()
    nabertherm = bench.plug_tcp(TcpServer(NaberthermSimulator(clock=SimClock(0)))).address
    ports = [balance, known.line.address, unknown.line.address, "/dev/there-is-no-such-port"]
    hosts = [network.line.address, nabertherm, "127.0.0.1:1"]
    found = find_devices(ports, hosts, timeout_s=0.1)
    assert [each.driver for each in found] == [
        "mt_sics", "eurotherm_2400", "eurotherm_3200", None, "eurotherm_epc3016", "nabertherm_400", None,
    ]  # fmt: skip
    assert "B123456789" in found[0].identity
    assert found[1].identity_code == 0x2480
    assert found[1].advice == ""
    assert "identity_code = 0x3216" in found[2].advice
    assert all(each.advice for each in found if each.driver is None)
    for setup in (known, unknown, network):
        assert setup.device.writes == []


def test_a_port_in_use_and_a_silent_one_are_told_apart(bench):
    line = bench.plug(MtSicsSimulator(SimClock(200)))
    with open_balance("mt_sics", DeviceSettings(line.address)):
        (busy,) = find_devices([line.address], timeout_s=0.05)
        assert "in use" in busy.advice
    line.faults.mute = True
    (silent,) = find_devices([line.address], timeout_s=0.05)
    assert "is it on" in silent.advice


def test_the_machines_ports_can_be_listed():
    assert all(port.address for port in serial_ports())


@given(st.binary(min_size=7, max_size=7))
def test_any_header_is_the_replys_or_refused(header):
    try:
        length = parse_header(header, 1, 1, "x")
    except DeviceError:
        return
    assert header[:4] == b"\x00\x01\x00\x00"
    assert 2 <= length <= 253


@given(st.binary(min_size=2, max_size=253))
def test_any_body_is_the_replys_or_refused(body):
    try:
        data = parse_body(body, 3, "x")
    except DeviceError:
        return
    assert body[0] == 3
    assert data == body[1:]


@pytest.mark.parametrize("address", ["host:", ":502", "host:port", "host:70000"])
def test_addresses_that_are_none_are_refused(address):
    with pytest.raises(PortUnavailable):
        split_host(address)
    assert split_host("192.168.1.5") == ("192.168.1.5", 502)


class Liar:
    """Answers every request with the same bytes."""

    def __init__(self, reply):
        self.reply = reply

    def feed(self, data):
        return self.reply

    def tick(self):
        return b""


LIES = [b"\x00" * 9, b"\xff" * 300, b"S S     1.0000 g\r\n", b"\x01\x03\x04\x00\x00", b"\x01\x83"]


@pytest.mark.parametrize("reply", LIES)
def test_a_liar_on_the_line_is_a_refusal_and_never_a_traceback(bench, reply):
    settings = {"name": "F1", "timeout_s": 0.05, "baud_rate": 115200, "ceiling_c": 1200.0}
    serial = bench.open("eurotherm_2400", DeviceSettings(bench.plug(Liar(reply)).address, **settings))
    network = bench.open("nabertherm_400", DeviceSettings(bench.plug_tcp(Liar(reply)).address, **settings))
    for furnace in (serial, network):
        for attempt in (furnace.identify, furnace.state, lambda furnace=furnace: furnace.load(STORED), furnace.reset):
            with pytest.raises(DeviceError):
                attempt()


@pytest.mark.parametrize("reply", [*LIES, b"S S Error 10b\r\n", b"I4 A\r\n", b'I4 A "x"\r\nS S 1 g\r\n', b"S B\r\n"])
def test_a_liar_in_place_of_a_balance_is_a_refusal_too(bench, reply):
    with open_balance("mt_sics", DeviceSettings(bench.plug(Liar(reply)).address, timeout_s=0.03)) as balance:
        for attempt in (
            balance.identify,
            lambda: balance.stable_weight(0.03),
            balance.tare_g,
            balance.set_host_unit_gram,
        ):
            with pytest.raises(DeviceError):
                attempt()


class Babbler(Liar):
    """Never stops sending."""

    def tick(self):
        return self.reply


@pytest.mark.parametrize("reply", [b"\x01\x03\x02\x00", b"S S 1 g", b"S S     1.0000 g\r\n"])
def test_a_line_that_never_falls_silent_is_a_refusal(bench, reply):
    settings = {"name": "F1", "timeout_s": 0.05, "ceiling_c": 1200.0}
    furnace = bench.open("eurotherm_2400", DeviceSettings(bench.plug(Babbler(reply)).address, **settings))
    with pytest.raises(DeviceError):
        furnace.state()
    balance = open_balance("mt_sics", DeviceSettings(bench.plug(Babbler(reply)).address, **settings))
    with pytest.raises(DeviceError):
        balance.identify()
    balance.close()


def test_a_reply_of_another_length_is_refused(bench):
    reply = struct.pack(">HHHB", 1, 0, 5, 1) + b"\x03\x02\x00"
    with pytest.raises(DeviceError):
        bench.open("nabertherm_400", DeviceSettings(bench.plug_tcp(Liar(reply)).address, timeout_s=0.05)).state()


def test_the_simulated_chamber_lags_and_is_limited():
    furnace = Furnace()
    furnace.programmer.start((Step(1000.0, 1.0),), 22.0)  # 60 °C/min is more than it can follow for long
    furnace.advance_to(600.0)
    assert furnace.chamber.temperature_c < furnace.setpoint_c() - 5
    assert furnace.chamber.sensor_c < furnace.chamber.temperature_c
    furnace.advance_to(3 * 3600.0)
    assert furnace.programmer.mode is Mode.COMPLETE
    assert furnace.chamber.temperature_c == pytest.approx(1000, abs=2)
    cold = Chamber(temperature_c=1000.0, sensor_c=1000.0)
    cold.step(1800.0, 0.0)
    assert cold.temperature_c == pytest.approx(22 + 978 / 2.718281828, rel=1e-6)


def _simulator(module, *options):
    return subprocess.Popen(
        [sys.executable, "-m", module, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )


def _weigh_until_refused(balance):
    while True:
        balance.weight()


def test_the_simulators_run_as_programs_and_take_orders():
    with _simulator("instruments.sim.mt_sics", "--load-g", "2.5", "--speed", "50") as process:
        try:
            with open_balance("mt_sics", DeviceSettings(process.stdout.readline().strip())) as balance:
                assert balance.stable_weight().mass_g == pytest.approx(2.5, abs=0.0005)
                process.stdin.write("unplug\n")
                with pytest.raises(DeviceError):
                    _weigh_until_refused(balance)
            process.stdin.write("replug\n")
            with open_balance("mt_sics", DeviceSettings(process.stdout.readline().strip())) as balance:
                assert balance.stable_weight().mass_g == pytest.approx(2.5, abs=0.0005)
                for order, mass_g in (("add 0.5", 3.0), ("0.25", 0.25)):
                    process.stdin.write(f"{order}\n")
                    assert any(balance.weight().mass_g == pytest.approx(mass_g, abs=0.001) for _ in range(1000)), order
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("module", "options", "driver"),
    [
        ("instruments.sim.eurotherm", ("--model", "2408"), "eurotherm_2400"),
        ("instruments.sim.eurotherm", ("--model", "epc3016"), "eurotherm_epc3016"),
        ("instruments.sim.nabertherm", (), "nabertherm_400"),
    ],
)
def test_the_simulated_furnaces_run_as_programs(module, options, driver):
    with _simulator(module, *options) as process:
        try:
            address = process.stdout.readline().strip()
            with open_furnace(driver, DeviceSettings(address, timeout_s=0.5)) as furnace:
                assert furnace.state().pv_c == pytest.approx(22, abs=2)
        finally:
            process.kill()
