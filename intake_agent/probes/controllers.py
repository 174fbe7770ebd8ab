"""What stands between the system and a drive: a RAID controller or a USB bridge that answers in the drive's place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from intake_agent.machine import Disk, Medium
from intake_agent.probes.json_facts import text, whole
from intake_agent.probes.sysfs_tree import folders

_RAID_DRIVERS = frozenset(
    {
        *("megaraid_sas", "megaraid_mbox", "megaraid_legacy", "megaraid"),
        *("hpsa", "cciss", "smartpqi", "aacraid", "arcmsr", "ips", "gdth", "dac960", "myrb", "myrs"),
        *("3w-9xxx", "3w-sas", "3w-xxxx", "mvumi", "stex", "hptiop", "ipr", "pmcraid", "esas2r", "dpt_i2o"),
    }
)
"""Linux drivers of controllers that show logical volumes; host adapters (mpt3sas, ahci) show the drives themselves."""

_VOLUME_WORDS = re.compile(
    r"\b(perc|megaraid|mr ?\d{4}|mr\d\S*|smart ?array|logical volume|serveraid|raid|raid\d+|rmc\d\S*|"
    r"virtual (drive|disk) sas|arc-\d{4}\S*|3ware|9650se\S*|9690sa\S*)\b",
    re.IGNORECASE,
)
"""What logical volumes call themselves in their SCSI vendor and model (``PERC H710``, ``LOGICAL VOLUME``…)."""


def answers_for(disk: Disk, row: Mapping[str, Any], sysfs: Mapping[str, str]) -> str | None:
    """The RAID controller or USB bridge that answers for this disk, by its driver, model or bus; ``None``: nothing.

    A drive that a RAID controller hands through whole keeps its own name (SCSI vendor *ATA*, no RAID level) and is
    reached itself. The answer begins with ``RAID controller`` or ``USB bridge``.
    """
    where = sysfs.get(f"block/{disk.name}/device", "")
    if disk.bus == "usb" or "/usb" in where:
        return " ".join(filter(None, ("USB bridge", _bridge_name(where, sysfs))))
    if disk.medium in {Medium.NVME, Medium.VIRTUAL, Medium.EMMC, Medium.FLASH}:
        return None
    words = f"{text(row, 'vendor') or ''} {text(row, 'model') or ''} {disk.model or ''}"
    driver = _driver(where, sysfs)
    level = sysfs.get(f"block/{disk.name}/device/raid_level")
    handed_through = level in {"N/A", "HBA"} or (level is None and text(row, "vendor") == "ATA")
    if _VOLUME_WORDS.search(words) or (driver in _RAID_DRIVERS and not handed_through):
        name = driver if driver in _RAID_DRIVERS else " ".join(words.split())
        return f"RAID controller {name}"
    return None


def unseen_storage(sysfs: Mapping[str, str]) -> bool:
    """Is there a storage controller that no driver answers for, so that its disks cannot be seen?

    PCI classes 0100h and 0104h to 0108h; where no device at all has a driver, drivers were not looked up.
    """
    devices = folders(sysfs, "bus/pci/devices").values()
    storage = [device for device in devices if re.match(r"0x010[04-8]", device.get("class", ""))]
    return any("driver" in device for device in devices) and any("driver" not in device for device in storage)


def remapped_disks(sysfs: Mapping[str, str]) -> int:
    """How many NVMe disks an Intel chipset in RAID mode hides behind its SATA controller (ahci ``remapped_nvme``)."""
    counts = (device.get("remapped_nvme", "") for device in folders(sysfs, "bus/pci/devices").values())
    return sum(whole(count) or 0 for count in counts)


def _driver(where: str, sysfs: Mapping[str, str]) -> str | None:
    """The driver of the PCI device nearest to a disk."""
    addresses = re.findall(r"[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]", where)
    links = (sysfs.get(f"bus/pci/devices/{address}/driver") for address in reversed(addresses))
    return next((link.rpartition("/")[2] for link in links if link), None)


def _bridge_name(where: str, sysfs: Mapping[str, str]) -> str | None:
    devices = folders(sysfs, "bus/usb/devices")
    nearest = next((devices[part] for part in reversed(where.split("/")) if "product" in devices.get(part, {})), {})
    return " ".join(filter(None, (nearest.get("manufacturer"), nearest.get("product")))) or None
