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

from wipe_reports.document import FORMAT, VERSION, WipeReport
from wipe_reports.fields import FieldRefused, Reason, Record, refused_character, written
from wipe_reports.record_schemas import schema_of
from wipe_reports.words import FieldError, Language, say

__all__ = ["MAX_JSON_BYTES", "FieldError", "ReportInvalid", "dump", "from_bytes", "load", "printable", "to_bytes"]

MAX_JSON_BYTES = 2 * 1024 * 1024


class ReportInvalid(ValueError):  # noqa: N818 - the contract's name
    """The document is no wipe report of a version we know. ``errors`` names every field that is wrong."""

    def __init__(self, errors: list[FieldError]) -> None:
        self.errors = errors
        super().__init__(self.in_language("nl"))

    def in_language(self, language: Language) -> str:
        """One sentence with the first error, in ``language``."""
        first = self.errors[0]
        field = first.field or "JSON"
        return say("report.invalid", language, count=len(self.errors), field=field, message=first.in_language(language))


_REPORT = Record(schema_of(WipeReport))
"""The document without its envelope: ``format`` and ``version`` are judged before, on their own."""


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
    raise FieldRefused("json.number", word=word)


def _members_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise FieldRefused("json.duplicate", name=printable(next(name for name in names if names.count(name) > 1))[:60])
    return members


def from_bytes(raw: bytes) -> WipeReport:
    """The report in UTF-8 JSON bytes; NaN, infinities and members given twice are refused.

    Raises :class:`ReportInvalid`, also for what is no JSON and for more than :data:`MAX_JSON_BYTES`.
    """
    if len(raw) > MAX_JSON_BYTES:
        raise ReportInvalid([FieldError.of("", "json.size", mebibytes=MAX_JSON_BYTES // 1024**2)])
    try:
        data = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_members_once)
    except FieldRefused as error:
        raise ReportInvalid(list(_field_errors(error.messages, ""))) from error
    except (ValueError, RecursionError) as error:
        raise ReportInvalid([FieldError.of("", "json.broken")]) from error
    return load(data)


def printable(text: str) -> str:
    """``text`` with U+FFFD in the place of every character a report may not hold, for words that firmware gives."""
    return "".join("\ufffd" if refused_character(character) else character for character in text)
