"""Use cases: the paper's score of the 49 dopants and of their pairs, with what the score is worth."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Executor, Progress, Refusal, Silent, read_bounded
from nasicon_loop.lab.learning import current_model
from nasicon_loop.lab.suggesting import past_of, search_settings

if TYPE_CHECKING:
    from nasicon_loop.campaign import DopantScore, PairScore, Question, Scoring
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.lab.knowledge import Past
    from nasicon_loop.predict import Model

WINDOWS_NAME = "windows.csv"
"""Measured windows of the lab, in its folder: formula, low_v, high_v (V against Na+/Na), source."""
_MAX_WINDOWS_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class DopantsScored:
    """The 49 dopants by score, and what the parts of the score are worth."""

    scoring: "Scoring"
    model: str

    @property
    def ranking(self) -> "tuple[DopantScore, ...]":
        """The dopants, best first; those without a score at the end."""
        return tuple(sorted(self.scoring.dopants, key=lambda one: -_value(one)))

    def document(self) -> dict[str, Any]:
        """Return the object that `nasicon screen --json` prints."""
        from nasicon_loop.campaign import PART_UNITS, PARTS, WEIGHTS

        scoring = self.scoring
        return {
            "schema": 1,
            "model": self.model,
            "n_candidates": scoring.n_candidates,
            "parts": [
                {"part": part, "weight": weight, "unit": unit, "zero_at": low, "one_at": high}
                for part, weight, unit, low, high in zip(
                    PARTS, WEIGHTS, PART_UNITS, scoring.scale.low, scoring.scale.high, strict=True
                )
            ],
            "rank_correlations": scoring.correlations,
            "remarks": scoring.remarks,
            "dopants": [dopant_document(one) for one in self.ranking],
            "paper": scoring.paper,
            "paper_rank_correlation": scoring.paper_correlation,
        }


@dataclass(frozen=True, slots=True)
class PairsScored:
    """The best composition of every pair of dopants, best first."""

    dopants: DopantsScored
    pairs: "tuple[PairScore, ...]"
    n_candidates: int

    def document(self) -> dict[str, Any]:
        """Return the object that `nasicon screen --pairs --json` prints."""
        return {**self.dopants.document(), "n_pair_candidates": self.n_candidates, "pairs": self.pairs}


def dopant_document(one: "DopantScore") -> dict[str, Any]:
    """Return one dopant's line; everything is null where no composition stands for it."""
    from nasicon_loop.campaign import PARTS

    hit = one.hit
    return {
        "element": one.element,
        "score": None if hit is None else hit.score,
        "formula": None if hit is None else hit.formula,
        "log10_sigma_mean": None if hit is None else hit.mean,
        "log10_sigma_sd": None if hit is None else hit.sd,
        "expected_gain": None if hit is None else hit.gain,
        "chance_of_one_phase": None if hit is None else hit.chance,
        "parts": None if hit is None else dict(zip(PARTS, hit.parts, strict=True)),
        "n_support_rows": one.n_support_rows,
        "is_blocked": one.is_blocked,
    }


def score_dopants(lab: "Lab", *, plot: Path | None = None, progress: Progress | None = None) -> DopantsScored:
    """Score all 49 dopants with the current model; `plot` draws the periodic-table map (.png or .svg).

    Raises Refusal when nothing was trained yet.
    """
    _refuse_picture(plot)
    bar = progress or Silent()
    bar.start("scoring the dopants", 1)
    run, model = current_model(lab)
    past = past_of(lab)
    found = DopantsScored(scored(lab, model, past, dopant_question(lab, model, past)), f"run {run.number}")
    bar.advance()
    bar.finish()
    if plot is not None:
        from nasicon_loop.lab.pictures import draw_scores

        draw_scores(found.scoring.dopants, plot)
    return found


def score_pairs(
    lab: "Lab",
    *,
    plot: Path | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> PairsScored:
    """Score every pair of the 49 dopants on a coarse grid; `plot` draws the 49 x 49 map (.png or .svg).

    Raises Refusal when nothing was trained yet.
    """
    from nasicon_loop import campaign
    from nasicon_loop.lab.screening import screen_with

    _refuse_picture(plot)
    run, model = current_model(lab)
    past = past_of(lab)
    first = dopant_question(lab, model, past)
    dopants = DopantsScored(scored(lab, model, past, first), f"run {run.number}")
    space = campaign.coarse_pairs(search_settings(lab))
    question = replace(first, settings=space, by="score", scale=dopants.scoring.scale, n_best=1)
    directory = lab.folder.models / Path(run.directory).name
    found = screen_with(directory, question, executor=executor, progress=progress)
    pairs = campaign.pairs_of([*found.by_set, *campaign.single_hits(model, question)])
    if plot is not None:
        from nasicon_loop.lab.pictures import draw_pairs

        draw_pairs(pairs, dopants.scoring.dopants, plot)
    return PairsScored(dopants, pairs, found.n_candidates)


def _refuse_picture(plot: Path | None) -> None:
    """Ask before the work, not after it, whether its picture can have this place."""
    if plot is not None:
        from nasicon_loop.report import refuse_picture

        refuse_picture(plot)


def dopant_question(lab: "Lab", model: "Model", past: "Past") -> "Question":
    """Return the question to the dopants alone: the best so far, solubility, what the lab measured itself."""
    from nasicon_loop import campaign

    rules = search_settings(lab)
    formulas = [row.formula for row in past.known]
    return campaign.Question(
        rules,
        campaign.incumbent(model, formulas).mean,
        campaign.limits(campaign.literature(past.known), rules),
        by="sigma",
        measured=campaign.measured_values(past.known),
        windows_v=measured_windows(lab.folder.path / WINDOWS_NAME),
    )


def scored(lab: "Lab", model: "Model", past: "Past", question: "Question") -> "Scoring":
    """Return the scores of the dopants."""
    from nasicon_loop import campaign

    return campaign.score_dopants(model, question, campaign.literature(past.known))


def measured_windows(path: Path) -> "Mapping[Any, float]":
    """Return the widths (V) in the lab's `windows.csv` by composition; nothing without the file.

    Raises Refusal naming the line that cannot be read.
    """
    from nasicon_loop import campaign
    from nasicon_loop.chemistry import FormulaError

    if not path.is_file():
        return {}
    text = read_bounded(path, _MAX_WINDOWS_BYTES).decode("utf-8-sig", errors="replace")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = {}
    for number, row in enumerate(csv.DictReader(io.StringIO("\n".join(lines))), start=2):
        try:
            low, high = float(row["low_v"]), float(row["high_v"])
            key = campaign.composition_key(row["formula"])
        except (KeyError, TypeError, ValueError, FormulaError) as error:
            raise Refusal("needs formula, low_v and high_v in volt", f"{path.name}, line {number}") from error
        if not -1.0 <= low <= high <= 10.0:
            raise Refusal("limits are volts against Na+/Na, the lower one first", f"{path.name}, line {number}")
        found[key] = high - low
    return found


def _value(one: "DopantScore") -> float:
    return one.hit.score if one.hit is not None and one.hit.score is not None else float("-inf")
