"""Refused bytes, kept for an admin within bounds: of one item, in number, in all, and per sender in an hour.

Part of the room's operations, in a file of its own. What an enrolled station signed is never pushed out by strangers:
theirs makes room first, oldest first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import delete, func, select, update

from asset_service.accounts.access import Access
from asset_service.core.db import db, new_id, utc_now
from asset_service.core.errors import NotFound
from asset_service.core.security import MAX_BODY_BYTES
from asset_service.intake import events
from asset_service.intake.checks import Rejected
from asset_service.intake.models import QuarantinedReport
from asset_service.intake.roles import QUARANTINE_READERS
from asset_service.ledger.operations import record


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """How much is kept: bytes of one item, items and bytes in all, and new items an hour for one sender."""

    item_bytes: int = MAX_BODY_BYTES
    items: int = 1000
    total_bytes: int = 64 * 1024 * 1024
    hourly: int = 30


BOUNDS = Bounds()


def store(raw: bytes, rejected: Rejected, source: str, bounds: Bounds = BOUNDS) -> bool:
    """Keep the bytes that were refused, cut at the bound of one item. False where the bounds leave no room.

    ``source`` is the remote address. The same bytes again are counted, not kept twice.
    """
    digest, now = sha256(raw).hexdigest(), utc_now()
    again = (
        update(QuarantinedReport).where(QuarantinedReport.sha256 == digest).values(times=QuarantinedReport.times + 1)
    )
    if db.session.connection().execute(again).rowcount:
        return True
    body = raw[: bounds.item_bytes]
    station_id = rejected.station.id if rejected.station is not None and rejected.signed else None
    if _too_often(source, station_id, bounds) or not _make_room(len(body), rejected.signed, bounds):
        return False
    first = rejected.errors[0]
    db.session.add(
        QuarantinedReport(
            id=new_id(),
            received_at=now,
            source=source[:64],
            station_id=station_id,
            signed=rejected.signed,
            code=rejected.code[:60],
            field=first.field[:300],
            message=str(first.message)[:1000],
            sha256=digest,
            size_bytes=len(raw),
            kept_bytes=len(body),
            body=body,
        )
    )
    db.session.flush()
    return True


def _too_often(source: str, station_id: UUID | None, bounds: Bounds) -> bool:
    """A station is counted as itself, wherever it stands; anybody else by address."""
    sender = (
        QuarantinedReport.station_id == station_id
        if station_id is not None
        else (QuarantinedReport.source == source[:64]) & QuarantinedReport.station_id.is_(None)
    )
    now = utc_now()
    # What a clock that was ahead wrote down is not of this hour.
    within = QuarantinedReport.received_at.between(now - timedelta(hours=1), now)
    statement = select(func.count()).where(sender, within)
    return (db.session.scalar(statement) or 0) >= bounds.hourly


def _make_room(size_bytes: int, signed: bool, bounds: Bounds) -> bool:
    """Push out what is oldest, strangers' items first, until one of ``size_bytes`` fits."""
    if size_bytes > bounds.total_bytes or bounds.items < 1:
        return False
    count, total = db.session.execute(
        select(func.count(), func.coalesce(func.sum(QuarantinedReport.kept_bytes), 0))
    ).one()
    if count < bounds.items and total + size_bytes <= bounds.total_bytes:
        return True
    candidates = select(QuarantinedReport.id, QuarantinedReport.kept_bytes)
    if not signed:
        candidates = candidates.where(~QuarantinedReport.signed)
    oldest = db.session.execute(candidates.order_by(QuarantinedReport.signed, QuarantinedReport.id)).all()
    doomed = []
    for item_id, kept_bytes in oldest:
        if count < bounds.items and total + size_bytes <= bounds.total_bytes:
            break
        doomed.append(item_id)
        count, total = count - 1, total - kept_bytes
    if count >= bounds.items or total + size_bytes > bounds.total_bytes:
        return False
    db.session.execute(delete(QuarantinedReport).where(QuarantinedReport.id.in_(doomed)))
    return True


def throw_away(access: Access, item_id: UUID) -> None:
    """An admin deletes the item; the ledger keeps that it was there."""
    access.demand_any(QUARANTINE_READERS)
    item = db.session.get(QuarantinedReport, item_id)
    if item is None:
        raise NotFound(gettext("Dit zit niet (meer) in quarantaine."))
    event = events.QuarantineDeleted(subject_id=item.id, sha256=item.sha256, station_id=item.station_id)
    db.session.delete(item)
    db.session.flush()
    record(event, access.actor)
