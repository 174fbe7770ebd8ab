"""A field is declared once, on its dataclass: schema, clamp, table and JSON Schema are made of that declaration."""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from marshmallow import ValidationError

from wipe_reports import document, fields, schema, shape, shape_documents
from wipe_reports.fitting import fitted
from wipe_reports.record_schemas import schema_of
from wipe_reports.shape import Most, Source, Text, Unit, Whole

JSON_SCHEMA = shape_documents.json_schema()
KINDS = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Fan:
    """A part that no report has yet."""

    name: Annotated[str, Text(8), "its name"]
    speed_rpm: Annotated[
        int | None, Whole(100_000, plausible=(0, 20_000)), Unit("1/min"), "how fast it turns", Source("hwmon")
    ] = None
    blades: Annotated[tuple[str, ...], Most(2), Text(4), "of each blade the colour"] = ()


def test_a_new_field_is_read_bounded_and_described_without_any_other_edit():
    known = schema_of(Fan)()
    assert known.load({"name": "cpu", "speed_rpm": 90_000}) == Fan(name="cpu", speed_rpm=90_000)
    with pytest.raises(ValidationError) as caught:
        known.load({"speed_rpm": 100_001, "blades": ["red"] * 3, "colour": 1})
    assert set(caught.value.messages) == {"name", "speed_rpm", "blades", "colour"}
    spoilt = Fan(name="processor fan", speed_rpm=2**64, blades=("magenta", "red", "blue"))
    assert fitted(spoilt) == Fan(name="processo", blades=("mage", "red"))
    assert list(shape_documents._rows(Fan, "fan.")) == [
        "| `fan.name` | text ≤ 8 | required | its name |",
        "| `fan.speed_rpm` | 0 … 100000 | or null | how fast it turns [1/min] (hwmon) |",
        "| `fan.blades[]` | text ≤ 4 (≤ 2) |  | of each blade the colour |",
    ]
    speed = shape_documents._object(Fan)["properties"]["speed_rpm"]["anyOf"]
    assert speed == [{"type": "integer", "minimum": 0, "maximum": 100_000}, {"type": "null"}]


def test_a_field_without_the_bounds_that_it_needs_is_a_mistake_of_its_writer():
    @dataclass(frozen=True)
    class Boundless:
        name: str

    with pytest.raises(TypeError, match="name declares no Text"):
        schema_of(Boundless)


@pytest.mark.parametrize("record", shape.records(document.WipeReport))
def test_every_field_says_what_it_means(record):
    assert all(member.meaning and "|" not in member.meaning for member in shape.members(record))
    assert len({member.name for member in shape.members(record)}) == len(dataclasses.fields(record))


def fits(value: Any, rule: dict[str, Any]) -> bool:  # noqa: PLR0911 - one for each keyword
    """The keywords of JSON Schema that ours uses, in short."""
    if "$ref" in rule:
        return fits(value, JSON_SCHEMA["$defs"][rule["$ref"].removeprefix("#/$defs/")])
    if "anyOf" in rule:
        return any(fits(value, one) for one in rule["anyOf"])
    if "const" in rule or "enum" in rule:
        return value in rule.get("enum", [rule.get("const")])
    if type(value) is not KINDS[rule["type"]]:
        return False
    if isinstance(value, dict):
        known = rule["properties"]
        return (
            set(rule["required"]) <= set(value) <= set(known)
            and not rule["additionalProperties"]
            and all(fits(one, known[name]) for name, one in value.items())
        )
    if isinstance(value, list):
        return len(value) <= rule["maxItems"] and all(fits(one, rule["items"]) for one in value)
    if isinstance(value, str):
        bounded = rule.get("minLength", 0) <= len(value) <= rule.get("maxLength", 99)
        return bounded and re.search(rule.get("pattern", ""), value) is not None
    return isinstance(value, bool) or value is None or rule["minimum"] <= value <= rule["maximum"]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a JSON value: what holds it, and under which name or number."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for step, inner in below for place in ((value, step), *places(inner))]


@pytest.mark.parametrize("junk", [None, True, -1, 2**63, 1.5, "", "x" * 600, "2026-02-01T00:00:00Z", [], {}, [1] * 300])
def test_json_schema_and_reader_take_and_refuse_the_same(make_report, make_carrier, junk):
    data = json.loads(schema.to_bytes(make_report(carriers=(make_carrier(rows=2),))))
    assert fits(data, JSON_SCHEMA)
    for holder, step in places(data):
        if (holder is data and step in {"format", "version"}) or step == "upgrade":
            continue
        before, holder[step] = holder[step], junk
        try:
            schema.load(data)
            taken = True
        except schema.ReportInvalid:
            taken = False
        assert fits(data, JSON_SCHEMA) is taken, step
        holder[step] = before


def test_the_bounds_of_the_fast_smart_rows_are_the_declared_ones():
    rows = schema_of(document.Smart)().fields["attributes"]
    assert isinstance(rows, fields.Table)
    good = {"id": 1, "name": "x" * 64, "value": 255, "worst": 0, "threshold": 255, "raw": 2**63 - 1}
    assert rows.parse([good]) == (document.SmartAttribute(**good),)
    for name, bad in (
        ("id", 256),
        ("value", 256),
        ("worst", -1),
        ("threshold", 256),
        ("raw", 2**63),
        ("name", "x" * 65),
    ):
        with pytest.raises(fields.FieldRefused):
            rows.parse([{**good, name: bad}])
