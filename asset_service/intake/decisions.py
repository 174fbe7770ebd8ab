"""What a person decides about a report that waits: which device it is about, or that it is about none of ours.

Part of the room's operations, in a file of its own.
"""

from __future__ import annotations

from uuid import UUID

from flask_babel import gettext

from asset_service.accounts.access import Access
from asset_service.accounts.models import Station
from asset_service.core.db import db, utc_now
from asset_service.core.errors import FieldError, Forbidden, Invalid, NotFound, Refused
from asset_service.devices import operations as device_operations
from asset_service.devices import row_changes
from asset_service.devices.models import Device
from asset_service.intake import events, lookup
from asset_service.intake.matching import Hints, other_partners
from asset_service.intake.models import Grounds, UnmatchedReport
from asset_service.intake.received import Received, is_about_loose_disks
from asset_service.intake.roles import DECIDERS, may_decide
from asset_service.intake.sighting.apply import prepare
from asset_service.ledger.operations import record
from asset_service.wiping.models import ReportResult
from wipe_reports import schema, signing


def resolve_unmatched(access: Access, report_id: UUID, *, device_id: UUID | None, grounds: Grounds) -> Device | None:
    """A person says that the report is about ``device_id``, or (``None``) about a device not known yet.

    A report about loose disks is about no device: ``device_id`` must be ``None``, and no device is given back.

    The report is then applied exactly as if it had matched when it came. What strongly identifies another device
    already was seen on two machines, and identifies neither from now on. The device's and the station's partner may
    decide; what another partner holds only that partner (or an admin) gives away.
    """
    waiting, received = _waiting(access, report_id)
    found = lookup.find(received.report, received.partner_id, received.received_at)
    _check_loose(received, device_id)
    _demand_holders(access, waiting, found.hints, device_id)
    others = [
        other
        for other, known in found.hints.devices.items()
        if other != device_id and access.may_somewhere(DECIDERS, known.partner_id)
    ]
    device_operations.share_identity(access, others, [key for key in found.keys if key.strong])
    found = lookup.find(received.report, received.partner_id, received.received_at)
    seen_then = {UUID(component_id): count for component_id, count in waiting.seen_then.items()}
    applied = prepare(received, found, device_id, seen_then)
    applied.write()
    waiting.report.result, waiting.report.device_id = applied.result, applied.seen.device_id
    _close(waiting, access, grounds)
    resolved = events.ReportResolved(
        subject_id=report_id,
        device_id=applied.seen.device_id,
        new_device=device_id is None and applied.seen.device_id is not None,
        grounds=grounds,
    )
    record(resolved, access.actor)
    return row_changes.locked_device(applied.seen.device_id) if applied.seen.device_id else None


def _check_loose(received: Received, device_id: UUID | None) -> None:
    if device_id is not None and is_about_loose_disks(received.report):
        message = gettext("Dit verslag gaat over losse schijven, niet over een toestel.")
        raise Invalid(message, errors=[FieldError("device_id", message)])


def reject_unmatched(access: Access, report_id: UUID, *, grounds: Grounds) -> None:
    """A person says that the report is about no device of ours. It is kept, and changes nothing."""
    waiting, _ = _waiting(access, report_id)
    waiting.report.result = ReportResult.REJECTED
    _close(waiting, access, grounds)
    record(events.ReportRejected(subject_id=report_id, grounds=grounds), access.actor)


def _waiting(access: Access, report_id: UUID) -> tuple[UnmatchedReport, Received]:
    waiting = db.session.get(UnmatchedReport, report_id, with_for_update=True, populate_existing=True)
    if waiting is None:
        raise NotFound(gettext("Dit verslag wacht niet op een beslissing."))
    if not may_decide(access, waiting):
        raise Forbidden(gettext("Je rol laat dit bij deze partner niet toe."))
    if waiting.resolved_at is not None:
        raise Refused(gettext("Over dit verslag is al beslist."), code="resolved_already")
    signed = waiting.report
    station = db.session.get_one(Station, signed.station_id)
    received = Received(
        report=schema.from_bytes(signing.peek(signed.jws)[1]),
        station_id=station.id,
        station_key_id=station.key_id,
        partner_id=signed.partner_id,
        site_id=station.site_id,
        received_at=signed.received_at,
        sha256=signed.sha256,
    )
    return waiting, received


def _demand_holders(access: Access, waiting: UnmatchedReport, hints: Hints, device_id: UUID | None) -> None:
    """Nobody takes, by deciding on a report, what another partner held when it came or holds now."""
    holders = other_partners(hints, None) | set(filter(None, [waiting.holder_partner_id]))
    if device_id is None:
        holders |= {known.partner_id for known in hints.devices.values()} - {hints.station_partner_id}
    pointed_at = {carrier.device_id for carrier in hints.carriers if carrier.device_id is not None} | {*hints.devices}
    for holder in holders:
        access.demand(DECIDERS, holder, lookup.site_of_holder(hints, pointed_at, holder))
    if device_id is not None:
        device = db.session.get(Device, device_id)
        if device is None or not access.may(DECIDERS, device.partner_id, device.site_id):
            message = gettext("Kies een toestel van je eigen organisatie.")
            raise Invalid(message, errors=[FieldError("device_id", message)])


def _close(waiting: UnmatchedReport, access: Access, grounds: Grounds) -> None:
    waiting.resolved_at, waiting.resolved_by, waiting.grounds = utc_now(), access.user_id, grounds
    db.session.flush()
