"""Furnace steps as they were: actual beside set temperature, mass loss against what should have left."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab.days import days_since
from nasicon_loop.lab.sheets import stored_recipe

if TYPE_CHECKING:
    from db import Firing, FurnaceLoad
    from nasicon_loop.lab.context import Lab
    from recipes import MassChange, Recipe

STEPS = ("calcination", "sintering")


@dataclass(frozen=True, slots=True)
class Fired:
    """A furnace step that was written down, with what is odd about it."""

    label: str
    firing: "Firing"
    mass_change: "MassChange | None"
    warnings: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return the object that `nasicon fire --json` prints."""
        import dataclasses

        change = None if self.mass_change is None else dataclasses.asdict(self.mass_change)
        return {
            **dataclasses.asdict(self.firing),
            "label": self.label,
            "mass_change": change,
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class Dwell:
    """What the furnace was set to; None takes the plan's."""

    temperature_c: float | None = None
    hours: float | None = None


def fire(
    lab: "Lab",
    label: str,
    step: str,
    *,
    dwell: Dwell = Dwell(),
    note: str = "",
    mass_before_g: float | None = None,
    mass_after_g: float | None = None,
    load: "FurnaceLoad | None" = None,
) -> Fired:
    """Record a furnace step as it was; what is not given is taken from the load, else from the sample's recipe.

    The temperature is the one that was set; kept beside it is the actual one, by the thermocouple's calibration (of the
    load, else lab.toml). The masses are without crucible; a loss other than expected is an alarm, in words, and stands
    among the sample's deviations.
    Raises Refusal for an unknown step, a temperature above the furnace's ceiling (lab.toml), and half a mass loss.
    """
    if step not in STEPS:
        raise Refusal(f"is not a furnace step: {' or '.join(STEPS)}", plain(step))
    set_c, hours = _dwell(lab, label, step, dwell, load)
    offset_c = lab.settings.furnace.offset_c if load is None else load.offset_c
    _check(lab, label, set_c, offset_c, hours)
    change = _mass_change(lab, label, step, mass_before_g, mass_after_g)
    with lab.database.write(who=lab.who) as writer:
        sample = writer.sample(label)
        is_planned = writer.sample_state(sample) == "planned"
        firing = writer.add_firing(
            sample,
            step,
            temperature_c=set_c + offset_c,
            hours=hours,
            note=plain(note, limit=1000),
            furnace_load=load,
            set_temperature_c=set_c,
            mass_before_g=mass_before_g,
            mass_after_g=mass_after_g,
        )
        if change is not None and change.alarm:
            writer.add_deviation(sample, f"{step}: {change.alarm}", who=lab.who, recipe=writer.recipe(sample))
    alarms = (f"ALARM: {change.alarm}",) if change is not None and change.alarm else ()
    unready = (f"{label} was never weighed, by the book",) if is_planned else ()
    return Fired(label, firing, change, (*alarms, *unready, *calibration_notes(lab)))


def record_firing(
    lab: "Lab",
    label: str,
    step: str,
    *,
    temperature_c: float | None = None,
    hours: float | None = None,
    note: str = "",
) -> "Firing":
    """Record a furnace step as it was; what is not given is taken from the sample's recipe. See `fire`."""
    return fire(lab, label, step, dwell=Dwell(temperature_c, hours), note=note).firing


def calibration_notes(lab: "Lab") -> tuple[str, ...]:
    """Return a warning when the thermocouple's calibration is old."""
    furnace = lab.settings.furnace
    if furnace.calibrated_on is None:
        return ()
    age = days_since(lab, furnace.calibrated_on.isoformat())
    if age <= furnace.recalibrate_after_days:
        return ()
    return (f"the thermocouple was calibrated {age} days ago (limit {furnace.recalibrate_after_days}, lab.toml)",)


def _dwell(lab: "Lab", label: str, step: str, dwell: Dwell, load: "FurnaceLoad | None") -> tuple[float, float]:
    set_c, hours = dwell.temperature_c, dwell.hours
    if set_c is None or hours is None:
        planned_c, planned_h = (
            (load.set_temperature_c, load.hours) if load else planned_dwell(stored_recipe(lab, label), step)
        )
        set_c = planned_c if set_c is None else set_c
        hours = planned_h if hours is None else hours
    return set_c, hours


def _check(lab: "Lab", label: str, set_c: float, offset_c: float, hours: float) -> None:
    ceiling_c = lab.settings.recipe.furnace_ceiling_c
    for temperature_c in (set_c, set_c + offset_c):
        if not (0 < temperature_c <= ceiling_c):
            raise Refusal(f"{temperature_c:g} °C is outside the furnace's range (ceiling {ceiling_c:g} °C)", label)
    if not (math.isfinite(hours) and hours > 0):
        raise Refusal("a dwell needs a positive number of hours", label)


def _mass_change(
    lab: "Lab", label: str, step: str, before_g: float | None, after_g: float | None
) -> "MassChange | None":
    import recipes

    if before_g is None and after_g is None:
        return None
    if before_g is None or after_g is None:
        raise Refusal("a mass loss needs both masses: --mass-before-g and --mass-after-g, without the crucible", label)
    return recipes.mass_change(stored_recipe(lab, label), step, before_g, after_g)


def planned_dwell(recipe: "Recipe", step: str) -> tuple[float, float]:
    """Return top temperature in °C and the dwell there in h; Refusal when the recipe has no such step."""
    for program in recipe.programs:
        if program.step == step:
            minutes = sum(part.dwell_min for part in program.segments if part.target_c == program.top_c)
            return program.top_c, minutes / 60
    raise Refusal("the recipe has no such step; give --temperature-c and --hours", step)
