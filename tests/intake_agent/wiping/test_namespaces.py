"""An NVMe drive in several namespaces: each is a disk of its own; what is done to one never reaches the others."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from intake_agent.captures import captured_folder
from intake_agent.machine import Disk, Medium, Support
from intake_agent.probes.disks import disks
from intake_agent.raw_facts import RawFacts
from intake_agent.seeing.block_device import BlockDevice
from intake_agent.wiping.plan import Plan, plan
from intake_agent.wiping.safety import Consent, Refusal, refusals
from wipe_reports.codes import Method
from wipe_reports.document import Level, Outcome

EVERYTHING = frozenset(Support)
ONE_ONLY = EVERYTHING - {Support.NVME_FORMAT_ERASES_ALL_NAMESPACES}


def against(disk: Disk, others: list[Disk]) -> list[Refusal]:
    return refusals(
        disk,
        BlockDevice(path=Path("/dev") / disk.name, size_bytes=disk.size_bytes or 0),
        Consent(named_serials=frozenset({disk.serial or ""})),
        others=others,
        serial_now=disk.serial,
        on_battery=False,
    )


def methods(made: Plan) -> list[Method]:
    return [row.method for row in made.steps]


def test_both_namespaces_of_an_apple_drive_are_overwritten_each_by_itself(captures: Path) -> None:
    first, second = disks(captured_folder(captures / "apple-two-namespaces"))
    for disk, other in ((first, second), (second, first)):
        made = plan(disk)
        assert disk.beside == (other.name,)
        assert (methods(made), made.level, made.impossible) == ([Method.OVERWRITE], Level.CLEAR, None)
        assert against(disk, [other]) == []
        assert any(other.name in remark for remark in made.remarks)
        assert not any("delete-ns" in remark for remark in made.remarks)


def two(supports: frozenset[Support]) -> tuple[Disk, Disk]:
    facts = {"medium": Medium.NVME, "bus": "nvme", "serial": "NV-1", "size_bytes": 10**9, "supports": supports}
    return (
        Disk(name="nvme0n1", beside=("nvme0n2",), **facts),
        Disk(name="nvme0n2", beside=("nvme0n1",), **facts),
    )


@pytest.mark.parametrize(
    ("supports", "expected"),
    [
        (EVERYTHING, [Method.OVERWRITE]),
        (ONE_ONLY, [Method.NVME_FORMAT, Method.NVME_FORMAT_CRYPTO, Method.OVERWRITE]),
    ],
)
def test_what_erases_the_whole_drive_is_not_chosen_for_a_part_of_it(
    supports: frozenset[Support], expected: list[Method]
) -> None:
    for disk in two(supports):
        assert sorted(methods(plan(disk))) == sorted(expected)
        assert methods(plan(replace(disk, beside=()))) != methods(plan(disk))


def test_a_namespace_that_came_after_the_plan_was_made_is_refused() -> None:
    first, second = two(EVERYTHING)
    (refusal,) = against(replace(first, beside=()), [second])
    assert refusal.key == "namespaces"
    assert "nvme0n1, nvme0n2" in refusal.sentence
    third = replace(second, name="nvme0n3")
    assert [one.key for one in against(first, [second, third])] == ["namespaces"]


def test_a_namespace_and_another_drive_with_its_serial_number_are_not_told_apart() -> None:
    first, second = two(EVERYTHING)
    stranger = replace(second, name="nvme1n1", beside=())
    assert [one.key for one in against(first, [second, stranger])] == ["serial_duplicated"]


def listed(*names: str) -> tuple[Disk, ...]:
    rows: list[dict[str, Any]] = [
        {"name": name, "type": "disk", "size": 4096, "tran": "nvme", "model": "Model", "serial": "NV-1"}
        for name in names
    ]
    return disks(RawFacts(lsblk=json.dumps({"blockdevices": rows})))


def test_each_namespace_has_an_identity_of_its_own_in_report_journal_and_nonce() -> None:
    found = listed("nvme0n1", "nvme0n2", "nvme0n10", "nvme1n1")
    assert [disk.model for disk in found] == [
        "Model (namespace 1)",
        "Model (namespace 2)",
        "Model (namespace 10)",
        "Model",
    ]
    assert [disk.beside for disk in found][-2:] == [("nvme0n1", "nvme0n2"), ()]


def test_a_drive_with_one_namespace_keeps_its_name_and_its_own_erase() -> None:
    (disk,) = listed("nvme0n1")
    assert (disk.model, disk.beside) == ("Model", ())
    assert Method.NVME_SANITIZE_BLOCK in methods(plan(replace(disk, supports=EVERYTHING)))


@pytest.mark.parametrize(
    ("unseen", "expected"),
    [(1, (Outcome.ERASED_WITH_EXCEPTIONS, ("namespaces_left",))), (0, (Outcome.ERASED, ()))],
)
def test_a_namespace_that_the_system_does_not_show_leaves_no_clean_wipe(
    bench: Any, report_stands: Any, monkeypatch: pytest.MonkeyPatch, unseen: int, expected: tuple[Any, Any]
) -> None:
    monkeypatch.setattr("intake_agent.wiping.drives.nvme.unseen_namespaces", lambda disk, path: unseen)
    disk = bench.disk(medium=Medium.NVME, bus="nvme")
    finished = bench.wipe_one(disk)
    assert finished.wipe is not None
    report_stands(disk, finished.wipe)
    assert (finished.wipe.outcome, finished.wipe.exceptions) == expected
