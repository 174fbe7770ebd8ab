"""Reading the ledger: a device's timeline, the proof that an event is sealed, the latest head."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from flask_babel import gettext
from sqlalchemy import select

from asset_service.core.db import db
from asset_service.core.errors import NotFound
from asset_service.core.paging import DEFAULT_LIMIT, Key, Page, page
from asset_service.ledger.models import LedgerEvent, LedgerLeaf, LedgerSeal
from asset_service.ledger.operations import first_id_at
from wipe_reports import merkle

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far two servers' clocks may differ before it is reported."""


@dataclass(frozen=True, kw_only=True)
class Inclusion:
    """The proof that an event stands in a signed tree (RFC 9162): hashes as bytes, ``canonical`` as sealed."""

    event_id: UUID
    canonical: bytes
    seal_number: int
    leaf_index: int
    tree_size: int
    path: list[bytes]
    root_hash: bytes
    head_jws: str


def timeline(device_id: UUID, after: str | None = None, limit: int = DEFAULT_LIMIT) -> Page[LedgerEvent]:
    """The device's events (:class:`LedgerEvent`), latest first. Served by ``ix_ledger_event_device_id_id``."""
    return page(
        select(LedgerEvent).where(LedgerEvent.device_id == device_id), [Key(LedgerEvent.id, True)], after, limit
    )


def of_subject(subject_id: UUID, after: str | None = None, limit: int = DEFAULT_LIMIT) -> Page[LedgerEvent]:
    """The events about one row, latest first. Served by ``ix_ledger_event_subject_id_id``."""
    statement = select(LedgerEvent).where(LedgerEvent.subject_id == subject_id)
    return page(statement, [Key(LedgerEvent.id, True)], after, limit)


def data_of(event: LedgerEvent) -> dict[str, Any]:
    """The event's own fields as JSON values."""
    data: dict[str, Any] = orjson.loads(event.canonical)["data"]
    return data


def recorded_ahead(now: datetime) -> datetime | None:
    """The first moment in the ledger that is still to come by more than :data:`CLOCK_TOLERANCE`.

    The clock was ahead then or is behind now. Served by the primary key: an id begins with the moment, or with a later
    one where the clock had been put right; those that do lie behind the events that were recorded ahead.
    """
    to_come = now + CLOCK_TOLERANCE
    ahead = select(LedgerEvent.recorded_at).where(LedgerEvent.id >= first_id_at(to_come))
    first = ahead.where(LedgerEvent.recorded_at > to_come).order_by(LedgerEvent.id).limit(1)
    return db.session.scalars(first).first()


def latest_seal() -> LedgerSeal | None:
    """The seal made last."""
    return db.session.scalars(select(LedgerSeal).order_by(LedgerSeal.number.desc()).limit(1)).first()


def inclusion(event_id: UUID) -> Inclusion:
    """The event's proof. Raises :class:`NotFound` for an event that is not there or not sealed yet."""
    statement = (
        select(LedgerEvent.canonical, LedgerLeaf.leaf_index, LedgerSeal)
        .join(LedgerLeaf, LedgerLeaf.event_id == LedgerEvent.id)
        .join(LedgerSeal, LedgerSeal.number == LedgerLeaf.seal_number)
        .where(LedgerEvent.id == event_id)
    )
    found = db.session.execute(statement).one_or_none()
    if found is None:
        raise NotFound(gettext("Deze gebeurtenis is nog niet verzegeld."))
    canonical, index, sealed = found
    hashes = select(LedgerLeaf.leaf_hash).where(LedgerLeaf.seal_number == sealed.number).order_by(LedgerLeaf.leaf_index)
    return Inclusion(
        event_id=event_id,
        canonical=canonical,
        seal_number=sealed.number,
        leaf_index=index,
        tree_size=sealed.tree_size,
        path=merkle.inclusion_path(db.session.scalars(hashes).all(), index),
        root_hash=sealed.root_hash,
        head_jws=sealed.head_jws,
    )
