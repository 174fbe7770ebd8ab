"""Disks: which there are by ``lsblk --json``, and what each says of itself by ``smartctl --json`` and its own tools."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from intake_agent.machine import Disk, Medium, SmartAttribute
from intake_agent.probes import support
from intake_agent.probes.bounds import bounded
from intake_agent.probes.command_set import command_set
from intake_agent.probes.controllers import answers_for
from intake_agent.probes.hidden_areas import areas_of
from intake_agent.probes.json_facts import at, flag, number, objects, parsed, text
from intake_agent.probes.life import WEAR_LEFT
from intake_agent.probes.namespaces import with_namespaces_named
from intake_agent.probes.nvme_capacity import with_unallocated
from intake_agent.probes.placement import Signs, bus_by_path, placement
from intake_agent.probes.smart import drive_signs, smart_attributes, smart_facts
from intake_agent.raw_facts import LIVE_MOUNTS, RawFacts
from wipe_reports.wipe import Bus

_NOT_A_DISK = (
    *("zram", "ram", "loop", "sr", "fd", "dm-", "md", "nbd", "rbd", "drbd", "zd", "bcache"),
    *("mtd", "ubiblock"),
)
"""What stands for memory, other disks or another machine's; ``mtdblock0`` is the firmware's own flash."""
_NO_MAKER = frozenset({"ATA", "USB", "NVMe", "Generic"})
_BUSES_BY_NAME = {"nvme": Bus.NVME, "mmcblk": Bus.MMC, "vd": Bus.VIRTIO}
_HEX_ID = re.compile(r"0x[0-9a-fA-F]+")
_ONLY_SSD = frozenset({"Erase_Fail_Count", "Program_Fail_Count"}) | WEAR_LEFT
_ONLY_HDD = frozenset({3, 7, 10})
"""Spin-up time, seek errors and spin retries: what turns counts them (and JMicron's first solid-state drives)."""


def disks(facts: RawFacts) -> tuple[Disk, ...]:
    """Every whole disk that ``lsblk -J -b -O`` lists, with what the drive says and how it says it can be erased.

    Before util-linux 2.37 ``lsblk`` leaves out what the kernel gives no size, such as a SAS drive with sectors of 520
    bytes; a drive that answers ``smartctl`` with a serial number and a size of its own is there all the same.

    Without a usable ``lsblk`` the drives that ``smartctl`` answered for are all that is known. Junk gives no disks.
    """
    every = list(objects(parsed(facts.lsblk), "blockdevices"))
    rows = [row for row in every if _is_disk(row)]
    listed = {_name(row) or "": row for row in rows} or {name: {} for name in sorted(facts.smartctl)}
    listed |= {
        name: {} for name in sorted(facts.smartctl) if name not in listed and _is_left_out(facts.smartctl[name], name)
    }
    names = frozenset(_name(row) or "" for row in every)
    found = with_namespaces_named(_disk(name, row, names, facts) for name, row in listed.items())
    answers = {name: tuple(parsed(_answer_for(name, one)) for one in (facts.smartctl, facts.nvme)) for name in listed}
    return tuple(map(bounded, with_unallocated(found, answers)))


def _is_left_out(smartctl: str, name: str) -> bool:
    """Is this a drive although ``lsblk`` does not list it? An empty card reader has no medium to tell the size of.

    A drive on SAS or Fibre Channel is one also where it does not tell its size, as one that is not ready does not.
    """
    answer = parsed(smartctl)
    size, transport = number(answer, "user_capacity", "bytes"), at(answer, "scsi_transport_protocol")
    is_drive = text(answer, "serial_number") and (size or transport is not None)
    return bool(re.fullmatch(r"sd[a-z]+", name) and is_drive)


def _disk(name: str, row: Mapping[str, Any], names: frozenset[str], facts: RawFacts) -> Disk:
    smartctl_json = _answer_for(name, facts.smartctl)
    disk = drive(name, smartctl_json, row)
    disk = replace(disk, bus=disk.bus or bus_by_path(facts.sysfs.get(f"block/{name}/device", "")))
    identify, extcsd = facts.hdparm.get(name, ""), facts.mmc_extcsd.get(name, "")
    sits = placement(disk, Signs(bool(flag(row, "rm")), names, facts.sysfs, identify, extcsd))
    disk = replace(disk, removable=sits.removable, medium=sits.medium, doubt=sits.doubt)
    disk = _with_nvme(disk, parsed(_answer_for(name, facts.nvme)))
    by_ata, security = support.ata(identify)
    supports = (
        disk.supports
        | by_ata
        | support.scsi(facts.sg_opcodes.get(name, ""))
        | support.emmc(extcsd)
        | support.discard(row)
    )
    disk = replace(
        disk,
        supports=supports,
        security=security,
        behind=answers_for(disk, row, facts.sysfs),
        command_set=command_set(disk, parsed(smartctl_json), row, facts),
        sequence=number(facts.sysfs, f"block/{name}/diskseq"),
        runs_system=name in facts.live_disks or _is_mounted_as_ours(row),
    )
    return replace(
        disk, hidden_areas=areas_of(disk, facts, drive_bytes=number(parsed(smartctl_json), "user_capacity", "bytes"))
    )


def drive(name: str, smartctl: str | None, row: Mapping[str, Any] | None = None) -> Disk:
    """One drive from its ``smartctl --json`` answer and, where there is one, its ``lsblk`` row."""
    answer, listed = parsed(smartctl), row or {}
    attributes = smart_attributes(answer)
    transport = text(listed, "tran")
    medium, bus = _medium(name, answer, attributes, listed), _bus(name, answer)
    return Disk(
        name=name,
        manufacturer=_maker(text(listed, "vendor"), text(answer, "scsi_vendor"), text(answer, "vendor")),
        model=text(answer, "model_name") or text(answer, "scsi_model_name") or text(listed, "model"),
        serial=text(answer, "serial_number") or text(listed, "serial"),
        firmware=text(answer, "firmware_version") or text(answer, "scsi_revision") or text(listed, "rev"),
        medium=medium,
        bus=transport or (bus and bus.value),
        size_bytes=number(listed, "size") or number(answer, "user_capacity", "bytes"),
        logical_block_bytes=_block_bytes(answer, listed),
        removable=bool(flag(listed, "rm")) or transport == Bus.USB,
        smart=smart_facts(answer, attributes),
        signs=drive_signs(answer, attributes),
    )


def _block_bytes(answer: Any, row: Mapping[str, Any]) -> int:
    """The system's word, save where it sees nothing of the drive: it then says 512 of sectors that it cannot use."""
    by_system, by_drive = number(row, "log-sec"), number(answer, "logical_block_size")
    first, second = (by_system, by_drive) if number(row, "size") else (by_drive, by_system)
    return first or second or 512


def _maker(*names: str | None) -> str | None:
    """The first vendor that is a name: drives and sticks also give their command set, virtual disks a PCI number."""
    return next((one for one in names if one and one not in _NO_MAKER and not _HEX_ID.fullmatch(one)), None)


def _is_disk(row: Mapping[str, Any]) -> bool:
    name = _name(row)
    if not name or name.startswith(_NOT_A_DISK) or "boot" in name or name.endswith("rpmb"):
        return False
    may_be_a_slot = text(row, "tran") in {None, Bus.USB, Bus.MMC}
    empty_slot = number(row, "size") == 0 and bool(flag(row, "rm")) and may_be_a_slot
    return text(row, "type") in {"disk", None} and not empty_slot


def _is_mounted_as_ours(row: Mapping[str, Any]) -> bool:
    """Does the running system come from this device or from one on top of it?"""
    left = [row]
    while left:
        one = left.pop()
        several = at(one, "mountpoints")
        places = [at(one, "mountpoint"), *(several if isinstance(several, list) else [])]
        if any(isinstance(place, str) and place in LIVE_MOUNTS for place in places):
            return True
        left += objects(one, "children")
    return False


def _name(row: Mapping[str, Any]) -> str | None:
    name = text(row, "kname") or text(row, "name")
    return name.removeprefix("/dev/") if name else None


def _answer_for(name: str, answers: Mapping[str, str]) -> str | None:
    """``nvme0n1`` is namespace 1 of controller ``nvme0``; either may have been asked."""
    controller = name.rpartition("n")[0] if name.startswith("nvme") else name
    return answers.get(name) or answers.get(controller)


def _with_nvme(disk: Disk, answer: Any) -> Disk:
    """The disk with what ``nvme-cli`` adds; its health log counts only where ``smartctl`` gave none."""
    if at(answer, "percent_used") is not None and disk.smart is None:
        warning = number(answer, "critical_warning")
        log = {
            "nvme_smart_health_information_log": {
                "percentage_used": number(answer, "percent_used"),
                "media_errors": number(answer, "media_errors"),
                "power_on_hours": number(answer, "power_on_hours"),
                "available_spare": number(answer, "avail_spare"),
                "available_spare_threshold": number(answer, "spare_thresh"),
                "critical_warning": number(answer, "critical_warning", "value") if warning is None else warning,
            }
        }
        disk = replace(disk, smart=smart_facts(log, ()), signs=drive_signs(log, ()))
    return replace(disk, supports=support.nvme(answer))


def _medium(name: str, answer: Any, attributes: tuple[SmartAttribute, ...], row: Mapping[str, Any]) -> Medium:
    """What the data lies on: the drive's own word first, the system's guess (``rota``) last; bridges lie about it."""
    if name.startswith("nvme") or text(answer, "device", "protocol") == "NVMe" or text(row, "tran") == Bus.NVME:
        return Medium.NVME
    if name.startswith("mmcblk"):
        return Medium.FLASH if flag(row, "rm") else Medium.EMMC
    if name.startswith(("vd", "xvd")) or _is_virtual(answer, row):
        return Medium.VIRTUAL
    by_smart = _medium_by_smart(answer, attributes)
    if by_smart is not Medium.UNKNOWN:
        return by_smart
    return _medium_by_system(row)


def _is_virtual(answer: Any, row: Mapping[str, Any]) -> bool:
    words = f"{text(row, 'vendor')} {text(row, 'model')} {text(answer, 'model_name')}".lower()
    return any(
        word in words for word in ("qemu harddisk", "vbox harddisk", "vmware virtual", "msft virtual", "virtual disk")
    )


def _medium_by_smart(answer: Any, attributes: tuple[SmartAttribute, ...]) -> Medium:
    rotation = number(answer, "rotation_rate")
    if rotation is not None:
        return Medium.SSD if rotation == 0 else Medium.HDD
    if any(one.name in _ONLY_SSD for one in attributes) or flag(answer, "trim", "supported"):
        return Medium.SSD
    named = _medium_by_name(f"{text(answer, 'model_family')} {text(answer, 'model_name')}")
    if named is not Medium.UNKNOWN:
        return named
    if any(one.id in _ONLY_HDD for one in attributes):
        return Medium.HDD
    generation = number(answer, "ata_version", "major_value")
    before_solid_state = generation is not None and generation < 1 << 8
    return Medium.HDD if before_solid_state and flag(answer, "trim", "supported") is False else Medium.UNKNOWN


def _medium_by_name(words: str) -> Medium:
    """The maker's own word in the model or in smartmontools' name of its family; a hybrid (SSHD) is a disk."""
    if re.search(r"\b(HDD|SSHD)\b", words):
        return Medium.HDD
    return Medium.SSD if re.search(r"SSD|Solid State", words) else Medium.UNKNOWN


def _medium_by_system(row: Mapping[str, Any]) -> Medium:
    rotates = flag(row, "rota")
    if text(row, "tran") == Bus.USB or rotates is None:
        return Medium.UNKNOWN
    return Medium.HDD if rotates else Medium.SSD


def _bus(name: str, answer: Any) -> Bus | None:
    kind = text(answer, "device", "type") or ""
    by_name = next((bus for prefix, bus in _BUSES_BY_NAME.items() if name.startswith(prefix)), None)
    if by_name is not None or kind == "nvme":
        return by_name or Bus.NVME
    if kind.startswith(("usb", "snt")):
        return Bus.USB
    if text(answer, "scsi_transport_protocol", "name"):
        return Bus.SAS
    if text(answer, "device", "protocol") == "SCSI":
        return Bus.SCSI
    return Bus.SATA if number(answer, "sata_version", "value") else None
