"""Machine, verdicts and wipes into one wipe report, in the words and bounds that the wire document allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version

from intake_agent.machine import Disk, Machine, MediumDoubt, Smart
from intake_agent.report_parts import parts, smart_facts, words
from wipe_reports import document, schema, signing
from wipe_reports.document import HiddenAreas, WipeReport


@dataclass(frozen=True, kw_only=True, slots=True)
class WipedDisk:
    """What was done to one disk, with what was learned of its hidden areas and what it said of itself afterwards.

    ``overrides`` are the judgements that a person set aside before it.
    """

    disk: Disk
    wipe: document.Wipe
    hidden_areas: HiddenAreas
    smart_after: Smart | None = None
    overrides: tuple[document.Override, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Signatory:
    """Who answers for a report: the station's name and key, the operator, and the device's code on its label."""

    station: str
    key: signing.Key
    operator: str
    position: str | None = None
    code: str | None = None


def build(
    machine: Machine,
    wiped: Mapping[str, WipedDisk],
    signatory: Signatory,
    *,
    report_id: str,
    created_at: datetime,
    test: bool,
    clock: document.ClockCheck | None = None,
) -> WipeReport:
    """The report on ``machine``. ``wiped`` goes by disk name; a scratch carrier that is no disk of it comes last."""
    own = {disk.name for disk in machine.disks}
    scratch = [one for name, one in wiped.items() if name not in own]
    carriers = _each_once([_carrier(disk, wiped.get(disk.name)) for disk in machine.disks])
    return WipeReport(
        report_id=report_id,
        created_at=created_at,
        test=test,
        station=words(signatory.station, 200) or "station",
        operator=document.Operator(name=words(signatory.operator, 200) or "?", position=words(signatory.position, 200)),
        agent=document.Agent(version=version("herstart"), tools=machine.tools[:64]),
        device=_device(machine, signatory.code),
        **parts(machine),
        carriers=tuple([*carriers, *(_carrier(one.disk, one) for one in scratch)][:64]),
        clock=clock,
    )


def _each_once(carriers: list[document.Carrier]) -> list[document.Carrier]:
    """A serial number that two disks of one model share tells neither apart, and is left out of what is not wiped.

    Such disks are never wiped, and a report that told one disk twice would be refused with all that it proves.
    """
    seen = Counter((carrier.model, carrier.serial) for carrier in carriers)
    return [
        replace(carrier, serial=None) if carrier.wipe is None and seen[carrier.model, carrier.serial] > 1 else carrier
        for carrier in carriers
    ]


def signed(report: WipeReport, key: signing.Key) -> str:
    """The report as a compact JWS. Raises :class:`wipe_reports.schema.ReportInvalid` for what no reader would take."""
    return signing.sign(schema.to_bytes(report), key, document.MEDIA_TYPE)


def device_identity(machine: Machine, code: str | None) -> dict[str, str | None]:
    """The device as a wipe job names it."""
    device = _device(machine, code)
    return {name: getattr(device, name) for name in document.Device.__dataclass_fields__}


def _device(machine: Machine, code: str | None) -> document.Device:
    system = machine.system
    return document.Device(
        manufacturer=words(system.manufacturer, 256),
        product=words(system.product, 256),
        version=words(system.version, 256),
        serial=words(system.serial, 256),
        uuid=words(system.uuid, 64),
        board_serial=words(system.board_serial, 256),
        chassis=words(system.chassis, 100),
        kind=system.kind,
        code=words(code, 32),
    )


def _carrier(disk: Disk, wiped: WipedDisk | None) -> document.Carrier:
    size_bytes = disk.size_bytes or 0
    block_bytes = next(block for block in (disk.logical_block_bytes, 512, 1) if size_bytes % block == 0)
    return document.Carrier(
        name=words(disk.name, 200) or "?",
        manufacturer=words(disk.manufacturer, 256),
        model=words(disk.model, 256),
        serial=words(disk.serial, 256),
        firmware=words(disk.firmware, 100),
        medium=document.Medium.UNKNOWN if disk.doubt is MediumDoubt.CARD_OR_EMMC else disk.medium,
        bus=words(disk.bus, 50),
        size_bytes=size_bytes,
        logical_block_bytes=block_bytes,
        sectors=size_bytes // block_bytes,
        health=replace(disk.health, reasons=tuple(words(reason, 200) or "?" for reason in disk.health.reasons[:64])),
        smart_before=smart_facts(disk.smart),
        smart_after=smart_facts(wiped.smart_after) if wiped else None,
        hidden_areas=wiped.hidden_areas if wiped else disk.hidden_areas,
        wipe=_wipe(wiped) if wiped else None,
    )


def _wipe(wiped: WipedDisk) -> document.Wipe:
    overrides = (replace(one, by=words(one.by, 200) or "?", told=words(one.told, 500)) for one in wiped.overrides)
    return replace(wiped.wipe, overrides=tuple(overrides))
