"""What happens without a person, as far as [policy] in lab.toml allows, and what is told where it does not."""

from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal

if TYPE_CHECKING:
    from nasicon_loop.eis import Analysis
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.lab.learning import Trained

FOR_SIGNATURE = 'passed every gate; a person signs it, because [policy] accept_fit is "ask"'
BY_POLICY = '[policy] propose = "automatic"'


def for_signature(lab: "Lab", analysis: "Analysis") -> "Analysis":
    """Return an accepted analysis as one that waits for a signature where [policy] accept_fit asks for that."""
    from dataclasses import replace

    if lab.settings.policy.accept_fit == "automatic" or analysis.verdict != "accepted":
        return analysis
    return replace(analysis, verdict="review", reasons=(*analysis.reasons, FOR_SIGNATURE))


def after_training(lab: "Lab") -> tuple[str, ...]:
    """Suggest, accept and plan after an automatic training, as far as [policy] goes; return what was done or why not.

    Suggestions are accepted only while no check of the campaign's health says stop: intervals that do not cover are
    one of these. What was not accepted stays open for a person.
    """
    lines: list[str] = []
    if lab.settings.policy.propose == "automatic":
        try:
            lines += _proposed(lab)
        except Refusal as refusal:  # the training stands, whatever comes of it
            lines.append(f"nothing was suggested: {refusal}")
    return (*lines, *begin_accepted(lab))


def with_policy(lab: "Lab", trained: "Trained") -> "Trained":
    """Return an automatic training with what followed from it."""
    from dataclasses import replace

    return replace(trained, done=after_training(lab))


def _proposed(lab: "Lab") -> tuple[str, ...]:
    from nasicon_loop.lab.health import campaign_health
    from nasicon_loop.lab.suggesting import decide_suggestions, open_suggestions, suggest_compositions

    waiting = _not_begun(lab) + [one.suggestion.number for one in open_suggestions(lab).suggestions]
    if waiting:
        return (f"suggestions wait already ({', '.join(map(str, sorted(set(waiting))))}): none were added",)
    batch = suggest_compositions(lab)
    numbers = [one.suggestion.number for one in batch.suggestions]
    told = f"suggestions {', '.join(map(str, numbers))} made"
    bad = [check for check in campaign_health(lab).checks if check.verdict == "stop"]
    if bad:
        why = "; ".join(f"{check.name}: {check.words}" for check in bad)
        return (told, f"automatic acceptance switched itself off: {why}; see `nasicon campaign health`")
    decide_suggestions(lab, {"accepted": numbers}, BY_POLICY, begin=False)
    return (told, f"accepted by {BY_POLICY}")


def _not_begun(lab: "Lab") -> list[int]:
    with lab.database.read() as reader:
        states = reader.suggestion_states()
        begun = {sample.suggestion_id for sample in reader.samples()}
        return [one.number for one in reader.suggestions() if states[one.number] == "accepted" and one.id not in begun]


def begin_accepted(lab: "Lab") -> tuple[str, ...]:
    """Begin a sample of every accepted suggestion without one, and plan it, where [policy] recipe is "automatic"."""
    from nasicon_loop.lab.making import new_sample
    from nasicon_loop.lab.sheets import sample_sheet

    if lab.settings.policy.recipe != "automatic":
        return ()
    lines = []
    for number in _not_begun(lab):
        try:
            label = new_sample(lab, from_suggestion=number, note='[policy] recipe = "automatic"').label
            sample_sheet(lab, label)
        except Refusal as refusal:
            lines.append(f"suggestion {number} could not be planned: {refusal.reason}")
            continue
        lines.append(f"{label} begun from suggestion {number} and planned")
    return tuple(lines)
