"""What a sighting adds to and changes on data carriers: new ones, known ones, and where they are now.

Part of the room's operations.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from asset_service.core.db import db
from asset_service.core.rows import table_of
from asset_service.devices import data_status, events, row_changes
from asset_service.devices.models import (
    CarrierExposure,
    Component,
    ComponentKind,
    DataCarrier,
    DataStatus,
    ExposureReason,
)
from asset_service.devices.queries import SeenCarrier
from asset_service.intake.sighting.plan import JudgedDisk, Sighting
from asset_service.intake.sighting.rows import NewRows
from wipe_reports.document import Carrier, Smart


def status_of_new_device(disks: Sequence[JudgedDisk]) -> DataStatus:
    """The data status of a new device with these disks: the worst of theirs."""
    statuses = [disk.data_status for disk in disks if disk.plan.here and _counts(disk)]
    return data_status.of_device(statuses, said_none=False)


def _counts(disk: JudgedDisk) -> bool:
    portable = data_status.is_portable(disk.carrier.medium, disk.carrier.bus)
    return data_status.counts(disk.data_status, scratch=False, rehearsal=False, portable=portable)


def add_carrier(rows: NewRows, sighting: Sighting, disk: JudgedDisk, device_id: UUID | None) -> None:
    """A disk not known before, in the device or (``None``) loose at the station's place."""
    carrier, at = disk.carrier, sighting.at
    is_loose = device_id is None
    rows.add(
        Component,
        device_id=device_id,
        installed_at=None if is_loose else at,
        partner_id=sighting.partner_id if is_loose else None,
        site_id=sighting.site_id if is_loose else None,
        id=disk.component_id,
        kind=ComponentKind.DISK,
        slot=carrier.name[:100],
        **_carrier_names(carrier),
        facts=_facts(carrier),
        first_seen_at=at,
        last_seen_at=at,
    )
    rows.add(
        DataCarrier,
        component_id=disk.component_id,
        identity=disk.identity,
        data_status=disk.data_status,
        exposure=disk.plan.exposure,
        size_bytes=carrier.size_bytes,
        medium=carrier.medium.value,
        bus=carrier.bus,
        sightings=1,
        test=sighting.report.test and carrier.wipe is not None,
        **_condition(carrier),
    )
    rows.add(
        CarrierExposure,
        component_id=disk.component_id,
        number=disk.plan.exposure,
        reason=ExposureReason.FIRST_SEEN,
        exposed_at=at,
        cleared_at=None if disk.cleared_by is None else at,
    )


def update_carriers(sighting: Sighting, device_id: UUID | None, rows: NewRows) -> None:
    """What the sighting changes on carriers that were known, and the events of all; ``None``: they lie loose."""
    others: set[UUID | None] = set()
    for disk in sighting.disks:
        known = disk.known
        if known is not None:
            if disk.plan.here:
                _update_carrier(sighting, disk)
            if known.device_id != device_id:
                others.add(known.device_id)
                if disk.plan.here:
                    _move(known, sighting, device_id, rows)
        _add_exposure_events(disk, device_id, rows)
        if known is not None and disk.cleared_by is not None:
            row_changes.clear_exposure(disk.component_id, disk.plan.exposure, sighting.at)
    for other in filter(None, others):
        row_changes.refresh_data_status(row_changes.locked_device(other), sighting.at, rows.events.actor)


def _add_exposure_events(disk: JudgedDisk, device_id: UUID | None, rows: NewRows) -> None:
    """The events of a carrier that is exposed now, and of one that its wipe clears."""
    component_id, exposure = disk.component_id, disk.plan.exposure
    if disk.plan.exposed_by is not None:
        exposed = events.CarrierExposed(
            subject_id=component_id, device_id=device_id, exposure=exposure, reason=disk.plan.exposed_by
        )
        rows.events.add(exposed)
    if disk.cleared_by is not None:
        cleared = events.CarrierCleared(
            subject_id=component_id, device_id=device_id, exposure=exposure, evidence_id=disk.cleared_by
        )
        rows.events.add(cleared)


def _update_carrier(sighting: Sighting, disk: JudgedDisk) -> None:
    """A carrier that was known: its condition now, where it sits now, and its new exposure if it has one."""
    carrier, planned = disk.carrier, disk.plan
    values: dict[str, Any] = {"sightings": DataCarrier.sightings + 1} | {
        name: value for name, value in _condition(carrier).items() if value not in (None, [], "unknown")
    }
    if not sighting.report.test:
        values["test"] = False
    if planned.exposed_by is not None:
        values |= {"data_status": DataStatus.EXPOSED, "exposure": planned.exposure}
        db.session.execute(
            insert(table_of(CarrierExposure)),
            {
                "component_id": planned.component_id,
                "number": planned.exposure,
                "reason": planned.exposed_by,
                "exposed_at": sighting.at,
                "cleared_at": None,
            },
        )
    db.session.execute(update(DataCarrier).where(DataCarrier.component_id == planned.component_id).values(**values))
    db.session.execute(
        update(Component)
        .where(Component.id == planned.component_id)
        .values(last_seen_at=sighting.at, slot=carrier.name[:100], facts=_facts(carrier))
    )


def _move(known: SeenCarrier, sighting: Sighting, device_id: UUID | None, rows: NewRows) -> None:
    """The carrier sits in this device now, or (``None``) lies loose here, wherever it was."""
    component = db.session.get_one(Component, known.component_id, populate_existing=True)
    if device_id is None:
        row_changes.make_loose(component, sighting.partner_id, sighting.site_id, sighting.at)
        removed = events.ComponentRemoved(
            subject_id=known.component_id,
            device_id=known.device_id,
            component_kind=ComponentKind.DISK,
            site_id=sighting.site_id,
        )
        rows.events.add(removed)
        return
    row_changes.install(component, device_id, sighting.at)
    installed = events.ComponentInstalled(
        subject_id=known.component_id,
        device_id=device_id,
        component_kind=ComponentKind.DISK,
        from_device_id=known.device_id,
    )
    rows.events.add(installed)


def _carrier_names(carrier: Carrier) -> dict[str, Any]:
    return {
        "manufacturer": carrier.manufacturer[:200] if carrier.manufacturer else None,
        "model": carrier.model[:200] if carrier.model else None,
        "serial": carrier.serial[:200] if carrier.serial else None,
    }


def _condition(carrier: Carrier) -> dict[str, Any]:
    return {
        "health": carrier.health.verdict.value,
        "health_reasons": list(carrier.health.reasons),
        "power_on_hours": power_on_hours(carrier),
    }


def _facts(carrier: Carrier) -> dict[str, Any]:
    """What is worth showing of a disk beside its columns."""
    smart = carrier.smart_after or carrier.smart_before
    facts: dict[str, Any] = {"firmware": carrier.firmware}
    if smart is not None:
        names = (
            "passed",
            "reallocated",
            "pending",
            "uncorrectable",
            "power_on_hours",
            "percentage_used",
            "media_errors",
        )
        facts["smart"] = {name: getattr(smart, name) for name in names}
    return facts


def power_on_hours(carrier: Carrier) -> int | None:
    """The disk's hours at the report's last look, or ``None``."""
    readings: Iterable[Smart | None] = (carrier.smart_after, carrier.smart_before)
    hours = next((one.power_on_hours for one in readings if one is not None and one.power_on_hours is not None), None)
    return hours if hours is not None and hours < 2**31 else None
