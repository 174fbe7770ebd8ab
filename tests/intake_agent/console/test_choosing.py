"""The operator names disks by serial number; what speaks against one is said, and nothing is guessed."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from intake_agent.console import summary, terminal
from intake_agent.console.choosing import WipeRefusedError, by_asking, by_command_line
from intake_agent.machine import Disk, Machine, Medium
from intake_agent.run_options import RunOptions
from intake_agent.seeing import sources
from intake_agent.wiping.progress import Phase, Progress
from intake_agent.wiping.safety import Consent
from intake_agent.work import Work, begin, check, choose
from wipe_reports.document import Judgement


@pytest.fixture
def work_on(enrolled: Path) -> Callable[..., Work]:
    """A piece of work that saw these disks; other options are wishes."""

    def make(*disks: Disk, **wished: object) -> Work:
        work = begin(RunOptions(state=enrolled, operator="An", online=False, **wished))
        work.machine = Machine(disks=disks)
        return work

    return make


@pytest.fixture
def disk(tmp_path: Path, loop_device: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Disk:
    """A loop device that answers with a serial number, as a drive would."""
    backing = tmp_path / "schijf"
    with backing.open("wb") as file:
        file.truncate(8 * 1024 * 1024)
    device = loop_device(backing)
    found = Disk(name=device.name, serial="LUS-1", model="Lus", medium=Medium.HDD, size_bytes=8 * 1024 * 1024)
    monkeypatch.setattr(sources, "disk_now", lambda name: found)
    return found


def answers(monkeypatch: pytest.MonkeyPatch, *said: str) -> None:
    left: Iterator[str] = iter([*said, ""])
    monkeypatch.setattr(terminal, "ask", lambda question: next(left))


@pytest.mark.root
def test_the_typed_serial_chooses_its_disk_once(
    disk: Disk, work_on, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(monkeypatch, "VERKEERD", "LUS-1", "LUS-1")
    assert [one.candidate.disk for one in by_asking(work_on(disk))] == [disk]
    out = capsys.readouterr().out
    assert "geen schijf met serienummer VERKEERD" in out
    assert "ALLE gegevens gaan weg" in out


@pytest.mark.root
def test_nothing_typed_is_nothing_chosen(disk: Disk, work_on, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch)
    assert by_asking(work_on(disk)) == []


@pytest.mark.root
def test_a_disk_in_use_is_refused_with_the_reason(
    disk: Disk, work_on, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    subprocess.run(["mkfs.ext4", "-q", f"/dev/{disk.name}"], check=True)
    folder = tmp_path / "data"
    folder.mkdir()
    subprocess.run(["mount", f"/dev/{disk.name}", str(folder)], check=True)
    try:
        answers(monkeypatch, "LUS-1")
        assert by_asking(work_on(disk)) == []
        assert str(folder) in capsys.readouterr().out
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.root
def test_the_drive_is_asked_its_serial_again_before_it_is_touched(
    disk: Disk, work_on, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "disk_now", lambda name: replace(disk, serial="LUS-2"))
    with pytest.raises(WipeRefusedError, match="serienummer is veranderd"):
        by_command_line(work_on(disk, named_serials=frozenset({"LUS-1"})))


@pytest.mark.root
def test_one_refused_disk_stops_all_before_the_first_byte(disk: Disk, work_on) -> None:
    with pytest.raises(WipeRefusedError, match="WEG"):
        by_command_line(work_on(disk, named_serials=frozenset({"LUS-1", "WEG"})))


@pytest.mark.root
def test_a_named_free_disk_is_chosen(disk: Disk, work_on) -> None:
    assert [one.candidate.disk for one in by_command_line(work_on(disk, named_serials=frozenset({"LUS-1"})))] == [disk]


@pytest.mark.root
@pytest.mark.parametrize(("typed", "is_chosen"), [("US-1", True), ("LUS-1", False), ("", False), ("ja", False)])
def test_a_judgement_is_set_aside_by_typing_the_tail_and_the_report_will_say_who(
    disk: Disk, work_on, monkeypatch: pytest.MonkeyPatch, typed: str, is_chosen: bool
) -> None:
    """``LUS-1`` is what a scanner gives: no yes."""
    monkeypatch.setattr(sources, "power_supplies", lambda: {"BAT0": {"type": "Battery", "status": "Discharging"}})
    answers(monkeypatch, "LUS-1", typed)
    work = work_on(disk)
    choose(work, by_asking(work))
    assert [one.disk for one in work.chosen] == ([disk] if is_chosen else [])
    for one in work.chosen:
        assert [(override.judgement, override.by) for override in one.overrides] == [(Judgement.ON_BATTERY, "An")]
        assert check(one.disk, work.machine, one.consent) == []


@pytest.mark.root
def test_only_marks_are_set_aside_by_the_command_line_and_the_report_will_say_it(
    disk: Disk, work_on, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = {"named_serials": frozenset({"LUS-1"}), "accepts_signatures": True}
    subprocess.run(["mkswap", f"/dev/{disk.name}"], check=True, capture_output=True)
    monkeypatch.setattr("intake_agent.seeing.block_device._KEPT_BY_OTHERS", re.compile("swap"))
    work = work_on(disk, **named)
    choose(work, by_command_line(work))
    assert [override.judgement for one in work.chosen for override in one.overrides] == [Judgement.SIGNATURES]
    with pytest.raises(WipeRefusedError, match="RAID-, LVM- of LUKS-merk"):
        by_command_line(work_on(disk, named_serials=frozenset({"LUS-1"})))
    monkeypatch.setattr(sources, "power_supplies", lambda: {"BAT0": {"type": "Battery", "status": "Discharging"}})
    with pytest.raises(WipeRefusedError, match="batterij"):
        by_command_line(work_on(disk, **named))


def test_a_disk_that_went_away_is_refused() -> None:
    refused = check(Disk(name="weg", serial="X1"), Machine(), Consent())
    assert [refusal.key for refusal in refused] == ["gone"]


def test_progress_tells_share_rate_and_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    listen = terminal.progress_line("sda")
    listen(Progress(Phase.WRITING, 250_000_000, 500_000_000_000, 100e6, 4997.5))
    listen(Progress(Phase.VERIFYING, 500_000_000_000, 500_000_000_000, 100e6, 0.0))
    first, last = capsys.readouterr().out.splitlines()
    assert "Overschrijven" in first
    assert "100 MB/s" in first
    assert "nog 1 u 23 min" in first
    assert "100 %" in last


def test_a_machine_without_a_seen_disk_says_that_there_may_be_one() -> None:
    assert any("kijk in het toestel" in line for line in summary.machine_lines(Machine()))
