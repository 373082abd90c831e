"""The tables. These classes never leave the room: what goes in and out are the frozen values of `db.values`.

Every table has `lab_id`. Facts are insert-only; the five `*_state` tables are projections that `db.projections` keeps
and can rebuild; `sighting` and `furnace_reading` are telemetry, outside the journal. Constraints have names from the
first day on, because an unnamed one cannot be changed later on SQLite. In indexes over several columns `lab_id` stands
last: an index that begins with it looks useful to SQLite's planner in every question, and is useless in a file that
holds one lab.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from db.table_base import METADATA, Base, Fact, Row, json_field, optional_json_field
from db.tables_bench import BENCH_FACTS
from db.tables_furnace import FURNACE_FACTS
from db.tables_quality import QUALITY_FACTS
from db.tables_stability import STABILITY_FACTS
from db.types import UtcDatetime

__all__ = ["ADDED", "FACTS", "METADATA", "TABLES"]


class LabTable(Base, table=True):
    __tablename__ = "lab"
    __table_args__ = (sa.UniqueConstraint("name"),)
    id: int | None = Field(default=None, primary_key=True)
    name: str
    label_prefix: str
    at: datetime = Field(sa_type=UtcDatetime)


class JournalTable(Fact, table=True):
    __tablename__ = "journal"
    __table_args__ = (
        sa.Index(None, "subject", "subject_id", "lab_id"),
        sa.Index(None, "event", "lab_id"),
        sa.Index(None, "fact", "fact_id", "lab_id"),
    )
    who: str
    event: str
    subject: str
    subject_id: int
    data: Mapping[str, Any] = json_field()
    fact: str | None = None  # the table and id of the row that was written with this line, and its digest:
    fact_id: int | None = None  # a fact changed or lost behind our back is found
    digest: str | None = None


class ModelRunTable(Fact, table=True):
    __tablename__ = "model_run"
    __table_args__ = (sa.UniqueConstraint("number", "lab_id"),)
    number: int
    directory: str
    data_hash: str
    settings: Mapping[str, Any] = json_field()
    metrics: Mapping[str, Any] = json_field()
    n_literature_rows: int
    n_lab_rows: int
    seed: int = Field(sa_type=sa.BigInteger)
    trigger: str


class SuggestionTable(Fact, table=True):
    __tablename__ = "suggestion"
    __table_args__ = (sa.UniqueConstraint("number", "lab_id"),)
    number: int
    model_run_id: int | None = Field(default=None, foreign_key="model_run.id", index=True)
    formula: str
    dopant: str
    log10_sigma_mean: float
    log10_sigma_sd: float
    quantiles: Mapping[str, Any] = json_field()
    acquisition: float
    reason: str
    batch: int


class SampleTable(Fact, table=True):
    __tablename__ = "sample"
    __table_args__ = (sa.UniqueConstraint("number", "lab_id"), sa.UniqueConstraint("label", "lab_id"))
    label: str
    number: int
    target_formula: str
    suggestion_id: int | None = Field(default=None, foreign_key="suggestion.id", index=True)
    is_reference: bool
    note: str


class RecipeTable(Fact, table=True):
    __tablename__ = "recipe"
    __table_args__ = (sa.UniqueConstraint("sample_id", "version"),)
    sample_id: int = Field(foreign_key="sample.id")
    version: int
    document: Mapping[str, Any] = json_field()


class WeighingTable(Fact, table=True):
    __tablename__ = "weighing"
    sample_id: int = Field(foreign_key="sample.id", index=True)
    masses_g: Mapping[str, Any] = json_field()
    weighed_formula: str
    batched_formula: str
    excess_fraction: float
    operator: str


class FiringTable(Fact, table=True):
    __tablename__ = "firing"
    sample_id: int = Field(foreign_key="sample.id", index=True)
    step: str
    temperature_c: float
    hours: float
    note: str
    furnace_load_id: int | None = Field(default=None, foreign_key="furnace_load.id", index=True)
    set_temperature_c: float | None = None
    mass_before_g: float | None = None
    mass_after_g: float | None = None


class PelletTable(Fact, table=True):
    __tablename__ = "pellet"
    __table_args__ = (sa.UniqueConstraint("sample_id", "number"), sa.UniqueConstraint("label", "lab_id"))
    sample_id: int = Field(foreign_key="sample.id")
    number: int
    label: str


class PelletGeometryTable(Fact, table=True):
    __tablename__ = "pellet_geometry"
    pellet_id: int = Field(foreign_key="pellet.id", index=True)
    thickness_cm: float | None = None
    thickness_cm_sd: float | None = None
    electrode_diameter_cm: float | None = None
    electrode_diameter_cm_sd: float | None = None
    fired_diameter_cm: float | None = None
    die_diameter_cm: float | None = None
    mass_g: float | None = None
    relative_density: float | None = None
    fired_diameter_cm_sd: float | None = None
    green_mass_g: float | None = None
    green_thickness_cm: float | None = None
    green_diameter_cm: float | None = None
    electrode_method: str | None = None
    density_method: str | None = None
    archimedes: Mapping[str, Any] | None = optional_json_field()
    readings: Mapping[str, Any] | None = optional_json_field()


class RawFileTable(Fact, table=True):
    __tablename__ = "raw_file"
    __table_args__ = (sa.UniqueConstraint("sha256", "lab_id"),)
    sha256: str
    size_bytes: int = Field(sa_type=sa.BigInteger)
    name: str


class ReadingTable(Fact, table=True):
    """What a reader made of a file's bytes; the newest counts. A later reader may read what was refused before."""

    __tablename__ = "reading"
    __table_args__ = (sa.Index(None, "numbers_sha256", "lab_id"),)
    raw_file_id: int = Field(foreign_key="raw_file.id", index=True)
    numbers_sha256: str | None = None
    reader: str | None = None
    reader_version: str | None = None
    refusal: str | None = None
    duplicate_of: int | None = Field(default=None, foreign_key="raw_file.id", index=True)


class SightingTable(Fact, table=True):
    __tablename__ = "sighting"
    __table_args__ = (sa.Index(None, "path", "lab_id"),)
    raw_file_id: int = Field(foreign_key="raw_file.id", index=True)
    path: str
    mtime_ns: int = Field(sa_type=sa.BigInteger)
    size_bytes: int = Field(sa_type=sa.BigInteger)


class AssignmentTable(Fact, table=True):
    __tablename__ = "assignment"
    raw_file_id: int = Field(foreign_key="raw_file.id", index=True)
    sample_id: int | None = Field(default=None, foreign_key="sample.id", index=True)
    pellet_id: int | None = Field(default=None, foreign_key="pellet.id", index=True)
    how: str


class SpectrumTable(Fact, table=True):
    __tablename__ = "spectrum"
    __table_args__ = (sa.UniqueConstraint("reading_id", "sweep"),)
    raw_file_id: int = Field(foreign_key="raw_file.id", index=True)
    reading_id: int = Field(foreign_key="reading.id")
    sweep: int
    n_points: int
    frequency_blob: bytes
    impedance_blob: bytes
    # "metadata" is taken on table classes, not as a column's name
    document: Mapping[str, Any] = Field(sa_column=sa.Column("metadata", sa.JSON, nullable=False))
    temperature_c: float | None = None
    temperature_c_sd: float | None = None
    temperature_source: str | None = None


class AnalysisTable(Fact, table=True):
    __tablename__ = "analysis"
    __table_args__ = (
        sa.CheckConstraint("verdict IN ('accepted', 'review', 'rejected')", name="verdict"),
        sa.CheckConstraint(
            "verdict <> 'rejected' OR (r_total_ohm IS NULL AND sigma_total_s_cm IS NULL AND sigma_25_s_cm IS NULL)",
            name="rejected_has_no_number",
        ),
    )
    spectrum_id: int = Field(foreign_key="spectrum.id", index=True)
    pellet_geometry_id: int | None = Field(default=None, foreign_key="pellet_geometry.id", index=True)
    engine_version: str
    verdict: str
    reasons: list[str] = json_field()
    circuit_string: str | None = None
    r_total_ohm: float | None = None
    r_total_ohm_sd: float | None = None
    sigma_total_s_cm: float | None = None
    sigma_total_s_cm_sd: float | None = None
    sigma_25_s_cm: float | None = None
    sigma_25_s_cm_sd: float | None = None
    temperature_c: float | None = None
    temperature_c_sd: float | None = None
    temperature_source: str | None = None
    kk_rms: float | None = None
    document: Mapping[str, Any] = json_field()
    made_by: str


class SignatureTable(Fact, table=True):
    __tablename__ = "signature"
    __table_args__ = (sa.CheckConstraint("decision IN ('accepted', 'rejected')", name="decision"),)
    analysis_id: int = Field(foreign_key="analysis.id", index=True)
    decision: str
    who: str
    reason: str


class RetractionTable(Fact, table=True):
    __tablename__ = "retraction"
    analysis_id: int = Field(foreign_key="analysis.id", index=True)
    who: str
    reason: str


class LiteratureTable(Fact, table=True):
    __tablename__ = "literature"
    __table_args__ = (sa.UniqueConstraint("row_hash", "lab_id"), sa.Index(None, "is_usable", "lab_id"))
    row_hash: str
    formula: str
    mobile_ion: str
    sigma_s_cm: float
    temperature_c: float
    kind: str
    activation_energy_ev: float | None = None
    sintering_c: float | None = None
    source: str
    doi: str | None = None
    dataset: str
    flags: list[str] = json_field()
    is_usable: bool
    file_name: str | None = None
    file_sha256: str | None = None
    line: int | None = None
    structure_name: str | None = None
    structure_sha256: str | None = None


class LessonTable(Row, table=True):
    __tablename__ = "lesson"
    __table_args__ = (sa.UniqueConstraint("model_run_id", "analysis_id"),)
    model_run_id: int = Field(foreign_key="model_run.id")
    analysis_id: int = Field(foreign_key="analysis.id", index=True)
    log10_sigma_sd: float


class PredictionTable(Row, table=True):
    __tablename__ = "prediction"
    __table_args__ = (sa.UniqueConstraint("model_run_id", "formula"),)
    model_run_id: int = Field(foreign_key="model_run.id")
    formula: str
    log10_sigma_mean: float
    log10_sigma_sd: float


class _Projection(Base):
    lab_id: int = Field(foreign_key="lab.id")


class SampleStateTable(_Projection, table=True):
    __tablename__ = "sample_state"
    __table_args__ = (sa.Index(None, "state", "lab_id"),)
    sample_id: int = Field(foreign_key="sample.id", primary_key=True)
    state: str


class SuggestionStateTable(_Projection, table=True):
    __tablename__ = "suggestion_state"
    __table_args__ = (sa.Index(None, "state", "lab_id"),)
    suggestion_id: int = Field(foreign_key="suggestion.id", primary_key=True)
    state: str


class PelletStateTable(_Projection, table=True):
    __tablename__ = "pellet_state"
    pellet_id: int = Field(foreign_key="pellet.id", primary_key=True)
    has_thickness: bool
    has_electrode: bool
    geometry_id: int | None = None


class FileStateTable(_Projection, table=True):
    __tablename__ = "file_state"
    __table_args__ = (sa.Index(None, "state", "lab_id"),)
    raw_file_id: int = Field(foreign_key="raw_file.id", primary_key=True)
    reading_id: int | None = None
    is_refused: bool
    is_duplicate: bool
    sample_id: int | None = Field(default=None, foreign_key="sample.id", index=True)
    pellet_id: int | None = Field(default=None, foreign_key="pellet.id", index=True)
    state: str


class SpectrumStateTable(_Projection, table=True):
    __tablename__ = "spectrum_state"
    __table_args__ = (sa.Index(None, "standing", "lab_id"),)
    spectrum_id: int = Field(foreign_key="spectrum.id", primary_key=True)
    raw_file_id: int = Field(foreign_key="raw_file.id", index=True)
    reading_id: int = Field(foreign_key="reading.id", index=True)
    analysis_id: int | None = Field(default=None, foreign_key="analysis.id", index=True)
    geometry_id: int | None = None
    geometry_pellet_id: int | None = None
    verdict: str | None = None
    has_sigma: bool
    decision: str | None = None
    is_retracted: bool
    was_retracted: bool
    standing: str


TABLES: Mapping[str, sa.Table] = METADATA.tables

FACTS = (
    "model_run", "suggestion", "sample", "recipe", "weighing", "firing", "pellet", "pellet_geometry", "raw_file",
    "reading", "assignment", "spectrum", "analysis", "signature", "retraction", "literature",
    *BENCH_FACTS, *QUALITY_FACTS, *FURNACE_FACTS, *STABILITY_FACTS,
)  # fmt: skip
"""Tables whose every row has one line in the journal that names it."""

PROVENANCE = frozenset({"file_name", "file_sha256", "line", "structure_name", "structure_sha256"})

ADDED: Mapping[str, frozenset[str]] = {
    "firing": frozenset({"furnace_load_id", "set_temperature_c", "mass_before_g", "mass_after_g"}),
    "pellet_geometry": frozenset(
        {
            "fired_diameter_cm_sd", "green_mass_g", "green_thickness_cm", "green_diameter_cm", "electrode_method",
            "density_method", "archimedes", "readings",
        }
    ),
    "literature": PROVENANCE,
    "stability": PROVENANCE,
}  # fmt: skip
"""Columns that came after a table's first version: where they are empty they stay out of a row's digest, so that facts
written before them are still as they were written."""
