"""The ATA Security erase on scripted drives: exit codes lie, and no drive may stay locked without a word."""

from __future__ import annotations

import pytest

from intake_agent.judging.reasons import Reason
from intake_agent.wiping.drives import own_erase
from intake_agent.wiping.drives.ata_security import PASSWORD
from wipe_reports import wipe_phrases
from wipe_reports.codes import Method
from wipe_reports.document import Attempt, AttemptResult, Technique
from wipe_reports.reasons import AttemptFinding

METHODS = [Method.ATA_SECURITY_ERASE, Method.ATA_SECURITY_ERASE_ENHANCED]
COMMANDS = ["erase", "erase-enhanced"]
ENHANCED = Method.ATA_SECURITY_ERASE_ENHANCED
LEFT_LOCKED = Reason(AttemptFinding.LEFT_LOCKED, PASSWORD)


def erased(method, disk, drive, follower):
    return own_erase.erase(method, disk, drive.path, follower.watch)


def reported(done) -> Attempt:
    return Attempt(
        technique=Technique.SECURE_ERASE,
        method=Method.ATA_SECURITY_ERASE.value,
        started_at=done.started_at,
        result=done.result,
        findings=tuple(map(str, done.findings)),
        detail=done.detail,
    )


def is_open(drive) -> bool:
    security = drive.state["security"]
    return not security["enabled"] and not security["locked"]


@pytest.mark.parametrize("method", METHODS)
def test_an_erase_that_took_the_password_off_again_is_complete(sata, disk, follower, method):
    drive = sata()
    done = erased(method, disk, drive, follower)
    assert (done.result, done.detail) == (None, None)
    assert is_open(drive)
    options = [call[3] for call in drive.asked("--user-master")]
    assert options == [
        "--security-set-pass",
        {METHODS[0]: "--security-erase", ENHANCED: "--security-erase-enhanced"}[method],
    ]


def test_a_frozen_drive_is_told_as_frozen_and_nothing_is_sent(sata, disk, follower):
    drive = sata(security={"frozen": True})
    done = erased(ENHANCED, disk, drive, follower)
    assert (done.result, done.findings) == (AttemptResult.REFUSED, (Reason(AttemptFinding.FROZEN),))
    assert not drive.asked("--user-master")


def test_a_drive_without_the_feature_is_refused_before_anything_is_sent(sata, disk, follower):
    drive = sata(security=None)
    assert erased(ENHANCED, disk, drive, follower).result is AttemptResult.REFUSED
    assert not drive.asked("--user-master")


def test_nothing_is_sent_when_the_drive_cannot_be_identified_reliably(sata, disk, follower):
    drive = sata(lies=["identify"])
    assert erased(ENHANCED, disk, drive, follower).result is AttemptResult.REFUSED
    assert not drive.asked("--user-master")


@pytest.mark.parametrize("how", [{"lies": ["set-pass"]}, {"idles": ["set-pass"]}])
def test_a_password_that_the_drive_only_says_it_took_stops_everything(sata, disk, follower, how):
    drive = sata(**how)
    done = erased(ENHANCED, disk, drive, follower)
    assert done.result is AttemptResult.REFUSED
    assert not drive.asked("--security-erase")
    assert LEFT_LOCKED not in done.findings


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("how", ["lies", "idles"])
def test_an_erase_that_answers_0_and_did_nothing_is_not_believed_and_the_password_is_taken_off(
    sata, disk, follower, method, how
):
    drive = sata(**{how: COMMANDS})
    done = erased(method, disk, drive, follower)
    assert done.result in {AttemptResult.FAILED, AttemptResult.NOT_COMPLETED}
    assert is_open(drive)
    assert LEFT_LOCKED not in done.findings


def test_a_bridge_that_takes_the_password_and_refuses_the_erase_gets_its_drive_back_open(sata, disk, follower):
    drive = sata(fails={"erase-enhanced": "Input/output error"})
    done = erased(ENHANCED, disk, drive, follower)
    assert done.result is AttemptResult.FAILED
    assert "Input/output error" in done.detail
    assert is_open(drive)


@pytest.mark.parametrize(
    "how",
    [{"fails": {"erase": "Input/output error", "disable": "Input/output error"}}, {"idles": ["erase", "disable"]}],
)
def test_a_drive_that_stays_locked_with_our_password_is_told_loudly_and_first(sata, disk, follower, how):
    drive = sata(**how)
    done = erased(Method.ATA_SECURITY_ERASE, disk, drive, follower)
    assert done.result is not None
    assert done.findings[0] == LEFT_LOCKED
    assert PASSWORD in wipe_phrases.attempt(reported(done), "nl", detailed=True)
    assert not is_open(drive)


def test_missing_sense_data_spoils_even_an_erase_that_opened_the_drive(sata, disk, follower):
    done = erased(Method.ATA_SECURITY_ERASE, disk, sata(warns=["erase"]), follower)
    assert done.result is AttemptResult.FAILED
    assert "bad/missing sense data" in done.detail


def test_a_drive_that_a_cut_attempt_left_locked_is_opened_with_our_password_and_erased(sata, disk, follower):
    drive = sata(security={"enabled": True, "locked": True, "password": PASSWORD})
    assert erased(ENHANCED, disk, drive, follower).result is None
    assert is_open(drive)
    assert not drive.asked("--security-set-pass")


def test_a_drive_whose_cut_attempt_left_it_open_with_our_password_is_erased(sata, disk, follower):
    drive = sata(security={"enabled": True, "password": PASSWORD})
    assert erased(ENHANCED, disk, drive, follower).result is None
    assert is_open(drive)


@pytest.mark.parametrize("how", [{"idles": ["unlock"]}, {"lies": ["unlock"]}])
def test_a_drive_that_only_says_it_opened_is_refused_and_nothing_is_sent_to_it(sata, disk, follower, how):
    drive = sata(security={"enabled": True, "locked": True, "password": PASSWORD}, **how)
    assert erased(ENHANCED, disk, drive, follower).result is AttemptResult.REFUSED
    assert not drive.asked("--security-erase")


def test_a_drive_locked_by_its_owner_is_refused_after_one_try_only(sata, disk, follower):
    drive = sata(security={"enabled": True, "locked": True, "password": "geheim"})
    done = erased(ENHANCED, disk, drive, follower)
    assert done.result is AttemptResult.REFUSED
    assert done.findings == (Reason(AttemptFinding.PASSWORD_NOT_OURS),)
    assert len(drive.asked("--security-unlock")) == 1
    assert drive.state["security"]["password"] == "geheim"


def test_an_erase_that_runs_is_left_to_the_drive_when_asked_to_stop_and_said_to_be_locked(sata, disk, follower):
    drive = sata(seconds={"erase": 1.5})
    follower.stop_after = lambda: bool(drive.asked("--security-erase"))
    done = erased(Method.ATA_SECURITY_ERASE, disk, drive, follower)
    assert done.result is AttemptResult.INTERRUPTED
    assert done.findings[0] == LEFT_LOCKED


def test_progress_is_told_by_the_drives_own_estimate(sata, disk, follower):
    drive = sata(seconds={"erase": 0.8})
    assert erased(Method.ATA_SECURITY_ERASE, disk, drive, follower).result is None
    shares = [one.done_bytes / one.total_bytes for one in follower.told]
    assert shares
    assert all(0 < share < 1.0 / 60 for share in shares)


def test_a_drive_that_is_gone_after_its_erase_is_told_as_left_locked(sata, disk, follower):
    done = erased(Method.ATA_SECURITY_ERASE, disk, sata(dies_at="erase"), follower)
    assert done.result is AttemptResult.NOT_COMPLETED
    assert done.findings[0] == LEFT_LOCKED
