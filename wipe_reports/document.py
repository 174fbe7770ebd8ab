"""The wipe report, version 1: what one intake agent saw on one machine and did to its data carriers.

The fields are those that NIST SP 800-88 (Rev. 2, and the certificate of Rev. 1 §4.8) and IEEE 2883-2022 ask of
a sanitization record, plus the inspection that intake needs. Units stand in the names; every time is
timezone-aware UTC; ``None`` means *unknown*, never "no". Nothing here reads hardware or a clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from wipe_reports.hardware import (
    Battery,
    Display,
    Estimate,
    Firmware,
    Health,
    HealthVerdict,
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
    Upgrade,
    WeightClass,
)
from wipe_reports.verification import Canaries, ComparedBlocks, Sample, Verification, VerificationMethod

__all__ = [
    "FORMAT",
    "LOOSE_DISKS",
    "MAX_ERRORS_LISTED",
    "MEDIA_TYPE",
    "VERSION",
    "Agent",
    "AreaState",
    "Attempt",
    "AttemptResult",
    "Battery",
    "Canaries",
    "Carrier",
    "ClockCheck",
    "ComparedBlocks",
    "Device",
    "Display",
    "Estimate",
    "Firmware",
    "Health",
    "HealthVerdict",
    "HiddenAreas",
    "Judgement",
    "Level",
    "MediaError",
    "Medium",
    "Memory",
    "MemoryModule",
    "Minimum",
    "MinimumVerdict",
    "NetworkInterface",
    "NetworkKind",
    "Operator",
    "Outcome",
    "Override",
    "PartTest",
    "Pass",
    "Port",
    "Processor",
    "Sample",
    "Smart",
    "SmartAttribute",
    "StorageController",
    "Technique",
    "Tool",
    "Upgrade",
    "Verification",
    "VerificationMethod",
    "WeightClass",
    "Wipe",
    "WipeReport",
]

FORMAT = "herstart/wipe-report"
VERSION = 1
MEDIA_TYPE = "wipe-report+jws"
"""The JWS ``typ`` of a signed report (RFC 7515 §4.1.9)."""


class Medium(StrEnum):
    """What the data lies on. ``VIRTUAL`` is a loop device, a file or a virtual machine's disk."""

    HDD = "hdd"
    SSD = "ssd"
    NVME = "nvme"
    EMMC = "emmc"
    FLASH = "flash"
    VIRTUAL = "virtual"
    UNKNOWN = "unknown"


class Level(StrEnum):
    """Sanitization level (NIST SP 800-88r2 §3.1); ``NONE`` claims nothing."""

    NONE = "none"
    CLEAR = "clear"
    PURGE = "purge"
    DESTROY = "destroy"

    @property
    def rank(self) -> int:
        """Which of two levels is the higher; 0 for the one that claims nothing."""
        return tuple(Level).index(self)


class Outcome(StrEnum):
    """The outcome of one carrier's wipe in one word. Only ``ERASED`` makes a carrier clean."""

    ERASED = "erased"
    ERASED_WITH_EXCEPTIONS = "erased_with_exceptions"
    NOT_ERASED = "not_erased"


class Technique(StrEnum):
    """How the data was removed (IEEE 2883-2022 terms)."""

    OVERWRITE = "overwrite"
    BLOCK_ERASE = "block_erase"
    CRYPTO_ERASE = "crypto_erase"
    SECURE_ERASE = "secure_erase"
    FORMAT = "format"
    DISCARD = "discard"


class AreaState(StrEnum):
    """What was learned of one kind of hidden area (HPA, DCO)."""

    ABSENT = "absent"
    OPENED = "opened"
    LEFT = "left"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class HiddenAreas:
    """Host Protected Area and Device Configuration Overlay: sizes in sectors that the system does not show."""

    hpa: AreaState = AreaState.UNKNOWN
    hpa_sectors: int | None = None
    dco: AreaState = AreaState.UNKNOWN
    dco_sectors: int | None = None

    @property
    def sectors_not_reached(self) -> int:
        """How many sectors of a kind that was left no wipe could reach; 0 where none is known of."""
        kinds = ((self.hpa, self.hpa_sectors), (self.dco, self.dco_sectors))
        return sum(sectors or 0 for state, sectors in kinds if state is AreaState.LEFT)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tool:
    """A program that took part, by its own version string."""

    name: str
    version: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Pass:
    """One pass of an overwrite. ``pattern`` names what was written, for example ``stamped-random``."""

    pattern: str
    started_at: datetime
    ended_at: datetime
    bytes_written: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MediaError:
    """A range that could not be written, read or that read back wrong. ``operation`` is write, read or compare."""

    operation: str
    offset_bytes: int
    length_bytes: int
    reason: str


class Judgement(StrEnum):
    """A refusal that rests on a judgement of the agent, which a person at the machine may know better.

    What is no judgement (a mounted disk, a changed serial number, a disk that the kernel holds read-only) never is.
    """

    ON_BATTERY = "on_battery"
    SIGNATURES = "signatures"
    SIGNATURES_UNKNOWN = "signatures_unknown"
    NAMESPACES = "namespaces"
    MEDIUM_UNKNOWN = "medium_unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """A judgement that a person set aside before the wipe: ``by`` is the name, ``told`` what the agent had said."""

    judgement: Judgement
    by: str
    told: str | None = None


class AttemptResult(StrEnum):
    """How an attempt before the method that counted ended. None of them erased the carrier."""

    REFUSED = "refused"
    FAILED = "failed"
    NOT_COMPLETED = "not_completed"
    NOT_VERIFIED = "not_verified"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """An attempt that did not count: another method tried first, or this one cut by power, a key or a pulled stick.

    ``ended_at`` is ``None`` where nobody saw the end. ``detail`` is the drive's or the system's own answer in short.
    """

    technique: Technique
    method: str
    started_at: datetime
    ended_at: datetime | None = None
    result: AttemptResult
    detail: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wipe:
    """What was done to one carrier. ``level`` is what may be claimed: the lower of method and verification.

    ``nonce`` is the service's, bound to the carrier's numbered exposure; ``None`` when the wipe was made offline.
    ``errors`` holds at most :data:`MAX_ERRORS_LISTED` ranges; ``unreadable_sectors`` counts all, in logical sectors.
    ``attempts`` came before the method that counted, oldest first. ``interrupted`` says that this wipe or an earlier
    attempt on this carrier was cut; ``resumed`` that this one went on where the cut one had stopped. ``overrides`` are
    the refusals that a person set aside so that this wipe could begin.
    """

    technique: Technique
    method: str
    level: Level
    standard: str
    tool: Tool
    nonce: str | None = None
    passes: tuple[Pass, ...] = ()
    started_at: datetime
    ended_at: datetime
    bytes_written: int
    unreadable_sectors: int = 0
    errors: tuple[MediaError, ...] = ()
    verification: Verification
    attempts: tuple[Attempt, ...] = ()
    interrupted: bool = False
    resumed: bool = False
    outcome: Outcome
    exceptions: tuple[str, ...] = ()
    overrides: tuple[Override, ...] = ()


MAX_ERRORS_LISTED = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Carrier:
    """One data carrier (disk). ``sectors`` × ``logical_block_bytes`` makes ``size_bytes``.

    ``smart_before`` was read at inspection, ``smart_after`` when the wipe had ended. ``wipe`` is ``None`` when the
    carrier was only looked at.
    """

    name: str
    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None
    firmware: str | None = None
    medium: Medium = Medium.UNKNOWN
    bus: str | None = None
    size_bytes: int
    logical_block_bytes: int = 512
    sectors: int
    health: Health = field(default_factory=Health)
    smart_before: Smart | None = None
    smart_after: Smart | None = None
    hidden_areas: HiddenAreas = field(default_factory=HiddenAreas)
    wipe: Wipe | None = None


LOOSE_DISKS = "loose_disks"
"""The kind of a device that is none: disks in a dock. Every other field of it is null, and no machine is taken in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """The machine by its SMBIOS words, exactly as the firmware gives them: junk stays junk, the service judges it.

    ``kind`` is laptop, desktop, all-in-one, tablet, server, virtual, other or :data:`LOOSE_DISKS`; ``code`` is the
    label's short code.
    """

    manufacturer: str | None = None
    product: str | None = None
    version: str | None = None
    serial: str | None = None
    uuid: str | None = None
    board_serial: str | None = None
    chassis: str | None = None
    kind: str | None = None
    code: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Operator:
    """Who answered for the work, named as the partner decides; ``position`` is a role such as *technieker*."""

    name: str
    position: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Agent:
    """The agent that made the report; ``image_sha256`` is the live image's hash where it runs from one."""

    version: str
    image_sha256: str | None = None
    tools: tuple[Tool, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockCheck:
    """How the machine's clock stood against the service's: ``ahead_seconds``, negative where it was behind.

    ``corrected`` says that the report's times follow the service's clock.
    """

    ahead_seconds: int
    corrected: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class WipeReport:
    """One signed statement of one agent about one machine.

    ``report_id`` is a UUIDv7 made by the agent; the same id sent twice is the same report. ``test`` marks a
    rehearsal (a scratch device): its attest says TEST. ``station`` is the station's human name; which station it
    really is, the signature's ``kid`` says. ``clock`` is ``None`` when the service could not be asked the time.
    ``cameras`` and ``graphics`` are names as the system gives them; ``None`` where it could not be looked up, as for
    the ``storage`` controllers.
    """

    report_id: str
    created_at: datetime
    test: bool = False
    station: str
    operator: Operator
    agent: Agent
    device: Device
    processor: Processor = field(default_factory=Processor)
    memory: Memory = field(default_factory=Memory)
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
    clock: ClockCheck | None = None
    minimum: Minimum = field(default_factory=Minimum)
    carriers: tuple[Carrier, ...] = ()
