"""The question that a batch of suggestions answers: what was known, by which rules, and what fits one furnace load.

A stored question, asked again of the stored model, gives the stored batch: backtests do nothing else.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nasicon_loop.lab.knowledge import Past, knowledge

if TYPE_CHECKING:
    from nasicon_loop.campaign import Acquires, Previous, Proposal
    from nasicon_loop.campaign import Settings as SearchSettings
    from nasicon_loop.lab.context import Lab


@dataclass(frozen=True, slots=True)
class Question:
    """How many, by which acquisition and seed, with what was known up to journal line `known_to`."""

    n: int
    by: "Acquires"
    seed: int
    known_to: int
    rules: Mapping[str, Any]
    past: Past


def question_now(lab: "Lab", n: int, by: "Acquires") -> Question:
    """Return today's question; all of it is read at one moment."""
    with lab.database.read() as reader:
        newest = max((one.batch for one in reader.suggestions()), default=0)
        return Question(n, by, newest + 1, reader.max_journal_id(), rules_now(lab), knowledge(reader))


def rules_now(lab: "Lab") -> dict[str, Any]:
    """Return the limits of the search as lab.toml sets them, to be kept with a batch."""
    return {"allow_toxic": lab.settings.recipe.allow_toxic, "one_load": lab.settings.campaign.one_load}


def rules_of(rules: Mapping[str, Any]) -> "SearchSettings":
    """Return the limits of a search from what was kept of them."""
    from nasicon_loop import campaign

    return campaign.Settings(allowed_toxic=campaign.BLOCKED_ELEMENTS if rules["allow_toxic"] else ())


def answer(
    question: Question,
    model: Any,
    *,
    programs: Callable[[str], Hashable],
    previous: "Previous | None" = None,
) -> "Proposal":
    """Return the batch; `programs` gives what compositions in one furnace load must have in common."""
    from nasicon_loop import campaign

    past = question.past
    return campaign.propose(
        model,
        known=past.known,
        made=past.made,
        pending=past.pending,
        abandoned=past.abandoned,
        rejected=past.rejected,
        pellets=past.pellets,
        outcomes=past.outcomes,
        n=question.n,
        by=question.by,
        seed=question.seed,
        settings=rules_of(question.rules),
        previous=previous,
        program_of=programs if question.rules["one_load"] else None,
    )


def program_key(lab: "Lab", formula: str) -> Hashable:
    """Return what a composition's furnace programs must share with others; Refusal when it cannot be made here."""
    import recipes
    from nasicon_loop.lab.sheets import planned_recipe

    return tuple(recipes.essence(program) for program in planned_recipe(lab, formula).programs)
