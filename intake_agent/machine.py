"""What a machine is, as the agent saw it: frozen facts with their units in the names.

Facts that travel in the wipe report unchanged (S.M.A.R.T., processor, memory, batteries, verdicts) are the report's own
dataclasses; those the report tells more briefly are defined here. ``None`` means *unknown*, never "no".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from wipe_reports.document import (
    Battery,
    Health,
    HealthVerdict,
    Medium,
    Memory,
    MemoryModule,
    Minimum,
    MinimumVerdict,
    Processor,
    Smart,
    SmartAttribute,
    Tool,
)

__all__ = [
    "Battery",
    "Disk",
    "Display",
    "DriveSigns",
    "Health",
    "HealthVerdict",
    "Machine",
    "Medium",
    "Memory",
    "MemoryModule",
    "Minimum",
    "MinimumVerdict",
    "Processor",
    "Smart",
    "SmartAttribute",
    "Support",
    "System",
    "Tool",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class System:
    """The machine by its SMBIOS types 0–3, in the firmware's own words; ``kind`` is drawn from the chassis.

    ``kind``: laptop, desktop, all-in-one, tablet, server, virtual or other.
    """

    manufacturer: str | None = None
    product: str | None = None
    version: str | None = None
    serial: str | None = None
    uuid: str | None = None
    board_manufacturer: str | None = None
    board_product: str | None = None
    board_serial: str | None = None
    chassis: str | None = None
    kind: str | None = None
    bios_version: str | None = None
    bios_date: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DriveSigns:
    """What a drive tells beside the report's S.M.A.R.T. facts; ``health.py`` judges with it.

    ``critical_warning`` is the NVMe bit field (NVM Express Base 2.0, figure 207); ``spare`` values are per cent of the
    reserve; ``failing_now`` names the attributes at or under their vendor's threshold at this moment;
    ``wear_percent`` is the share of its life that an SSD's vendor attribute says is used.
    """

    critical_warning: int | None = None
    spare_percent: int | None = None
    spare_threshold_percent: int | None = None
    reported_uncorrectable: int | None = None
    command_timeouts: int | None = None
    wear_percent: int | None = None
    failing_now: tuple[str, ...] = ()


class Support(StrEnum):
    """A way to erase that a drive itself says it has; whether it keeps its word, only a read-back shows."""

    NVME_SANITIZE_BLOCK = "nvme_sanitize_block"
    NVME_SANITIZE_CRYPTO = "nvme_sanitize_crypto"
    NVME_FORMAT = "nvme_format"
    NVME_FORMAT_CRYPTO = "nvme_format_crypto"


@dataclass(frozen=True, kw_only=True, slots=True)
class Disk:
    """One whole block device. ``smart`` is ``None`` when the drive's own facts could not be read."""

    name: str
    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None
    firmware: str | None = None
    medium: Medium = Medium.UNKNOWN
    bus: str | None = None
    size_bytes: int | None = None
    logical_block_bytes: int = 512
    removable: bool = False
    smart: Smart | None = None
    signs: DriveSigns = field(default_factory=DriveSigns)
    supports: frozenset[Support] = frozenset()
    health: Health = field(default_factory=Health)


@dataclass(frozen=True, kw_only=True, slots=True)
class Display:
    """A connected screen by its EDID (VESA E-EDID 1.4): native pixels, diagonal in tenths of an inch."""

    connector: str
    manufacturer: str | None = None
    model: str | None = None
    width_px: int | None = None
    height_px: int | None = None
    diagonal_tenths_inch: int | None = None
    year: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """Everything the agent saw on one machine, with its verdicts."""

    system: System = field(default_factory=System)
    processor: Processor = field(default_factory=Processor)
    memory: Memory = field(default_factory=Memory)
    disks: tuple[Disk, ...] = ()
    batteries: tuple[Battery, ...] = ()
    displays: tuple[Display, ...] = ()
    minimum: Minimum = field(default_factory=Minimum)
    tools: tuple[Tool, ...] = ()
