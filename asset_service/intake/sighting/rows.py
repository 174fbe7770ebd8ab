"""The rows that a station's sighting adds, gathered by table and inserted together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from asset_service.core.db import new_id
from asset_service.core.rows import RowInsert, table_of
from asset_service.devices.models import (
    CarrierExposure,
    Component,
    ComponentKind,
    DataCarrier,
    Device,
    DeviceCode,
    DeviceIdentity,
    DeviceTerm,
    ExposureReason,
)
from asset_service.devices.terms import search_terms
from asset_service.intake.sighting import parts
from asset_service.intake.sighting.plan import Disk, Sighting
from asset_service.ledger.events import Actor
from asset_service.ledger.operations import Draft
from asset_service.wiping.models import SignedReport, WipeEvidence
from wipe_reports.document import Carrier, MinimumVerdict, WipeReport


@dataclass(frozen=True, slots=True)
class Seen:
    """The device that was seen, or will be once its rows are written, and its code; ``None`` of loose disks."""

    device_id: UUID | None
    code: str | None


class NewRows:
    """New rows by table, inserted in the order of their foreign keys, and the events that go with them."""

    _ORDER = (
        Device,
        DeviceCode,
        DeviceIdentity,
        DeviceTerm,
        Component,
        DataCarrier,
        CarrierExposure,
        SignedReport,
        WipeEvidence,
    )
    _INSERTS = tuple((model, RowInsert(table_of(model))) for model in _ORDER)

    def __init__(self, actor: Actor) -> None:
        self._rows: dict[Any, list[dict[str, Any]]] = {model: [] for model in self._ORDER}
        self.events = Draft(actor)

    def add(self, model: Any, /, **row: Any) -> None:
        self._rows[model].append(row)

    def insert(self, connection: Connection) -> None:
        """Insert the rows that were added since the last time. The events are recorded by themselves."""
        for model, inserts in self._INSERTS:
            inserts.execute(connection, self._rows[model])
            self._rows[model] = []


def named(report: WipeReport) -> dict[str, Any]:
    def short(text: str | None) -> str | None:
        return text[:200] if text else None

    return {
        "manufacturer": short(report.device.manufacturer),
        "product": short(report.device.product),
        "serial": short(report.device.serial),
        "summary": parts.summary(report),
    }


def judged(report: WipeReport) -> dict[str, Any]:
    return {
        "minimum": MinimumVerdict(report.minimum.verdict.value),
        "minimum_reasons": list(report.minimum.reasons),
        "minimum_upgrade": report.minimum.upgrade,
    }


def terms_of(report: WipeReport, code: str) -> set[str]:
    named = (report.device.manufacturer, report.device.product)
    return search_terms(code=code, names=named, serial=report.device.serial)


def add_part(rows: NewRows, part: parts.Part, device_id: UUID, at: datetime) -> UUID:
    return _add_component(
        rows,
        at,
        device_id=device_id,
        installed_at=at,
        partner_id=None,
        site_id=None,
        id=new_id(),
        kind=part.kind,
        slot=part.slot,
        manufacturer=part.manufacturer,
        model=part.model,
        serial=part.serial,
        facts=part.facts,
    )


def _add_component(rows: NewRows, at: datetime, **columns: Any) -> UUID:
    rows.add(Component, **columns, first_seen_at=at, last_seen_at=at)
    component_id: UUID = columns["id"]
    return component_id


def add_carrier(rows: NewRows, sighting: Sighting, disk: Disk, device_id: UUID | None) -> None:
    """A disk not known before, in the device or (``None``) loose at the station's place."""
    carrier, at = disk.carrier, sighting.at
    is_loose = device_id is None
    _add_component(
        rows,
        at,
        device_id=device_id,
        installed_at=None if is_loose else at,
        partner_id=sighting.partner_id if is_loose else None,
        site_id=sighting.site_id if is_loose else None,
        id=disk.component_id,
        kind=ComponentKind.DISK,
        slot=carrier.name[:100],
        **_carrier_names(carrier),
        facts=parts.carrier_facts(carrier),
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
        **condition(carrier),
    )
    rows.add(
        CarrierExposure,
        component_id=disk.component_id,
        number=disk.plan.exposure,
        reason=ExposureReason.FIRST_SEEN,
        exposed_at=at,
        cleared_at=None if disk.cleared_by is None else at,
    )


def _carrier_names(carrier: Carrier) -> dict[str, Any]:
    return {
        "manufacturer": carrier.manufacturer[:200] if carrier.manufacturer else None,
        "model": carrier.model[:200] if carrier.model else None,
        "serial": carrier.serial[:200] if carrier.serial else None,
    }


def condition(carrier: Carrier) -> dict[str, Any]:
    return {
        "health": carrier.health.verdict.value,
        "health_reasons": list(carrier.health.reasons),
        "power_on_hours": parts.power_on_hours(carrier),
    }
