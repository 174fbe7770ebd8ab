"""What the tools and the kernel answered on one machine, untouched: the only thing that probes read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from intake_agent.machine import Processor, Tool


@dataclass(frozen=True, kw_only=True, slots=True)
class RawFacts:
    """What was answered, ``None`` or empty where it could not be had; a missing program is one more thing unknown.

    ``smartctl``, ``nvme``, ``hdparm`` (``-I``), ``hpa`` (``hdparm -N``), ``dco`` (``hdparm --dco-identify``),
    ``sg_opcodes`` and ``mmc_extcsd`` go by device name, ``edids`` by connector,
    ``permanent_addresses`` (MAC) by network interface. ``sysfs`` goes by path under ``/sys``: a file's content, of a
    link where it leads to, an empty text for what is only known to be there. ``live_disks`` are the names of the disks
    from which the system runs that asked. ``processor`` is what py-cpuinfo and psutil add on this machine where the
    kernel's own text is silent.
    """

    cpuinfo: str | None = None
    lscpu: str | None = None
    dmidecode: str | None = None
    lsblk: str | None = None
    lspci: str | None = None
    meminfo: str | None = None
    smartctl: Mapping[str, str] = field(default_factory=dict)
    nvme: Mapping[str, str] = field(default_factory=dict)
    hdparm: Mapping[str, str] = field(default_factory=dict)
    hpa: Mapping[str, str] = field(default_factory=dict)
    dco: Mapping[str, str] = field(default_factory=dict)
    sg_opcodes: Mapping[str, str] = field(default_factory=dict)
    mmc_extcsd: Mapping[str, str] = field(default_factory=dict)
    power_supplies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    edids: Mapping[str, bytes] = field(default_factory=dict)
    dmi_files: Mapping[str, str] = field(default_factory=dict)
    sysfs: Mapping[str, str] = field(default_factory=dict)
    permanent_addresses: Mapping[str, str] = field(default_factory=dict)
    live_disks: tuple[str, ...] = ()
    processor: Processor = field(default_factory=Processor)
    tools: tuple[Tool, ...] = ()


LIVE_MOUNTS = frozenset({"/", "/run/live/medium", "/usr/lib/live/mount/medium", "/run/initramfs/live", "/cdrom"})
"""Where the file system lies from which a system runs, installed or live (Debian, Fedora, Ubuntu)."""
DMI_FILES = (
    *("sys_vendor", "product_name", "product_version", "product_serial", "product_uuid", "chassis_type"),
    *("board_vendor", "board_name", "board_serial", "bios_vendor", "bios_version", "bios_date"),
)
SUPPLY_FILES = (
    *("type", "scope", "present", "online", "status", "manufacturer", "model_name", "serial_number", "technology"),
    *("energy_full_design", "energy_full", "charge_full_design", "charge_full", "voltage_min_design", "voltage_now"),
    *("cycle_count", "manufacture_year"),
)
