"""Memory: what is installed by SMBIOS types 16 and 17 (6 on old tables), what is usable by ``/proc/meminfo``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake_agent.machine import Memory, MemoryModule
from intake_agent.probes.smbios import Structure, of_type, size_mib, structures

_NOT_MEMORY = frozenset({"flash", "rom", "eeprom", "feprom", "eprom", "vram", "cdram", "3dram"})
"""SMBIOS type 17 memory types (DSP0134 table 78) that hold firmware or pictures, not the system's memory."""

_OTHER_USES = frozenset({"Video Memory", "Flash Memory", "Non-volatile RAM", "Cache Memory"})
"""Uses of a type 16 array (DSP0134 table 73) that are not the system's memory; a broken word may well be."""

_REACHED_BY_32_BITS_MIB = 4096
_SMALLEST_USABLE_SHARE = 0.70
"""What the system may use of what is installed, at least. No machine of the corpus tells both; its five snapshots
with a MemTotal have 0.91 to 0.98 of the next size that modules make. Old chipsets that lose the addresses of their
devices below 4 GB leave 3 of 4 GB (Intel 945), and graphics that are set to take 2 GB leave 0.73 of 8 (AMD). Below
that a module is missing from one of the two figures."""


def memory(dmidecode: str | None, meminfo: str | None) -> Memory:
    """What is installed and what the system may use, from ``dmidecode`` and ``/proc/meminfo`` text; each may lack.

    Nothing can use more than is installed: firmware that names less (old tables say 16 MB of a module of 2 GB, or know
    the size of one module only) does not tell what is installed. Nor does firmware that names far more than the system
    can use: it tells of a module that is dead or was never there. :func:`doubted_mib` gives both figures.
    """
    tables = structures(dmidecode or "")
    devices = _system_memory_devices(tables)
    modules = tuple(module for device in devices if (module := _module(device)) is not None)
    installed = sum(module.size_mib or 0 for module in modules) or None
    if installed is None and not devices:
        installed = _installed_by_type_6(tables)
    usable = _usable_mib(meminfo or "")
    return Memory(
        installed_mib=None if _contradict(installed, usable, _reachable_mib(meminfo or "")) else installed,
        usable_mib=usable,
        slots=len(devices) or None,
        max_mib=_maximum_mib(tables),
        modules=modules,
    )


def doubted_mib(memory: Memory) -> tuple[int, int] | None:
    """What the firmware's modules add up to and what the system can use, where the two contradict each other."""
    claimed = sum(module.size_mib or 0 for module in memory.modules)
    if memory.installed_mib is not None or not claimed or memory.usable_mib is None:
        return None
    return claimed, memory.usable_mib


def _contradict(installed_mib: int | None, usable_mib: int | None, reachable_mib: int | None) -> bool:
    if installed_mib is None or usable_mib is None:
        return False
    within_reach = min(installed_mib, reachable_mib or installed_mib)
    return not within_reach * _SMALLEST_USABLE_SHARE <= usable_mib <= installed_mib


def _reachable_mib(meminfo: str) -> int | None:
    """What this kernel can address: 4 GiB where it is one of 32 bits (only those know of *high* memory).

    With PAE such a kernel reaches more; then what it uses is more as well, and that is compared all the same.
    """
    return _REACHED_BY_32_BITS_MIB if re.search(r"^HighTotal:\s+[1-9]", meminfo, re.MULTILINE) else None


def _system_memory_devices(tables: Sequence[Structure]) -> list[Structure]:
    """Type 17 devices of the arrays used as system memory: BIOS flash has an array and devices of its own."""
    other_arrays = {array.handle for array in of_type(tables, 16) if array.fields.get("Use", "").strip() in _OTHER_USES}
    return [
        device
        for device in of_type(tables, 17)
        if device.fields.get("Array Handle", "").strip().upper() not in other_arrays
        and device.fields.get("Type", "").strip().lower() not in _NOT_MEMORY
    ]


def _module(device: Structure) -> MemoryModule | None:
    size = size_mib(device.text("Size"))
    if not size:
        return None
    return MemoryModule(
        locator=device.text("Locator"),
        size_mib=size,
        kind=_known(device.text("Type")),
        form=_known(device.text("Form Factor")),
        speed_mts=_speed_mts(device),
        manufacturer=_known(device.text("Manufacturer")),
        serial=_known(device.text("Serial Number")),
    )


def _known(text: str | None) -> str | None:
    return None if text is None or text.lower() in {"unknown", "other"} else text


def _speed_mts(device: Structure) -> int | None:
    for name in ("Configured Memory Speed", "Configured Clock Speed", "Speed"):
        if speed := device.number(name):
            return speed
    return None


def _installed_by_type_6(tables: Sequence[Structure]) -> int | None:
    """SMBIOS before 2.1 has memory modules (type 6, obsolete since) instead of memory devices."""
    sizes = [
        size_mib(module.text("Installed Size")) or size_mib(module.text("Enabled Size"))
        for module in of_type(tables, 6)
    ]
    return sum(size or 0 for size in sizes) or None


def _maximum_mib(tables: Sequence[Structure]) -> int | None:
    arrays = [array for array in of_type(tables, 16) if array.fields.get("Use", "").strip() == "System Memory"]
    return sum(size_mib(array.text("Maximum Capacity")) or 0 for array in arrays) or None


def _usable_mib(meminfo: str) -> int | None:
    match = re.search(r"^MemTotal:\s+(\d{1,15}) kB", meminfo, re.MULTILINE)
    return int(match.group(1)) // 1024 if match else None
