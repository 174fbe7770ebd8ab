"""Core i3 and 4 GB: which machine passes, which fails, which a person decides, and what would help."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_agent.machine import Machine, Memory, MemoryModule, MinimumVerdict, Processor, System
from intake_agent.minimum import in_words, judge, judge_processor, memory_upgrade, upgrade_in_words

PASS, FAIL, REVIEW = MinimumVerdict.PASS, MinimumVerdict.FAIL, MinimumVerdict.REVIEW


@pytest.mark.parametrize(
    ("brand", "verdict"),
    [
        ("Intel(R) Core(TM) i3-2310M CPU @ 2.10GHz", PASS),
        ("11th Gen Intel(R) Core(TM) i7-1185G7 @ 3.00GHz", PASS),
        ("Intel(R) Core(TM) i5-7Y57 CPU @ 1.20GHz", PASS),
        ("Intel(R) Core(TM) Ultra 7 165H", PASS),
        ("Intel(R) Core(TM) 5 210H", PASS),
        ("AMD Ryzen 3 PRO 5475U with Radeon Graphics", PASS),
        ("AMD FX(tm)-8350 Eight-Core Processor", PASS),
        ("AMD A12-9800 RADEON R7, 12 COMPUTE CORES 4C+8G", PASS),
        ("Intel(R) Xeon(R) CPU E3-1505M v6 @ 3.00GHz", PASS),
        ("Intel(R) Xeon(R) CPU X5690 @ 3.47GHz", PASS),
        ("Intel(R) Xeon(R) Silver 4210 CPU @ 2.20GHz", PASS),
        ("Apple M2", PASS),
        ("Intel(R) Core(TM)2 Duo CPU     P8700  @ 2.53GHz", FAIL),
        ("Intel(R) Core(TM) Duo CPU      T2400  @ 1.83GHz", FAIL),
        ("Intel(R) Celeron(R) N4020 CPU @ 1.10GHz", FAIL),
        ("Intel(R) Pentium(R) CPU 2020M @ 2.40GHz", FAIL),
        ("Intel(R) Atom(TM) x5-Z8350  CPU @ 1.44GHz", FAIL),
        ("AMD E1-1500 APU with Radeon(tm) HD Graphics", FAIL),
        ("AMD E1 Micro-6200T APU with AMD Radeon R2 Graphics", FAIL),
        ("AMD A6-5200 APU with Radeon(TM) HD Graphics", FAIL),
        ("AMD Turion(tm) II P540 Dual-Core Processor", FAIL),
        ("Intel(R) Xeon(R) CPU           E5430  @ 2.66GHz", FAIL),
        ("VIA Eden X2 U4200 @ 1.0+ GHz", FAIL),
        ("Intel(R) Core(TM) i5 CPU       M 520  @ 2.40GHz", REVIEW),
        ("Intel(R) Core(TM) i7 CPU       Q 720  @ 1.60GHz", REVIEW),
        ("Intel(R) Core(TM) m3-8100Y CPU @ 1.10GHz", REVIEW),
        ("Intel(R) Pentium(R) Silver N5030 CPU @ 1.10GHz", REVIEW),
        ("AMD Athlon Gold 3150U with Radeon Graphics", REVIEW),
        ("Intel(R) N100", REVIEW),
        ("AMD Ryzen Embedded V1605B with Radeon Vega Gfx", REVIEW),
        ("QEMU Virtual CPU version 2.5+", REVIEW),
        ("To Be Filled By O.E.M.", REVIEW),
        ("", REVIEW),
    ],
)
def test_each_family_gets_the_verdict_of_the_table(brand: str, verdict: MinimumVerdict) -> None:
    assert judge_processor(brand).verdict is verdict


@given(st.text(max_size=80))
def test_any_text_gets_a_verdict(brand: str) -> None:
    assert judge_processor(brand).verdict in set(MinimumVerdict)


def test_spaces_case_and_trade_marks_change_nothing() -> None:
    brand = "Intel(R)  Core(TM)   i3-3220 CPU"
    assert judge_processor(brand).family == judge_processor("INTEL® CORE™ I3-3220 CPU").family


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
    assert found.reasons[1].endswith("by_usable")


def test_what_is_not_known_asks_a_person_and_never_fails() -> None:
    found = judge(Machine())
    assert found.verdict is REVIEW
    assert found.reasons == ("processor_unknown", "memory_unknown")


@pytest.mark.parametrize("kind", ["tablet", "server", "virtual", "other"])
def test_the_rule_speaks_of_laptops_and_desktops_only(kind: str) -> None:
    found = judge(replace(GOOD, system=System(kind=kind)))
    assert (found.verdict, found.reasons) == (REVIEW, (f"kind_not_covered:{kind}",))


@pytest.mark.parametrize(
    ("memory", "upgrade"),
    [
        (Memory(installed_mib=2048, slots=2, modules=(SODIMM,)), "+ 1 × 2 GB DDR4 SO-DIMM: one slot free"),
        (Memory(installed_mib=512, slots=4, modules=(replace(SODIMM, size_mib=512),)),
         "+ 1 × 4 GB DDR4 SO-DIMM: 3 slots free"),
        (Memory(installed_mib=2048, slots=1, modules=(SODIMM,)), "+ 1 × 4 GB DDR4 SO-DIMM: replaces 2 GB"),
        (Memory(installed_mib=2048, slots=1, modules=(replace(SODIMM, form="Row Of Chips"),)), None),
        (Memory(installed_mib=2048, slots=2, max_mib=2048, modules=(SODIMM,)), None),
        (Memory(installed_mib=2048), None),
        (Memory(usable_mib=1900, slots=2), None),
    ],
)  # fmt: skip
def test_the_smallest_module_that_helps_is_named_or_none(memory: Memory, upgrade: str | None) -> None:
    assert memory_upgrade(memory) == upgrade


def test_no_memory_is_advised_for_a_processor_that_fails_anyway() -> None:
    machine = replace(
        GOOD,
        processor=Processor(brand="Intel(R) Celeron(R) CPU 550"),
        memory=Memory(installed_mib=2048, slots=2, modules=(SODIMM,)),
    )
    assert judge(machine).upgrade is None


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_reason_has_words_in_both_languages(language: str) -> None:
    machines = [
        GOOD,
        Machine(),
        replace(GOOD, system=System(kind="server")),
        replace(GOOD, memory=Memory(installed_mib=1)),
        replace(GOOD, memory=Memory(usable_mib=1)),
        replace(GOOD, memory=Memory(usable_mib=8000)),
        *(replace(GOOD, processor=Processor(brand=brand)) for brand in ("Intel(R) N100", "VIA C7", "iets")),
    ]
    for reason in {reason for machine in machines for reason in judge(machine).reasons}:
        assert "_" not in in_words(reason, language)


def test_an_upgrade_reads_in_dutch_too() -> None:
    assert upgrade_in_words("+ 1 × 4 GB DDR4: one slot free") == "+ 1 × 4 GB DDR4: één plaats vrij"
    assert upgrade_in_words("+ 1 × 4 GB DDR4: 3 slots free") == "+ 1 × 4 GB DDR4: 3 plaatsen vrij"
    assert upgrade_in_words("+ 1 × 4 GB DDR4: replaces 2 GB") == "+ 1 × 4 GB DDR4: vervangt 2 GB"
    assert upgrade_in_words("+ 1 × 4 GB DDR4: one slot free", "en") == "+ 1 × 4 GB DDR4: one slot free"
