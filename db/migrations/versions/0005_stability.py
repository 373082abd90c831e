"""Computed stabilities: energies above the convex hull, which the network learns before conductivities."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stability",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_hash", sa.String(), nullable=False),
        sa.Column("formula", sa.String(), nullable=False),
        sa.Column("energy_above_hull_ev", sa.Float(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_stability_lab_id_lab")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stability")),
        sa.UniqueConstraint("row_hash", "lab_id", name=op.f("uq_stability_row_hash_lab_id")),
    )


def downgrade() -> None:
    op.drop_table("stability")
