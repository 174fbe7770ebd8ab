"""What a machine is, as the agent saw it: frozen facts with their units in the names.

Facts that travel in the wipe report unchanged (S.M.A.R.T., processor, memory, batteries, verdicts) are the report's own
dataclasses; those the report tells more briefly are defined here. ``None`` means *unknown*, never "no".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from wipe_reports.codes import MachineKind, MediumDoubt, PartTestKind, YearBasis
from wipe_reports.document import (
    LOGICAL_BLOCK,
    AreaState,
    Battery,
    Display,
    Estimate,
    Firmware,
    Health,
    HealthVerdict,
    HiddenAreas,
    Medium,
    Memory,
    MemoryModule,
    Minimum,
    MinimumVerdict,
    NetworkInterface,
    NetworkKind,
    PartTest,
    Port,
    Processor,
    Smart,
    SmartAttribute,
    StorageController,
    Tool,
    Upgrade,
    WeightClass,
)
from wipe_reports.hardware import VENDOR_SCALE
from wipe_reports.shape import Whole

__all__ = [
    "AreaState",
    "AtaSecurity",
    "Battery",
    "CommandSet",
    "Disk",
    "Display",
    "DriveSigns",
    "Estimate",
    "Firmware",
    "Health",
    "HealthVerdict",
    "HiddenAreas",
    "Machine",
    "MachineKind",
    "Medium",
    "MediumDoubt",
    "Memory",
    "MemoryModule",
    "Minimum",
    "MinimumVerdict",
    "NetworkInterface",
    "NetworkKind",
    "PartTest",
    "PartTestKind",
    "Port",
    "Processor",
    "Smart",
    "SmartAttribute",
    "StorageController",
    "Support",
    "System",
    "Tool",
    "Upgrade",
    "WeightClass",
    "YearBasis",
]

_BYTES = Whole(2**60)
"""An exbibyte: thin volumes over a network name any size."""
_MINUTES = Whole(65_534)


@dataclass(frozen=True, kw_only=True, slots=True)
class System:
    """The machine by its SMBIOS types 0–3, in the firmware's own words; ``kind`` is drawn from the chassis.

    ``kind`` is a :class:`MachineKind`, or ``loose_disks`` for what is no machine.
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
    ``wear_percent`` is the share of its life that an SSD's vendor attribute says is used; ``figures_damaged`` says that
    the attribute table itself failed its checksum, ``self_test_failed`` that the drive's latest own test found a fault.
    ``life_doubted`` are the shares of its life used, in per cent, that contradict each other; ``wear_percent`` is then
    ``None``. ``too_hot``: the drive warns of its temperature at this moment, and of nothing else.
    """

    critical_warning: Annotated[int | None, VENDOR_SCALE] = None
    spare_percent: Annotated[int | None, VENDOR_SCALE] = None
    spare_threshold_percent: Annotated[int | None, VENDOR_SCALE] = None
    reported_uncorrectable: Annotated[int | None, Whole()] = None
    command_timeouts: Annotated[int | None, Whole()] = None
    wear_percent: Annotated[int | None, Whole(1000)] = None
    life_doubted: tuple[int, ...] = ()
    too_hot: bool = False
    failing_now: tuple[str, ...] = ()
    figures_damaged: bool = False
    self_test_failed: bool = False


class Support(StrEnum):
    """A way to erase that a drive itself says it has; whether it keeps its word, only a read-back shows."""

    NVME_SANITIZE_BLOCK = "nvme_sanitize_block"
    NVME_SANITIZE_CRYPTO = "nvme_sanitize_crypto"
    NVME_FORMAT = "nvme_format"
    NVME_FORMAT_CRYPTO = "nvme_format_crypto"
    NVME_FORMAT_ERASES_ALL_NAMESPACES = "nvme_format_erases_all_namespaces"
    ATA_SANITIZE_BLOCK = "ata_sanitize_block"
    ATA_SANITIZE_CRYPTO = "ata_sanitize_crypto"
    ATA_SECURITY_ERASE = "ata_security_erase"
    ATA_SECURITY_ERASE_ENHANCED = "ata_security_erase_enhanced"
    SCSI_SANITIZE_BLOCK = "scsi_sanitize_block"
    SCSI_SANITIZE_CRYPTO = "scsi_sanitize_crypto"
    SCSI_SANITIZE_OVERWRITE = "scsi_sanitize_overwrite"
    EMMC_SANITIZE = "emmc_sanitize"
    EMMC_SECURE_DISCARD = "emmc_secure_discard"
    DISCARD = "discard"


class CommandSet(StrEnum):
    """What a drive itself speaks, whatever its port: a SATA drive behind a SAS host adapter still speaks ATA."""

    ATA = "ata"
    SCSI = "scsi"


@dataclass(frozen=True, kw_only=True, slots=True)
class AtaSecurity:
    """The ATA Security feature set by IDENTIFY DEVICE word 128 (ACS-4 §7.13.6.69), as ``hdparm -I`` prints it.

    ``erase_minutes`` and ``enhanced_erase_minutes`` are the drive's own estimates, ``None`` where it gives none.
    """

    enabled: bool
    locked: bool
    frozen: bool
    erase_minutes: Annotated[int | None, _MINUTES] = None
    enhanced_erase_minutes: Annotated[int | None, _MINUTES] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Disk:
    """One whole block device. ``smart`` is ``None`` when the drive's own facts could not be read.

    ``command_set`` is what the drive itself was seen to speak, ``None`` where it did not say. ``hidden_areas`` are as
    they read at inspection: nothing is opened by looking. ``security`` is ``None`` for a drive
    without the ATA Security feature set; ``behind`` names a controller or bridge that answers for the drive (a RAID
    controller, a USB bridge), ``None`` for a drive that the system reaches itself. ``sequence`` is the number that the
    kernel gave this disk when it came (Linux ``diskseq``): no other disk gets it until the machine starts again.
    ``unallocated_bytes`` is what an NVMe drive holds in no namespace that is shown; ``None`` where it does not tell.
    ``beside`` names the other namespaces of the same NVMe drive: what erases the whole drive erases them too.
    Where ``doubt`` stands, ``medium`` and ``removable`` are a guess that a person must confirm. ``runs_system`` marks
    the disk from which this system runs.
    """

    name: str
    sequence: Annotated[int | None, Whole()] = None
    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None
    firmware: str | None = None
    medium: Medium = Medium.UNKNOWN
    bus: str | None = None
    command_set: CommandSet | None = None
    size_bytes: Annotated[int | None, _BYTES] = None
    logical_block_bytes: Annotated[int, LOGICAL_BLOCK] = 512
    removable: bool = False
    doubt: MediumDoubt | None = None
    runs_system: bool = False
    smart: Smart | None = None
    signs: DriveSigns = field(default_factory=DriveSigns)
    supports: frozenset[Support] = frozenset()
    security: AtaSecurity | None = None
    behind: str | None = None
    beside: tuple[str, ...] = ()
    hidden_areas: HiddenAreas = field(default_factory=HiddenAreas)
    unallocated_bytes: Annotated[int | None, _BYTES] = None
    health: Health = field(default_factory=Health)


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """Everything the agent saw on one machine, with its verdicts.

    ``doubts`` are keys (as :func:`intake_agent.judging.minimum.in_words` reads them) of figures that are left
    unknown because two tell them differently, each with both.
    """

    system: System = field(default_factory=System)
    processor: Processor = field(default_factory=Processor)
    memory: Memory = field(default_factory=Memory)
    disks: tuple[Disk, ...] = ()
    batteries: tuple[Battery, ...] = ()
    displays: tuple[Display, ...] = ()
    graphics: tuple[str, ...] | None = None
    network: tuple[NetworkInterface, ...] | None = None
    cameras: tuple[str, ...] | None = None
    ports: tuple[Port, ...] = ()
    firmware: Firmware = field(default_factory=Firmware)
    storage: tuple[StorageController, ...] | None = None
    estimate: Estimate = field(default_factory=Estimate)
    tests: tuple[PartTest, ...] = ()
    minimum: Minimum = field(default_factory=Minimum)
    tools: tuple[Tool, ...] = ()
    doubts: tuple[str, ...] = ()
