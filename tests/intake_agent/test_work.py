"""The steps of one machine: what goes wrong after a wipe takes nothing of it from the report."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake_agent import work as steps
from intake_agent.candidates import Candidate, Ticked
from intake_agent.machine import Disk, Machine, Medium
from intake_agent.run_options import RunOptions
from intake_agent.seeing import sources
from intake_agent.wiping.engine.jobs import Finished
from intake_agent.wiping.engine.wipe import unfinished
from intake_agent.wiping.plan import plan
from wipe_reports import schema, signing
from wipe_reports.document import HiddenAreas

DISK = Disk(name="sda", serial="S-0001", model="Schijf", medium=Medium.HDD, bus="sata", size_bytes=500 * 10**9)


@pytest.mark.parametrize("error", [RuntimeError("can't start new thread"), MemoryError()])
def test_a_drive_that_cannot_be_asked_after_its_wipe_still_stands_in_the_report(
    enrolled: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def wiped(*_jobs: object, **_how: object) -> list[Finished]:
        wipe = unfinished(plan(DISK), datetime.now(UTC), None)
        return [Finished(disk=DISK, wipe=wipe, hidden_areas=HiddenAreas(), trouble=None)]

    def fails(name: str) -> None:
        raise error

    monkeypatch.setattr(steps, "wipe_all", wiped)
    monkeypatch.setattr(sources, "disk_now", fails)
    work = steps.begin(RunOptions(state=enrolled, operator="An", online=False))
    work.machine = Machine(disks=(DISK,))
    steps.choose(work, [Ticked(Candidate(disk=DISK, path=Path("/dev/sda"), plan=plan(DISK)))])
    ended = steps.finish(work, follow=lambda *_: None, tell=lambda _: None, stop_asked=lambda: False)
    assert ended.is_safe
    assert ended.remarks[0].startswith("sda: na het wissen kon de schijf niet meer bevraagd worden")
    assert ended.stored_report is not None
    (carrier,) = schema.from_bytes(signing.peek(ended.stored_report.path.read_bytes())[1]).carriers
    assert carrier.serial == "S-0001"
    assert carrier.wipe is not None
