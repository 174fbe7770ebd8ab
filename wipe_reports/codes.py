"""Codes that agents write in the report's text fields, each by its meaning; :mod:`wipe_reports.words` has their words.

The fields stay text: a later agent may write a code that this version does not know, and its report is still read. Such
a code is shown as it stands. A reason may carry a figure behind a colon, such as ``memory_fail:4 GB``.
"""

from __future__ import annotations

from enum import StrEnum


class Method(StrEnum):
    """One way to erase a carrier: ``carriers[].wipe.method``. What each reaches, the agent's table of methods says."""

    NVME_SANITIZE_CRYPTO = "nvme sanitize (crypto erase)"
    NVME_SANITIZE_BLOCK = "nvme sanitize (block erase)"
    NVME_FORMAT_CRYPTO = "nvme format, secure erase setting 2 (cryptographic erase)"
    NVME_FORMAT = "nvme format, secure erase setting 1 (user data erase)"
    ATA_SANITIZE_CRYPTO = "ATA sanitize (crypto scramble)"
    ATA_SANITIZE_BLOCK = "ATA sanitize (block erase)"
    ATA_SECURITY_ERASE_ENHANCED = "ATA security erase unit (enhanced)"
    ATA_SECURITY_ERASE = "ATA security erase unit"
    SCSI_SANITIZE_CRYPTO = "SCSI sanitize (cryptographic erase)"
    SCSI_SANITIZE_BLOCK = "SCSI sanitize (block erase)"
    SCSI_SANITIZE_OVERWRITE = "SCSI sanitize (overwrite)"
    EMMC_SANITIZE = "eMMC sanitize after secure discard"
    EMMC_SECURE_DISCARD = "eMMC secure discard"
    OVERWRITE = "overwrite, one pass, stamped random blocks"


class ExceptionCode(StrEnum):
    """What stood in the way of a wipe: ``carriers[].wipe.exceptions``."""

    INTERRUPTED = "interrupted"
    CARRIER_GONE = "carrier_gone"
    FLUSH_FAILED = "flush_failed"
    READER_FAILED = "reader_failed"
    METHOD_FAILED = "method_failed"
    WRITE_ERRORS = "write_errors"
    NOT_ALL_WRITTEN = "not_all_written"
    NOT_VERIFIED = "not_verified"
    READ_ERRORS = "read_errors"
    READ_BACK_DIFFERS = "read_back_differs"
    CANARIES_SURVIVED = "canaries_survived"
    HIDDEN_AREA_LEFT = "hidden_area_left"
    HIDDEN_AREA_UNKNOWN = "hidden_area_unknown"
    CAPACITY_UNALLOCATED = "capacity_unallocated"
    NAMESPACES_LEFT = "namespaces_left"
    NOT_REPORTABLE = "not_reportable"
    UNREADABLE_SECTORS = "unreadable_sectors"


class HealthReason(StrEnum):
    """What a drive's or a battery's own figures say: ``health.reasons``."""

    NO_SMART = "no_smart"
    TOO_LITTLE_SAID = "too_little_said"
    FIGURES_DAMAGED = "figures_damaged"
    DRIVE_SAYS_FAILED = "drive_says_failed"
    ATTRIBUTE_FAILING = "attribute_failing"
    MANY_HOURS = "many_hours"
    PENDING_SECTORS = "pending_sectors"
    UNCORRECTABLE_SECTORS = "uncorrectable_sectors"
    SECTOR_COUNT_IMPOSSIBLE = "sector_count_impossible"
    PENDING_SECTORS_DOUBTFUL = "pending_sectors_doubtful"
    BLOCKS_WITH_READ_FAILURES = "blocks_with_read_failures"
    RETIRED_BLOCKS = "retired_blocks"
    REALLOCATED_SECTORS = "reallocated_sectors"
    SELF_TEST_FAILED = "self_test_failed"
    REPORTED_UNCORRECTABLE_ERRORS = "reported_uncorrectable_errors"
    COMMAND_TIMEOUTS = "command_timeouts"
    LIFE_USED_UP = "life_used_up"
    LIFE_NEARLY_USED_UP = "life_nearly_used_up"
    LIFE_DOUBTED = "life_doubted"
    MEDIA_ERRORS = "media_errors"
    CRITICAL_WARNING = "critical_warning"
    TOO_HOT_NOW = "too_hot_now"
    SPARE_USED_UP = "spare_used_up"
    NO_CAPACITY = "no_capacity"
    CAPACITY_DOUBTED = "capacity_doubted"
    BATTERY_WORN_OUT = "battery_worn_out"
    BATTERY_WORN = "battery_worn"
    MANY_CYCLES = "many_cycles"


class MinimumReason(StrEnum):
    """What decided whether a machine meets the minimum: ``minimum.reasons``.

    Those that end in ``_doubted`` stand beside the verdict and are never a ground for it: two sources contradict each
    other, and the figure holds what both said.
    """

    PROCESSOR_PASS = "processor_pass"  # noqa: S105 - a verdict, no password
    PROCESSOR_FAIL = "processor_fail"
    PROCESSOR_REVIEW = "processor_review"
    PROCESSOR_UNKNOWN = "processor_unknown"
    PROCESSOR_NOT_LISTED = "processor_not_listed"
    PROCESSOR_ANY = "processor_any"
    MEMORY_PASS = "memory_pass"  # noqa: S105 - a verdict, no password
    MEMORY_FAIL = "memory_fail"
    MEMORY_PASS_BY_USABLE = "memory_pass_by_usable"  # noqa: S105 - a verdict, no password
    MEMORY_FAIL_BY_USABLE = "memory_fail_by_usable"
    MEMORY_UNKNOWN = "memory_unknown"
    KIND_NOT_COVERED = "kind_not_covered"
    UPGRADE_SOLDERED = "upgrade_soldered"
    UPGRADE_OVER_MAXIMUM = "upgrade_over_maximum"
    UPGRADE_UNKNOWN_SLOTS = "upgrade_unknown_slots"
    CORES_DOUBTED = "cores_doubted"
    THREADS_DOUBTED = "threads_doubted"
    DISPLAY_DOUBTED = "display_doubted"
    MEMORY_DOUBTED = "memory_doubted"


class FirmwareLock(StrEnum):
    """What may stop the next owner, or hide a disk: ``firmware.locks``. No agent writes ``AMT_PROVISIONED`` yet."""

    BIOS_PASSWORD = "bios_password"  # noqa: S105 - that there is one
    POWER_ON_PASSWORD = "power_on_password"  # noqa: S105 - that there is one
    COMPUTRACE_ACTIVE = "computrace_active"
    COMPUTRACE_MODULE = "computrace_module"
    FIRMWARE_INSTALLS_PROGRAM = "firmware_installs_program"
    AMT_ENABLED = "amt_enabled"
    AMT_PROVISIONED = "amt_provisioned"
    HIDDEN_NVME_DISKS = "hidden_nvme_disks"
    STORAGE_WITHOUT_DISK = "storage_without_disk"
    STORAGE_WITHOUT_DRIVER = "storage_without_driver"


class YearBasis(StrEnum):
    """What an estimated year rests on: ``estimate.year_basis``."""

    BIOS_DATE = "bios_date"
    PROCESSOR = "processor"
    DISPLAY = "display"
    BATTERY = "battery"
    SERIAL = "serial"


class PartTestKind(StrEnum):
    """Which test of a part was run: ``tests[].kind``."""

    SMART_SHORT = "smart_short"
    PROCESSOR_STRESS = "processor_stress"
    MEMORY_STRESS = "memory_stress"
    DISK_READ = "disk_read"


class MachineKind(StrEnum):
    """What sort of machine it is: ``device.kind``."""

    LAPTOP = "laptop"
    DESKTOP = "desktop"
    ALL_IN_ONE = "all-in-one"
    TABLET = "tablet"
    SERVER = "server"
    VIRTUAL = "virtual"
    OTHER = "other"
