"""A batch from scored candidates: greedy, one per dopant while others are comparable, away from what is pending."""

from collections import Counter
from collections.abc import Sequence

from nasicon_loop.campaign.candidates import Settings
from nasicon_loop.campaign.values import Candidate

MIN_AMOUNT_GAP = 0.06
_MIN_SILICON_GAP = 0.25
AMOUNT_PER_SILICON = MIN_AMOUNT_GAP / _MIN_SILICON_GAP


def are_close(one: Candidate, other: Candidate) -> bool:
    """Say whether two candidates of one dopant are so near that measuring both would teach the same thing."""
    if one.dopant != other.dopant:
        return False
    amount_gap = abs(float(one.amount - other.amount))
    silicon_gap = abs(float(one.silicon - other.silicon))
    return amount_gap + silicon_gap * AMOUNT_PER_SILICON < MIN_AMOUNT_GAP


def choose(
    candidates: Sequence[Candidate],
    acquisition: Sequence[float],
    n: int,
    *,
    settings: Settings,
    pending_dopants: Sequence[str] = (),
) -> list[int]:
    """Return up to `n` indices into `candidates`, best first by the greedy rule; the same input gives the same batch.

    Each round looks at the best candidate of the least used dopants (pending samples count as used). A more used
    dopant is taken only when its acquisition exceeds theirs by more than 1 / `comparable_fraction`.
    Ties go to the formula that sorts first.
    """
    order = sorted(range(len(candidates)), key=lambda k: (-acquisition[k], candidates[k].formula))
    used = Counter(pending_dopants)
    chosen: list[int] = []
    while len(chosen) < n:
        best: tuple[float, int] | None = None
        seen: set[str] = set()
        for k in order:
            candidate = candidates[k]
            if candidate.dopant in seen or k in chosen or any(are_close(candidate, candidates[c]) for c in chosen):
                continue
            seen.add(candidate.dopant)  # `order` is sorted: the first free candidate of a dopant is its best
            value = acquisition[k] * settings.comparable_fraction ** used[candidate.dopant]
            if best is None or value > best[0]:
                best = (value, k)
        if best is None:
            break
        chosen.append(best[1])
        used[candidates[best[1]].dopant] += 1
    return chosen
