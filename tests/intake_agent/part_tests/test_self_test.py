"""The drive's own self-test, by pySMART on a hand-made ``smartctl`` that answers as smartmontools prints."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from intake_agent.machine import Disk, PartTest
from intake_agent.part_tests.following import PartProgress, Stopwatch
from intake_agent.part_tests.self_test import self_test
from wipe_reports.reasons import PartTestFinding
from wipe_reports.words import of_reasons

HEAD = """smartctl 7.3 2022-02-28 r5338 [x86_64-linux-6.1.0-27-amd64] (local build)
Copyright (C) 2002-22, Bruce Allen, Christian Franke, www.smartmontools.org

"""
INFORMATION = """=== START OF INFORMATION SECTION ===
Device Model:     HAND MADE 500GB
Serial Number:    HM-0001
Firmware Version: 1.0
User Capacity:    500,107,862,016 bytes [500 GB]
Sector Size:      512 bytes logical/physical
Rotation Rate:    5400 rpm
ATA Version is:   ACS-2 (minor revision not indicated)
SMART support is: Available - device has SMART capability.
SMART support is: Enabled

=== START OF READ SMART DATA SECTION ===
SMART overall-health self-assessment test result: PASSED

General SMART Values:
"""
IDLE = """Self-test execution status:      (   0)\tThe previous self-test routine completed
\t\t\t\t\twithout error or no self-test has ever
\t\t\t\t\tbeen run.
"""
RUNNING = """Self-test execution status:      ( 24{tenths})\tSelf-test routine in progress...
\t\t\t\t\t{tenths}0% of test remaining.
"""
CAPABLE = """Offline data collection
capabilities: \t\t\t (0x71) SMART execute Offline immediate.
\t\t\t\t\t{} supported.
Short self-test routine
recommended polling time: \t (   2) minutes.

SMART Self-test log structure revision number 1
"""
NO_TESTS = "No self-tests have been logged.  [To run self-tests, use: smartctl -t]\n"
LOG = """Num  Test_Description    Status                  Remaining  LifeTime(hours)  LBA_of_first_error
# 1  Short offline       {status:<24}{remaining:>7}      1234         {block}
"""
STARTED = """=== START OF OFFLINE IMMEDIATE AND SELF-TEST SECTION ===
Sending command: "Execute SMART Short self-test routine immediately in off-line mode".
Drive command "Execute SMART Short self-test routine immediately in off-line mode" successful.
Testing has begun.
Please wait 2 minutes for test to complete.
"""
PROGRAM = """#!/bin/sh
PATH=/usr/bin:/bin
cd {folder}
echo "$@" >> asked
case "$*" in
    "-d test"*) echo "/dev/sdz: Device of type 'sat' [ATA] opened" ;;
    *"-t short"*) echo 0 > polls; cat started ;;
    *-X*) touch stopped ;;
    *)
        if [ ! -e polls ]; then cat before; exit; fi
        echo $(($(cat polls) + 1)) > polls
        if [ "$(cat polls)" -le 2 ]; then cat running; else cat after; fi ;;
esac
"""

DISK = Disk(name="sdz", serial="HM-0001")


@dataclass
class Drive:
    """A hand-made drive: what ``smartctl`` prints before, while and after the test, and what it was asked."""

    folder: Path
    progress: list[float] = field(default_factory=list)

    def prints(self, status: str, block: str = "-", capable: str = "Self-test", started: str = STARTED) -> None:
        remaining = "00%" if status.startswith("Completed") and "failure" not in status else "50%"
        after = LOG.format(status=status, remaining=remaining, block=block) if status else NO_TESTS
        pages = {
            "before": INFORMATION + IDLE + CAPABLE.format(capable) + NO_TESTS,
            "running": INFORMATION + RUNNING.format(tenths=6) + CAPABLE.format(capable) + NO_TESTS,
            "after": INFORMATION + IDLE + CAPABLE.format(capable) + after,
            "started": started,
        }
        for name, page in pages.items():
            (self.folder / name).write_text(HEAD + page)

    def follow(self, progress: PartProgress) -> None:
        self.progress.append(progress.share_done)

    @property
    def asked(self) -> list[str]:
        return (self.folder / "asked").read_text().splitlines()


@pytest.fixture
def hand_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Drive:
    program = tmp_path / "bin" / "smartctl"
    program.parent.mkdir()
    program.write_text(PROGRAM.format(folder=shlex.quote(str(tmp_path))))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    return Drive(tmp_path)


class Time:
    """A clock that a test moves by waiting."""

    def __init__(self) -> None:
        self.passed = 0.0

    def pause(self, seconds: float) -> None:
        self.passed += seconds

    @property
    def clock(self) -> Stopwatch:
        began = datetime(2026, 11, 22, tzinfo=UTC)
        return Stopwatch(lambda: began + timedelta(seconds=self.passed), lambda: self.passed, self.pause)


def words_of(found: PartTest) -> str:
    return of_reasons(found.findings, PartTestFinding, "nl")


def never() -> bool:
    return False


@pytest.mark.parametrize(
    ("status", "block", "passed", "words"),
    [
        ("Completed without error", "-", True, "geen fouten"),
        ("Completed: read failure", "48821", False, "bij blok 48821"),
        ("Completed: electrical failure", "-", False, "electrical failure"),
        ("Aborted by host", "-", None, "niet afgemaakt"),
        ("Interrupted (host reset)", "-", None, "niet afgemaakt"),
        ("", "-", None, "geen uitslag"),
    ],
)
def test_the_verdict_is_what_the_drive_wrote_in_its_own_log(
    hand_made: Drive, status: str, block: str, passed: bool | None, words: str
) -> None:
    hand_made.prints(status, block)
    found = self_test(DISK, hand_made.follow, never, Time().clock)
    assert (found.kind, found.subject, found.passed) == ("smart_short", "HM-0001", passed)
    assert words in words_of(found)
    assert found.ended_at > found.started_at


def test_the_drives_own_progress_is_told(hand_made: Drive) -> None:
    hand_made.prints("Completed without error")
    self_test(DISK, hand_made.follow, never, Time().clock)
    assert hand_made.progress[0] == 0
    assert 0.4 in hand_made.progress
    assert hand_made.progress[-1] == 1


def test_stopping_breaks_the_test_off_in_the_drive_and_gives_no_verdict(hand_made: Drive) -> None:
    hand_made.prints("Completed without error")
    time = Time()
    stop: Callable[[], bool] = lambda: time.passed > 6  # noqa: E731
    found = self_test(DISK, hand_made.follow, stop, time.clock)
    assert (found.passed, found.findings) == (None, ("broken_off",))
    assert (hand_made.folder / "stopped").exists()


def test_a_test_that_never_ends_is_broken_off(hand_made: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_made.prints("Completed without error")
    (hand_made.folder / "after").write_text((hand_made.folder / "running").read_text())
    monkeypatch.setattr("intake_agent.part_tests.self_test._LONGEST_SECONDS", 20)
    found = self_test(DISK, hand_made.follow, never, Time().clock)
    assert found.passed is None
    assert "langer dan" in words_of(found)
    assert (hand_made.folder / "stopped").exists()


def test_a_drive_without_the_test_is_not_asked_to_run_it(hand_made: Drive) -> None:
    hand_made.prints("", capable="No Self-test")
    found = self_test(DISK, hand_made.follow, never, Time().clock)
    assert (found.passed, words_of(found)) == (None, "de schijf heeft geen korte zelftest")
    assert not [asked for asked in hand_made.asked if "short" in asked]


def test_a_drive_that_refuses_has_no_verdict(hand_made: Drive) -> None:
    hand_made.prints("Completed without error", started="scsi error badly formed scsi parameters\n")
    found = self_test(DISK, hand_made.follow, never, Time().clock)
    assert found.passed is None
    assert "niet gestart" in words_of(found)


def test_without_smartctl_the_finding_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = self_test(DISK, lambda _: None, never, Time().clock)
    assert (found.passed, "niet geïnstalleerd" in words_of(found)) == (None, True)


def test_a_drive_that_answers_nothing_is_no_failure(hand_made: Drive) -> None:
    hand_made.prints("")
    (hand_made.folder / "before").write_text("Smartctl open device: /dev/sdz failed: No such device\n")
    found = self_test(DISK, hand_made.follow, never, Time().clock)
    assert found.passed is None
