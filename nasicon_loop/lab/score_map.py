"""The scores of the dopants over the periodic table, for a map made of characters: both faces draw the same cells."""

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nasicon_loop.lab.scoring import DopantsScored

N_LEVELS = 5


@dataclass(frozen=True, slots=True)
class ScoreCell:
    """One dopant at its place: column 1 to 18, line 1 to 8 (7 stays empty).

    `mark` is the score in per cent, with ~ where no measured row supports it; x: blocked by policy; -: none. `level`
    is 0 (low) to 4, None where there is no score.
    """

    element: str
    column: int
    line: int
    mark: str
    level: int | None


def score_cells(found: "DopantsScored") -> tuple[ScoreCell, ...]:
    """Return the 49 dopants as cells of a map."""
    from nasicon_loop.report import PLACES

    dopants = found.scoring.dopants
    scores = [one.hit.score for one in dopants if one.hit is not None and one.hit.score is not None]
    low = min(scores, default=0.0)
    width = max(max(scores, default=1.0) - low, 1e-9)
    cells = []
    for one in dopants:
        column, row = PLACES[one.element]
        score = None if one.hit is None else one.hit.score
        if score is None:
            mark, level = "x" if one.is_blocked else "-", None
        else:
            mark = f"{100 * score:.0f}" + ("" if one.n_support_rows else "~")
            level = min(int((score - low) / width * N_LEVELS), N_LEVELS - 1)
        cells.append(ScoreCell(one.element, column, ceil(row), mark, level))
    return tuple(cells)
