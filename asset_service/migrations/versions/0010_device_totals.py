"""The totals of each partner's devices are counted by an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What only rehearsals saw counts in no figure, and stands not in the index."""
    op.create_index(
        "ix_device_totals",
        "device",
        ["partner_id", "created_at", "state", "data_status"],
        sqlite_where=sa.text("test = 0"),
        postgresql_where=sa.text("NOT test"),
    )


def downgrade() -> None:
    raise RuntimeError("devices are never taken down")
