"""What lies in the vessel against what the sheet asks for, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from recipes.values import PrecursorMass, Recipe
from recipes.weighing import decimals

Status = Literal["missing", "short", "good", "over"]
_SLACK = 1.001  # a mass that reads exactly the tolerance is good, whatever its last binary digit


@dataclass(frozen=True, slots=True)
class InVessel:
    """One precursor at the balance. `off_g` is what lies there less what should; None while nothing does.

    `words` say what to do now, `deviation` how it would be written down; empty while it is within its tolerance.
    """

    formula: str
    name: str
    target_g: float
    tolerance_g: float
    actual_g: float | None
    off_g: float | None
    status: Status
    asked: str
    words: str
    deviation: str


def in_vessel(recipe: Recipe, masses_g: Mapping[str, float]) -> tuple[InVessel, ...]:
    """Return every precursor of the recipe with where it stands, in the order of weighing; masses in g by formula."""
    n = decimals(recipe.balance_resolution_g)
    return tuple(_one(line, masses_g.get(line.formula), n) for line in recipe.precursors)


def _one(line: PrecursorMass, actual_g: float | None, n: int) -> InVessel:
    asked = f"{line.rounded_g:.{n}f} g ± {1000 * line.tolerance_g:.3g} mg"
    off_g = None if actual_g is None else actual_g - line.rounded_g
    status, words = _judged(line, actual_g, off_g, n)
    deviation = ""
    if status in ("short", "over"):
        much = "too much" if status == "over" else "too little"
        deviation = (
            f"{line.formula}: weighed {actual_g:.{n}f} g, {1000 * abs(off_g or 0):.3g} mg {much} (sheet: {asked})"
        )
    return InVessel(
        line.formula, line.name, line.rounded_g, line.tolerance_g, actual_g, off_g, status, asked, words, deviation
    )


def _judged(line: PrecursorMass, actual_g: float | None, off_g: float | None, n: int) -> tuple[Status, str]:
    if actual_g is None or off_g is None:
        return "missing", "not weighed yet"
    if abs(off_g) <= _SLACK * line.tolerance_g:
        return "good", "within the tolerance"
    if off_g < 0:
        return "short", f"add {-off_g:.{n}f} g"
    much = f"{1000 * off_g:.3g} mg" if off_g < 1 else f"{off_g:.{n}f} g"  # a vessel that was not tared
    return "over", f"{much} too much, {off_g / line.tolerance_g:.1f} times the tolerance"
