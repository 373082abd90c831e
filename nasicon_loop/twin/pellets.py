"""A pellet as the bench makes it: shrinkage, pores, scatter, and what caliper, balance and thermometer say of it."""

import math
import zlib
from dataclasses import dataclass

import numpy as np

from nasicon_loop.chemistry import Composition
from nasicon_loop.twin.truth import Truth

_THEORETICAL_DENSITY_G_CM3 = 3.27
_DIE_DIAMETER_CM = 1.6
_ELECTRODE_DIAMETER_CM = 1.2  # a sputter mask, smaller than the fired pellet
_BRUGGEMAN = 1.5
_DENSE = 0.97


@dataclass(frozen=True, slots=True)
class Pellet:
    """Truth and records of one pellet. `sigma_25_s_cm` is its own conductivity, scatter and pores included.

    Lengths and the temperature without a prefix are the true ones; `shown_...` is what the instruments showed.
    """

    label: str
    formula: str
    true_log10_sigma: float
    sigma_25_s_cm: float
    relative_density: float
    thickness_cm: float
    electrode_diameter_cm: float
    temperature_c: float
    sigma_s_cm: float
    shown_thickness_cm: float
    shown_electrode_diameter_cm: float
    shown_fired_diameter_cm: float
    shown_mass_g: float
    shown_temperature_c: float
    seed: int

    @property
    def r_total_ohm(self) -> float:
        """Return L / (sigma S) at the temperature of the measurement, with the true dimensions."""
        area_cm2 = math.pi * self.electrode_diameter_cm**2 / 4.0
        return self.thickness_cm / (self.sigma_s_cm * area_cm2)


def pellet_seed(seed: int, label: str) -> int:
    """Return a 32-bit seed that depends on the campaign's seed and the pellet's label alone."""
    return zlib.crc32(f"{seed}:{label}".encode())


def press_pellet(
    surface: Truth,
    composition: Composition | str,
    label: str,
    *,
    offset_dex: float = 0.0,
    thermometer_bias_c: float = 0.0,
) -> Pellet:
    """Make a pellet: the same truth, composition, label and circumstances give the same pellet.

    `offset_dex` is what its furnace load did to its conductivity, `thermometer_bias_c` how much too high the
    thermometer of that day reads. Raises FormulaError as parsing.
    """
    parsed = Composition.parse(composition) if isinstance(composition, str) else composition
    seed = pellet_seed(surface.seed, label)
    source = np.random.default_rng([seed, 2])

    def normal(mean: float, sd: float) -> float:
        return mean + sd * float(source.standard_normal())

    truth = surface.log10_sigma(parsed)
    density = min(max(normal(0.93, 0.025), 0.82), 0.98)
    fired_cm = _DIE_DIAMETER_CM * normal(0.875, 0.006)
    mass_g = normal(0.595, 0.003)
    thickness = mass_g / (density * _THEORETICAL_DENSITY_G_CM3 * math.pi * fired_cm**2 / 4.0)
    electrode_cm = normal(_ELECTRODE_DIAMETER_CM, 0.004)
    own = truth + offset_dex + normal(0.0, surface.scatter_sd_dex) + _BRUGGEMAN * math.log10(density / _DENSE)
    temperature = normal(24.5, 0.8)
    return Pellet(
        label=label,
        formula=parsed.formula,
        true_log10_sigma=truth,
        sigma_25_s_cm=10.0**own,
        relative_density=density,
        thickness_cm=thickness,
        electrode_diameter_cm=electrode_cm,
        temperature_c=temperature,
        sigma_s_cm=surface.at_temperature(10.0**own, temperature),
        shown_thickness_cm=round(normal(thickness, 0.001), 4),
        shown_electrode_diameter_cm=round(normal(electrode_cm, 0.005), 3),
        shown_fired_diameter_cm=round(normal(fired_cm, 0.003), 3),
        shown_mass_g=round(normal(mass_g, 0.0003), 4),
        shown_temperature_c=round(normal(temperature, 0.3) + thermometer_bias_c, 1),
        seed=seed,
    )
