"""Network addresses are hints of identity, and no constraint asks a clock to go forward."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    strong = sa.text("kind IN ('model_serial', 'uuid') AND NOT shared")
    op.drop_index("uq_device_identity_strong", "device_identity")
    op.create_index(
        "uq_device_identity_strong",
        "device_identity",
        ["kind", "value"],
        unique=True,
        sqlite_where=strong,
        postgresql_where=strong,
    )


def downgrade() -> None:
    raise RuntimeError("proof of wiping is never taken down")
