"""Applying a report to what the service knows: the same for one that comes in and for one decided on later.

Part of the room's operations. First everything is made ready (:func:`prepare`), which for a machine of which nothing
is known touches no table; then it is written (:meth:`Prepared.write`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from asset_service.core.db import db
from asset_service.devices import row_changes
from asset_service.devices.models import Device
from asset_service.intake import lookup
from asset_service.intake.received import Received, is_about_loose_disks
from asset_service.intake.sighting.device import register_device, update_device
from asset_service.intake.sighting.loose import register_loose_disks
from asset_service.intake.sighting.plan import Circumstances, FoundDisk, JudgedDisk, Sighting, plan_carrier
from asset_service.intake.sighting.rows import NewRows, Seen
from asset_service.wiping import evidence
from asset_service.wiping.evidence import JudgedWipe
from asset_service.wiping.models import ReportResult, WipeEvidence


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A report made ready to be written: ``rows`` are the rows and events that it adds."""

    received: Received
    result: ReportResult
    seen: Seen
    wipes: Sequence[JudgedWipe]
    rows: NewRows

    def write(self) -> None:
        """Write the rows and the events, and what follows from the wipes, in the open transaction.

        Raises IntegrityError or :class:`~asset_service.wiping.evidence.NonceClash` where another report came between.
        """
        self.rows.insert(db.session.connection())
        evidence.use_up_nonces(self.wipes, UUID(self.received.report.report_id))
        self.rows.events.record()
        evidence.follow_up(
            self.wipes,
            device_id=self.seen.device_id,
            partner_id=self.received.partner_id,
            at=self.received.received_at,
            actor=self.received.actor,
        )


def prepare(
    received: Received, found: lookup.Found, device_id: UUID | None, seen_then: Mapping[UUID, int] | None = None
) -> Prepared:
    """What the report does to its device: rows still to be written for a new one, partly written for a known one.

    ``device_id`` is the device that it is about, ``None`` for a new one and for loose disks. ``seen_then`` as in
    :class:`~asset_service.intake.sighting.plan.Circumstances`.
    """
    report = received.report
    device = row_changes.locked_device(device_id) if device_id is not None else None
    sighting = Sighting(
        report=report,
        at=received.received_at,
        partner_id=received.partner_id,
        site_id=received.site_id,
        keys=found.keys,
        disks=_disks(received, found, device, seen_then),
        device_id=device_id,
        code=found.code,
    )
    rows = NewRows(received.actor)
    if is_about_loose_disks(report):
        seen = register_loose_disks(sighting, rows)
    elif device is None:
        seen = register_device(sighting, rows)
    else:
        seen = update_device(sighting, device, rows)
    wipes = [disk.wipe for disk in sighting.disks if disk.wipe is not None]
    for wipe in wipes:
        rows.add(WipeEvidence, **evidence.row_of(wipe, report, seen.device_id))
        rows.events.add(evidence.event_of(wipe, report, seen.device_id, received.sha256))
    return Prepared(received=received, result=_result(received, found, device_id), seen=seen, wipes=wipes, rows=rows)


def _disks(
    received: Received, found: lookup.Found, device: Device | None, seen_then: Mapping[UUID, int] | None
) -> list[JudgedDisk]:
    """The report's disks, each with its plan and the worth of its wipe."""
    now = Circumstances(
        report=received.report,
        device_id=device.id if device is not None else None,
        state=device.state if device is not None else None,
        seen_then=seen_then,
    )
    found_disks = found.disks if device is None else lookup.with_nameless(found.disks, device.id)
    return list(_judged(received, found_disks, now))


def _judged(received: Received, found_disks: Sequence[FoundDisk], now: Circumstances) -> Iterator[JudgedDisk]:
    given = evidence.given_nonces(received.report)
    for found in found_disks:
        plan = plan_carrier(found.known, now)
        wipe = evidence.judge_wipe(
            found.carrier,
            found.index,
            plan,
            identity=found.identity,
            given=given,
            station_id=received.station_id,
            received_at=received.received_at,
        )
        yield JudgedDisk(carrier=found.carrier, identity=found.identity, plan=plan, wipe=wipe)


def _result(received: Received, found: lookup.Found, device_id: UUID | None) -> ReportResult:
    """Was what the report is about known already? Of loose disks: every one of them."""
    all_known = is_about_loose_disks(received.report) and all(disk.known for disk in found.disks)
    return ReportResult.MATCHED if device_id is not None or all_known else ReportResult.CREATED
