"""Captures of the kinds that failed once: cards and soldered memory, and controllers that hide a disk.

What ``/sys`` and ``lsblk`` 2.36 to 2.41 show of tablets, mini computers, Chromebooks, Macs and VMD laptops.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from intake_agent.inspection import examine
from intake_agent.machine import Disk
from intake_agent.raw_facts import RawFacts
from intake_agent.unattended.policy import from_values
from intake_agent.wiping.plan import plan

Captured = Callable[[Mapping[str, Any]], RawFacts]
ALL = from_values({"operator": "An", "wipe": "all"}, sources=("policy_file:bank.toml",))
HOST = "devices/pci0000:00/0000:00:1c.0/mmc_host"


def row(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "kname": name, "type": "disk", "size": 31268536320, "log-sec": 512, "rm": False,
            "rota": False, "tran": None, "vendor": None, "model": "DF4032", "serial": "0x1a2b3c4d"} | more  # fmt: skip


def capture(*rows: dict[str, Any], sysfs: Mapping[str, str] | None = None, **files: Any) -> dict[str, Any]:
    told = {name.replace("__", "-").replace("_", "."): content for name, content in files.items()}
    return {"lsblk.json": {"blockdevices": rows}, "sysfs.json": dict(sysfs or {}), **told}


def disks(facts: RawFacts) -> dict[str, Disk]:
    found = {disk.name: disk for disk in examine(facts).disks}
    for disk in found.values():
        plan(disk)
    return found


def card(kind: str, name: str = "mmcblk0", index: int = 0, **more: str) -> dict[str, str]:
    told = {"device": f"{HOST}/mmc{index}/mmc{index}:0001", "device/type": kind, **more}
    return {f"block/{name}/{path}": content for path, content in told.items()}


BOOT = (row("mmcblk0boot0", size=4194304), row("mmcblk0boot1", size=4194304))
MMC, SD = ("emmc", False, True), ("flash", True, False)


@pytest.mark.parametrize("marks", [{}, {"tran": "mmc"}, {"tran": "mmc", "rm": True}, {"rm": True}])
@pytest.mark.parametrize(
    ("sysfs", "beside", "expected"),
    [
        (card("MMC"), (), MMC),
        (card("MMC"), BOOT, MMC),
        ({}, BOOT, MMC),
        ({}, (row("mmcblk0rpmb", size=4194304),), MMC),
        ({"block/mmcblk0boot0": "", "block/mmcblk0boot1": ""}, (), MMC),
        ({"bus/mmc_rpmb/devices/mmcblk0rpmb": ""}, (), MMC),
        (card("MMC", cid="15010042474e4433520a1b2c3d4e5f00"), (), MMC),
        (card("MMC\n"), (), MMC),
        (card("SD"), (), SD),
        (card("SDcombo"), (), SD),
        (card("SD", cid="035344534333324780abcdef0f0137ff"), (), SD),
    ],
)
def test_a_card_and_a_soldered_chip_whatever_lsblk_marks(
    captured: Captured, marks: Mapping[str, Any], sysfs: Mapping[str, str], beside: tuple[dict[str, Any], ...],
    expected: tuple[str, bool, bool],
) -> None:  # fmt: skip
    told = disks(captured(capture(row("mmcblk0", **marks), *beside, sysfs=sysfs)))
    assert sorted(told) == ["mmcblk0"]
    disk = told["mmcblk0"]
    assert (disk.medium.value, disk.removable, ALL.covers(disk)) == expected
    assert disk.doubt is None


@pytest.mark.parametrize("marks", [{}, {"tran": "mmc"}, {"tran": "mmc", "rm": True}, {"rm": True}])
@pytest.mark.parametrize("sysfs", [{}, card("SDIO"), card("SD") | {"block/mmcblk0boot0": ""}])
def test_what_nobody_tells_is_asked(captured: Captured, marks: Mapping[str, Any], sysfs: Mapping[str, str]) -> None:
    disk = disks(captured(capture(row("mmcblk0", **marks), sysfs=sysfs)))["mmcblk0"]
    assert disk.doubt is not None
    assert ALL.may_mean(disk)


def test_a_tablet_with_a_card_in_its_slot(captured: Captured) -> None:
    rows = (row("mmcblk1", tran="mmc"), row("mmcblk1boot0", size=4194304), row("mmcblk0", tran="mmc", model="SC32G"))
    sysfs = card("MMC", "mmcblk1", 1) | card("SD", "mmcblk0", 0)
    told = disks(captured(capture(*rows, sysfs=sysfs)))
    assert {name: ALL.covers(disk) for name, disk in told.items()} == {"mmcblk0": False, "mmcblk1": True}


@pytest.mark.parametrize("sysfs", [{}, card("MMC")])
def test_a_partition_of_general_purpose_is_part_of_its_chip(captured: Captured, sysfs: Mapping[str, str]) -> None:
    told = disks(captured(capture(row("mmcblk0"), *BOOT, row("mmcblk0gp0", size=10**9), sysfs=sysfs)))
    assert {name: ALL.covers(disk) and disk.doubt is None for name, disk in told.items()} == {
        "mmcblk0": True,
        "mmcblk0gp0": True,
    }


def test_the_boot_areas_of_one_do_not_tell_of_another(captured: Captured) -> None:
    rows = (row("mmcblk0", tran="mmc"), row("mmcblk1", tran="mmc"), row("mmcblk1boot0", size=4194304))
    told = disks(captured(capture(*rows)))
    assert [(name, disk.doubt is None) for name, disk in told.items()] == [("mmcblk0", False), ("mmcblk1", True)]


UFS_PATH = "devices/pci0000:00/0000:00:12.7/host0/target0:0:0/0:0:0:0"
NVME_PATH = "devices/pci0000:00/0000:00:1d.0/0000:01:00.0/nvme/nvme0"


@pytest.mark.parametrize(
    ("listed", "path"),
    [
        (row("sda", tran="ufs", vendor="SAMSUNG ", model="KLUDG4UHDB"), UFS_PATH),
        (row("sda", vendor="SAMSUNG ", model="KLUDG4UHDB"), UFS_PATH),
        (row("sda", vendor="SAMSUNG "), "devices/platform/soc/1d84000.ufshc/host0/target0:0:0/0:0:0:0"),
        (row("sda", tran="sata", vendor="ATA     "), "devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0"),
        (row("sda", tran="sata", rm=True, rota=True), "devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0"),
        (row("nvme0n1", tran="nvme"), NVME_PATH),
        (row("nvme0n1"), NVME_PATH),
        (row("vda", tran="virtio"), "devices/pci0000:00/0000:00:04.0/virtio1"),
    ],
)
def test_what_is_built_in_is_covered(captured: Captured, listed: dict[str, Any], path: str) -> None:
    name = listed["name"]
    disk = disks(captured(capture(listed, sysfs={f"block/{name}/device": path})))[name]
    assert (disk.removable, disk.doubt, ALL.covers(disk)) == (False, None, True)


@pytest.mark.parametrize("size", [0, 1])
@pytest.mark.parametrize(
    "slot", [{"tran": "usb", "rm": True}, {"tran": None, "rm": True}, {"tran": "usb", "rm": True, "model": "SD/MMC"}]
)
def test_an_empty_card_reader_is_no_drive(captured: Captured, slot: Mapping[str, Any], size: int) -> None:
    told = disks(captured(capture(row("sda", **{**slot, "size": size}), row("nvme0n1", tran="nvme"))))
    assert sorted(told) == (["nvme0n1"] if size == 0 else ["nvme0n1", "sda"])


STICK = row("sdb", size=15682240512, rm=True, tran="usb", vendor="SanDisk ", model="Cruzer")
STICK_PATH = {"block/sdb/device": "devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:0"}


def function(slot: str, kind: str, driver: str | None, **more: str) -> dict[str, str]:
    told = {"class": f"0x{kind}", "vendor": "0x8086", "device": "0x1234", **more}
    told |= {"driver": f"bus/pci/drivers/{driver}"} if driver else {}
    return {f"bus/pci/devices/{slot}/{name}": content for name, content in told.items()}


XHCI = function("0000:00:14.0", "0c0330", "xhci_hcd") | {"bus/pci/devices": ""}
AHCI_DISK = row("sda", tran="sata", vendor="ATA     ", size=10**12)
AHCI_PATH = {"block/sda/device": "devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0"}
NVME_DISK = row("nvme0n1", tran="nvme", size=10**12)
NVME_SYS = {"block/nvme0n1/device": NVME_PATH}
VMD_PATH = "devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0/nvme/nvme0"
T2_PATH = "devices/pci0000:00/0000:00:1d.0/0000:04:00.0/nvme/nvme0"
AHCI = function("0000:00:17.0", "010601", "ahci")
NO_DRIVER, NO_DISK = ("storage_without_driver",), ("storage_without_disk",)


@pytest.mark.parametrize(
    ("rows", "sysfs", "locks"),
    [
        # ordinary machines: not a word
        ((AHCI_DISK,), AHCI | AHCI_PATH, ()),
        ((AHCI_DISK, STICK), AHCI | AHCI_PATH | STICK_PATH, ()),
        ((NVME_DISK,), AHCI | function("0000:01:00.0", "010802", "nvme") | NVME_SYS, ()),
        ((NVME_DISK,), function("0000:01:00.0", "010802", "nvme"), ()),
        ((AHCI_DISK,), AHCI | AHCI_PATH | function("0000:03:00.0", "080501", "sdhci-pci"), ()),
        ((AHCI_DISK,), function("0000:00:17.0", "010400", "ahci") | AHCI_PATH, ()),
        ((AHCI_DISK,), function("0000:00:17.0", "01018a", "ata_piix") | AHCI_PATH, ()),
        ((AHCI_DISK,), AHCI | AHCI_PATH | function("0000:00:16.2", "010185", "ata_generic"), ()),
        ((AHCI_DISK,), AHCI | AHCI_PATH | function("0000:02:00.0", "ff0000", None), ()),
        ((AHCI_DISK,), AHCI | AHCI_PATH | function("0000:02:00.1", "088001", None), ()),
        ((NVME_DISK,), function("0000:00:0e.0", "010400", "vmd") | function("10000:e1:00.0", "010802", "nvme")
         | {"block/nvme0n1/device": VMD_PATH}, ()),
        ((NVME_DISK,), function("0000:04:00.0", "018002", "nvme") | {"block/nvme0n1/device": T2_PATH}, ()),
        ((row("sda", tran=None),), function("0000:00:12.7", "010901", "ufshcd") | {"block/sda/device": UFS_PATH}, ()),
        ((row("mmcblk0"),), card("MMC") | function("0000:00:1c.0", "080501", "sdhci-pci"), ()),
        ((STICK,), AHCI | STICK_PATH, ()),
        # nobody answers for it
        ((STICK,), function("0000:04:00.0", "018002", None) | STICK_PATH, NO_DRIVER),
        ((), function("0000:04:00.0", "018002", None), NO_DRIVER),
        ((AHCI_DISK,), AHCI | AHCI_PATH | function("0000:01:00.0", "010802", None), NO_DRIVER),
        ((AHCI_DISK,), AHCI | AHCI_PATH | function("0000:01:00.0", "010802", "vfio-pci"), NO_DRIVER),
        ((STICK,), function("0000:00:17.0", "010400", None) | STICK_PATH, NO_DRIVER),
        ((STICK,), function("0000:00:1e.0", "080501", None) | STICK_PATH, NO_DRIVER),
        ((STICK,), function("0000:00:1f.2", "010180", None) | STICK_PATH, NO_DRIVER),
        ((STICK,), function("0000:00:12.7", "010901", None) | STICK_PATH, NO_DRIVER),
        ((STICK,), function("0000:01:00.0", "010700", None) | STICK_PATH, NO_DRIVER),
        ((STICK,), function("0000:01:00.0", "010000", None) | STICK_PATH, NO_DRIVER),
        ((NVME_DISK,), function("0000:00:0e.0", "010400", None) | function("0000:01:00.0", "010802", "nvme") | NVME_SYS,
         NO_DRIVER),
        # somebody answers, and no disk is there
        ((STICK,), function("0000:00:17.0", "010400", "ahci") | STICK_PATH, NO_DISK),
        ((STICK,), function("0000:02:00.0", "010400", "megaraid_sas") | STICK_PATH, NO_DISK),
        ((STICK,), function("0000:00:0e.0", "010400", "vmd") | STICK_PATH, NO_DISK),
        ((STICK,), function("0000:04:00.0", "018002", "nvme") | STICK_PATH, NO_DISK),
        ((AHCI_DISK,), AHCI | AHCI_PATH | function("0000:01:00.0", "010802", "nvme"), NO_DISK),
        ((STICK,), function("0000:00:12.7", "010901", "ufshcd") | STICK_PATH, NO_DISK),
        ((), function("0000:01:00.0", "010802", "nvme"), NO_DISK),
    ],
)  # fmt: skip
def test_a_controller_that_hides_a_disk_is_told(
    captured: Captured, rows: tuple[dict[str, Any], ...], sysfs: Mapping[str, str], locks: tuple[str, ...]
) -> None:
    assert examine(captured(capture(*rows, sysfs=XHCI | dict(sysfs)))).firmware.locks == locks


@pytest.mark.parametrize("kind", ["0100", "0101", "0104", "0105", "0106", "0107", "0108", "0109", "0180", "0805"])
def test_the_only_function_of_the_bus_without_a_driver_is_told(captured: Captured, kind: str) -> None:
    """A listing of the bus in which nothing at all has a driver still says that nothing has."""
    sysfs = {"bus/pci/devices": "", **function("0000:04:00.0", f"{kind}02", None)}
    assert examine(captured(capture(STICK, sysfs=sysfs | STICK_PATH))).firmware.locks == NO_DRIVER


def test_a_machine_of_which_only_the_medium_it_runs_from_is_seen(captured: Captured) -> None:
    mounted = {**AHCI_DISK, "children": [row("sda1", mountpoint="/run/live/medium")]}
    raid = function("0000:00:17.0", "010400", None)
    facts = captured(capture(mounted, sysfs=XHCI | raid | AHCI_PATH))
    seen = examine(facts)
    assert (seen.firmware.locks, [disk.runs_system for disk in seen.disks]) == (NO_DRIVER, [True])


def drive_520(name: str = "sdb", block: int = 520, **more: Any) -> dict[str, Any]:
    return {
        "smartctl": {"version": [7, 3]}, "device": {"name": f"/dev/{name}", "type": "scsi", "protocol": "SCSI"},
        "scsi_vendor": "NETAPP", "scsi_model_name": "NETAPP X422", "serial_number": "SAS520-1",
        "scsi_transport_protocol": {"name": "SAS (SPL-4)", "value": 6}, "rotation_rate": 10520,
        "logical_block_size": block, "user_capacity": {"blocks": 1172123568, "bytes": 1172123568 * block},
        "smart_status": {"passed": True}, "scsi_grown_defect_list": 0, **more,
    }  # fmt: skip


SIZE_ZERO = row("sdb", size=0, rota=True, tran="sas", vendor="NETAPP  ", model="X422", serial="SAS520-1")


@pytest.mark.parametrize("block", [520, 524, 528, 4160, 4224])
@pytest.mark.parametrize("listed", [True, False])
def test_a_drive_of_a_storage_array_is_there_and_says_how_it_is_made_readable(
    captured: Captured, block: int, listed: bool
) -> None:
    rows = (AHCI_DISK, SIZE_ZERO) if listed else (AHCI_DISK,)
    told = disks(captured(capture(*rows, smartctl__sdb_json=drive_520(block=block))))
    assert sorted(told) == ["sda", "sdb"]
    sentence = plan(told["sdb"]).impossible or ""
    assert told["sdb"].serial == "SAS520-1"
    assert f"{block} bytes" in sentence
    assert "sg_format" in sentence
    assert "leeg" not in sentence


def test_a_sas_drive_that_tells_no_size_is_there_all_the_same(captured: Captured) -> None:
    silent = drive_520()
    del silent["user_capacity"], silent["logical_block_size"]
    told = disks(captured(capture(AHCI_DISK, smartctl__sdb_json=silent)))
    assert sorted(told) == ["sda", "sdb"]
    assert "Vernietig" in (plan(told["sdb"]).impossible or "")


@pytest.mark.parametrize(
    "reader",
    [
        {"device": {"name": "/dev/sdb", "type": "scsi", "protocol": "SCSI"}, "serial_number": "058F63666485"},
        {"device": {"name": "/dev/sdb", "type": "scsi", "protocol": "SCSI"}, "scsi_vendor": "Generic-"},
        {"smartctl": {"exit_status": 2, "messages": [{"string": "/dev/sdb: Unknown USB bridge [0x0bda:0x0129]"}]}},
    ],
)
def test_a_card_reader_that_lsblk_leaves_out_is_no_drive(captured: Captured, reader: dict[str, Any]) -> None:
    assert sorted(disks(captured(capture(AHCI_DISK, smartctl__sdb_json=reader)))) == ["sda"]


APPLE = "APPLE SSD AP0512J"


@pytest.mark.parametrize("fna", [0, 1, 2, 3, 4, 7, "0x1"])
@pytest.mark.parametrize("oacs", [0, 2, 0x0E])
@pytest.mark.parametrize("count", [2, 3])
def test_namespaces_of_one_drive_never_reach_each_other(captured: Captured, fna: Any, oacs: int, count: int) -> None:
    rows = [row(f"nvme0n{n}", tran="nvme", model=APPLE, serial="C02X", size=8192 * 4096) for n in range(1, count + 1)]
    told = disks(captured(capture(*rows, nvme__nvme0n1_json={"oacs": oacs, "fna": fna, "sanicap": 3, "nn": count})))
    assert len({disk.model for disk in told.values()}) == count
    for disk in told.values():
        methods = [step.method.value for step in plan(disk).steps]
        assert [one for one in methods if one.startswith("overwrite")]
        assert not [one for one in methods if "sanitize" in one]
        reaches_all = (int(str(fna), 0) & 3) != 0
        assert not (reaches_all and [one for one in methods if "format" in one])
        assert ALL.covers(disk)
