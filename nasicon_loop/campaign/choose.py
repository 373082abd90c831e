"""A batch from scored candidates: greedy, one per dopant while others are comparable, away from what is pending, and
all of it in one furnace load."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence

from nasicon_loop.campaign.acquisition import Floats
from nasicon_loop.campaign.candidates import Settings
from nasicon_loop.campaign.values import Candidate
from nasicon_loop.core import Refusal

MIN_AMOUNT_GAP = 0.06
MAX_REFUSED = 3
"""So many compositions of a dopant are tried for the furnace load before it is left out of the batch."""
_MIN_SILICON_GAP = 0.25
AMOUNT_PER_SILICON = MIN_AMOUNT_GAP / _MIN_SILICON_GAP


def are_close(one: Candidate, other: Candidate) -> bool:
    """Say whether two candidates of one dopant are so near that measuring both would teach the same thing."""
    if one.dopant != other.dopant:
        return False
    amount_gap = abs(float(one.amount - other.amount))
    silicon_gap = abs(float(one.silicon - other.silicon))
    return amount_gap + silicon_gap * AMOUNT_PER_SILICON < MIN_AMOUNT_GAP


class Room:
    """What fits into one furnace load: the first composition that goes in sets the program, the others must share it.

    `program_of` gives whatever must be equal, or a Refusal for what cannot be made. `passed_over` says what did not fit
    and why; after `MAX_REFUSED` refusals a dopant is not asked about again. Without `program_of` everything fits.
    """

    def __init__(self, program_of: Callable[[str], Hashable] | None = None) -> None:
        self._program_of = program_of
        self._program: Hashable | None = None
        self._asked: dict[str, Hashable | None] = {}
        self._refused: Counter[str] = Counter()
        self.passed_over: dict[str, str] = {}

    def fits(self, formula: str, dopant: str) -> bool:
        """Say whether a composition can be made in this load; `passed_over` tells why not."""
        if self._program_of is None:
            return True
        if self.is_out(formula, dopant):
            return False
        if formula not in self._asked:
            try:
                self._asked[formula] = self._program_of(formula)
            except Refusal as refusal:
                self._refused[dopant] += 1
                self.passed_over[formula] = refusal.reason
                return False
        if self._program is not None and self._asked[formula] != self._program:
            self._refused[dopant] += 1
            self.passed_over[formula] = "needs another furnace program than the first of the batch"
            return False
        return True

    def is_out(self, formula: str, dopant: str) -> bool:
        """Say whether it is known not to fit, or so many with its dopant did not that no more are asked about."""
        return formula in self.passed_over or self._refused[dopant] >= MAX_REFUSED

    def put(self, formula: str) -> None:
        """Put a composition in that fits."""
        if self._program is None:
            self._program = self._asked.get(formula)


def choose(
    candidates: Sequence[Candidate],
    acquisition: Floats,
    n: int,
    *,
    settings: Settings,
    pending_dopants: Sequence[str] = (),
    room: Room | None = None,
) -> list[int]:
    """Return up to `n` indices into `candidates`, best first by the greedy rule; the same input gives the same batch.

    `acquisition` is (1, n), or one row per place. Each round looks at the best candidate of the least used dopants
    (pending samples count as used). A more used dopant is taken only when its acquisition exceeds theirs by more than
    1 / `comparable_fraction`. Ties go to the formula that sorts first. What does not fit into the `room` is passed
    over.
    """
    space = room or Room()
    used = Counter(pending_dopants)
    chosen: list[int] = []
    orders = [_order(candidates, row) for row in acquisition]
    while len(chosen) < n:
        place = min(len(chosen), len(orders) - 1)
        weights = {symbol: settings.comparable_fraction**count for symbol, count in used.items()}
        best = _best(candidates, acquisition[place], orders[place], chosen, weights, room=space)
        if best is None:
            break
        if space.fits(candidates[best].formula, candidates[best].dopant):
            space.put(candidates[best].formula)
            chosen.append(best)
            used[candidates[best].dopant] += 1
    return chosen


def _order(candidates: Sequence[Candidate], row: Floats) -> list[int]:
    value = row.tolist()
    return sorted(range(len(candidates)), key=lambda k: (-value[k], candidates[k].formula))


def _best(
    candidates: Sequence[Candidate],
    row: Floats,
    order: Sequence[int],
    chosen: Sequence[int],
    weights: Mapping[str, float],
    *,
    room: Room,
) -> int | None:
    """The best candidate by weighted value that is left, whether or not it fits."""
    best: tuple[float, int] | None = None
    seen: set[str] = set()
    for k in order:
        candidate = candidates[k]
        if candidate.dopant in seen or k in chosen or room.is_out(candidate.formula, candidate.dopant):
            continue
        if any(are_close(candidate, candidates[c]) for c in chosen):
            continue
        seen.add(candidate.dopant)  # `order` is sorted: the first free candidate of a dopant is its best
        value = float(row[k]) * weights.get(candidate.dopant, 1.0)
        if best is None or value > best[0]:
            best = (value, k)
    return None if best is None else best[1]
