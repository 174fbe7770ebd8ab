"""Gathers from the database what :mod:`asset_service.intake.matching` decides on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from asset_service.devices import codes, identity, key_holders, queries
from asset_service.devices.key_holders import KeyHolder
from asset_service.devices.models import DataStatus
from asset_service.devices.queries import SeenCarrier
from asset_service.intake.matching import CodeStatus, Hints, KnownCarrier, KnownDevice
from asset_service.intake.received import is_about_loose_disks
from asset_service.intake.sighting.carriers import power_on_hours
from asset_service.intake.sighting.plan import FoundDisk, seen_at
from asset_service.wiping import queries as wiping_queries
from wipe_reports.document import Carrier, WipeReport
from wipe_reports.moments import all_can_be_true

HOURS_TOLERANCE = 48
"""Power-on hours that may be missing at a next look: drives write them to their medium now and then only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """The hints, and what they were made of; ``disks`` are the report's carriers.

    ``keys`` are without those that a person declared shared by two devices; ``code`` is a blank label's.
    """

    hints: Hints
    keys: tuple[identity.Key, ...]
    disks: list[FoundDisk]
    code: str | None


def find(report: WipeReport, partner_id: UUID, received_at: datetime) -> Found:
    """Everything the service knows that ``report``, received at that moment, points at.

    Known carriers stay locked for the transaction.
    """
    identities = identity.of_carriers((one.model, one.serial) for one in report.carriers)
    usable = identity.of_machine(report)
    seen = queries.carriers_by_identity({one for one in identities if one is not None})
    disks = [
        FoundDisk(index=index, carrier=carrier, identity=name, known=seen.get(name) if name is not None else None)
        for index, (carrier, name) in enumerate(zip(report.carriers, identities, strict=True))
    ]
    rows = queries.identity_rows(usable)
    shared = {key for _, key, is_shared in rows if is_shared}
    keys = tuple(key for key in usable if key not in shared)
    owners = {key: frozenset(device for device, borne, _ in rows if borne == key) for key in keys}
    code_status, code, code_device_id = _code(report.device.code, partner_id)
    pointed_at = {device for devices in owners.values() for device in devices}
    holders = key_holders.key_holders(pointed_at | ({code_device_id} if code_device_id else set()))
    hints = Hints(
        station_partner_id=partner_id,
        name=identity.model_name(report.device.manufacturer, report.device.product),
        serial=identity.usable_serial(report.device.serial),
        shows_disks=any(identities),
        keys=keys,
        owners=owners,
        devices=_known_devices(holders),
        code=code_status,
        code_device_id=code_device_id,
        carriers=tuple(
            KnownCarrier(one.known.device_id, one.known.partner_id, _changed(one.known, one.carrier, seen_at(report)))
            for one in disks
            if one.known is not None
        ),
        loose=is_about_loose_disks(report),
        clock_doubted=not all_can_be_true(report, received_at),
    )
    return Found(hints=hints, keys=keys, disks=disks, code=code)


def _known_devices(holders: Sequence[KeyHolder]) -> dict[UUID, KnownDevice]:
    ids = [one.device_id for one in holders]
    reported, with_disks = wiping_queries.reported_devices(ids), key_holders.devices_with_disks(ids)
    return {
        one.device_id: KnownDevice(
            one.partner_id,
            one.keys,
            name=identity.model_name(one.manufacturer, one.product),
            serial=identity.usable_serial(one.serial),
            seen=one.device_id in reported,
            has_disks=one.device_id in with_disks,
        )
        for one in holders
    }


def with_nameless(disks: Sequence[FoundDisk], device_id: UUID) -> list[FoundDisk]:
    """The disks again, those without an identity found among the device's own nameless ones.

    Only one that is exposed and of the same size is taken to be the same: of a clean one nothing proves that it is.
    """
    left = [one for one in queries.nameless_carriers(device_id) if one.data_status is DataStatus.EXPOSED]
    found = []
    for disk in disks:
        same = None
        if disk.known is None and identity.of_carrier(disk.carrier.model, disk.carrier.serial) is None:
            same = next((one for one in left if one.size_bytes == disk.carrier.size_bytes), None)
        if same is not None:
            left.remove(same)
        found.append(disk if same is None else replace(disk, known=same))
    return found


def site_of_holder(hints: Hints, device_ids: Collection[UUID], holder: UUID) -> UUID | None:
    """The one site of ``holder`` where what the report points at stands; ``None`` where it is not at one site.

    ``device_ids`` are the devices that it points at. Of a loose disk the site is not asked: the whole partner decides.
    """
    if any(carrier.partner_id == holder and carrier.device_id is None for carrier in hints.carriers):
        return None
    return queries.only_site(device_ids, holder)


def _code(text: str | None, partner_id: UUID) -> tuple[CodeStatus, str | None, UUID | None]:
    if not text:
        return CodeStatus.ABSENT, None, None
    code = codes.parse(text)
    label = queries.label(code, partner_id) if code is not None else None
    if label is None:
        return CodeStatus.UNKNOWN, None, None
    if label.device_id is None:
        return CodeStatus.BLANK, label.code, None
    return CodeStatus.CLAIMED, None, label.device_id


def _changed(known: SeenCarrier, carrier: Carrier, at: datetime | None) -> bool:
    hours, before = power_on_hours(carrier), known.power_on_hours
    younger = hours is not None and before is not None and hours + HOURS_TOLERANCE < before
    revived = known.data_status is DataStatus.DESTROYED and not known.was_cleared_after(at)
    return younger or known.size_bytes != carrier.size_bytes or revived
