"""Which circuit speaks for the spectrum: physics first, then information, then simplicity."""

from dataclasses import dataclass

import numpy as np

from nasicon_loop.eis.branches import Reading
from nasicon_loop.eis.candidates import Candidate
from nasicon_loop.eis.settings import Settings

_WEIGHED = 12.0  # readings further behind in BIC have no voice in the spread


@dataclass(frozen=True)
class Choice:
    """The chosen reading (None: nothing fits the physics), those equally good, and how far any disagreeing one is.

    `spread` is the relative spread of R_total over the readings, weighed by exp(-dBIC/2); `range` the largest relative
    difference among those equally good; `rival_bic` how much worse in BIC the best reading is whose R_total differs by
    more than the cross-check's limit. `unclosed_f`: the best description of the data has an arc that did not close.
    """

    chosen: Reading | None
    kept: tuple[Reading, ...]
    spread: float
    range: float
    rival_bic: float
    unclosed_f: float | None
    best_dropped: Reading | None


def choose(readings: list[Reading], settings: Settings, wanted: Candidate | None = None) -> Choice:
    """Choose among the readings of all candidates, or take the `wanted` one.

    A wanted circuit is held against the others like a chosen one: what they say otherwise is in spread and range.
    """
    asked = next((reading for reading in readings if reading.fit.candidate == wanted), None)
    if asked is not None and (asked.dropped or asked.unclosed_f is not None):
        return Choice(None, (), 0.0, 0.0, 0.0, asked.unclosed_f, asked)
    best_of_all = min(readings, key=lambda reading: reading.fit.bic)
    possible = [reading for reading in readings if not reading.dropped and reading.unclosed_f is None]
    possible = _usual_leads(possible, settings)
    unclosed = [reading for reading in readings if reading.unclosed_f is not None]
    best_unclosed = min(unclosed, key=lambda reading: reading.fit.bic, default=None)
    if not possible:
        f = None if best_unclosed is None else best_unclosed.unclosed_f
        return Choice(None, (), 0.0, 0.0, 0.0, f, best_of_all)
    best = min(possible, key=lambda reading: reading.fit.bic)
    unclosed_f = None
    if best_unclosed is not None and best_unclosed.fit.bic < best.fit.bic - settings.decisive_bic:
        unclosed_f = best_unclosed.unclosed_f
    kept = [r for r in possible if r.fit.bic <= best.fit.bic + settings.bic_window]
    chosen = asked or min(kept, key=lambda reading: (reading.fit.n_parameters, reading.fit.bic))
    heard = [r for r in possible if r.fit.bic <= best.fit.bic + _WEIGHED]
    weight = np.exp(-0.5 * np.array([r.fit.bic - best.fit.bic for r in heard]))
    difference = np.array([r.r_total_ohm / chosen.r_total_ohm - 1.0 for r in heard])
    spread = float(np.sqrt(np.sum(weight * difference**2) / weight.sum()))
    rivals = [
        r.fit.bic - best.fit.bic
        for r in possible
        if abs(r.r_total_ohm / chosen.r_total_ohm - 1.0) > settings.max_cross_check
    ]
    return Choice(
        chosen,
        tuple(kept),
        spread,
        max((abs(r.r_total_ohm / chosen.r_total_ohm - 1.0) for r in kept), default=0.0),
        min(rivals, default=np.inf),
        unclosed_f,
        best_of_all if best_of_all.fit.bic < best.fit.bic else None,
    )


def _usual_leads(possible: list[Reading], settings: Settings) -> list[Reading]:
    """Leave out readings that need more inductance than leads have, unless the data insist on it."""
    usual = [r for r in possible if r.needs_inductance_h <= settings.max_inductance_h]
    if not usual or min(r.fit.bic for r in usual) > min(r.fit.bic for r in possible) + settings.decisive_bic:
        return possible
    return usual
