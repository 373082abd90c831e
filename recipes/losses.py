"""A furnace step on the balance: what left the powder against what should have left."""

from dataclasses import dataclass

from nasicon_loop.core import Refusal
from recipes.precursors import molar_mass
from recipes.values import Recipe

MASS_TOLERANCE = 0.01
"""Of the mass put in: powder that sticks to crucible and spatula, and what it draws from the air. Practice."""
LEAST_TOLERANCE_G = 0.002
"""Two milligrams: a crucible cannot be weighed back better."""


@dataclass(frozen=True, slots=True)
class MassChange:
    """Loss of a furnace step in g (a gain is negative). `alarm` is empty when it is as expected."""

    loss_g: float
    expected_loss_g: float
    tolerance_g: float
    words: str
    alarm: str


def mass_change(recipe: Recipe, step: str, before_g: float, after_g: float) -> MassChange:
    """Return a step's mass loss, of powder or pellets without crucible, and an alarm in words where it is odd.

    Calcination should lose the gases of the recipe. Later steps may lose up to the excess that is assumed to evaporate.
    Raises Refusal for masses that are not positive.
    """
    if not (before_g > 0 and after_g > 0):
        raise Refusal("both masses must be positive, in g, without the crucible", step)
    is_calcination = step.lower().startswith("calcin")
    share = recipe.gas_loss_g / recipe.total_g if is_calcination else evaporating_fraction(recipe)
    loss_g, expected_g = before_g - after_g, share * before_g
    tolerance_g = max(MASS_TOLERANCE * before_g, LEAST_TOLERANCE_G)
    least_g = expected_g if is_calcination else min(expected_g, 0.0)
    words = f"{step} took {loss_g:.4f} g ({100 * loss_g / before_g:.2f} %); "
    words += f"{'expected' if is_calcination else 'at most'} {expected_g:.4f} g ± {tolerance_g:.4f} g"
    return MassChange(
        loss_g, expected_g, tolerance_g, words, _alarm(loss_g, least_g, expected_g, tolerance_g, is_calcination)
    )


def evaporating_fraction(recipe: Recipe) -> float:
    """Return the mass fraction that leaves the calcined powder when the assumed part of the excess evaporates."""
    if not recipe.expected:
        return 0.0
    return float(1 - molar_mass(recipe.expected) / molar_mass(recipe.batched))


def _alarm(loss_g: float, least_g: float, most_g: float, tolerance_g: float, is_calcination: bool) -> str:
    if loss_g < least_g - tolerance_g:
        if loss_g < 0:
            return f"{-loss_g:.4f} g heavier than before: was the crucible taken off both times, is it the same one?"
        return (
            f"{least_g - loss_g:.4f} g less has left than should: carbonate or phosphate may not have decomposed; "
            "calcine again before pressing"
        )
    if loss_g > most_g + tolerance_g:
        causes = "powder spilled or stuck, wet precursors, or sodium and phosphate evaporated"
        if not is_calcination:
            causes = "pieces broke off, or more sodium and phosphate evaporated than the excess brings"
        return f"{loss_g - most_g:.4f} g more has left than should: {causes}"
    return ""
