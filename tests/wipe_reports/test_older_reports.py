"""Reports of before, which gave the memory to add as English text, are read into the fields of today."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wipe_reports import schema, upgrade_words
from wipe_reports.document import Minimum, Upgrade
from wipe_reports.older_reports import upgrade_of_text

SODIMM = Upgrade(modules=1, module_mib=4096, kind="DDR4", form="SODIMM")
WRITTEN = [
    ("+ 1 × 4 GB DDR4 SO-DIMM: one slot free", replace(SODIMM, slots_free=1)),
    ("+ 1 × 4 GB DDR4 SO-DIMM: 3 slots free", replace(SODIMM, slots_free=3)),
    ("+ 1 × 4 GB DDR4 SO-DIMM: replaces 2 GB", replace(SODIMM, replaces_mib=(2048,))),
    ("+ 1 × 2 GB DDR4: one slot free", Upgrade(modules=1, module_mib=2048, kind="DDR4", slots_free=1)),
    ("+ 1 × 4 GB: one slot free", Upgrade(modules=1, module_mib=4096, slots_free=1)),
    ("+ 1 × 4 GB", Upgrade(modules=1, module_mib=4096)),
    (
        "+ 2 × 2 GB DDR2 FB-DIMM: one slot free, replaces 1 GB",
        Upgrade(modules=2, module_mib=2048, kind="DDR2", form="FB-DIMM", slots_free=1, replaces_mib=(1024,)),
    ),
    (
        "+ 4 × 1 GB DDR DIMM: replaces 2 × 256 MB + 1.5 GB",
        Upgrade(modules=4, module_mib=1024, kind="DDR", form="DIMM", replaces_mib=(256, 256, 1536)),
    ),
]


@pytest.mark.parametrize(("text", "expected"), WRITTEN)
def test_the_text_that_agents_wrote_becomes_fields_and_reads_the_same(text, expected):
    assert upgrade_of_text(text) == expected
    assert upgrade_words.upgrade(expected, "en") == text


@pytest.mark.parametrize(("text", "expected"), WRITTEN)
def test_a_report_of_before_is_read_and_written_again_in_fields(make_report, text, expected):
    data = schema.dump(make_report())
    data["minimum"]["upgrade"] = text
    read = schema.load(data)
    assert read.minimum.upgrade == expected
    assert schema.load(schema.dump(read)) == read


@pytest.mark.parametrize(
    "text",
    ["a new battery", "+ 0 × 4 GB", "+ 999 × 4 GB", f"+ 1 × 4 GB {'x' * 51}", "+ 1 × 4 GB: replaces 999 × 1 GB"],
)
def test_text_that_no_agent_wrote_says_nothing(make_report, text):
    data = schema.dump(make_report())
    data["minimum"]["upgrade"] = text
    assert schema.load(data).minimum.upgrade is None


@pytest.mark.parametrize(
    ("value", "key"),
    [("x" * 301, "field.text_long"), ("a\x07", "field.text_control"), ("", "field.text_empty"), (3, "json.object")],
)
def test_what_is_neither_is_refused_at_its_place(make_report, value, key):
    data = schema.dump(make_report())
    data["minimum"]["upgrade"] = value
    with pytest.raises(schema.ReportInvalid) as caught:
        schema.load(data)
    assert [(one.field, one.key) for one in caught.value.errors] == [("minimum.upgrade", key)]


def test_an_upgrade_travels_in_fields(make_report):
    sent = make_report(minimum=Minimum(upgrade=replace(SODIMM, replaces_mib=(2048,))))
    assert schema.dump(sent)["minimum"]["upgrade"] == {
        "modules": 1, "module_mib": 4096, "kind": "DDR4", "form": "SODIMM", "slots_free": 0, "replaces_mib": [2048],
    }  # fmt: skip
    assert schema.from_bytes(schema.to_bytes(sent)) == sent


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text):
    assert isinstance(upgrade_of_text(text), Upgrade | None)
    found = upgrade_of_text(f"+ 1 × 4 GB: {text}")
    assert found is not None
    assert (found.modules, found.module_mib) == (1, 4096)
