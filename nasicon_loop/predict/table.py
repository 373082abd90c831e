"""Training rows as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.core import Refusal
from nasicon_loop.predict.crystals import Crystals, joined
from nasicon_loop.predict.groups import components
from nasicon_loop.predict.rows import Row
from nasicon_loop.predict.structures import crystals_of_rows

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Table:
    """Training rows as arrays; `skipped` are rows that no NASICON site assignment takes, with the reason."""

    rows: tuple[Row, ...]
    batch: Crystals
    skipped: tuple[tuple[str, str], ...]

    @property
    def target(self) -> Array:
        """(n,) log10 of S/cm."""
        return np.array([row.log10_sigma for row in self.rows])

    @property
    def temperature_c(self) -> Array:
        """(n,)"""
        return np.array([row.temperature_c for row in self.rows])

    @property
    def kinds(self) -> list[str]:
        """(n,) "total", "bulk" or "unknown"."""
        return [row.kind for row in self.rows]

    @property
    def groups(self) -> NDArray[np.int64]:
        """(n,) connected components of source and formula."""
        return components(self.rows, self.batch.formulas)

    def take(self, places: NDArray[np.int64]) -> "Table":
        """Return the rows at the given places."""
        return Table(tuple(self.rows[i] for i in places), self.batch.take(places), self.skipped)

    def followed_by(self, other: "Table") -> "Table":
        """Return these rows and the other's behind them."""
        return Table(self.rows + other.rows, joined(self.batch, other.batch), self.skipped)


def tabulate(rows: Sequence[Row]) -> Table:
    """Return rows as arrays, on their own structures where there are any; no NASICON is skipped, with the reason."""
    kept, skipped = [], []
    for row in rows:
        try:
            crystals_of_rows([(row.formula, row.structure)])
        except Refusal as refusal:
            skipped.append((row.row_id, str(refusal)))
        else:
            kept.append(row)
    return Table(tuple(kept), crystals_of_rows([(row.formula, row.structure) for row in kept]), tuple(skipped))


def within(table: Table, window_c: tuple[float, float] | None) -> Table:
    """Return the rows measured at temperatures inside `window_c` (°C), all of them for None."""
    if window_c is None:
        return table
    inside = (table.temperature_c >= window_c[0]) & (table.temperature_c <= window_c[1])
    return table.take(np.flatnonzero(inside))
