"""The first tables, in the order in which they refer to each other. Never edited after its release."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "lab",
    "journal",
    "literature",
    "model_run",
    "raw_file",
    "prediction",
    "reading",
    "sighting",
    "suggestion",
    "sample",
    "spectrum",
    "suggestion_state",
    "firing",
    "pellet",
    "recipe",
    "sample_state",
    "weighing",
    "assignment",
    "file_state",
    "pellet_geometry",
    "pellet_state",
    "analysis",
    "lesson",
    "retraction",
    "signature",
    "spectrum_state",
)


def upgrade() -> None:
    _tables_1()
    _tables_2()
    _tables_3()
    _tables_4()
    _tables_5()


def _tables_1() -> None:
    op.create_table(
        "lab",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("label_prefix", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lab")),
        sa.UniqueConstraint("name", name=op.f("uq_lab_name")),
    )
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("fact", sa.String(), nullable=True),
        sa.Column("fact_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_journal_lab_id_lab")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
    )
    op.create_index(op.f("ix_journal_event_lab_id"), "journal", ["event", "lab_id"], unique=False)
    op.create_index(op.f("ix_journal_fact_fact_id_lab_id"), "journal", ["fact", "fact_id", "lab_id"], unique=False)
    op.create_index(
        op.f("ix_journal_subject_subject_id_lab_id"), "journal", ["subject", "subject_id", "lab_id"], unique=False
    )

    op.create_table(
        "literature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_hash", sa.String(), nullable=False),
        sa.Column("formula", sa.String(), nullable=False),
        sa.Column("mobile_ion", sa.String(), nullable=False),
        sa.Column("sigma_s_cm", sa.Float(), nullable=False),
        sa.Column("temperature_c", sa.Float(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("activation_energy_ev", sa.Float(), nullable=True),
        sa.Column("sintering_c", sa.Float(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("doi", sa.String(), nullable=True),
        sa.Column("dataset", sa.String(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("is_usable", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_literature_lab_id_lab")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_literature")),
        sa.UniqueConstraint("row_hash", "lab_id", name=op.f("uq_literature_row_hash_lab_id")),
    )
    op.create_index(op.f("ix_literature_is_usable_lab_id"), "literature", ["is_usable", "lab_id"], unique=False)

    op.create_table(
        "model_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("directory", sa.String(), nullable=False),
        sa.Column("data_hash", sa.String(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("metrics", sa.JSON(), nullable=False),
        sa.Column("n_literature_rows", sa.Integer(), nullable=False),
        sa.Column("n_lab_rows", sa.Integer(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_model_run_lab_id_lab")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_run")),
        sa.UniqueConstraint("number", "lab_id", name=op.f("uq_model_run_number_lab_id")),
    )
    op.create_table(
        "raw_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_raw_file_lab_id_lab")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raw_file")),
        sa.UniqueConstraint("sha256", "lab_id", name=op.f("uq_raw_file_sha256_lab_id")),
    )
    op.create_table(
        "prediction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("model_run_id", sa.Integer(), nullable=False),
        sa.Column("formula", sa.String(), nullable=False),
        sa.Column("log10_sigma_mean", sa.Float(), nullable=False),
        sa.Column("log10_sigma_sd", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_prediction_lab_id_lab")),
        sa.ForeignKeyConstraint(["model_run_id"], ["model_run.id"], name=op.f("fk_prediction_model_run_id_model_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prediction")),
        sa.UniqueConstraint("model_run_id", "formula", name=op.f("uq_prediction_model_run_id_formula")),
    )


def _tables_2() -> None:
    op.create_table(
        "reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raw_file_id", sa.Integer(), nullable=False),
        sa.Column("numbers_sha256", sa.String(), nullable=True),
        sa.Column("reader", sa.String(), nullable=True),
        sa.Column("reader_version", sa.String(), nullable=True),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column("duplicate_of", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["duplicate_of"], ["raw_file.id"], name=op.f("fk_reading_duplicate_of_raw_file")),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_reading_lab_id_lab")),
        sa.ForeignKeyConstraint(["raw_file_id"], ["raw_file.id"], name=op.f("fk_reading_raw_file_id_raw_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
    )
    op.create_index(op.f("ix_reading_duplicate_of"), "reading", ["duplicate_of"], unique=False)
    op.create_index(op.f("ix_reading_numbers_sha256_lab_id"), "reading", ["numbers_sha256", "lab_id"], unique=False)
    op.create_index(op.f("ix_reading_raw_file_id"), "reading", ["raw_file_id"], unique=False)

    op.create_table(
        "sighting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raw_file_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_sighting_lab_id_lab")),
        sa.ForeignKeyConstraint(["raw_file_id"], ["raw_file.id"], name=op.f("fk_sighting_raw_file_id_raw_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sighting")),
    )
    op.create_index(op.f("ix_sighting_path_lab_id"), "sighting", ["path", "lab_id"], unique=False)
    op.create_index(op.f("ix_sighting_raw_file_id"), "sighting", ["raw_file_id"], unique=False)

    op.create_table(
        "suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("model_run_id", sa.Integer(), nullable=True),
        sa.Column("formula", sa.String(), nullable=False),
        sa.Column("dopant", sa.String(), nullable=False),
        sa.Column("log10_sigma_mean", sa.Float(), nullable=False),
        sa.Column("log10_sigma_sd", sa.Float(), nullable=False),
        sa.Column("quantiles", sa.JSON(), nullable=False),
        sa.Column("acquisition", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_suggestion_lab_id_lab")),
        sa.ForeignKeyConstraint(["model_run_id"], ["model_run.id"], name=op.f("fk_suggestion_model_run_id_model_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
        sa.UniqueConstraint("number", "lab_id", name=op.f("uq_suggestion_number_lab_id")),
    )
    op.create_index(op.f("ix_suggestion_model_run_id"), "suggestion", ["model_run_id"], unique=False)

    op.create_table(
        "sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("target_formula", sa.String(), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=True),
        sa.Column("is_reference", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_sample_lab_id_lab")),
        sa.ForeignKeyConstraint(["suggestion_id"], ["suggestion.id"], name=op.f("fk_sample_suggestion_id_suggestion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample")),
        sa.UniqueConstraint("label", "lab_id", name=op.f("uq_sample_label_lab_id")),
        sa.UniqueConstraint("number", "lab_id", name=op.f("uq_sample_number_lab_id")),
    )
    op.create_index(op.f("ix_sample_suggestion_id"), "sample", ["suggestion_id"], unique=False)

    op.create_table(
        "spectrum",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raw_file_id", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("sweep", sa.Integer(), nullable=False),
        sa.Column("n_points", sa.Integer(), nullable=False),
        sa.Column("frequency_blob", sa.LargeBinary(), nullable=False),
        sa.Column("impedance_blob", sa.LargeBinary(), nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("temperature_c", sa.Float(), nullable=True),
        sa.Column("temperature_c_sd", sa.Float(), nullable=True),
        sa.Column("temperature_source", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_spectrum_lab_id_lab")),
        sa.ForeignKeyConstraint(["raw_file_id"], ["raw_file.id"], name=op.f("fk_spectrum_raw_file_id_raw_file")),
        sa.ForeignKeyConstraint(["reading_id"], ["reading.id"], name=op.f("fk_spectrum_reading_id_reading")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spectrum")),
        sa.UniqueConstraint("reading_id", "sweep", name=op.f("uq_spectrum_reading_id_sweep")),
    )
    op.create_index(op.f("ix_spectrum_raw_file_id"), "spectrum", ["raw_file_id"], unique=False)

    op.create_table(
        "suggestion_state",
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_suggestion_state_lab_id_lab")),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["suggestion.id"], name=op.f("fk_suggestion_state_suggestion_id_suggestion")
        ),
        sa.PrimaryKeyConstraint("suggestion_id", name=op.f("pk_suggestion_state")),
    )
    op.create_index(op.f("ix_suggestion_state_state_lab_id"), "suggestion_state", ["state", "lab_id"], unique=False)


def _tables_3() -> None:
    op.create_table(
        "firing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("temperature_c", sa.Float(), nullable=False),
        sa.Column("hours", sa.Float(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_firing_lab_id_lab")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_firing_sample_id_sample")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firing")),
    )
    op.create_index(op.f("ix_firing_sample_id"), "firing", ["sample_id"], unique=False)

    op.create_table(
        "pellet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_pellet_lab_id_lab")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_pellet_sample_id_sample")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pellet")),
        sa.UniqueConstraint("label", "lab_id", name=op.f("uq_pellet_label_lab_id")),
        sa.UniqueConstraint("sample_id", "number", name=op.f("uq_pellet_sample_id_number")),
    )
    op.create_table(
        "recipe",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_recipe_lab_id_lab")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_recipe_sample_id_sample")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipe")),
        sa.UniqueConstraint("sample_id", "version", name=op.f("uq_recipe_sample_id_version")),
    )
    op.create_table(
        "sample_state",
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_sample_state_lab_id_lab")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_sample_state_sample_id_sample")),
        sa.PrimaryKeyConstraint("sample_id", name=op.f("pk_sample_state")),
    )
    op.create_index(op.f("ix_sample_state_state_lab_id"), "sample_state", ["state", "lab_id"], unique=False)

    op.create_table(
        "weighing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("masses_g", sa.JSON(), nullable=False),
        sa.Column("weighed_formula", sa.String(), nullable=False),
        sa.Column("batched_formula", sa.String(), nullable=False),
        sa.Column("excess_fraction", sa.Float(), nullable=False),
        sa.Column("operator", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_weighing_lab_id_lab")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_weighing_sample_id_sample")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weighing")),
    )
    op.create_index(op.f("ix_weighing_sample_id"), "weighing", ["sample_id"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raw_file_id", sa.Integer(), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=True),
        sa.Column("pellet_id", sa.Integer(), nullable=True),
        sa.Column("how", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_assignment_lab_id_lab")),
        sa.ForeignKeyConstraint(["pellet_id"], ["pellet.id"], name=op.f("fk_assignment_pellet_id_pellet")),
        sa.ForeignKeyConstraint(["raw_file_id"], ["raw_file.id"], name=op.f("fk_assignment_raw_file_id_raw_file")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_assignment_sample_id_sample")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_pellet_id"), "assignment", ["pellet_id"], unique=False)
    op.create_index(op.f("ix_assignment_raw_file_id"), "assignment", ["raw_file_id"], unique=False)
    op.create_index(op.f("ix_assignment_sample_id"), "assignment", ["sample_id"], unique=False)


def _tables_4() -> None:
    op.create_table(
        "file_state",
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("raw_file_id", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=True),
        sa.Column("is_refused", sa.Boolean(), nullable=False),
        sa.Column("is_duplicate", sa.Boolean(), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=True),
        sa.Column("pellet_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_file_state_lab_id_lab")),
        sa.ForeignKeyConstraint(["pellet_id"], ["pellet.id"], name=op.f("fk_file_state_pellet_id_pellet")),
        sa.ForeignKeyConstraint(["raw_file_id"], ["raw_file.id"], name=op.f("fk_file_state_raw_file_id_raw_file")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_file_state_sample_id_sample")),
        sa.PrimaryKeyConstraint("raw_file_id", name=op.f("pk_file_state")),
    )
    op.create_index(op.f("ix_file_state_pellet_id"), "file_state", ["pellet_id"], unique=False)
    op.create_index(op.f("ix_file_state_sample_id"), "file_state", ["sample_id"], unique=False)
    op.create_index(op.f("ix_file_state_state_lab_id"), "file_state", ["state", "lab_id"], unique=False)

    op.create_table(
        "pellet_geometry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pellet_id", sa.Integer(), nullable=False),
        sa.Column("thickness_cm", sa.Float(), nullable=True),
        sa.Column("thickness_cm_sd", sa.Float(), nullable=True),
        sa.Column("electrode_diameter_cm", sa.Float(), nullable=True),
        sa.Column("electrode_diameter_cm_sd", sa.Float(), nullable=True),
        sa.Column("fired_diameter_cm", sa.Float(), nullable=True),
        sa.Column("die_diameter_cm", sa.Float(), nullable=True),
        sa.Column("mass_g", sa.Float(), nullable=True),
        sa.Column("relative_density", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_pellet_geometry_lab_id_lab")),
        sa.ForeignKeyConstraint(["pellet_id"], ["pellet.id"], name=op.f("fk_pellet_geometry_pellet_id_pellet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pellet_geometry")),
    )
    op.create_index(op.f("ix_pellet_geometry_pellet_id"), "pellet_geometry", ["pellet_id"], unique=False)

    op.create_table(
        "pellet_state",
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("pellet_id", sa.Integer(), nullable=False),
        sa.Column("has_thickness", sa.Boolean(), nullable=False),
        sa.Column("has_electrode", sa.Boolean(), nullable=False),
        sa.Column("geometry_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_pellet_state_lab_id_lab")),
        sa.ForeignKeyConstraint(["pellet_id"], ["pellet.id"], name=op.f("fk_pellet_state_pellet_id_pellet")),
        sa.PrimaryKeyConstraint("pellet_id", name=op.f("pk_pellet_state")),
    )
    op.create_table(
        "analysis",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spectrum_id", sa.Integer(), nullable=False),
        sa.Column("pellet_geometry_id", sa.Integer(), nullable=True),
        sa.Column("engine_version", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("circuit_string", sa.String(), nullable=True),
        sa.Column("r_total_ohm", sa.Float(), nullable=True),
        sa.Column("r_total_ohm_sd", sa.Float(), nullable=True),
        sa.Column("sigma_total_s_cm", sa.Float(), nullable=True),
        sa.Column("sigma_total_s_cm_sd", sa.Float(), nullable=True),
        sa.Column("sigma_25_s_cm", sa.Float(), nullable=True),
        sa.Column("sigma_25_s_cm_sd", sa.Float(), nullable=True),
        sa.Column("temperature_c", sa.Float(), nullable=True),
        sa.Column("temperature_c_sd", sa.Float(), nullable=True),
        sa.Column("temperature_source", sa.String(), nullable=True),
        sa.Column("kk_rms", sa.Float(), nullable=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "verdict <> 'rejected' OR (r_total_ohm IS NULL AND sigma_total_s_cm IS NULL AND sigma_25_s_cm IS NULL)",
            name=op.f("ck_analysis_rejected_has_no_number"),
        ),
        sa.CheckConstraint("verdict IN ('accepted', 'review', 'rejected')", name=op.f("ck_analysis_verdict")),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_analysis_lab_id_lab")),
        sa.ForeignKeyConstraint(
            ["pellet_geometry_id"], ["pellet_geometry.id"], name=op.f("fk_analysis_pellet_geometry_id_pellet_geometry")
        ),
        sa.ForeignKeyConstraint(["spectrum_id"], ["spectrum.id"], name=op.f("fk_analysis_spectrum_id_spectrum")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analysis")),
    )
    op.create_index(op.f("ix_analysis_pellet_geometry_id"), "analysis", ["pellet_geometry_id"], unique=False)
    op.create_index(op.f("ix_analysis_spectrum_id"), "analysis", ["spectrum_id"], unique=False)

    op.create_table(
        "lesson",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("model_run_id", sa.Integer(), nullable=False),
        sa.Column("analysis_id", sa.Integer(), nullable=False),
        sa.Column("log10_sigma_sd", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["analysis_id"], ["analysis.id"], name=op.f("fk_lesson_analysis_id_analysis")),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_lesson_lab_id_lab")),
        sa.ForeignKeyConstraint(["model_run_id"], ["model_run.id"], name=op.f("fk_lesson_model_run_id_model_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson")),
        sa.UniqueConstraint("model_run_id", "analysis_id", name=op.f("uq_lesson_model_run_id_analysis_id")),
    )
    op.create_index(op.f("ix_lesson_analysis_id"), "lesson", ["analysis_id"], unique=False)

    op.create_table(
        "retraction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("analysis_id", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["analysis_id"], ["analysis.id"], name=op.f("fk_retraction_analysis_id_analysis")),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_retraction_lab_id_lab")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retraction")),
    )
    op.create_index(op.f("ix_retraction_analysis_id"), "retraction", ["analysis_id"], unique=False)


def _tables_5() -> None:
    op.create_table(
        "signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("analysis_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("decision IN ('accepted', 'rejected')", name=op.f("ck_signature_decision")),
        sa.ForeignKeyConstraint(["analysis_id"], ["analysis.id"], name=op.f("fk_signature_analysis_id_analysis")),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_signature_lab_id_lab")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
    )
    op.create_index(op.f("ix_signature_analysis_id"), "signature", ["analysis_id"], unique=False)

    op.create_table(
        "spectrum_state",
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("spectrum_id", sa.Integer(), nullable=False),
        sa.Column("raw_file_id", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("analysis_id", sa.Integer(), nullable=True),
        sa.Column("geometry_id", sa.Integer(), nullable=True),
        sa.Column("geometry_pellet_id", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("has_sigma", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("is_retracted", sa.Boolean(), nullable=False),
        sa.Column("was_retracted", sa.Boolean(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["analysis_id"], ["analysis.id"], name=op.f("fk_spectrum_state_analysis_id_analysis")),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_spectrum_state_lab_id_lab")),
        sa.ForeignKeyConstraint(["raw_file_id"], ["raw_file.id"], name=op.f("fk_spectrum_state_raw_file_id_raw_file")),
        sa.ForeignKeyConstraint(["reading_id"], ["reading.id"], name=op.f("fk_spectrum_state_reading_id_reading")),
        sa.ForeignKeyConstraint(["spectrum_id"], ["spectrum.id"], name=op.f("fk_spectrum_state_spectrum_id_spectrum")),
        sa.PrimaryKeyConstraint("spectrum_id", name=op.f("pk_spectrum_state")),
    )
    op.create_index(op.f("ix_spectrum_state_analysis_id"), "spectrum_state", ["analysis_id"], unique=False)
    op.create_index(op.f("ix_spectrum_state_raw_file_id"), "spectrum_state", ["raw_file_id"], unique=False)
    op.create_index(op.f("ix_spectrum_state_reading_id"), "spectrum_state", ["reading_id"], unique=False)
    op.create_index(op.f("ix_spectrum_state_standing_lab_id"), "spectrum_state", ["standing", "lab_id"], unique=False)


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
