"""A drive of which the system sees no byte is listed and told as what it is, never as empty and never passed over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from intake_agent.captures import captured_folder
from intake_agent.inspection import examine
from intake_agent.machine import Disk
from intake_agent.probes.disks import disks
from intake_agent.raw_facts import RawFacts
from intake_agent.seeing.block_device import BlockDevice
from intake_agent.wiping.plan import plan
from intake_agent.wiping.safety import Consent, refusals


def answer(**more: Any) -> str:
    told = {"serial_number": "SAS520-1", "user_capacity": {"bytes": 609504255360}, "logical_block_size": 520}
    return json.dumps({**told, "scsi_transport_protocol": {"name": "SAS"}, "rotation_rate": 10520, **more})


def rows(*more: dict[str, Any]) -> str:
    first = {"name": "sda", "type": "disk", "size": 256060514304, "log-sec": 512, "rm": False, "serial": "SSD-1"}
    return json.dumps({"blockdevices": [first, *more]})


def test_a_sas_drive_that_an_older_lsblk_leaves_out_is_listed(captures: Path) -> None:
    _, left_out = examine(captured_folder(captures / "sas-520-byte-size-zero")).disks
    assert (left_out.name, left_out.serial, left_out.bus, left_out.medium) == ("sdb", "SAS520-1", "sas", "hdd")
    assert (left_out.logical_block_bytes, left_out.sequence) == (520, 12)


def test_a_newer_lsblk_lists_it_with_a_size_of_zero_and_it_is_the_same_disk() -> None:
    zero = {"name": "sdb", "type": "disk", "size": 0, "log-sec": 512, "rm": False, "tran": "sas"}
    _, listed = disks(RawFacts(lsblk=rows(zero), smartctl={"sdb": answer()}))
    _, left_out = disks(RawFacts(lsblk=rows(), smartctl={"sdb": answer()}))
    assert listed == left_out


@pytest.mark.parametrize("block", [520, 528, 4160, 4224])
def test_it_is_told_what_must_be_done_with_it(block: int) -> None:
    _, disk = disks(RawFacts(lsblk=rows(), smartctl={"sdb": answer(logical_block_size=block)}))
    made = plan(disk)
    assert made.steps == ()
    assert made.impossible is not None
    assert f"{block} bytes" in made.impossible
    assert "sg_format" in made.impossible


@pytest.mark.parametrize("block", [512, 4096])
def test_sectors_that_the_system_can_use_are_no_reason(block: int) -> None:
    assert plan(Disk(name="sda", size_bytes=10**9, logical_block_bytes=block)).impossible is None


def test_a_disk_of_which_the_system_sees_nothing_is_never_called_empty() -> None:
    disk = Disk(name="sdb", serial="SAS520-1", size_bytes=609504255360, logical_block_bytes=520)
    consent = Consent(named_serials=frozenset({"SAS520-1"}))
    device = BlockDevice(path=Path("/dev/sdb"), size_bytes=0)
    (refusal,) = refusals(disk, device, consent, others=(), serial_now="SAS520-1", on_battery=False)
    assert refusal.key == "size_zero"
    assert "leeg" not in refusal.sentence


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("sdb", json.dumps({"model_name": "Card Reader"})),
        ("sdb", json.dumps({"serial_number": "READER-1", "user_capacity": {"bytes": 0}})),
        ("sdb", "Permission denied"),
        ("sr0", answer()),
        ("nvme0", answer()),
        ("sda", answer()),
    ],
)
def test_what_is_no_drive_of_its_own_is_not_added(name: str, told: str) -> None:
    assert [disk.name for disk in disks(RawFacts(lsblk=rows(), smartctl={name: told}))] == ["sda"]
