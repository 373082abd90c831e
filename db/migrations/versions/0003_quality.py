"""Readings beside the spectra: short and open of the leads, the daily dummy cell, DC polarisations."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quality",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("pellet_id", sa.Integer(), nullable=True),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_quality_lab_id_lab")),
        sa.ForeignKeyConstraint(["pellet_id"], ["pellet.id"], name=op.f("fk_quality_pellet_id_pellet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality")),
    )
    op.create_index(op.f("ix_quality_kind_lab_id"), "quality", ["kind", "lab_id"], unique=False)
    op.create_index(op.f("ix_quality_pellet_id"), "quality", ["pellet_id"], unique=False)


def downgrade() -> None:
    op.drop_table("quality")
