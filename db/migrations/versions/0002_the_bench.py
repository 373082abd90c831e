"""The bench: stock, weighing step by step, furnace loads, phases, sign-offs; geometry with its readings.

Facts written before stay as they are: the new columns of `firing` and `pellet_geometry` are empty in them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "furnace_load",
    "lot",
    "lot_event",
    "lot_state",
    "load_place",
    "weighing_entry",
    "deviation",
    "pellet_phase",
    "recipe_signature",
)
FIRING = ("set_temperature_c", "mass_before_g", "mass_after_g")
GEOMETRY_NUMBERS = ("fired_diameter_cm_sd", "green_mass_g", "green_thickness_cm", "green_diameter_cm")
GEOMETRY_TEXTS = ("electrode_method", "density_method")
GEOMETRY_DOCUMENTS = ("archimedes", "readings")


def upgrade() -> None:
    _stock_and_weighing()
    _records()
    _firing()
    _geometry()


def _stock_and_weighing() -> None:
    op.create_table(
        "furnace_load",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("program", sa.JSON(), nullable=False),
        sa.Column("set_temperature_c", sa.Float(), nullable=False),
        sa.Column("hours", sa.Float(), nullable=False),
        sa.Column("offset_c", sa.Float(), nullable=False),
        sa.Column("calibrated_on", sa.String(), nullable=True),
        sa.Column("without_reference", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_furnace_load_lab_id_lab")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_furnace_load")),
        sa.UniqueConstraint("number", "lab_id", name=op.f("uq_furnace_load_number_lab_id")),
    )
    op.create_table(
        "lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("precursor", sa.String(), nullable=False),
        sa.Column("lot_number", sa.String(), nullable=False),
        sa.Column("supplier", sa.String(), nullable=False),
        sa.Column("assay", sa.Float(), nullable=False),
        sa.Column("loss_on_ignition", sa.Float(), nullable=False),
        sa.Column("opened_on", sa.String(), nullable=True),
        sa.Column("amount_g", sa.Float(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_lot_lab_id_lab")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("number", "lab_id", name=op.f("uq_lot_number_lab_id")),
    )
    op.create_index(op.f("ix_lot_precursor_lab_id"), "lot", ["precursor", "lab_id"], unique=False)

    op.create_table(
        "lot_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("on_date", sa.String(), nullable=False),
        sa.Column("left_g", sa.Float(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_lot_event_lab_id_lab")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_event_lot_id_lot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_event")),
    )
    op.create_index(op.f("ix_lot_event_lot_id"), "lot_event", ["lot_id"], unique=False)

    op.create_table(
        "lot_state",
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("left_g", sa.Float(), nullable=False),
        sa.Column("opened_on", sa.String(), nullable=True),
        sa.Column("fired_on", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_lot_state_lab_id_lab")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_state_lot_id_lot")),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_lot_state")),
    )
    op.create_index(op.f("ix_lot_state_state_lab_id"), "lot_state", ["state", "lab_id"], unique=False)


def _records() -> None:
    op.create_table(
        "load_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("furnace_load_id", sa.Integer(), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("bed", sa.String(), nullable=False),
        sa.Column("is_reference", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["furnace_load_id"], ["furnace_load.id"], name=op.f("fk_load_place_furnace_load_id_furnace_load")
        ),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_load_place_lab_id_lab")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_load_place_sample_id_sample")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_load_place")),
        sa.UniqueConstraint("furnace_load_id", "sample_id", name=op.f("uq_load_place_furnace_load_id_sample_id")),
    )
    op.create_index(op.f("ix_load_place_sample_id"), "load_place", ["sample_id"], unique=False)

    op.create_table(
        "weighing_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("precursor", sa.String(), nullable=False),
        sa.Column("mass_g", sa.Float(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=True),
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("balance", sa.String(), nullable=True),
        sa.Column("raw_line", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_weighing_entry_lab_id_lab")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_weighing_entry_lot_id_lot")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_weighing_entry_sample_id_sample")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weighing_entry")),
    )
    op.create_index(op.f("ix_weighing_entry_lot_id"), "weighing_entry", ["lot_id"], unique=False)
    op.create_index(op.f("ix_weighing_entry_sample_id"), "weighing_entry", ["sample_id"], unique=False)

    op.create_table(
        "deviation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("recipe_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_deviation_lab_id_lab")),
        sa.ForeignKeyConstraint(["recipe_id"], ["recipe.id"], name=op.f("fk_deviation_recipe_id_recipe")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_deviation_sample_id_sample")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deviation")),
    )
    op.create_index(op.f("ix_deviation_recipe_id"), "deviation", ["recipe_id"], unique=False)
    op.create_index(op.f("ix_deviation_sample_id"), "deviation", ["sample_id"], unique=False)

    op.create_table(
        "pellet_phase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pellet_id", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("second_phases", sa.JSON(), nullable=False),
        sa.Column("pattern_sha256", sa.String(), nullable=True),
        sa.Column("pattern_name", sa.String(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_pellet_phase_lab_id_lab")),
        sa.ForeignKeyConstraint(["pellet_id"], ["pellet.id"], name=op.f("fk_pellet_phase_pellet_id_pellet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pellet_phase")),
    )
    op.create_index(op.f("ix_pellet_phase_pellet_id"), "pellet_phase", ["pellet_id"], unique=False)

    op.create_table(
        "recipe_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recipe_id", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_recipe_signature_lab_id_lab")),
        sa.ForeignKeyConstraint(["recipe_id"], ["recipe.id"], name=op.f("fk_recipe_signature_recipe_id_recipe")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipe_signature")),
    )
    op.create_index(op.f("ix_recipe_signature_recipe_id"), "recipe_signature", ["recipe_id"], unique=False)


def _firing() -> None:
    with op.batch_alter_table("firing") as batch:  # nothing refers to a firing, so SQLite may make the table anew
        batch.add_column(sa.Column("furnace_load_id", sa.Integer(), nullable=True))
        for name in FIRING:
            batch.add_column(sa.Column(name, sa.Float(), nullable=True))
        batch.create_index(batch.f("ix_firing_furnace_load_id"), ["furnace_load_id"], unique=False)
        batch.create_foreign_key(
            batch.f("fk_firing_furnace_load_id_furnace_load"), "furnace_load", ["furnace_load_id"], ["id"]
        )


def _geometry() -> None:
    for name in GEOMETRY_NUMBERS:
        op.add_column("pellet_geometry", sa.Column(name, sa.Float(), nullable=True))
    for name in GEOMETRY_TEXTS:
        op.add_column("pellet_geometry", sa.Column(name, sa.String(), nullable=True))
    for name in GEOMETRY_DOCUMENTS:
        op.add_column("pellet_geometry", sa.Column(name, sa.JSON(), nullable=True))


def downgrade() -> None:
    for name in reversed((*GEOMETRY_NUMBERS, *GEOMETRY_TEXTS, *GEOMETRY_DOCUMENTS)):
        op.drop_column("pellet_geometry", name)
    with op.batch_alter_table("firing") as batch:
        batch.drop_constraint(batch.f("fk_firing_furnace_load_id_furnace_load"), type_="foreignkey")
        batch.drop_index(batch.f("ix_firing_furnace_load_id"))
        for name in ("furnace_load_id", *FIRING):
            batch.drop_column(name)
    for name in reversed(TABLES):
        op.drop_table(name)
