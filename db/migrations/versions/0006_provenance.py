"""Where a published row came from: file, its hash, line, and the structure file that belongs to it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("literature", "stability")
TEXTS = ("file_name", "file_sha256", "structure_name", "structure_sha256")


def upgrade() -> None:
    for table in TABLES:
        for name in TEXTS:
            op.add_column(table, sa.Column(name, sa.String(), nullable=True))
        op.add_column(table, sa.Column("line", sa.Integer(), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        for name in ("line", *reversed(TEXTS)):
            op.drop_column(table, name)
