"""Background jobs, and when the periodic ones are due."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    _create_background_job()
    _create_job_schedule()


def downgrade() -> None:
    raise RuntimeError("work that waits is never taken down")


def _create_background_job() -> None:
    """One job; ``function`` is a dotted name, ``arguments`` hold nothing about a person."""
    op.create_table(
        "background_job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("function", sa.String(length=200), nullable=False),
        sa.Column("arguments", JSON, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("progress_done", sa.Integer(), nullable=False),
        sa.Column("progress_total", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=1000), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_background_job")),
    )
    op.create_index("ix_background_job_state_next_attempt_at", "background_job", ["state", "next_attempt_at"])
    op.create_index("ix_background_job_asked_by_id", "background_job", ["asked_by", "id"])
    unfinished = sa.text("state IN ('waiting', 'running')")
    op.create_index(
        "uq_background_job_key",
        "background_job",
        ["key"],
        unique=True,
        sqlite_where=unfinished,
        postgresql_where=unfinished,
    )


def _create_job_schedule() -> None:
    """When each periodic job is due next."""
    op.create_table(
        "job_schedule",
        sa.Column("function", sa.String(length=200), nullable=False),
        sa.Column("cron", sa.String(length=100), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("function", name=op.f("pk_job_schedule")),
    )
