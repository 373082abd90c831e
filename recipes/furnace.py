"""From a firing step to a furnace program: segments, hours, ceilings."""

from collections.abc import Mapping
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


def joint_program(programs: Mapping[str, FurnaceProgram]) -> FurnaceProgram:
    """Return the one program that serves several samples (by label), with the holds that any of them needs.

    Top temperature, dwell there and rate must be the same; a hold on the way up does no harm to those that need none,
    and of two holds at one temperature the longer serves both. Refusal names the samples that differ.
    """
    (first, ours), *others = programs.items()
    for label, other in others:
        if essence(other) != essence(ours):
            raise Refusal(f"{_in_words(other)}, but {first} {_in_words(ours)}: they cannot share a firing", label)
    holds: dict[float, Hold] = {}
    for item in programs.values():
        for part in item.segments[:-2]:
            known = holds.get(part.target_c)
            if known is None or known.dwell_h < part.dwell_min / 60:
                holds[part.target_c] = Hold(part.target_c, part.dwell_min / 60, (), part.note)
    top = ours.segments[-2]
    return program(ours.step, ours.top_c, top.dwell_min / 60, top.ramp_c_min, tuple(holds.values()))


def essence(item: FurnaceProgram) -> tuple[str, float, float, float]:
    """What samples in one furnace must have in common; rounded, as programs are typed."""
    top = item.segments[-2]
    return item.step, round(item.top_c, 3), round(top.dwell_min, 3), round(top.ramp_c_min, 4)


def _in_words(item: FurnaceProgram) -> str:
    step, top_c, dwell_min, ramp = essence(item)
    return f"needs {step} at {top_c:g} °C for {dwell_min / 60:g} h at {ramp:g} °C/min"


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
