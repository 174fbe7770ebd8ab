"""One disk whose own erase leaves it locked with our password: nobody may lose sight of that."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from intake_agent.judging.reasons import Reason
from intake_agent.machine import AtaSecurity, Disk, Medium, Support
from intake_agent.wiping.drives.ata_security import PASSWORD, left_locked
from intake_agent.wiping.engine.jobs import Finished, Job, wipe_all
from intake_agent.wiping.engine.journal import Journals
from intake_agent.wiping.plan import plan
from wipe_reports.codes import Method
from wipe_reports.document import AttemptResult, Outcome
from wipe_reports.reasons import AttemptFinding

SIZE = 8 * 1024 * 1024
LOCKED = AtaSecurity(enabled=True, locked=True, frozen=False)
LEFT_LOCKED = Reason(AttemptFinding.LEFT_LOCKED, PASSWORD)


def a_disk(security: AtaSecurity) -> Disk:
    return Disk(
        name="sda",
        model="Model",
        serial="S-0001",
        medium=Medium.SSD,
        bus="sata",
        size_bytes=SIZE,
        supports=frozenset({Support.ATA_SECURITY_ERASE_ENHANCED}),
        security=security,
    )


def wiped(folder: Path, drive: Any, disk: Disk, *, locked_by: Method | None = None) -> Finished:
    job = Job(disk=disk, path=folder / "sda", plan=plan(disk, locked_by=locked_by), nonce=None)
    (finished,) = wipe_all(
        [job],
        follow=lambda disk, progress: None,
        stop_asked=lambda: False,
        may_start=lambda disk: [],
        journals=Journals(folder / "stick"),
        drives=drive.as_drives(),
    )
    return finished


@pytest.fixture
def drive(fast_folder: Path, stand_in_drive: Any) -> Any:
    (fast_folder / "sda").write_bytes(os.urandom(SIZE))
    return stand_in_drive(words="", findings=(LEFT_LOCKED, Reason(AttemptFinding.NOT_IN_TIME)))


def locks(path: Path) -> AttemptResult:
    """As a locked drive does: it takes no write any more."""
    path.unlink()
    return AttemptResult.NOT_COMPLETED


def test_a_drive_left_locked_by_a_wipe_that_ended_is_known_as_ours_the_next_time(
    fast_folder: Path, drive: Any, fills: Any, report_stands: Any
) -> None:
    disk = a_disk(AtaSecurity(enabled=False, locked=False, frozen=False))
    drive.erases = [locks]
    first = wiped(fast_folder, drive, disk)
    assert first.wipe is not None
    assert (first.wipe.outcome, first.wipe.interrupted) == (Outcome.NOT_ERASED, False)
    assert first.wipe.attempts[-1].findings[0] == str(LEFT_LOCKED)
    assert left_locked(first.wipe.attempts[-1])
    report_stands(disk, first.wipe)

    disk = a_disk(LOCKED)
    cut = Journals(fast_folder / "stick").cut(disk)
    assert cut is not None
    assert cut.locked_by is Method.ATA_SECURITY_ERASE_ENHANCED
    (fast_folder / "sda").write_bytes(os.urandom(SIZE))
    drive.erases = [fills()]
    second = wiped(fast_folder, drive, disk, locked_by=cut.locked_by)
    assert second.wipe is not None
    assert (second.wipe.outcome, second.wipe.interrupted) == (Outcome.ERASED, False)
    assert [one.result for one in second.wipe.attempts] == [AttemptResult.NOT_COMPLETED]
    assert Journals(fast_folder / "stick").cut(disk) is None
    report_stands(disk, second.wipe)


def test_what_a_drive_said_when_its_erase_was_stopped_stands_in_the_report(
    fast_folder: Path, drive: Any, report_stands: Any
) -> None:
    disk = a_disk(AtaSecurity(enabled=False, locked=False, frozen=False))
    drive.erases = [lambda path: AttemptResult.INTERRUPTED]
    done = wiped(fast_folder, drive, disk).wipe
    assert done is not None
    assert (done.outcome, done.interrupted) == (Outcome.NOT_ERASED, True)
    assert done.attempts[-1].findings[0] == str(LEFT_LOCKED)
    assert left_locked(done.attempts[-1])
    report_stands(disk, done)


def test_a_drive_that_was_overwritten_with_our_password_on_it_is_known_as_ours_when_it_locks(
    fast_folder: Path, drive: Any, report_stands: Any
) -> None:
    disk = a_disk(AtaSecurity(enabled=False, locked=False, frozen=False))
    drive.erases = [lambda path: AttemptResult.FAILED]
    done = wiped(fast_folder, drive, disk).wipe
    assert done is not None
    assert done.outcome is Outcome.ERASED
    cut = Journals(fast_folder / "stick").cut(a_disk(LOCKED))
    assert cut is not None
    assert (cut.resumable, cut.locked_by) == (False, Method.ATA_SECURITY_ERASE_ENHANCED)
    report_stands(disk, done)
