"""A furnace program as a value, in the units people use, and its hash."""

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass

from instruments.devices.errors import NotAllowed

ROOM_C = 25.0
"""Programs are taken to start here when their duration is reckoned."""


@dataclass(frozen=True, slots=True)
class ProgramSegment:
    """Go to `target_c` at `ramp_c_min` (K/min, magnitude; the direction follows from the target), stay `dwell_min`."""

    ramp_c_min: float
    target_c: float
    dwell_min: float = 0.0

    def __post_init__(self) -> None:
        """Check; a negative ramp (the way down, as recipes write it) is taken by its magnitude."""
        if not all(math.isfinite(value) for value in (self.ramp_c_min, self.target_c, self.dwell_min)):
            raise NotAllowed("a segment holds finite numbers only", "program")
        object.__setattr__(self, "ramp_c_min", abs(self.ramp_c_min))
        if self.ramp_c_min == 0:
            raise NotAllowed("a ramp of 0 °C/min never arrives: give a rate", "program")
        if self.target_c < 0 or self.dwell_min < 0:
            raise NotAllowed("targets are at least 0 °C and dwells at least 0 min", "program")


@dataclass(frozen=True, slots=True)
class DeviceProgram:
    """Segments in order; equal programs have equal hashes on every controller that can hold them."""

    segments: tuple[ProgramSegment, ...]

    def __post_init__(self) -> None:
        """Check that there is something to do."""
        object.__setattr__(self, "segments", tuple(self.segments))
        if not self.segments:
            raise NotAllowed("a program has at least one segment", "program")

    @classmethod
    def of(cls, segments: Iterable[tuple[float, float, float]]) -> "DeviceProgram":
        """Build from (ramp °C/min, target °C, dwell min) triples."""
        return cls(tuple(ProgramSegment(*segment) for segment in segments))

    @property
    def top_c(self) -> float:
        """Highest target in °C."""
        return max(segment.target_c for segment in self.segments)

    @property
    def end_c(self) -> float:
        """Last target in °C."""
        return self.segments[-1].target_c

    @property
    def duration_min(self) -> float:
        """Sum of ramps (from 25 °C, at their nominal rates) and dwells, in minutes."""
        total, at_c = 0.0, ROOM_C
        for segment in self.segments:
            total += abs(segment.target_c - at_c) / segment.ramp_c_min + segment.dwell_min
            at_c = segment.target_c
        return total

    @property
    def program_hash(self) -> str:
        """SHA-256 (hex) over the segments at 0.01 °C/min, 0.1 °C and 0.01 min."""
        lines = [f"{s.ramp_c_min:.2f} {s.target_c:.1f} {s.dwell_min:.2f}" for s in self.segments]
        return hashlib.sha256("\n".join(lines).encode("ascii")).hexdigest()
