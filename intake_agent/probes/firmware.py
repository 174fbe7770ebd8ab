"""Who the machine is: SMBIOS types 0 to 3 by ``dmidecode``, or the same strings from ``/sys/class/dmi/id``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from intake_agent.machine import System
from intake_agent.probes.smbios import UNKNOWN_WORDS, Structure, of_type, structures

_CHASSIS_BY_NUMBER = (
    "Other", "Unknown", "Desktop", "Low Profile Desktop", "Pizza Box", "Mini Tower", "Tower", "Portable", "Laptop",
    "Notebook", "Hand Held", "Docking Station", "All In One", "Sub Notebook", "Space-saving", "Lunch Box",
    "Main Server Chassis", "Expansion Chassis", "Sub Chassis", "Bus Expansion Chassis", "Peripheral Chassis",
    "RAID Chassis", "Rack Mount Chassis", "Sealed-case PC", "Multi-system", "CompactPCI", "AdvancedTCA", "Blade",
    "Blade Enclosing", "Tablet", "Convertible", "Detachable", "IoT Gateway", "Embedded PC", "Mini PC", "Stick PC",
)  # fmt: skip
"""DSP0134 table 17 in ``dmidecode``'s words, from value 1."""

_KINDS = {
    "laptop": ("Portable", "Laptop", "Notebook", "Sub Notebook", "Convertible", "Detachable", "Lunch Box"),
    "desktop": (
        *("Desktop", "Low Profile Desktop", "Pizza Box", "Mini Tower", "Tower"),
        *("Space-saving", "Sealed-case PC", "Mini PC", "Stick PC"),
    ),
    "all-in-one": ("All In One",),
    "tablet": ("Tablet", "Hand Held"),
    "server": (
        *("Main Server Chassis", "Rack Mount Chassis", "Blade", "Blade Enclosing"),
        *("Multi-system", "RAID Chassis", "AdvancedTCA", "CompactPCI"),
    ),
    "other": (
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


def _first(tables: list[Structure], number: int) -> Structure:
    """The structure that describes this machine: the first of its type that says anything, else an empty one."""
    candidates = of_type(tables, number)
    return next((one for one in candidates if one.fields), Structure("", number))


def _file(files: Mapping[str, str], name: str) -> str | None:
    value = files.get(name, "")
    return None if value.lower() in UNKNOWN_WORDS else value


def _chassis_by_number(text: str) -> str | None:
    if not text.isascii() or not text.isdigit():
        return None
    number = int(text) & 0x7F
    return _CHASSIS_BY_NUMBER[number - 1] if 1 <= number <= len(_CHASSIS_BY_NUMBER) else None


def _with_kind(facts: System) -> System:
    words = " ".join(filter(None, (facts.manufacturer, facts.product, facts.version))).lower()
    if _VIRTUAL.search(words):
        kind: str | None = "virtual"
    else:
        kind = _KIND_BY_CHASSIS.get(facts.chassis or "")
    return replace(facts, kind=kind)
