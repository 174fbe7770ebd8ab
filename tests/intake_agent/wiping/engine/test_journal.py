"""A wipe that was cut is found again; what its journal does not tell for certain is not believed."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake_agent.machine import Disk, Medium
from intake_agent.wiping.engine.journal import Cut, Journals
from wipe_reports.codes import Method
from wipe_reports.document import Attempt, AttemptResult, Technique

DISK = Disk(name="sda", model="Voorbeeld", serial="VB-1", medium=Medium.HDD, bus="sata", size_bytes=10**9)
BEGAN = datetime(2026, 1, 2, tzinfo=UTC)
SEED = bytes(range(32))
ATTEMPT = Attempt(
    technique=Technique.BLOCK_ERASE,
    method=Method.ATA_SANITIZE_BLOCK.value,
    started_at=BEGAN,
    ended_at=BEGAN,
    result=AttemptResult.FAILED,
    findings=("bytes_unwritable:512",),
    detail="the drive's own words",
)


@pytest.fixture
def journals(fast_folder: Path) -> Journals:
    return Journals(fast_folder)


def a_cut_wipe(journals: Journals) -> Path:
    """An overwrite after a method that failed, cut with 800 bytes flushed."""
    journal = journals.begin(DISK, began_at=BEGAN)
    journal.method_begins(Method.ATA_SANITIZE_BLOCK, BEGAN, bytes(32))
    journal.canaries_planted()
    journal.failed(ATTEMPT)
    journal.method_begins(Method.OVERWRITE, BEGAN, SEED)
    journal.flushed(400, clean=True)
    journal.flushed(800, clean=True)
    journal.close_resumable()
    return journal.path


def known(journals: Journals, disk: Disk = DISK) -> Cut:
    found = journals.cut(disk)
    assert found is not None
    return found


def test_a_disk_that_was_never_wiped_or_whose_wipe_ended_has_no_cut(journals: Journals) -> None:
    assert journals.cut(DISK) is None
    journals.begin(DISK, began_at=BEGAN).close_finished()
    assert journals.cut(DISK) is None
    assert list(journals.folder.iterdir()) == []


def test_a_cut_overwrite_tells_all_that_is_needed_to_go_on(journals: Journals) -> None:
    a_cut_wipe(journals)
    cut = known(journals)
    assert cut.resumable
    assert (cut.method, cut.seed, cut.flushed_bytes, cut.began_at) == (Method.OVERWRITE, SEED, 800, BEGAN)
    assert cut.attempts == (ATTEMPT,)


@pytest.mark.parametrize("other", [{"size_bytes": 10**9 - 512}, {"size_bytes": None}])
def test_another_size_is_a_cut_that_cannot_be_gone_on_with(journals: Journals, other: dict[str, int | None]) -> None:
    a_cut_wipe(journals)
    assert not known(journals, replace(DISK, **other)).resumable


@pytest.mark.parametrize("other", [{"serial": "VB-2"}, {"model": "Ander"}, {"serial": None}])
def test_another_disk_knows_nothing_of_it(journals: Journals, other: dict[str, str | None]) -> None:
    a_cut_wipe(journals)
    assert journals.cut(replace(DISK, **other)) is None


def test_an_overwrite_in_which_something_failed_begins_again(journals: Journals) -> None:
    journal = journals.begin(DISK, began_at=BEGAN)
    journal.method_begins(Method.OVERWRITE, BEGAN, SEED)
    journal.flushed(400, clean=False)
    assert not known(journals).resumable


def test_a_security_erase_is_known_before_its_password_is_set(journals: Journals) -> None:
    journal = journals.begin(DISK, began_at=BEGAN)
    journal.method_begins(Method.ATA_SECURITY_ERASE_ENHANCED, BEGAN, SEED)
    cut = known(journals)
    assert (cut.method, cut.resumable, cut.canaries_planted) == (Method.ATA_SECURITY_ERASE_ENHANCED, False, False)


@pytest.mark.parametrize(
    ("findings", "detail"),
    [
        (("left_locked:herstart", "not_in_time:64 min"), None),
        ((), 'DRIVE LEFT LOCKED, VERGRENDELD, password "herstart": the erase did not end within 64 minutes'),
    ],
    ids=["today", "before"],
)
def test_a_drive_that_was_left_locked_is_known_also_by_a_journal_of_before(
    journals: Journals, findings: tuple[str, ...], detail: str | None
) -> None:
    enhanced = Method.ATA_SECURITY_ERASE_ENHANCED
    journal = journals.begin(DISK, began_at=BEGAN)
    journal.method_begins(enhanced, BEGAN, SEED)
    journal.failed(replace(ATTEMPT, method=enhanced.value, findings=findings, detail=detail))
    journal.close_locked()
    assert known(journals).locked_by is enhanced


def test_a_wipe_that_was_cut_twice_tells_both(journals: Journals) -> None:
    a_cut_wipe(journals)
    first = replace(ATTEMPT, result=AttemptResult.INTERRUPTED)
    journals.go_on(DISK, first).close_resumable()
    cut = known(journals)
    assert cut.attempts == (ATTEMPT, first)
    assert (cut.resumable, cut.flushed_bytes) == (True, 800)


def test_a_new_journal_takes_the_place_of_the_older_one(journals: Journals) -> None:
    older = a_cut_wipe(journals)
    journals.begin(DISK, began_at=BEGAN, attempts=(ATTEMPT,)).close_resumable()
    assert not older.exists()
    assert (known(journals).method, known(journals).attempts) == (None, (ATTEMPT,))


def test_a_new_journal_that_was_torn_leaves_the_older_one_in_force(journals: Journals) -> None:
    older = a_cut_wipe(journals)
    torn = older.with_name(older.name.replace("-000000", "-000001"))
    torn.write_bytes(b"0123456789abcdef {")
    assert known(journals).resumable
    going_on = journals.go_on(DISK, ATTEMPT)
    assert known(journals).resumable
    older.write_bytes(b"a cut came before this one was removed")
    going_on.close_finished()
    assert journals.cut(DISK) is None


def _check_believable(cut: Cut) -> None:
    """It may know less than was true, never more or other."""
    assert cut.flushed_bytes <= 800
    assert not cut.resumable or (cut.seed == SEED and cut.method is Method.OVERWRITE and cut.size_bytes == 10**9)
    assert cut.attempts in {(), (ATTEMPT,)}


def test_cut_at_any_byte_the_journal_knows_less_never_other(journals: Journals) -> None:
    path = a_cut_wipe(journals)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        _check_believable(known(journals))


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_at_any_byte_it_is_a_cut_and_never_gone_on_with_on_wrong_facts(
    journals: Journals, data: st.DataObject
) -> None:
    path = a_cut_wipe(journals)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    _check_believable(known(journals))


def test_a_stick_that_is_pulled_while_the_wipe_runs_is_told_and_nothing_raises(
    journals: Journals, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = journals.begin(DISK, began_at=BEGAN)
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, journal._file.fileno())
    os.close(full)
    journal.flushed(400, clean=True)
    assert journal.trouble is not None
    journal.flushed(800, clean=True)
    journal.close_finished()
