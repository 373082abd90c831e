"""The shelf itself: profiles, registry, and what every registered driver has to keep."""

import json
import pickle
import subprocess
import sys
import types
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from inspect import signature
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import instruments.devices as shelf
from instruments.devices import Balance, DeviceError, DeviceProgram, DeviceSettings, Furnace, available_drivers, driver
from instruments.devices.compiling import Coding, compile_program, decode_program
from instruments.devices.drivers import ProfileDriver
from instruments.devices.profile import NEVER, load_profile, parse_profile
from instruments.devices.registry import GROUP, resolve
from nasicon_loop.core import to_json

PROFILES = sorted(path.stem for path in (Path(shelf.__file__).parent / "profiles").glob("*.toml"))


@pytest.mark.parametrize("each", available_drivers(), ids=lambda each: each.name)
def test_every_driver_keeps_the_shelfs_rules(each):
    assert each.kind in {"balance", "furnace"}
    assert each.transport in {"serial", "tcp", "none"}
    assert each.version
    address = {"serial": "/dev/there-is-no-such-port", "tcp": "127.0.0.1:1", "none": "paper"}[each.transport]
    settings = DeviceSettings(address, name="X", timeout_s=0.2)
    if each.transport == "none":
        device = each.open(settings)
        assert isinstance(device, Furnace)
        device.close()
    else:
        with pytest.raises(DeviceError) as caught:
            each.open(settings)
        assert caught.value.where == address
    protocol = Balance if each.kind == "balance" else Furnace
    for name, member in vars(protocol).items():
        if callable(member) and not name.startswith("_"):
            assert signature(member).parameters, name


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_says_where_its_facts_are_from_and_spares_what_is_never_written(name):
    profile = load_profile(name)
    assert profile.name == name
    assert profile.sources
    assert all(len(source) > 20 for source in profile.sources)
    assert not any(profile.allows(register) for register in NEVER)
    assert profile.allows(profile.status.command_register)
    assert profile.allows(profile.program.number)
    assert set(profile.status.commands) == {"run", "hold", "reset"}
    assert {"pv", "working_setpoint"} <= set(profile.read)
    assert profile.ceiling_c <= 1800
    assert driver(name).version == profile.version


@pytest.mark.parametrize("name", ["eurotherm_2400", "eurotherm_3200", "eurotherm_epc3016"])
def test_stored_setpoints_are_on_no_list(name):
    profile = load_profile(name)
    assert not any(profile.allows(register) for register in (2, 24, 25))
    assert all(profile.wears(register) for register in (24, 25))
    assert profile.volatile_setpoint in {26, None}


def test_a_profile_cannot_allow_the_instrument_mode():
    source = (Path(shelf.__file__).parent / "profiles" / "eurotherm_2400.toml").read_text("utf-8")
    with pytest.raises(DeviceError, match="199"):
        parse_profile(source + "\n[[writable]]\nfirst = 190\nlast = 210\n")


@pytest.mark.parametrize("text", ["", "name = 3", "[[", "name = 'x'\n[identity]\n"])
def test_a_broken_profile_is_refused(text):
    with pytest.raises(DeviceError, match="not a valid profile"):
        parse_profile(text)


rates = st.integers(1, 300).map(lambda tenths: tenths / 10)
targets = st.integers(250, 16000).map(lambda tenths: tenths / 10)
dwells = st.integers(0, 3000).map(float)
programs = st.lists(st.tuples(rates, targets, dwells), min_size=1, max_size=7).map(DeviceProgram.of)


@pytest.mark.parametrize("name", ["eurotherm_2400", "eurotherm_3200", "eurotherm_epc3016"])
@given(program=programs, number=st.integers(1, 20))
def test_what_is_compiled_is_read_back_and_every_write_is_allowed(name, program, number):
    profile = load_profile(name)
    n_segments = 8 if profile.program.layout == "list" else 16
    coding = Coding(profile.program, number, 1, n_segments)
    writes = compile_program(coding, program)
    assert all(profile.allows(write.register) for write in writes)
    held = {write.register: write.value for write in writes}
    read = decode_program(coding, lambda first, n: tuple(held.get(first + k, 0) for k in range(n)))
    if profile.program.layout == "blocks" or len(program.segments) == len(read.segments):
        assert read == program
        assert read.program_hash == program.program_hash


@given(
    name=st.sampled_from(["eurotherm_2400", "eurotherm_3200"]),
    words=st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=60),
)
def test_registers_of_any_content_give_a_program_or_a_refusal(name, words):
    coding = Coding(load_profile(name).program, 1, 1, 8)
    try:
        decode_program(coding, lambda first, n: tuple(words[(first + k) % len(words)] for k in range(n)))
    except DeviceError:
        return


class Stranger:
    """A driver from another package."""

    name = "stranger"
    version = "9"
    kind = "furnace"
    transport = "none"

    def open(self, settings):
        return driver("card").open(settings)


STRANGER = Stranger()
NOT_A_DRIVER = object()


def _point(name, value):
    return EntryPoint(name, value, GROUP)


def test_another_package_can_put_a_driver_on_the_shelf(monkeypatch):
    module = types.ModuleType("nl_test_stranger")
    module.STRANGER, module.NOT_A_DRIVER = STRANGER, NOT_A_DRIVER
    monkeypatch.setitem(sys.modules, "nl_test_stranger", module)
    drivers, broken = resolve(
        [
            _point("stranger", "nl_test_stranger:STRANGER"),
            _point("other", "nl_test_stranger:NOT_A_DRIVER"),
            _point("renamed", "nl_test_stranger:STRANGER"),
            _point("absent", "nl_test_there_is_no_such_module:X"),
            _point("card", "nl_test_stranger:STRANGER"),
        ]
    )
    names = [each.name for each in drivers]
    assert "stranger" in names
    assert {"mt_sics", "eurotherm_2400", "card"} <= set(names)
    assert {each.name for each in broken} == {"other", "renamed", "absent", "card"}
    assert all(each.reason for each in broken)


def test_an_unknown_driver_is_refused_with_those_there_are():
    with pytest.raises(DeviceError, match="eurotherm_2400"):
        driver("omron")


def test_profile_drivers_are_named_like_their_profiles():
    assert {each.name for each in available_drivers() if isinstance(each, ProfileDriver)} == set(PROFILES)


def test_every_exported_name_is_there():
    assert all(getattr(shelf, name) is not None for name in shelf.__all__)
    with pytest.raises(AttributeError):
        _ = shelf.nothing_of_that_name


def test_importing_the_shelf_loads_no_port_library():
    code = "import sys, instruments.devices; print(*(set(sys.modules) & {'serial', 'minimalmodbus', 'numpy'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_settings_and_states_travel_to_other_processes_and_into_json():
    settings = DeviceSettings("COM3", name="F1", confirmed={"end_type"}, writes_so_far={8336: 2})
    again = pickle.loads(pickle.dumps(settings))  # noqa: S301 - our own bytes
    assert again == settings
    with pytest.raises(TypeError):
        again.writes_so_far[1] = 1
    state = shelf.FurnaceState(datetime(2026, 1, 1, tzinfo=UTC), 20.5, None, 0.0, shelf.RunStatus.HOLD, 4)
    assert json.loads(to_json(state))["status"] == "hold"
    assert json.loads(to_json(settings))["writes_so_far"] == {"8336": 2}
