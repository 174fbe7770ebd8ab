"""What is asked of a disk before its tick: a mark of another volume, a wipe that was cut, a drive that is frozen."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.app import App

from intake_agent.candidates import Candidate, Ticked, chosen
from intake_agent.console.screens.disks import Again, DiskLine, DisksScreen
from intake_agent.console.screens.question import Question
from intake_agent.machine import AtaSecurity, Disk, Medium, Support
from intake_agent.run_options import RunOptions
from intake_agent.wiping import judgements
from intake_agent.wiping.engine.journal import Cut
from intake_agent.wiping.plan import plan
from intake_agent.wiping.safety import Refusal
from wipe_reports.document import Judgement, Override

DISK = Disk(name="sda", model="Schijf", serial="S-0001", medium=Medium.HDD, bus="sata", size_bytes=500 * 10**9)
MARKS = Refusal(
    "signatures", "sda: de schijf draagt een RAID-, LVM- of LUKS-merk (LVM2_member).", seen=("LVM2_member",)
)
CUT = Cut(began_at=datetime(2026, 11, 20, 9, tzinfo=UTC), resumable=True, flushed_bytes=200, size_bytes=500)
WISHES = RunOptions(state=Path("/nergens"), operator="An")


def candidate(disk: Disk = DISK, **facts: object) -> Candidate:
    return Candidate(disk=disk, path=Path("/dev") / disk.name, plan=plan(disk), **facts)


class OneScreen(App[object]):
    """Shows one screen and keeps its answer."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, *found: Candidate) -> None:
        super().__init__()
        self.found, self.answer = list(found), "nothing yet"

    def on_mount(self) -> None:
        self.push_screen(DisksScreen(self.found, []), lambda answer: setattr(self, "answer", answer))


def pressed(*found: Candidate, keys: tuple[str, ...]) -> object:
    """The screen's answer after these keys."""

    async def walk() -> object:
        app = OneScreen(*found)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            for key in keys:
                await pilot.press(key)
                await pilot.pause()
            return app.answer

    return asyncio.run(walk())


TAIL = ("0", "0", "0", "1", "enter")


@pytest.mark.parametrize("key", sorted(Judgement))
def test_a_judgement_is_set_aside_only_by_typing_the_tail_of_the_serial_number(key: Judgement) -> None:
    one = candidate(against=(Refusal(key, "sda: zo oordeelt de agent."),))
    assert pressed(one, keys=("space", "enter", "enter")) == "nothing yet"
    assert pressed(one, keys=("space", "0", "0", "0", "2", "enter", "escape", "enter")) == "nothing yet"
    assert pressed(one, keys=("space", *TAIL, "enter")) == [Ticked(one, set_aside=judgements.ALL)]


def test_a_scan_of_the_whole_serial_number_sets_nothing_aside() -> None:
    one = candidate(against=(MARKS,))
    assert pressed(one, keys=("space", "S", "minus", *TAIL, "escape", "enter")) == "nothing yet"


def test_a_mark_that_nobody_accepted_is_never_chosen() -> None:
    one = candidate(against=(MARKS,))
    assert chosen([Ticked(one)], WISHES) == []
    (taken,) = chosen([Ticked(one, set_aside=judgements.ALL)], WISHES)
    assert taken.consent.set_aside == {Judgement.SIGNATURES}
    assert taken.overrides == (Override(judgement=Judgement.SIGNATURES, by="An", seen=("LVM2_member",)),)


FACTS = ("live_medium", "mounted", "swap", "held", "read_only", "size_zero", "serial_changed", "serial_duplicated")


@pytest.mark.parametrize("key", FACTS)
def test_a_fact_against_a_disk_is_never_overruled(key: str) -> None:
    one = candidate(against=(MARKS, Refusal(key, "sda: in gebruik")))
    assert not one.asks_person
    assert chosen([Ticked(one, set_aside=judgements.ALL)], WISHES) == []
    assert pressed(one, keys=("space", *TAIL, "enter")) == "nothing yet"


def test_a_disk_that_must_be_destroyed_cannot_be_ticked() -> None:
    locked = Disk(
        **{field: getattr(DISK, field) for field in ("name", "serial", "medium", "bus", "size_bytes")},
        supports=frozenset({Support.ATA_SECURITY_ERASE_ENHANCED}),
        security=AtaSecurity(enabled=True, locked=True, frozen=False),
    )
    one = candidate(locked)
    assert one.plan.impossible in one.why_not
    assert chosen([Ticked(one)], WISHES) == []


def test_a_wipe_that_was_cut_may_go_on_or_begin_again_and_the_first_answer_does_nothing() -> None:
    one = candidate(cut=CUT)
    assert pressed(one, keys=("space", "enter", "enter")) == "nothing yet"
    assert pressed(one, keys=("space", "down", "enter", "enter")) == [Ticked(one, resumes=True)]
    assert pressed(one, keys=("space", "down", "down", "enter", "enter")) == [Ticked(one)]
    assert [choice.resume for choice in chosen([Ticked(one, resumes=True)], WISHES)] == [CUT]


def test_the_sleep_that_thaws_a_drive_is_offered_only_where_it_helps() -> None:
    frozen = candidate(gains_by_sleep=True)
    assert pressed(frozen, keys=("tab", "tab", "enter", "down", "enter")) is Again.WITH_SLEEP
    assert pressed(frozen, keys=("tab", "tab", "enter", "enter")) == "nothing yet"
    assert pressed(candidate(), keys=("tab", "tab", "enter")) is Again.LOOK


def test_a_tick_is_taken_back_by_the_same_key() -> None:
    async def walk() -> list[bool]:
        app = OneScreen(candidate())
        async with app.run_test(size=(80, 24)) as pilot:
            seen = []
            for _ in range(2):
                await pilot.press("space")
                await pilot.pause()
                assert not isinstance(app.screen, Question)
                seen.append(app.screen.query_one(DiskLine).ticked)
            return seen

    assert asyncio.run(walk()) == [True, False]
