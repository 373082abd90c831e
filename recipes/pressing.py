"""Pressing force and pellet density: areas of circles, nothing more, with units in every name."""

import math

from nasicon_loop.core import Refusal

STANDARD_GRAVITY_M_S2 = 9.80665
USUAL_STEEL_DIE_MPA = 500.0
"""Above this many hardened-steel pellet dies are out of their maker's limit; carbide dies bear more."""


def _positive(**values: float) -> None:
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0):
            raise Refusal(f"must be a positive number, is {value:g}", name)


def force_kn(pressure_mpa: float, die_diameter_mm: float) -> float:
    """Return the force on a round die in kN: pressure times pi/4 d squared."""
    _positive(pressure_mpa=pressure_mpa, die_diameter_mm=die_diameter_mm)
    return pressure_mpa * math.pi / 4 * die_diameter_mm**2 / 1000


def tonnes_force(force: float) -> float:
    """Return a force in kN as metric tonnes-force, the unit of press gauges (standard gravity)."""
    return force / STANDARD_GRAVITY_M_S2


def gauge_bar(force: float, ram_area_cm2: float) -> float:
    """Return the oil pressure in bar that a press with this ram shows at a force in kN (1 kN/cm2 = 100 bar)."""
    _positive(ram_area_cm2=ram_area_cm2)
    return force / ram_area_cm2 * 100


def die_for_fired_mm(fired_diameter_mm: float, linear_shrinkage: float) -> float:
    """Return the die diameter in mm that leaves this diameter after firing; shrinkage as a fraction of the die's."""
    _positive(fired_diameter_mm=fired_diameter_mm)
    if not 0 <= linear_shrinkage < 0.5:
        raise Refusal(f"must be a fraction from 0 to 0.5, is {linear_shrinkage:g}", "linear_shrinkage")
    return fired_diameter_mm / (1 - linear_shrinkage)


def density_g_cm3(mass_g: float, diameter_cm: float, thickness_cm: float) -> float:
    """Return the density of a cylinder from its mass and its own (not the electrode's) diameter."""
    _positive(mass_g=mass_g, diameter_cm=diameter_cm, thickness_cm=thickness_cm)
    return mass_g / (math.pi / 4 * diameter_cm**2 * thickness_cm)


def relative_density(mass_g: float, diameter_cm: float, thickness_cm: float, theoretical_g_cm3: float) -> float:
    """Return density over the cell's density, a fraction; Refusal above 1.05: one of the readings is wrong."""
    _positive(theoretical_g_cm3=theoretical_g_cm3)
    value = density_g_cm3(mass_g, diameter_cm, thickness_cm) / theoretical_g_cm3
    if value > 1.05:
        raise Refusal(f"would be {100 * value:.0f} % dense: check mass, diameter and thickness", "relative density")
    return value
