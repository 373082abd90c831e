"""Screening far more candidates than fit into one batch: the space cut into blocks, each block into its best few.

A block is a dopant and a range of silicon contents, so it is a few numbers that a worker turns into candidates itself.
Which blocks there are depends on the settings alone, never on who does them: the batches a model sees, and with them
the last bits of its answers, are the same everywhere.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from nasicon_loop.campaign.acquisition import acquire
from nasicon_loop.campaign.candidates import Key, Settings, candidate_of, composition_key
from nasicon_loop.campaign.feasibility import feasibility
from nasicon_loop.campaign.scores import ask
from nasicon_loop.campaign.values import Candidate, Predicts
from nasicon_loop.chemistry import dopants
from nasicon_loop.core import Refusal

FINEST_STEP = Fraction(1, 100)
"""Compositions closer than this count as one (see `composition_key`)."""
CANDIDATES_PER_BLOCK = 2000


@dataclass(frozen=True, slots=True)
class Block:
    """One dopant, and the silicon contents `settings.silicon[first:last]` with all amounts."""

    dopant: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A composition that was among the best: log10 of S/cm at 25 °C, and its acquisition."""

    formula: str
    dopant: str
    mean: float
    sd: float
    acquisition: float

    @property
    def rank(self) -> tuple[float, str]:
        """What hits are sorted by: the best first, ties by formula."""
        return -self.acquisition, self.formula


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every block: to beat `best` (log10 S/cm); the best `n_best` are kept.

    `limits` are the dopants' solubility limits; `excluded` are keys of compositions that are not asked about.
    """

    settings: Settings
    best: float
    limits: Mapping[str, float]
    n_best: int = 100
    excluded: frozenset[Key] = frozenset()


@dataclass(frozen=True, slots=True)
class Screened:
    """How many candidates were scored, and the best of them in order."""

    n_candidates: int
    hits: tuple[Hit, ...]


def blocks(settings: Settings, n_candidates: int = CANDIDATES_PER_BLOCK) -> tuple[Block, ...]:
    """Return the blocks of a space, each of about `n_candidates`. Raises Refusal for steps finer than 0.01."""
    for name, values in (("amounts", settings.amounts), ("silicon", settings.silicon)):
        ordered = sorted(values)
        if any(high - low < FINEST_STEP for low, high in pairwise(ordered)):
            raise Refusal("steps finer than 0.01 give the same compositions", name)
    n_lines = max(1, n_candidates // len(settings.amounts))
    return tuple(
        Block(symbol, first, min(first + n_lines, len(settings.silicon)))
        for symbol, dopant in dopants().items()
        if not settings.is_blocked(dopant)
        for first in range(0, len(settings.silicon), n_lines)
    )


def in_block(block: Block, settings: Settings, excluded: Collection[Key] = ()) -> Iterator[Candidate]:
    """Yield a block's candidates in the order of the space, each composition once."""
    seen = set(excluded)
    dopant = dopants()[block.dopant]
    amounts = settings.amounts[:1] if block.dopant == "Si" else settings.amounts
    for silicon in settings.silicon[block.first : block.last]:
        for amount in amounts:
            candidate = candidate_of(dopant, amount, silicon, settings)
            if candidate is None:
                continue
            key = composition_key(candidate.composition)
            if key not in seen:
                seen.add(key)
                yield candidate


def screen_block(model: Predicts, block: Block, question: Question) -> Screened:
    """Return the best of one block by expected improvement times the chance of one phase."""
    candidates = list(in_block(block, question.settings, question.excluded))
    if not candidates:
        return Screened(0, ())
    prediction = ask(model, [candidate.composition for candidate in candidates])
    limit = question.limits[block.dopant]
    values = acquire(prediction, question.best)
    hits = [
        Hit(
            candidate.formula,
            candidate.dopant,
            float(prediction.mean[k]),
            float(prediction.sd[k]),
            float(values[k]) * feasibility(candidate, limit),
        )
        for k, candidate in enumerate(candidates)
    ]
    return Screened(len(hits), _best(hits, question.n_best))


def merged(parts: Iterable[Screened], n_best: int) -> Screened:
    """Return the best over all blocks; the order of the parts does not matter."""
    n_candidates = 0
    hits: tuple[Hit, ...] = ()
    for part in parts:
        n_candidates += part.n_candidates
        hits = _best([*hits, *part.hits], n_best)
    return Screened(n_candidates, hits)


def _best(hits: list[Hit], n_best: int) -> tuple[Hit, ...]:
    return tuple(sorted(hits, key=lambda hit: hit.rank)[:n_best])


def fine(settings: Settings | None = None) -> Settings:
    """Return the same rules over the finest space: amounts 0.01 to 0.80 and silicon 0 to 3, both in steps of 0.01."""
    return replace(
        settings or Settings(),
        amounts=tuple(Fraction(k, 100) for k in range(1, 81)),
        silicon=tuple(Fraction(k, 100) for k in range(301)),
    )
