"""Reports that wait for a person, and reports that were not let in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    _create_quarantined_report()
    _create_unmatched_report()


def downgrade() -> None:
    raise RuntimeError("what waits for a person is never taken down")


def _create_quarantined_report() -> None:
    """Bytes that were refused, kept for an admin within bounds. ``body`` is cut at the bound of one item."""
    op.create_table(
        "quarantined_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=True),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("field", sa.String(length=300), nullable=False),
        sa.Column("message", sa.String(length=1000), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("kept_bytes", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_quarantined_report_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantined_report")),
    )
    op.create_index("ix_quarantined_report_signed_id", "quarantined_report", ["signed", "id"])
    op.create_index("ix_quarantined_report_source_received_at", "quarantined_report", ["source", "received_at"])
    op.create_index("uq_quarantined_report_sha256", "quarantined_report", ["sha256"], unique=True)


def _create_unmatched_report() -> None:
    """An accepted report whose device a person must point out."""
    op.create_table(
        "unmatched_report",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("holder_partner_id", sa.Uuid(), nullable=True),
        sa.Column("holder_site_id", sa.Uuid(), nullable=True),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("candidate_ids", JSON, nullable=False),
        sa.Column("seen_then", JSON, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("manufacturer", sa.String(length=200), nullable=True),
        sa.Column("product", sa.String(length=200), nullable=True),
        sa.Column("serial", sa.String(length=200), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("grounds", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["holder_partner_id"], ["partner.id"], name=op.f("fk_unmatched_report_holder_partner_id")
        ),
        sa.ForeignKeyConstraint(["holder_site_id"], ["site.id"], name=op.f("fk_unmatched_report_holder_site_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_unmatched_report_partner_id")),
        sa.ForeignKeyConstraint(["report_id"], ["signed_report.id"], name=op.f("fk_unmatched_report_report_id")),
        sa.ForeignKeyConstraint(["resolved_by"], ["app_user.id"], name=op.f("fk_unmatched_report_resolved_by")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_unmatched_report")),
    )
    op.create_index(
        "ix_unmatched_report_holder_partner_id_resolved_at_report_id",
        "unmatched_report",
        ["holder_partner_id", "resolved_at", "report_id"],
    )
    op.create_index(
        "ix_unmatched_report_partner_id_resolved_at_report_id",
        "unmatched_report",
        ["partner_id", "resolved_at", "report_id"],
    )
