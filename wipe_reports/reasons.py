"""The keys by which a report gives its reasons: each agent writes those of its version, and any text stays readable.

A field of reasons holds text (:mod:`wipe_reports.document`), so that a report of a later agent is never refused for a
key that this version does not know. Where a member says what its figure is, that follows the key behind a colon:
``too_hot_now:71``.
"""

# ruff: noqa: S105 - PASS and PASSWORD are no secrets here
from __future__ import annotations

from enum import StrEnum


class HealthReason(StrEnum):
    """Why a drive or a battery is healthy, worn, failing or unknown."""

    NO_SMART = "no_smart"
    TOO_LITTLE_SAID = "too_little_said"
    FIGURES_DAMAGED = "figures_damaged"
    DRIVE_SAYS_FAILED = "drive_says_failed"
    ATTRIBUTE_FAILING = "attribute_failing"
    """The figure is the attribute's name."""
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
    MEDIA_ERRORS = "media_errors"
    CRITICAL_WARNING = "critical_warning"
    TOO_HOT_NOW = "too_hot_now"
    """The figure is the temperature in °C, ``?`` where it is unknown."""
    LIFE_DOUBTED = "life_doubted"
    """The figure is every share of its life, in per cent, that the drive says is used: ``3/97``."""
    SPARE_USED_UP = "spare_used_up"
    NO_CAPACITY = "no_capacity"
    CAPACITY_DOUBTED = "capacity_doubted"
    """The figure is full over design capacity in mWh: ``61000/45000``."""
    BATTERY_WORN_OUT = "battery_worn_out"
    BATTERY_WORN = "battery_worn"
    MANY_CYCLES = "many_cycles"


class MinimumReason(StrEnum):
    """What decided whether a machine meets the minimum, and what is doubted of it, which decides nothing."""

    PROCESSOR_PASS = "processor_pass"
    """The figure of this and of the next two is the family that the processor was recognised as."""
    PROCESSOR_FAIL = "processor_fail"
    PROCESSOR_REVIEW = "processor_review"
    PROCESSOR_UNKNOWN = "processor_unknown"
    PROCESSOR_NOT_LISTED = "processor_not_listed"
    PROCESSOR_ANY = "processor_any"
    MEMORY_PASS = "memory_pass"
    """The figure of this and of the next three is the bound: ``4 GB``."""
    MEMORY_FAIL = "memory_fail"
    MEMORY_PASS_BY_USABLE = "memory_pass_by_usable"
    MEMORY_FAIL_BY_USABLE = "memory_fail_by_usable"
    MEMORY_UNKNOWN = "memory_unknown"
    KIND_NOT_COVERED = "kind_not_covered"
    """The figure is the kind of device, ``?`` where it is unknown."""
    UPGRADE_SOLDERED = "upgrade_soldered"
    UPGRADE_OVER_MAXIMUM = "upgrade_over_maximum"
    """The figure is the most that the machine can hold: ``2 GB``."""
    UPGRADE_UNKNOWN_SLOTS = "upgrade_unknown_slots"
    CORES_DOUBTED = "cores_doubted"
    """The figure of this and of the next is every count that was told: ``2/4``."""
    THREADS_DOUBTED = "threads_doubted"
    DISPLAY_DOUBTED = "display_doubted"
    """The figure is the connector and both sizes."""
    MEMORY_DOUBTED = "memory_doubted"
    """The figure is the firmware's and the system's amount in MiB: ``16384/7900``."""


class PartTestFinding(StrEnum):
    """What a test of a part found, or why it found nothing: ``tests[].findings``."""

    BROKEN_OFF = "broken_off"
    """A person stopped it; what follows was found until then."""
    TIMED_OUT = "timed_out"
    """The figure is how many minutes it was given."""
    SMARTCTL_MISSING = "smartctl_missing"
    SMARTCTL_SILENT = "smartctl_silent"
    SMARTCTL_UNREADABLE = "smartctl_unreadable"
    """The figure is the kind of error that its answer gave."""
    NO_SMART = "no_smart"
    NO_SELF_TEST = "no_self_test"
    NOT_STARTED = "not_started"
    """The figure is smartctl's own words."""
    NO_RESULT_LOGGED = "no_result_logged"
    NOT_FINISHED = "not_finished"
    """The figure of this and of ``drive_says`` is what the drive wrote in its log, in smartctl's words."""
    NO_ERRORS = "no_errors"
    DRIVE_SAYS = "drive_says"
    AT_BLOCK = "at_block"
    """The figure is the logical block where the self-test failed."""
    CALCULATIONS = "calculations"
    """The figure of this and of every count below is the count."""
    CORES = "cores"
    WRONG_RESULTS = "wrong_results"
    THROTTLED = "throttled"
    """The figure is how often the processor slowed itself down for heat."""
    HOT = "hot"
    TOO_LITTLE_MEMORY_FREE = "too_little_memory_free"
    TESTED_MIB = "tested_mib"
    VERIFIED_MIB = "verified_mib"
    """The figure is what was written and read back over all patterns."""
    WRONG_BLOCKS = "wrong_blocks"
    NOT_OPENED_ABSENT = "not_opened_absent"
    NOT_OPENED_FORBIDDEN = "not_opened_forbidden"
    NOT_OPENED_BUSY = "not_opened_busy"
    NOT_OPENED_FAULTY = "not_opened_faulty"
    NOT_OPENED = "not_opened"
    """For any other answer of the system; the figure is that answer."""
    NOTHING_READ = "nothing_read"
    MEDIAN_MB_PER_SECOND = "median_mb_per_second"
    """The figure of this and of ``slowest_mb_per_second`` is in 10⁶ bytes a second."""
    PLACES_READ = "places_read"
    SLOWEST_MB_PER_SECOND = "slowest_mb_per_second"
    READ_ERRORS = "read_errors"


class FirmwareLock(StrEnum):
    """What may stop the next owner, or hides a disk, as seen from the running system."""

    BIOS_PASSWORD = "bios_password"
    POWER_ON_PASSWORD = "power_on_password"
    COMPUTRACE_ACTIVE = "computrace_active"
    """Absolute works, by the firmware's own word."""
    COMPUTRACE_MODULE = "computrace_module"
    """Absolute is in the firmware and allowed; whether an owner activated it cannot be seen."""
    FIRMWARE_INSTALLS_PROGRAM = "firmware_installs_program"
    AMT_ENABLED = "amt_enabled"
    HIDDEN_NVME_DISKS = "hidden_nvme_disks"
    STORAGE_WITHOUT_DISK = "storage_without_disk"
    STORAGE_WITHOUT_DRIVER = "storage_without_driver"


class UnattendedSource(StrEnum):
    """What allowed work with nobody at the machine: ``operator.unattended_by``."""

    POLICY_FILE = "policy_file"
    """The figure is the file's name."""
    KERNEL_COMMAND_LINE = "kernel_command_line"


class WipeException(StrEnum):
    """What stood in the way of a wipe, or what it could not reach."""

    INTERRUPTED = "interrupted"
    CARRIER_GONE = "carrier_gone"
    FLUSH_FAILED = "flush_failed"
    READER_FAILED = "reader_failed"
    METHOD_FAILED = "method_failed"
    WRITE_ERRORS = "write_errors"
    NOT_ALL_WRITTEN = "not_all_written"
    CANARIES_SURVIVED = "canaries_survived"
    NOT_VERIFIED = "not_verified"
    READ_ERRORS = "read_errors"
    READ_BACK_DIFFERS = "read_back_differs"
    HIDDEN_AREA_LEFT = "hidden_area_left"
    HIDDEN_AREA_UNKNOWN = "hidden_area_unknown"
    CAPACITY_UNALLOCATED = "capacity_unallocated"
    NAMESPACES_LEFT = "namespaces_left"
    NOT_REPORTABLE = "not_reportable"
    UNREADABLE_SECTORS = "unreadable_sectors"
