"""Reading what devices are known by; part of the room's queries, in a file of its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from asset_service.core.db import db
from asset_service.devices import identity
from asset_service.devices.models import Component, DataCarrier, Device, DeviceIdentity, IdentityKind


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyHolder:
    """A device that a key of a report points at, with all its keys."""

    device_id: UUID
    partner_id: UUID
    manufacturer: str | None
    product: str | None
    serial: str | None
    keys: frozenset[identity.Key]


def key_holders(device_ids: Collection[UUID]) -> list[KeyHolder]:
    """These devices, each with all its keys that are not shared."""
    if not device_ids:
        return []
    statement = (
        select(
            Device.id,
            Device.partner_id,
            Device.manufacturer,
            Device.product,
            Device.serial,
            DeviceIdentity.kind,
            DeviceIdentity.value,
        )
        .outerjoin(DeviceIdentity, (DeviceIdentity.device_id == Device.id) & ~DeviceIdentity.shared)
        .where(Device.id.in_(device_ids))
    )
    columns: dict[UUID, Any] = {}
    keys: dict[UUID, set[identity.Key]] = {}
    for row in db.session.execute(statement):
        columns[row.id] = row
        borne = keys.setdefault(row.id, set())
        if row.kind is not None:
            borne.add(identity.Key(IdentityKind(row.kind), row.value))
    return [
        KeyHolder(
            device_id=device_id,
            partner_id=row.partner_id,
            manufacturer=row.manufacturer,
            product=row.product,
            serial=row.serial,
            keys=frozenset(keys[device_id]),
        )
        for device_id, row in columns.items()
    ]


def identity_values(device_id: UUID) -> dict[IdentityKind, list[str]]:
    """All by which the device is known, also what another bears too. Served by ``ix_device_identity_device_id``."""
    found: dict[IdentityKind, list[str]] = {kind: [] for kind in IdentityKind}
    statement = select(DeviceIdentity.kind, DeviceIdentity.value).where(DeviceIdentity.device_id == device_id)
    for kind, value in db.session.execute(statement.order_by(DeviceIdentity.value)):
        found[kind].append(value)
    return found


def devices_with_disks(device_ids: Collection[UUID]) -> set[UUID]:
    """Those that have a disk that can be known again. Served by ``ix_component_device_id_id``."""
    if not device_ids:
        return set()
    statement = select(Component.device_id).join(DataCarrier)
    found = statement.where(Component.device_id.in_(device_ids), DataCarrier.identity.is_not(None))
    return {device_id for device_id in db.session.scalars(found) if device_id is not None}
