"""What the caliper said of a pellet."""

import math
from dataclasses import dataclass

from nasicon_loop.core import Refusal

THICKNESS_SD_CM = 0.002
"""Standard uncertainty of a thickness when none is given: a caliper on a sintered face, 0.02 mm."""
DIAMETER_SD_CM = 0.01
"""Standard uncertainty of an electrode diameter when none is given: the edge of a painted electrode, 0.1 mm."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Thickness of the pellet and diameter of its *electrode* (not of the die, not of the fired pellet), in cm.

    Raises Refusal for lengths that are not positive and finite, or beyond what a pellet can be (a length given in mm).
    """

    thickness_cm: float
    electrode_diameter_cm: float
    thickness_cm_sd: float | None = None
    electrode_diameter_cm_sd: float | None = None

    def __post_init__(self) -> None:
        _check_length("thickness", self.thickness_cm, upper_cm=5.0)
        _check_length("electrode diameter", self.electrode_diameter_cm, upper_cm=15.0)
        for name, value in (("thickness", self.thickness_cm_sd), ("diameter", self.electrode_diameter_cm_sd)):
            if value is not None and not (math.isfinite(value) and value >= 0):
                raise Refusal(f"the sd of the {name} must be a number >= 0, not {value}", "geometry")

    @property
    def area_cm2(self) -> float:
        """Area of the electrode, pi d^2 / 4, in cm2."""
        return math.pi * self.electrode_diameter_cm**2 / 4.0

    @property
    def thickness_rel_sd(self) -> float:
        """Relative standard uncertainty of the thickness (the default where none was given)."""
        sd = THICKNESS_SD_CM if self.thickness_cm_sd is None else self.thickness_cm_sd
        return sd / self.thickness_cm

    @property
    def diameter_rel_sd(self) -> float:
        """Relative standard uncertainty of the electrode's diameter (the default where none was given)."""
        sd = DIAMETER_SD_CM if self.electrode_diameter_cm_sd is None else self.electrode_diameter_cm_sd
        return sd / self.electrode_diameter_cm


def _check_length(name: str, value: float, *, upper_cm: float) -> None:
    if not (math.isfinite(value) and value > 0):
        raise Refusal(f"the {name} must be a positive number of cm, not {value}", "geometry")
    if value > upper_cm:
        raise Refusal(f"a {name} of {value:g} cm is no pellet; lengths are in cm", "geometry")
