"""``intake-agent wipe`` from look to signed report, in a machine, checked on the host by ``wipe-report``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wipe_reports import cli, contradictions, schema, signing
from wipe_reports.document import Level, Outcome, Technique, WipeReport

STATE = "/run/live/medium/herstart"


@pytest.fixture(scope="module")
def answer(guest: Any) -> dict[str, Any]:
    return guest.run(
        *("intake-agent", "wipe", "--state", STATE, "--operator", "An", "--code", "HS-7K3M9P", "--json"),
        *("--yes-wipe", "SATA-0001", "--yes-wipe", "NVME-FORMAT"),
        seconds=300,
    )


@pytest.fixture(scope="module")
def kept(guest: Any, answer: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    told = json.loads(answer["out"].splitlines()[-1])
    path = tmp_path_factory.mktemp("report") / "report.jws"
    path.write_text(guest.run("cat", told["report_path"])["out"])
    return path


@pytest.fixture(scope="module")
def report(kept: Path) -> WipeReport:
    return schema.from_bytes(signing.peek(kept.read_text())[1])


def test_the_command_ends_well_and_says_where_the_report_lies(answer: dict[str, Any]) -> None:
    assert answer["code"] == 0, answer["out"][-2000:] + answer["err"][-2000:]
    told = json.loads(answer["out"].splitlines()[-1])
    assert told["report_path"].startswith(f"{STATE}/outbox/")
    assert {carrier["outcome"] for carrier in told["carriers"]} == {"erased"}


def test_the_report_is_signed_by_the_station_and_holds_on_another_machine(kept: Path, own_station: Path) -> None:
    trusted = str(own_station / "trusted.json")
    assert cli.main(["verify", "--trusted-keys", trusted, str(kept)]) == 0


def test_one_changed_byte_in_the_report_is_seen(kept: Path, own_station: Path, tmp_path: Path) -> None:
    header, payload, signature = kept.read_text().strip().split(".")
    changed = tmp_path / "changed.jws"
    changed.write_text(f"{header}.{payload[:-9]}{'A' if payload[-9] != 'A' else 'B'}{payload[-8:]}.{signature}")
    assert cli.main(["verify", "--trusted-keys", str(own_station / "trusted.json"), str(changed)]) == 1


def test_the_report_tells_the_machine_and_what_was_done_to_each_disk(report: WipeReport) -> None:
    assert contradictions.find(report) == []
    assert (report.device.manufacturer, report.device.serial) == ("Acme", "SN-0001")
    wipes = {carrier.serial: carrier.wipe for carrier in report.carriers if carrier.wipe is not None}
    assert set(wipes) == {"SATA-0001", "NVME-FORMAT"}
    assert {wipe.outcome for wipe in wipes.values()} == {Outcome.ERASED}
    assert {wipe.level for wipe in wipes.values()} == {Level.CLEAR}
    assert wipes["SATA-0001"].technique is Technique.OVERWRITE
    assert wipes["NVME-FORMAT"].technique is Technique.FORMAT


def test_disks_that_were_not_chosen_are_told_without_a_wipe(report: WipeReport) -> None:
    untouched = {carrier.serial for carrier in report.carriers if carrier.wipe is None}
    assert {"VIRT-0001", "NVME-WARN"} <= untouched


def test_nothing_provisional_stays_behind_and_no_journal(guest: Any, kept: Path) -> None:
    assert guest.call("files_under", folders=["outbox/provisional", "journals"]) == []
