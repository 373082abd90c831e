"""Screening far more candidates than fit into one batch: each block into its best few, those into the best of all.

What a block gives does not depend on who does it, nor the end on the order in which blocks come back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.campaign.acquisition import expected_improvement
from nasicon_loop.campaign.candidates import Key, Settings
from nasicon_loop.campaign.diversity import spread_places
from nasicon_loop.campaign.electrochemical import window_width_v
from nasicon_loop.campaign.feasibility import chances
from nasicon_loop.campaign.parts import PARTS, Scale, diffusion_log10
from nasicon_loop.campaign.space import CANDIDATES_PER_BLOCK, Block, grouped, in_block, same_as
from nasicon_loop.campaign.values import Screens
from nasicon_loop.core import Refusal

if TYPE_CHECKING:
    from nasicon_loop.chemistry import DopedArrays
    from nasicon_loop.predict import Crystals

Floats = NDArray[np.float64]
By = Literal["score", "gain", "sigma"]

LIKELY = 0.5
"""Ranked by score or sigma are only compositions that are one phase with at least this chance; a gain is weighed."""
KEPT_PER_BLOCK = 4
POINTS_AT_ONCE = CANDIDATES_PER_BLOCK
"""Grid points of small blocks that a model is asked about in one go."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A composition that was among the best.

    `mean`, `sd`, `epistemic_sd` are log10 of S/cm at 25 °C; `gain` the expected improvement (dex) times `chance`, the
    chance of one phase; `parts` in the order of `PARTS`, None without data; `value` what it was ranked by.
    """

    formula: str
    dopants: tuple[str, ...]
    amounts: tuple[float, ...]
    silicon: float
    mean: float
    sd: float
    epistemic_sd: float
    gain: float
    chance: float
    score: float | None
    parts: tuple[float | None, ...]
    value: float

    @property
    def rank(self) -> tuple[float, str]:
        """What hits are sorted by: the best first, ties by formula."""
        return -self.value, self.formula


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every block: to beat `best` (log10 S/cm), ranked `by` score, gain or sigma.

    `limits` are the dopants' solubility limits; `excluded` are keys of compositions that are not asked about;
    `measured` are the lab's own values (log10 S/cm) that stand in for the model's, `windows_v` its measured windows;
    `scale` is needed for scores. `n_best` compositions are kept, at most `n_per_set` with the same dopants.
    """

    settings: Settings
    best: float
    limits: Mapping[str, float]
    by: By = "gain"
    n_best: int = 100
    n_per_set: int = 3
    scale: Scale | None = None
    excluded: frozenset[Key] = frozenset()
    measured: Mapping[Key, float] = field(default_factory=dict)
    windows_v: Mapping[Key, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Evaluated:
    """A block's compositions with all that is said of them, (n,) each; `parts` (n, 4)."""

    doped: "DopedArrays"
    mean: Floats
    sd: Floats
    epistemic_sd: Floats
    gain: Floats
    chance: Floats
    parts: Floats
    score: Floats | None

    def value(self, by: By) -> Floats:
        """Return what is ranked by (n,); minus infinity where a composition is hardly one phase."""
        if by == "gain":
            return self.gain
        values = self.mean if by == "sigma" else self.score
        if values is None:
            raise Refusal("a score needs its scale", "screening")
        return np.where(self.chance >= LIKELY, values, -np.inf)

    def hit(self, place: int, value: float) -> Hit:
        """Return one composition as a value."""
        doped = self.doped
        return Hit(
            doped.composition(place).formula,
            doped.dopants,
            tuple(float(amount) / doped.unit for amount in doped.amounts[place]),
            float(doped.silicon[place]) / doped.unit,
            float(self.mean[place]),
            float(self.sd[place]),
            float(self.epistemic_sd[place]),
            float(self.gain[place]),
            float(self.chance[place]),
            None if self.score is None else float(self.score[place]),
            tuple(None if np.isnan(part) else float(part) for part in self.parts[place]),
            value,
        )


@dataclass(frozen=True, slots=True)
class Screened:
    """How many candidates were looked at, and the best in order. `by_set` holds the best of every set of dopants."""

    n_candidates: int
    hits: tuple[Hit, ...]
    by_set: tuple[Hit, ...] = ()


def evaluate(model: Screens, blocks: Sequence[Block], question: Question) -> Iterator[Evaluated]:
    """Give everything about the compositions of each block that has some, in order, some thousands asked at once.

    Raises Refusal when the model's numbers are none, or of another count.
    """
    for group in grouped(blocks, question.settings, POINTS_AT_ONCE):
        parts = [in_block(block, question.settings, question.excluded) for block in group]
        parts = [doped for doped in parts if len(doped)]
        if parts:
            yield from _asked(model, parts, question)


def _asked(model: Screens, parts: "Sequence[DopedArrays]", question: Question) -> Iterator[Evaluated]:
    from nasicon_loop.predict import doped_crystals

    batch = doped_crystals(*parts)
    answer = model.summary(batch)
    told = [np.asarray(v, dtype=np.float64) for v in (answer.mean, answer.sd, answer.epistemic_sd)]
    if told[0].shape != (len(batch),):
        raise Refusal(f"gave {told[0].shape} predictions for {len(batch)} compositions", "model")
    if not all(np.isfinite(values).all() for values in told):
        raise Refusal("gave predictions that are not numbers: train again", "model")
    ends = np.cumsum([len(doped) for doped in parts])
    stability = _stability(model, batch, ends - [len(doped) for doped in parts])
    for doped, end in zip(parts, ends, strict=True):
        at = slice(end - len(doped), end)
        mean, sd, epistemic = (values[at] for values in told)
        mean = _with_measured(doped, mean, question.measured)
        chance = chances(doped, question.limits)
        gain = expected_improvement(mean, epistemic, question.best) * chance
        values = _parts(doped, batch.volume_angstrom3[at], mean, stability[at], question.windows_v)
        score = None if question.scale is None else question.scale.score(values)
        yield Evaluated(doped, mean, sd, epistemic, gain, chance, values, score)


def screen_blocks(model: Screens, blocks: Sequence[Block], question: Question) -> Screened:
    """Return the best few of each block, different enough from each other."""
    n_candidates, hits = 0, []
    for found in evaluate(model, blocks, question):
        value, doped = found.value(question.by), found.doped
        n_kept = max(KEPT_PER_BLOCK, question.n_per_set)
        places = spread_places(value, doped.amounts / doped.unit, doped.silicon / doped.unit, n_kept)
        hits += [found.hit(place, float(value[place])) for place in places]
        n_candidates += len(doped)
    return Screened(n_candidates, tuple(hits))


def _with_measured(doped: "DopedArrays", values: Floats, measured: Mapping[Key, float]) -> Floats:
    if not measured:
        return values
    result = values.copy()
    for key, value in measured.items():
        result[same_as(doped, key)] = value
    return result


def _parts(
    doped: "DopedArrays", volume: Floats, mean: Floats, stability: Floats, windows_v: Mapping[Key, float]
) -> Floats:
    width = window_width_v(doped.dopants)
    values = {
        "conductivity": mean,
        "window": _with_measured(doped, np.full(len(doped), np.nan if width is None else width), windows_v),
        "stability": stability,
        "diffusion": diffusion_log10(mean, doped.sodium / doped.unit, volume),
    }
    return np.stack([values[part] for part in PARTS], axis=1)


def _stability(model: Screens, batch: "Crystals", firsts: NDArray[np.int64]) -> Floats:
    """Probability of lying within 25 meV/atom of the hull (n,), NaN without support.

    Support depends on the elements alone, so the first composition of each set tells whether to ask about all.
    """
    nothing = np.full(len(batch), np.nan)
    probe = model.hull(batch.take(firsts))
    if probe is None or not probe.is_supported.any():
        return nothing
    found = model.hull(batch)
    return nothing if found is None else np.where(found.is_supported, found.p_stable, np.nan)
