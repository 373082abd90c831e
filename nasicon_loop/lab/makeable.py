"""Which compositions this lab could make: there is a recipe, and the dopant is likely to dissolve."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal

if TYPE_CHECKING:
    from nasicon_loop.chemistry import Composition
    from nasicon_loop.lab.context import Lab

_TRIAL_MASS_G = 10.0


def makeable(lab: "Lab") -> "Callable[[Composition], bool]":
    """Return the question to a composition: can its precursors be weighed, and are its dopants within their limits?

    What the lab's policy blocks as toxic has no recipe. The limit of a dopant is the rule of thumb of the campaign, or
    what a measured row shows (docs/campaign.md).
    """
    import recipes
    from nasicon_loop import campaign
    from nasicon_loop.lab.suggesting import past_of, search_settings

    limits = campaign.limits(campaign.literature(past_of(lab).known), search_settings(lab))
    habits = lab.settings.recipe

    def is_makeable(composition: "Composition") -> bool:
        amounts = composition.normalised().amounts
        if any(float(n) > limits[symbol] for symbol, n in amounts if symbol in limits and symbol not in _SERIES):
            return False
        try:
            recipes.plan(
                composition,
                mass_g=_TRIAL_MASS_G,
                allow_toxic=habits.allow_toxic,
                extra_folder=lab.folder.protocols,
            )
        except Refusal:
            return False
        return True

    return is_makeable


_SERIES = ("Na", "Zr", "Si", "P", "O")
