"""What is different from the batch before, and which results made it so."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nasicon_loop.campaign.candidates import composition_key
from nasicon_loop.campaign.reasons import distance, short_formula, sigma_words
from nasicon_loop.campaign.scores import Scored, ask
from nasicon_loop.campaign.values import Candidate, Choice, Predicts, Previous, Result
from nasicon_loop.chemistry import Composition

_NOTICEABLE_DEX = 0.02
_AS_EXPECTED_SD = 1.0
_SAME_ATOMS = 0.03  # a result carries the composition as weighed, a suggestion the one that was meant
_MAX_PER_DOPANT = 40


def describe_changes(previous: Previous, choices: Sequence[Choice], scored: Scored, model: Predicts) -> tuple[str, ...]:
    """Say in words what was learned since `previous` and how the batch differs from it; empty without a past."""
    if not previous.choices and not previous.results:
        return ()
    lines = [_result_words(result, model, previous.model, scored) for result in previous.results]
    lines += [f"{label} was retracted: the model no longer counts it" for label in previous.retracted]
    if previous.n_literature_added:
        lines.append(f"{previous.n_literature_added} literature rows were added")
    if not lines:
        lines.append("no new result since the previous batch")
    lines += _batch_words(previous.choices, choices)
    lines += _shift_words(previous, choices, model)
    return tuple(lines)


def _result_words(result: Result, model: Predicts, earlier: Predicts | None, scored: Scored) -> str:
    text = f"{result.label} ({short_formula(result.formula)}) came in at {sigma_words(result.log10_sigma)} S/cm"
    if result.predicted_mean is not None:
        gap = result.log10_sigma - result.predicted_mean
        side = "above" if gap > 0 else "below"
        text += f", {abs(gap):.2f} dex {side} its prediction"
        if result.predicted_sd and abs(gap) <= _AS_EXPECTED_SD * result.predicted_sd:
            text += " (within its spread)"
    family = [candidate for candidate in scored.candidates if candidate.dopant == result.dopant][:_MAX_PER_DOPANT]
    if earlier is not None and family:
        shift = _mean_shift(earlier, model, family)
        text += f": {result.dopant} candidates {_moved(shift)}"
    else:
        now = ask(model, [Composition.parse(result.formula)])
        text += f": the model now expects {sigma_words(float(now.mean[0]))} there"
    return text


def _mean_shift(earlier: Predicts, model: Predicts, family: Sequence[Candidate]) -> float:
    compositions = [candidate.composition for candidate in family]
    before: Any = ask(earlier, compositions).mean
    after: Any = ask(model, compositions).mean
    return float(np.mean(np.asarray(after) - np.asarray(before)))


def _moved(shift: float) -> str:
    if abs(shift) < _NOTICEABLE_DEX:
        return f"stayed where they were ({shift:+.2f} dex)"
    return f"{'rose' if shift > 0 else 'fell'} by {abs(shift):.2f} dex on average"


def _batch_words(before: Sequence[Choice], now: Sequence[Choice]) -> list[str]:
    old, new = [choice.dopant for choice in before], [choice.dopant for choice in now]
    came = [dopant for dopant in dict.fromkeys(new) if dopant not in old]
    went = [dopant for dopant in dict.fromkeys(old) if dopant not in new]
    stayed = [dopant for dopant in dict.fromkeys(new) if dopant in old]
    lines = []
    if came or went:
        words = [f"{', '.join(came)} came in" if came else "", f"{', '.join(went)} went out" if went else ""]
        lines.append("dopants of the batch: " + "; ".join(word for word in words if word))
    if stayed:
        lines.append(f"{', '.join(stayed)} stayed in the batch, with another amount or Si content")
    return lines


def _shift_words(previous: Previous, now: Sequence[Choice], model: Predicts) -> list[str]:
    """Say how the previous batch's own formulas are judged today: by how much the picture moved beyond the results."""
    measured = [dict(composition_key(result.formula)) for result in previous.results]
    open_choices = [
        choice
        for choice in previous.choices
        if not any(distance(dict(composition_key(choice.formula)), other) < _SAME_ATOMS for other in measured)
    ]
    if not open_choices:
        return []
    today = ask(model, [Composition.parse(choice.formula) for choice in open_choices])
    chosen = {choice.formula for choice in now}
    lines = []
    for choice, mean in zip(open_choices, today.mean, strict=True):
        shift = float(mean) - choice.mean
        if abs(shift) >= _NOTICEABLE_DEX and choice.formula not in chosen:
            lines.append(
                f"{choice.formula}, suggested before and not measured, is now expected at "
                f"{sigma_words(float(mean))} S/cm ({shift:+.2f} dex)"
            )
    return lines
