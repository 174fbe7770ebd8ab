"""eMMC secure discard and sanitize on scripted chips."""

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

DISK = Disk(name="mmcblk0", medium=Medium.EMMC, bus="mmc", size_bytes=31_268_536_320)
SANITIZE, DISCARD = Method.EMMC_SANITIZE, Method.EMMC_SECURE_DISCARD
CHIP: dict[str, Any] = {"features": 0x55, "dies": False, "lies": {}}


@pytest.fixture
def chip(scripted) -> Callable[..., Any]:
    return lambda **state: scripted(CHIP | state)


def erased(method, drive, follower, disk=DISK):
    return own_erase.erase(method, disk, drive.path, follower.watch)


def steps(drive) -> list[list[str]]:
    return [call[:-1] for call in drive.asked(str(drive.path)) if "extcsd" not in call]


def test_a_secure_discard_of_a_chip_that_answers_afterwards_is_carried_out(chip, follower):
    drive = chip()
    done = erased(DISCARD, drive, follower)
    assert (done.result, done.detail) == (None, None)
    assert (done.tool.name, done.tool.version) == ("blkdiscard", "2.38.1")
    assert steps(drive) == [["blkdiscard", "--secure", "--force"]]


def test_a_sanitize_comes_after_a_secure_discard(chip, follower):
    drive = chip()
    done = erased(SANITIZE, drive, follower)
    assert (done.result, done.tool.name, done.tool.version) == (None, "mmc-utils", "0.1")
    assert steps(drive) == [["blkdiscard", "--secure", "--force"], ["mmc", "sanitize"]]


def test_a_chip_without_secure_erase_is_discarded_plainly_before_its_sanitize(chip, follower):
    drive = chip(features=0x40)
    assert erased(SANITIZE, drive, follower).result is None
    assert steps(drive) == [["blkdiscard", "--force"], ["mmc", "sanitize"]]


@pytest.mark.parametrize("method", [SANITIZE, DISCARD])
def test_nothing_is_sent_to_a_chip_that_does_not_say_it_can(chip, follower, method):
    drive = chip(features=0x10)
    assert erased(method, drive, follower).result is AttemptResult.REFUSED
    assert not steps(drive)


def test_nothing_is_sent_through_a_card_reader(chip, follower):
    drive = chip()
    assert erased(DISCARD, drive, follower, replace(DISK, bus="usb")).result is AttemptResult.REFUSED
    assert not steps(drive)


def test_a_discard_that_the_kernel_does_not_offer_is_refused_in_its_words(chip, follower):
    words = "blkdiscard: /dev/mmcblk0: BLKSECDISCARD ioctl failed: Operation not supported"
    done = erased(DISCARD, chip(fails={"blkdiscard": words}), follower)
    assert done.result is AttemptResult.REFUSED
    assert "BLKSECDISCARD" in done.detail
    assert done.findings == (Reason(AttemptFinding.STEP_NOT_DONE, "blkdiscard"),)


def test_no_sanitize_follows_a_discard_that_failed(chip, follower):
    drive = chip(fails={"blkdiscard": "blkdiscard: /dev/mmcblk0: BLKSECDISCARD ioctl failed: Input/output error"})
    assert erased(SANITIZE, drive, follower).result is AttemptResult.FAILED
    assert not drive.asked("sanitize")


def test_exit_code_0_with_a_complaint_is_no_sanitize(chip, follower):
    done = erased(SANITIZE, chip(lies={"sanitize": "Could not write 0x01 to EXT_CSD[165] in /dev/mmcblk0"}), follower)
    assert done.result is AttemptResult.FAILED
    assert "EXT_CSD[165]" in done.detail
    assert done.findings == (Reason(AttemptFinding.STEP_NOT_DONE, "mmc"),)


def test_a_chip_that_no_longer_answers_as_before_has_failed(chip, follower):
    assert erased(SANITIZE, chip(dies=True), follower).result is AttemptResult.FAILED


def test_a_discard_that_takes_long_is_left_to_the_chip_when_asked_to_stop(chip, follower):
    drive = chip(seconds={"blkdiscard": 1.0})
    follower.stop_after = lambda: bool(drive.asked("--secure"))
    assert erased(DISCARD, drive, follower).result is AttemptResult.INTERRUPTED


def test_an_emmc_is_never_found_at_a_sanitize_of_its_own(chip):
    assert own_erase.running(DISK, chip().path) is None
