"""The marshmallow fields of the wire document, each with one rule (:meth:`take`) used on two ways in.

Nested marshmallow schemas cost about 15 µs each, and a report has a hundred records. So :class:`Record` first lets
every field's ``take`` look at its value directly; only when one of them objects does marshmallow walk the record
again, to name every mistake at its place. Both ways apply the same ``take``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError, fields, post_load

from wipe_reports.shape import INT64_MAXIMUM, Form, members

MOMENT_PATTERN = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z"
"""RFC 3339 in UTC, at most microseconds."""

_MOMENT = re.compile(MOMENT_PATTERN)
_REFUSED_CATEGORIES = {"Cc", "Cs", "Zl", "Zp"}
_DIRECTION_CHANGES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class FieldRefused(ValidationError):  # noqa: N818 - it says what happened to the value
    """A value that a field refuses; ``key`` and ``facts`` name the words in :mod:`wipe_reports.words`."""

    def __init__(self, key: str, /, **facts: object) -> None:
        super().__init__([Reason(key, facts)])


class Reason:
    """A reason on its way through marshmallow's error store, which keeps what is no string as it is."""

    __slots__ = ("facts", "key")

    def __init__(self, key: str, facts: Mapping[str, object]) -> None:
        self.key = key
        self.facts = facts


_BUILT_IN: dict[str, Any] = {
    "required": [Reason("field.required", {})],
    "null": [Reason("field.null", {})],
    "validator_failed": [Reason("field.null", {})],
}


class StrictField(fields.Field[Any]):
    """A field whose whole rule is :meth:`take`; required and nullable are the dataclass's to say."""

    default_error_messages = _BUILT_IN

    def parse(self, value: Any) -> Any:
        """The value as the document holds it. Raises :class:`Refused` for what does not belong here."""
        raise FieldRefused("field.unknown")

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return self.parse(value)


def refused_character(character: str) -> bool:
    """Is it a control character, half a surrogate pair, a line separator or a mark that reorders text?"""
    return character in _DIRECTION_CHANGES or unicodedata.category(character) in _REFUSED_CATEGORIES


class Text(StrictField):
    """Text of ``minimum`` to ``maximum`` characters, with no character that hides or reorders what a person reads.

    The whole text must match its ``form``, where it has one.
    """

    def __init__(self, maximum: int, *, minimum: int = 1, form: Form | None = None) -> None:
        super().__init__()
        self.maximum = maximum
        self.minimum = minimum
        self.form = form
        self._pattern = re.compile(form.pattern) if form else None

    def parse(self, value: Any) -> str:
        if type(value) is not str:
            raise FieldRefused("field.text")
        if not self.minimum <= len(value) <= self.maximum:
            raise FieldRefused("field.text_long", maximum=self.maximum) if value else FieldRefused("field.text_empty")
        if not (value.isascii() and value.isprintable()) and any(map(refused_character, value)):
            raise FieldRefused("field.text_control")
        if self._pattern is not None and self.form is not None and not self._pattern.fullmatch(value):
            raise FieldRefused("field.text_form", form=self.form.name)
        return value


class Whole(StrictField):
    """A whole number within bounds that an int64 column can keep. ``true`` is no number, ``1.0`` is none either."""

    def __init__(self, maximum: int = INT64_MAXIMUM, *, minimum: int = 0) -> None:
        super().__init__()
        self.maximum = maximum
        self.minimum = minimum

    def parse(self, value: Any) -> int:
        if type(value) is not int:
            raise FieldRefused("field.whole")
        if not self.minimum <= value <= self.maximum:
            raise FieldRefused("field.range", minimum=self.minimum, maximum=self.maximum)
        return value


class Flag(StrictField):
    """``true`` or ``false``, nothing that resembles them."""

    def parse(self, value: Any) -> bool:
        if type(value) is not bool:
            raise FieldRefused("field.flag")
        return value


class Moment(StrictField):
    """A time in UTC as RFC 3339 writes it, ending in ``Z``, with at most microseconds."""

    def parse(self, value: Any) -> datetime:
        if type(value) is not str or not _MOMENT.fullmatch(value):
            raise FieldRefused("field.moment")
        try:
            return datetime.fromisoformat(value)
        except ValueError as error:
            raise FieldRefused("field.moment") from error


class EnumField(StrictField):
    """One word of an enumeration."""

    def __init__(self, choices: type[StrEnum]) -> None:
        super().__init__()
        self.choices = choices
        self._by_word: dict[object, StrEnum] = {choice.value: choice for choice in choices}

    def parse(self, value: Any) -> StrEnum:
        chosen = self._by_word.get(value) if type(value) is str else None
        if chosen is None:
            raise FieldRefused("field.choice", choices=", ".join(choice.value for choice in self.choices))
        return chosen


class RecordSchema(Schema):
    """The schema of one dataclass: its ``record``. Loading gives that dataclass; unknown members are refused.

    Which members are required and which may be null follows from the dataclass, so the two cannot disagree.
    """

    record: ClassVar[type]
    error_messages = {  # noqa: RUF012 - marshmallow declares it without ClassVar
        "unknown": Reason("field.unknown", {}),  # type: ignore[dict-item]
        "type": Reason("json.object", {}),  # type: ignore[dict-item]
    }

    class Meta:
        unknown = RAISE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        member = next(one for one in members(self.record) if one.name == field_name)
        field_obj.required = member.required
        field_obj.allow_none = member.nullable

    @post_load
    def make(self, members: dict[str, Any], **_kwargs: Any) -> Any:
        """The dataclass of the loaded members."""
        return self.record(**members)


class Record(StrictField):
    """One nested dataclass: fast by each field's ``take``; where one objects, marshmallow finds all the messages."""

    def __init__(self, schema: type[RecordSchema]) -> None:
        super().__init__()
        self.schema = schema()
        self.record = schema.record
        self._plan = tuple(
            (name, one.parse, bool(one.allow_none))
            for name, one in self.schema.fields.items()
            if isinstance(one, StrictField)
        )

    def parse(self, value: Any) -> Any:
        if type(value) is not dict:
            raise FieldRefused("json.object")
        members: dict[str, Any] = {}
        for name, parse, nullable in self._plan:
            if name in value:
                member = value[name]
                if member is None:
                    if not nullable:
                        raise FieldRefused("field.null")
                    members[name] = None
                else:
                    members[name] = parse(member)
        if len(members) != len(value):
            raise FieldRefused("field.unknown")
        try:
            return self.record(**members)
        except TypeError as error:
            raise FieldRefused("field.required") from error

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        try:
            return self.parse(value)
        except FieldRefused:
            return self.schema.load(value)


class Table(StrictField):
    """A list of at most ``maximum`` values, each taken by ``row``; it comes out as a tuple."""

    def __init__(self, row: StrictField, maximum: int) -> None:
        super().__init__()
        self.row = row
        self.maximum = maximum

    def parse(self, value: Any) -> tuple[Any, ...]:
        self._check(value)
        return tuple(map(self.row.parse, value))

    def _check(self, value: Any) -> None:
        if type(value) is not list:
            raise FieldRefused("field.list")
        if len(value) > self.maximum:
            raise FieldRefused("field.list_long", maximum=self.maximum)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        self._check(value)
        taken, mistakes = [], {}
        for index, one in enumerate(value):
            try:
                taken.append(self.row.deserialize(one))
            except ValidationError as error:
                mistakes[index] = error.messages
        if mistakes:
            raise ValidationError(mistakes)
        return tuple(taken)


def written(value: datetime) -> str:
    """A time as :class:`Moment` reads it. Raises ValueError for a time without a time zone."""
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone")
    return value.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
