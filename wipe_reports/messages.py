"""What station and service say to each other beside the report: one declaration of each message, for both sides.

A field's declaration holds its meaning and its bounds. The service's schemas, and so its OpenAPI document, are made
of it (:func:`schema_of`); a station writes its requests (:func:`to_bytes`) and reads answers (:func:`read`) by it.
The receipt in a :class:`ReportAnswer` is :mod:`wipe_reports.receipt`'s.

Stations and services of different ages must understand each other: what a station signs may hold members that the
service does not know (:class:`Tolerant`), and a station takes from an answer what it knows and what fits.
"""

# ruff: noqa: RUF009 - _member, _inner and _rows are dataclasses.field, with its metadata

from __future__ import annotations

import json
from dataclasses import dataclass, field
from dataclasses import fields as dataclass_fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from wipe_reports.shape import INT64_MAXIMUM

WIPE_JOB_TYPE = "wipe-job+jws"
STATION_SETTINGS_TYPE = "station-settings+jws"
LABEL_LOOKUP_TYPE = "label-lookup+jws"
"""The JWS ``typ`` of a station's signed requests; a report's and a receipt's stand with those."""

PROBLEM_TYPE = "application/problem+json"

Message = TypeVar("Message")

_SCHEMAS: dict[type[Any], type[Schema]] = {}


class LabelStatus(StrEnum):
    """What a station is told of a label: that a device bears it, that it is blank, or that its partner has no such."""

    DEVICE = "device"
    BLANK = "blank"
    UNKNOWN = "unknown"


class ProcessorRule(StrEnum):
    """What a minimum asks of the processor: at least a Core i3 by the agent's table, or nothing at all."""

    CORE_I3 = "core_i3"
    ANY = "any"


class Moment(fields.AwareDateTime):
    """A moment: ISO 8601, written as UTC ending in ``Z``; read with any zone, refused without one."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value is not None else None


class Tolerant:
    """A message of which the service leaves aside the members it does not know: newer stations may send more."""

    __slots__ = ()


class TolerantSchema(Schema):
    """The schema of a :class:`Tolerant` message."""

    class Meta:
        unknown = EXCLUDE


def _member(rule: fields.Field[Any], meaning: str) -> Any:
    """A member of a message: ``rule`` bounds it, ``meaning`` says what it is. A reader must do without it."""
    return field(default=None, metadata={"rule": rule, "meaning": meaning})


def _inner(message: type[Any], meaning: str, **rule: Any) -> Any:
    """A message within a message."""
    nested = fields.Nested(schema_of(message), **rule)
    return field(default=None, metadata={"rule": nested, "meaning": meaning, "message": message})


def _rows(message: type[Any], meaning: str, **rule: Any) -> Any:
    """A list of messages within a message."""
    rows = fields.List(fields.Nested(schema_of(message)), **rule)
    return field(default=(), metadata={"rule": rows, "meaning": meaning, "message": message})


def schema_of(message: type[Any]) -> type[Schema]:
    """The marshmallow schema of a message, under the message's own name; the same one every time."""
    if message not in _SCHEMAS:
        base = TolerantSchema if issubclass(message, Tolerant) else Schema
        rules = {one.name: one.metadata["rule"] for one in dataclass_fields(message)}
        _SCHEMAS[message] = base.from_dict(rules, name=message.__name__)
    return _SCHEMAS[message]


def members(message: Any) -> dict[str, Any]:
    """A message as the JSON object that travels."""
    written: dict[str, Any] = schema_of(type(message))().dump(message)
    return written


def to_bytes(message: Any) -> bytes:
    """A message as JSON, the bytes to sign."""
    return json.dumps(members(message), ensure_ascii=False).encode()


def read(message: type[Message], answer: object) -> Message:
    """What fits of an answer: a member that is absent or junk is ``None``, or an empty tuple where it is a list.

    An answer is never refused here; whoever reads it says what it cannot do without.
    """
    sent = answer if isinstance(answer, dict) else {}
    return message(**{one.name: _fitting(one, sent.get(one.name)) for one in dataclass_fields(message)})  # type: ignore[arg-type]


def _fitting(member: Any, value: object) -> Any:
    rule, inner = member.metadata["rule"], member.metadata.get("message")
    if inner is not None and isinstance(rule, fields.List):
        return tuple(read(inner, row) for row in value if isinstance(row, dict)) if isinstance(value, list) else ()
    if inner is not None:
        return read(inner, value) if isinstance(value, dict) else None
    if isinstance(value, str):
        value = "".join(one if one.isprintable() else " " for one in value).strip() or None
    try:
        return None if value is None else rule.deserialize(value)
    except ValidationError:
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldProblem:
    """One wrong field."""

    field: str | None = _member(
        fields.String(required=True, metadata={"description": "Path, such as carriers[0].wipe.passes"}),
        "where it stands",
    )
    message: str | None = _member(fields.String(required=True), "what is wrong, in the asker's language")


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """An error (RFC 9457, ``application/problem+json``)."""

    type: str | None = _member(fields.String(required=True), "``urn:herstart:problem:`` and the code")
    title: str | None = _member(fields.String(required=True), "what sort of problem, in the asker's language")
    status: int | None = _member(fields.Integer(required=True), "the HTTP status")
    detail: str | None = _member(fields.String(required=True), "what is wrong this time, in the asker's language")
    code: str | None = _member(
        fields.String(required=True, metadata={"description": "A word for machines"}), "the problem, for programs"
    )
    errors: tuple[FieldProblem, ...] = _rows(FieldProblem, "each wrong field, or each rule that says no")
    instance: str | None = _member(
        fields.String(metadata={"description": "This very request, as its log line names it"}),
        "``urn:`` of the request",
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class KeySet:
    """A JWK Set (RFC 7517)."""

    keys: list[dict[str, Any]] | None = _member(
        fields.List(fields.Dict(keys=fields.String()), required=True), "public keys with ``herstart_role``"
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Enrolment:
    """A station's request to enrol; ``public_key`` is an Ed25519 JWK (RFC 8037) without its private part."""

    code: str = _member(fields.String(required=True, validate=validate.Length(min=1, max=64)), "the one-time code")
    name: str = _member(fields.String(required=True, validate=validate.Length(min=1, max=100)), "the station's name")
    public_key: dict[str, Any] = _member(fields.Dict(keys=fields.String(), required=True), "the station's own key")


@dataclass(frozen=True, kw_only=True, slots=True)
class EnrolledStation:
    """The station as the service knows it."""

    id: UUID | None = _member(fields.UUID(), "the service's number of the station")
    name: str | None = _member(fields.String(), "its name, as reports give it")
    key_id: str | None = _member(fields.String(), "RFC 7638 thumbprint of the station's key")


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedPartner:
    """A partner by its name."""

    name: str | None = _member(fields.String(), "the partner's name")


@dataclass(frozen=True, kw_only=True, slots=True)
class Enrolled:
    """The answer to an enrolment: what the station needs to work, and to verify offline."""

    station: EnrolledStation | None = _inner(EnrolledStation, "the station")
    partner: NamedPartner | None = _inner(NamedPartner, "whose station it is")
    keys: KeySet | None = _inner(KeySet, "the keys that the service trusts, its own among them")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportDevice:
    """The device that a report was matched to."""

    code: str | None = _member(fields.String(required=True), "the device's code")
    url: str | None = _member(fields.Url(required=True, require_tld=False), "its page")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportAttest:
    """Where the attest of one erased carrier is."""

    carrier_serial: str | None = _member(fields.String(allow_none=True), "the carrier")
    pdf_url: str | None = _member(
        fields.Url(require_tld=False, metadata={"description": "Needs a login"}), "the attest"
    )
    check_url: str | None = _member(
        fields.Url(require_tld=False, metadata={"description": "Public, without personal data"}), "its check page"
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportAnswer:
    """What became of a report. ``receipt`` is a JWS (``wipe-receipt+jws``) by the service's key."""

    report_id: UUID | None = _member(fields.UUID(required=True), "the report's own number")
    result: str | None = _member(
        fields.String(required=True, validate=validate.OneOf(["created", "matched", "unmatched"])),
        "whether its device is new, known, or a person's to decide",
    )
    device: ReportDevice | None = _inner(ReportDevice, "the device, null where a person decides", allow_none=True)
    receipt: str | None = _member(fields.String(required=True), "the receipt, :mod:`wipe_reports.receipt`")
    received_at: datetime | None = _member(Moment(required=True), "when the service had it")
    attests: tuple[ReportAttest, ...] = _rows(ReportAttest, "one for each carrier that was erased")


@dataclass(frozen=True, kw_only=True, slots=True)
class CarrierToWipe(Tolerant):
    """A carrier that will be wiped, as the agent names it."""

    model: str | None = _member(
        fields.String(load_default=None, allow_none=True, validate=validate.Length(max=256)), "as the drive tells it"
    )
    serial: str | None = _member(
        fields.String(load_default=None, allow_none=True, validate=validate.Length(max=256)), "as the drive tells it"
    )
    size_bytes: int | None = _member(
        fields.Integer(required=True, strict=True, validate=validate.Range(0, INT64_MAXIMUM)), "its size"
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class WipeJobRequest(Tolerant):
    """The signed payload of a request for nonces."""

    request_id: UUID | str = _member(fields.UUID(required=True), "the same again gives the same answer")
    carriers: tuple[CarrierToWipe, ...] = _rows(
        CarrierToWipe, "what will be wiped", required=True, validate=validate.Length(1, 64)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class NonceOfCarrier:
    """The nonce for one carrier; ``null`` where its serial identifies nothing."""

    model: str | None = _member(fields.String(allow_none=True), "as it was asked")
    serial: str | None = _member(fields.String(allow_none=True), "as it was asked")
    nonce: str | None = _member(fields.String(allow_none=True), "binds the wipe to this exposure of the carrier")


@dataclass(frozen=True, kw_only=True, slots=True)
class WipeJobAnswer:
    """The nonces, and the service's time for a clock that is wrong."""

    job_id: UUID | None = _member(fields.UUID(), "the service's number of the job")
    time: datetime | None = _member(Moment(), "the service's time")
    expires_at: datetime | None = _member(Moment(), "until when the nonces bind")
    carriers: tuple[NonceOfCarrier, ...] = _rows(NonceOfCarrier, "a nonce for each carrier that was asked")


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelRequest(Tolerant):
    """The signed payload of a question whose label a code is."""

    request_id: UUID | str = _member(fields.UUID(required=True), "of this question")
    code: str = _member(fields.String(required=True, validate=validate.Length(1, 500)), "what was scanned")


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelledDevice:
    """The device that bears a label, as its partner's stations may know it."""

    code: str | None = _member(fields.String(), "the code that it bears now")
    manufacturer: str | None = _member(fields.String(allow_none=True), "as its report told")
    product: str | None = _member(fields.String(allow_none=True), "as its report told")
    since: datetime | None = _member(Moment(), "when the service first knew of it")


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelAnswer:
    """Whose a label is: a device's, nobody's yet (``blank``), or one that the station's partner does not know."""

    status: LabelStatus | None = _member(fields.Enum(LabelStatus, by_value=True), "whose it is")
    device: LabelledDevice | None = _inner(LabelledDevice, "the device that bears it", allow_none=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class StationSettingsRequest(Tolerant):
    """The signed payload of a question for settings."""

    request_id: UUID | str = _member(fields.UUID(required=True), "of this question")


@dataclass(frozen=True, kw_only=True, slots=True)
class KindRule:
    """The minimum for one kind of device."""

    memory_mib: int | None = _member(fields.Integer(required=True), "the least memory installed")
    processor: str | None = _member(
        fields.String(required=True, validate=validate.OneOf([one.value for one in ProcessorRule])),
        "a :class:`ProcessorRule`",
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class MinimumPolicy:
    """A partner's own minimum; of a kind of device that is not in ``kinds`` a person decides."""

    name: str | None = _member(fields.String(required=True), "the partner's name")
    version: int | None = _member(fields.Integer(required=True), "counts up from 1")
    kinds: dict[str, Any] | None = _member(
        fields.Dict(keys=fields.String(), values=fields.Nested(schema_of(KindRule)), required=True),
        "a :class:`KindRule` by the kind of device",
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class StationSettings:
    """The service's time, and the minimum of the station's partner: ``null`` where it has none of its own."""

    time: datetime | None = _member(Moment(required=True), "the service's time")
    minimum_policy: MinimumPolicy | None = _inner(
        MinimumPolicy, "the minimum by which the station judges", required=True, allow_none=True
    )
