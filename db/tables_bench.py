"""The tables of the bench since version 0002: stock, weighing step by step, furnace loads, phases, sign-offs."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from db.table_base import Base, Fact, json_field


class LotTable(Fact, table=True):
    __tablename__ = "lot"
    __table_args__ = (sa.UniqueConstraint("number", "lab_id"), sa.Index(None, "precursor", "lab_id"))
    number: int
    precursor: str
    lot_number: str
    supplier: str
    assay: float
    loss_on_ignition: float
    opened_on: str | None = None
    amount_g: float
    note: str


class LotEventTable(Fact, table=True):
    """What happened to a jar: opened, fired, counted anew, closed."""

    __tablename__ = "lot_event"
    lot_id: int = Field(foreign_key="lot.id", index=True)
    kind: str
    on_date: str
    left_g: float | None = None
    note: str


class WeighingEntryTable(Fact, table=True):
    """One reading of the balance: all of one precursor that lies in the vessel."""

    __tablename__ = "weighing_entry"
    sample_id: int = Field(foreign_key="sample.id", index=True)
    precursor: str
    mass_g: float
    lot_id: int | None = Field(default=None, foreign_key="lot.id", index=True)
    operator: str
    balance: str | None = None
    raw_line: str | None = None


class RecipeSignatureTable(Fact, table=True):
    __tablename__ = "recipe_signature"
    recipe_id: int = Field(foreign_key="recipe.id", index=True)
    who: str
    note: str


class DeviationTable(Fact, table=True):
    __tablename__ = "deviation"
    sample_id: int = Field(foreign_key="sample.id", index=True)
    recipe_id: int | None = Field(default=None, foreign_key="recipe.id", index=True)
    text: str
    who: str


class FurnaceLoadTable(Fact, table=True):
    __tablename__ = "furnace_load"
    __table_args__ = (sa.UniqueConstraint("number", "lab_id"),)
    number: int
    step: str
    program: Mapping[str, Any] = json_field()
    set_temperature_c: float
    hours: float
    offset_c: float
    calibrated_on: str | None = None
    without_reference: str
    note: str


class LoadPlaceTable(Fact, table=True):
    __tablename__ = "load_place"
    __table_args__ = (sa.UniqueConstraint("furnace_load_id", "sample_id"),)
    furnace_load_id: int = Field(foreign_key="furnace_load.id")
    sample_id: int = Field(foreign_key="sample.id", index=True)
    slot: str
    bed: str
    is_reference: bool


class PelletPhaseTable(Fact, table=True):
    __tablename__ = "pellet_phase"
    pellet_id: int = Field(foreign_key="pellet.id", index=True)
    phase: str
    second_phases: Mapping[str, Any] = json_field()
    pattern_sha256: str | None = None
    pattern_name: str | None = None
    who: str
    note: str


class LotStateTable(Base, table=True):
    __tablename__ = "lot_state"
    __table_args__ = (sa.Index(None, "state", "lab_id"),)
    lab_id: int = Field(foreign_key="lab.id")
    lot_id: int = Field(foreign_key="lot.id", primary_key=True)
    state: str
    left_g: float
    opened_on: str | None = None
    fired_on: str | None = None


BENCH_FACTS = (
    "lot", "lot_event", "weighing_entry", "recipe_signature", "deviation", "furnace_load", "load_place", "pellet_phase",
)  # fmt: skip
