"""Furnaces on a cable: runs, what happened during them, readings."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "furnace_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("furnace", sa.String(), nullable=False),
        sa.Column("driver", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("furnace_load_id", sa.Integer(), nullable=True),
        sa.Column("segments", sa.JSON(), nullable=False),
        sa.Column("program_hash", sa.String(), nullable=False),
        sa.Column("program_number", sa.Integer(), nullable=False),
        sa.Column("top_c", sa.Float(), nullable=False),
        sa.Column("hours", sa.Float(), nullable=False),
        sa.Column("speed", sa.Float(), nullable=False),
        sa.Column("writes", sa.JSON(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_furnace_run_lab_id_lab")),
        sa.ForeignKeyConstraint(
            ["furnace_load_id"], ["furnace_load.id"], name=op.f("fk_furnace_run_furnace_load_id_furnace_load")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_furnace_run")),
        sa.UniqueConstraint("number", "lab_id", name=op.f("uq_furnace_run_number_lab_id")),
    )
    op.create_index(op.f("ix_furnace_run_furnace_load_id"), "furnace_run", ["furnace_load_id"], unique=False)
    op.create_table(
        "furnace_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("furnace_run_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_furnace_event_lab_id_lab")),
        sa.ForeignKeyConstraint(
            ["furnace_run_id"], ["furnace_run.id"], name=op.f("fk_furnace_event_furnace_run_id_furnace_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_furnace_event")),
    )
    op.create_index(op.f("ix_furnace_event_furnace_run_id"), "furnace_event", ["furnace_run_id"], unique=False)
    op.create_table(
        "furnace_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("furnace_run_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pv_c", sa.Float(), nullable=True),
        sa.Column("setpoint_c", sa.Float(), nullable=True),
        sa.Column("output_percent", sa.Float(), nullable=True),
        sa.Column("segment", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("alarms", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_furnace_reading_lab_id_lab")),
        sa.ForeignKeyConstraint(
            ["furnace_run_id"], ["furnace_run.id"], name=op.f("fk_furnace_reading_furnace_run_id_furnace_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_furnace_reading")),
    )
    op.create_index(op.f("ix_furnace_reading_furnace_run_id"), "furnace_reading", ["furnace_run_id"], unique=False)


def downgrade() -> None:
    op.drop_table("furnace_reading")
    op.drop_table("furnace_event")
    op.drop_table("furnace_run")
