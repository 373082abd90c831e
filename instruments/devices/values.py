"""Values that go in and out of devices; frozen, units in names."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from instruments.devices.program import DeviceProgram


@dataclass(frozen=True, slots=True)
class BalanceIdentity:
    """Who answers: model and software as the balance writes them, serial number."""

    model: str
    serial_number: str
    software: str


@dataclass(frozen=True, slots=True)
class Weight:
    """One reading. `mass_g` in gram whatever the balance shows; `resolution_g` is one step of its last digit."""

    mass_g: float
    resolution_g: float
    unit: str
    is_stable: bool
    raw: str


@dataclass(frozen=True, slots=True)
class StableWeight:
    """A stable reading with what is needed to trust it later: the raw line, the balance, the time (aware, UTC)."""

    mass_g: float
    resolution_g: float
    unit: str
    raw: str
    serial_number: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FurnaceIdentity:
    """Who answers: the driver's name for the model, firmware version, the identity code as read, serial number."""

    model: str
    version: str
    code: int
    serial_number: str = ""


class RunStatus(StrEnum):
    """What a programmer does, in one vocabulary for all makes; the device's own number is kept beside it."""

    RESET = "reset"
    WAIT = "wait"
    RUN = "run"
    HOLD = "hold"
    HOLDBACK = "holdback"
    COMPLETE = "complete"
    FAULT = "fault"
    UNKNOWN = "unknown"

    @property
    def is_active(self) -> bool:
        """Whether a program is under way."""
        return self in {RunStatus.WAIT, RunStatus.RUN, RunStatus.HOLD, RunStatus.HOLDBACK}


@dataclass(frozen=True, slots=True)
class FurnaceState:
    """One look at a furnace. None where the device does not tell; `segment` counts the device's own from 1."""

    at: datetime
    pv_c: float | None
    working_setpoint_c: float | None
    output_percent: float | None
    status: RunStatus
    status_code: int
    segment: int | None = None
    segment_left_s: float | None = None
    program_number: int | None = None
    alarms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadedProgram:
    """A program as read back from the furnace after loading: what Run would do."""

    furnace: str
    program_number: int
    program: DeviceProgram

    @property
    def top_c(self) -> float:
        """Highest temperature of the program."""
        return self.program.top_c

    @property
    def duration_min(self) -> float:
        """Nominal duration in minutes."""
        return self.program.duration_min

    @property
    def program_hash(self) -> str:
        """Hash of the program, to find the firing again."""
        return self.program.program_hash

    def question(self) -> str:
        """Return the sentence a person has to agree with before Run."""
        time = f"{self.duration_min:.0f} min ({self.duration_min / 60:.1f} h)"
        return f"Start {self.furnace}: up to {self.top_c:g} °C, {time}, program {self.program_number}?"

    def confirmed(self, *, furnace: str, top_c: float, duration_min: float) -> "Confirmation":
        """Return the armed value from what a person named; `Furnace.run` compares it with what the furnace holds."""
        return Confirmation(furnace, top_c, duration_min, self.program_hash)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a person has agreed to: which furnace, how hot, how long, and which program."""

    furnace: str
    top_c: float
    duration_min: float
    program_hash: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A furnace found again with the program it was started with."""

    identity: FurnaceIdentity
    program: DeviceProgram
    state: FurnaceState


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """How one device is reached and what it may do; one entry of a laboratory's settings.

    `address`: a serial port (`/dev/ttyUSB0`, `COM3`) or `host[:port]`. `name`: the label people use, part of every
    confirmation. `timeout_s`: how long one reply may take. `ceiling_c`: highest temperature this furnace may be
    programmed to; without it no program is loaded. `identity_code`: the code read off this very unit, needed where the
    profile does not document it. `confirmed`: facts of the profile that somebody checked on the unit.
    `stored_programs`: for controllers whose programs cannot be written, what is stored under which number.
    `writes_so_far`: register -> writes in earlier processes, for memory that wears.
    """

    address: str
    name: str = ""
    baud_rate: int = 9600
    unit: int = 1
    timeout_s: float = 1.0
    ceiling_c: float | None = None
    identity_code: int | None = None
    program_number: int = 1
    confirmed: frozenset[str] = frozenset()
    stored_programs: Mapping[int, DeviceProgram] = field(default_factory=dict)
    writes_so_far: Mapping[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Freeze the mappings."""
        object.__setattr__(self, "confirmed", frozenset(self.confirmed))
        object.__setattr__(self, "stored_programs", MappingProxyType(dict(self.stored_programs)))
        object.__setattr__(self, "writes_so_far", MappingProxyType(dict(self.writes_so_far)))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by the arguments: read-only views of mappings cannot be pickled."""
        values = (getattr(self, each.name) for each in fields(self))
        return DeviceSettings, tuple(dict(value) if isinstance(value, Mapping) else value for value in values)

    @property
    def label(self) -> str:
        """What messages call the device."""
        return self.name or self.address
