"""The tables of furnaces on a cable since version 0004: what was started, what happened, what was read.

`furnace_reading` is telemetry, outside the journal.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from db.table_base import Fact, Row, json_field
from db.types import UtcDatetime


class FurnaceRunTable(Fact, table=True):
    """One start of a program. It is open until an event "ended" belongs to it."""

    __tablename__ = "furnace_run"
    __table_args__ = (sa.UniqueConstraint("number", "lab_id"),)
    number: int
    furnace: str
    driver: str
    step: str
    labels: Mapping[str, Any] = json_field()
    furnace_load_id: int | None = Field(default=None, foreign_key="furnace_load.id", index=True)
    segments: Mapping[str, Any] = json_field()
    program_hash: str
    program_number: int
    top_c: float
    hours: float
    speed: float
    writes: Mapping[str, Any] = json_field()
    who: str


class FurnaceEventTable(Fact, table=True):
    """What happened during a run: alarms, gaps in the log, the end."""

    __tablename__ = "furnace_event"
    furnace_run_id: int = Field(foreign_key="furnace_run.id", index=True)
    kind: str
    text: str
    data: Mapping[str, Any] = json_field()


class FurnaceReadingTable(Row, table=True):
    """One look at the furnace."""

    __tablename__ = "furnace_reading"
    furnace_run_id: int = Field(foreign_key="furnace_run.id", index=True)
    taken_at: datetime = Field(sa_type=UtcDatetime)
    pv_c: float | None = None
    setpoint_c: float | None = None
    output_percent: float | None = None
    segment: int | None = None
    status: str
    alarms: str


FURNACE_FACTS = ("furnace_run", "furnace_event")
