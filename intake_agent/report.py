"""Machine, verdicts and wipes into one wipe report, in the words and bounds that the wire document allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version

from intake_agent.machine import Battery, Disk, Machine, Memory, Smart, SmartAttribute
from intake_agent.wiping.hidden_areas import NO_AREAS, may_hide
from wipe_reports import document, schema, signing
from wipe_reports.document import HiddenAreas, MemoryModule, WipeReport

_INT64 = 2**63 - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class WipedDisk:
    """What was done to one disk, with what was learned of its hidden areas and what it said of itself afterwards."""

    disk: Disk
    wipe: document.Wipe
    hidden_areas: HiddenAreas
    smart_after: Smart | None = None


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
    carriers = [_carrier(disk, wiped.get(disk.name)) for disk in machine.disks]
    return WipeReport(
        report_id=report_id,
        created_at=created_at,
        test=test,
        station=_words(signatory.station, 200) or "station",
        operator=document.Operator(
            name=_words(signatory.operator, 200) or "?", position=_words(signatory.position, 200)
        ),
        agent=document.Agent(version=version("herstart"), tools=machine.tools[:64]),
        device=_device(machine, signatory.code),
        processor=replace(machine.processor, brand=_words(machine.processor.brand, 256)),
        memory=_memory(machine.memory),
        batteries=tuple(_battery(battery) for battery in machine.batteries[:16]),
        minimum=machine.minimum,
        carriers=tuple([*carriers, *(_carrier(one.disk, one) for one in scratch)][:64]),
        clock=clock,
    )


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
        manufacturer=_words(system.manufacturer, 256),
        product=_words(system.product, 256),
        version=_words(system.version, 256),
        serial=_words(system.serial, 256),
        uuid=_words(system.uuid, 64),
        board_serial=_words(system.board_serial, 256),
        chassis=_words(system.chassis, 100),
        kind=system.kind,
        code=_words(code, 32),
    )


def _memory(memory: Memory) -> Memory:
    return replace(memory, modules=tuple(_module(module) for module in memory.modules[:256]))


def _module(module: MemoryModule) -> MemoryModule:
    return replace(
        module,
        locator=_words(module.locator, 256),
        kind=_words(module.kind, 50),
        form=_words(module.form, 50),
        manufacturer=_words(module.manufacturer, 256),
        serial=_words(module.serial, 256),
    )


def _battery(battery: Battery) -> Battery:
    return replace(
        battery,
        name=_words(battery.name, 100) or "batterij",
        manufacturer=_words(battery.manufacturer, 256),
        model=_words(battery.model, 256),
        serial=_words(battery.serial, 256),
        technology=_words(battery.technology, 100),
    )


def _carrier(disk: Disk, wiped: WipedDisk | None) -> document.Carrier:
    size_bytes = disk.size_bytes or 0
    block_bytes = next(block for block in (disk.logical_block_bytes, 512, 1) if size_bytes % block == 0)
    return document.Carrier(
        name=_words(disk.name, 200) or "?",
        manufacturer=_words(disk.manufacturer, 256),
        model=_words(disk.model, 256),
        serial=_words(disk.serial, 256),
        firmware=_words(disk.firmware, 100),
        medium=disk.medium,
        bus=_words(disk.bus, 50),
        size_bytes=size_bytes,
        logical_block_bytes=block_bytes,
        sectors=size_bytes // block_bytes,
        health=replace(disk.health, reasons=tuple(_words(reason, 200) or "?" for reason in disk.health.reasons[:64])),
        smart_before=_smart(disk.smart),
        smart_after=_smart(wiped.smart_after) if wiped else None,
        hidden_areas=wiped.hidden_areas if wiped else HiddenAreas() if may_hide(disk) else NO_AREAS,
        wipe=wiped.wipe if wiped else None,
    )


def _smart(smart: Smart | None) -> Smart | None:
    if smart is None:
        return None
    used, celsius = smart.percentage_used, smart.temperature_celsius
    return replace(
        smart,
        percentage_used=used if used is not None and 0 <= used <= 65535 else None,
        temperature_celsius=celsius if celsius is not None and -273 <= celsius <= 1000 else None,
        attributes=tuple(_attribute(one) for one in smart.attributes if 0 <= one.id <= 255)[:256],
    )


def _attribute(attribute: SmartAttribute) -> SmartAttribute:
    return SmartAttribute(
        id=attribute.id,
        name=_words(attribute.name, 64) or "?",
        value=_byte(attribute.value),
        worst=_byte(attribute.worst),
        threshold=_byte(attribute.threshold),
        raw=attribute.raw if attribute.raw is not None and 0 <= attribute.raw <= _INT64 else None,
    )


def _byte(value: int | None) -> int | None:
    return value if value is not None and 0 <= value <= 255 else None


def _words(text: str | None, longest: int) -> str | None:
    """A text as the report may hold it: no character that hides what is read, and not longer than its field."""
    return schema.printable(text)[:longest] if text else None
