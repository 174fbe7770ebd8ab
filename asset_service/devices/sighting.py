"""The operation behind an agent's report: a station saw this machine, with these parts and these data carriers.

Part of the room's operations, in a file of its own. New rows go in by Core, one statement a table: this is the
service's hottest write. A report adds facts and never moves a device by itself, except that a ready or reserved
device whose carrier turns out to be exposed falls back to *inspected*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from asset_service.core.db import db, new_id
from asset_service.core.rows import RowInsert
from asset_service.devices import codes, data_status, events, operations, parts, queries
from asset_service.devices.identity import Key
from asset_service.devices.lifecycle import OUTSIDE
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
    ExposureReason,
    MinimumVerdict,
    State,
)
from asset_service.devices.queries import SeenCarrier
from asset_service.ledger.events import Event
from wipe_reports.document import Carrier, WipeReport


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """One report about one machine, as matching left it. ``carriers`` is parallel to ``report.carriers``.

    ``identities`` are the carriers' usable identities; ``known`` what the service knows of each carrier. ``code`` is
    a blank label's code that the report claims. ``device_id`` is ``None`` for a machine not seen before.
    """

    report: WipeReport
    at: datetime
    partner_id: UUID
    site_id: UUID
    keys: Sequence[Key]
    identities: Sequence[str | None]
    known: Sequence[SeenCarrier | None]
    device_id: UUID | None = None
    code: str | None = None

    @property
    def is_all_new(self) -> bool:
        """Is there nothing in it that the service knows: no device, no carrier, no printed label?"""
        return self.device_id is None and self.code is None and not any(self.known)


@dataclass(frozen=True, kw_only=True, slots=True)
class CarrierPlan:
    """What the sighting means for one carrier, before its wipe is judged.

    ``exposure`` is its number from now on, ``exposed_by`` why it rose now; ``exposed``: is there something to wipe?
    """

    component_id: UUID
    known: SeenCarrier | None
    exposure: int
    exposed_by: ExposureReason | None
    exposed: bool


@dataclass(kw_only=True)
class Seen:
    """What was, or (by :meth:`write`) will be written: the device, its code, and the events to record."""

    device_id: UUID
    code: str
    events: list[Event] = field(default_factory=list)
    new_rows: _Rows | None = None

    def write(self, connection: Connection) -> None:
        """Write the rows of a new device, where they were only made so far."""
        if self.new_rows is not None:
            self.new_rows.insert(connection)
            self.new_rows = None


def plan(sighting: Sighting, state: State | None) -> list[CarrierPlan]:
    """The carriers' exposures by the rules of the house. ``state`` is the device's, ``None`` for a new one. Pure."""
    outside = state is not None and state in OUTSIDE
    return [_plan(known, outside) for known in sighting.known]


def _plan(known: SeenCarrier | None, outside: bool) -> CarrierPlan:
    if known is None:
        return CarrierPlan(
            component_id=new_id(), known=None, exposure=1, exposed_by=ExposureReason.FIRST_SEEN, exposed=True
        )
    reason = None
    if known.data_status is DataStatus.UNKNOWN:
        reason = ExposureReason.FIRST_SEEN
    elif known.data_status is DataStatus.DESTROYED or (
        data_status.is_clean(known.data_status) and _outside(known, outside)
    ):
        reason = ExposureReason.FROM_OUTSIDE
    return CarrierPlan(
        component_id=known.component_id,
        known=known,
        exposure=known.exposure + (reason is not None),
        exposed_by=reason,
        exposed=reason is not None or known.data_status is DataStatus.EXPOSED,
    )


def _outside(known: SeenCarrier, device_outside: bool) -> bool:
    return device_outside or known.device_state in OUTSIDE


@dataclass(frozen=True, slots=True)
class _NewCarrier:
    planned: CarrierPlan
    device_id: UUID
    cleared: bool


class _Rows:
    """New rows by table, inserted in the order of their foreign keys."""

    _ORDER = (Device, DeviceCode, DeviceIdentity, DeviceTerm, Component, DataCarrier, CarrierExposure)
    _INSERTS = tuple((model, RowInsert(model.__table__)) for model in _ORDER)

    def __init__(self) -> None:
        self._rows: dict[Any, list[dict[str, Any]]] = {model: [] for model in self._ORDER}

    def add(self, model: Any, /, **row: Any) -> None:
        self._rows[model].append(row)

    def insert(self, connection: Connection) -> None:
        for model, inserts in self._INSERTS:
            inserts.execute(connection, self._rows[model])


def register_device(sighting: Sighting, plans: Sequence[CarrierPlan], cleared: Mapping[int, UUID]) -> Seen:
    """A machine that was not seen before, in state *received*: it stands at a station of the house.

    ``cleared`` names the carriers (by index) whose wipe holds, with the evidence of it. Where all its carriers are
    new and it bears no printed label yet, nothing is written before :meth:`Seen.write`: so the rows can be made
    before the database is locked.
    """
    report, at = sighting.report, sighting.at
    device_id, code = new_id(), sighting.code or codes.new_code()
    rows = _Rows()
    statuses = [_status(plan, index in cleared) for index, plan in enumerate(plans)]
    rows.add(
        Device,
        id=device_id,
        code=code,
        kind=parts.kind_of(report),
        state=State.RECEIVED,
        data_status=data_status.of_device(statuses, said_none=False),
        partner_id=sighting.partner_id,
        site_id=sighting.site_id,
        **_named(report),
        **_judged(report),
        reusable=None,
        defects=[],
        created_at=at,
        changed_at=at,
        version=1,
    )
    if sighting.code is None:
        rows.add(
            DeviceCode, code=code, partner_id=sighting.partner_id, device_id=device_id, created_at=at, claimed_at=at
        )
    for key in sighting.keys:
        rows.add(
            DeviceIdentity,
            device_id=device_id,
            kind=key.kind,
            value=key.value,
            shared=False,
            first_seen_at=at,
        )
    for term in _terms(report, code):
        rows.add(DeviceTerm, term=term, device_id=device_id)
    part_ids = [_add_part(rows, part, device_id, at) for part in parts.seen(report)]
    for index, planned in enumerate(plans):
        if planned.known is None:
            _add_carrier(rows, sighting, index, _NewCarrier(planned, device_id, index in cleared))
    seen = Seen(device_id=device_id, code=code, new_rows=rows)
    if not sighting.is_all_new:
        seen.write(db.session.connection())
    if sighting.code is not None:
        operations.take_code(sighting.code, device_id, at)
    happened: list[Event] = [
        events.DeviceRegistered(
            subject_id=device_id,
            device_id=device_id,
            code=code,
            partner_id=sighting.partner_id,
            site_id=sighting.site_id,
        )
    ]
    new_disks = [planned.component_id for planned in plans if planned.known is None]
    if part_ids or new_disks:
        happened.append(
            events.PartsSeen(subject_id=device_id, device_id=device_id, installed=part_ids + new_disks, removed=[])
        )
    seen.events = happened + _carriers_seen(sighting, plans, cleared, device_id)
    return seen


def update_device(
    sighting: Sighting, device: Device, plans: Sequence[CarrierPlan], cleared: Mapping[int, UUID]
) -> Seen:
    """Write what the report adds to ``device``, which keeps its state, its history and what was known of it.

    Facts that the report does not know stay as they were. Parts that are there no longer lie loose at the device's
    site; a disk that was not seen stays the device's until a person takes it out: it may hide behind a failed probe.
    """
    report, at = sighting.report, sighting.at
    rows, happened = _Rows(), list[Event]()
    for name, value in {**_named(report), **_judged(report)}.items():
        if value not in (None, "", []) or (name.startswith("minimum") and report.minimum.reasons):
            setattr(device, name, value)
    if device.kind.value == "other":
        device.kind = parts.kind_of(report)
    if sighting.code is not None:
        happened.append(operations.stick_code(device, sighting.code, at))
    _add_identities(rows, sighting, device)
    _compare_parts(rows, sighting, device, happened)
    for index, planned in enumerate(plans):
        if planned.known is None:
            _add_carrier(rows, sighting, index, _NewCarrier(planned, device.id, index in cleared))
    new_disks = [planned.component_id for planned in plans if planned.known is None]
    if new_disks:
        happened.append(events.PartsSeen(subject_id=device.id, device_id=device.id, installed=new_disks, removed=[]))
    db.session.flush()
    rows.insert(db.session.connection())
    operations.add_terms(device.id, _terms(report, device.code))
    happened += _carriers_seen(sighting, plans, cleared, device.id)
    happened += operations.refresh_data_status(device, at)
    db.session.flush()
    return Seen(device_id=device.id, code=device.code, events=happened)


def _status(planned: CarrierPlan, cleared: bool) -> DataStatus:
    if cleared:
        return DataStatus.WIPED
    if planned.exposed or planned.known is None:
        return DataStatus.EXPOSED
    return planned.known.data_status


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


def _terms(report: WipeReport, code: str) -> set[str]:
    named = (report.device.manufacturer, report.device.product)
    return parts.terms(code=code, names=named, serial=report.device.serial)


def _add_part(rows: _Rows, part: parts.Part, device_id: UUID, at: datetime) -> UUID:
    return _add_component(
        rows,
        device_id,
        at,
        id=new_id(),
        kind=part.kind,
        slot=part.slot,
        manufacturer=part.manufacturer,
        model=part.model,
        serial=part.serial,
        facts=part.facts,
    )


def _add_component(rows: _Rows, device_id: UUID, at: datetime, **columns: Any) -> UUID:
    rows.add(
        Component,
        **columns,
        device_id=device_id,
        installed_at=at,
        partner_id=None,
        site_id=None,
        first_seen_at=at,
        last_seen_at=at,
    )
    return columns["id"]


def _add_carrier(rows: _Rows, sighting: Sighting, index: int, new: _NewCarrier) -> None:
    carrier, at = sighting.report.carriers[index], sighting.at
    planned, device_id, cleared = new.planned, new.device_id, new.cleared
    _add_component(
        rows,
        device_id,
        at,
        id=planned.component_id,
        kind=ComponentKind.DISK,
        slot=carrier.name[:100],
        **_carrier_names(carrier),
        facts=parts.carrier_facts(carrier),
    )
    rows.add(
        DataCarrier,
        component_id=planned.component_id,
        identity=sighting.identities[index],
        data_status=_status(planned, cleared),
        exposure=planned.exposure,
        size_bytes=carrier.size_bytes,
        medium=carrier.medium.value,
        bus=carrier.bus,
        test=sighting.report.test and carrier.wipe is not None,
        **_condition(carrier),
    )
    rows.add(
        CarrierExposure,
        component_id=planned.component_id,
        number=planned.exposure,
        reason=ExposureReason.FIRST_SEEN,
        exposed_at=at,
        cleared_at=at if cleared else None,
    )


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
        "power_on_hours": parts.power_on_hours(carrier),
    }


def _add_identities(rows: _Rows, sighting: Sighting, device: Device) -> None:
    """The device is also known by what the report adds, save what a person declared shared or another one bears."""
    borne = {key for _, key, _ in queries.identity_rows(sighting.keys)}
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


def _compare_parts(rows: _Rows, sighting: Sighting, device: Device, happened: list[Event]) -> None:
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
        operations.lay_loose(by_id[gone.component_id], device.partner_id, device.site_id, sighting.at)
    new = [_add_part(rows, part, device.id, sighting.at) for part in comparison.new]
    if new or comparison.gone:
        removed = [gone.component_id for gone in comparison.gone]
        happened.append(events.PartsSeen(subject_id=device.id, device_id=device.id, installed=new, removed=removed))


def _carriers_seen(
    sighting: Sighting, plans: Sequence[CarrierPlan], cleared: Mapping[int, UUID], device_id: UUID
) -> list[Event]:
    happened: list[Event] = []
    losers = set()
    for index, planned in enumerate(plans):
        if planned.known is not None:
            _update_carrier(sighting, index, planned)
            if planned.known.device_id != device_id:
                happened.append(_moved(planned.known, device_id, sighting.at))
                losers.add(planned.known.device_id)
        if planned.exposed_by is not None:
            happened.append(
                events.CarrierExposed(
                    subject_id=planned.component_id,
                    device_id=device_id,
                    exposure=planned.exposure,
                    reason=planned.exposed_by,
                )
            )
        if index in cleared:
            if planned.known is not None:
                operations.clear_exposure(planned.component_id, planned.exposure, sighting.at)
            happened.append(
                events.CarrierCleared(
                    subject_id=planned.component_id,
                    device_id=device_id,
                    exposure=planned.exposure,
                    evidence_id=cleared[index],
                )
            )
    for loser in losers - {None}:
        happened += operations.refresh_data_status(operations.locked_device(loser), sighting.at)
    return happened


def _update_carrier(sighting: Sighting, index: int, planned: CarrierPlan) -> None:
    """A carrier that was known: its condition now, where it sits now, and its new exposure if it has one."""
    carrier = sighting.report.carriers[index]
    values: dict[str, Any] = {
        name: value for name, value in _condition(carrier).items() if value not in (None, [], "unknown")
    }
    if sighting.report.test and carrier.wipe is not None:
        values["test"] = True
    if planned.exposed_by is not None:
        values |= {"data_status": DataStatus.EXPOSED, "exposure": planned.exposure}
        db.session.execute(
            insert(CarrierExposure.__table__),
            {
                "component_id": planned.component_id,
                "number": planned.exposure,
                "reason": planned.exposed_by,
                "exposed_at": sighting.at,
                "cleared_at": None,
            },
        )
    if values:
        db.session.execute(update(DataCarrier).where(DataCarrier.component_id == planned.component_id).values(**values))
    db.session.execute(
        update(Component)
        .where(Component.id == planned.component_id)
        .values(last_seen_at=sighting.at, slot=carrier.name[:100], facts=parts.carrier_facts(carrier))
    )


def _moved(known: SeenCarrier, device_id: UUID, at: datetime) -> Event:
    component = db.session.get_one(Component, known.component_id, populate_existing=True)
    operations.put_in(component, device_id, at)
    return events.ComponentInstalled(
        subject_id=known.component_id,
        device_id=device_id,
        component_kind=ComponentKind.DISK,
        from_device_id=known.device_id,
    )
