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
from wipe_reports.words import FieldError, Language, say

__all__ = ["MAX_JSON_BYTES", "FieldError", "ReportInvalid", "dump", "from_bytes", "load", "printable", "to_bytes"]

MAX_JSON_BYTES = 2 * 1024 * 1024

_UUID7 = ("UUIDv7", r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
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


class SmartAttributeSchema(RecordSchema):
    record = document.SmartAttribute
    id = Whole(255)
    name = Text(64)
    value = Whole(255)
    worst = Whole(255)
    threshold = Whole(255)
    raw = Whole()


class SmartTable(Table):
    """The S.M.A.R.T. attributes: by far the most rows of a report, so their rule is written out once more by hand.

    A row that is not plainly in order goes to :class:`SmartAttributeSchema`, which decides and says why.
    """

    def take(self, value: Any) -> tuple[document.SmartAttribute, ...]:
        self._check(value)
        return tuple([self._plain_row(row) or self.row.take(row) for row in value])

    @staticmethod
    def _plain_row(row: Any) -> document.SmartAttribute | None:
        try:
            number, name, raw = row["id"], row["name"], row["raw"]
            value, worst, threshold = row["value"], row["worst"], row["threshold"]
        except (KeyError, TypeError):
            return None
        if not (
            len(row) == 6
            and type(number) is type(value) is type(worst) is type(threshold) is type(raw) is int
            and type(name) is str
            and 0 <= number <= 255
            and 0 <= value <= 255
            and 0 <= worst <= 255
            and 0 <= threshold <= 255
            and 0 <= raw <= INT64_MAXIMUM
            and 0 < len(name) <= 64
            and name.isascii()
            and name.isprintable()
        ):
            return None
        return document.SmartAttribute(id=number, name=name, value=value, worst=worst, threshold=threshold, raw=raw)


class SmartSchema(RecordSchema):
    record = document.Smart
    passed = Flag()
    reallocated = Whole()
    pending = Whole()
    uncorrectable = Whole()
    power_on_hours = Whole()
    percentage_used = Whole(65535)
    media_errors = Whole()
    temperature_celsius = Whole(1000, minimum=-273)
    attributes = SmartTable(Record(SmartAttributeSchema), 256)


class HealthSchema(RecordSchema):
    record = document.Health
    verdict = Choice(document.HealthVerdict)
    reasons = Table(Text(200), 64)


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


class VerificationSchema(RecordSchema):
    record = document.Verification
    method = Choice(document.VerificationMethod)
    started_at = Moment()
    ended_at = Moment()
    bytes_read = Whole()
    bytes_mismatched = Whole()
    canaries = Record(CanariesSchema)
    passed = Flag()


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
    interrupted = Flag()
    outcome = Choice(document.Outcome)
    exceptions = Table(Text(500), 100)


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


class ProcessorSchema(RecordSchema):
    record = document.Processor
    brand = Text(256, minimum=0)
    cores = Whole(_COUNT)
    threads = Whole(_COUNT)


class MemoryModuleSchema(RecordSchema):
    record = document.MemoryModule
    locator = Text(256, minimum=0)
    size_mib = Whole()
    kind = Text(50, minimum=0)
    form = Text(50, minimum=0)
    speed_mts = Whole(_COUNT)
    manufacturer = Text(256, minimum=0)
    serial = Text(256, minimum=0)


class MemorySchema(RecordSchema):
    record = document.Memory
    installed_mib = Whole()
    usable_mib = Whole()
    slots = Whole(_COUNT)
    max_mib = Whole()
    modules = Table(Record(MemoryModuleSchema), 256)


class BatterySchema(RecordSchema):
    record = document.Battery
    name = Text(100)
    manufacturer = Text(256, minimum=0)
    model = Text(256, minimum=0)
    serial = Text(256, minimum=0)
    technology = Text(100, minimum=0)
    design_mwh = Whole()
    full_mwh = Whole()
    cycles = Whole(_COUNT)
    health = Record(HealthSchema)


class MinimumSchema(RecordSchema):
    record = document.Minimum
    verdict = Choice(document.MinimumVerdict)
    reasons = Table(Text(300), 64)
    upgrade = Text(300)


class OperatorSchema(RecordSchema):
    record = document.Operator
    name = Text(200)
    position = Text(200)


class AgentSchema(RecordSchema):
    record = document.Agent
    version = Text(100)
    image_sha256 = Text(64, form=_SHA256)
    tools = Table(Record(ToolSchema), 64)


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
