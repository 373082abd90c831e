"""The table of computed stabilities since version 0005: energies above the convex hull at 0 K; since 0006 with
where each came from."""

import sqlalchemy as sa

from db.table_base import Fact


class StabilityTable(Fact, table=True):
    """One computed energy above the hull; `row_hash` is unique in the lab."""

    __tablename__ = "stability"
    __table_args__ = (sa.UniqueConstraint("row_hash", "lab_id"),)
    row_hash: str
    formula: str
    energy_above_hull_ev: float
    source: str
    file_name: str | None = None
    file_sha256: str | None = None
    line: int | None = None
    structure_name: str | None = None
    structure_sha256: str | None = None


STABILITY_FACTS = ("stability",)
