"""What may stop the next owner: passwords, theft tracking, remote management, and settings that hide a disk.

Only what can be seen from a running system: an empty answer means that none was seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from intake_agent.probes.controllers import remapped_disks
from intake_agent.probes.smbios import Structure, of_type
from intake_agent.probes.sysfs_tree import folders
from wipe_reports.reasons import FirmwareLock

_AMT_MARK = b"$AMT"
_TRACKING = ("absolute(", "computrace")
_ACTIVE = frozenset({"activate", "activated", "active"})
_ALLOWED = frozenset({"enable", "enabled"})
"""Lenovo's and Dell's setting allows an owner to activate it; *enabled* is how these machines leave the factory."""
_ROLES = {
    "bios-admin": FirmwareLock.BIOS_PASSWORD,
    "power-on": FirmwareLock.POWER_ON_PASSWORD,
    "system-mgmt": FirmwareLock.BIOS_PASSWORD,
}
_NAMES = {
    "admin": FirmwareLock.BIOS_PASSWORD,
    "setup": FirmwareLock.BIOS_PASSWORD,
    "system": FirmwareLock.POWER_ON_PASSWORD,
}
"""Names of the passwords that the drivers of Dell, Lenovo and HP give (``sysfs-class-firmware-attributes``)."""


def locks(tables: Sequence[Structure], sysfs: Mapping[str, str]) -> tuple[FirmwareLock, ...]:
    """The keys of what was seen, sorted.

    A password by SMBIOS type 24 or the maker's driver, Absolute by the firmware's own word, a program for Windows by
    ACPI table WPBT, Intel's remote management, an Intel chipset in RAID mode. (What a storage controller without a
    driver or a disk tells stands beside these: :func:`intake_agent.probes.controllers.storage_locks`.)
    """
    seen = _passwords(tables) | _passwords_by_driver(sysfs) | _tracking(tables, sysfs)
    if any(_amt_enabled(one) for one in of_type(tables, 130)):
        seen.add(FirmwareLock.AMT_ENABLED)
    if "firmware/acpi/tables/WPBT" in sysfs:
        seen.add(FirmwareLock.FIRMWARE_INSTALLS_PROGRAM)
    if remapped_disks(sysfs):
        seen.add(FirmwareLock.HIDDEN_NVME_DISKS)
    return tuple(sorted(seen))


def _passwords(tables: Sequence[Structure]) -> set[FirmwareLock]:
    """SMBIOS type 24, Hardware Security (DSP0134 §7.25)."""
    names = {
        "Administrator Password Status": FirmwareLock.BIOS_PASSWORD,
        "Power-On Password Status": FirmwareLock.POWER_ON_PASSWORD,
    }
    return {key for one in of_type(tables, 24) for name, key in names.items() if one.text(name) == "Enabled"}


def _passwords_by_driver(sysfs: Mapping[str, str]) -> set[FirmwareLock]:
    found: set[FirmwareLock] = set()
    for maker in folders(sysfs, "class/firmware-attributes"):
        passwords = folders(sysfs, f"class/firmware-attributes/{maker}/authentication")
        for name, facts in passwords.items():
            key = _ROLES.get(facts.get("role", "")) or _NAMES.get(name.lower())
            if key and facts.get("is_enabled") == "1":
                found.add(key)
    return found


def _tracking(tables: Sequence[Structure], sysfs: Mapping[str, str]) -> set[FirmwareLock]:
    """Absolute (once Computrace): by the maker's driver, else by its module's name in an OEM structure."""
    values = {
        value.strip().lower()
        for path, value in sysfs.items()
        if path.startswith("class/firmware-attributes/") and path.endswith("/current_value")
        for name in [path.split("/")[-2].lower()]
        if ("computrace" in name or "absolute" in name) and "disable" not in name
    }
    if values & _ACTIVE:
        return {FirmwareLock.COMPUTRACE_ACTIVE}
    if values:
        return {FirmwareLock.COMPUTRACE_MODULE} if values & _ALLOWED else set()
    texts = (text.lower() for one in tables for text in (*one.lists.get("Strings", ()), *_oem_strings(one)))
    return {FirmwareLock.COMPUTRACE_MODULE} if any(text.startswith(_TRACKING) for text in texts) else set()


def _oem_strings(structure: Structure) -> list[str]:
    """SMBIOS type 11 prints its texts as ``String 1: …``."""
    return list(structure.fields.values()) if structure.type == 11 else []


def _amt_enabled(structure: Structure) -> bool:
    """Intel's OEM structure 130: the mark ``$AMT``, then a byte for *supported* and one for *enabled*."""
    data = structure.data()
    return data[4:8] == _AMT_MARK and data[8:10] == b"\x01\x01"
