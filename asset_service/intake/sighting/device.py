"""The operation behind an agent's report: a station saw this machine, with these parts and these data carriers.

Part of the room's operations. New rows go in by Core, one statement a table: this is the service's hottest write. A
report adds facts and never moves a device by itself, except that a ready or reserved device whose carrier turns out
to be exposed falls back to *inspected*.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from asset_service.core.db import db, new_id
from asset_service.devices import codes, events, queries, row_changes
from asset_service.devices.models import (
    Component,
    ComponentKind,
    Device,
    DeviceCode,
    DeviceIdentity,
    DeviceTerm,
    State,
)
from asset_service.devices.terms import search_terms
from asset_service.intake.sighting import parts
from asset_service.intake.sighting.carriers import add_carrier, status_of_new_device, update_carriers
from asset_service.intake.sighting.plan import Sighting
from asset_service.intake.sighting.rows import NewRows, Seen
from wipe_reports.document import MinimumVerdict, WipeReport


def register_device(sighting: Sighting, rows: NewRows) -> Seen:
    """A machine that was not seen before, in state *received*: it stands at a station of the house.

    Where all its carriers are new and it bears no printed label yet, nothing is written and ``rows`` gets the rows: so
    they can be made before the database is locked.
    """
    device_id, code = new_id(), sighting.code or codes.new_code()
    _add_device(rows, sighting, device_id, code)
    part_ids = [_add_part(rows, part, device_id, sighting.at) for part in parts.seen(sighting.report)]
    for disk in sighting.new_disks:
        add_carrier(rows, sighting, disk, device_id)
    if not sighting.is_all_new:
        rows.insert(db.session.connection())
    if sighting.code is not None:
        row_changes.assign_code(sighting.code, device_id, sighting.partner_id, sighting.at)
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


def _add_device(rows: NewRows, sighting: Sighting, device_id: UUID, code: str) -> None:
    report, at = sighting.report, sighting.at
    rows.add(
        Device,
        id=device_id,
        code=code,
        kind=parts.kind_of(report),
        state=State.RECEIVED,
        data_status=status_of_new_device(sighting.disks),
        partner_id=sighting.partner_id,
        site_id=sighting.site_id,
        **_named(report),
        **_judged(report),
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
    for term in _terms_of(report, code):
        rows.add(DeviceTerm, term=term, device_id=device_id)


def update_device(sighting: Sighting, device: Device, rows: NewRows) -> Seen:
    """Write what the report adds to ``device``, which keeps its state, its history and what was known of it.

    Facts that the report does not know stay as they were. Parts that are there no longer lie loose at the device's
    site; a disk that was not seen stays the device's until a person takes it out: it may hide behind a failed probe.
    """
    report, at = sighting.report, sighting.at
    device.test = device.test and report.test
    for name, value in {**_named(report), **_judged(report)}.items():
        if value not in (None, "", []) or (name.startswith("minimum") and report.minimum.reasons):
            setattr(device, name, value)
    if device.kind.value == "other":
        device.kind = parts.kind_of(report)
    if sighting.code is not None:
        row_changes.stick_code(device, sighting.code, sighting.partner_id, at, rows.events.actor)
    _add_identities(rows, sighting, device)
    _compare_parts(rows, sighting, device)
    for disk in sighting.new_disks:
        add_carrier(rows, sighting, disk, device.id)
    _add_parts_seen(rows, device.id, installed=[disk.component_id for disk in sighting.new_disks])
    db.session.flush()
    rows.insert(db.session.connection())
    row_changes.add_terms(device.id, _terms_of(report, device.code))
    update_carriers(sighting, device.id, rows)
    row_changes.refresh_data_status(device, at, rows.events.actor)
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
        row_changes.make_loose(by_id[gone.component_id], device.partner_id, device.site_id, sighting.at)
    new = [_add_part(rows, part, device.id, sighting.at) for part in comparison.new]
    _add_parts_seen(rows, device.id, installed=new, removed=[gone.component_id for gone in comparison.gone])


def _named(report: WipeReport) -> dict[str, Any]:
    def short(text: str | None) -> str | None:
        return text[:200] if text else None

    return {
        "manufacturer": short(report.device.manufacturer),
        "product": short(report.device.product),
        "serial": short(report.device.serial),
        "summary": parts.summary(report),
    }


def _judged(report: WipeReport) -> dict[str, Any]:
    return {
        "minimum": MinimumVerdict(report.minimum.verdict.value),
        "minimum_reasons": list(report.minimum.reasons),
        "minimum_upgrade": report.minimum.upgrade,
    }


def _terms_of(report: WipeReport, code: str) -> set[str]:
    names = (report.device.manufacturer, report.device.product)
    return search_terms(code=code, names=names, serial=report.device.serial)


def _add_part(rows: NewRows, part: parts.Part, device_id: UUID, at: datetime) -> UUID:
    component_id = new_id()
    rows.add(
        Component,
        id=component_id,
        device_id=device_id,
        installed_at=at,
        partner_id=None,
        site_id=None,
        kind=part.kind,
        slot=part.slot,
        manufacturer=part.manufacturer,
        model=part.model,
        serial=part.serial,
        facts=part.facts,
        first_seen_at=at,
        last_seen_at=at,
    )
    return component_id
