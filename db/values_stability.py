"""Computed stabilities. See `db.values` for the rules."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StabilityEntry:
    """A computed energy above the convex hull at 0 K, in eV per atom, before it is stored.

    Where it was read, and the structure that belongs to it, are as in `LiteratureEntry`.
    """

    formula: str
    energy_above_hull_ev: float
    source: str
    file_name: str | None = None
    file_sha256: str | None = None
    line: int | None = None
    structure_name: str | None = None
    structure_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStability(StabilityEntry):
    """A stored energy above the hull; `row_hash` is unique in the lab."""

    id: int
    row_hash: str
    at: datetime
