"""Which measured compositions are closest to one in question: reasons in words need them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nasicon_loop.chemistry import Composition
from nasicon_loop.predict.crystals import crystals
from nasicon_loop.predict.descriptors import SITES
from nasicon_loop.predict.rows import Row
from nasicon_loop.predict.table import tabulate


@dataclass(frozen=True)
class KnownResult:
    """A measured row and how far its composition is: half the atoms per formula unit (O left out) to be exchanged."""

    formula: str
    log10_sigma: float
    temperature_c: float
    source: str
    row_id: str
    distance: float


def nearest_known(rows: Sequence[Row], formula: str | Composition, k: int = 3) -> list[KnownResult]:
    """Return the k rows closest in composition, site by site; the same composition has distance 0.

    Ties: fewest elements that only one of both has, then nearer to 25 °C, then by row id. Rows that are no NASICON are
    passed over. Raises Refusal when `formula` is none.
    """
    table = tabulate(rows)
    asked = crystals([formula])
    if not table.rows or k < 1:
        return []
    distance, n_foreign = np.zeros(len(table.rows)), np.zeros(len(table.rows))
    for site in SITES:
        there, wanted = table.batch.amounts[site], asked.amounts[site]
        distance += np.abs(there - wanted).sum(axis=1) / 2
        n_foreign += ((there > 0) != (wanted > 0)).sum(axis=1)
    distance = distance.round(9)
    order = sorted(
        range(len(table.rows)),
        key=lambda i: (distance[i], n_foreign[i], abs(table.rows[i].temperature_c - 25.0), table.rows[i].row_id),
    )
    return [
        KnownResult(
            formula=table.batch.formulas[i],
            log10_sigma=table.rows[i].log10_sigma,
            temperature_c=table.rows[i].temperature_c,
            source=table.rows[i].source,
            row_id=table.rows[i].row_id,
            distance=float(distance[i]),
        )
        for i in order[:k]
    ]
