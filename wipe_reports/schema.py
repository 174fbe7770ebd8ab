"""The wire document as JSON: what :mod:`wipe_reports.document` becomes when written, and what may be read.

Bounds are generous for real machines and small enough for a database row: text by length, numbers from 0 to int64,
lists by count. What is not known is refused, never skipped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields as dataclass_fields
from dataclasses import is_dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NoReturn

from marshmallow import ValidationError

from wipe_reports import document
from wipe_reports.document import FORMAT, MAX_ERRORS_LISTED, VERSION, WipeReport
from wipe_reports.fields import (
    INT64_MAXIMUM,
    Choice,
    Flag,
    Moment,
    Reason,
    Record,
    RecordSchema,
    Refused,
    Table,
    Text,
    Whole,
    refused_character,
    written,
)
from wipe_reports.schema_hardware import (
    BatterySchema,
    DisplaySchema,
    EstimateSchema,
    FirmwareSchema,
    HealthSchema,
    MemorySchema,
    MinimumSchema,
    NetworkInterfaceSchema,
    PartTestSchema,
    PortSchema,
    ProcessorSchema,
    SmartSchema,
    StorageControllerSchema,
)
from wipe_reports.words import FieldError, Language, say

__all__ = ["MAX_JSON_BYTES", "FieldError", "ReportInvalid", "dump", "from_bytes", "load", "printable", "to_bytes"]

MAX_JSON_BYTES = 2 * 1024 * 1024

_UUID7 = ("UUIDv7", r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_SEED = ("32 × 0–9, a–f", r"[0-9a-f]{32}")
_SHA256 = ("SHA-256", r"[0-9a-f]{64}")
_OPERATION = ("write, read, compare", r"write|read|compare")
_COUNT = 2**31 - 1


class ReportInvalid(ValueError):  # noqa: N818 - the contract's name
    """The document is no wipe report of a version we know. ``errors`` names every field that is wrong."""

    def __init__(self, errors: list[FieldError]) -> None:
        self.errors = errors
        super().__init__(self.said("nl"))

    def said(self, language: Language) -> str:
        """One sentence with the first error, in ``language``."""
        first = self.errors[0]
        field = first.field or "JSON"
        return say("report.invalid", language, count=len(self.errors), field=field, message=first.said(language))


class HiddenAreasSchema(RecordSchema):
    record = document.HiddenAreas
    hpa = Choice(document.AreaState)
    hpa_sectors = Whole()
    dco = Choice(document.AreaState)
    dco_sectors = Whole()


class ToolSchema(RecordSchema):
    record = document.Tool
    name = Text(100)
    version = Text(200)


class PassSchema(RecordSchema):
    record = document.Pass
    pattern = Text(100)
    started_at = Moment()
    ended_at = Moment()
    bytes_written = Whole()


class MediaErrorSchema(RecordSchema):
    record = document.MediaError
    operation = Text(20, form=_OPERATION)
    offset_bytes = Whole()
    length_bytes = Whole()
    reason = Text(500)


class CanariesSchema(RecordSchema):
    record = document.Canaries
    planted = Whole()
    survived = Whole()


class ComparedBlocksSchema(RecordSchema):
    record = document.ComparedBlocks
    changed = Whole()
    unchanged = Whole()


class SampleSchema(RecordSchema):
    record = document.Sample
    seed = Text(32, form=_SEED)
    sections = Whole(_COUNT)
    samples_per_section = Whole(_COUNT)
    bytes_per_sample = Whole()


class VerificationSchema(RecordSchema):
    record = document.Verification
    method = Choice(document.VerificationMethod)
    started_at = Moment()
    ended_at = Moment()
    bytes_read = Whole()
    bytes_mismatched = Whole()
    canaries = Record(CanariesSchema)
    compared_blocks = Record(ComparedBlocksSchema)
    sample = Record(SampleSchema)
    found = Text(100)
    passed = Flag()


class AttemptSchema(RecordSchema):
    record = document.Attempt
    technique = Choice(document.Technique)
    method = Text(300)
    started_at = Moment()
    ended_at = Moment()
    result = Choice(document.AttemptResult)
    detail = Text(500)


class OverrideSchema(RecordSchema):
    record = document.Override
    judgement = Choice(document.Judgement)
    by = Text(200)
    told = Text(500)


class WipeSchema(RecordSchema):
    record = document.Wipe
    technique = Choice(document.Technique)
    method = Text(300)
    level = Choice(document.Level)
    standard = Text(300)
    tool = Record(ToolSchema)
    nonce = Text(200)
    passes = Table(Record(PassSchema), 64)
    started_at = Moment()
    ended_at = Moment()
    bytes_written = Whole()
    unreadable_sectors = Whole()
    errors = Table(Record(MediaErrorSchema), MAX_ERRORS_LISTED)
    verification = Record(VerificationSchema)
    attempts = Table(Record(AttemptSchema), 32)
    interrupted = Flag()
    resumed = Flag()
    outcome = Choice(document.Outcome)
    exceptions = Table(Text(500), 100)
    overrides = Table(Record(OverrideSchema), 16)


class CarrierSchema(RecordSchema):
    record = document.Carrier
    name = Text(200)
    manufacturer = Text(256, minimum=0)
    model = Text(256, minimum=0)
    serial = Text(256, minimum=0)
    firmware = Text(100, minimum=0)
    medium = Choice(document.Medium)
    bus = Text(50, minimum=0)
    size_bytes = Whole()
    logical_block_bytes = Whole(2**24, minimum=1)
    sectors = Whole()
    health = Record(HealthSchema)
    smart_before = Record(SmartSchema)
    smart_after = Record(SmartSchema)
    hidden_areas = Record(HiddenAreasSchema)
    wipe = Record(WipeSchema)


class DeviceSchema(RecordSchema):
    record = document.Device
    manufacturer = Text(256, minimum=0)
    product = Text(256, minimum=0)
    version = Text(256, minimum=0)
    serial = Text(256, minimum=0)
    uuid = Text(64, minimum=0)
    board_serial = Text(256, minimum=0)
    chassis = Text(100, minimum=0)
    kind = Text(50)
    code = Text(32)


class OperatorSchema(RecordSchema):
    record = document.Operator
    name = Text(200)
    position = Text(200)


class AgentSchema(RecordSchema):
    record = document.Agent
    version = Text(100)
    image_sha256 = Text(64, form=_SHA256)
    tools = Table(Record(ToolSchema), 64)


class ClockCheckSchema(RecordSchema):
    record = document.ClockCheck
    ahead_seconds = Whole(minimum=-INT64_MAXIMUM)
    corrected = Flag()


class WipeReportSchema(RecordSchema):
    """The document without its envelope: ``format`` and ``version`` are judged before, on their own."""

    record = document.WipeReport
    report_id = Text(36, form=_UUID7)
    created_at = Moment()
    test = Flag()
    station = Text(200)
    operator = Record(OperatorSchema)
    agent = Record(AgentSchema)
    device = Record(DeviceSchema)
    processor = Record(ProcessorSchema)
    memory = Record(MemorySchema)
    batteries = Table(Record(BatterySchema), 16)
    displays = Table(Record(DisplaySchema), 16)
    graphics = Table(Text(256), 16)
    network = Table(Record(NetworkInterfaceSchema), 32)
    cameras = Table(Text(256), 16)
    ports = Table(Record(PortSchema), 32)
    firmware = Record(FirmwareSchema)
    storage = Table(Record(StorageControllerSchema), 32)
    estimate = Record(EstimateSchema)
    tests = Table(Record(PartTestSchema), 64)
    clock = Record(ClockCheckSchema)
    minimum = Record(MinimumSchema)
    carriers = Table(Record(CarrierSchema), 64)


_REPORT = Record(WipeReportSchema)


def _plain(value: Any) -> object:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return written(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if is_dataclass(value):
        return {member.name: _plain(getattr(value, member.name)) for member in dataclass_fields(value)}
    return value


def dump(report: WipeReport) -> dict[str, object]:
    """``report`` as the JSON object that travels: ``format``, ``version`` and every field, unknown ones as None."""
    members = _plain(report)
    return {"format": FORMAT, "version": VERSION, **(members if isinstance(members, dict) else {})}


def to_bytes(report: WipeReport) -> bytes:
    """``report`` as UTF-8 JSON, the bytes to sign. Raises :class:`ReportInvalid` for what no reader would take."""
    members = dump(report)
    load(members)
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def load(data: Mapping[str, object]) -> WipeReport:
    """The report that a JSON object holds. Raises :class:`ReportInvalid` with every field that is wrong."""
    _check_envelope(data)
    members = {name: value for name, value in data.items() if name not in {"format", "version"}}
    try:
        report: WipeReport = _REPORT.deserialize(members)
    except ValidationError as error:
        raise ReportInvalid(list(_field_errors(error.messages, ""))) from error
    return report


def _check_envelope(data: Mapping[str, object]) -> None:
    if not isinstance(data, Mapping):
        raise ReportInvalid([FieldError.of("", "json.object")])
    if data.get("format") != FORMAT:
        raise ReportInvalid([FieldError.of("format", "format", expected=FORMAT)])
    version = data.get("version")
    if type(version) is not int:
        raise ReportInvalid([FieldError.of("version", "field.whole")])
    if version > VERSION:
        raise ReportInvalid([FieldError.of("version", "version.future", version=version, known=VERSION)])
    if version < 1:
        raise ReportInvalid([FieldError.of("version", "version.unknown", version=version)])


def _field_errors(messages: Any, path: str) -> Iterator[FieldError]:
    """marshmallow's tree of messages as one flat list with paths such as ``carriers[0].wipe.passes``."""
    if isinstance(messages, Reason):
        yield FieldError.of(path, messages.key, **messages.facts)
    elif isinstance(messages, Mapping):
        for name, below in messages.items():
            step = f"[{name}]" if isinstance(name, int) else f".{printable(str(name))[:100]}"
            yield from _field_errors(below, path if name == "_schema" else (path + step).lstrip("."))
    else:
        for one in messages:
            yield from _field_errors(one, path)


def _refuse_constant(word: str) -> NoReturn:
    raise Refused("json.number", word=word)


def _members_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise Refused("json.duplicate", name=printable(next(name for name in names if names.count(name) > 1))[:60])
    return members


def from_bytes(raw: bytes) -> WipeReport:
    """The report in UTF-8 JSON bytes; NaN, infinities and members given twice are refused.

    Raises :class:`ReportInvalid`, also for what is no JSON and for more than :data:`MAX_JSON_BYTES`.
    """
    if len(raw) > MAX_JSON_BYTES:
        raise ReportInvalid([FieldError.of("", "json.size", mebibytes=MAX_JSON_BYTES // 1024**2)])
    try:
        data = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_members_once)
    except Refused as error:
        raise ReportInvalid(list(_field_errors(error.messages, ""))) from error
    except (ValueError, RecursionError) as error:
        raise ReportInvalid([FieldError.of("", "json.broken")]) from error
    return load(data)


def printable(text: str) -> str:
    """``text`` with U+FFFD in the place of every character a report may not hold, for words that firmware gives."""
    return "".join("\ufffd" if refused_character(character) else character for character in text)
