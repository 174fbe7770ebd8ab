"""The ledger's tables, the triggers that keep them append-only, and on PostgreSQL the months of its events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from asset_service.core.db import utc_now
from asset_service.ledger import partitions, triggers

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_ledger_event()
    _create_ledger_seal()
    _create_ledger_leaf()
    connection = op.get_bind()
    for statement in triggers.creation(connection.dialect.name):
        op.execute(statement)
    if connection.dialect.name == "postgresql":
        partitions.create_default(connection)
        partitions.create_months(connection, utc_now())


def downgrade() -> None:
    raise RuntimeError("the ledger is never taken down")


def _create_ledger_event() -> None:
    """One event. ``canonical`` holds the exact bytes (RFC 8785 JSON) that the seal's Merkle tree covers."""
    op.create_table(
        "ledger_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("actor_kind", sa.String(length=10), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_event")),
        postgresql_partition_by="RANGE (id)",
    )
    op.create_index("ix_ledger_event_device_id_id", "ledger_event", ["device_id", "id"])
    op.create_index("ix_ledger_event_subject_id_id", "ledger_event", ["subject_id", "id"])


def _create_ledger_seal() -> None:
    """One seal: an RFC 9162 tree over the events it took in, chained to the seal before it, signed by the service."""
    op.create_table(
        "ledger_seal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tree_size", sa.Integer(), nullable=False),
        sa.Column("root_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("previous_root_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("head_jws", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ledger_seal")),
        sa.UniqueConstraint("previous_root_hash", name=op.f("uq_ledger_seal_previous_root_hash")),
    )


def _create_ledger_leaf() -> None:
    """Where a sealed event stands: its seal, its index there, its leaf hash."""
    op.create_table(
        "ledger_leaf",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("seal_number", sa.Integer(), nullable=False),
        sa.Column("leaf_index", sa.Integer(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["ledger_event.id"], name=op.f("fk_ledger_leaf_event_id")),
        sa.ForeignKeyConstraint(["seal_number"], ["ledger_seal.number"], name=op.f("fk_ledger_leaf_seal_number")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_ledger_leaf")),
        sa.UniqueConstraint("seal_number", "leaf_index", name=op.f("uq_ledger_leaf_seal_number_leaf_index")),
    )
