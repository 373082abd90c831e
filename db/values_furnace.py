"""Furnaces on a cable: runs, what happened during them, readings. See `db.values` for the rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

FurnaceEventKind = Literal["attached", "gap", "alarm", "acted", "changed", "ended"]
FURNACE_EVENTS: tuple[FurnaceEventKind, ...] = ("attached", "gap", "alarm", "acted", "changed", "ended")


@dataclass(frozen=True, slots=True)
class FurnaceRun:
    """One start of a program, open until an event "ended" belongs to it.

    `segments` are (ramp °C/min, target °C, dwell min) triples; `hours` is the planned dwell at `top_c`. `speed` is
    seconds of the furnace per second of the clock: 1 but for simulators. `writes` counts register -> writes to memory
    that wears, over the unit's life as far as we know.
    """

    id: int
    number: int
    furnace: str
    driver: str
    step: str
    labels: tuple[str, ...]
    furnace_load_id: int | None
    segments: tuple[tuple[float, float, float], ...]
    program_hash: str
    program_number: int
    top_c: float
    hours: float
    speed: float
    writes: Mapping[str, int]
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FurnaceEvent:
    """What happened during a run, in words and in numbers (`data`)."""

    id: int
    furnace_run_id: int
    kind: FurnaceEventKind
    text: str
    data: Mapping[str, Any] = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True)
class NewFurnaceReading:
    """A look at the furnace that is about to be written; None where the device does not tell."""

    taken_at: datetime
    pv_c: float | None
    setpoint_c: float | None
    output_percent: float | None
    segment: int | None
    status: str
    alarms: str = ""


@dataclass(frozen=True, slots=True)
class FurnaceReading(NewFurnaceReading):
    """A look at the furnace, as it was logged: telemetry, outside the journal."""

    id: int = 0
    furnace_run_id: int = 0
