"""The README's table of fields is the schema's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING
from dataclasses import fields as dataclass_fields
from pathlib import Path
from typing import Any

import wipe_reports
from wipe_reports import fields, schema, shape_documents

README = Path(wipe_reports.__file__).with_name("README.md").read_text(encoding="utf-8")


def kind(field: Any) -> str:
    if isinstance(field, fields.Text):
        return field.form[0] if field.form else f"text ≤ {field.maximum}"
    if isinstance(field, fields.Whole):
        largest = "2⁶³−1" if field.maximum == fields.INT64_MAXIMUM else str(field.maximum)
        return f"{field.minimum} … {largest}"
    if isinstance(field, fields.EnumField):
        return ", ".join(choice.value for choice in field.choices)
    return {fields.Flag: "true, false", fields.Moment: "time (UTC, Z)"}[type(field)]


def rows(record: fields.Record, path: str) -> Iterator[str]:
    optional = {
        one.name for one in dataclass_fields(record.record) if (one.default, one.default_factory) != (MISSING, MISSING)
    }
    for name, field in record.schema.fields.items():
        at, inner, many = f"{path}{name}", field, ""
        if isinstance(field, fields.Table):
            at, inner, many = f"{at}[]", field.row, f" (≤ {field.maximum})"
        if isinstance(inner, fields.Record):
            if many:
                yield f"| `{at}` | list{many} | |"
            yield from rows(inner, f"{at}.")
            continue
        presence = "or null" if field.allow_none else ("" if name in optional else "required")
        yield f"| `{at}` | {kind(inner)}{many} | {presence} |"


def test_the_table_of_fields_is_the_schema_s_own():
    start = README.index("| field | holds | | means |")
    table = README[start:].split("\n\n")[0].splitlines()[2:]
    assert [_without_meaning(row) for row in table] == list(rows(schema._REPORT, ""))


def _without_meaning(row: str) -> str:
    *columns, _meaning, _end = row.split("|")
    return "|".join([*columns, ""])


def test_table_and_json_schema_are_those_of_the_declarations():
    """After a change of a declaration: ``python -m wipe_reports.shape_documents`` writes both."""
    assert shape_documents.with_table(README) == README
    assert shape_documents.JSON_SCHEMA.read_text(encoding="utf-8") == shape_documents.json_schema_text()
