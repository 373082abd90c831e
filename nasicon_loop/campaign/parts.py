"""The four parts of the paper's score, and what they add up to: 85 % conductivity, 5 % each of three others.

The diffusion coefficient follows from the conductivity by Nernst-Einstein, so 90 % of the score is sigma. Stability and
window are estimates with gaps: where one is missing, the weights of the others are scaled up to one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.core.units import kelvin

Floats = NDArray[np.float64]

PARTS = ("conductivity", "window", "stability", "diffusion")
WEIGHTS = (0.85, 0.05, 0.05, 0.05)
"""Zhao et al., caption of Fig. 3."""
PART_UNITS = ("log10 S/cm", "V", "probability", "log10 cm2/s")
BOLTZMANN_J_K = 1.380649e-23
ELEMENTARY_CHARGE_C = 1.602176634e-19
"""Both exact in the SI since 2019."""
_CM3_PER_ANGSTROM3 = 1e-24
_FORMULA_UNITS = 6


def diffusion_log10(
    log10_sigma: Floats, sodium: Floats, volume_angstrom3: Floats, temperature_c: float = 25.0
) -> Floats:
    """Return log10 of sodium's diffusion coefficient (cm2/s) from its conductivity (log10 S/cm), all (n,).

    Nernst-Einstein: D = sigma k T / (n e^2), n sodium ions per volume: `sodium` per formula unit, six formula units in
    `volume_angstrom3`. Haven ratio 1.
    """
    density_cm3 = _FORMULA_UNITS * sodium / (volume_angstrom3 * _CM3_PER_ANGSTROM3)
    # S/cm times J over C^2/cm3 is cm2/s
    factor = BOLTZMANN_J_K * kelvin(temperature_c) / (density_cm3 * ELEMENTARY_CHARGE_C**2)
    return np.asarray(log10_sigma + np.log10(factor), dtype=np.float64)


@dataclass(frozen=True)
class Scale:
    """What counts as 0 and as 1 of each part: the worst and the best of all likely compositions with one of 49 dopants.

    NaN where none of them has the part. Pairs may score above 1.
    """

    low: tuple[float, ...]
    high: tuple[float, ...]

    def normalised(self, values: Floats) -> Floats:
        """Return parts (n, 4) on this scale; NaN where there is no value. A part without any range counts 1."""
        low, high = np.array(self.low), np.array(self.high)
        width = high - low
        is_flat = ~(width > 0)
        return np.asarray(np.where(is_flat, np.where(np.isnan(values), np.nan, 1.0), (values - low) / _safe(width)))

    def score(self, values: Floats) -> Floats:
        """Return the score (n,) of parts (n, 4): the weighted mean over the parts that are there."""
        normal = self.normalised(values)
        weights = np.where(np.isnan(normal), 0.0, np.array(WEIGHTS))
        return np.asarray((np.nan_to_num(normal) * weights).sum(axis=1) / weights.sum(axis=1), dtype=np.float64)


def scale_of(values: Floats) -> Scale:
    """Return the scale of parts (n, 4) of the compositions that stand for 0 to 1."""
    columns = [column[~np.isnan(column)] for column in values.T]
    return Scale(
        tuple(float(column.min()) if len(column) else float("nan") for column in columns),
        tuple(float(column.max()) if len(column) else float("nan") for column in columns),
    )


def weights_used(values: Floats) -> Mapping[str, float]:
    """Return the weights by part for one composition's parts (4,), scaled up where a part is missing."""
    present = {part: weight for part, weight, value in zip(PARTS, WEIGHTS, values, strict=True) if not np.isnan(value)}
    total = sum(present.values())
    return {part: weight / total for part, weight in present.items()}


def _safe(width: Floats) -> Floats:
    return np.where(width > 0, width, 1.0)
