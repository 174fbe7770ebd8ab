"""The marshmallow schema of a message, made of what its fields declare; :mod:`wipe_reports.messages` has the messages.

A message is read more widely than a report: by marshmallow's own fields, and with what its :class:`Presence` asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_origin
from uuid import UUID

from marshmallow import EXCLUDE, Schema, fields, validate

from wipe_reports.shape import Member, Most, Text, Whole, is_record, members


@dataclass(frozen=True, slots=True)
class Presence:
    """Must the member be there, may it be null, and what the OpenAPI document says of it beside its type."""

    required: bool = False
    nullable: bool = False
    absent_is_null: bool = False
    described: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """A text that is a URL, also of a host without a top-level domain."""


class OneOf(tuple[str, ...]):
    """The only words that a text may be."""

    __slots__ = ()

    def __new__(cls, *words: str) -> OneOf:
        return super().__new__(cls, [str(word) for word in words])


class Tolerant:
    """A message of which the service leaves aside the members it does not know: newer stations may send more."""

    __slots__ = ()


class TolerantSchema(Schema):
    """The schema of a :class:`Tolerant` message."""

    class Meta:
        unknown = EXCLUDE


class Moment(fields.AwareDateTime):
    """A moment: ISO 8601, written as UTC ending in ``Z``; read with any zone, refused without one."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value is not None else None


_FIELDS: dict[type, type[fields.Field[Any]]] = {UUID: fields.UUID, datetime: Moment, int: fields.Integer}


def schema_of(message: type) -> type[Schema]:
    """The marshmallow schema of a message, under the message's own name; the same one every time."""
    return _schema_of(message)


@cache
def _schema_of(message: type) -> type[Schema]:
    base = TolerantSchema if issubclass(message, Tolerant) else Schema
    return base.from_dict({one.name: _rule(one) for one in members(message)}, name=message.__name__)


def _rule(member: Member) -> fields.Field[Any]:
    presence = member.mark(Presence) or Presence()
    asked: dict[str, Any] = {"required": True} if presence.required else {}
    if presence.nullable:
        asked["allow_none"] = True
    if presence.absent_is_null:
        asked["load_default"] = None
    if presence.described:
        asked["metadata"] = {"description": presence.described}
    if member.row is not None:
        most = member.mark(Most)
        bounds: dict[str, Any] = {} if most is None else {"validate": validate.Length(1, most.rows)}
        return fields.List(fields.Nested(schema_of(member.row)), **bounds, **asked)
    return _value(member, member.type, asked)


def _value(member: Member, kind: Any, asked: dict[str, Any]) -> fields.Field[Any]:
    if is_record(kind):
        return fields.Nested(schema_of(kind), **asked)
    if get_origin(kind) is list:
        return fields.List(_value(member, get_args(kind)[0], {}), **asked)
    if get_origin(kind) is dict:
        row = get_args(kind)[1]
        values: dict[str, Any] = {"values": fields.Nested(schema_of(row))} if is_record(row) else {}
        return fields.Dict(keys=fields.String(), **values, **asked)
    if kind is str:
        return _text(member, asked)
    if issubclass(kind, StrEnum):
        return fields.Enum(kind, by_value=True, **asked)
    whole = member.mark(Whole)
    bounds: dict[str, Any] = (
        {} if whole is None else {"strict": True, "validate": validate.Range(whole.minimum, whole.maximum)}
    )
    return _FIELDS[kind](**bounds, **asked)


def _text(member: Member, asked: dict[str, Any]) -> fields.Field[Any]:
    if member.mark(Address):
        return fields.Url(require_tld=False, **asked)
    if words := member.mark(OneOf):
        return fields.String(validate=validate.OneOf(list(words)), **asked)
    text = member.mark(Text)
    bounds: dict[str, Any] = {} if text is None else {"validate": validate.Length(text.minimum or None, text.maximum)}
    return fields.String(**bounds, **asked)
