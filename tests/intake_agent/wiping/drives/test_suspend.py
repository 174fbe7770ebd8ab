"""Unfreezing by sleep, with an ``rtcwake`` that only says it slept."""

from __future__ import annotations

import pytest

from intake_agent.wiping.drives import suspend


def test_a_drive_that_forgot_its_freeze_lock_reads_unfrozen(sata, disk):
    drive = sata(security={"frozen": True}, wakes="open")
    security = suspend.unfreeze(disk, drive.path)
    assert security is not None
    assert not security.frozen
    assert drive.asked("rtcwake") == [["rtcwake", "-m", "mem", "-s", "5"]]


def test_a_machine_that_freezes_its_drives_again_is_seen(sata, disk):
    security = suspend.unfreeze(disk, sata(security={"frozen": True}, wakes="frozen").path)
    assert security is not None
    assert security.frozen


@pytest.mark.parametrize("wakes", ["gone", "another"])
def test_a_drive_that_does_not_come_back_as_itself_is_not_known(sata, disk, monkeypatch, wakes):
    monkeypatch.setattr(suspend, "_SECONDS_TO_COME_BACK", 0.1)
    assert suspend.unfreeze(disk, sata(security={"frozen": True}, wakes=wakes).path) is None


def test_only_a_machine_with_sleep_a_clock_and_the_program_can_suspend(sata, tmp_path):
    sata()
    states, alarm = tmp_path / "state", tmp_path / "wakealarm"
    assert not suspend.can_suspend(states, alarm)
    states.write_text("freeze mem disk\n")
    assert not suspend.can_suspend(states, alarm)
    alarm.touch()
    assert suspend.can_suspend(states, alarm)
    states.write_text("freeze disk\n")
    assert not suspend.can_suspend(states, alarm)


def test_the_technician_is_told_before_and_after_in_dutch():
    assert "5 seconden" in suspend.ASKING
    assert "bevroren" in suspend.STILL_FROZEN
