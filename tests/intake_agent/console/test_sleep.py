"""A frozen drive: sleep is offered where this machine can take it, done only after a yes; that it failed is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake_agent import candidates as choosing_disks
from intake_agent import work as steps
from intake_agent.candidates import Ticked
from intake_agent.console import terminal
from intake_agent.console.choosing import by_asking
from intake_agent.machine import AtaSecurity, Disk, Machine, Medium, Support
from intake_agent.run_options import RunOptions
from intake_agent.wiping.drives import suspend
from intake_agent.wiping.engine.jobs import Finished
from intake_agent.wiping.engine.wipe import unfinished
from intake_agent.work import Work, begin, offered
from wipe_reports.codes import Method
from wipe_reports.document import HiddenAreas

FROZEN = AtaSecurity(enabled=False, locked=False, frozen=True)
DISK = Disk(
    name="sda",
    serial="S-0001",
    model="Schijf",
    medium=Medium.HDD,
    bus="sata",
    size_bytes=500 * 10**9,
    supports=frozenset({Support.ATA_SECURITY_ERASE_ENHANCED}),
    security=FROZEN,
)


@pytest.fixture
def work(enrolled: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    """A machine with one frozen drive that nothing speaks against."""
    monkeypatch.setattr(choosing_disks, "check", lambda *_asked, **_how: [])
    begun = begin(RunOptions(state=enrolled, operator="An", online=False))
    begun.machine = Machine(disks=(DISK,))
    return begun


def asleep(monkeypatch: pytest.MonkeyPatch, *, can: bool) -> None:
    monkeypatch.setattr(suspend, "can_suspend", lambda: can)


def answering(monkeypatch: pytest.MonkeyPatch, *said: str) -> list[str]:
    asked: list[str] = []
    left = iter([*said, ""])

    def ask(question: str) -> str:
        asked.append(question)
        return next(left)

    monkeypatch.setattr(terminal, "ask", ask)
    return asked


def test_a_machine_that_cannot_sleep_is_not_asked_to(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    asleep(monkeypatch, can=False)
    for allowed in (False, True):
        work.options = replace(work.options, allow_suspend=allowed)
        (one,) = offered(work)
        assert (one.plan.row.method, one.plan.needs_suspend, one.gains_by_sleep) == (Method.OVERWRITE, False, False)
    asked = answering(monkeypatch)
    by_asking(work)
    assert not any("slapen" in question for question in asked)


@pytest.mark.parametrize(
    ("answer", "method"),
    [("ja", Method.ATA_SECURITY_ERASE_ENHANCED), ("", Method.OVERWRITE), ("neen", Method.OVERWRITE)],
)
def test_in_plain_lines_the_machine_sleeps_only_after_a_yes(
    work: Work, monkeypatch: pytest.MonkeyPatch, answer: str, method: Method
) -> None:
    asleep(monkeypatch, can=True)
    asked = answering(monkeypatch, answer, "S-0001")
    (ticked,) = by_asking(work)
    assert asked[0].startswith(suspend.ASKING)
    assert ticked.candidate.plan.row.method is method
    assert work.options.allow_suspend is (answer == "ja")


@pytest.mark.parametrize("frozen", [True, False])
def test_a_drive_that_stayed_frozen_is_told_of_afterwards(
    work: Work, monkeypatch: pytest.MonkeyPatch, frozen: bool
) -> None:
    asleep(monkeypatch, can=True)
    work.options = replace(work.options, allow_suspend=True)
    (one,) = offered(work)
    steps.choose(work, [Ticked(one)])
    (choice,) = work.chosen

    def wiped(*_jobs: object, **_how: object) -> list[Finished]:
        disk = replace(DISK, security=replace(FROZEN, frozen=frozen))
        wipe = unfinished(choice.plan, datetime.now(UTC), None)
        return [Finished(disk=disk, wipe=wipe, hidden_areas=HiddenAreas(), trouble=None)]

    monkeypatch.setattr(steps, "wipe_all", wiped)
    remarks = steps.wipe_chosen(work, lambda *_: None, lambda: False)
    assert remarks == ([f"sda: {suspend.STILL_FROZEN}"] if frozen else [])
