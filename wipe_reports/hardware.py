"""What the report says of a machine's parts, apart from what was done to its data carriers.

Units stand in the names; ``None`` means *unknown*, never "no". Words of the firmware stay the firmware's own words.
Each field declares itself by :mod:`wipe_reports.shape`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from wipe_reports.shape import Form, Most, Source, Text, Unit, Whole

FIRMWARE_TEXT = Text(256, minimum=0)
"""A word of the firmware: often empty, at times long."""
COUNT = 2**31 - 1
KEY = Text(50)
"""A short machine-readable word."""

CELSIUS = Whole(1000, minimum=-273, plausible=(-60, 150))
VENDOR_SCALE = Whole(255)
YEAR = Whole(9999, plausible=(1970, 2200))
MOST_MIB = 2**27
"""128 TiB, eight times what the largest servers hold."""
MOST_HOURS = 50 * 366 * 24
"""Drives count minutes or half-minutes under attribute 9 now and then; more than fifty years is such a count."""

_DATE = Form("2019-03-27", r"\d{4}-\d\d-\d\d")
_MAC = Form("00:1a:2b:3c:4d:5e", r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
_PCI_CLASS = Form("4 × 0–9, a–f", r"[0-9a-f]{4}")


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


class ProcessorRule(StrEnum):
    """What a minimum asks of the processor: at least a Core i3 by the agent's table, or nothing at all."""

    CORE_I3 = "core_i3"
    ANY = "any"


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
    """A verdict and the reasons for it."""

    verdict: Annotated[HealthVerdict, "what its own figures come to"] = HealthVerdict.UNKNOWN
    reasons: Annotated[tuple[str, ...], Most(64), Text(200), "keys such as ``pending_sectors``"] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SmartAttribute:
    """One row of an ATA S.M.A.R.T. attribute table."""

    id: Annotated[int, VENDOR_SCALE, "the attribute's number", Source("smartctl ata_smart_attributes")]
    name: Annotated[str, Text(64), "its name by smartctl's database"]
    value: Annotated[int | None, VENDOR_SCALE, "the vendor's normalised value now"] = None
    worst: Annotated[int | None, VENDOR_SCALE, "the lowest that the value ever was"] = None
    threshold: Annotated[int | None, VENDOR_SCALE, "at or under this the vendor calls it failing"] = None
    raw: Annotated[int | None, Whole(), "the raw value, unpacked"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Smart:
    """S.M.A.R.T. or NVMe health facts at one moment."""

    passed: Annotated[bool | None, "the drive's own verdict", Source("smartctl smart_status")] = None
    reallocated: Annotated[
        int | None, Whole(), Unit("sectors"), "replaced by spares", Source("attribute 5, SCSI defects")
    ] = None
    pending: Annotated[int | None, Whole(), Unit("sectors"), "wait to be replaced", Source("attribute 197")] = None
    uncorrectable: Annotated[
        int | None, Whole(), Unit("sectors"), "could not be read off-line", Source("attribute 198, SCSI error log")
    ] = None
    power_on_hours: Annotated[
        int | None, Whole(plausible=(0, MOST_HOURS)), Unit("h"), "under power", Source("smartctl power_on_time")
    ] = None
    percentage_used: Annotated[
        int | None,
        Whole(65535, plausible=(0, 255)),
        Unit("%"),
        "share of its life used; may pass 100",
        Source("NVMe health log"),
    ] = None
    media_errors: Annotated[int | None, Whole(), "data errors not mended", Source("NVMe health log")] = None
    temperature_celsius: Annotated[
        int | None, CELSIUS, Unit("°C"), "at that moment", Source("smartctl temperature")
    ] = None
    attributes: Annotated[tuple[SmartAttribute, ...], Most(256), "the table of an ATA drive"] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Processor:
    """The processor, with its counts over the whole machine."""

    brand: Annotated[str | None, FIRMWARE_TEXT, "the brand string", Source("/proc/cpuinfo model name")] = None
    cores: Annotated[int | None, Whole(COUNT, plausible=(1, 8192)), "cores", Source("lscpu, SMBIOS type 4")] = None
    threads: Annotated[
        int | None, Whole(COUNT, plausible=(1, 16384)), "hardware threads", Source("lscpu, SMBIOS type 4")
    ] = None
    family: Annotated[str | None, FIRMWARE_TEXT, "SMBIOS or CPUID family in words", Source("SMBIOS type 4")] = None
    is_64_bit: Annotated[bool | None, "has long mode", Source("/proc/cpuinfo flags")] = None
    has_virtualisation: Annotated[
        bool | None, "VT-x or AMD-V, also where the firmware switched it off", Source("/proc/cpuinfo flags")
    ] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MemoryModule:
    """One memory module (SMBIOS type 17; 6 on old tables)."""

    locator: Annotated[str | None, FIRMWARE_TEXT, "its slot", Source("SMBIOS type 17")] = None
    size_mib: Annotated[int | None, Whole(plausible=(0, 2**24)), Unit("MiB"), "size", Source("SMBIOS type 17")] = None
    kind: Annotated[str | None, Text(50, minimum=0), "DDR4 and the like", Source("SMBIOS type 17")] = None
    form: Annotated[str | None, Text(50, minimum=0), "SODIMM and the like", Source("SMBIOS type 17")] = None
    speed_mts: Annotated[
        int | None, Whole(COUNT, plausible=(0, 100_000)), Unit("MT/s"), "speed", Source("SMBIOS type 17")
    ] = None
    manufacturer: Annotated[str | None, FIRMWARE_TEXT, "maker", Source("SMBIOS type 17")] = None
    serial: Annotated[str | None, FIRMWARE_TEXT, "serial number", Source("SMBIOS type 17")] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Memory:
    """What is installed and what the system may use; a laptop of 4,096 MiB may show 3,800."""

    installed_mib: Annotated[
        int | None, Whole(plausible=(0, MOST_MIB)), Unit("MiB"), "all modules together", Source("SMBIOS type 17")
    ] = None
    usable_mib: Annotated[
        int | None, Whole(plausible=(0, MOST_MIB)), Unit("MiB"), "what the system may use", Source("/proc/meminfo")
    ] = None
    slots: Annotated[int | None, Whole(COUNT, plausible=(0, 4096)), "slots", Source("SMBIOS type 17")] = None
    max_mib: Annotated[
        int | None, Whole(plausible=(0, 2**40)), Unit("MiB"), "what the board can hold", Source("SMBIOS type 16")
    ] = None
    modules: Annotated[tuple[MemoryModule, ...], Most(256), "the modules, slot by slot"] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Battery:
    """A battery as the system reports it (``sysfs-class-power``)."""

    name: Annotated[str, Text(100), "the system's name of it", Source("/sys/class/power_supply")]
    manufacturer: Annotated[str | None, FIRMWARE_TEXT, "maker", Source("manufacturer")] = None
    model: Annotated[str | None, FIRMWARE_TEXT, "model", Source("model_name")] = None
    serial: Annotated[str | None, FIRMWARE_TEXT, "serial number", Source("serial_number")] = None
    technology: Annotated[str | None, Text(100, minimum=0), "Li-ion and the like", Source("technology")] = None
    design_mwh: Annotated[
        int | None, Whole(plausible=(0, 10_000_000)), Unit("mWh"), "capacity when new", Source("energy_full_design")
    ] = None
    full_mwh: Annotated[
        int | None, Whole(plausible=(0, 10_000_000)), Unit("mWh"), "capacity now", Source("energy_full")
    ] = None
    cycles: Annotated[int | None, Whole(COUNT, plausible=(0, 100_000)), "charges", Source("cycle_count")] = None
    health: Annotated[Health, "the agent's verdict"] = field(default_factory=Health)


@dataclass(frozen=True, kw_only=True, slots=True)
class Upgrade:
    """The memory to add: in the free slots first, else in the place of others."""

    modules: Annotated[int, Whole(256, minimum=1), "how many modules to add"]
    module_mib: Annotated[int, Whole(), Unit("MiB"), "size of each"]
    kind: Annotated[str | None, KEY, "as of a module: DDR4 and the like"] = None
    form: Annotated[str | None, KEY, "as of a module: SODIMM and the like"] = None
    slots_free: Annotated[int, Whole(COUNT), "free slots now"] = 0
    replaces_mib: Annotated[tuple[int, ...], Most(256), Whole(), Unit("MiB"), "sizes of what comes out"] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Minimum:
    """Does the machine meet the call's minimum, as the agent judged it?"""

    verdict: Annotated[MinimumVerdict, "what the agent makes of it"] = MinimumVerdict.REVIEW
    reasons: Annotated[tuple[str, ...], Most(64), Text(300), "keys of what decided"] = ()
    upgrade: Annotated[Upgrade | None, "what would make it pass, if anything"] = None
    policy: Annotated[str | None, Text(200), "the rule applied: the call's, or a partner's name and version"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Display:
    """A connected screen by its EDID (VESA E-EDID 1.4)."""

    connector: Annotated[str, Text(100), "the connector that it hangs on", Source("/sys/class/drm")]
    manufacturer: Annotated[str | None, FIRMWARE_TEXT, "maker", Source("EDID")] = None
    model: Annotated[str | None, FIRMWARE_TEXT, "model", Source("EDID")] = None
    width_px: Annotated[int | None, Whole(COUNT, plausible=(0, 65535)), Unit("px"), "native width", Source("EDID")] = (
        None
    )
    height_px: Annotated[
        int | None, Whole(COUNT, plausible=(0, 65535)), Unit("px"), "native height", Source("EDID")
    ] = None
    diagonal_tenths_inch: Annotated[
        int | None, Whole(COUNT, plausible=(0, 3000)), Unit("0.1 inch"), "diagonal", Source("EDID")
    ] = None
    year: Annotated[int | None, YEAR, "made in", Source("EDID")] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkInterface:
    """One wired or wireless adapter of the machine itself."""

    name: Annotated[str, Text(100), "the system's name of it", Source("/sys/class/net")]
    kind: Annotated[NetworkKind, "what it speaks"] = NetworkKind.OTHER
    mac: Annotated[str | None, Text(17, form=_MAC), "its permanent address", Source("ETHTOOL_GPERMADDR")] = None
    model: Annotated[str | None, FIRMWARE_TEXT, "model", Source("lspci, USB descriptor")] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Port:
    """So many connectors of one kind that a person can reach."""

    kind: Annotated[str, Text(100), "``HDMI``, ``USB-C`` and the like", Source("SMBIOS type 8, /sys/class/typec")]
    count: Annotated[int, Whole(1000), "how many"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Firmware:
    """The machine's firmware and what it locks."""

    vendor: Annotated[str | None, FIRMWARE_TEXT, "who made it", Source("SMBIOS type 0")] = None
    bios_version: Annotated[str | None, FIRMWARE_TEXT, "its version", Source("SMBIOS type 0")] = None
    bios_date: Annotated[str | None, Text(10, form=_DATE), "ISO 8601 date of it", Source("SMBIOS type 0")] = None
    is_uefi: Annotated[bool | None, "the system was started by UEFI", Source("/sys/firmware/efi")] = None
    has_secure_boot: Annotated[bool | None, "Secure Boot is on", Source("EFI variable SecureBoot")] = None
    has_tpm: Annotated[bool | None, "a TPM is there", Source("/sys/class/tpm")] = None
    tpm_version: Annotated[str | None, KEY, "its version", Source("/sys/class/tpm")] = None
    has_windows_licence: Annotated[
        bool | None, "a licence lies in the firmware; its key is never read", Source("ACPI table MSDM")
    ] = None
    locks: Annotated[
        tuple[str, ...], Most(16), Text(100), "keys such as ``bios_password``; empty: none was seen, not that none is"
    ] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class StorageController:
    """One function on the PCI bus to which disks may be attached, with the disks that were seen behind it."""

    slot: Annotated[str, Text(20), "its address", Source("/sys/bus/pci/devices")]
    kind: Annotated[str, Text(4, form=_PCI_CLASS), "class, such as ``0106``", Source("PCI Code and ID 1.11 §1.2")]
    name: Annotated[str | None, FIRMWARE_TEXT, "its name", Source("lspci")] = None
    driver: Annotated[str | None, Text(100), "its driver; null where none took it: no disk behind it is seen"] = None
    disks: Annotated[
        tuple[str, ...] | None, Most(64), Text(200), "names as of the carriers; null where nothing showed them"
    ] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """What no part says but can be reasoned."""

    year: Annotated[int | None, YEAR, "year of making"] = None
    year_basis: Annotated[
        str | None, KEY, "what the year rests on: bios_date, processor, display, battery or serial"
    ] = None
    weight_class: Annotated[WeightClass | None, "by its kind and screen; a scale decides"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PartTest:
    """A test of one part that was really run."""

    kind: Annotated[str, KEY, "smart_short, processor_stress, memory_stress or disk_read"]
    subject: Annotated[str | None, Text(200), "the part"] = None
    started_at: Annotated[datetime, "began"]
    ended_at: Annotated[datetime, "ended"]
    passed: Annotated[bool | None, "null when it was broken off"] = None
    findings: Annotated[tuple[str, ...], Most(32), Text(300), "keys of what it found, such as ``wrong_results:0``"] = ()
    peak_celsius: Annotated[int | None, CELSIUS, Unit("°C"), "the warmest that it was", Source("hwmon")] = None
