"""The table of quality since version 0003: short and open of the leads, dummy-cell readings, DC polarisations."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from db.table_base import Fact, json_field


class QualityTable(Fact, table=True):
    """One reading that says how far the others can be trusted, or what they cannot show."""

    __tablename__ = "quality"
    __table_args__ = (sa.Index(None, "kind", "lab_id"),)
    kind: str
    pellet_id: int | None = Field(default=None, foreign_key="pellet.id", index=True)
    files: Mapping[str, Any] = json_field()
    document: Mapping[str, Any] = json_field()
    who: str
    note: str


QUALITY_FACTS = ("quality",)
