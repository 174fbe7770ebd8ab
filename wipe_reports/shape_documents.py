"""What people and other programs read of the report's shape, made of its declarations: a table and a JSON Schema.

``python -m wipe_reports.shape_documents`` writes the table into the README and the schema beside it; a test holds
both to the declarations.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from wipe_reports.document import FORMAT, VERSION, WipeReport
from wipe_reports.fields import MOMENT_PATTERN
from wipe_reports.shape import INT64_MAXIMUM, Member, Most, Source, Text, Unit, Whole, is_record, members, records

README = Path(__file__).with_name("README.md")
JSON_SCHEMA = Path(__file__).with_name("wipe-report.schema.json")

TABLE_HEAD = ("| field | holds | | means |", "|---|---|---|---|")


def table() -> list[str]:
    """The README's table of every field on the wire, without its head."""
    return list(_rows(WipeReport, ""))


def _rows(record: type, path: str) -> Iterator[str]:
    for member in members(record):
        at, most = f"{path}{member.name}", ""
        if member.row is not None:
            at, most = f"{at}[]", f" (≤ {_most_rows(member)})"
        inner: Any = member.row or member.type
        if is_record(inner):
            if most:
                yield f"| `{at}` | list{most} | | {_means(member)} |"
            yield from _rows(inner, f"{at}.")
            continue
        presence = "or null" if member.nullable else ("required" if member.required else "")
        yield f"| `{at}` | {_holds(member, inner)}{most} | {presence} | {_means(member)} |"


def _holds(member: Member, kind: type) -> str:
    if text := member.mark(Text):
        return text.form.name if text.form else f"text ≤ {text.maximum}"
    if whole := member.mark(Whole):
        return f"{whole.minimum} … {'2⁶³−1' if whole.maximum == INT64_MAXIMUM else whole.maximum}"
    if issubclass(kind, StrEnum):
        return ", ".join(kind)
    return "true, false" if kind is bool else "time (UTC, Z)"


def _means(member: Member) -> str:
    unit, source = member.mark(Unit), member.mark(Source)
    within = f" [{unit.name}]" if unit else ""
    return f"{member.meaning}{within}{f' ({source.name})' if source else ''}".replace("``", "`")


def json_schema() -> dict[str, Any]:
    """The report as it is written today, as a JSON Schema (draft 2020-12)."""
    inner = {record.__name__: _object(record) for record in records(WipeReport) if record is not WipeReport}
    report = _object(WipeReport)
    envelope = {"format": {"const": FORMAT}, "version": {"const": VERSION}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": FORMAT,
        **report,
        "required": [*envelope, *report["required"]],
        "properties": {**envelope, **report["properties"]},
        "$defs": inner,
    }


def _object(record: type) -> dict[str, Any]:
    return {
        "type": "object",
        "description": (record.__doc__ or "").partition("\n\n")[0],
        "additionalProperties": False,
        "required": [member.name for member in members(record) if member.required],
        "properties": {member.name: _property(member) for member in members(record)},
    }


def _property(member: Member) -> dict[str, Any]:
    holds = _value(member, member.row or member.type)
    if member.row is not None:
        holds = {"type": "array", "maxItems": _most_rows(member), "items": holds}
    return {"description": _means(member), **({"anyOf": [holds, {"type": "null"}]} if member.nullable else holds)}


def _value(member: Member, kind: Any) -> dict[str, Any]:
    if is_record(kind):
        return {"$ref": f"#/$defs/{getattr(kind, '__name__', '')}"}
    if text := member.mark(Text):
        bounds = {"type": "string", "minLength": text.minimum, "maxLength": text.maximum}
        return {**bounds, "pattern": f"^(?:{text.form.pattern})$"} if text.form else bounds
    if whole := member.mark(Whole):
        return {"type": "integer", "minimum": whole.minimum, "maximum": whole.maximum}
    if kind is datetime:
        return {"type": "string", "format": "date-time", "pattern": f"^(?:{MOMENT_PATTERN})$"}
    return {"type": "boolean"} if kind is bool else {"enum": [choice.value for choice in kind]}


def _most_rows(member: Member) -> int:
    most = member.mark(Most)
    return 0 if most is None else most.rows


def with_table(readme: str) -> str:
    """The README's text with the table as the declarations make it."""
    start = readme.index("| field | holds |")
    end = readme.index("\n\n", start)
    return readme[:start] + "\n".join((*TABLE_HEAD, *table())) + readme[end:]


def json_schema_text() -> str:
    """The JSON Schema as its file holds it."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
    JSON_SCHEMA.write_text(json_schema_text(), encoding="utf-8")
