"""Proof of wipes of disks that lie in no device, and each partner's own minimum."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _let_evidence_have_no_device()
    op.create_table(
        "minimum_policy",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("kinds", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("version >= 1", name=op.f("ck_minimum_policy_numbered_from_one")),
        sa.ForeignKeyConstraint(["made_by"], ["app_user.id"], name=op.f("fk_minimum_policy_made_by")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_minimum_policy_partner_id")),
        sa.PrimaryKeyConstraint("partner_id", "version", name=op.f("pk_minimum_policy")),
    )


def downgrade() -> None:
    raise RuntimeError("proof of wiping is never taken down")


def _let_evidence_have_no_device() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("wipe_evidence", "device_id", nullable=True)
        return
    # SQLite has no statement for it. A rebuild would drop a table that others refer to; its manual (ALTER TABLE,
    # section 7) gives this way for a constraint that does not touch the rows: correct the stored definition.
    version = op.get_bind().exec_driver_sql("PRAGMA schema_version").scalar_one()
    op.execute("PRAGMA writable_schema=ON")
    changed = op.get_bind().exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, 'device_id CHAR(32) NOT NULL', 'device_id CHAR(32)') "
        "WHERE type = 'table' AND name = 'wipe_evidence' AND instr(sql, 'device_id CHAR(32) NOT NULL') > 0"
    )
    if changed.rowcount != 1:
        raise RuntimeError("wipe_evidence is not as migration 0002 made it")
    op.execute(f"PRAGMA schema_version={version + 1}")
    op.execute("PRAGMA writable_schema=OFF")
