"""Disks: which there are by ``lsblk --json``, and what each says of itself by ``smartctl --json``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from intake_agent.machine import Disk, DriveSigns, Medium, Smart, SmartAttribute, Support
from intake_agent.probes.json_facts import at, flag, number, objects, text

_NOT_A_DISK = ("zram", "ram", "loop", "sr", "fd", "nbd", "dm-", "md")
_NO_MAKER = frozenset({"ATA", "USB", "NVMe", "Generic"})
_HEX_ID = re.compile(r"0x[0-9a-fA-F]+")
_IMPLAUSIBLE_HOURS = 50 * 366 * 24
"""Drives count minutes or half-minutes under attribute 9 now and then; more than fifty years is such a count."""
_PACKED = 1 << 31
"""A sector count above this is a vendor's packed or negative number, not a count."""

_WEAR_LEFT = frozenset(
    {
        "Media_Wearout_Indicator",
        "SSD_Life_Left",
        "Percent_Lifetime_Remain",
        "Percent_Life_Remaining",
        "Remaining_Lifetime_Perc",
        "Wear_Leveling_Count",
        "Drive_Life_Remaining%",
        "Remaining_Life",
    }
)
"""Attribute names of smartmontools' drive database whose normalised value counts down from 100 as the flash wears."""

_ONLY_SSD = frozenset({"Erase_Fail_Count", "Program_Fail_Count"}) | _WEAR_LEFT
_ONLY_HDD = frozenset({3, 7, 10})
"""Spin-up time, seek errors and spin retries: only something that turns counts them."""


def disks(
    lsblk: str | None, smartctl: Mapping[str, str] | None = None, nvme: Mapping[str, str] | None = None
) -> tuple[Disk, ...]:
    """Every whole disk that ``lsblk -J -b -O`` lists, with what the drive says (device name → output).

    ``smartctl`` is ``smartctl --json -x``, ``nvme`` is ``nvme id-ctrl`` or ``nvme smart-log`` as JSON. Without a usable
    ``lsblk`` the drives that ``smartctl`` answered for are all that is known. Junk gives no disks.
    """
    found = _listed_or_answered(lsblk, smartctl or {})
    controllers = nvme or {}
    return tuple(_with_nvme(disk, _parsed(_answer_for(disk.name, controllers))) for disk in found)


def _listed_or_answered(lsblk: str | None, answers: Mapping[str, str]) -> tuple[Disk, ...]:
    rows = [row for row in objects(_parsed(lsblk), "blockdevices") if _is_disk(row)]
    if not rows:
        return tuple(drive(name, answer) for name, answer in sorted(answers.items()))
    return tuple(drive(_name(row) or "", _answer_for(_name(row) or "", answers), row) for row in rows)


def drive(name: str, smartctl: str | None, row: Mapping[str, Any] | None = None) -> Disk:
    """One drive from its ``smartctl --json`` answer and, where there is one, its ``lsblk`` row."""
    answer, listed = _parsed(smartctl), row or {}
    attributes = _attributes(answer)
    transport = text(listed, "tran")
    medium = _medium(name, answer, attributes, listed)
    return Disk(
        name=name,
        manufacturer=_maker(text(listed, "vendor"), text(answer, "scsi_vendor"), text(answer, "vendor")),
        model=text(answer, "model_name") or text(answer, "scsi_model_name") or text(listed, "model"),
        serial=text(answer, "serial_number") or text(listed, "serial"),
        firmware=text(answer, "firmware_version") or text(answer, "scsi_revision") or text(listed, "rev"),
        medium=medium,
        bus=transport or _bus(name, answer),
        size_bytes=number(listed, "size") or number(answer, "user_capacity", "bytes"),
        logical_block_bytes=number(listed, "log-sec") or number(answer, "logical_block_size") or 512,
        removable=bool(flag(listed, "rm")) or transport in {"usb", "mmc"},
        smart=_smart(answer, attributes),
        signs=_signs(answer, attributes),
    )


def _maker(*told: str | None) -> str | None:
    """The first vendor that is a name: drives and sticks also give their command set, virtual disks a PCI number."""
    return next((one for one in told if one and one not in _NO_MAKER and not _HEX_ID.fullmatch(one)), None)


def _parsed(output: str | None) -> Any:
    """The JSON of a tool's output; tools print warnings before it and die half way, and then there is nothing."""
    if not output:
        return {}
    start = output.find("{")
    try:
        return json.JSONDecoder().raw_decode(output, start)[0] if start >= 0 else {}
    except (ValueError, RecursionError):
        return {}


def _is_disk(row: Mapping[str, Any]) -> bool:
    name = _name(row)
    if not name or name.startswith(_NOT_A_DISK) or "boot" in name or name.endswith("rpmb"):
        return False
    empty_slot = number(row, "size") == 0 and bool(flag(row, "rm"))
    return text(row, "type") in {"disk", None} and not empty_slot


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
        disk = replace(disk, smart=_smart(log, ()), signs=_signs(log, ()))
    return replace(disk, supports=_nvme_supports(answer))


def _nvme_supports(answer: Any) -> frozenset[Support]:
    """How the controller says it can erase: SANICAP bits 0 and 1, OACS bit 1, FNA bit 2 (NVMe 2.0 §5.17.2.1)."""
    sanicap, oacs, fna = (number(answer, name) or 0 for name in ("sanicap", "oacs", "fna"))
    bits = {
        Support.NVME_SANITIZE_CRYPTO: sanicap & 1,
        Support.NVME_SANITIZE_BLOCK: sanicap & 2,
        Support.NVME_FORMAT: oacs & 2,
        Support.NVME_FORMAT_CRYPTO: oacs & 2 and fna & 4,
    }
    return frozenset(support for support, bit in bits.items() if bit)


def _attributes(answer: Any) -> tuple[SmartAttribute, ...]:
    rows = objects(at(answer, "ata_smart_attributes"), "table")
    return tuple(
        SmartAttribute(
            id=identity,
            name=text(row, "name") or f"attribute_{identity}",
            value=number(row, "value"),
            worst=number(row, "worst"),
            threshold=number(row, "thresh"),
            raw=number(row, "raw", "value"),
        )
        for row in rows
        if (identity := number(row, "id")) is not None
    )


def _smart(answer: Any, attributes: tuple[SmartAttribute, ...]) -> Smart | None:
    """The report's facts. Nothing that the drive did not say; ``None`` when it answered nothing at all."""
    nvme = at(answer, "nvme_smart_health_information_log")
    smart = Smart(
        passed=flag(answer, "smart_status", "passed"),
        reallocated=_first(_count(answer, 5), number(answer, "scsi_grown_defect_list")),
        pending=_first(_count(answer, 197), number(answer, "scsi_pending_defects", "count")),
        uncorrectable=_first(_count(answer, 198), _scsi_uncorrected(answer)),
        power_on_hours=_hours(answer, nvme),
        percentage_used=_first(
            number(nvme, "percentage_used"),
            number(answer, "scsi_percentage_used_endurance_indicator"),
            _endurance_by_statistics(answer),
            number(answer, "endurance_used", "current_percent"),
        ),
        media_errors=number(nvme, "media_errors"),
        temperature_celsius=number(answer, "temperature", "current"),
        attributes=attributes,
    )
    return None if smart == Smart() else smart


def _signs(answer: Any, attributes: tuple[SmartAttribute, ...]) -> DriveSigns:
    nvme = at(answer, "nvme_smart_health_information_log")
    failing = tuple(
        text(row, "name") or "attribute"
        for row in objects(at(answer, "ata_smart_attributes"), "table")
        if (text(row, "when_failed") or "").lower() in {"now", "failing_now"}
    )
    left = [one.value for one in attributes if one.name in _WEAR_LEFT and one.value is not None and one.value <= 100]
    return DriveSigns(
        critical_warning=number(nvme, "critical_warning"),
        spare_percent=number(nvme, "available_spare"),
        spare_threshold_percent=number(nvme, "available_spare_threshold"),
        reported_uncorrectable=_count(answer, 187),
        command_timeouts=_command_timeouts(attributes),
        wear_percent=100 - min(left) if left else None,
        failing_now=failing,
    )


def _count(answer: Any, identity: int) -> int | None:
    """An attribute's raw count; ``138 (26 0)`` is 138 with two more counters packed into the same 48 bits."""
    for row in objects(at(answer, "ata_smart_attributes"), "table"):
        if number(row, "id") == identity:
            leading = re.match(r"(\d{1,15})(?: \(|$)", text(row, "raw", "string") or "")
            raw = int(leading.group(1)) if leading else number(row, "raw", "value")
            return raw if raw is not None and 0 <= raw < _PACKED else None
    return None


def _command_timeouts(attributes: tuple[SmartAttribute, ...]) -> int | None:
    """Attribute 188; Seagate packs three 16-bit counters in it, of which the lowest counts all timeouts."""
    raw = next((one.raw for one in attributes if one.id == 188), None)
    return None if raw is None else raw & 0xFFFF


def _scsi_uncorrected(answer: Any) -> int | None:
    log = at(answer, "scsi_error_counter_log")
    counts = [number(log, operation, "total_uncorrected_errors") for operation in ("read", "write", "verify")]
    told = [count for count in counts if count is not None]
    return sum(told) if told else None


def _hours(answer: Any, nvme: Any) -> int | None:
    hours = _first(number(answer, "power_on_time", "hours"), number(nvme, "power_on_hours"))
    return hours if hours is not None and hours <= _IMPLAUSIBLE_HOURS else None


def _endurance_by_statistics(answer: Any) -> int | None:
    """*Percentage Used Endurance Indicator* of the ATA Device Statistics log, page 7 (ACS-4 §9.5.8)."""
    for page in objects(at(answer, "ata_device_statistics"), "pages"):
        for row in objects(page, "table") if number(page, "number") == 7 else ():
            if text(row, "name") == "Percentage Used Endurance Indicator" and flag(row, "flags", "valid") is not False:
                return number(row, "value")
    return None


def _medium(name: str, answer: Any, attributes: tuple[SmartAttribute, ...], row: Mapping[str, Any]) -> Medium:
    """What the data lies on: the drive's own word first, the system's guess (``rota``) last; bridges lie about it."""
    if name.startswith("nvme") or text(answer, "device", "protocol") == "NVMe" or text(row, "tran") == "nvme":
        return Medium.NVME
    if name.startswith("mmcblk"):
        return Medium.FLASH if flag(row, "rm") else Medium.EMMC
    if name.startswith(("vd", "xvd")) or _is_virtual(answer, row):
        return Medium.VIRTUAL
    told = _medium_by_smart(answer, attributes)
    if told is not Medium.UNKNOWN:
        return told
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
    if any(one.id in _ONLY_HDD for one in attributes):
        return Medium.HDD
    generation = number(answer, "ata_version", "major_value")
    before_solid_state = generation is not None and generation < 1 << 8
    return Medium.HDD if before_solid_state and flag(answer, "trim", "supported") is False else Medium.UNKNOWN


def _medium_by_system(row: Mapping[str, Any]) -> Medium:
    rotates = flag(row, "rota")
    if text(row, "tran") == "usb" or rotates is None:
        return Medium.UNKNOWN
    return Medium.HDD if rotates else Medium.SSD


def _bus(name: str, answer: Any) -> str | None:
    kind = text(answer, "device", "type") or ""
    if name.startswith("nvme") or kind == "nvme":
        return "nvme"
    if name.startswith("mmcblk"):
        return "mmc"
    if name.startswith("vd"):
        return "virtio"
    if kind.startswith(("usb", "snt")):
        return "usb"
    if text(answer, "scsi_transport_protocol", "name"):
        return "sas"
    return "sata" if number(answer, "sata_version", "value") else None


def _first(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)
