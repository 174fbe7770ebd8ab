"""``intake-agent test``: what the tests of the parts found, in words and as JSON, and when it is a failure."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake_agent import captures as captured
from intake_agent.cli import main
from intake_agent.machine import Disk, Machine, PartTest
from intake_agent.part_tests import running
from intake_agent.part_tests.following import Follow, StopAsked
from intake_agent.seeing import sources

AT = datetime(2026, 11, 22, 3, tzinfo=UTC)


def result(kind: str, passed: bool | None, **more: object) -> PartTest:
    return PartTest(kind=kind, passed=passed, started_at=AT, ended_at=AT, **more)  # type: ignore[arg-type]


@pytest.fixture
def found(captures: Path, monkeypatch: pytest.MonkeyPatch) -> list[PartTest]:
    """What the stress finds on a captured machine; a test fills it in."""
    results: list[PartTest] = []
    monkeypatch.setattr(sources, "this_machine", lambda: captured.captured_folder(captures / "thin-laptop"))
    monkeypatch.setattr(running, "stress", lambda *_: tuple(results))
    return results


@pytest.mark.parametrize(("passed", "code"), [(True, 0), (None, 0), (False, 1)])
def test_only_a_part_that_failed_is_a_failure(
    found: list[PartTest], passed: bool | None, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    found.append(result("memory_stress", passed, findings=("tested_mib:1000",), peak_celsius=71))
    assert main(["test"]) == code
    words = {True: "IN ORDE", None: "GEEN UITSLAG", False: "NIET IN ORDE"}[passed]
    assert capsys.readouterr().out == f"Geheugen: {words}. 1000 MiB getest. Hoogstens 71 °C.\n"


def test_the_results_are_told_as_json(found: list[PartTest], capsys: pytest.CaptureFixture[str]) -> None:
    found.append(result("disk_read", True, subject="S1"))
    assert main(["test", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["kind"], told["subject"], told["passed"]) == ("disk_read", "S1", True)
    assert told["started_at"] == "2026-11-22T03:00:00+00:00"


def test_every_disk_does_its_self_test_when_asked(
    found: list[PartTest], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def tested(disk: Disk, _follow: Follow, _stop_asked: StopAsked) -> PartTest:
        asked.append(disk.name)
        return result("smart_short", True, subject=disk.serial)

    monkeypatch.setattr(running, "self_test", tested)
    assert main(["test", "--seconds", "0", "--self-test"]) == 0
    assert asked == ["nvme0n1"]
    assert capsys.readouterr().out.startswith("Zelftest ")


def test_ctrl_c_breaks_the_stress_off_and_still_tells_what_was_found(
    found: list[PartTest], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import signal  # noqa: PLC0415

    def interrupted(_machine: Machine, _seconds: int, _follow: Follow, stop_asked: StopAsked) -> tuple[PartTest, ...]:
        signal.raise_signal(signal.SIGINT)
        assert stop_asked()
        return (result("processor_stress", None),)

    monkeypatch.setattr(running, "stress", interrupted)
    assert main(["test"]) == 1
    assert capsys.readouterr().out == "Processor: GEEN UITSLAG.\n"


@pytest.mark.parametrize("seconds", ["-1", "een", "86401"])
def test_a_length_that_makes_no_sense_is_refused(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["test", "--seconds", seconds])
    assert refused.value.code == 2
    assert "--seconds" in capsys.readouterr().err
