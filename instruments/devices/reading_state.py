"""One look at a furnace: the read-only part that all register controllers share."""

from instruments.devices.bus import signed
from instruments.devices.errors import NotAllowed
from instruments.devices.guard import GuardedRegisters
from instruments.devices.values import FurnaceState, RunStatus
from nasicon_loop.core import Clock

SENSOR_BREAK = "sensor break"
_DECIMALS = {1: 0, 10: 1, 100: 2}
_SATURATED = 32767
_TENTHS_ABOVE_C = 3000
"""A limit above this can only be in tenths."""


def decimals(registers: GuardedRegisters) -> int:
    """Return the decimal places of temperatures, as configured in this very unit.

    The same limit is read as scaled integer and as IEEE float: their ratio is 1, 10 or 100. `NotAllowed` when it is
    not, because then no number could be trusted.
    """
    profile = registers.profile
    if profile.factor is not None:
        return {1: 0, 10: 1, 100: 2}[profile.factor]
    if profile.scale_check is None:
        raise NotAllowed("the profile tells no scale", profile.name)
    whole, real = registers.number(profile.scale_check), registers.real(profile.scale_check)
    if real:
        for factor, places in _DECIMALS.items():
            if abs(whole - real * factor) <= 0.5 + 1e-6 * abs(whole):
                return places
    raise NotAllowed(
        f"the decimal places cannot be told: register {profile.scale_check} is {whole}, as float {real}; set a setpoint"
        " limit at the controller",
        registers.settings.label,
    )


def setpoint_limit_c(registers: GuardedRegisters, places: int) -> float:
    """Return the highest setpoint the controller itself permits, in °C."""
    raw = registers.number(registers.profile.setpoint_high)
    if registers.profile.factor is not None:
        return float(raw) if raw <= _TENTHS_ABOVE_C else raw / registers.profile.factor
    return raw / float(10**places)


def read_state(registers: GuardedRegisters, places: int, clock: Clock) -> FurnaceState:
    """Return temperatures, status, segment and alarms."""
    profile, factor = registers.profile, 10**places
    alarms = _alarms(registers)
    code = registers.word(profile.status.register)

    def read(name: str) -> int | None:
        register = profile.read.get(name)
        return None if register is None else registers.word(register)

    def scaled(name: str) -> float | None:
        raw = read(name)
        return None if raw is None else signed(raw) / factor

    left = read("segment_left_s")
    output = read("output")
    return FurnaceState(
        at=clock.now(),
        pv_c=None if SENSOR_BREAK in alarms else scaled("pv"),
        working_setpoint_c=scaled("working_setpoint"),
        # Eurotherm transmits per cent outputs with one decimal place, Nabertherm too.
        output_percent=None if output is None else signed(output) / 10,
        status=profile.status.values.get(code, RunStatus.UNKNOWN),
        status_code=code,
        segment=read("segment"),
        segment_left_s=None if left is None or left >= _SATURATED else left * profile.segment_left_factor_s,
        program_number=read("program_number"),
        alarms=alarms,
    )


def _alarms(registers: GuardedRegisters) -> tuple[str, ...]:
    table = registers.profile.alarms
    found = [words for register, words in table.flags.items() if registers.word(register)]
    if table.bits_register is not None:
        bits = registers.word(table.bits_register)
        found += [words for bit, words in table.bits.items() if bits >> bit & 1]
    return tuple(found)
