"""The power goes during a wipe: the next start tells it, goes on, and the reports say what happened."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from wipe_reports import cli, contradictions, schema, signing
from wipe_reports.document import AttemptResult, Level, Outcome, WipeReport

MIB = 1 << 20
STATE = "/run/live/medium/herstart"
COMMAND = ("intake-agent", "wipe", "--state", STATE, "--operator", "An", "--yes-wipe", "CUT-0001", "--json")


@pytest.fixture(scope="module")
def after_the_cut(machines: ModuleType, boot: Callable[..., Any], start: Callable[[Any], None]) -> Any:
    """A machine whose power was cut when the wipe of its 48 MiB disk had passed 36 MiB, started again."""
    disk = machines.Drive(serial="CUT-0001", bus="sata", mebibytes=48)
    machine = boot("cut", (disk,))
    machine.call("fill", serial="CUT-0001")
    limit = {"bps": 0, "bps_rd": 0, "iops": 0, "iops_rd": 0, "iops_wr": 0}
    machine.qmp("block_set_io_throttle", id="dev-cut-0001", bps_wr=5 * MIB, **limit)
    machine.ask(run=COMMAND, seconds=600)
    machine.wait_until_written("CUT-0001", at_byte=36 * MIB)
    machine.cut_power()
    start(machine)
    return machine


@pytest.fixture(scope="module")
def left(after_the_cut: Any) -> dict[str, Any]:
    """What lies on the disk and on the stick before anything is started again."""
    return {
        "secrets": after_the_cut.call("secrets_left", serial="CUT-0001"),
        "provisional": after_the_cut.run("ls", f"{STATE}/outbox/provisional")["out"].split(),
        "journals": after_the_cut.run("ls", f"{STATE}/journals")["out"].split(),
        "waiting": waiting(after_the_cut),
    }


@pytest.fixture(scope="module")
def second(after_the_cut: Any, left: dict[str, Any]) -> dict[str, Any]:
    """The answer of the same command on the machine that was started again."""
    return after_the_cut.run(*COMMAND, seconds=600)


@pytest.fixture(scope="module")
def reports(after_the_cut: Any, second: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every report that waits to be sent, oldest first."""
    folder = tmp_path_factory.mktemp("reports")
    for name in waiting(after_the_cut):
        (folder / name).write_text(after_the_cut.run("cat", f"{STATE}/outbox/{name}")["out"])
    return {path.stem: path for path in sorted(folder.iterdir())}


def waiting(machine: Any) -> list[str]:
    return [name for name in machine.run("ls", f"{STATE}/outbox")["out"].split() if name.endswith(".jws")]


def read(path: Path) -> WipeReport:
    return schema.from_bytes(signing.peek(path.read_text())[1])


def test_the_cut_left_data_on_the_disk_and_its_traces_on_the_stick(left: dict[str, Any]) -> None:
    assert left["secrets"] > 0
    assert len(left["provisional"]) == len(left["journals"]) == 1
    assert left["waiting"] == []


def test_the_wipe_goes_on_and_ends_with_every_byte_read_back(after_the_cut: Any, second: dict[str, Any]) -> None:
    assert second["code"] == 0, second["out"][-2000:] + second["err"][-2000:]
    assert after_the_cut.call("secrets_left", serial="CUT-0001") == 0


def test_the_first_report_says_that_the_disk_is_not_erased(reports: dict[str, Path]) -> None:
    first, _ = map(read, reports.values())
    (wipe,) = [carrier.wipe for carrier in first.carriers if carrier.wipe is not None]
    assert (wipe.outcome, wipe.level, wipe.interrupted) == (Outcome.NOT_ERASED, Level.NONE, True)


def test_the_second_report_says_that_the_wipe_was_cut_and_resumed(
    reports: dict[str, Path], second: dict[str, Any]
) -> None:
    last = read(reports[json.loads(second["out"].splitlines()[-1])["report_id"]])
    (wipe,) = [carrier.wipe for carrier in last.carriers if carrier.wipe is not None]
    assert (wipe.outcome, wipe.level) == (Outcome.ERASED, Level.CLEAR)
    assert wipe.resumed
    assert wipe.interrupted
    assert [attempt.result for attempt in wipe.attempts] == [AttemptResult.INTERRUPTED]
    assert wipe.verification.bytes_read == 48 * MIB


def test_both_reports_hold_on_another_machine(reports: dict[str, Path], own_station: Path) -> None:
    assert len(reports) == 2
    for path in reports.values():
        assert contradictions.find(read(path)) == []
        assert cli.main(["verify", "--trusted-keys", str(own_station / "trusted.json"), str(path)]) == 0


def test_no_trace_of_the_cut_stays_behind(after_the_cut: Any, second: dict[str, Any]) -> None:
    assert after_the_cut.call("files_under", folders=["outbox/provisional", "journals"]) == []
