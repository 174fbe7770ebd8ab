"""What the technician reads: Dutch numbers, no word of this program's inside, a locked drive before anything else."""

from __future__ import annotations

import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake_agent.cli import main
from intake_agent.console import terminal, wipe_words
from intake_agent.console.machine_parts import part_lines
from intake_agent.console.summary import machine_lines, memory_words, size_words
from intake_agent.machine import Disk, Machine, Medium, Memory, Port
from intake_agent.part_tests import disk_read
from intake_agent.wiping.engine.wipe import unfinished
from intake_agent.wiping.plan import plan
from wipe_reports.codes import Method
from wipe_reports.document import Attempt, AttemptResult, Outcome, Technique
from wipe_reports.reasons import AttemptFinding, PartTestFinding
from wipe_reports.words import of_reason

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
DISK = Disk(name="sda", model="Schijf", medium=Medium.HDD, bus="sata", size_bytes=500 * 10**9)
OVERWRITTEN = replace(unfinished(plan(DISK), NOW, None), outcome=Outcome.ERASED, exceptions=(), interrupted=False)


def attempt(detail: str | None, *findings: str) -> Attempt:
    return Attempt(
        technique=Technique.SECURE_ERASE,
        method=Method.ATA_SECURITY_ERASE_ENHANCED.value,
        started_at=NOW,
        result=AttemptResult.FAILED,
        findings=findings,
        detail=detail,
    )


LEFT_LOCKED = attempt(None, "left_locked:herstart", AttemptFinding.NOT_IN_TIME)
LEFT_LOCKED_BEFORE = attempt('DRIVE LEFT LOCKED, VERGRENDELD, password "herstart": the erase failed')
"""As an agent of before said it, in the text of an attempt."""


@pytest.mark.parametrize("tried", [LEFT_LOCKED, LEFT_LOCKED_BEFORE], ids=["today", "before"])
def test_a_drive_that_was_left_locked_is_told_first_with_the_way_out(tried: Attempt) -> None:
    wipe = replace(OVERWRITTEN, attempts=(tried,))
    first, second, *_ = wipe_words.outcome_lines(DISK, wipe)
    assert "GEWIST" in first
    assert second.strip().startswith("VERGRENDELD")
    assert "hdparm --security-disable herstart /dev/sda" in second


@pytest.mark.parametrize("tried", [LEFT_LOCKED, LEFT_LOCKED_BEFORE], ids=["today", "before"])
def test_a_drive_that_a_later_security_erase_opened_is_not_called_locked(tried: Attempt) -> None:
    wipe = replace(OVERWRITTEN, method=Method.ATA_SECURITY_ERASE_ENHANCED.value, attempts=(tried,))
    assert wipe_words.locked_words(DISK, wipe) is None


def test_a_security_erase_that_did_not_end_may_have_left_its_password() -> None:
    cut = replace(
        OVERWRITTEN, method=Method.ATA_SECURITY_ERASE.value, outcome=Outcome.NOT_ERASED, exceptions=("interrupted",)
    )
    assert (wipe_words.locked_words(DISK, cut) or "").startswith("MISSCHIEN VERGRENDELD")
    assert wipe_words.locked_words(DISK, replace(cut, outcome=Outcome.ERASED)) is None
    assert wipe_words.locked_words(DISK, replace(OVERWRITTEN, outcome=Outcome.NOT_ERASED)) is None
    assert wipe_words.locked_words(DISK, replace(OVERWRITTEN, attempts=(attempt("the drive refused"),))) is None


OPCODE = "NVMe status: Invalid Command Opcode"
BLOCKED_BEFORE = (
    "refused though supported; the BIOS may block it (Block SID) until the machine slept or the BIOS allows it:"
)
"""How an agent of before said it in the text of an attempt."""


@pytest.mark.parametrize(
    ("tried", "blocked"),
    [
        (attempt(OPCODE, AttemptFinding.MAYBE_BLOCKED_BY_BIOS), True),
        (attempt(f"{BLOCKED_BEFORE} {OPCODE}"), True),
        (attempt(OPCODE, AttemptFinding.NOT_IN_TIME), False),
    ],
    ids=["blocked", "blocked, in a journal of before", "not blocked"],
)
def test_a_drive_that_the_bios_may_have_kept_from_erasing_itself_is_told_with_the_way_out(
    tried: Attempt, blocked: bool
) -> None:
    wipe = replace(OVERWRITTEN, attempts=(tried,))
    assert any("slapen" in line for line in wipe_words.exception_words(wipe)) is blocked


def test_a_disk_without_a_serial_number_is_never_called_none() -> None:
    assert "None" not in "\n".join(wipe_words.outcome_lines(DISK, OVERWRITTEN))
    assert "None" not in "\n".join(machine_lines(Machine(disks=(DISK,))))


def test_numbers_have_the_comma_of_dutch() -> None:
    assert size_words(5_100_000_000) == "5,1 GB"
    assert memory_words(Memory(installed_mib=1536)) == "1,5 GB"
    assert memory_words(Memory(usable_mib=3789)).startswith("3,7 GB zichtbaar")


def test_ports_are_named_in_dutch() -> None:
    (line,) = part_lines(Machine(ports=(Port(kind="Card reader", count=1), Port(kind="Serial", count=2))))
    assert line == "Poorten     kaartlezer, 2 serieel"


def test_why_a_disk_could_not_be_read_is_told_in_dutch(tmp_path: Path) -> None:
    gone = disk_read.measure(tmp_path / "weg", 4096, threading.Event())
    assert gone.trouble is not None
    words = of_reason(str(gone.trouble), PartTestFinding, "nl")
    assert words == "de schijf kon niet geopend worden: dat bestaat niet of niet meer"


def test_a_long_line_is_broken_between_words_on_a_terminal_and_left_whole_for_a_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = "    Let op: " + "woord " * 30 + "https://herstart.voorbeeld.be/" + "d" * 90
    terminal.say(line)
    assert capsys.readouterr().out == line + "\n"
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    terminal.say(line)
    shown = capsys.readouterr().out.splitlines()
    assert all(piece.startswith("    ") for piece in shown)
    assert all(len(piece) < 80 for piece in shown[:-1])
    assert " ".join(piece.strip() for piece in shown) == line.strip()


def test_without_a_chosen_disk_the_plain_lines_say_that_nothing_was_wiped(
    enrolled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = enrolled / "bank.toml"
    policy.write_text('operator = "An"\nwipe = "nothing"\n')
    main(["run", "--policy", str(policy), "--state", str(enrolled)])
    assert "Er is niets gewist" in capsys.readouterr().out


def test_a_policy_with_a_word_that_is_no_kind_names_all_the_others(
    enrolled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = enrolled / "bank.toml"
    policy.write_text('operator = "An"\nwipe = "alles"\n')
    assert main(["run", "--policy", str(policy), "--state", str(enrolled)]) == 2
    assert "all, nothing of uit hdd" in capsys.readouterr().err
