"""What is said of readings: alarms, and what a dwell was."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from db import FurnaceReading, NewFurnaceReading
from nasicon_loop.lab.furnace_held import held
from nasicon_loop.lab.furnace_watch import Watch
from nasicon_loop.lab.settings_devices import FurnaceSection

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SECTION = FurnaceSection(deviation_readings=2)


def _reading(pv_c: float | None, setpoint_c: float = 500.0, alarms: str = "", status: str = "run") -> NewFurnaceReading:
    return NewFurnaceReading(AT, pv_c, setpoint_c, 30.0, 1, status, alarms)


def _kinds(readings: Sequence[NewFurnaceReading]) -> list[list[str]]:
    watch = Watch(SECTION, 1100.0)
    return [[alarm.kind for alarm in watch.look(reading)] for reading in readings]


def test_a_furnace_that_follows_is_left_alone() -> None:
    assert _kinds([_reading(490.0 + 10 * n, 500.0 + 10 * n) for n in range(10)]) == [[]] * 10


def test_a_deviation_counts_after_some_readings_and_is_told_once() -> None:
    assert _kinds([_reading(400.0)] * 4) == [[], ["deviation"], [], []]
    assert _kinds([_reading(400.0), _reading(500.0), _reading(400.0)]) == [[]] * 3


def test_slow_cooling_is_natural_and_too_cold_is_not() -> None:
    setpoints = [500.0, 400.0, 300.0, 200.0, 200.0, 200.0]
    assert _kinds([_reading(500.0, setpoint_c) for setpoint_c in setpoints]) == [[]] * 6
    assert _kinds([_reading(100.0, setpoint_c) for setpoint_c in setpoints[:3]])[1] == ["deviation"]


def test_over_temperature_and_sensor_break_come_at_once() -> None:
    watch = Watch(SECTION, 1100.0)
    (hot,) = watch.look(_reading(1130.0, 1110.0))
    assert (hot.kind, hot.reaction) == ("over-temperature", "reset")
    (broken,) = watch.look(_reading(None, alarms="sensor break"))
    assert (broken.kind, broken.reaction) == ("sensor break", "hold")
    (own,) = watch.look(_reading(500.0, alarms="alarm 1"))
    assert own.reaction == "tell"


def _log(*rows: tuple[float, float | None]) -> list[FurnaceReading]:
    return [
        FurnaceReading(AT + timedelta(minutes=minutes), pv_c, pv_c, 10.0, 1, "run") for minutes, pv_c in rows
    ]  # fmt: skip


def test_held_is_what_was_seen_at_the_top() -> None:
    done = held(_log((0, 900), (10, 1098), (40, 1100), (70, 1102), (80, 1000)), 1100.0, within_c=5, longest_s=3600)
    assert done.hours == pytest.approx(1.0)
    assert done.mean_c == pytest.approx(1100.0)
    assert (done.peak_c, done.unseen_hours, done.n_readings) == (1102, 0.0, 5)


def test_a_gap_in_the_dwell_counts_and_is_told_apart() -> None:
    done = held(_log((0, 1100), (120, 1100), (130, 1100)), 1100.0, within_c=5, longest_s=600)
    assert done.hours == pytest.approx(130 / 60)
    assert done.unseen_hours == pytest.approx(2.0)


def test_a_clock_that_went_back_adds_nothing_and_nothing_read_is_nothing_held() -> None:
    assert held(_log((60, 1100), (0, 1100)), 1100.0, within_c=5, longest_s=600).hours == 0.0
    nothing = held(_log((0, None)), 1100.0, within_c=5, longest_s=600)
    assert (nothing.peak_c, nothing.mean_c, nothing.hours) == (None, None, 0.0)
