"""The operation behind an agent's report: a station saw this machine, with these parts and these data carriers.

Part of the room's operations. New rows go in by Core, one statement a table: this is the
service's hottest write. A report adds facts and never moves a device by itself, except that a ready or reserved
device whose carrier turns out to be exposed falls back to *inspected*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from asset_service.core.db import db, new_id
from asset_service.core.rows import table_of
from asset_service.devices import codes, data_status, events, queries, steps
from asset_service.devices.exposures import CarrierPlan
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
from asset_service.intake.sighting.plan import Sighting
from asset_service.intake.sighting.rows import (
    NewCarrier,
    NewRows,
    add_carrier,
    add_part,
    condition,
    judged,
    named,
    status_of,
    terms_of,
)
from asset_service.ledger.operations import Draft
from wipe_reports.document import Carrier


@dataclass(kw_only=True)
class Seen:
    """What was, or (by :meth:`write`) will be written: the device and its code.

    Of loose disks there is no device: its id and code are ``None``.
    """

    device_id: UUID | None
    code: str | None
    new_rows: NewRows | None = None

    def write(self, connection: Connection) -> None:
        """Write the rows of a new device, where they were only made so far."""
        if self.new_rows is not None:
            self.new_rows.insert(connection)
            self.new_rows = None


def register_device(
    sighting: Sighting, plans: Sequence[CarrierPlan], cleared: Mapping[int, UUID], draft: Draft
) -> Seen:
    """A machine that was not seen before, in state *received*: it stands at a station of the house.

    ``cleared`` names the carriers (by index) whose wipe holds, with the evidence of it; ``draft`` gets the events.
    Where all its carriers are new and it bears no printed label yet, nothing is written before :meth:`Seen.write`: so
    the rows can be made before the database is locked.
    """
    rows, device_id, code = NewRows(), new_id(), sighting.code or codes.new_code()
    statuses = [
        status
        for index, plan in enumerate(plans)
        if plan.here and _counts(status := status_of(plan, index in cleared), sighting.report.carriers[index])
    ]
    _add_device(rows, sighting, device_id, code, data_status.of_device(statuses, said_none=False))
    part_ids = [add_part(rows, part, device_id, sighting.at) for part in parts.seen(sighting.report)]
    for index, planned in enumerate(plans):
        if planned.known is None:
            add_carrier(rows, sighting, index, NewCarrier(planned, device_id, index in cleared))
    seen = Seen(device_id=device_id, code=code, new_rows=rows)
    if not sighting.is_all_new:
        seen.write(db.session.connection())
    if sighting.code is not None:
        steps.take_code(sighting.code, device_id, sighting.partner_id, sighting.at)
    registered = events.DeviceRegistered(
        subject_id=device_id,
        device_id=device_id,
        code=code,
        partner_id=sighting.partner_id,
        site_id=sighting.site_id,
    )
    draft.add(registered)
    new_disks = [planned.component_id for planned in plans if planned.known is None]
    if part_ids or new_disks:
        draft.add(
            events.PartsSeen(subject_id=device_id, device_id=device_id, installed=part_ids + new_disks, removed=[])
        )
    carriers_seen(sighting, plans, cleared, device_id, draft)
    return seen


def _counts(status: DataStatus, carrier: Carrier) -> bool:
    portable = data_status.is_portable(carrier.medium, carrier.bus)
    return data_status.counts(status, scratch=False, rehearsal=False, portable=portable)


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


def update_device(
    sighting: Sighting, device: Device, plans: Sequence[CarrierPlan], cleared: Mapping[int, UUID], draft: Draft
) -> Seen:
    """Write what the report adds to ``device``, which keeps its state, its history and what was known of it.

    Facts that the report does not know stay as they were. Parts that are there no longer lie loose at the device's
    site; a disk that was not seen stays the device's until a person takes it out: it may hide behind a failed probe.
    """
    report, at = sighting.report, sighting.at
    rows = NewRows()
    device.test = device.test and report.test
    for name, value in {**named(report), **judged(report)}.items():
        if value not in (None, "", []) or (name.startswith("minimum") and report.minimum.reasons):
            setattr(device, name, value)
    if device.kind.value == "other":
        device.kind = parts.kind_of(report)
    if sighting.code is not None:
        steps.stick_code(device, sighting.code, sighting.partner_id, at, draft.actor)
    _add_identities(rows, sighting, device)
    _compare_parts(rows, sighting, device, draft)
    for index, planned in enumerate(plans):
        if planned.known is None:
            add_carrier(rows, sighting, index, NewCarrier(planned, device.id, index in cleared))
    new_disks = [planned.component_id for planned in plans if planned.known is None]
    if new_disks:
        draft.add(events.PartsSeen(subject_id=device.id, device_id=device.id, installed=new_disks, removed=[]))
    db.session.flush()
    rows.insert(db.session.connection())
    steps.add_terms(device.id, terms_of(report, device.code))
    carriers_seen(sighting, plans, cleared, device.id, draft)
    steps.refresh_data_status(device, at, draft.actor)
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


def _compare_parts(rows: NewRows, sighting: Sighting, device: Device, draft: Draft) -> None:
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
    if new or comparison.gone:
        removed = [gone.component_id for gone in comparison.gone]
        draft.add(events.PartsSeen(subject_id=device.id, device_id=device.id, installed=new, removed=removed))


def carriers_seen(
    sighting: Sighting,
    plans: Sequence[CarrierPlan],
    cleared: Mapping[int, UUID],
    device_id: UUID | None,
    draft: Draft,
) -> None:
    """What the sighting changes on carriers that were known, and the events of all; ``None``: they lie loose."""
    others: set[UUID | None] = set()
    for index, planned in enumerate(plans):
        if planned.known is not None:
            if planned.here:
                _update_carrier(sighting, index, planned)
            if planned.known.device_id != device_id:
                others.add(planned.known.device_id)
                if planned.here:
                    _move(planned.known, sighting, device_id, draft)
        if planned.exposed_by is not None:
            draft.add(
                events.CarrierExposed(
                    subject_id=planned.component_id,
                    device_id=device_id,
                    exposure=planned.exposure,
                    reason=planned.exposed_by,
                )
            )
        if index in cleared:
            if planned.known is not None:
                steps.clear_exposure(planned.component_id, planned.exposure, sighting.at)
            draft.add(
                events.CarrierCleared(
                    subject_id=planned.component_id,
                    device_id=device_id,
                    exposure=planned.exposure,
                    evidence_id=cleared[index],
                )
            )
    for other in filter(None, others):
        steps.refresh_data_status(steps.locked_device(other), sighting.at, draft.actor)


def _update_carrier(sighting: Sighting, index: int, planned: CarrierPlan) -> None:
    """A carrier that was known: its condition now, where it sits now, and its new exposure if it has one."""
    carrier = sighting.report.carriers[index]
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


def _move(known: SeenCarrier, sighting: Sighting, device_id: UUID | None, draft: Draft) -> None:
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
        draft.add(removed)
        return
    steps.put_in(component, device_id, sighting.at)
    installed = events.ComponentInstalled(
        subject_id=known.component_id,
        device_id=device_id,
        component_kind=ComponentKind.DISK,
        from_device_id=known.device_id,
    )
    draft.add(installed)
