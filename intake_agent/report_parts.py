"""The machine's parts in the words and bounds that the wire document allows, whatever the firmware says of them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from intake_agent.machine import (
    Battery,
    Display,
    Firmware,
    Machine,
    MemoryModule,
    NetworkInterface,
    PartTest,
    Processor,
    Smart,
    SmartAttribute,
    StorageController,
)
from wipe_reports import schema

_INT64 = 2**63 - 1
_INT31 = 2**31 - 1
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def parts(machine: Machine) -> dict[str, Any]:
    """The members of a report that tell of the machine's parts: name → value."""
    return {
        "processor": _processor(machine.processor),
        "memory": replace(machine.memory, modules=tuple(_module(module) for module in machine.memory.modules[:256])),
        "batteries": tuple(_battery(battery) for battery in machine.batteries[:16]),
        "displays": tuple(_display(display) for display in machine.displays[:16]),
        "graphics": _names(machine.graphics),
        "network": None if machine.network is None else tuple(_interface(one) for one in machine.network[:32]),
        "cameras": _names(machine.cameras),
        "ports": tuple(
            replace(port, kind=words(port.kind, 100) or "?", count=min(max(port.count, 0), 1000))
            for port in machine.ports[:32]
        ),
        "firmware": _firmware(machine.firmware),
        "storage": None if machine.storage is None else tuple(_controller(one) for one in machine.storage[:32]),
        "estimate": replace(
            machine.estimate,
            year=_whole(machine.estimate.year, 9999),
            year_basis=words(machine.estimate.year_basis, 50),
        ),
        "tests": tuple(_part_test(test) for test in machine.tests[:64]),
        "minimum": machine.minimum,
    }


def words(text: str | None, longest: int) -> str | None:
    """A text as the report may hold it: no character that hides what is read, and not longer than its field."""
    return schema.printable(text)[:longest] if text else None


def smart_facts(smart: Smart | None) -> Smart | None:
    """A drive's own facts without the numbers that no drive can mean."""
    if smart is None:
        return None
    celsius = smart.temperature_celsius
    return replace(
        smart,
        percentage_used=_whole(smart.percentage_used, 65535),
        temperature_celsius=celsius if celsius is not None and -273 <= celsius <= 1000 else None,
        attributes=tuple(_attribute(one) for one in smart.attributes if 0 <= one.id <= 255)[:256],
    )


def _attribute(attribute: SmartAttribute) -> SmartAttribute:
    return SmartAttribute(
        id=attribute.id,
        name=words(attribute.name, 64) or "?",
        value=_whole(attribute.value, 255),
        worst=_whole(attribute.worst, 255),
        threshold=_whole(attribute.threshold, 255),
        raw=_whole(attribute.raw, _INT64),
    )


def _processor(processor: Processor) -> Processor:
    return replace(
        processor,
        brand=words(processor.brand, 256),
        family=words(processor.family, 256),
        cores=_whole(processor.cores, _INT31),
        threads=_whole(processor.threads, _INT31),
    )


def _module(module: MemoryModule) -> MemoryModule:
    return replace(
        module,
        locator=words(module.locator, 256),
        kind=words(module.kind, 50),
        form=words(module.form, 50),
        speed_mts=_whole(module.speed_mts, _INT31),
        manufacturer=words(module.manufacturer, 256),
        serial=words(module.serial, 256),
    )


def _battery(battery: Battery) -> Battery:
    return replace(
        battery,
        name=words(battery.name, 100) or "batterij",
        manufacturer=words(battery.manufacturer, 256),
        model=words(battery.model, 256),
        serial=words(battery.serial, 256),
        technology=words(battery.technology, 100),
        cycles=_whole(battery.cycles, _INT31),
    )


def _display(display: Display) -> Display:
    return replace(
        display,
        connector=words(display.connector, 100) or "?",
        manufacturer=words(display.manufacturer, 256),
        model=words(display.model, 256),
        width_px=_whole(display.width_px, _INT31),
        height_px=_whole(display.height_px, _INT31),
        diagonal_tenths_inch=_whole(display.diagonal_tenths_inch, _INT31),
        year=_whole(display.year, 9999),
    )


def _interface(interface: NetworkInterface) -> NetworkInterface:
    return replace(
        interface,
        name=words(interface.name, 100) or "?",
        mac=interface.mac if interface.mac and _MAC.fullmatch(interface.mac) else None,
        model=words(interface.model, 256),
    )


def _firmware(firmware: Firmware) -> Firmware:
    return replace(
        firmware,
        vendor=words(firmware.vendor, 256),
        bios_version=words(firmware.bios_version, 256),
        bios_date=firmware.bios_date if _ISO_DATE.fullmatch(firmware.bios_date or "") else None,
        tpm_version=words(firmware.tpm_version, 50),
        locks=tuple(words(lock, 100) or "?" for lock in firmware.locks[:16]),
    )


def _controller(controller: StorageController) -> StorageController:
    return replace(
        controller,
        slot=words(controller.slot, 20) or "?",
        name=words(controller.name, 256),
        driver=words(controller.driver, 100),
        disks=None if controller.disks is None else tuple(words(name, 200) or "?" for name in controller.disks[:64]),
    )


def _part_test(test: PartTest) -> PartTest:
    celsius = test.peak_celsius
    return replace(
        test,
        kind=words(test.kind, 50) or "?",
        subject=words(test.subject, 200),
        detail=words(test.detail, 300),
        peak_celsius=celsius if celsius is not None and -273 <= celsius <= 1000 else None,
    )


def _names(names: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(words(name, 256) or "?" for name in names[:16])


def _whole(value: int | None, largest: int) -> int | None:
    return value if value is not None and 0 <= value <= largest else None
