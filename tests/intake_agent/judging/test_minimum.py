"""Core i3 and 4 GB: which machine passes, which fails, which a person decides, and what would help."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from intake_agent.cli import main
from intake_agent.judging.minimum import in_words, judge
from intake_agent.machine import Machine, Memory, MemoryModule, MinimumVerdict, Processor, System
from intake_agent.policy import KindRule, Policy, ProcessorRule
from wipe_reports import upgrade_words
from wipe_reports.reasons import MinimumReason

PASS, FAIL, REVIEW = MinimumVerdict.PASS, MinimumVerdict.FAIL, MinimumVerdict.REVIEW


SODIMM = MemoryModule(locator="DIMM0", size_mib=2048, kind="DDR4", form="SODIMM")
GOOD = Machine(
    system=System(kind="laptop"),
    processor=Processor(brand="Intel(R) Core(TM) i3-6100U CPU @ 2.30GHz"),
    memory=Memory(installed_mib=4096, slots=2, modules=(SODIMM, SODIMM)),
)


def test_a_core_i3_with_four_gigabytes_passes() -> None:
    assert judge(GOOD).verdict is PASS


def test_one_failing_part_fails_the_machine_and_one_doubtful_part_asks_a_person() -> None:
    atom = replace(GOOD, processor=Processor(brand="Intel(R) Atom(TM) CPU N270 @ 1.60GHz"))
    doubtful = replace(GOOD, processor=Processor(brand="Intel(R) N100"))
    assert judge(atom).verdict is FAIL
    assert judge(doubtful).verdict is REVIEW
    assert judge(replace(doubtful, memory=Memory(installed_mib=1024))).verdict is FAIL


@pytest.mark.parametrize(("usable_mib", "verdict"), [(3800, PASS), (3482, PASS), (3480, FAIL), (1900, FAIL)])
def test_where_only_the_usable_memory_is_known_four_gigabytes_may_show_less(
    usable_mib: int, verdict: MinimumVerdict
) -> None:
    found = judge(replace(GOOD, memory=Memory(usable_mib=usable_mib)))
    assert found.verdict is verdict
    assert "_by_usable:" in found.reasons[1]


def test_what_is_not_known_asks_a_person_and_never_fails() -> None:
    found = judge(Machine())
    assert found.verdict is REVIEW
    assert found.reasons == ("processor_unknown", "memory_unknown")


@pytest.mark.parametrize("kind", ["tablet", "server", "virtual", "other"])
def test_the_rule_speaks_of_laptops_and_desktops_only(kind: str) -> None:
    found = judge(replace(GOOD, system=System(kind=kind)))
    assert (found.verdict, found.reasons) == (REVIEW, (f"kind_not_covered:{kind}",))


TWO_GIGABYTES = Memory(installed_mib=2048, slots=2, modules=(SODIMM,))


def test_a_machine_that_lacks_memory_is_told_what_to_add() -> None:
    found = judge(replace(GOOD, memory=TWO_GIGABYTES))
    assert (found.verdict, upgrade_words.upgrade(found.upgrade, "en")) == (
        FAIL,
        "+ 1 × 2 GB DDR4 SO-DIMM: one slot free",
    )
    assert found.reasons == ("processor_pass:Intel Core i3/i5/i7/i9", "memory_fail:4 GB")


def test_a_machine_that_no_memory_helps_says_why() -> None:
    found = judge(replace(GOOD, memory=replace(TWO_GIGABYTES, max_mib=2048)))
    assert (found.upgrade, found.reasons[-1]) == (None, "upgrade_over_maximum:2 GB")


def test_the_report_names_the_rule_that_judged() -> None:
    assert judge(GOOD).policy == "Core i3 / 4 GB (v1)"


STRICTER = Policy(
    "Werkplaats",
    3,
    {"laptop": KindRule(8192, ProcessorRule.CORE_I3), "tablet": KindRule(2048, ProcessorRule.ANY)},
)


def test_a_partner_may_ask_more_and_other_kinds() -> None:
    laptop = judge(GOOD, STRICTER)
    assert (laptop.verdict, laptop.policy) == (FAIL, "Werkplaats (v3)")
    assert upgrade_words.upgrade(laptop.upgrade, "en") == "+ 1 × 8 GB DDR4 SO-DIMM: replaces 2 GB"
    tablet = judge(replace(GOOD, system=System(kind="tablet"), processor=Processor(brand="BCM2711")), STRICTER)
    assert (tablet.verdict, tablet.reasons) == (PASS, ("processor_any", "memory_pass:2 GB"))
    assert judge(replace(GOOD, system=System(kind="desktop")), STRICTER).reasons == ("kind_not_covered:desktop",)


@pytest.mark.parametrize("kind", ["laptop", None])
def test_a_rule_without_kinds_leaves_every_device_to_a_person(kind: str | None) -> None:
    found = judge(replace(GOOD, system=System(kind=kind)), Policy("Werkplaats", 4, {}))
    assert (found.verdict, found.reasons) == (REVIEW, (f"kind_not_covered:{kind or '?'}",))


def test_a_machine_of_unknown_kind_must_meet_the_strictest_rule() -> None:
    assert judge(replace(GOOD, system=System()), STRICTER).verdict is FAIL


def test_no_memory_is_advised_for_a_processor_that_fails_anyway() -> None:
    machine = replace(
        GOOD,
        processor=Processor(brand="Intel(R) Celeron(R) CPU 550"),
        memory=Memory(installed_mib=2048, slots=2, modules=(SODIMM,)),
    )
    assert judge(machine).upgrade is None


GROUNDS = {reason for reason in MinimumReason if not reason.endswith("_doubted")}


def test_every_reason_reads_as_words_in_both_languages() -> None:
    machines = [
        GOOD,
        Machine(),
        replace(GOOD, system=System(kind="server")),
        replace(GOOD, memory=Memory(installed_mib=1)),
        replace(GOOD, memory=Memory(usable_mib=1)),
        replace(GOOD, memory=Memory(usable_mib=8000)),
        replace(GOOD, memory=replace(TWO_GIGABYTES, max_mib=2048)),
        replace(GOOD, memory=Memory(installed_mib=2048, slots=1, modules=(replace(SODIMM, form="Chip"),))),
        *(replace(GOOD, processor=Processor(brand=brand)) for brand in ("Intel(R) N100", "VIA C7", "iets")),
    ]
    tablet = replace(GOOD, system=System(kind="tablet"))
    reasons = {reason for machine in machines for reason in judge(machine).reasons}
    reasons |= set(judge(tablet, STRICTER).reasons)
    assert {reason.partition(":")[0] for reason in reasons} == GROUNDS
    for reason in reasons:
        dutch, english = in_words(reason, "nl"), in_words(reason, "en")
        assert "_" not in dutch + english
        assert "{" not in dutch + english
        assert dutch != english


def test_a_reason_of_a_later_version_is_shown_as_it_is() -> None:
    assert in_words("a_later_key:7") == "a_later_key:7"


def test_every_line_of_processors_gets_one_answer_also_an_empty_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = tmp_path / "namen.txt"
    names.write_bytes(b"Intel(R) Core(TM) i5-2400 CPU @ 3.10GHz\r\n\nIntel(R) Celeron(R) N4000 CPU @ 1.10GHz")
    assert main(["assess", "--processors", str(names)]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["verdict"] for answer in answers] == [PASS, REVIEW, FAIL]
    assert answers[1]["processor"] == ""
