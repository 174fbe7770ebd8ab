"""Sessions on the server's side, and the site of who holds what a waiting report points at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "user_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_user_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_user_session_token_sha256")),
    )
    op.create_index("ix_user_session_user_id", "user_session", ["user_id"])
    op.create_index("ix_user_session_expires_at", "user_session", ["expires_at"])
    # As text: Alembic adds no column with a foreign key to SQLite, which itself does where it is NULL.
    kind = "UUID" if op.get_bind().dialect.name == "postgresql" else "CHAR(32)"
    reference = "CONSTRAINT fk_unmatched_report_holder_site_id REFERENCES site (id)"
    op.execute(f"ALTER TABLE unmatched_report ADD COLUMN holder_site_id {kind} {reference}")


def downgrade() -> None:
    raise RuntimeError("who may decide about a waiting report is never taken down")
