"""What a pellet teaches: several sweeps of one pellet are one result, not several."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from db import Reader, TeachingHead, TeachingRow
    from nasicon_loop.predict import Row

Row_ = TypeVar("Row_", "TeachingRow", "TeachingHead")
_LN10 = math.log(10.0)
_POOLED_AT_ONCE = 20
RANKED_AT_ONCE = 200
"""Pellets of one question: asking costs much more than what is read in vain."""


def per_pellet(
    reader: "Reader", results: "Sequence[TeachingRow]", rows: "Sequence[Row]", least_dex: float
) -> "list[Row]":
    """Return one training row per pellet, in the order of the first sweep; `rows` are those of `results`.

    Sweeps are pooled with what differs between them; thickness, electrode, leads and temperature, which they share,
    are counted once and do not shrink with the number of sweeps. No row gets an sd below `least_dex`.
    """
    from nasicon_loop import eis

    sweeps: dict[int, list[int]] = {}
    kept: dict[int, Row] = {}
    for place, (result, row) in enumerate(zip(results, rows, strict=True)):
        key = -result.analysis_id if result.pellet_id is None else result.pellet_id
        kept.setdefault(key, row)
        sweeps.setdefault(key, []).append(place)
    several = [results[place].analysis_id for places in sweeps.values() if len(places) > 1 for place in places]
    analyses = reader.budgets(several)
    for key, places in sweeps.items():
        if len(places) == 1:
            continue
        value = eis.pooled([[analyses[results[place].analysis_id] for place in places]])
        newest = rows[places[-1]]
        kept[key] = replace(
            newest,
            row_id=f"pellet-{newest.source}",
            log10_sigma=math.log10(value.sigma_25_s_cm),
            log10_sigma_sd=max(value.sigma_25_s_cm_sd / value.sigma_25_s_cm / _LN10, least_dex),
        )
    return list(kept.values())


def pellet_results(reader: "Reader") -> "list[TeachingRow]":
    """Return what teaches, one row per pellet, oldest pellet first: the newest sweep's row with the pooled sigma.

    This is what boards, reports and the best so far show: the best of several sweeps of one pellet would be its luck.
    """
    return pooled_rows(reader, reader.teaching_analyses())


def pooled_rows(reader: "Reader", rows: "Sequence[Row_]") -> "list[Row_]":
    """Return one of `rows` per pellet: the newest, with the pooled sigma. All budgets are read in one question."""
    from nasicon_loop import eis

    by_pellet = _by_pellet(rows)
    several = [row.analysis_id for sweeps in by_pellet.values() if len(sweeps) > 1 for row in sweeps]
    analyses = reader.budgets(several)
    shown = []
    for sweeps in by_pellet.values():
        newest = sweeps[-1]
        if len(sweeps) > 1:
            value = eis.pooled([[analyses[row.analysis_id] for row in sweeps]])
            newest = replace(newest, sigma_25_s_cm=value.sigma_25_s_cm, sigma_25_s_cm_sd=value.sigma_25_s_cm_sd)
        shown.append(newest)
    return shown


def best_pellet(reader: "Reader", ranked: "Sequence[tuple[int, float]]") -> "TeachingHead | None":
    """Return the pellet with the highest pooled sigma, as `max` over `pellet_results` would find it.

    `ranked` are the first of `reader.ranked_pellets`. A pooled value lies among its sweeps, so pellets are pooled from
    the highest sweep down until none can be above.
    """
    best: TeachingHead | None = None
    n_ranked = len(ranked)
    while ranked and (best is None or ranked[0][1] >= _sigma(best)):
        few, ranked = ranked[:_POOLED_AT_ONCE], ranked[_POOLED_AT_ONCE:]
        found = pooled_rows(reader, reader.teaching_heads(pellets=[pellet_id for pellet_id, _ in few]))
        best = max([*([best] if best else []), *found], key=_sigma)
        if not ranked and n_ranked % RANKED_AT_ONCE == 0:
            ranked = reader.ranked_pellets(limit=RANKED_AT_ONCE, offset=n_ranked).pellets
            n_ranked += len(ranked)
    return best


def _sigma(row: "TeachingHead") -> float:
    return row.sigma_25_s_cm or row.sigma_total_s_cm


def _by_pellet(rows: "Sequence[Row_]") -> "dict[int, list[Row_]]":
    """Sweeps by pellet, in the order of the first sweep; without a pellet each stands alone."""
    found: dict[int, list[Row_]] = {}
    for row in rows:
        found.setdefault(-row.analysis_id if row.pellet_id is None else row.pellet_id, []).append(row)
    return found
