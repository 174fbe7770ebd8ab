"""What memory to add: free slots first, then the smallest modules; and why nothing helps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_agent.judging.upgrade import upgrade
from intake_agent.machine import Memory, MemoryModule
from wipe_reports import upgrade_words
from wipe_reports.older_reports import upgrade_of_text

SODIMM = MemoryModule(locator="DIMM0", size_mib=2048, kind="DDR4", form="SODIMM")


def modules(*sizes_mib: int, kind: str = "DDR3", form: str = "DIMM") -> tuple[MemoryModule, ...]:
    return tuple(
        MemoryModule(locator=f"DIMM{number}", size_mib=size, kind=kind, form=form)
        for number, size in enumerate(sizes_mib)
    )


def memory(slots: int, *placed: MemoryModule, max_mib: int | None = None) -> Memory:
    installed = sum(module.size_mib or 0 for module in placed)
    return Memory(installed_mib=installed, slots=slots, modules=placed, max_mib=max_mib)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (memory(2, SODIMM), "+ 1 × 2 GB DDR4 SO-DIMM: one slot free"),
        (memory(4, replace(SODIMM, size_mib=512)), "+ 1 × 4 GB DDR4 SO-DIMM: 3 slots free"),
        (memory(1, SODIMM), "+ 1 × 4 GB DDR4 SO-DIMM: replaces 2 GB"),
        (memory(2, *modules(1024, 1024)), "+ 1 × 4 GB DDR3 DIMM: replaces 1 GB"),
        (memory(2, *modules(1024, 1024), max_mib=4096), "+ 2 × 2 GB DDR3 DIMM: replaces 2 × 1 GB"),
        (memory(2, *modules(1024, 1024, kind="DDR2")), "+ 2 × 2 GB DDR2 DIMM: replaces 2 × 1 GB"),
        (memory(1, *modules(2048, kind="DDR2")), "+ 1 × 4 GB DDR2 DIMM: replaces 2 GB"),
        (memory(2, *modules(2048, kind="SDRAM")), "+ 1 × 2 GB SDRAM DIMM: one slot free"),
        (memory(4, *modules(512, kind="DDR2"), max_mib=8192), "+ 2 × 2 GB DDR2 DIMM: 3 slots free"),
        (memory(2, *modules(1024, kind="DDR2"), max_mib=4096), "+ 2 × 2 GB DDR2 DIMM: one slot free, replaces 1 GB"),
        (memory(4, *modules(256, 256, 512, 512, kind="DDR")), "+ 4 × 1 GB DDR DIMM: replaces 2 × 256 MB + 2 × 512 MB"),
        (memory(2, replace(SODIMM, form="Row Of Chips")), "+ 1 × 2 GB DDR4: one slot free"),
        (memory(2, replace(SODIMM, locator="On Board"), SODIMM.__class__(locator="DIMM1", size_mib=1024, kind="DDR4",
         form="SODIMM")), "+ 1 × 2 GB DDR4 SO-DIMM: replaces 1 GB"),
    ],
)  # fmt: skip
def test_the_fewest_and_smallest_modules_that_help_are_named(seen: Memory, expected: str) -> None:
    to_add, why_not = upgrade(seen, 4096)
    assert (upgrade_words.upgrade(to_add, "en"), why_not) == (expected, None)
    assert upgrade_of_text(expected) == to_add


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (memory(1, replace(SODIMM, form="Row Of Chips")), "upgrade_soldered"),
        (memory(1, replace(SODIMM, locator="Onboard_DIMM")), "upgrade_soldered"),
        (memory(4, replace(SODIMM, kind="LPDDR3")), "upgrade_soldered"),
        (memory(2, SODIMM, max_mib=2048), "upgrade_over_maximum:2 GB"),
        (memory(4, *modules(512, 512, 512, 512), max_mib=3584), "upgrade_over_maximum:3.5 GB"),
        (memory(2, *modules(512, 512, kind="DDR")), "upgrade_over_maximum:2 GB"),
        (Memory(installed_mib=2048), "upgrade_unknown_slots"),
        (Memory(usable_mib=1900, slots=2), "upgrade_unknown_slots"),
    ],
)
def test_where_nothing_helps_the_reason_is_told(seen: Memory, reason: str) -> None:
    assert upgrade(seen, 4096) == (None, reason)


def test_a_maximum_below_what_is_in_the_machine_is_not_believed() -> None:
    to_add, _ = upgrade(memory(2, SODIMM, max_mib=1024), 4096)
    assert upgrade_words.upgrade(to_add, "en") == "+ 1 × 2 GB DDR4 SO-DIMM: one slot free"


SIZES = st.sampled_from((256, 512, 1024, 2048))


@given(st.lists(SIZES, max_size=4), st.integers(0, 3), st.none() | st.sampled_from((2048, 4096, 8192, 16384)))
def test_what_is_named_reaches_the_bound_within_the_boards_maximum(
    sizes: list[int], free: int, max_mib: int | None
) -> None:
    seen = memory(len(sizes) + free, *modules(*sizes), max_mib=max_mib)
    if not sizes and not free:
        return
    named, why_not = upgrade(replace(seen, slots=len(sizes) + free), 4096)
    assert (named is None) != (why_not is None)
    if named:
        added = named.modules * named.module_mib
        replaced = sorted(sizes)[: max(named.modules - free, 0)]
        assert named.replaces_mib == tuple(replaced)
        after = sum(sizes) - sum(replaced) + added
        assert after >= 4096
        assert max_mib is None or max_mib < sum(sizes) or after <= max_mib


@pytest.mark.parametrize(
    ("key", "dutch"),
    [
        ("+ 1 × 4 GB DDR4: one slot free", "+ 1 × 4 GB DDR4: één plaats vrij"),
        ("+ 1 × 4 GB DDR4: 3 slots free", "+ 1 × 4 GB DDR4: 3 plaatsen vrij"),
        ("+ 2 × 2 GB DDR2: one slot free, replaces 1 GB", "+ 2 × 2 GB DDR2: één plaats vrij, vervangt 1 GB"),
    ],
)
def test_an_upgrade_reads_in_dutch_and_english(key: str, dutch: str) -> None:
    to_add = upgrade_of_text(key)
    assert (upgrade_words.upgrade(to_add, "nl"), upgrade_words.upgrade(to_add, "en")) == (dutch, key)
