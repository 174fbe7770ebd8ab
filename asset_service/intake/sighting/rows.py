"""The rows that a station's sighting adds, gathered by table and inserted together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from asset_service.core.db import new_id
from asset_service.core.rows import RowInsert, table_of
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
    ExposureReason,
)
from asset_service.devices.terms import search_terms
from asset_service.intake.sighting import parts
from asset_service.intake.sighting.plan import Sighting
from wipe_reports.document import Carrier, MinimumVerdict, WipeReport


@dataclass(frozen=True, slots=True)
class NewCarrier:
    """A carrier to add: what was planned for it, its device (``None``: it lies loose), and whether its wipe holds."""

    planned: CarrierPlan
    device_id: UUID | None
    cleared: bool


class NewRows:
    """New rows by table, inserted in the order of their foreign keys."""

    _ORDER = (Device, DeviceCode, DeviceIdentity, DeviceTerm, Component, DataCarrier, CarrierExposure)
    _INSERTS = tuple((model, RowInsert(table_of(model))) for model in _ORDER)

    def __init__(self) -> None:
        self._rows: dict[Any, list[dict[str, Any]]] = {model: [] for model in self._ORDER}

    def add(self, model: Any, /, **row: Any) -> None:
        self._rows[model].append(row)

    def insert(self, connection: Connection) -> None:
        for model, inserts in self._INSERTS:
            inserts.execute(connection, self._rows[model])


def status_of(planned: CarrierPlan, cleared: bool) -> DataStatus:
    if cleared:
        return DataStatus.WIPED
    if planned.exposed or planned.known is None:
        return DataStatus.EXPOSED
    return planned.known.data_status


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


def add_carrier(rows: NewRows, sighting: Sighting, index: int, new: NewCarrier) -> None:
    carrier, at = sighting.report.carriers[index], sighting.at
    planned, device_id, cleared = new.planned, new.device_id, new.cleared
    is_loose = device_id is None
    _add_component(
        rows,
        at,
        device_id=device_id,
        installed_at=None if is_loose else at,
        partner_id=sighting.partner_id if is_loose else None,
        site_id=sighting.site_id if is_loose else None,
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
        data_status=status_of(planned, cleared),
        exposure=planned.exposure,
        size_bytes=carrier.size_bytes,
        medium=carrier.medium.value,
        bus=carrier.bus,
        sightings=1,
        test=sighting.report.test and carrier.wipe is not None,
        **condition(carrier),
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


def condition(carrier: Carrier) -> dict[str, Any]:
    return {
        "health": carrier.health.verdict.value,
        "health_reasons": list(carrier.health.reasons),
        "power_on_hours": parts.power_on_hours(carrier),
    }
