"""What a drive itself speaks, by its own answers: the port it hangs on does not tell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from intake_agent.machine import CommandSet, Disk
from intake_agent.probes.json_facts import at, text
from intake_agent.raw_facts import RawFacts

ATA_VENDOR = "ATA"
"""The SCSI vendor that a translation layer gives every ATA drive (SAT-4 §8.1.2: *ATA* and five blanks)."""


def command_set(disk: Disk, smartctl: Any, row: Mapping[str, Any], facts: RawFacts) -> CommandSet | None:
    """ATA or SCSI by what ``smartctl``, ``hdparm -I`` and the SCSI vendor say; ``None`` where none of them tells.

    One sign of ATA is enough: a translation layer shows a SATA drive as a SCSI one, never the reverse.
    """
    by_system = (text(row, "vendor"), text(facts.sysfs, f"block/{disk.name}/device/vendor"))
    vendors = {*by_system, text(smartctl, "scsi_vendor")} - {None}
    protocol = text(smartctl, "device", "protocol")
    has_ata_version = at(smartctl, "ata_version") is not None or at(smartctl, "sata_version") is not None
    if protocol == "ATA" or has_ata_version or ATA_VENDOR in vendors or identifies(facts.hdparm.get(disk.name), disk):
        return CommandSet.ATA
    return CommandSet.SCSI if protocol == "SCSI" or vendors else None


def identifies(identify: str | None, disk: Disk) -> bool:
    """Did ``disk`` itself answer ``hdparm -I``? Its serial number decides; a drive that said nothing has none."""
    if identify is None or "Commands/features" not in identify:
        return False
    serial = re.search(r"^\s*Serial Number:[ \t]*(\S[^\n]*?)[ \t]*$", identify, re.MULTILINE)
    return serial is not None and (not disk.serial or same_serial(serial[1], disk.serial))


def same_serial(one: str, other: str) -> bool:
    """Are they one serial number? udev writes underscores for the blanks inside it, others leave them."""
    return re.sub(r"[\s_]+", "", one) == re.sub(r"[\s_]+", "", other)
