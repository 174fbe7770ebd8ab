"""The machine's parts in the words and bounds that the wire document allows, whatever the firmware says of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from intake_agent.machine import Disk, Machine, MediumDoubt, Smart
from intake_agent.probes.bounds import bounded
from wipe_reports import document
from wipe_reports.fitting import fitted


def parts(machine: Machine) -> dict[str, Any]:
    """The members of a report that tell of the machine's parts: name → value."""
    machine = bounded(machine)
    return {
        "processor": machine.processor,
        "memory": machine.memory,
        "batteries": tuple(replace(one, name=one.name or "batterij") for one in machine.batteries),
        "displays": machine.displays,
        "graphics": machine.graphics,
        "network": machine.network,
        "cameras": machine.cameras,
        "ports": machine.ports,
        "firmware": machine.firmware,
        "storage": machine.storage,
        "estimate": machine.estimate,
        "tests": machine.tests,
        "minimum": machine.minimum,
    }


def device(machine: Machine, code: str | None) -> document.Device:
    """The machine by its SMBIOS words, as the report names it."""
    system = machine.system
    part = document.Device(
        manufacturer=system.manufacturer,
        product=system.product,
        version=system.version,
        serial=system.serial,
        uuid=system.uuid,
        board_serial=system.board_serial,
        chassis=system.chassis,
        kind=system.kind,
        code=code,
    )
    return fitted(part)


def carrier(disk: Disk) -> document.Carrier:
    """A disk as the report names it, with what it said at inspection; what was done to it is not in it.

    What may be a card or an eMMC is reported as unknown: a guess is for the screen, where a person can look.
    """
    disk = bounded(disk)
    size_bytes = disk.size_bytes or 0
    block_bytes = next(block for block in (disk.logical_block_bytes, 512, 1) if size_bytes % block == 0)
    part = document.Carrier(
        name=disk.name,
        manufacturer=disk.manufacturer,
        model=disk.model,
        serial=disk.serial,
        firmware=disk.firmware,
        medium=document.Medium.UNKNOWN if disk.doubt is MediumDoubt.CARD_OR_EMMC else disk.medium,
        bus=disk.bus,
        size_bytes=size_bytes,
        logical_block_bytes=block_bytes,
        sectors=size_bytes // block_bytes,
        health=disk.health,
        smart_before=smart_facts(disk.smart),
        hidden_areas=disk.hidden_areas,
    )
    return fitted(part)


def smart_facts(smart: Smart | None) -> Smart | None:
    """A drive's own facts without the numbers that no drive can mean."""
    return None if smart is None else fitted(bounded(smart))
