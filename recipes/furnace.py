"""From a firing step to a furnace program: segments, hours, ceilings."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from nasicon_loop.core import Refusal

ROOM_C = 25.0
NATURAL_COOLING_BELOW_C = 350.0
"""A closed furnace stops following 3 °C/min somewhere between 300 and 400 °C; below, programs are minima."""
PRIOR_C = (1150.0, 1250.0)
"""Quartiles of the highest temperature in 44 text-mined Na-Zr-Si-P solid-state recipes (median 1230 °C)."""
NATURAL_COOLING = f"below about {NATURAL_COOLING_BELOW_C:g} °C furnaces cool more slowly: times are minima"


@dataclass(frozen=True, slots=True)
class Segment:
    """Go to `target_c` at `ramp_c_min`, then stay for `dwell_min`."""

    ramp_c_min: float
    target_c: float
    ramp_min: float
    dwell_min: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class FurnaceProgram:
    """One firing: segments from and back to room temperature; `hours` is their sum."""

    step: str
    start_c: float
    top_c: float
    segments: tuple[Segment, ...]
    hours: float
    note: str = NATURAL_COOLING

    def finish(self, start: datetime) -> datetime:
        """Return when the program ends if it starts then."""
        return start + timedelta(hours=self.hours)


@dataclass(frozen=True, slots=True)
class Hold:
    """A dwell on the way up that is needed when one of `gases` is released."""

    temperature_c: float
    dwell_h: float
    gases: tuple[str, ...] = ()
    text: str = ""


def program(
    step: str, temperature_c: float, dwell_h: float, ramp_c_min: float, holds: tuple[Hold, ...] = ()
) -> FurnaceProgram:
    """Return the program of a firing, with holds in order of temperature on the way up and the same ramp down."""
    stops = [h for h in sorted(holds, key=lambda h: h.temperature_c) if ROOM_C < h.temperature_c < temperature_c]
    stops.append(Hold(temperature_c, dwell_h))
    segments, at_c = [], ROOM_C
    for stop in stops:
        minutes = (stop.temperature_c - at_c) / ramp_c_min
        segments.append(Segment(ramp_c_min, stop.temperature_c, minutes, 60 * stop.dwell_h, stop.text))
        at_c = stop.temperature_c
    segments.append(
        Segment(-ramp_c_min, ROOM_C, (at_c - ROOM_C) / ramp_c_min, 0.0, f"slower below {NATURAL_COOLING_BELOW_C:g} °C")
    )
    hours = sum(s.ramp_min + s.dwell_min for s in segments) / 60
    return FurnaceProgram(step, ROOM_C, temperature_c, tuple(segments), hours)


def check_ceiling(item: FurnaceProgram, ceiling_c: float | None, what: str) -> None:
    """Refuse a program whose top temperature is above what furnace or crucible bears; None means not known."""
    if ceiling_c is not None and item.top_c > ceiling_c:
        raise Refusal(f"{item.step} at {item.top_c:g} °C is above the {what}'s {ceiling_c:g} °C", what)


def prior_warning(programs: tuple[FurnaceProgram, ...]) -> str | None:
    """Return a sentence when the highest temperature is outside what the literature uses, else None."""
    if not programs:
        return None
    top = max(item.top_c for item in programs)
    low, high = PRIOR_C
    if low <= top <= high:
        return None
    return f"highest temperature {top:g} °C is outside the literature's usual {low:g} to {high:g} °C (44 recipes)"
