"""What a person confirms before a furnace starts, and when lab.toml confirms it."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal

if TYPE_CHECKING:
    from instruments.devices import Confirmation, DeviceSettings, LoadedProgram
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.lab.firing_plans import Plan

Armed = tuple[str, float, float]
"""What a person confirms: the furnace's name, the top temperature in °C, the duration in minutes."""
Arm = Callable[[str], "Armed | None"]
"""Gets the furnace's question and returns what the person confirmed, None to leave it."""


def arms_itself(lab: "Lab", plan: "Plan", loaded: "LoadedProgram") -> bool:
    """Whether lab.toml lets this furnace start without a person, and it holds what was planned, within its ceiling."""
    policy, section = lab.settings.policy, lab.settings.furnace
    is_named = policy.arm_furnace == "automatic" and policy.arm_furnace_confirmed == loaded.furnace == section.name
    ceiling_c = section.ceiling_c
    return is_named and loaded.top_c == plan.top_c and ceiling_c is not None and loaded.top_c <= ceiling_c


def itself(loaded: "LoadedProgram") -> "Confirmation":
    """Return the confirmation of a program by itself, for a furnace that needs no person."""
    return loaded.confirmed(furnace=loaded.furnace, top_c=loaded.top_c, duration_min=loaded.duration_min)


def arming(loaded: "LoadedProgram") -> str:
    """Return the confirmation of a loaded program as it is typed: NAME,TOP,MINUTES."""
    return f"{loaded.furnace},{loaded.top_c:g},{loaded.duration_min:.0f}"


def parse_arming(text: str) -> Armed:
    """Read NAME,TOP,MINUTES; Refusal when it is something else."""
    parts = [part.strip() for part in text.rsplit(",", 2)]
    try:
        armed = (parts[0], float(parts[1]), float(parts[2]))
    except (IndexError, ValueError):
        raise Refusal("write the confirmation as 'NAME,TOP °C,MINUTES', as in 'tube furnace,1100,1434'", text) from None
    if not (armed[0] and math.isfinite(armed[1]) and math.isfinite(armed[2])):
        raise Refusal("a confirmation names the furnace, its top temperature and the minutes", text)
    return armed


def asked(
    loaded: "LoadedProgram", settings: "DeviceSettings", arm: Arm, wrong: "Callable[[Refusal], None] | None"
) -> "Confirmation":
    """Ask a person; what does not fit the program is told to `wrong` and asked for again.

    Without `wrong` it is returned as it is, for the furnace to refuse. Raises Refusal when nothing was confirmed.
    """
    from instruments.devices import NotArmed, check_armed

    while True:
        armed = arm(loaded.question())
        if armed is None:
            raise Refusal(f"loaded and read back, not started. Confirm with --arm '{arming(loaded)}'", loaded.furnace)
        confirmation = loaded.confirmed(furnace=armed[0], top_c=armed[1], duration_min=armed[2])
        if wrong is None:
            return confirmation
        try:
            check_armed(confirmation, loaded.program, settings)
        except NotArmed as refusal:
            wrong(refusal)
        else:
            return confirmation
