"""The balance driver against the simulated balance: real protocol, real serial port."""

import pytest

from instruments.devices import (
    DeviceSaysNo,
    DeviceSettings,
    NotAnswering,
    NotStable,
    OutOfRange,
    PortGone,
    PortUnavailable,
    TareLost,
    UnreadableReply,
    open_balance,
    open_furnace,
)
from instruments.devices.mt_sics import MtSicsBalance
from instruments.sim.mt_sics import MtSicsSimulator
from instruments.sim.sim_clock import SimClock


@pytest.fixture
def device():
    return MtSicsSimulator(SimClock(200))


@pytest.fixture
def line(bench, device):
    return bench.plug(device)


@pytest.fixture
def balance(bench, line):
    made = MtSicsBalance(DeviceSettings(line.address, name="bench balance", timeout_s=0.25))
    bench.stack.callback(made.close)
    return made


def test_a_stable_weight_comes_with_its_raw_line_and_serial_number(balance, device):
    device.pan.put(3.5535)
    weight = balance.stable_weight()
    assert weight.mass_g == pytest.approx(3.5535, abs=0.0004)
    assert weight.serial_number == device.serial_number
    assert weight.raw.startswith("S S ")
    assert weight.raw.endswith(" g")
    assert weight.at.tzinfo is not None


def test_an_unsettled_pan_is_seen_as_unstable(balance, device):
    device.clock.speed = 0.0
    device.pan.put(3.5535)
    assert not balance.weight().is_stable


def test_nothing_is_reset_in_normal_use(balance, device):
    balance.identify()
    balance.zero()
    device.pan.put(1.0)
    balance.tare()
    device.pan.put(3.0)
    assert balance.stable_weight().mass_g == pytest.approx(2.0, abs=0.0004)
    assert device.n_resets == 0


@pytest.mark.parametrize("reports_value", [True, False])
@pytest.mark.parametrize("resets_with_i4", [True, False])
def test_both_documented_variants_of_the_replies_are_taken(balance, device, reports_value, resets_with_i4):
    device.tare_reports_value, device.resets_with_i4 = reports_value, resets_with_i4
    balance.reset()
    device.pan.put(5.0)
    balance.tare()
    assert balance.tare_g() == pytest.approx(5.0, abs=0.0004)


def test_other_units_arrive_in_gram(balance, device):
    device.pan.put(3.5535)
    device.unit = "mg"
    weight = balance.stable_weight()
    assert weight.mass_g == pytest.approx(3.5535, abs=0.0004)
    assert weight.unit == "mg"
    balance.set_host_unit_gram()
    assert device.unit == "g"


def test_overload_and_underload_are_refused_and_weighing_goes_on(balance, device):
    device.pan.put(500.0)
    with pytest.raises(OutOfRange, match="bench balance: is overloaded"):
        balance.stable_weight()
    device.pan.put(-50.0)
    device.clock.advance(60)
    with pytest.raises(OutOfRange):
        balance.weight()
    device.pan.put(1.0)
    device.clock.advance(60)
    assert balance.stable_weight().mass_g == pytest.approx(1.0, abs=0.0004)


def test_a_shaken_balance_gives_no_stable_value_and_keeps_its_tare(balance, device):
    device.pan.put(2.0)
    balance.tare()
    device.pan.is_shaken = True
    device.clock.speed = 1.0
    with pytest.raises(NotStable):
        balance.stable_weight(timeout_s=0.1)
    device.pan.is_shaken = False
    device.clock.speed = 200.0
    assert balance.stable_weight().mass_g == pytest.approx(0.0, abs=0.0004)
    assert device.n_resets == 0


def test_a_drifting_balance_is_not_stable(balance, device):
    device.pan.put(1.0)
    device.pan.drift_g_s = 0.01
    with pytest.raises(NotStable):
        balance.stable_weight()


def test_the_balances_own_refusal_to_wait_is_told(balance, device):
    device.pan.is_shaken = True
    device.gives_up_after_s = 1.0
    with pytest.raises(NotStable, match="draught"):
        balance.stable_weight()


def test_a_hardware_fault_is_told(balance, device):
    device.hardware_fault = "10b"
    with pytest.raises(DeviceSaysNo, match="10b"):
        balance.stable_weight()


def test_live_values_follow_the_pan_and_other_commands_end_the_stream(balance, device):
    device.pan.put(4.0)
    stream = balance.live()
    seen = [next(stream) for _ in range(5)]
    stream.close()
    assert all(weight.mass_g < 4.001 for weight in seen)
    assert balance.identify().serial_number == device.serial_number
    assert balance.stable_weight().mass_g == pytest.approx(4.0, abs=0.0004)
    assert device.n_resets == 0


def test_a_cable_moved_to_another_balance_is_seen_in_the_serial_number(balance, device):
    device.pan.put(1.0)
    first = balance.stable_weight()
    device.serial_number = "C987654321"
    assert (first.serial_number, balance.stable_weight().serial_number) == ("B123456789", "C987654321")


def test_the_display_shows_what_is_to_be_weighed(balance, device):
    balance.show('ZrO2 "5.3140" g')
    assert device.display == "ZrO2 '5.3140' g"
    balance.show("")
    assert device.display == ""


def test_a_pulled_cable_is_a_refusal_and_a_new_port_works(bench, balance, device, line):
    device.pan.put(1.0)
    balance.stable_weight()
    line.unplug()
    with pytest.raises(PortGone, match="cable"):
        balance.stable_weight()
    with pytest.raises(PortGone):
        balance.weight()
    with pytest.raises(PortUnavailable):
        open_balance("mt_sics", DeviceSettings(line.address))
    again = open_balance("mt_sics", DeviceSettings(bench.plug(device).address, timeout_s=0.15))
    assert again.stable_weight().mass_g == pytest.approx(1.0, abs=0.0004)
    again.close()


def test_a_balance_that_is_off_is_a_refusal(balance, line):
    line.faults.mute = True
    with pytest.raises(NotAnswering, match="is it on"):
        balance.identify()


@pytest.mark.parametrize("fault", ["n_half", "n_lost", "n_nonsense", "n_late"])
def test_spoiled_replies_never_become_a_weight(balance, device, line, fault):
    device.pan.put(7.0)
    balance.identify()
    line.faults.late_s = 0.4
    setattr(line.faults, fault, 1)
    with pytest.raises((NotAnswering, UnreadableReply, NotStable)):
        balance.weight()
    assert balance.stable_weight().mass_g == pytest.approx(7.0, abs=0.0004)


def test_when_only_a_reset_helps_the_lost_tare_is_told_once(balance, device, line):
    device.pan.put(2.0)
    balance.tare()
    line.faults.n_lost = 2  # the answer, and the one to the gentle attempt
    with pytest.raises(NotAnswering):
        balance.weight()
    with pytest.raises(TareLost, match="tare"):
        balance.weight()
    assert balance.weight().mass_g == pytest.approx(2.0, abs=0.0004)


def test_a_port_is_opened_for_one_program_alone(balance, line):
    with pytest.raises(PortUnavailable, match="in use"):
        open_balance("mt_sics", DeviceSettings(line.address))


def test_ports_that_are_none_are_refused():
    with pytest.raises(PortUnavailable):
        open_balance("mt_sics", DeviceSettings("/dev/there-is-no-such-port"))


def test_a_balance_is_no_furnace(line):
    with pytest.raises(Exception, match="driver of balances"):
        open_furnace("mt_sics", DeviceSettings(line.address))
