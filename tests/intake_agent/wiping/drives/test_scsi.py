"""SAS sanitize on scripted drives: sense data while it runs is the only word there is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from intake_agent.judging.reasons import Reason
from intake_agent.machine import Disk, Medium
from intake_agent.wiping.drives import own_erase
from wipe_reports.codes import Method
from wipe_reports.document import AttemptResult
from wipe_reports.reasons import AttemptFinding

DISK = Disk(name="sdb", medium=Medium.HDD, bus="sas", size_bytes=600_127_266_816)
BLOCK, OVERWRITE, CRYPTO = (
    Method.SCSI_SANITIZE_BLOCK,
    Method.SCSI_SANITIZE_OVERWRITE,
    Method.SCSI_SANITIZE_CRYPTO,
)
SAS: dict[str, Any] = {"actions": [1, 2, 3], "sense": "well", "polls": 2, "ends": "well"}


@pytest.fixture
def sas(scripted) -> Callable[..., Any]:
    return lambda **state: scripted(SAS | state)


def erased(method, drive, follower, disk=DISK):
    return own_erase.erase(method, disk, drive.path, follower.watch)


@pytest.mark.parametrize("method", [BLOCK, OVERWRITE, CRYPTO])
def test_a_sanitize_that_the_drive_told_of_is_complete(sas, follower, method):
    done = erased(method, sas(), follower)
    assert (done.result, done.detail) == (None, None)
    assert (done.tool.name, done.tool.version) == ("sg_sanitize", "1.15")


def test_the_drives_percentage_is_told_in_bytes_of_the_disk(sas, follower):
    erased(OVERWRITE, sas(polls=5), follower)
    assert {one.done_bytes for one in follower.told} == {DISK.size_bytes // 8}


@pytest.mark.parametrize("method", [BLOCK, OVERWRITE, CRYPTO])
def test_exit_code_0_with_a_host_error_is_a_refusal(sas, follower, method):
    done = erased(method, sas(lies=["sanitize"]), follower)
    assert done.result is AttemptResult.REFUSED
    assert "DID_ERROR" in done.detail


@pytest.mark.parametrize("method", [BLOCK, OVERWRITE])
def test_a_drive_that_was_never_seen_at_work_has_erased_nothing(sas, follower, method):
    assert erased(method, sas(idles=["sanitize"]), follower).result is AttemptResult.NOT_COMPLETED


def test_a_sanitize_that_fails_half_way_has_failed(sas, follower):
    done = erased(BLOCK, sas(ends="failed"), follower)
    assert done.result is AttemptResult.FAILED
    assert "Sanitize command failed" in done.detail


def test_a_crypto_erase_that_still_runs_after_its_answer_is_followed(sas, follower):
    drive = sas(fails={}, sense="attention")
    assert erased(CRYPTO, drive, follower).result is None


@pytest.mark.parametrize("method", [BLOCK, OVERWRITE, CRYPTO])
def test_nothing_is_sent_to_a_drive_that_does_not_list_it(sas, follower, method):
    drive = sas(actions=[])
    assert erased(method, drive, follower).result is AttemptResult.REFUSED
    assert drive.asked("sg_sanitize") == [["sg_sanitize", "--version"]]


@pytest.mark.parametrize("behind", [{"bus": "usb"}, {"behind": "MegaRAID"}])
def test_nothing_is_asked_of_a_drive_behind_something_that_answers_for_it(sas, follower, behind):
    drive = sas()
    assert erased(BLOCK, drive, follower, replace(DISK, **behind)).result is AttemptResult.REFUSED
    assert drive.asked("") == [["sg_sanitize", "--version"]]


def test_a_refused_sanitize_is_told_in_the_drives_words(sas, follower):
    drive = sas(fails={"sanitize": "Sanitize command: Illegal request, type: sense key"})
    done = erased(BLOCK, drive, follower)
    assert done.result is AttemptResult.REFUSED
    assert "Illegal request" in done.detail


def test_a_sanitize_survives_a_restart_and_is_followed_to_its_end(sas, follower):
    drive = sas(polls=10**6, actions=[2, 3])
    follower.stop_after = lambda: bool(drive.asked("--block"))
    assert erased(BLOCK, drive, follower).result is AttemptResult.INTERRUPTED

    assert own_erase.running(DISK, drive.path) is BLOCK
    drive.change(polls=1)
    follower.stop_after = lambda: False
    assert own_erase.wait_for_running(BLOCK, DISK, drive.path, follower.watch).result is None
    assert len(drive.asked("--block")) == 1


def test_nothing_runs_on_an_idle_drive(sas):
    assert own_erase.running(DISK, sas().path) is None


def test_a_drive_whose_sanitize_failed_before_is_sent_it_again(sas, follower):
    drive = sas(sense="failed")
    assert erased(BLOCK, drive, follower).result is None
    assert not drive.asked("--fail")


@pytest.mark.parametrize("method", [BLOCK, OVERWRITE, CRYPTO])
def test_a_drive_that_cannot_be_sanitized_again_is_asked_to_leave_its_failure_mode(sas, follower, method):
    drive = sas(sense="failed", fails={"sanitize": "sanitize: Medium Error, Sanitize command failed"})
    done = erased(method, drive, follower)
    assert done.result is AttemptResult.REFUSED
    assert done.findings == (Reason(AttemptFinding.FAILURE_MODE_STAYS),)
    assert len(drive.asked("--fail")) == 1
