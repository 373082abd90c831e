"""The furnace driver against simulated controllers: programs, start, looking, finding again."""

from dataclasses import replace

import pytest

from instruments.devices import DeviceProgram, NotAllowed, NotAnswering, PortGone, ProgramChanged, RunStatus
from instruments.sim.eurotherm_tables import BLOCK, BLOCKS_FIRST, LIST_FIRST

MODELS = ["2408", "3216", "epc3016"]


def _start(setup, program):
    loaded = setup.furnace.load(program)
    confirmation = loaded.confirmed(furnace=setup.settings.name, top_c=program.top_c, duration_min=program.duration_min)
    return loaded, setup.furnace.run(confirmation)


@pytest.mark.parametrize("model", MODELS)
def test_a_program_goes_in_starts_heats_and_ends(bench, program, model):
    setup = bench.furnace(model)
    loaded, state = _start(setup, program)
    assert loaded.program == program
    assert "1150 °C" in loaded.question()
    assert state.status is RunStatus.RUN
    setup.device.clock.advance(8 * 3600)
    state = setup.furnace.state()
    assert state.pv_c == pytest.approx(1150, abs=3)
    assert state.working_setpoint_c == pytest.approx(1150, abs=0.1)
    assert 50 < state.output_percent < 90
    setup.device.clock.advance(24 * 3600)
    state = setup.furnace.state()
    assert state.status is RunStatus.COMPLETE
    assert state.pv_c < 60
    assert setup.device.furnace.peak_c < 1155
    assert not setup.device.is_damaged


@pytest.mark.parametrize("model", MODELS)
def test_single_registers_are_written_by_function_6_only(bench, program, model):
    setup = bench.furnace(model)
    _start(setup, program)
    assert setup.device.writes
    assert {function for _, _, function in setup.device.writes} == {6}


def test_the_program_lies_where_the_handbook_says(bench, program):
    setup = bench.furnace("2408", program_number=4)
    setup.furnace.load(program)
    base = BLOCKS_FIRST + 3 * BLOCK
    assert base == 8736
    held = [setup.device.stored.get(base + k, 0) for k in range(5)]
    assert held == [0, 0, 1, 1, 1]  # no holdback, rates and dwells per minute, one cycle
    segments = [[setup.device.stored.get(base + 8 * k + j, 0) for j in range(3)] for k in range(1, 7)]
    assert segments == [
        [1, 4000, 50],
        [3, 0, 600],
        [1, 11500, 30],
        [3, 0, 7200],
        [1, 250, 30],
        [0, 0, 0],
    ]
    assert setup.device.stored[22] == 4


def test_a_list_of_segments_ends_without_heating(bench, program):
    setup = bench.furnace("3216")
    setup.furnace.load(program)
    rows = [[setup.device.stored.get(LIST_FIRST + 3 * k + j, 0) for j in range(3)] for k in range(8)]
    assert rows[:3] == [[60, 4000, 50], [720, 11500, 30], [0, 250, 30]]
    assert rows[3:] == [[0, 250, 30]] * 5


def test_the_same_word_is_another_number_on_another_model(bench, program):
    numbers = {}
    for model in MODELS:
        setup = bench.furnace(model)
        _start(setup, program)
        numbers[model] = [value for register, value, _ in setup.device.writes if register == 23]
        setup.furnace.hold()
        assert setup.furnace.state().status is RunStatus.HOLD
        assert setup.furnace.reset().status is RunStatus.RESET
    assert numbers == {"2408": [2], "3216": [1], "epc3016": [2]}


@pytest.mark.parametrize("decimals", [0, 1])
def test_decimal_places_are_found_out_from_the_unit(bench, program, decimals):
    setup = bench.furnace("2408", decimals=decimals)
    loaded, _ = _start(setup, program)
    assert loaded.top_c == 1150
    setup.device.clock.advance(8 * 3600)
    assert setup.furnace.state().pv_c == pytest.approx(1150, abs=3)


def test_what_is_there_already_is_not_written_again(bench, program):
    setup = bench.furnace("2408")
    setup.furnace.load(program)
    written = len(setup.device.writes)
    assert sum(setup.furnace.writes().values()) == sum(1 for register, _, _ in setup.device.writes if register > 8000)
    setup.furnace.load(program)
    assert len(setup.device.writes) == written


def test_hold_stops_the_clock_and_the_same_confirmation_goes_on(bench, program):
    setup = bench.furnace()
    loaded, _ = _start(setup, program)
    setup.device.clock.advance(1800)
    held = setup.furnace.hold()
    setup.device.clock.advance(7200)
    assert setup.furnace.state().working_setpoint_c == held.working_setpoint_c
    state = setup.furnace.run(loaded.confirmed(furnace="F1", top_c=1150, duration_min=program.duration_min))
    assert state.status is RunStatus.RUN


def test_a_second_firing_starts_after_the_first_is_complete(bench):
    short = DeviceProgram.of([(10, 100, 1), (10, 25, 0)])
    setup = bench.furnace()
    _start(setup, short)
    setup.device.clock.advance(4 * 3600)
    assert setup.furnace.state().status is RunStatus.COMPLETE
    _, state = _start(setup, short)
    assert state.status is RunStatus.RUN


@pytest.mark.parametrize("model", MODELS)
def test_a_firing_is_found_again_by_a_new_process_on_a_new_port(bench, program, model):
    setup = bench.furnace(model)
    loaded, _ = _start(setup, program)
    setup.furnace.close()
    setup.line.unplug()
    setup.device.clock.advance(3 * 3600)
    again = bench.open(setup.driver, replace(setup.settings, address=bench.cable(setup.device).address))
    attached = again.reattach(loaded.program_hash)
    assert attached.program == program
    assert attached.state.status is RunStatus.RUN
    assert attached.state.segment == 3
    assert setup.device.furnace.programmer.mode.value == "run"


@pytest.mark.parametrize("model", MODELS)
def test_a_program_edited_at_the_panel_is_not_the_same_firing(bench, program, model):
    setup = bench.furnace(model)
    loaded, _ = _start(setup, program)
    register = {"2408": 8328 + 8 + 1, "3216": 1281, "epc3016": 8328 + 8 + 1}[model]
    setup.device.stored[register] += 100
    with pytest.raises(ProgramChanged, match="changed"):
        setup.furnace.reattach(loaded.program_hash)


@pytest.mark.parametrize("model", ["2408", "epc3016"])
def test_an_edit_of_the_running_copy_is_seen_too(bench, program, model):
    setup = bench.furnace(model)
    loaded, _ = _start(setup, program)
    setup.device.edit_running_target(900.0)
    with pytest.raises(ProgramChanged, match="900"):
        setup.furnace.reattach(loaded.program_hash)


def test_another_program_chosen_or_of_another_kind_is_not_the_same_firing(bench, program):
    setup = bench.furnace()
    loaded, _ = _start(setup, program)
    setup.device.stored[22] = 3
    with pytest.raises(ProgramChanged, match="program 3"):
        setup.furnace.reattach(loaded.program_hash)
    setup.device.stored[8336] = 4  # a step
    with pytest.raises(ProgramChanged, match="type 4"):
        setup.furnace.reattach(loaded.program_hash)


@pytest.mark.parametrize(("recovery", "status"), [("continue", "run"), ("hold", "hold"), ("reset", "reset")])
def test_after_a_power_cut_the_status_tells_what_the_unit_did(bench, program, recovery, status):
    setup = bench.furnace()
    loaded, _ = _start(setup, program)
    setup.device.recovery = recovery
    setup.device.clock.advance(6 * 3600)
    before_c = setup.furnace.state().pv_c
    setup.device.power_cut(1800)
    attached = setup.furnace.reattach(loaded.program_hash)
    assert attached.state.status.value == status
    assert attached.state.pv_c < before_c - 100


def test_a_broken_thermocouple_gives_no_temperature(bench, program):
    setup = bench.furnace()
    _start(setup, program)
    setup.device.furnace.is_sensor_broken = True
    state = setup.furnace.state()
    assert state.pv_c is None
    assert "sensor break" in state.alarms


def test_holdback_is_a_status_and_not_an_error(bench, program):
    setup = bench.furnace()
    _start(setup, program)
    setup.device.furnace.programmer.holdback_c = 5.0
    setup.device.furnace.chamber.sensor_c += 300
    setup.device.clock.advance(2)
    assert setup.furnace.state().status is RunStatus.HOLDBACK


def test_a_status_nobody_knows_is_unknown(bench):
    setup = bench.furnace()
    setup.device.model = replace(setup.device.model, status=dict.fromkeys(setup.device.model.status, 77))
    state = setup.furnace.state()
    assert (state.status, state.status_code) == (RunStatus.UNKNOWN, 77)


def test_only_the_volatile_setpoint_is_written(bench):
    setup = bench.furnace("3216")
    setup.furnace.set_volatile_setpoint(600.0)
    assert [(register, value) for register, value, _ in setup.device.writes] == [(26, 6000)]
    assert not setup.furnace.writes()
    with pytest.raises(NotAllowed, match="above"):
        setup.furnace.set_volatile_setpoint(1250.0)
    with pytest.raises(NotAllowed, match="setpoint"):
        bench.furnace("epc3016").furnace.set_volatile_setpoint(100.0)


@pytest.mark.parametrize("model", ["2408", "epc3016"])
@pytest.mark.parametrize("fault", ["n_half", "n_lost", "n_nonsense"])
def test_one_spoiled_reply_is_asked_for_again(bench, model, fault):
    setup = bench.furnace(model)
    setattr(setup.line.faults, fault, 1)
    assert setup.furnace.state().status is RunStatus.RESET


@pytest.mark.parametrize("n_late", [1, 2, 3])
def test_a_late_reply_is_not_taken_for_the_next_one(bench, program, n_late):
    setup = bench.furnace()
    _start(setup, program)
    setup.line.faults.n_late = n_late
    try:
        state = setup.furnace.state()
    except NotAnswering:
        state = setup.furnace.state()
    assert (state.status, state.alarms, state.program_number, state.segment) == (RunStatus.RUN, (), 1, 1)


@pytest.mark.parametrize("model", ["2408", "epc3016"])
def test_a_lost_reply_to_run_is_settled_by_the_status(bench, program, model, monkeypatch):
    setup = bench.furnace(model)
    loaded = setup.furnace.load(program)
    put = setup.device.put

    def lossy(register, value, function):
        put(register, value, function)
        if register == 23:
            setup.line.faults.n_lost = 1

    monkeypatch.setattr(setup.device, "put", lossy)
    state = setup.furnace.run(loaded.confirmed(furnace="F1", top_c=1150, duration_min=program.duration_min))
    assert state.status is RunStatus.RUN
    assert [value for register, value, _ in setup.device.writes if register == 23] == [2]


@pytest.mark.parametrize("model", ["2408", "epc3016"])
def test_a_silent_or_unplugged_furnace_is_a_refusal(bench, model):
    setup = bench.furnace(model, timeout_s=0.05)
    setup.furnace.identify()
    setup.line.faults.mute = True
    with pytest.raises(NotAnswering):
        setup.furnace.state()
    setup.line.unplug()
    with pytest.raises((PortGone, NotAnswering, Exception)) as caught:
        setup.furnace.state()
    assert type(caught.value).__name__ in {"PortGone", "NotAnswering", "PortUnavailable"}
