"""What station and service say to each other beside the report: one declaration of each message, for both sides.

A field's declaration holds its meaning and its bounds, in the vocabulary of the report (:mod:`wipe_reports.shape`). The
service's schemas, and so its OpenAPI document, are made of it (:func:`schema_of`); a station writes its requests
(:func:`to_bytes`) and reads answers (:func:`read`) by it. The receipt in a :class:`ReportAnswer` is
:mod:`wipe_reports.receipt`'s.

Stations and services of different ages must understand each other: what a station signs may hold members that the
service does not know (:class:`Tolerant`), and a station takes from an answer what it knows and what fits. So a field
here may always be ``None`` or empty to its reader; what the wire itself asks says :class:`Presence`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar
from uuid import UUID

from marshmallow import ValidationError, fields

from wipe_reports.hardware import ProcessorRule
from wipe_reports.message_schemas import Address, Moment, OneOf, Presence, Tolerant, schema_of
from wipe_reports.shape import Member, Most, Text, Whole, is_record
from wipe_reports.shape import members as members_of

__all__ = [
    "LABEL_LOOKUP_TYPE",
    "PROBLEM_TYPE",
    "STATION_SETTINGS_TYPE",
    "WIPE_JOB_TYPE",
    "CarrierToWipe",
    "Enrolled",
    "EnrolledStation",
    "Enrolment",
    "FieldProblem",
    "KeySet",
    "KindRule",
    "LabelAnswer",
    "LabelRequest",
    "LabelStatus",
    "LabelledDevice",
    "MinimumPolicy",
    "Moment",
    "NamedPartner",
    "NonceOfCarrier",
    "Problem",
    "ProcessorRule",
    "ReportAnswer",
    "ReportAttest",
    "ReportDevice",
    "StationSettings",
    "StationSettingsRequest",
    "Tolerant",
    "WipeJobAnswer",
    "WipeJobRequest",
    "members",
    "read",
    "schema_of",
    "to_bytes",
]

WIPE_JOB_TYPE = "wipe-job+jws"
STATION_SETTINGS_TYPE = "station-settings+jws"
LABEL_LOOKUP_TYPE = "label-lookup+jws"
"""The JWS ``typ`` of a station's signed requests; a report's and a receipt's stand with those."""

PROBLEM_TYPE = "application/problem+json"

Message = TypeVar("Message")

REQUIRED = Presence(required=True)
NULLABLE = Presence(nullable=True)
UNKNOWN_UNLESS_SENT = Presence(nullable=True, absent_is_null=True)


class LabelStatus(StrEnum):
    """What a station is answered about a label: a device bears it, it is blank, or its partner has none."""

    DEVICE = "device"
    BLANK = "blank"
    UNKNOWN = "unknown"


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
    rules = schema_of(message)().fields
    return message(**{one.name: _fitting(one, rules[one.name], sent.get(one.name)) for one in members_of(message)})


def _fitting(member: Member, rule: fields.Field[Any], value: object) -> Any:
    if member.row is not None:
        return tuple(read(member.row, row) for row in value if isinstance(row, dict)) if isinstance(value, list) else ()
    if is_record(member.type):
        return read(member.type, value) if isinstance(value, dict) else None
    if isinstance(value, str):
        value = "".join(one if one.isprintable() else " " for one in value).strip() or None
    try:
        return None if value is None else rule.deserialize(value)
    except ValidationError:
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldProblem:
    """One wrong field."""

    field: Annotated[
        str | None, Presence(required=True, described="Path, such as carriers[0].wipe.passes"), "where it stands"
    ] = None
    message: Annotated[str | None, REQUIRED, "what is wrong, in the asker's language"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """An error (RFC 9457, ``application/problem+json``)."""

    type: Annotated[str | None, REQUIRED, "``urn:herstart:problem:`` and the code"] = None
    title: Annotated[str | None, REQUIRED, "what sort of problem, in the asker's language"] = None
    status: Annotated[int | None, REQUIRED, "the HTTP status"] = None
    detail: Annotated[str | None, REQUIRED, "what is wrong this time, in the asker's language"] = None
    code: Annotated[
        str | None, Presence(required=True, described="A word for machines"), "the problem, for programs"
    ] = None
    errors: Annotated[tuple[FieldProblem, ...], "each wrong field, or each rule that says no"] = ()
    instance: Annotated[
        str | None, Presence(described="This very request, as its log line names it"), "``urn:`` of the request"
    ] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class KeySet:
    """A JWK Set (RFC 7517)."""

    keys: Annotated[list[dict[str, Any]] | None, REQUIRED, "public keys with ``herstart_role``"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Enrolment:
    """A station's request to enrol; ``public_key`` is an Ed25519 JWK (RFC 8037) without its private part."""

    code: Annotated[str, REQUIRED, Text(64), "the one-time code"]
    name: Annotated[str, REQUIRED, Text(100), "the station's name"]
    public_key: Annotated[dict[str, Any], REQUIRED, "the station's own key"]


@dataclass(frozen=True, kw_only=True, slots=True)
class EnrolledStation:
    """The station as the service knows it."""

    id: Annotated[UUID | None, "the service's number of the station"] = None
    name: Annotated[str | None, "its name, as reports give it"] = None
    key_id: Annotated[str | None, "RFC 7638 thumbprint of the station's key"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedPartner:
    """A partner by its name."""

    name: Annotated[str | None, "the partner's name"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Enrolled:
    """The answer to an enrolment: what the station needs to work, and to verify offline."""

    station: Annotated[EnrolledStation | None, "the station"] = None
    partner: Annotated[NamedPartner | None, "whose station it is"] = None
    keys: Annotated[KeySet | None, "the keys that the service trusts, its own among them"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportDevice:
    """The device that a report was matched to."""

    code: Annotated[str | None, REQUIRED, "the device's code"] = None
    url: Annotated[str | None, REQUIRED, Address(), "its page"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportAttest:
    """Where the attest of one erased carrier is."""

    carrier_serial: Annotated[str | None, NULLABLE, "the carrier"] = None
    pdf_url: Annotated[str | None, Address(), Presence(described="Needs a login"), "the attest"] = None
    check_url: Annotated[
        str | None, Address(), Presence(described="Public, without personal data"), "its check page"
    ] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportAnswer:
    """What became of a report. ``receipt`` is a JWS (``wipe-receipt+jws``) by the service's key."""

    report_id: Annotated[UUID | None, REQUIRED, "the report's own number"] = None
    result: Annotated[
        str | None,
        REQUIRED,
        OneOf("created", "matched", "unmatched"),
        "whether its device is new, known, or a person's to decide",
    ] = None
    device: Annotated[ReportDevice | None, NULLABLE, "the device, null where a person decides"] = None
    receipt: Annotated[str | None, REQUIRED, "the receipt, :mod:`wipe_reports.receipt`"] = None
    received_at: Annotated[datetime | None, REQUIRED, "when the service had it"] = None
    attests: Annotated[tuple[ReportAttest, ...], "one for each carrier that was erased"] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CarrierToWipe(Tolerant):
    """A carrier that will be wiped, as the agent names it."""

    model: Annotated[str | None, UNKNOWN_UNLESS_SENT, Text(256, minimum=0), "as the drive gives it"] = None
    serial: Annotated[str | None, UNKNOWN_UNLESS_SENT, Text(256, minimum=0), "as the drive gives it"] = None
    size_bytes: Annotated[int | None, REQUIRED, Whole(), "its size"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WipeJobRequest(Tolerant):
    """The signed payload of a request for nonces."""

    request_id: Annotated[UUID | str, REQUIRED, "the same again gives the same answer"]
    carriers: Annotated[tuple[CarrierToWipe, ...], REQUIRED, Most(64), "what will be wiped, one at least"] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class NonceOfCarrier:
    """The nonce for one carrier; ``null`` where its serial identifies nothing."""

    model: Annotated[str | None, NULLABLE, "as it was asked"] = None
    serial: Annotated[str | None, NULLABLE, "as it was asked"] = None
    nonce: Annotated[str | None, NULLABLE, "binds the wipe to this exposure of the carrier"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WipeJobAnswer:
    """The nonces, and the service's time for a clock that is wrong."""

    job_id: Annotated[UUID | None, "the service's number of the job"] = None
    time: Annotated[datetime | None, "the service's time"] = None
    expires_at: Annotated[datetime | None, "until when the nonces bind"] = None
    carriers: Annotated[tuple[NonceOfCarrier, ...], "a nonce for each carrier that was asked"] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelRequest(Tolerant):
    """The signed payload of a question whose label a code is."""

    request_id: Annotated[UUID | str, REQUIRED, "of this question"]
    code: Annotated[str, REQUIRED, Text(500), "what was scanned"]


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelledDevice:
    """The device that bears a label, as its partner's stations may know it."""

    code: Annotated[str | None, "the code that it bears now"] = None
    manufacturer: Annotated[str | None, NULLABLE, "by its report"] = None
    product: Annotated[str | None, NULLABLE, "by its report"] = None
    since: Annotated[datetime | None, "when the service first knew of it"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelAnswer:
    """Whose a label is: a device's, nobody's yet (``blank``), or one that the station's partner does not know."""

    status: Annotated[LabelStatus | None, "whose it is"] = None
    device: Annotated[LabelledDevice | None, NULLABLE, "the device that bears it"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StationSettingsRequest(Tolerant):
    """The signed payload of a question for settings."""

    request_id: Annotated[UUID | str, REQUIRED, "of this question"]


@dataclass(frozen=True, kw_only=True, slots=True)
class KindRule:
    """The minimum for one kind of device."""

    memory_mib: Annotated[int | None, REQUIRED, "the least memory installed"] = None
    processor: Annotated[str | None, REQUIRED, OneOf(*ProcessorRule), "a :class:`ProcessorRule`"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MinimumPolicy:
    """A partner's own minimum; of a kind of device that is not in ``kinds`` a person decides."""

    name: Annotated[str | None, REQUIRED, "the partner's name"] = None
    version: Annotated[int | None, REQUIRED, "counts up from 1"] = None
    kinds: Annotated[dict[str, KindRule] | None, REQUIRED, "the rule by the kind of device"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StationSettings:
    """The service's time, and the minimum of the station's partner: ``null`` where it has none of its own."""

    time: Annotated[datetime | None, REQUIRED, "the service's time"] = None
    minimum_policy: Annotated[
        MinimumPolicy | None, Presence(required=True, nullable=True), "the minimum by which the station judges"
    ] = None
