"""Computed stabilities. See `db.values` for the rules."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StabilityEntry:
    """A computed energy above the convex hull at 0 K, in eV per atom, before it is stored."""

    formula: str
    energy_above_hull_ev: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStability(StabilityEntry):
    """A stored energy above the hull; `row_hash` is unique in the lab."""

    id: int
    row_hash: str
    at: datetime
