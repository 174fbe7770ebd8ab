"""Who the machine is (SMBIOS types 0 to 3 by ``dmidecode``, or ``/sys/class/dmi/id``), and what its firmware is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from intake_agent.machine import Firmware, MachineKind, System
from intake_agent.probes.json_facts import whole
from intake_agent.probes.locks import locks
from intake_agent.probes.smbios import UNKNOWN_WORDS, Structure, of_type, structures
from intake_agent.probes.sysfs_tree import folders

_CHASSIS_BY_NUMBER = (
    "Other", "Unknown", "Desktop", "Low Profile Desktop", "Pizza Box", "Mini Tower", "Tower", "Portable", "Laptop",
    "Notebook", "Hand Held", "Docking Station", "All In One", "Sub Notebook", "Space-saving", "Lunch Box",
    "Main Server Chassis", "Expansion Chassis", "Sub Chassis", "Bus Expansion Chassis", "Peripheral Chassis",
    "RAID Chassis", "Rack Mount Chassis", "Sealed-case PC", "Multi-system", "CompactPCI", "AdvancedTCA", "Blade",
    "Blade Enclosing", "Tablet", "Convertible", "Detachable", "IoT Gateway", "Embedded PC", "Mini PC", "Stick PC",
)  # fmt: skip
"""DSP0134 table 17 in ``dmidecode``'s words, from value 1."""

_KINDS = {
    MachineKind.LAPTOP: ("Portable", "Laptop", "Notebook", "Sub Notebook", "Convertible", "Detachable"),
    MachineKind.DESKTOP: (
        *("Desktop", "Low Profile Desktop", "Pizza Box", "Mini Tower", "Tower"),
        *("Space-saving", "Sealed-case PC", "Mini PC", "Stick PC", "Lunch Box"),
    ),
    MachineKind.ALL_IN_ONE: ("All In One",),
    MachineKind.TABLET: ("Tablet", "Hand Held"),
    MachineKind.SERVER: (
        *("Main Server Chassis", "Rack Mount Chassis", "Blade", "Blade Enclosing"),
        *("Multi-system", "RAID Chassis", "AdvancedTCA", "CompactPCI"),
    ),
    MachineKind.OTHER: (
        *("Docking Station", "Expansion Chassis", "Sub Chassis", "Bus Expansion Chassis"),
        *("Peripheral Chassis", "IoT Gateway", "Embedded PC"),
    ),
}
_KIND_BY_CHASSIS = {chassis: kind for kind, chassis_names in _KINDS.items() for chassis in chassis_names}

_VIRTUAL = re.compile(
    r"\b(qemu|kvm|virtualbox|innotek|vmware|xen|bochs|bhyve|parallels|virtual machine|openstack|alibaba cloud|"
    r"amazon ec2|google compute engine|firecracker|ovirt|rhev|droplet)\b"
)


def system(dmidecode: str | None, sysfs: Mapping[str, str] | None = None) -> System:
    """The machine's identity from ``dmidecode`` text, each gap filled from ``/sys/class/dmi/id`` (name → content)."""
    tables = structures(dmidecode or "")
    files = {name: text.strip() for name, text in (sysfs or {}).items()}
    bios, product, board, case = (_first(tables, number) for number in (0, 1, 2, 3))
    chassis = case.text("Type") or _chassis_by_number(files.get("chassis_type", ""))
    facts = System(
        manufacturer=product.text("Manufacturer") or _file(files, "sys_vendor"),
        product=product.text("Product Name") or product.text("Product") or _file(files, "product_name"),
        version=product.text("Version") or _file(files, "product_version"),
        serial=product.text("Serial Number") or _file(files, "product_serial"),
        uuid=product.text("UUID") or _file(files, "product_uuid"),
        board_manufacturer=board.text("Manufacturer") or _file(files, "board_vendor"),
        board_product=board.text("Product Name") or _file(files, "board_name"),
        board_serial=board.text("Serial Number") or _file(files, "board_serial"),
        chassis=chassis,
        bios_version=bios.text("Version") or _file(files, "bios_version"),
        bios_date=bios.text("Release Date") or _file(files, "bios_date"),
    )
    return _with_kind(facts)


def _first(tables: Sequence[Structure], number: int) -> Structure:
    """The structure that describes this machine: the first of its type that says anything, else an empty one."""
    candidates = of_type(tables, number)
    return next((one for one in candidates if one.fields), Structure("", number))


def _file(files: Mapping[str, str], name: str) -> str | None:
    value = files.get(name, "")
    return None if value.lower() in UNKNOWN_WORDS else value


def _chassis_by_number(text: str) -> str | None:
    number = (whole(text) or 0) & 0x7F
    return _CHASSIS_BY_NUMBER[number - 1] if 1 <= number <= len(_CHASSIS_BY_NUMBER) else None


def _with_kind(facts: System) -> System:
    words = " ".join(filter(None, (facts.manufacturer, facts.product, facts.version))).lower()
    if _VIRTUAL.search(words):
        kind: MachineKind | None = MachineKind.VIRTUAL
    else:
        kind = _KIND_BY_CHASSIS.get(facts.chassis or "")
    return replace(facts, kind=kind)


_SECURE_BOOT = re.compile(r"firmware/efi/efivars/SecureBoot-")
_TABLES = "firmware/acpi/tables"


def firmware(dmidecode: str | None, sysfs: Mapping[str, str], dmi_files: Mapping[str, str]) -> Firmware:
    """The firmware's maker, version and date, how it boots, its TPM, Windows licence (that there is one) and locks.

    ``has_secure_boot`` is whether it is on: by the UEFI variable; a machine that was started the old way has it off.
    """
    tables = structures(dmidecode or "")
    bios = _first(tables, 0)
    acpi = frozenset(folders(sysfs, _TABLES))
    has_tpm, tpm_version = _tpm(tables, sysfs, acpi)
    return Firmware(
        vendor=bios.text("Vendor") or _file(dmi_files, "bios_vendor"),
        bios_version=bios.text("Version") or _file(dmi_files, "bios_version"),
        bios_date=iso_date(bios.text("Release Date") or _file(dmi_files, "bios_date")),
        is_uefi=_is_uefi(bios, sysfs),
        has_secure_boot=_has_secure_boot(sysfs),
        has_tpm=has_tpm,
        tpm_version=tpm_version,
        has_windows_licence="MSDM" in acpi if acpi else None,
        locks=locks(tables, sysfs),
    )


def iso_date(text: str | None) -> str | None:
    """A firmware's date (``03/14/2016``, ``03/14/99``, ``2016-03-14…``, ``2016/03/14``) in ISO 8601, else ``None``.

    SMBIOS has month, day, year (DSP0134 §7.1); some makers write the day first, which only shows past the twelfth.
    """
    if american := re.fullmatch(r"(\d\d?)/(\d\d?)/(\d{4}|\d\d)", (text or "").strip()):
        month, day, year = (int(part) for part in american.groups())
        year += 0 if year > 99 else 1900 if year >= 80 else 2000
        month, day = (day, month) if month > 12 else (month, day)
    elif iso := re.match(r"(\d{4})[-/](\d\d)[-/](\d\d)(?!\d)", (text or "").strip()):
        year, month, day = (int(part) for part in iso.groups())
    else:
        return None
    try:
        return date(year, month, day).isoformat() if year >= 1980 else None
    except ValueError:
        return None


def _is_uefi(bios: Structure, sysfs: Mapping[str, str]) -> bool | None:
    """UEFI by the way it was started, or by SMBIOS type 0, whose list says so since version 2.4 of the standard."""
    characteristics = bios.lists.get("Characteristics", [])
    if "UEFI is supported" in characteristics or "firmware/efi" in sysfs:
        return True
    return False if characteristics else None


def _has_secure_boot(sysfs: Mapping[str, str]) -> bool | None:
    for path, content in sysfs.items():
        if _SECURE_BOOT.match(path):
            return {"0": False, "1": True}.get(content)
    return False if sysfs and "firmware/efi" not in sysfs else None


def _tpm(tables: Sequence[Structure], sysfs: Mapping[str, str], acpi: frozenset[str]) -> tuple[bool | None, str | None]:
    """Is there a TPM, and of which version: by the kernel, by SMBIOS type 43, by the ACPI tables TPM2 and TCPA."""
    for chip in folders(sysfs, "class/tpm").values():
        caps = chip.get("caps", "") + chip.get("device/caps", "")
        found = re.search(r"TCG version: (\d+\.\d+)", caps)
        version = {"2": "2.0", "1": "1.2"}.get(chip.get("tpm_version_major", "")) or (found[1] if found else None)
        return True, version
    for structure in of_type(tables, 43):
        found = re.match(r"[12]\.\d+", structure.text("Specification Version") or "")
        return True, found[0] if found else None
    if acpi & {"TPM2", "TCPA"}:
        return True, "2.0" if "TPM2" in acpi else "1.2"
    return (False, None) if "class/tpm" in sysfs or acpi else (None, None)
