"""What a station lacks is said in words, and what it lacks nothing of is said to be good."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from intake_agent.cli import main
from intake_agent.station.client import Client
from intake_agent.station.clock import Clock
from intake_agent.station.doctor import PROGRAMS, Finding, examine_station

if TYPE_CHECKING:
    from tests.intake_agent.conftest import StandInService


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with every program, each of which tells a version; it is all that is on the path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for program in PROGRAMS:
        (folder / program.name).write_text(f"#!/bin/sh\necho '{program.name} from {program.package} 4.2'\n")
        (folder / program.name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture(autouse=True)
def _own_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake_agent.station.doctor.CLOCK", Clock())


def by_subject(state: Path) -> dict[str, Finding]:
    return {one.subject: one for one in examine_station(state)}


def test_a_station_with_everything_is_good(enrolled: Path, programs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = by_subject(enrolled)
    lacking = {subject for subject, one in found.items() if not one.is_good}
    assert lacking == (set() if os.geteuid() == 0 else {"rechten"})
    assert {program.name for program in PROGRAMS} | {"wachtmap", "minimum", "station", "dienst", "klok"} <= set(found)
    assert found["smartctl"].words.startswith("4.2: ")
    capsys.readouterr()
    assert main(["doctor", "--state", str(enrolled)]) == len(lacking)
    assert ("Alles is er." in capsys.readouterr().out) == (not lacking)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_missing_program_is_told_with_its_package_and_what_stays_unknown(
    enrolled: Path, programs: Path, program: object
) -> None:
    missing = next(one for one in PROGRAMS if one is program)
    (programs / missing.name).unlink()
    found = by_subject(enrolled)[missing.name]
    assert not found.is_good
    assert missing.package in found.words
    assert missing.without in found.words


def test_what_is_missing_gives_exit_code_1_also_as_json(
    enrolled: Path, programs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (programs / "nvme").unlink()
    capsys.readouterr()
    assert main(["doctor", "--state", str(enrolled), "--json"]) == 1
    told = {one["subject"]: one for one in json.loads(capsys.readouterr().out)}
    assert (told["nvme"]["is_good"], told["hdparm"]["is_good"]) == (False, True)


def test_a_program_that_does_not_start_is_no_program(enrolled: Path, programs: Path) -> None:
    (programs / "mmc").write_text("#!/no/such/interpreter\n")
    found = by_subject(enrolled)["mmc"]
    assert not found.is_good


def test_a_station_that_is_not_enrolled_is_told_so(tmp_path: Path, programs: Path) -> None:
    found = by_subject(tmp_path / "nieuw")
    assert not found["station"].is_good
    assert "ingeschreven" in found["station"].words
    assert "dienst" not in found


def test_a_service_that_is_away_is_told(enrolled: Path, programs: Path, service: StandInService) -> None:
    service.stop()
    found = by_subject(enrolled)
    assert (found["station"].is_good, found["dienst"].is_good) == (True, False)
    assert "niet bereikbaar" in found["dienst"].words


def test_a_rule_that_cannot_be_read_is_told(enrolled: Path, programs: Path) -> None:
    (enrolled / "policy.json").write_text("{")
    found = by_subject(enrolled)["minimum"]
    assert not found.is_good
    assert "Core i3 / 4 GB" in found.words


def test_a_folder_that_cannot_hold_a_report_is_told(tmp_path: Path, programs: Path) -> None:
    (tmp_path / "outbox").write_text("geen map")
    assert not by_subject(tmp_path)["wachtmap"].is_good


def test_a_clock_that_is_off_is_told(enrolled: Path, programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class AnHourAhead(Client):
        def keys(self) -> dict[str, Any]:
            told = super().keys()
            self.service_time = datetime.now(UTC) + timedelta(hours=1)
            return told

    monkeypatch.setattr("intake_agent.station.doctor.Client", AnHourAhead)
    found = by_subject(enrolled)["klok"]
    assert not found.is_good
    assert "achter" in found.words


def test_a_help_text_is_no_version(enrolled: Path, programs: Path) -> None:
    (programs / "mmc").write_text("#!/bin/sh\necho Usage:\necho 'only eMMC 5.0 and later'\n")
    assert by_subject(enrolled)["mmc"].words.startswith("versie onbekend: ")
