"""Why a suggestion: its numbers, what is known near it, what it would teach, and what it takes to make."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Refusal
from nasicon_loop.lab.asking import rules_of
from nasicon_loop.lab.health import batch_cost
from nasicon_loop.lab.knowledge import knowledge
from nasicon_loop.lab.learning import load_model

if TYPE_CHECKING:
    from nasicon_loop.campaign import Cost, Lesson, Neighbour
    from nasicon_loop.lab.context import Lab

N_NEAREST = 5


@dataclass(frozen=True, slots=True)
class SuggestionWhy:
    """A suggestion explained. Conductivities are log10 of S/cm at 25 °C, as the run that suggested it saw them.

    `nearest` are measured compositions with their value (the lab's own before others, as they are known today);
    `lesson` what one more result would teach about other candidates with the dopant; `cost` what it takes alone in a
    furnace, as it is planned today (None where it cannot be planned: `cost_problem` says why).
    """

    number: int
    formula: str
    dopant: str
    kind: str
    acquired_by: str
    run: int
    log10_sigma_mean: float
    log10_sigma_sd: float
    epistemic_sd: float
    noise_sd: float
    quantiles: dict[str, float]
    acquisition: float
    gain_dex: float | None
    nearest: "tuple[Neighbour, ...]"
    lesson: "Lesson"
    cost: "Cost | None"
    cost_problem: str
    reason: str

    @property
    def words(self) -> tuple[str, ...]:
        """The same in sentences, one line each."""
        low, high = self.quantiles.get("0.05"), self.quantiles.get("0.95")
        lines = [
            f"log10 sigma {self.log10_sigma_mean:.2f} ± {self.log10_sigma_sd:.2f}: "
            f"{self.epistemic_sd:.2f} that results would remove, {self.noise_sd:.2f} that stays"
            + ("" if low is None or high is None else f"; 90 % between {low:.2f} and {high:.2f}"),
        ]
        if self.gain_dex is not None:
            lines.append(f"expected gain over the best so far {self.gain_dex:.3f} dex, chosen by {self.acquired_by}")
        lines += [f"known: {near.words}" for near in self.nearest]
        lines.append(self.lesson.words)
        lines.append(f"takes {self.cost.words}" if self.cost else f"cannot be planned: {self.cost_problem}")
        return tuple(lines)

    def document(self) -> dict[str, Any]:
        """Return the object that `nasicon campaign why --json` prints."""
        import dataclasses

        return {"schema": 1, **dataclasses.asdict(self), "words": list(self.words)}


def explain_suggestion(lab: "Lab", number: int) -> SuggestionWhy:
    """Return why a suggestion was made, by the model of its own run. Refusal for an unknown number or a lost model."""
    from nasicon_loop import campaign
    from nasicon_loop.lab.sheets import planned_recipe

    with lab.database.read() as reader:
        one = reader.suggestion(number)
        if one.model_run_id is None:
            raise Refusal("no model run is kept with it", f"suggestion {number}")
        run = reader.model_run_by_id(one.model_run_id)
        batch = next((b for b in reader.suggested_batches() if b.batch == one.batch), None)
        past = knowledge(reader)
    model = load_model(lab, run)
    told = model.predict([one.formula])
    rules = rules_of(batch.rules if batch else {"allow_toxic": lab.settings.recipe.allow_toxic})
    problem = ""
    try:
        planned_recipe(lab, one.formula)
    except Refusal as refusal:
        problem = refusal.reason
    return SuggestionWhy(
        number,
        one.formula,
        one.dopant,
        batch.kinds.get(number, "new") if batch else "new",
        batch.acquired_by if batch else "ei",
        run.number,
        one.log10_sigma_mean,
        one.log10_sigma_sd,
        float(told.epistemic_sd[0]),
        float(told.noise_sd[0]),
        dict(one.quantiles),
        one.acquisition,
        batch.gains_dex.get(number) if batch else None,
        tuple(campaign.nearest(campaign.composition_key(one.formula), campaign.literature(past.known), N_NEAREST)),
        campaign.lesson_of(model, one.formula, one.dopant, rules),
        None if problem else batch_cost(lab, [one.formula]),
        problem,
        one.reason,
    )
