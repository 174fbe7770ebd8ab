"""The operation behind an agent's report: a station saw this machine, with these parts and these data carriers.

Part of the room's operations. New rows go in by Core, one statement a table: this is the service's hottest write. A
report adds facts and never moves a device by itself, except that a ready or reserved device whose carrier turns out
to be exposed falls back to *inspected*.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from asset_service.core.db import db, new_id
from asset_service.core.rows import table_of
from asset_service.devices import codes, data_status, events, queries, steps
from asset_service.devices.models import (
    CarrierExposure,
    Component,
    ComponentKind,
    DataCarrier,
    DataStatus,
    Device,
    DeviceCode,
    DeviceIdentity,
    DeviceTerm,
    State,
)
from asset_service.devices.queries import SeenCarrier
from asset_service.intake.sighting import parts
from asset_service.intake.sighting.plan import Disk, Sighting
from asset_service.intake.sighting.rows import (
    NewRows,
    Seen,
    add_carrier,
    add_part,
    condition,
    judged,
    named,
    terms_of,
)


def register_device(sighting: Sighting, rows: NewRows) -> Seen:
    """A machine that was not seen before, in state *received*: it stands at a station of the house.

    Where all its carriers are new and it bears no printed label yet, nothing is written and ``rows`` gets the rows: so
    they can be made before the database is locked.
    """
    device_id, code = new_id(), sighting.code or codes.new_code()
    statuses = [disk.data_status for disk in sighting.disks if disk.plan.here and _counts(disk)]
    _add_device(rows, sighting, device_id, code, data_status.of_device(statuses, said_none=False))
    part_ids = [add_part(rows, part, device_id, sighting.at) for part in parts.seen(sighting.report)]
    for disk in sighting.new_disks:
        add_carrier(rows, sighting, disk, device_id)
    if not sighting.is_all_new:
        rows.insert(db.session.connection())
    if sighting.code is not None:
        steps.take_code(sighting.code, device_id, sighting.partner_id, sighting.at)
    registered = events.DeviceRegistered(
        subject_id=device_id,
        device_id=device_id,
        code=code,
        partner_id=sighting.partner_id,
        site_id=sighting.site_id,
    )
    rows.events.add(registered)
    _add_parts_seen(rows, device_id, installed=part_ids + [disk.component_id for disk in sighting.new_disks])
    update_carriers(sighting, device_id, rows)
    return Seen(device_id=device_id, code=code)


def _add_parts_seen(rows: NewRows, device_id: UUID, *, installed: list[UUID], removed: Sequence[UUID] = ()) -> None:
    if installed or removed:
        seen = events.PartsSeen(subject_id=device_id, device_id=device_id, installed=installed, removed=list(removed))
        rows.events.add(seen)


def _counts(disk: Disk) -> bool:
    portable = data_status.is_portable(disk.carrier.medium, disk.carrier.bus)
    return data_status.counts(disk.data_status, scratch=False, rehearsal=False, portable=portable)


def _add_device(rows: NewRows, sighting: Sighting, device_id: UUID, code: str, status: DataStatus) -> None:
    report, at = sighting.report, sighting.at
    rows.add(
        Device,
        id=device_id,
        code=code,
        kind=parts.kind_of(report),
        state=State.RECEIVED,
        data_status=status,
        partner_id=sighting.partner_id,
        site_id=sighting.site_id,
        **named(report),
        **judged(report),
        reusable=None,
        defects=[],
        created_at=at,
        changed_at=at,
        version=1,
        test=report.test,
    )
    if sighting.code is None:
        rows.add(
            DeviceCode, code=code, partner_id=sighting.partner_id, device_id=device_id, created_at=at, claimed_at=at
        )
    for key in sighting.keys:
        rows.add(DeviceIdentity, device_id=device_id, kind=key.kind, value=key.value, shared=False, first_seen_at=at)
    for term in terms_of(report, code):
        rows.add(DeviceTerm, term=term, device_id=device_id)


def update_device(sighting: Sighting, device: Device, rows: NewRows) -> Seen:
    """Write what the report adds to ``device``, which keeps its state, its history and what was known of it.

    Facts that the report does not know stay as they were. Parts that are there no longer lie loose at the device's
    site; a disk that was not seen stays the device's until a person takes it out: it may hide behind a failed probe.
    """
    report, at = sighting.report, sighting.at
    device.test = device.test and report.test
    for name, value in {**named(report), **judged(report)}.items():
        if value not in (None, "", []) or (name.startswith("minimum") and report.minimum.reasons):
            setattr(device, name, value)
    if device.kind.value == "other":
        device.kind = parts.kind_of(report)
    if sighting.code is not None:
        steps.stick_code(device, sighting.code, sighting.partner_id, at, rows.events.actor)
    _add_identities(rows, sighting, device)
    _compare_parts(rows, sighting, device)
    for disk in sighting.new_disks:
        add_carrier(rows, sighting, disk, device.id)
    _add_parts_seen(rows, device.id, installed=[disk.component_id for disk in sighting.new_disks])
    db.session.flush()
    rows.insert(db.session.connection())
    steps.add_terms(device.id, terms_of(report, device.code))
    update_carriers(sighting, device.id, rows)
    steps.refresh_data_status(device, at, rows.events.actor)
    db.session.flush()
    return Seen(device_id=device.id, code=device.code)


def _add_identities(rows: NewRows, sighting: Sighting, device: Device) -> None:
    """The device is also known by what the report adds, save what a person declared shared or another one bears.

    A hint may be borne by two: it identifies neither by itself.
    """
    borne = {key for of, key, _ in queries.identity_rows(sighting.keys) if key.strong or of == device.id}
    for key in sighting.keys:
        if key not in borne:
            rows.add(
                DeviceIdentity,
                device_id=device.id,
                kind=key.kind,
                value=key.value,
                shared=False,
                first_seen_at=sighting.at,
            )


def _compare_parts(rows: NewRows, sighting: Sighting, device: Device) -> None:
    statement = select(Component).where(Component.device_id == device.id, Component.kind != ComponentKind.DISK)
    by_id = {component.id: component for component in db.session.scalars(statement)}
    installed = [
        parts.Installed(
            component_id=one.id, kind=one.kind, slot=one.slot, model=one.model, serial=one.serial, facts=one.facts
        )
        for one in by_id.values()
    ]
    comparison = parts.compare(installed, parts.seen(sighting.report))
    for known, part in comparison.same:
        component = by_id[known.component_id]
        component.last_seen_at = sighting.at
        component.slot = part.slot or component.slot
        component.facts = {**component.facts, **{name: fact for name, fact in part.facts.items() if fact is not None}}
    for gone in comparison.gone:
        steps.lay_loose(by_id[gone.component_id], device.partner_id, device.site_id, sighting.at)
    new = [add_part(rows, part, device.id, sighting.at) for part in comparison.new]
    _add_parts_seen(rows, device.id, installed=new, removed=[gone.component_id for gone in comparison.gone])


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
            steps.clear_exposure(disk.component_id, disk.plan.exposure, sighting.at)
    for other in filter(None, others):
        steps.refresh_data_status(steps.locked_device(other), sighting.at, rows.events.actor)


def _add_exposure_events(disk: Disk, device_id: UUID | None, rows: NewRows) -> None:
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


def _update_carrier(sighting: Sighting, disk: Disk) -> None:
    """A carrier that was known: its condition now, where it sits now, and its new exposure if it has one."""
    carrier, planned = disk.carrier, disk.plan
    values: dict[str, Any] = {"sightings": DataCarrier.sightings + 1} | {
        name: value for name, value in condition(carrier).items() if value not in (None, [], "unknown")
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
        .values(last_seen_at=sighting.at, slot=carrier.name[:100], facts=parts.carrier_facts(carrier))
    )


def _move(known: SeenCarrier, sighting: Sighting, device_id: UUID | None, rows: NewRows) -> None:
    """The carrier sits in this device now, or (``None``) lies loose here, wherever it was."""
    component = db.session.get_one(Component, known.component_id, populate_existing=True)
    if device_id is None:
        steps.lay_loose(component, sighting.partner_id, sighting.site_id, sighting.at)
        removed = events.ComponentRemoved(
            subject_id=known.component_id,
            device_id=known.device_id,
            component_kind=ComponentKind.DISK,
            site_id=sighting.site_id,
        )
        rows.events.add(removed)
        return
    steps.put_in(component, device_id, sighting.at)
    installed = events.ComponentInstalled(
        subject_id=known.component_id,
        device_id=device_id,
        component_kind=ComponentKind.DISK,
        from_device_id=known.device_id,
    )
    rows.events.add(installed)
