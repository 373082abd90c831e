"""What the furnaces on a cable do now, as their log says: for a screen that looks and touches nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nasicon_loop.lab.furnace_log import GAP_READINGS
from nasicon_loop.lab.locking import is_held

if TYPE_CHECKING:
    from db import FurnaceEvent, FurnaceReading, FurnaceRun
    from nasicon_loop.lab.context import Lab

_MAX_POINTS = 300


@dataclass(frozen=True, slots=True)
class FurnaceView:
    """A run with its newest reading. `points` are (hours of the furnace since the start, PV °C, SP °C), thinned.

    `hours_left` is the planned duration less what passed, never below 0: a held program takes longer. `silent_s` is how
    old the newest reading is. Both None without any reading. `alarms` and the other events (`notes`) oldest first.
    """

    run: "FurnaceRun"
    is_open: bool
    newest: "FurnaceReading | None"
    points: tuple[tuple[float, float | None, float | None], ...]
    hours_left: float | None
    silent_s: float | None
    alarms: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FurnaceNow:
    """What can be done at the lab's furnace now. `run` is the open run: of this furnace, else of another one.

    `is_watched` while a process of this computer has the furnace in hand, or anybody logged it a moment ago.
    """

    furnace: str
    run: "FurnaceRun | None"
    is_watched: bool

    @property
    def is_free(self) -> bool:
        """Whether no run of this furnace is open."""
        return self.run is None or self.run.furnace != self.furnace

    @property
    def is_lost(self) -> bool:
        """Whether a run of this furnace is open that nobody watches."""
        return not self.is_free and not self.is_watched


def furnace_now(lab: "Lab") -> FurnaceNow:
    """Return how the furnace of lab.toml stands, as database and lock say; no device is asked."""
    section = lab.settings.furnace
    with lab.database.read() as reader:
        runs = reader.furnace_runs(is_open=True)
        run = next((run for run in runs if run.furnace == section.name), next(iter(runs), None))
        newest = None if run is None else reader.newest_reading(run)
    if run is None:
        return FurnaceNow(section.name, None, is_watched=False)
    looked_at = run.at if newest is None else newest.taken_at
    silent_s = abs((lab.clock.now() - looked_at).total_seconds())  # a clock that went back is not a watcher
    is_watched = silent_s <= GAP_READINGS * section.log_every_s or is_held(lab.folder.furnace_lock(run.furnace))
    return FurnaceNow(section.name, run, is_watched)


def furnace_views(lab: "Lab") -> tuple[FurnaceView, ...]:
    """Return the runs that are open, oldest first; where none is, the newest run; nothing where there never was one."""
    with lab.database.read() as reader:
        runs = reader.furnace_runs(is_open=True)
        is_open = bool(runs)
        shown = runs or reader.furnace_runs()[-1:]
        read = [(run, reader.furnace_readings(run), reader.furnace_events(run)) for run in shown]
    now = lab.clock.now()
    views = []
    for run, readings, events in read:
        newest = readings[-1] if readings else None
        alarms = tuple(event.text for event in events if event.kind == "alarm")
        notes = tuple(_note(event) for event in events if event.kind != "alarm")
        silent = None if newest is None else (now - newest.taken_at).total_seconds()
        left = _hours_left(run, readings) if is_open else None
        views.append(FurnaceView(run, is_open, newest, _points(run, readings), left, silent, alarms, notes))
    return tuple(views)


def _note(event: "FurnaceEvent") -> str:
    return f"ended: {event.text}" if event.kind == "ended" else event.text


def _points(
    run: "FurnaceRun", readings: "Sequence[FurnaceReading]"
) -> tuple[tuple[float, float | None, float | None], ...]:
    step = max(1, -(-len(readings) // _MAX_POINTS))
    return tuple((_hours(run, one, readings[0]), one.pv_c, one.setpoint_c) for one in readings[::step])


def _hours(run: "FurnaceRun", one: "FurnaceReading", first: "FurnaceReading") -> float:
    return run.speed * (one.taken_at - first.taken_at).total_seconds() / 3600


def _hours_left(run: "FurnaceRun", readings: "Sequence[FurnaceReading]") -> float | None:
    if not readings:
        return None
    before = readings[0].pv_c if readings[0].pv_c is not None else run.segments[0][1]
    minutes = 0.0
    for ramp_c_min, target_c, dwell_min in run.segments:
        minutes += (abs(target_c - before) / abs(ramp_c_min) if ramp_c_min else 0.0) + dwell_min
        before = target_c
    return max(minutes / 60 - _hours(run, readings[-1], readings[0]), 0.0)
