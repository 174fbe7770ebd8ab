"""What the report says of a machine's parts, apart from what was done to its data carriers.

Units stand in the names; ``None`` means *unknown*, never "no". Words of the firmware stay the firmware's own words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class HealthVerdict(StrEnum):
    """What the agent makes of a carrier's or battery's own figures."""

    HEALTHY = "healthy"
    WORN = "worn"
    FAILING = "failing"
    UNKNOWN = "unknown"


class MinimumVerdict(StrEnum):
    """Does the machine meet the call's minimum (Core i3, 4 GB)? ``REVIEW`` asks a person."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    FAIL = "fail"
    REVIEW = "review"


class NetworkKind(StrEnum):
    """What a network interface speaks."""

    ETHERNET = "ethernet"
    WIFI = "wifi"
    CELLULAR = "cellular"
    OTHER = "other"


class WeightClass(StrEnum):
    """About how heavy a device is, estimated from its kind and screen; a scale decides."""

    UNDER_1_KG = "under_1_kg"
    FROM_1_TO_2_KG = "1_to_2_kg"
    FROM_2_TO_3_KG = "2_to_3_kg"
    FROM_3_TO_8_KG = "3_to_8_kg"
    OVER_8_KG = "over_8_kg"


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """A verdict and the reasons for it, each one a short machine-readable key such as ``pending_sectors``."""

    verdict: HealthVerdict = HealthVerdict.UNKNOWN
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SmartAttribute:
    """One row of an ATA S.M.A.R.T. attribute table; ``value``, ``worst``, ``threshold`` are on the vendor's 0–255."""

    id: int
    name: str
    value: int | None = None
    worst: int | None = None
    threshold: int | None = None
    raw: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Smart:
    """S.M.A.R.T. or NVMe health facts at one moment. Counts are sectors or errors; ``percentage_used`` may pass 100."""

    passed: bool | None = None
    reallocated: int | None = None
    pending: int | None = None
    uncorrectable: int | None = None
    power_on_hours: int | None = None
    percentage_used: int | None = None
    media_errors: int | None = None
    temperature_celsius: int | None = None
    attributes: tuple[SmartAttribute, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Processor:
    """The processor's brand string, SMBIOS or CPUID family in words, and its counts over the whole machine.

    ``is_64_bit`` is long mode; ``has_virtualisation`` is VT-x or AMD-V as the processor names it, also where the
    firmware has switched it off.
    """

    brand: str | None = None
    cores: int | None = None
    threads: int | None = None
    family: str | None = None
    is_64_bit: bool | None = None
    has_virtualisation: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MemoryModule:
    """One SMBIOS type 17 module; ``kind`` is DDR4 and the like, ``form`` SO-DIMM and the like."""

    locator: str | None = None
    size_mib: int | None = None
    kind: str | None = None
    form: str | None = None
    speed_mts: int | None = None
    manufacturer: str | None = None
    serial: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Memory:
    """What is installed (SMBIOS) and what the system may use; a laptop of 4,096 MiB may show 3,800."""

    installed_mib: int | None = None
    usable_mib: int | None = None
    slots: int | None = None
    max_mib: int | None = None
    modules: tuple[MemoryModule, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Battery:
    """A battery's design and present full capacity in milliwatt-hours, as the system reports them."""

    name: str
    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None
    technology: str | None = None
    design_mwh: int | None = None
    full_mwh: int | None = None
    cycles: int | None = None
    health: Health = field(default_factory=Health)


@dataclass(frozen=True, kw_only=True, slots=True)
class Upgrade:
    """The memory to add: ``modules`` of ``module_mib`` each, in the free slots first, else in the place of others.

    ``kind`` and ``form`` are SMBIOS's, as of a :class:`MemoryModule`. ``slots_free`` are the free slots now;
    ``replaces_mib`` the sizes of the modules that come out, one of each.
    """

    modules: int
    module_mib: int
    kind: str | None = None
    form: str | None = None
    slots_free: int = 0
    replaces_mib: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Minimum:
    """The minimum as the agent judged it; ``reasons`` are keys, ``upgrade`` what would make it pass, if anything.

    ``policy`` names the rule that was applied: the call's own, or the partner's by its name and version.
    """

    verdict: MinimumVerdict = MinimumVerdict.REVIEW
    reasons: tuple[str, ...] = ()
    upgrade: Upgrade | None = None
    policy: str | None = None


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
class NetworkInterface:
    """One wired or wireless adapter of the machine itself. ``mac`` is lower case with colons, its permanent address."""

    name: str
    kind: NetworkKind = NetworkKind.OTHER
    mac: str | None = None
    model: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Port:
    """So many connectors of one kind, such as ``HDMI`` or ``USB-C``, that a person can reach."""

    kind: str
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Firmware:
    """The machine's firmware and what it locks. ``bios_date`` is an ISO 8601 date.

    ``has_windows_licence`` tells that a licence lies in the firmware (ACPI table MSDM); its key is never read.
    ``locks`` are keys such as ``computrace_active``, ``bios_password`` or ``storage_without_driver``; an empty tuple
    means that none was seen, which is not that there is none.
    """

    vendor: str | None = None
    bios_version: str | None = None
    bios_date: str | None = None
    is_uefi: bool | None = None
    has_secure_boot: bool | None = None
    has_tpm: bool | None = None
    tpm_version: str | None = None
    has_windows_licence: bool | None = None
    locks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class StorageController:
    """One function on the PCI bus to which disks may be attached, with the disks that were seen behind it.

    ``slot`` is its address; ``kind`` its PCI class in four hexadecimal digits, such as ``0106`` (PCI Code and ID
    Assignment 1.11 §1.2). ``driver`` is ``None`` where no driver took it: then no disk behind it can be seen. ``disks``
    are names as of the carriers, ``None`` where nothing told behind which controller a disk is.
    """

    slot: str
    kind: str
    name: str | None = None
    driver: str | None = None
    disks: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """What is not told but can be reasoned: the year of making, what that rests on, and the class of weight.

    ``year_basis`` is a key: ``bios_date``, ``processor``, ``display``, ``battery`` or ``serial``.
    """

    year: int | None = None
    year_basis: str | None = None
    weight_class: WeightClass | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PartTest:
    """A test of one part that was really run. ``passed`` is ``None`` when it was broken off.

    ``kind`` is ``smart_short``, ``processor_stress``, ``memory_stress`` or ``disk_read``; ``subject`` names the part.
    """

    kind: str
    subject: str | None = None
    started_at: datetime
    ended_at: datetime
    passed: bool | None = None
    detail: str | None = None
    peak_celsius: int | None = None
