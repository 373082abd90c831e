"""What has to be true before a program goes in, and before it starts."""

from instruments.devices.errors import AboveCeiling, NotAllowed, NotArmed
from instruments.devices.profile import Profile
from instruments.devices.program import DeviceProgram
from instruments.devices.values import Confirmation, DeviceSettings, FurnaceState, RunStatus

SAFE_END_C = 60.0
"""Programs end at or below this. What a controller does at the end (reset, or dwell) is contradictory in the sources:
at this temperature every reading of it is harmless."""
TOP_TOLERANCE_C = 0.5
DURATION_TOLERANCE = 0.01
_BEARABLE = frozenset({"alarm 1", "alarm 2", "alarm 3", "alarm 4", "alarm minimum", "restart after power failure"})
"""Alarms that may stand before a start, such as a band alarm of a cold furnace. All others refuse it."""


def check_facts(profile: Profile, settings: DeviceSettings) -> None:
    """Refuse while facts that the sources contradict have not been checked on the unit."""
    for fact, why in profile.unconfirmed.items():
        if fact not in settings.confirmed:
            raise NotAllowed(
                f"{fact} is not confirmed for this unit: {why}; then list it under confirmed", settings.label
            )


def check_program(program: DeviceProgram, profile: Profile, settings: DeviceSettings, unit_limit_c: float) -> None:
    """Refuse a program above a ceiling (the furnace's, the unit's own, the profile's) or one that ends hot."""
    where = settings.label
    if settings.ceiling_c is None:
        raise NotAllowed("has no ceiling_c: enter the highest temperature this furnace may reach", where)
    ceilings = {
        "the furnace's ceiling": settings.ceiling_c,
        "the controller's setpoint limit": unit_limit_c,
        f"the ceiling of {profile.name}": profile.ceiling_c,
    }
    for what, ceiling_c in ceilings.items():
        if program.top_c > ceiling_c:
            raise AboveCeiling(f"{program.top_c:g} °C is above {what}, {ceiling_c:g} °C", where)
    if program.end_c > SAFE_END_C:
        raise NotAllowed(
            f"the program ends at {program.end_c:g} °C: add a way down to {SAFE_END_C:g} °C or less, because"
            " controllers may stay at the last temperature",
            where,
        )


def check_armed(confirmation: Confirmation, program: DeviceProgram, settings: DeviceSettings) -> None:
    """Refuse unless the confirmation names this furnace, its program as it is now, the top and the duration."""
    where = settings.label
    if confirmation.furnace != settings.label:
        raise NotArmed(f"the confirmation is for {confirmation.furnace!r}, not for this furnace", where)
    if abs(confirmation.top_c - program.top_c) > TOP_TOLERANCE_C:
        raise NotArmed(f"confirmed were {confirmation.top_c:g} °C, the furnace holds {program.top_c:g} °C", where)
    if abs(confirmation.duration_min - program.duration_min) > 1 + DURATION_TOLERANCE * program.duration_min:
        raise NotArmed(
            f"confirmed were {confirmation.duration_min:.0f} min, the furnace holds {program.duration_min:.0f} min",
            where,
        )
    if confirmation.program_hash != program.program_hash:
        raise NotArmed("the program in the furnace is not the one that was confirmed: load it again", where)


def check_ready(state: FurnaceState, settings: DeviceSettings) -> None:
    """Refuse to start over a running program, a fault, or a broken sensor."""
    if state.status not in {RunStatus.RESET, RunStatus.COMPLETE, RunStatus.HOLD}:
        raise NotAllowed(
            f"its status is {state.status.value} ({state.status_code}): nothing was started", settings.label
        )
    grave = [alarm for alarm in state.alarms if alarm not in _BEARABLE]
    if grave or state.pv_c is None:
        raise NotAllowed(f"reports {', '.join(grave) or 'no temperature'}: nothing was started", settings.label)


def check_idle(state: FurnaceState, settings: DeviceSettings) -> None:
    """Refuse to change a program under way."""
    if state.status not in {RunStatus.RESET, RunStatus.COMPLETE}:
        raise NotAllowed(
            f"its status is {state.status.value}: reset it before another program is loaded", settings.label
        )
