"""Each refusal, and that after it nothing has been started."""

from dataclasses import replace

import pytest

from instruments.devices import (
    AboveCeiling,
    Confirmation,
    DeviceError,
    DeviceProgram,
    NotAllowed,
    NotArmed,
    ReadBackMismatch,
    WrongModel,
)
from instruments.devices.drivers import open_bus
from instruments.devices.guard import GuardedRegisters
from instruments.devices.profile import load_profile

MODELS = ["2408", "3216", "epc3016"]


@pytest.fixture
def fire(bench, program):
    """Load and run, as a laboratory would; returns what was refused."""

    def attempt(setup, wish=program, **changes):
        loaded = setup.furnace.load(wish)
        named = {"furnace": "F1", "top_c": wish.top_c, "duration_min": wish.duration_min} | changes
        return setup.furnace.run(loaded.confirmed(**named))

    return attempt


def _never_run(setup):
    commands = [value for register, value, _ in setup.device.writes if register == 23]
    return not setup.device.has_run and commands == []


@pytest.mark.parametrize(
    ("model", "driver"),
    [("3216", "eurotherm_2400"), ("2408", "eurotherm_3200")],
)
def test_a_wrong_model_gets_no_write_at_all(bench, program, model, driver):
    setup = bench.furnace(model)
    setup.furnace.close()
    code = {"3216": None, "2408": 0x2480}[model]  # even when somebody entered the other model's code
    wrong = bench.open(
        driver, replace(setup.settings, identity_code=code, confirmed=frozenset({"dwell_units", "end_type"}))
    )
    for attempt in (lambda: wrong.load(program), wrong.hold, wrong.reset, wrong.identify):
        with pytest.raises(WrongModel, match="nothing was written"):
            attempt()
    assert setup.device.writes == []


def test_a_unit_that_is_not_the_entered_one_gets_no_write(bench, fire):
    setup = bench.furnace("2408", identity_code=0x2460)
    with pytest.raises(WrongModel, match="0x2460"):
        fire(setup)
    assert setup.device.writes == []


@pytest.mark.parametrize("model", ["3216", "epc3016"])
def test_where_no_source_gives_the_code_the_laboratory_has_to(bench, fire, model):
    setup = bench.furnace(model, identity_code=None)
    with pytest.raises(WrongModel, match="identity_code = 0x"):
        fire(setup)
    assert setup.device.writes == []


@pytest.mark.parametrize("model", ["3216", "epc3016"])
def test_contradictory_facts_have_to_be_confirmed_first(bench, fire, model):
    setup = bench.furnace(model, confirmed=frozenset())
    with pytest.raises(NotAllowed, match="is not confirmed for this unit"):
        fire(setup)
    assert setup.device.writes == []


def test_the_unit_is_identified_again_before_run(bench, program):
    setup = bench.furnace()
    loaded = setup.furnace.load(program)
    setup.device.model = replace(setup.device.model, identity={122: 0x3216, 107: 0x0200})
    with pytest.raises(WrongModel):
        setup.furnace.run(loaded.confirmed(furnace="F1", top_c=1150, duration_min=program.duration_min))
    assert _never_run(setup)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("register", [199, 2, 24, 25, 111, 112, 8192, 12345])
def test_registers_outside_the_list_are_not_written(bench, model, register):
    setup = bench.furnace(model)
    setup.furnace.close()
    profile = load_profile(setup.driver)
    registers = GuardedRegisters(open_bus(profile, setup.settings), profile, setup.settings)
    bench.stack.callback(registers.close)
    with pytest.raises(NotAllowed, match="not on the write list"):
        registers.write(register, 2)
    with pytest.raises(NotAllowed, match="not on the write list"):
        registers.write_checked(register, 2)
    assert setup.device.writes == []
    assert not setup.device.is_damaged


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("limits", "words"), [((1100.0, 1500.0), "furnace's ceiling"), ((1900.0, 1000.0), "setpoint limit")]
)
def test_above_a_ceiling_nothing_is_written(bench, fire, model, limits, words):
    setup = bench.furnace(model, ceiling_c=limits[0])
    setup.device.stored[111] = round(10 * limits[1])
    with pytest.raises(AboveCeiling, match=words):
        fire(setup)
    assert setup.device.writes == []


def test_above_the_profiles_ceiling_nothing_is_written(bench, fire):
    setup = bench.furnace(ceiling_c=3000.0)
    setup.device.stored[111] = 25000
    with pytest.raises(AboveCeiling, match="ceiling of eurotherm_2400"):
        fire(setup, DeviceProgram.of([(5, 1900, 10), (5, 25, 0)]))
    assert setup.device.writes == []


def test_a_furnace_without_a_ceiling_is_not_programmed(bench, fire):
    setup = bench.furnace(ceiling_c=None)
    with pytest.raises(NotAllowed, match="ceiling_c"):
        fire(setup)
    assert setup.device.writes == []


def test_a_ceiling_lowered_after_loading_counts(bench, program):
    setup = bench.furnace()
    loaded = setup.furnace.load(program)
    setup.device.stored[111] = 9000
    with pytest.raises(AboveCeiling):
        setup.furnace.run(loaded.confirmed(furnace="F1", top_c=1150, duration_min=program.duration_min))
    assert _never_run(setup)


def test_a_program_that_ends_hot_is_refused(bench, fire):
    setup = bench.furnace()
    with pytest.raises(NotAllowed, match="add a way down"):
        fire(setup, DeviceProgram.of([(5, 900, 60)]))
    assert setup.device.writes == []


@pytest.mark.parametrize(
    ("model", "register"),
    [("2408", 8337), ("2408", 8338), ("2408", 8330), ("3216", 1281), ("3216", 321), ("epc3016", 8337)],
)
def test_a_register_that_does_not_take_its_value_stops_everything(bench, fire, model, register):
    setup = bench.furnace(model)
    setup.device.stuck.add(register)
    with pytest.raises(ReadBackMismatch, match=str(register)):
        fire(setup)
    assert _never_run(setup)


def test_a_controller_that_clips_in_silence_is_caught(bench, program):
    setup = bench.furnace()
    loaded = setup.furnace.load(program)
    setup.device.clips = True
    setup.device.stored[111] = 11000
    setup.device.put(8353, 11500, 6)  # somebody touches the target at the panel; the controller clips it
    with pytest.raises((NotArmed, AboveCeiling)):
        setup.furnace.run(loaded.confirmed(furnace="F1", top_c=1150, duration_min=program.duration_min))
    assert _never_run(setup)


@pytest.mark.parametrize("model", MODELS)
def test_a_scale_that_differs_is_caught_by_the_float_of_the_same_parameter(bench, program, model):
    setup = bench.furnace(model)
    setup.device.rate_steps = 1  # the unit takes 50 for 50 °C/min
    with pytest.raises(ReadBackMismatch, match="its scale is another"):
        setup.furnace.load(program)
    assert _never_run(setup)


def test_decimal_places_that_cannot_be_told_are_refused(bench, fire):
    setup = bench.furnace()
    setup.device.stored[111] = 0
    with pytest.raises(NotAllowed, match="decimal places"):
        fire(setup)
    assert setup.device.writes == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"furnace": "F2"}, "'F2'"),
        ({"top_c": 1100.0}, "1100"),
        ({"duration_min": 600.0}, "600 min"),
    ],
)
def test_a_confirmation_of_something_else_does_not_start(bench, fire, changes, words):
    setup = bench.furnace()
    with pytest.raises(NotArmed, match=words):
        fire(setup, **changes)
    assert _never_run(setup)


def test_an_edit_between_confirmation_and_start_is_seen(bench, program):
    setup = bench.furnace()
    loaded = setup.furnace.load(program)
    setup.device.stored[8346] += 10  # one minute more in the first dwell
    with pytest.raises(NotArmed):
        setup.furnace.run(loaded.confirmed(furnace="F1", top_c=1150, duration_min=program.duration_min))
    assert _never_run(setup)


def test_neither_load_nor_run_disturb_a_running_program(bench, fire, program):
    setup = bench.furnace()
    fire(setup)
    written = len(setup.device.writes)
    other = DeviceProgram.of([(5, 600, 60), (5, 25, 0)])
    with pytest.raises(NotAllowed, match="reset it before"):
        setup.furnace.load(other)
    held = setup.furnace.read_program()
    assert held == program
    confirmation = Confirmation("F1", 1150, held.duration_min, held.program_hash)
    with pytest.raises(NotAllowed, match="nothing was started"):
        setup.furnace.run(confirmation)
    assert len(setup.device.writes) == written


@pytest.mark.parametrize("model", MODELS)
def test_with_a_broken_thermocouple_nothing_starts(bench, fire, model):
    setup = bench.furnace(model)
    setup.device.furnace.is_sensor_broken = True
    with pytest.raises(NotAllowed, match="nothing was started"):
        fire(setup)
    assert _never_run(setup)


def test_a_controller_that_ignores_run_is_told(bench, fire, monkeypatch):
    setup = bench.furnace()
    monkeypatch.setattr(setup.device, "_command", lambda value: None)
    with pytest.raises(ReadBackMismatch, match="did not start"):
        fire(setup)


def test_worn_memory_is_not_written(bench, fire):
    setup = bench.furnace("2408", writes_so_far={8336: 100_000})
    with pytest.raises(NotAllowed, match="worn out"):
        fire(setup)
    assert _never_run(setup)


def test_writes_of_earlier_processes_are_counted_on(bench, program):
    setup = bench.furnace("2408", writes_so_far={8337: 41})
    setup.furnace.load(program)
    assert setup.furnace.writes()[8337] == 42


@pytest.mark.parametrize(
    ("segments", "words"),
    [
        ([(0.25, 900, 60), (5, 25, 0)], "steps of 0.1"),
        ([(5, 900, 4000), (5, 25, 0)], "more than the controller takes"),
        ([(5, 900, 0.01), (5, 25, 0)], "shorter than"),
        ([(5, 100 + k, 5) for k in range(9)] + [(5, 25, 0)], "segments"),
    ],
)
def test_a_program_that_does_not_fit_is_refused_before_any_write(bench, fire, segments, words):
    setup = bench.furnace()
    with pytest.raises(NotAllowed, match=words):
        fire(setup, DeviceProgram.of(segments))
    assert setup.device.writes == []


@pytest.mark.parametrize("segments", [[], [(0, 900, 1)], [(5, -10, 1)], [(5, 900, -1)], [(5, float("nan"), 1)]])
def test_programs_that_mean_nothing_are_refused(segments):
    with pytest.raises(NotAllowed):
        DeviceProgram.of(segments)


@pytest.mark.parametrize("after", [1, 5, 12])
def test_a_cable_pulled_while_writing_leaves_a_program_that_does_nothing(bench, fire, program, after, monkeypatch):
    setup = bench.furnace("2408")
    setup.device.stored[8336] = 1  # an old program is there
    put, seen = setup.device.put, []

    def dying(register, value, function):
        put(register, value, function)
        seen.append(register)
        setup.line.faults.mute = len(seen) >= after

    monkeypatch.setattr(setup.device, "put", dying)
    with pytest.raises(DeviceError):
        fire(setup)
    assert _never_run(setup)
    assert setup.device.stored[8336] == 0  # the first segment says End
