"""What was done to one data carrier, as :mod:`wipe_reports.document` holds it: passes, errors, attempts, outcome.

The fields are those that NIST SP 800-88 (Rev. 2, and the certificate of Rev. 1 §4.8) and IEEE 2883-2022 ask of a
sanitization record. Each declares itself by :mod:`wipe_reports.shape`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from wipe_reports.shape import Form, Most, Source, Text, Unit, Whole
from wipe_reports.verification import Verification

MAX_ERRORS_LISTED = 100

MOST_SECTORS = 2**41
"""A pebibyte in sectors of 512 bytes, more than any drive holds; ATA itself ends at 2⁴⁸ (ACS-4 §4.1.2)."""

_SECTORS = Whole(plausible=(0, MOST_SECTORS))
_OPERATION = Form("write, read, compare", r"write|read|compare")


class Medium(StrEnum):
    """What the data lies on. ``VIRTUAL`` is a loop device, a file or a virtual machine's disk."""

    HDD = "hdd"
    SSD = "ssd"
    NVME = "nvme"
    EMMC = "emmc"
    FLASH = "flash"
    VIRTUAL = "virtual"
    UNKNOWN = "unknown"


class Bus(StrEnum):
    """What a carrier hangs on, as Linux names it; a report may name another."""

    USB = "usb"
    SATA = "sata"
    ATA = "ata"
    IDE = "ide"
    NVME = "nvme"
    SAS = "sas"
    SCSI = "scsi"
    SPI = "spi"
    """Parallel SCSI."""
    MMC = "mmc"
    SD = "sd"
    UFS = "ufs"
    VIRTIO = "virtio"
    SBP = "sbp"
    """FireWire."""
    ISCSI = "iscsi"
    FC = "fc"
    FCOE = "fcoe"
    TCP = "tcp"
    RDMA = "rdma"


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
    """Host Protected Area and Device Configuration Overlay: what of a drive the system does not show."""

    hpa: Annotated[AreaState, "the Host Protected Area", Source("hdparm -N")] = AreaState.UNKNOWN
    hpa_sectors: Annotated[int | None, _SECTORS, Unit("sectors"), "its size"] = None
    dco: Annotated[AreaState, "the Device Configuration Overlay", Source("hdparm --dco-identify")] = AreaState.UNKNOWN
    dco_sectors: Annotated[int | None, _SECTORS, Unit("sectors"), "its size"] = None

    @property
    def sectors_not_reached(self) -> int:
        """How many sectors of a kind that was left no wipe could reach; 0 where none is known of."""
        kinds = ((self.hpa, self.hpa_sectors), (self.dco, self.dco_sectors))
        return sum(sectors or 0 for state, sectors in kinds if state is AreaState.LEFT)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tool:
    """A program that took part."""

    name: Annotated[str, Text(100), "its name"]
    version: Annotated[str | None, Text(200), "by its own version string"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Pass:
    """One pass of an overwrite."""

    pattern: Annotated[str, Text(100), "what was written, such as ``stamped-random``"]
    started_at: Annotated[datetime, "began"]
    ended_at: Annotated[datetime, "ended"]
    bytes_written: Annotated[int, Whole(), Unit("bytes"), "written"]


@dataclass(frozen=True, kw_only=True, slots=True)
class MediaError:
    """A range that could not be written, read or that read back wrong."""

    operation: Annotated[str, Text(20, form=_OPERATION), "during what"]
    offset_bytes: Annotated[int, Whole(), Unit("bytes"), "where the range begins"]
    length_bytes: Annotated[int, Whole(), Unit("bytes"), "how long it is"]
    reason: Annotated[str, Text(500), "the system's own answer, or a key such as ``differs``"]


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
    """A judgement that a person set aside before the wipe."""

    judgement: Annotated[Judgement, "which"]
    by: Annotated[str, Text(200), "the person's name"]
    seen: Annotated[
        tuple[str, ...],
        Most(64),
        Text(100),
        "what it rests on: types of signatures, names of namespaces, card_or_emmc or built_in_or_loose",
    ] = ()


class AttemptResult(StrEnum):
    """How an attempt before the method that counted ended. None of them erased the carrier."""

    REFUSED = "refused"
    FAILED = "failed"
    NOT_COMPLETED = "not_completed"
    NOT_VERIFIED = "not_verified"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """An attempt that did not count: another method tried first, or this one cut by power, a key or a pulled stick."""

    technique: Annotated[Technique, "what was tried"]
    method: Annotated[str, Text(300), "the command"]
    started_at: Annotated[datetime, "began"]
    ended_at: Annotated[datetime | None, "ended; null where nobody saw the end"] = None
    result: Annotated[AttemptResult, "how it ended"]
    findings: Annotated[
        tuple[str, ...], Most(32), Text(500), "keys of what the agent saw, such as ``canaries_left:1/2002``"
    ] = ()
    detail: Annotated[str | None, Text(500), "the drive's or the system's own answer in short"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wipe:
    """What was done to one carrier."""

    technique: Annotated[Technique, "how the data was removed"]
    method: Annotated[str, Text(300), "the command or the pattern"]
    level: Annotated[Level, "what may be claimed: the lower of method and verification"]
    standard: Annotated[str, Text(300), "the standard and its clause", Source("NIST SP 800-88r2, IEEE 2883-2022")]
    tool: Annotated[Tool, "the program that wiped"]
    nonce: Annotated[str | None, Text(200), "the service's, for this exposure; null: made offline"] = None
    passes: Annotated[tuple[Pass, ...], Most(64), "passes of an overwrite"] = ()
    started_at: Annotated[datetime, "began"]
    ended_at: Annotated[datetime, "ended"]
    bytes_written: Annotated[int, Whole(), Unit("bytes"), "written over all passes"]
    unreadable_sectors: Annotated[int, Whole(), Unit("logical sectors"), "all that could not be read"] = 0
    errors: Annotated[tuple[MediaError, ...], Most(MAX_ERRORS_LISTED), "the first ranges with errors"] = ()
    verification: Annotated[Verification, "the independent read-back"]
    attempts: Annotated[tuple[Attempt, ...], Most(32), "before the method that counted, oldest first"] = ()
    interrupted: Annotated[bool, "this wipe or an earlier attempt on this carrier was cut"] = False
    resumed: Annotated[bool, "this wipe went on where the cut one had stopped"] = False
    outcome: Annotated[Outcome, "in one word"]
    exceptions: Annotated[tuple[str, ...], Most(100), Text(500), "keys of what stood in the way"] = ()
    overrides: Annotated[tuple[Override, ...], Most(16), "refusals that a person set aside before"] = ()
