"""Too much of one precursor in the vessel: weigh more of the rest, or leave it and say so."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab.sheets import stored_recipe
from nasicon_loop.lab.weighing import ACCEPTED, WeighingProgress, weighing_progress, worst_over

if TYPE_CHECKING:
    from nasicon_loop.lab.context import Lab


@dataclass(frozen=True, slots=True)
class Rescued:
    """What was decided about an over-weighed precursor, and where the weighing stands now."""

    words: str
    progress: WeighingProgress


def rescue_weighing(lab: "Lab", label: str, *, accept: bool = False, operator: str | None = None) -> Rescued:
    """Rescue a weighing in which a precursor is over its tolerance.

    Without `accept` the batch grows until the worst over-weighed mass is right: the rescaled recipe becomes the
    sample's newest version (beside a signed one, never over it) and the others are topped up. With `accept` everything
    stays and the model sees what was weighed. Either way the deviation is written down.
    Raises Refusal when nothing is over its tolerance.
    """
    import recipes

    recipe = stored_recipe(lab, label)
    before = weighing_progress(lab, label)
    worst = worst_over(before.lines)
    if worst is None or worst.actual_g is None:
        raise Refusal("nothing is over its tolerance; there is nothing to rescue", label)
    who = plain(operator or lab.who, limit=100)
    if accept:
        over = [f"{line.deviation}{ACCEPTED}" for line in before.lines if line.status == "over"]
        with lab.database.write(who=lab.who) as writer:
            sample = writer.sample(label)
            written = {deviation.text for deviation in writer.deviations(sample)}
            for text in over:
                if text not in written:
                    writer.add_deviation(sample, text, who=who, recipe=writer.recipe(sample))
        return Rescued("; ".join(over), weighing_progress(lab, label))
    larger = recipes.rescaled(recipe, worst.formula, worst.actual_g)
    factor = worst.actual_g / next(i.mass_g for i in recipe.precursors if i.formula == worst.formula)
    words = f"{worst.deviation}; the batch was rescaled by {factor:.4f}"
    with lab.database.write(who=lab.who) as writer:
        sample = writer.sample(label)
        old = writer.recipe(sample)
        new = writer.add_recipe(sample, recipes.to_dict(larger), despite_sign_off=words)
        text = f"{words}: version {new.version} goes on from version {old.version if old else 0}"
        writer.add_deviation(sample, text, who=who, recipe=new)
    return Rescued(words, weighing_progress(lab, label))
