"""What a wipe report may hold on the wire, and what it may not."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wipe_reports import document, fields, schema


def strategy(field: Any) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one for each kind of field
    """Whatever a field of the schema may hold, as its dataclass holds it."""
    if isinstance(field, fields.Text):
        if field.form is not None:
            return st.from_regex(field.form[1], fullmatch=True)
        allowed = st.characters(
            exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters=fields._DIRECTION_CHANGES
        )
        return st.text(allowed, min_size=field.minimum, max_size=min(field.maximum, 12))
    if isinstance(field, fields.Whole):
        return st.integers(field.minimum, field.maximum)
    if isinstance(field, fields.Flag):
        return st.booleans()
    if isinstance(field, fields.Moment):
        return st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
    if isinstance(field, fields.EnumField):
        return st.sampled_from(list(field.choices))
    if isinstance(field, fields.Table):
        return st.lists(strategy(field.row), max_size=2).map(tuple)
    assert isinstance(field, fields.Record)
    return records(field)


def records(field: fields.Record) -> st.SearchStrategy[Any]:
    members = {}
    for name, one in field.schema.fields.items():
        members[name] = strategy(one) if not one.allow_none else st.none() | strategy(one)
    return st.builds(field.record, **members)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(records(schema._REPORT))
def test_whatever_a_report_holds_survives_writing_and_reading(report):
    assert schema.load(schema.dump(report)) == report
    assert schema.from_bytes(schema.to_bytes(report)) == report


def test_the_schema_has_every_field_of_the_dataclasses_and_no_other():
    def compare(record: fields.Record) -> None:
        assert set(record.schema.fields) == {one.name for one in dataclasses.fields(record.record)}
        for one in record.schema.fields.values():
            inner = one.row if isinstance(one, fields.Table) else one
            if isinstance(inner, fields.Record):
                compare(inner)

    compare(schema._REPORT)


def wire(make_report) -> dict[str, Any]:
    return json.loads(schema.to_bytes(make_report()))


def errors_of(data: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(schema.ReportInvalid) as caught:
        schema.load(data)
    return {one.field: one.key for one in caught.value.errors}


def put(data: Any, path: list[str | int], value: object) -> None:
    for step in path[:-1]:
        data = data[step]
    data[path[-1]] = value


ROW = ["carriers", 0, "smart_before", "attributes", 3]
ROW_PATH = "carriers[0].smart_before.attributes[3]"
PASS = ["carriers", 0, "wipe", "passes", 0]


@pytest.mark.parametrize(
    ("path", "value", "field", "key"),
    [
        ([*PASS, "bytes_written"], -1, "carriers[0].wipe.passes[0].bytes_written", "field.range"),
        (["carriers", 0, "size_bytes"], 2**63, "carriers[0].size_bytes", "field.range"),
        (["carriers", 0, "size_bytes"], True, "carriers[0].size_bytes", "field.whole"),
        (["carriers", 0, "size_bytes"], 512.0, "carriers[0].size_bytes", "field.whole"),
        (["carriers", 0, "wipe", "passes"], {}, "carriers[0].wipe.passes", "field.list"),
        (["carriers", 0, "wipe", "outcome"], "wiped", "carriers[0].wipe.outcome", "field.choice"),
        (["carriers", 0, "wipe", "outcome"], None, "carriers[0].wipe.outcome", "field.null"),
        ([*ROW, "raw"], "7", f"{ROW_PATH}.raw", "field.whole"),
        ([*ROW, "worst"], 256, f"{ROW_PATH}.worst", "field.range"),
        ([*ROW, "extra"], 1, f"{ROW_PATH}.extra", "field.unknown"),
        (["carriers", 0, "colour"], "red", "carriers[0].colour", "field.unknown"),
        (["created_at"], "2026-11-21T09:30:00", "created_at", "field.moment"),
        (["created_at"], "2026-11-21T09:30:00+01:00", "created_at", "field.moment"),
        (["created_at"], "2026-02-30T09:30:00Z", "created_at", "field.moment"),
        (["created_at"], 1763717400, "created_at", "field.moment"),
        (["report_id"], "7", "report_id", "field.text_form"),
        (["report_id"], "019aa5e2-7c1a-4d4e-9b3f-2f6c1e0d8a77", "report_id", "field.text_form"),
        (["station"], "x" * 201, "station", "field.text_long"),
        (["station"], "", "station", "field.text_empty"),
        (["station"], "bank\u202e2", "station", "field.text_control"),
        (["station"], "bank\x00", "station", "field.text_control"),
        (["station"], "bank\ud800", "station", "field.text_control"),
        (["station"], 2, "station", "field.text"),
        (["test"], "no", "test", "field.flag"),
        (["operator"], "An", "operator", "json.object"),
        (["agent", "image_sha256"], "ABC", "agent.image_sha256", "field.text_form"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_belong_is_refused_at_its_place(make_report, path, value, field, key):
    data = wire(make_report)
    put(data, path, value)
    assert errors_of(data) == {field: key}


def test_every_mistake_is_named_at_once(make_report):
    data = wire(make_report)
    del data["station"]
    data["carriers"][0]["serial"] = 5
    data["memory"]["slots"] = "two"
    assert errors_of(data) == {
        "station": "field.required",
        "carriers[0].serial": "field.text",
        "memory.slots": "field.whole",
    }


def test_lists_are_bounded(make_report):
    data = wire(make_report)
    data["carriers"] = data["carriers"] * 65
    assert errors_of(data) == {"carriers": "field.list_long"}
    data = wire(make_report)
    data["carriers"][0]["smart_before"]["attributes"] *= 13
    assert errors_of(data) == {"carriers[0].smart_before.attributes": "field.list_long"}


def test_a_report_of_before_controllers_and_overrides_still_reads(make_report):
    members = schema.dump(make_report())
    del members["storage"]
    for carrier in members["carriers"]:
        del carrier["wipe"]["overrides"]
    report = schema.load(members)
    assert report.storage is None
    assert [carrier.wipe.overrides for carrier in report.carriers] == [()]


def test_a_future_version_is_refused_with_its_own_words(make_report):
    data = wire(make_report)
    data["version"] = 7
    data["shiny"] = "new"
    with pytest.raises(schema.ReportInvalid) as caught:
        schema.load(data)
    assert [(one.field, one.key) for one in caught.value.errors] == [("version", "version.future")]
    assert "versie 7" in caught.value.errors[0].message
    assert "version 7" in caught.value.errors[0].in_language("en")


@pytest.mark.parametrize(("member", "value", "key"), [
    ("version", 0, "version.unknown"),
    ("version", True, "field.whole"),
    ("version", None, "field.whole"),
    ("format", "herstart/loan", "format"),
])  # fmt: skip
def test_another_format_or_version_is_refused(make_report, member, value, key):
    data = wire(make_report)
    data[member] = value
    assert errors_of(data) == {member: key}


@pytest.mark.parametrize(("raw", "key"), [
    (b"", "json.broken"),
    (b"\xff\xfe", "json.broken"),
    (b"{", "json.broken"),
    (b"[" * 100_000, "json.broken"),
    (b'{"version": NaN}', "json.number"),
    (b'{"version": -Infinity}', "json.number"),
    (b'{"version": 1, "version": 2}', "json.duplicate"),
    (b"[]", "json.object"),
    (b'"report"', "json.object"),
    (b" " * (schema.MAX_JSON_BYTES + 1), "json.size"),
])  # fmt: skip
def test_bytes_that_are_no_report_are_refused(raw, key):
    with pytest.raises(schema.ReportInvalid) as caught:
        schema.from_bytes(raw)
    assert [one.key for one in caught.value.errors] == [key]


@settings(max_examples=200)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_json_value_makes_the_reader_stumble(value):
    with pytest.raises(schema.ReportInvalid):
        schema.load({"format": document.FORMAT, "version": 1, "carriers": value, "device": value, "station": value})


def test_a_report_that_no_reader_would_take_is_never_written(make_report):
    with pytest.raises(schema.ReportInvalid) as caught:
        schema.to_bytes(make_report(station=""))
    assert caught.value.errors[0].field == "station"


def test_times_are_written_in_utc(make_report):
    local = datetime(2026, 11, 21, 15, 0, tzinfo=timezone(timedelta(hours=1)))
    assert schema.dump(make_report(created_at=local))["created_at"] == "2026-11-21T14:00:00Z"
    with pytest.raises(ValueError, match="time zone"):
        schema.dump(make_report(created_at=local.replace(tzinfo=None)))


def test_words_of_a_firmware_can_be_made_fit_to_sign():
    assert schema.printable("HP\x00 Elite\u202e") == "HP\ufffd Elite\ufffd"
