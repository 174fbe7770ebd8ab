"""Reports of before, which said in text what are codes and figures now, are read into the fields of today."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wipe_reports import schema, upgrade_words
from wipe_reports.document import Judgement, Minimum, Override, PartTest, Upgrade
from wipe_reports.older_reports import upgrade_of_text
from wipe_reports.reasons import PartTestFinding
from wipe_reports.words import of_reasons

MADE = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

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


def test_what_a_test_found_in_text_is_read_and_shown_as_it_stands(make_report):
    text = "1000 berekeningen op 4 kernen, geen fout. De processor vertraagde 7 keer: maak de koeling schoon."
    tested = PartTest(kind="processor_stress", started_at=MADE, ended_at=MADE, passed=True)
    data = schema.dump(make_report(tests=(tested, tested)))
    for one, detail in zip(data["tests"], (text, None), strict=True):
        del one["findings"]
        one["detail"] = detail
    read = schema.load(data)
    assert [one.findings for one in read.tests] == [(text,), ()]
    assert of_reasons(read.tests[0].findings, PartTestFinding, "en") == text
    assert schema.load(schema.dump(read)) == read


@pytest.mark.parametrize(
    ("members", "field", "key"),
    [
        ({"detail": "x" * 301}, "tests[0].findings[0]", "field.text_long"),
        ({"detail": 3}, "tests[0].findings[0]", "field.text"),
        ({"detail": "te heet", "findings": ["hot"]}, "tests[0].detail", "field.unknown"),
        ({"findings": "hot"}, "tests[0].findings", "field.list"),
    ],
)
def test_findings_of_no_form_are_refused_at_their_place(make_report, members, field, key):
    data = schema.dump(make_report(tests=(PartTest(kind="processor_stress", started_at=MADE, ended_at=MADE),)))
    del data["tests"][0]["findings"]
    data["tests"][0] |= members
    with pytest.raises(schema.ReportInvalid) as caught:
        schema.load(data)
    assert [(one.field, one.key) for one in caught.value.errors] == [(field, key)]


SENTENCES = [
    (
        "signatures",
        "sda: de schijf draagt een RAID-, LVM- of LUKS-merk (LVM2_member). Bevestig dat apart.",
        ["LVM2_member"],
    ),
    ("signatures", "sda: the disk has a mark (crypto_LUKS, linux_raid_member).", ["crypto_LUKS", "linux_raid_member"]),
    ("namespaces", "nvme0n1: verdeeld in 2 delen (nvme0n1, nvme0n2), en dat is pas nu gezien.", ["nvme0n1", "nvme0n2"]),
    ("signatures", "sda: de schijf draagt een merk van LVM.", []),
    ("on_battery", "Het toestel draait op zijn batterij (net).", []),
    ("on_battery", None, []),
]


@pytest.mark.parametrize(("judgement", "told", "seen"), SENTENCES)
def test_of_the_sentence_beside_a_judgement_what_was_seen_is_read(  # noqa: PLR0917 - fixtures
    make_report, make_carrier, make_wipe, judgement, told, seen
):
    one = Override(judgement=Judgement(judgement), by="An")
    data = schema.dump(make_report((make_carrier(wipe=make_wipe(overrides=(one,))),)))
    data["carriers"][0]["wipe"]["overrides"] = [{"judgement": judgement, "by": "An", "told": told}]
    read = schema.load(data)
    wipe = read.carriers[0].wipe
    assert wipe.overrides == (replace(one, seen=tuple(seen)),)
    assert schema.load(schema.dump(read)) == read


def test_a_sentence_that_is_no_text_is_refused_at_its_place(make_report, make_carrier, make_wipe):
    data = schema.dump(make_report((make_carrier(wipe=make_wipe()),)))
    data["carriers"][0]["wipe"]["overrides"] = [{"judgement": "signatures", "by": "An", "told": 3}]
    with pytest.raises(schema.ReportInvalid) as caught:
        schema.load(data)
    place = "carriers[0].wipe.overrides[0].told"
    assert [(one.field, one.key) for one in caught.value.errors] == [(place, "field.unknown")]


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text):
    assert isinstance(upgrade_of_text(text), Upgrade | None)
    found = upgrade_of_text(f"+ 1 × 4 GB: {text}")
    assert found is not None
    assert (found.modules, found.module_mib) == (1, 4096)
