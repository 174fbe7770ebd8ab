"""Tables of the ledger. Rows are only ever inserted: triggers of the first migration refuse anything else."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from asset_service.core.db import Base, new_id


class LedgerEvent(Base):
    """One event. ``canonical`` holds the exact bytes (RFC 8785 JSON) that the seal's Merkle tree covers."""

    __tablename__ = "ledger_event"
    __table_args__ = (
        Index("ix_ledger_event_device_id_id", "device_id", "id"),
        Index("ix_ledger_event_subject_id_id", "subject_id", "id"),
        {"postgresql_partition_by": "RANGE (id)"},  # by month: ledger/partitions.py
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    recorded_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[UUID]
    device_id: Mapped[UUID | None]
    actor_kind: Mapped[str] = mapped_column(String(10))
    actor_id: Mapped[UUID | None]
    canonical: Mapped[bytes] = mapped_column(LargeBinary)


class LedgerSeal(Base):
    """One seal: an RFC 9162 tree over the events it took in, chained to the seal before it, signed by the service."""

    __tablename__ = "ledger_seal"
    __table_args__ = (UniqueConstraint("previous_root_hash"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed_at: Mapped[datetime]
    tree_size: Mapped[int]
    root_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    previous_root_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    head_jws: Mapped[str]


class LedgerLeaf(Base):
    """Where a sealed event stands: its seal, its index there, its leaf hash."""

    __tablename__ = "ledger_leaf"
    __table_args__ = (UniqueConstraint("seal_number", "leaf_index"),)

    event_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_event.id"), primary_key=True)
    seal_number: Mapped[int] = mapped_column(ForeignKey("ledger_seal.number"))
    leaf_index: Mapped[int]
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
