"""From a protocol and the gases that will come off: furnace programs, pressing, steps in words."""

from collections.abc import Collection

from nasicon_loop.core import Refusal
from recipes.facts import crucible_ceiling_c
from recipes.furnace import FurnaceProgram, check_ceiling, program
from recipes.pressing import USUAL_STEEL_DIE_MPA, force_kn, gauge_bar, tonnes_force
from recipes.protocol import Protocol, Step
from recipes.values import Pressing, RecipeStep


def programs(protocol: Protocol, gases: Collection[str]) -> tuple[FurnaceProgram, ...]:
    """Return the program of each firing; holds come in only when one of their gases is released."""
    made = []
    for step in protocol.steps:
        if step.kind == "fire" and step.temperature_c and step.ramp_c_min:
            holds = tuple(hold for hold in step.holds if not hold.gases or set(hold.gases) & set(gases))
            made.append(program(step.name, step.temperature_c, step.dwell_h or 0.0, step.ramp_c_min, holds))
    return tuple(made)


def check_ceilings(made: tuple[FurnaceProgram, ...], furnace_max_c: float | None, crucible: str | None) -> None:
    """Refuse programs above the furnace's or the crucible's ceiling; what is None is not checked."""
    for item in made:
        check_ceiling(item, furnace_max_c, "furnace")
        if crucible is not None:
            check_ceiling(item, crucible_ceiling_c(crucible), f"{crucible} crucible")


def pressing(
    protocol: Protocol,
    pressure_mpa: float | None,
    die_diameter_mm: float | None,
    die_max_mpa: float | None,
    ram_area_cm2: float | None,
) -> Pressing | None:
    """Return the force for the protocol's pressing step, given values first; None when the protocol does not press.

    Refuses a pressure above the die's limit.
    """
    step = next((step for step in protocol.steps if step.kind == "press"), None)
    if step is None:
        return None
    pressure = pressure_mpa if pressure_mpa is not None else step.pressure_mpa or 0.0
    diameter = die_diameter_mm if die_diameter_mm is not None else step.die_diameter_mm or 0.0
    force = force_kn(pressure, diameter)
    if die_max_mpa is not None and pressure > die_max_mpa:
        limit = force_kn(die_max_mpa, diameter)
        raise Refusal(
            f"{pressure:g} MPa ({force:.1f} kN) is above the die's {die_max_mpa:g} MPa ({limit:.1f} kN); "
            "set a lower pressure or take a carbide die",
            "pressing",
        )
    gauge = None if ram_area_cm2 is None else gauge_bar(force, ram_area_cm2)
    return Pressing(pressure, diameter, force, tonnes_force(force), gauge)


def pressing_warning(item: Pressing | None, die_max_mpa: float | None) -> str | None:
    """Return a sentence when the pressure is beyond common steel dies and the die's limit is not known."""
    if item is None or die_max_mpa is not None or item.pressure_mpa <= USUAL_STEEL_DIE_MPA:
        return None
    return f"{item.pressure_mpa:g} MPa is above what most steel dies bear: check the die's limit before pressing"


def in_words(protocol: Protocol, made: tuple[FurnaceProgram, ...], press: Pressing | None) -> tuple[RecipeStep, ...]:
    """Return the protocol's steps with their numbers as sentences."""
    by_name = {item.step: item for item in made}
    return tuple(
        RecipeStep(
            step.name, step.kind, _words(step, by_name, press), tuple((c.status, c.text) for c in step.conditions)
        )
        for step in protocol.steps
    )


def _words(step: Step, made: dict[str, FurnaceProgram], press: Pressing | None) -> str:
    if step.kind == "mill":
        return f"{step.text}, {step.hours:g} h"
    if step.kind == "fire":
        item = made[step.name]
        return (
            f"{step.text}; {item.top_c:g} °C, {step.dwell_h:g} h, {step.ramp_c_min:g} °C/min, {item.hours:.1f} h in all"
        )
    if step.kind == "press" and press is not None:
        gauge = "" if press.gauge_bar is None else f", gauge {press.gauge_bar:.0f} bar"
        return (
            f"{step.text}, {press.pressure_mpa:g} MPa on {press.die_diameter_mm:g} mm: "
            f"{press.force_kn:.1f} kN = {press.force_tonnes:.1f} tf{gauge}"
        )
    return step.text
