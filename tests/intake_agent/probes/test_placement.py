"""A disk is built in, a card, or loose by what it is and where it hangs; RM and TRAN alone never decide it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_agent.captures import captured_folder
from intake_agent.judging.built_in import is_surely_loose, sees_own_disk
from intake_agent.machine import Disk, Medium, MediumDoubt
from intake_agent.probes.disks import disks
from intake_agent.raw_facts import RawFacts
from intake_agent.seeing.block_device import BlockDevice
from intake_agent.seeing.sysfs import tree
from intake_agent.unattended.policy import from_values
from intake_agent.wiping.safety import Consent, refusals

ALL = from_values({"operator": "An", "wipe": "all"}, sources=("policy_file:bank.toml",))
CARD, LOOSE = MediumDoubt.CARD_OR_EMMC, MediumDoubt.BUILT_IN_OR_LOOSE


def seen(row: dict[str, object], sysfs: dict[str, str] | None = None, **facts: object) -> Disk:
    also = facts.pop("also", ())
    rows = [{"type": "disk", "size": 32 * 10**9, "serial": "VB-1", **row}, *({"name": name} for name in also)]
    told = {name: {row["name"]: text} for name, text in facts.items()}
    return disks(RawFacts(lsblk=json.dumps({"blockdevices": rows}), sysfs=sysfs or {}, **told))[0]


def mmc(kind: str | None = None, cid: str | None = None, rm: bool = False, **facts: object) -> Disk:
    told = {"block/mmcblk0/device/type": kind, "block/mmcblk0/device/cid": cid}
    sysfs = {path: content for path, content in told.items() if content} | dict(facts.pop("sysfs", {}))
    return seen({"name": "mmcblk0", "rm": rm, "tran": "mmc"}, sysfs, **facts)


def test_a_soldered_emmc_is_covered_by_a_policy_and_not_removable(captures: Path) -> None:
    (disk,) = disks(captured_folder(captures / "emmc-tran-mmc"))
    assert (disk.medium, disk.removable, ALL.covers(disk)) == (Medium.EMMC, False, True)


@pytest.mark.parametrize("rm", [False, True])
@pytest.mark.parametrize(
    ("facts", "medium", "doubt"),
    [
        ({"kind": "MMC"}, Medium.EMMC, None),
        ({"kind": "SD"}, Medium.FLASH, None),
        ({"kind": "SDcombo"}, Medium.FLASH, None),
        ({"also": ("mmcblk0boot0",)}, Medium.EMMC, None),
        ({"also": ("mmcblk0rpmb",)}, Medium.EMMC, None),
        ({"sysfs": {"block/mmcblk0boot1": ""}}, Medium.EMMC, None),
        ({"sysfs": {"block/mmcblk0boot0/diskseq": "4"}}, Medium.EMMC, None),
        ({"sysfs": {"bus/mmc_rpmb/devices/mmcblk0rpmb": ""}}, Medium.EMMC, None),
        ({"mmc_extcsd": "  Extended CSD rev 1.8 (MMC 5.1)\n"}, Medium.EMMC, None),
        ({"kind": "MMC", "cid": "150100424a54443452" + "0" * 14}, Medium.EMMC, None),
        ({"kind": "MMC", "cid": "150000424a54443452" + "0" * 14, "also": ("mmcblk0boot0",)}, Medium.EMMC, None),
        ({"kind": "MMC", "cid": "130000424a54443452" + "0" * 14}, None, CARD),
        ({"kind": "SD", "also": ("mmcblk0boot0",)}, None, CARD),
        ({"also": ("mmcblk1boot0",)}, None, CARD),
        ({}, None, CARD),
    ],
)
def test_an_emmc_is_told_from_a_card_by_its_type_or_its_boot_area(
    facts: dict[str, object], medium: Medium | None, doubt: MediumDoubt | None, rm: bool
) -> None:
    disk = mmc(rm=rm, **facts)
    assert disk.doubt is doubt
    if medium is not None:
        assert (disk.medium, disk.removable) == (medium, medium is Medium.FLASH)
        assert ALL.covers(disk) is (medium is Medium.EMMC)


@pytest.mark.parametrize("rm", [False, True])
def test_what_may_be_a_card_is_never_wiped_unasked_and_never_passed_over(rm: bool) -> None:
    disk = mmc(rm=rm)
    named = Consent(named_serials=frozenset({"VB-1"}))
    device = BlockDevice(path=Path("/dev/mmcblk0"), size_bytes=32 * 10**9)
    (refusal,) = refusals(disk, device, named, others=[], serial_now="VB-1", on_battery=False)
    assert refusal.key == "medium_unknown"
    assert ALL.may_mean(disk)
    assert not from_values({"operator": "An", "wipe": ["hdd"]}, sources=("policy_file:bank.toml",)).may_mean(disk)
    assert not sees_own_disk((disk,))


PCI = "devices/pci0000:00/0000:00:17.0"
SATA, OUTER = f"{PCI}/ata1/host0/target0:0:0/0:0:0:0", "devices/pci0000:00/0000:00:1c.0/0000:3b:00.0/nvme/nvme1"
AT_USB = "devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2.1/1-2.1:1.0/host4/target4:0:0/4:0:0:0"
HARD_DISK = "ATA device, with non-removable media\n"


@pytest.mark.parametrize(
    ("row", "sysfs", "identify", "removable", "doubt"),
    [
        ({"tran": "sata", "rota": False}, {}, "", False, None),
        ({"tran": "sata", "rota": False, "hotplug": True}, {}, "", False, None),
        ({"tran": "sata", "rota": False, "rm": True}, {}, HARD_DISK, False, None),
        ({"tran": "sata", "rota": True, "rm": True}, {}, "", False, None),
        ({"tran": "sata", "rota": False, "rm": True}, {}, "", True, LOOSE),
        ({"tran": "ata", "rota": False}, {}, "CompactFlash ATA device\n", True, LOOSE),
        ({"tran": "sata"}, {}, "ATA device, with removable media\n", True, LOOSE),
        ({"rota": False}, {"block/sda/device": SATA}, "", False, None),
        ({"rota": False, "rm": True}, {}, "", True, LOOSE),
        ({"tran": "usb", "rm": True}, {"block/sda/device": AT_USB}, "", True, None),
        ({"tran": "usb", "rm": False}, {"block/sda/device": AT_USB}, "", True, None),
        ({"tran": None, "rm": False}, {"block/sda/device": AT_USB}, "", True, None),
        (
            {"tran": "usb", "rm": False},
            {"block/sda/device": AT_USB, "bus/usb/devices/1-2.1/removable": "fixed"},
            "",
            True,
            LOOSE,
        ),
        (
            {"tran": "usb", "rm": False},
            {"block/sda/device": AT_USB, "bus/usb/devices/1-2.1/removable": "removable"}
            | {"bus/usb/devices/1-2/removable": "fixed"},
            "",
            True,
            None,
        ),
        (
            {"tran": "usb", "rm": True},
            {"block/sda/device": AT_USB, "bus/usb/devices/1-2.1/removable": "fixed"},
            "",
            True,
            None,
        ),
        (
            {"tran": "nvme"},
            {"block/sda/device": OUTER, "bus/pci/devices/0000:3b:00.0/removable": "removable"},
            "",
            False,
            LOOSE,
        ),
    ],
)
def test_the_mark_removable_is_weighed_against_the_bus_the_port_and_the_drive(
    row: dict[str, object], sysfs: dict[str, str], identify: str, removable: bool, doubt: MediumDoubt | None
) -> None:
    disk = seen({"name": "sda", **row}, sysfs, hdparm=identify)
    assert (disk.removable, disk.doubt) == (removable, doubt)
    assert ALL.may_mean(disk) is (not is_surely_loose(disk)) is (doubt is not None or disk.bus != "usb")


@pytest.mark.parametrize(
    ("where", "bus"),
    [
        (SATA, "sata"),
        (AT_USB, "usb"),
        (OUTER, "nvme"),
        ("devices/platform/soc@0/1d84000.ufshc/host0/target0:0:0/0:0:0:4", "ufs"),
        ("devices/pci0000:00/0000:00:12.7/host0/target0:0:0/0:0:0:0", None),
        ("devices/platform/host3/session1/target3:0:0/3:0:0:1", "iscsi"),
        ("devices/pci0000:00/0000:00:03.0/virtio1", "virtio"),
    ],
)
def test_a_bus_that_lsblk_does_not_name_is_told_by_the_path(where: str, bus: str | None) -> None:
    assert seen({"name": "sda", "rota": False}, {"block/sda/device": where}).bus == bus


def test_a_disk_of_no_size_on_a_port_that_can_be_swapped_is_no_empty_slot() -> None:
    assert seen({"name": "sda", "rm": True, "tran": "sata", "size": 0, "rota": True}).name == "sda"


@given(st.dictionaries(st.sampled_from(["rm", "tran", "rota", "hotplug"]), st.one_of(st.booleans(), st.text())))
def test_no_word_of_lsblk_makes_a_card_of_an_emmc_or_an_emmc_of_a_card(row: dict[str, object]) -> None:
    for kind, medium in (("MMC", Medium.EMMC), ("SD", Medium.FLASH)):
        disk = seen({**row, "name": "mmcblk0"}, {"block/mmcblk0/device/type": kind})
        assert (disk.medium, disk.doubt) == (medium, None)


def test_neither_a_stick_nor_the_disk_that_we_run_from_is_a_disk_that_was_seen() -> None:
    own = Disk(name="sda", medium=Medium.SSD, bus="sata")
    stick = Disk(name="sdb", bus="usb", removable=True)
    running = Disk(name="sda", medium=Medium.SSD, bus="sata", runs_system=True)
    assert sees_own_disk((stick, own))
    assert not any(sees_own_disk(found) for found in ((), (stick,), (running,), (stick, running)))


def test_the_disk_that_we_run_from_is_told_by_the_capture_too(tmp_path: Path) -> None:
    (tmp_path / "capture.json").write_text(json.dumps({"live_disks": ["sda", 3]}))
    (tmp_path / "lsblk.json").write_text(json.dumps({"blockdevices": [{"name": "sda"}, {"name": "sdb"}]}))
    assert [disk.runs_system for disk in disks(captured_folder(tmp_path))] == [True, False]


@pytest.mark.parametrize(
    "mounted",
    [
        {"mountpoint": "/run/live/medium"},
        {"mountpoints": [None, "/"]},
        {"children": [{"name": "sda1", "mountpoint": None}, {"name": "sda2", "mountpoints": ["/cdrom"]}]},
        {"children": [{"name": "sda1", "children": [{"name": "loop0", "mountpoint": "/run/initramfs/live"}]}]},
    ],
)
def test_the_disk_that_we_run_from_is_told_by_what_is_mounted(mounted: dict[str, object]) -> None:
    assert seen({"name": "sda", "tran": "sata", **mounted}).runs_system
    assert not seen({"name": "sda", "tran": "sata", "mountpoint": "/mnt", "children": [{}, 3]}).runs_system


def test_a_live_capture_gathers_what_tells_a_card_from_an_emmc(tmp_path: Path) -> None:
    """As ``/sys`` lays it out: ``device`` links to the card, boot areas are block devices beside the disk."""
    for name, kind in (("mmcblk0", "MMC"), ("mmcblk1", "SD")):
        card = tmp_path / f"devices/platform/mmc_host/{name}/card"
        (tmp_path / "block" / name).mkdir(parents=True)
        card.mkdir(parents=True)
        (card / "type").write_text(f"{kind}\n")
        (card / "cid").write_text("150100424a544434523052a3f1b2c300\n")
        (tmp_path / "block" / name / "device").symlink_to(card)
    (tmp_path / "block/mmcblk0boot0").mkdir()
    told = tree(tmp_path)
    assert (told["block/mmcblk0/device/type"], told["block/mmcblk1/device/type"]) == ("MMC", "SD")
    assert told["block/mmcblk0boot0"] == told["block"] == ""
    assert len(told["block/mmcblk0/device/cid"]) == 32
    rows = json.dumps({"blockdevices": [{"name": "mmcblk0", "tran": "mmc"}, {"name": "mmcblk1", "tran": "mmc"}]})
    assert [disk.medium for disk in disks(RawFacts(lsblk=rows, sysfs=told))] == [Medium.EMMC, Medium.FLASH]
