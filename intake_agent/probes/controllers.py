"""What stands between the system and a drive: storage controllers, and what answers in a drive's place.

A disk behind a controller that no driver answers for is invisible: no other tool of the machine shows that it is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from intake_agent.machine import Disk, Medium, StorageController
from intake_agent.probes.json_facts import text, whole
from intake_agent.probes.pci import pci_devices
from intake_agent.probes.sysfs_tree import folders
from wipe_reports.reasons import FirmwareLock
from wipe_reports.wipe import Bus

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


_STORAGE_CLASSES = frozenset({"0100", "0101", "0104", "0105", "0106", "0107", "0108", "0109", "0180", "0805"})
"""SCSI, IDE, RAID, ATA, SATA, SAS, NVMe, UFS, other mass storage (Apple's T2), and a host for SD cards and eMMC."""
_NEVER_EMPTY = frozenset({"0104", "0108", "0109", "0180"})
"""Where a controller with a driver and without a disk is suspect; an empty SATA port or card slot is not."""
_NVME = "0108"
_ALWAYS_DRIVEN = ("0x03", "0x06", "0x0c03")
"""Display, bridges and USB hosts: somewhere among them the kernel's own drivers are bound on every machine."""
_HOLDING_DRIVERS = frozenset({"vfio-pci", "pci-stub", "uio_pci_generic"})
"""Drivers that only keep a device for somebody else: no disk ever appears."""
_ADDRESS = re.compile(r"[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]")


def answers_for(disk: Disk, row: Mapping[str, Any], sysfs: Mapping[str, str]) -> str | None:
    """The RAID controller or USB bridge that answers for this disk, by its driver, model or bus; ``None``: nothing.

    A drive that a RAID controller hands through whole keeps its own name (SCSI vendor *ATA*, no RAID level) and is
    reached itself. The answer begins with ``RAID controller`` or ``USB bridge``.
    """
    where = sysfs.get(f"block/{disk.name}/device", "")
    if disk.bus == Bus.USB or "/usb" in where:
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


def storage_controllers(
    sysfs: Mapping[str, str], lspci: str | None, disks: Iterable[Disk] | None
) -> tuple[StorageController, ...] | None:
    """Every storage controller on the PCI bus; ``None`` where the bus, or which drivers are bound, was not looked up.

    ``disks`` are those that were seen, ``None`` where nobody looked. A disk belongs to every controller on its path in
    ``/sys``, so that an NVMe disk behind Intel's VMD is behind both. One without such a path may be behind any
    controller of its kind, and leaves their ``disks`` unknown.
    """
    functions = folders(sysfs, "bus/pci/devices")
    if not _tells_drivers(functions.values(), was_listed="bus/pci/devices" in sysfs):
        return None
    names = {device.slot: device.name for device in pci_devices(sysfs, lspci) or ()}
    return tuple(
        StorageController(
            slot=slot,
            kind=facts["class"][2:6],
            name=names.get(slot),
            driver=_bound_driver(facts),
            disks=None if disks is None else _behind(slot, facts["class"][2:6], sysfs, list(disks)),
        )
        for slot, facts in functions.items()
        if facts.get("class", "")[2:6] in _STORAGE_CLASSES
    )


def _tells_drivers(functions: Iterable[Mapping[str, str]], *, was_listed: bool) -> bool:
    """Was it looked up which drivers are bound? Not where even what always has one, as bridges do, shows none.

    ``was_listed``: the bus itself was looked at.
    """
    every = list(functions)
    is_driven = any(facts.get("class", "").startswith(_ALWAYS_DRIVEN) for facts in every)
    return any("driver" in facts for facts in every) or (was_listed and bool(every) and not is_driven)


def _bound_driver(facts: Mapping[str, str]) -> str | None:
    driver = facts.get("driver", "").rpartition("/")[2]
    return driver if driver and driver not in _HOLDING_DRIVERS else None


def _behind(slot: str, kind: str, sysfs: Mapping[str, str], disks: Sequence[Disk]) -> tuple[str, ...] | None:
    where = {disk.name: _ADDRESS.findall(sysfs.get(f"block/{disk.name}/device", "")) for disk in disks}
    found = tuple(name for name, slots in where.items() if slot in slots)
    if not found and any(not where[disk.name] and _may_hang_there(disk, kind) for disk in disks):
        return None
    return found


def _may_hang_there(disk: Disk, kind: str) -> bool:
    """May a disk whose path nobody tells be behind a controller of this kind? Never a stick."""
    if disk.bus in {Bus.USB, Bus.SBP}:
        return False
    return (disk.bus == Bus.NVME) if kind == _NVME else True


def storage_locks(controllers: Iterable[StorageController], sysfs: Mapping[str, str]) -> frozenset[FirmwareLock]:
    """Keys for the firmware's ``locks``: a controller without a driver, or one where a disk should be and none is.

    A controller in RAID mode that says itself that it hides NVMe disks is known by that (:func:`remapped_disks`).
    """
    seen: set[FirmwareLock] = set()
    for one in controllers:
        if one.driver is None:
            seen.add(FirmwareLock.STORAGE_WITHOUT_DRIVER)
        elif one.disks == () and one.kind in _NEVER_EMPTY and not remapped_disks(sysfs, one.slot):
            seen.add(FirmwareLock.STORAGE_WITHOUT_DISK)
    return frozenset(seen)


def remapped_disks(sysfs: Mapping[str, str], slot: str | None = None) -> int:
    """How many NVMe disks an Intel chipset in RAID mode hides behind its SATA controller (ahci ``remapped_nvme``).

    ``slot`` asks one controller only.
    """
    functions = folders(sysfs, "bus/pci/devices").items()
    counts = (facts.get("remapped_nvme", "") for name, facts in functions if slot in {None, name})
    return sum(whole(count) or 0 for count in counts)


def _driver(where: str, sysfs: Mapping[str, str]) -> str | None:
    """The driver of the PCI device nearest to a disk."""
    links = (sysfs.get(f"bus/pci/devices/{address}/driver") for address in reversed(_ADDRESS.findall(where)))
    return next((link.rpartition("/")[2] for link in links if link), None)


def _bridge_name(where: str, sysfs: Mapping[str, str]) -> str | None:
    devices = folders(sysfs, "bus/usb/devices")
    nearest = next((devices[part] for part in reversed(where.split("/")) if "product" in devices.get(part, {})), {})
    return " ".join(filter(None, (nearest.get("manufacturer"), nearest.get("product")))) or None
