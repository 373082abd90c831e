"""The sections [balance] and [furnace] of `lab.toml`: how devices are reached, what they may do, when to alarm."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

Reaction = Literal["tell", "hold", "reset"]
DriverName = Annotated[str, Field(max_length=60, pattern=r"^\w*$")]
Segment = tuple[
    Annotated[float, Field(ge=-3000, le=3000)], Annotated[float, Field(ge=0, le=3000)], Annotated[float, Field(ge=0)]
]
"""Ramp in °C/min, target in °C, dwell in min."""
Address = Annotated[str, Field(max_length=200)]
BaudRate = Annotated[int, Field(ge=300, le=921_600)]

_SIMULATED = ("/dev/pts/", "/dev/ttys", "127.0.0.1", "localhost")
"""Where simulators live: pseudo-terminals (Linux, macOS) and this machine."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class BalanceSection(_Section):
    """The balance's last digit, in g, and how it is reached; without `driver` masses are typed."""

    resolution_g: Annotated[float, Field(ge=1e-6, le=1)] = 0.0001
    driver: DriverName = ""
    port: Address = ""
    baud: BaudRate = 9600

    @model_validator(mode="after")
    def _needs_a_port(self) -> "BalanceSection":
        if self.driver and not self.port:
            raise PydanticCustomError("driver_without_port", "a driver needs its port")
        return self


class FurnaceSection(_Section):
    """What a calibration says of the thermocouple (actual minus shown temperature in °C, and when it was done), how
    the controller is reached, and what to watch. Temperatures in °C, times in s.

    `stored_programs` are those of a controller that cannot be programmed from outside, by number, as somebody read them
    off its panel. `confirmed` are facts of the driver's profile that somebody checked on the unit. A deviation counts
    after `deviation_readings` in a row. `simulated_speed` is seconds of the furnace per second here, for simulators.
    """

    offset_c: Annotated[float, Field(ge=-200, le=200)] = 0.0
    calibrated_on: date | None = None
    recalibrate_after_days: Annotated[int, Field(ge=1, le=3650)] = 365
    driver: DriverName = ""
    port: Address = ""
    baud: BaudRate = 9600
    unit: Annotated[int, Field(ge=1, le=247)] = 1
    name: Annotated[str, Field(max_length=60, pattern=r"^[^,\"]*$")] = ""
    ceiling_c: Annotated[float, Field(gt=100, le=3000)] | None = None
    identity_code: Annotated[int, Field(ge=0, le=0xFFFF)] | None = None
    program_number: Annotated[int, Field(ge=1, le=100)] = 1
    stored_programs: dict[Annotated[int, Field(ge=1, le=100)], tuple[Segment, ...]] = Field(default_factory=dict)
    confirmed: tuple[str, ...] = ()
    log_every_s: Annotated[float, Field(ge=0.02, le=3600)] = 10.0
    held_within_c: Annotated[float, Field(gt=0, le=50)] = 5.0
    deviation_c: Annotated[float, Field(gt=0, le=500)] = 30.0
    deviation_readings: Annotated[int, Field(ge=1, le=1000)] = 6
    over_temperature_c: Annotated[float, Field(gt=0, le=200)] = 20.0
    stale_after_s: Annotated[float, Field(gt=0, le=86_400)] = 120.0
    on_deviation: Reaction = "hold"
    on_over_temperature: Reaction = "reset"
    on_sensor_break: Reaction = "hold"
    simulated_speed: Annotated[float, Field(gt=0, le=1e6)] = 1.0

    @model_validator(mode="after")
    def _is_consistent(self) -> "FurnaceSection":
        if self.offset_c and self.calibrated_on is None:
            raise PydanticCustomError("offset_without_record", "an offset needs calibrated_on, the day it was found")
        if self.driver and not self.name:
            raise PydanticCustomError("driver_without_name", "a driver needs the furnace's name, for confirmations")
        if self.driver and self.driver != "card" and not self.port:
            raise PydanticCustomError("driver_without_port", "a driver needs its port, or host[:port]")
        if self.simulated_speed != 1.0 and not self.port.startswith(_SIMULATED):
            raise PydanticCustomError("speed_of_a_real_furnace", "simulated_speed is for simulated furnaces only")
        return self
