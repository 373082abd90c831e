"""The paper's score over the 49 dopants and their pairs: what stands for each, and where the paper's compounds fall."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import median

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.campaign.candidates import Key, composition_key
from nasicon_loop.campaign.electrochemical import DATA, window_width_v
from nasicon_loop.campaign.parts import PARTS, Scale, diffusion_log10, scale_of
from nasicon_loop.campaign.ranks import part_remarks, spearman, spread_remarks
from nasicon_loop.campaign.reasons import Literature
from nasicon_loop.campaign.screening import Evaluated, Hit, Question, evaluate
from nasicon_loop.campaign.space import HOST_ELEMENTS, blocks
from nasicon_loop.campaign.values import Known, Screens
from nasicon_loop.chemistry import Composition, dopants
from nasicon_loop.core import Refusal

Floats = NDArray[np.float64]


_USUAL_SILICON = 2.0
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class DopantScore:
    """One dopant and the composition that stands for it: the likely single-phase one with the highest sigma.

    `hit` is None where no such composition exists or policy blocks the dopant.
    """

    element: str
    hit: Hit | None
    n_support_rows: int
    is_blocked: bool


@dataclass(frozen=True, slots=True)
class PaperCompound:
    """A compound of the paper's Table 2 with its score there; `charge` cations per formula as printed."""

    formula: str
    dopant: str
    score: float
    charge: float
    remark: str


@dataclass(frozen=True, slots=True)
class PaperPlace:
    """Where a compound of the paper falls: our score and its rank (1 is best) among all candidates with one dopant."""

    compound: PaperCompound
    mean: float
    sd: float
    parts: tuple[float | None, ...]
    score: float
    rank: int
    percentile: float


@dataclass(frozen=True, slots=True)
class Scoring:
    """The 49 dopants scored.

    `scale` says what 0 and 1 of each part are; `correlations` (4 x 4, Spearman, None where a part is constant or
    missing) and `remarks` what the parts are worth; `paper_correlation` compares the paper's scores with ours.
    """

    dopants: tuple[DopantScore, ...]
    scale: Scale
    correlations: tuple[tuple[float | None, ...], ...]
    remarks: tuple[str, ...]
    paper: tuple[PaperPlace, ...]
    paper_correlation: float | None
    n_candidates: int


def score_dopants(model: Screens, question: Question, rows: Literature) -> Scoring:
    """Score every dopant alone over `question.settings`; Refusal when no composition is left inside the limits.

    The scale is set by all its compositions that are likely one phase; the one with the highest sigma stands for a
    dopant.
    """
    single = replace(question, settings=replace(question.settings, n_dopants=1), by="sigma", scale=None)
    found = list(evaluate(model, blocks(single.settings), single))
    best = _best_of_each(found)
    if not best:
        raise Refusal("no composition is left inside these limits: widen amounts or silicon", "screen")
    likely = [one.parts[np.isfinite(one.value("sigma"))] for one in found]
    scale = scale_of(np.concatenate(likely))
    scored = {symbol: _scored(one, place, scale) for symbol, (one, place) in best.items()}
    table = tuple(
        DopantScore(symbol, scored.get(symbol), rows.support(symbol), question.settings.is_blocked(one))
        for symbol, one in dopants().items()
    )
    parts = np.array([one.parts[place] for one, place in best.values()])
    everything = scale.score(np.concatenate(likely))
    paper = _paper_places(model, scale, everything)
    correlations = tuple(tuple(spearman(a, b) for b in parts.T) for a in parts.T)
    return Scoring(
        table,
        scale,
        correlations,
        (
            *part_remarks(parts, tuple(best), correlations),
            *spread_remarks(parts[:, 0], np.array([one.sd[place] for one, place in best.values()])),
        ),
        paper,
        spearman(np.array([one.compound.score for one in paper]), np.array([one.score for one in paper])),
        len(everything),
    )


def _best_of_each(found: Sequence[Evaluated]) -> dict[str, tuple[Evaluated, int]]:
    best: dict[str, tuple[float, Evaluated, int]] = {}
    for one in found:
        value = one.value("sigma")
        place = int(value.argmax())
        symbol = one.doped.dopants[0] if one.doped.dopants else "Si"
        if np.isfinite(value[place]) and (symbol not in best or value[place] > best[symbol][0]):
            best[symbol] = (float(value[place]), one, place)
    return {symbol: best[symbol][1:] for symbol in dopants() if symbol in best}


def _scored(one: Evaluated, place: int, scale: Scale) -> Hit:
    score = float(scale.score(one.parts[place : place + 1])[0])
    return replace(one.hit(place, score), score=score)


@dataclass(frozen=True, slots=True)
class PairScore:
    """The best of two dopants together; a dopant with Si: alone and Si other than 2; with itself: alone."""

    first: str
    second: str
    hit: Hit


def pairs_of(hits: Sequence[Hit]) -> tuple[PairScore, ...]:
    """Return the best composition of each pair among `hits`, best first; ties by formula."""
    best: dict[tuple[str, str], Hit] = {}
    for hit in sorted(hits, key=lambda one: one.rank):
        for pair in _pairs(hit):
            best.setdefault(pair, hit)
    return tuple(PairScore(*pair, hit) for pair, hit in best.items())


def _pairs(hit: Hit) -> tuple[tuple[str, str], ...]:
    if len(hit.dopants) > 1:
        return ((hit.dopants[0], hit.dopants[1]),)
    alone = hit.dopants[0] if hit.dopants else "Si"
    with_silicon = alone != "Si" and abs(hit.silicon - _USUAL_SILICON) > _ROUNDING
    return ((alone, alone), (alone, "Si")) if with_silicon else ((alone, alone),)


def single_hits(model: Screens, question: Question) -> tuple[Hit, ...]:
    """Return the best of each dopant alone, and its best with an Si content other than 2, of a question's space."""
    hits = []
    for found in evaluate(model, blocks(replace(question.settings, n_dopants=1)), question):
        alone = found.value(question.by)
        for value in (alone, np.where(found.doped.silicon == _USUAL_SILICON * found.doped.unit, -np.inf, alone)):
            place = int(value.argmax())
            if np.isfinite(value[place]):
                hits.append(found.hit(place, float(value[place])))
    return tuple(hits)


def measured_values(known: Sequence[Known]) -> dict[Key, float]:
    """Return the lab's own results by composition (log10 S/cm, the median of several): they override the model."""
    values: dict[Key, list[float]] = {}
    for row in known:
        if row.is_lab:
            values.setdefault(composition_key(row.formula), []).append(row.log10_sigma)
    return {key: median(results) for key, results in values.items()}


@lru_cache(maxsize=1)
def paper_compounds() -> tuple[PaperCompound, ...]:
    """Return the paper's 17 compounds; `data/paper_predictions.csv`."""
    text = (DATA / "paper_predictions.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return tuple(
        PaperCompound(row["formula"], row["dopant"], float(row["score"]), float(row["charge"]), row["remark"])
        for row in csv.DictReader(lines)
    )


def _paper_places(model: Screens, scale: Scale, everything: Floats) -> tuple[PaperPlace, ...]:
    from nasicon_loop.predict import crystals_of

    compounds = paper_compounds()
    compositions = [Composition.parse(one.formula) for one in compounds]
    batch = crystals_of(compositions)
    answer, stability = model.summary(batch), model.hull(batch)
    mean = np.asarray(answer.mean, dtype=np.float64)
    sodium = np.array([float(one.normalised().get("Na")) for one in compositions])
    widths = [window_width_v([s for s in one.elements if s not in HOST_ELEMENTS]) for one in compositions]
    columns = {
        "conductivity": mean,
        "window": np.array([np.nan if width is None else width for width in widths]),
        "stability": np.full(len(mean), np.nan)
        if stability is None
        else np.where(stability.is_supported, stability.p_stable, np.nan),
        "diffusion": diffusion_log10(mean, sodium, batch.volume_angstrom3),
    }
    parts = np.stack([columns[part] for part in PARTS], axis=1)
    scores = scale.score(parts)
    places = []
    for k, compound in enumerate(compounds):
        n_better = int((everything > scores[k]).sum())
        told = tuple(None if np.isnan(value) else float(value) for value in parts[k])
        share_below = float((everything < scores[k]).mean())
        places.append(
            PaperPlace(compound, float(mean[k]), float(answer.sd[k]), told, float(scores[k]), n_better + 1, share_below)
        )
    return tuple(places)
