"""What a pellet teaches: several sweeps of one pellet are one result, not several."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from nasicon_loop.lab.analysing import analysis_of

if TYPE_CHECKING:
    from db import Reader, TeachingRow
    from nasicon_loop.predict import Row

_LN10 = math.log(10.0)


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
    for key, places in sweeps.items():
        if len(places) == 1:
            continue
        ids = {results[place].analysis_id for place in places}
        stored = [one for one in reader.current_analyses(pellet=key, standing="teaches") if one.id in ids]
        value = eis.pooled([[analysis_of(one) for one in stored]])
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
    from nasicon_loop import eis

    by_pellet: dict[int, list[TeachingRow]] = {}
    for row in reader.teaching_analyses():
        by_pellet.setdefault(-row.analysis_id if row.pellet_id is None else row.pellet_id, []).append(row)
    shown = []
    for key, rows in by_pellet.items():
        newest = rows[-1]
        if len(rows) > 1:
            ids = {row.analysis_id for row in rows}
            stored = [one for one in reader.current_analyses(pellet=key, standing="teaches") if one.id in ids]
            value = eis.pooled([[analysis_of(one) for one in stored]])
            newest = replace(newest, sigma_25_s_cm=value.sigma_25_s_cm, sigma_25_s_cm_sd=value.sigma_25_s_cm_sd)
        shown.append(newest)
    return shown
