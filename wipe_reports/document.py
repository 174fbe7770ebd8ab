"""The wipe report, version 1: what one intake agent saw on one machine and did to its data carriers.

The fields are those that NIST SP 800-88 (Rev. 2, and the certificate of Rev. 1 §4.8) and IEEE 2883-2022 ask of
a sanitization record, plus the inspection that intake needs. Units stand in the names; every time is
timezone-aware UTC; ``None`` means *unknown*, never "no". Nothing here reads hardware or a clock.

A field is declared once, on itself, by :mod:`wipe_reports.shape`; all else that knows the shape is made of that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from wipe_reports.hardware import (
    FIRMWARE_TEXT,
    KEY,
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
from wipe_reports.shape import INT64_MAXIMUM, Form, Most, Source, Text, Unit, Whole
from wipe_reports.verification import Canaries, ComparedBlocks, Sample, Verification, VerificationMethod
from wipe_reports.wipe import (
    MAX_ERRORS_LISTED,
    AreaState,
    Attempt,
    AttemptResult,
    HiddenAreas,
    Judgement,
    Level,
    MediaError,
    Medium,
    Outcome,
    Override,
    Pass,
    Technique,
    Tool,
    Wipe,
)

__all__ = [
    "FORMAT",
    "LOGICAL_BLOCK",
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

_UUID7 = Form("UUIDv7", r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
LOGICAL_BLOCK = Whole(2**24, minimum=1)
_SHA256 = Form("SHA-256", r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Carrier:
    """One data carrier (disk). ``sectors`` × ``logical_block_bytes`` makes ``size_bytes``."""

    name: Annotated[str, Text(200), "the system's name of it", Source("lsblk")]
    manufacturer: Annotated[str | None, FIRMWARE_TEXT, "maker", Source("smartctl, lsblk")] = None
    model: Annotated[str | None, FIRMWARE_TEXT, "model", Source("smartctl, lsblk")] = None
    serial: Annotated[str | None, FIRMWARE_TEXT, "serial number", Source("smartctl, lsblk")] = None
    firmware: Annotated[str | None, Text(100, minimum=0), "its firmware's version", Source("smartctl")] = None
    medium: Annotated[Medium, "what the data lies on"] = Medium.UNKNOWN
    bus: Annotated[str | None, Text(50, minimum=0), "what it hangs on", Source("lsblk TRAN")] = None
    size_bytes: Annotated[int, Whole(), Unit("bytes"), "size that the system shows", Source("lsblk")]
    logical_block_bytes: Annotated[int, LOGICAL_BLOCK, Unit("bytes"), "logical block", Source("lsblk")] = 512
    sectors: Annotated[int, Whole(), Unit("logical blocks"), "size that the system shows"]
    health: Annotated[Health, "the agent's verdict"] = field(default_factory=Health)
    smart_before: Annotated[Smart | None, "read at inspection"] = None
    smart_after: Annotated[Smart | None, "read when the wipe had ended"] = None
    hidden_areas: Annotated[HiddenAreas, "what the system does not show"] = field(default_factory=HiddenAreas)
    wipe: Annotated[Wipe | None, "null when the carrier was only looked at"] = None


LOOSE_DISKS = "loose_disks"
"""The kind of a device that is none: disks in a dock. Every other field of it is null, and no machine is inspected."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """The machine by its SMBIOS words, exactly as the firmware gives them: junk stays junk, the service judges it."""

    manufacturer: Annotated[str | None, FIRMWARE_TEXT, "maker", Source("SMBIOS type 1")] = None
    product: Annotated[str | None, FIRMWARE_TEXT, "product name", Source("SMBIOS type 1")] = None
    version: Annotated[str | None, FIRMWARE_TEXT, "version", Source("SMBIOS type 1")] = None
    serial: Annotated[str | None, FIRMWARE_TEXT, "serial number", Source("SMBIOS type 1")] = None
    uuid: Annotated[str | None, Text(64, minimum=0), "UUID", Source("SMBIOS type 1")] = None
    board_serial: Annotated[str | None, FIRMWARE_TEXT, "the board's serial number", Source("SMBIOS type 2")] = None
    chassis: Annotated[str | None, Text(100, minimum=0), "type of chassis", Source("SMBIOS type 3")] = None
    kind: Annotated[str | None, KEY, "laptop, desktop, all-in-one, tablet, server, virtual, other or loose_disks"] = (
        None
    )
    code: Annotated[str | None, Text(32), "the label's short code"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Operator:
    """Who answered for the work, named as the partner decides."""

    name: Annotated[str, Text(200), "the name"]
    position: Annotated[str | None, Text(200), "a role such as *technieker*"] = None
    unattended_by: Annotated[
        tuple[str, ...], Most(4), Text(200), "what allowed work with nobody at the machine; empty where somebody was"
    ] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Agent:
    """The agent that made the report."""

    version: Annotated[str, Text(100), "its version"]
    image_sha256: Annotated[str | None, Text(64, form=_SHA256), "the live image's hash where it runs from one"] = None
    tools: Annotated[tuple[Tool, ...], Most(64), "the programs that it asked"] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockCheck:
    """How the machine's clock stood against the service's."""

    ahead_seconds: Annotated[int, Whole(minimum=-INT64_MAXIMUM), Unit("s"), "negative where it was behind"]
    corrected: Annotated[bool, "the report's times follow the service's clock"]


@dataclass(frozen=True, kw_only=True, slots=True)
class WipeReport:
    """One signed statement of one agent about one machine.

    ``report_id`` is made by the agent; the same id sent twice is the same report. Which station ``station`` really is,
    the signature's ``kid`` says. Where ``graphics``, ``network``, ``cameras`` or ``storage`` is null, it could not be
    looked up.
    """

    report_id: Annotated[str, Text(36, form=_UUID7), "the report's own number"]
    created_at: Annotated[datetime, "when the report was made"]
    test: Annotated[bool, "a rehearsal on a scratch device: its attest says TEST"] = False
    station: Annotated[str, Text(200), "the station's human name"]
    operator: Annotated[Operator, "who answered for the work"]
    agent: Annotated[Agent, "the program that made the report"]
    device: Annotated[Device, "the machine"]
    processor: Annotated[Processor, "its processor"] = field(default_factory=Processor)
    memory: Annotated[Memory, "its memory"] = field(default_factory=Memory)
    batteries: Annotated[tuple[Battery, ...], Most(16), "its batteries"] = ()
    displays: Annotated[tuple[Display, ...], Most(16), "its screens"] = ()
    graphics: Annotated[tuple[str, ...] | None, Most(16), Text(256), "names of graphics cards", Source("lspci")] = None
    network: Annotated[tuple[NetworkInterface, ...] | None, Most(32), "its own network adapters"] = None
    cameras: Annotated[tuple[str, ...] | None, Most(16), Text(256), "names", Source("USB descriptors")] = None
    ports: Annotated[tuple[Port, ...], Most(32), "its connectors"] = ()
    firmware: Annotated[Firmware, "its firmware and what it locks"] = field(default_factory=Firmware)
    storage: Annotated[tuple[StorageController, ...] | None, Most(32), "its storage controllers"] = None
    estimate: Annotated[Estimate, "age and weight"] = field(default_factory=Estimate)
    tests: Annotated[tuple[PartTest, ...], Most(64), "tests that were really run"] = ()
    clock: Annotated[ClockCheck | None, "null when the service could not be asked the time"] = None
    minimum: Annotated[Minimum, "does it meet the call's minimum?"] = field(default_factory=Minimum)
    carriers: Annotated[tuple[Carrier, ...], Most(64), "its disks"] = ()
