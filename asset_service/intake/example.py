"""A small example stock for somebody who looks around: ``asset-service example-stock`` and ``make demo``.

Each report is signed by the key of an example station and received as any other, so all of it is real but the
machines: every report is a rehearsal (``test``), and every attest of it says TEST. This is an edge: it opens the
transactions, as ``cli.py`` does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select

from asset_service.accounts import operations as accounts
from asset_service.accounts.access import SYSTEM
from asset_service.accounts.models import Site
from asset_service.accounts.queries import StationIdentity, station_by_key_id
from asset_service.core.db import db, new_id, transaction, utc_now
from asset_service.devices import operations as devices
from asset_service.devices.models import Defect, DeviceKind
from asset_service.devices.queries import device_by_code
from asset_service.intake import operations as intake
from asset_service.intake.checks import check_report
from asset_service.intake.example_machines import MACHINES, ExampleDisk, ExampleMachine
from asset_service.wiping.operations import CarrierToWipe, open_job
from wipe_reports import schema, signing
from wipe_reports.document import (
    MEDIA_TYPE,
    Agent,
    Battery,
    Carrier,
    Device,
    Health,
    Level,
    Memory,
    MemoryModule,
    Minimum,
    Operator,
    Outcome,
    Pass,
    Processor,
    Smart,
    Technique,
    Tool,
    Verification,
    VerificationMethod,
    Wipe,
    WipeReport,
)

STATION_NAME = "Voorbeeldstation"
SECOND_SITE = "Depot Aalst"
_GB = 1_000_000_000
_BLOCK = 512


_NAMELESS_AGAIN = MACHINES[-1]


def example_stock(partner_id: UUID, site_id: UUID) -> list[str]:
    """Load the example stock at the partner's site; the devices' codes, the latest last.

    Leaves one report that a person must match, one wipe to confirm and one disk to destroy, so that no list is empty.
    """
    station, key = _example_station(partner_id, site_id)
    codes = [_sent(machine, station, key) for machine in MACHINES]
    # The nameless machine once more: only its disk tells, so a person must look.
    _sent(_NAMELESS_AGAIN, station, key)
    found = [code for code in codes if code is not None]
    _lived_in(found, partner_id, site_id)
    return found


def _example_station(partner_id: UUID, site_id: UUID) -> tuple[StationIdentity, signing.Key]:
    key = signing.generate_key()
    with transaction():
        _, code = accounts.create_enrolment_code(SYSTEM, partner_id, site_id, valid_for=timedelta(minutes=5))
        accounts.enrol_station(code, name=STATION_NAME, public_key=signing.public_jwk(key))
    station = station_by_key_id(signing.key_id(key))
    if station is None:
        raise RuntimeError("the example station is not there")
    return station, key


def _sent(machine: ExampleMachine, station: StationIdentity, key: signing.Key) -> str | None:
    """Take the machine's report in; the device's code, ``None`` where a person must match it."""
    report = _report(machine, _nonces(machine, station))
    raw = signing.sign(schema.to_bytes(report), key, MEDIA_TYPE).encode()
    checked = check_report(raw)
    with transaction():
        answer = intake.ingest(checked)
    device = answer.members()["device"]
    return device["code"] if device else None


def _nonces(machine: ExampleMachine, station: StationIdentity) -> list[str | None]:
    carriers = [CarrierToWipe(model=one.model, serial=one.serial, size_bytes=_size(one)) for one in machine.disks]
    if not carriers:
        return []
    request_id = new_id()
    with transaction():
        job = open_job(station, request_id, carriers, sha256(request_id.bytes).hexdigest())
    return job.nonces()


def _size(disk: ExampleDisk) -> int:
    return disk.size_gb * _GB // _BLOCK * _BLOCK


def _report(machine: ExampleMachine, nonces: Sequence[str | None]) -> WipeReport:
    now = utc_now().replace(microsecond=0)
    module = MemoryModule(locator="DIMM 0", size_mib=machine.memory_mib, kind="DDR4", form="SODIMM", speed_mts=2400)
    battery = Battery(name="BAT0", design_mwh=57000, full_mwh=machine.full_mwh, technology="Li-ion")
    return WipeReport(
        report_id=str(new_id()),
        created_at=now,
        test=True,
        station=STATION_NAME,
        operator=Operator(name="Voorbeeld", position="technieker"),
        agent=Agent(version="voorbeeld"),
        device=Device(
            manufacturer=machine.maker,
            product=machine.product,
            serial=machine.serial,
            uuid=machine.uuid,
            kind=machine.kind,
        ),
        processor=Processor(brand=machine.processor, cores=machine.cores, threads=machine.cores),
        memory=Memory(installed_mib=machine.memory_mib, slots=2, modules=(module,)),
        batteries=(battery,) if machine.full_mwh else (),
        minimum=Minimum(verdict=machine.minimum, reasons=machine.reasons),
        carriers=tuple(_carrier(disk, nonce, now) for disk, nonce in zip(machine.disks, nonces, strict=True)),
    )


def _carrier(disk: ExampleDisk, nonce: str | None, now: datetime) -> Carrier:
    size = _size(disk)
    wipes: dict[str, Callable[[], Wipe | None]] = {
        "none": lambda: None,
        "nonce": lambda: _wipe(size, nonce, now),
        "offline": lambda: _wipe(size, None, now),
        "failed": lambda: replace(
            _wipe(size, nonce, now),
            level=Level.NONE,
            outcome=Outcome.ERASED_WITH_EXCEPTIONS,
            unreadable_sectors=24,
            exceptions=("unreadable_sectors",),
        ),
    }
    return Carrier(
        name="sda",
        model=disk.model,
        serial=disk.serial,
        medium=disk.medium,
        bus=disk.bus,
        size_bytes=size,
        logical_block_bytes=_BLOCK,
        sectors=size // _BLOCK,
        health=Health(verdict=disk.health, reasons=("pending_sectors",) if disk.wipe == "failed" else ()),
        smart_before=Smart(passed=disk.wipe != "failed", power_on_hours=disk.hours),
        wipe=wipes[disk.wipe](),
    )


def _wipe(size: int, nonce: str | None, now: datetime) -> Wipe:
    start, middle, end = now - timedelta(minutes=62), now - timedelta(minutes=32), now - timedelta(minutes=2)
    return Wipe(
        technique=Technique.OVERWRITE,
        method="overwrite-stamped",
        level=Level.CLEAR,
        standard="NIST SP 800-88r2",
        tool=Tool(name="intake-agent", version="voorbeeld"),
        nonce=nonce,
        passes=(Pass(pattern="stamped", started_at=start, ended_at=middle, bytes_written=size),),
        started_at=start,
        ended_at=end,
        bytes_written=size,
        verification=Verification(
            method=VerificationMethod.FULL_READ_BACK, started_at=middle, ended_at=end, bytes_read=size, passed=True
        ),
        outcome=Outcome.ERASED,
    )


def _lived_in(codes: Sequence[str], partner_id: UUID, site_id: UUID) -> None:
    """What people then did: inspected some, moved some, announced two, looked into one without a disk."""
    with transaction():
        found = [device_by_code(SYSTEM, code).id for code in codes]
        for device_id in found[:4]:
            devices.inspect(SYSTEM, device_id, reusable=True)
        devices.inspect(SYSTEM, found[8], reusable=False, defects=[Defect.OUTDATED, Defect.BAD_CONDITION])
        devices.confirm_no_carrier(SYSTEM, found[11])
        depot = _second_site(partner_id)
        for device_id in (found[3], found[9]):
            devices.move(SYSTEM, device_id, depot)
        devices.announce(
            SYSTEM,
            site_id=site_id,
            kind=DeviceKind.MONITOR,
            manufacturer="Dell",
            product="P2419H",
            serial="CN0KH9T2WSL",
        )
        devices.announce(
            SYSTEM,
            site_id=depot,
            kind=DeviceKind.LAPTOP,
            manufacturer="Lenovo",
            product="20N2CTO1WW",
            serial="PF2B7XK9",
        )


def _second_site(partner_id: UUID) -> UUID:
    known = db.session.scalar(select(Site.id).where(Site.partner_id == partner_id, Site.name == SECOND_SITE))
    return known or accounts.create_site(SYSTEM, partner_id, name=SECOND_SITE).id
