"""Each partner's own minimum."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    _create_minimum_policy()


def downgrade() -> None:
    raise RuntimeError("what a device was judged by is never taken down")


def _create_minimum_policy() -> None:
    """One version of a partner's own minimum; the highest one is in force, earlier ones are kept."""
    op.create_table(
        "minimum_policy",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("kinds", JSON, nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("version >= 1", name=op.f("ck_minimum_policy_numbered_from_one")),
        sa.ForeignKeyConstraint(["made_by"], ["app_user.id"], name=op.f("fk_minimum_policy_made_by")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_minimum_policy_partner_id")),
        sa.PrimaryKeyConstraint("partner_id", "version", name=op.f("pk_minimum_policy")),
    )
