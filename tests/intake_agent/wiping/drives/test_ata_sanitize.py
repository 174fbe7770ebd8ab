"""ATA sanitize on scripted drives: an idle drive's "success" and an exit code of 0 prove nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake_agent.judging.reasons import Reason
from intake_agent.machine import Disk, Medium
from intake_agent.wiping.drives import own_erase
from wipe_reports.codes import Method
from wipe_reports.document import AttemptResult
from wipe_reports.reasons import AttemptFinding

BLOCK, CRYPTO = Method.ATA_SANITIZE_BLOCK, Method.ATA_SANITIZE_CRYPTO


def erased(method, disk, drive, follower):
    return own_erase.erase(method, disk, drive.path, follower.watch)


@pytest.mark.parametrize("method", [BLOCK, CRYPTO])
@pytest.mark.parametrize("done_before", [False, True])
def test_a_sanitize_is_complete_when_it_was_seen_at_work_and_then_succeeded(sata, disk, follower, method, done_before):
    drive = sata(sanitize={"done": done_before})
    done = erased(method, disk, drive, follower)
    assert (done.result, done.detail) == (None, None)
    assert (done.tool.name, done.tool.version) == ("hdparm", "9.65")


def test_a_sanitize_that_is_over_at_once_counts_when_the_drive_had_none_to_tell_of(sata, disk, follower):
    assert erased(CRYPTO, disk, sata(sanitize={"polls": 0}), follower).result is None


def test_an_idle_drive_that_tells_of_an_old_success_proves_nothing(sata, disk, follower):
    done = erased(BLOCK, disk, sata(sanitize={"done": True}, idles=["sanitize"]), follower)
    assert done.result is AttemptResult.NOT_COMPLETED
    assert done.findings == (Reason(AttemptFinding.NEVER_AT_WORK),)


def test_a_drive_that_takes_the_command_and_stays_idle_has_erased_nothing(sata, disk, follower):
    assert erased(BLOCK, disk, sata(idles=["sanitize"]), follower).result is AttemptResult.NOT_COMPLETED


def test_exit_code_0_with_missing_sense_data_is_a_refusal(sata, disk, follower):
    done = erased(BLOCK, disk, sata(sanitize={"done": True}, lies=["sanitize"]), follower)
    assert done.result is AttemptResult.REFUSED
    assert "bad/missing sense data" in done.detail


def test_nothing_is_sent_when_the_status_cannot_be_trusted(sata, disk, follower):
    drive = sata(lies=["status"])
    assert erased(BLOCK, disk, drive, follower).result is AttemptResult.REFUSED
    assert not drive.asked("--sanitize-block-erase")


def test_nothing_is_sent_to_a_drive_with_the_sanitize_freeze_lock(sata, disk, follower):
    drive = sata(sanitize={"state": "frozen"})
    done = erased(BLOCK, disk, drive, follower)
    assert done.result is AttemptResult.REFUSED
    assert done.findings == (Reason(AttemptFinding.FROZEN),)
    assert not drive.asked("--sanitize-block-erase")


def test_nothing_is_sent_to_a_drive_that_does_not_say_it_can(sata, disk, follower):
    drive = sata(features=["SANITIZE feature set", "BLOCK_ERASE_EXT command"])
    assert erased(CRYPTO, disk, drive, follower).result is AttemptResult.REFUSED
    assert not drive.asked("--sanitize-crypto-scramble")


def test_a_sanitize_that_stops_half_way_has_failed(sata, disk, follower):
    done = erased(BLOCK, disk, sata(sanitize={"ends": "failed"}), follower)
    assert done.result is AttemptResult.FAILED
    assert "completed unsuccessfully" in done.detail


def test_a_sanitize_that_a_power_cut_ended_is_not_complete(sata, disk, follower):
    drive = sata(sanitize={"state": "running"})
    drive.change(sanitize={"state": "idle", "done": False, "polls": 0, "ends": "idle"})
    done = own_erase.wait_for_running(BLOCK, disk, drive.path, follower.watch)
    assert done.result is AttemptResult.NOT_COMPLETED


def test_a_refused_sanitize_is_told_in_the_drives_words(sata, disk, follower):
    done = erased(BLOCK, disk, sata(fails={"sanitize": "Antifreeze lock enabled"}), follower)
    assert done.result is AttemptResult.REFUSED
    assert "Antifreeze lock enabled" in done.detail


@pytest.mark.parametrize("behind", [{"bus": "usb"}, {"behind": "MegaRAID"}, {"bus": None}, {"bus": "sas"}])
@pytest.mark.parametrize("method", [BLOCK, Method.ATA_SECURITY_ERASE])
def test_nothing_at_all_is_asked_of_a_drive_behind_something_that_answers_for_it(sata, disk, follower, behind, method):
    drive = sata()
    assert erased(method, replace(disk, **behind), drive, follower).result is AttemptResult.REFUSED
    assert drive.asked("") == [["hdparm", "-V"]]
    assert own_erase.running(replace(disk, **behind, medium=Medium.SSD), drive.path) is None


def test_a_sanitize_survives_a_restart_and_is_followed_to_its_end(sata, disk, follower):
    drive = sata(sanitize={"polls": 10**6})
    follower.stop_after = lambda: bool(drive.asked("--sanitize-block-erase"))
    cut = erased(BLOCK, disk, drive, follower)
    assert cut.result is AttemptResult.INTERRUPTED
    assert cut.findings == (Reason(AttemptFinding.GOES_ON_AFTER_RESTART),)

    assert own_erase.running(disk, drive.path) is BLOCK
    drive.change(sanitize={**drive.state["sanitize"], "polls": 1})
    follower.stop_after = lambda: False
    assert own_erase.wait_for_running(BLOCK, disk, drive.path, follower.watch).result is None
    assert len(drive.asked("--sanitize-block-erase")) == 1


def test_nothing_runs_on_an_idle_drive(sata, disk):
    assert own_erase.running(disk, sata(sanitize={"done": True}).path) is None


def test_a_drive_that_our_own_password_locks_is_opened_before_its_sanitize(sata, disk, follower):
    drive = sata(security={"enabled": True, "locked": True, "password": "herstart"})
    assert erased(BLOCK, disk, drive, follower).result is None
    assert not drive.state["security"]["enabled"]


def test_another_drive_under_the_same_name_is_never_erased(sata, disk: Disk, follower):
    drive = sata(serial="ANOTHER")
    assert erased(BLOCK, disk, drive, follower).result is AttemptResult.REFUSED
    assert not drive.asked("--sanitize-block-erase")


def test_a_serial_number_that_udev_wrote_with_underscores_is_the_same(sata, disk: Disk, follower):
    drive = sata(serial="S3Z2 NB0K 123456A")
    same = replace(disk, serial="S3Z2_NB0K_123456A")
    assert erased(BLOCK, same, drive, follower).result is None
