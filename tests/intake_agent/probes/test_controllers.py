"""A controller whose disks nobody can see is told: on the screen, in the report, and by every class of storage."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake_agent.captures import captured_folder
from intake_agent.console import lock_words
from intake_agent.console.overview import overview
from intake_agent.console.summary import machine_lines
from intake_agent.inspection import examine
from intake_agent.machine import Machine, StorageController
from intake_agent.raw_facts import RawFacts
from intake_agent.station.report import Signatory, build
from intake_agent.station.report_parts import parts
from wipe_reports import schema, signing

XHCI = {
    "bus/pci/devices/0000:00:14.0/class": "0x0c0330",
    "bus/pci/devices/0000:00:14.0/driver": "bus/pci/drivers/xhci_hcd",
}
SLOT = "0000:01:00.0"
STICK = {"name": "sdz", "type": "disk", "size": 16 * 10**9, "rm": True, "tran": "usb", "model": "Stick"}
SUSPECT = ("0104", "0108", "0109", "0180")
STORAGE = (*SUSPECT, "0100", "0101", "0105", "0106", "0107", "0805")


def function(kind: str, driver: str | None, slot: str = SLOT, **more: str) -> dict[str, str]:
    told = {"class": f"0x{kind}02", "vendor": "0x8086", "device": "0x1234", **more}
    if driver is not None:
        told["driver"] = f"bus/pci/drivers/{driver}"
    return {f"bus/pci/devices/{slot}/{name}": content for name, content in told.items()}


def machine(*functions: dict[str, str], rows: tuple[dict[str, object], ...] = (STICK,), **sysfs: str) -> Machine:
    tree = {path: content for one in (XHCI, *functions, sysfs) for path, content in one.items()}
    return examine(RawFacts(lsblk=json.dumps({"blockdevices": rows}), sysfs=tree))


def disk(name: str, where: str | None, **row: object) -> tuple[dict[str, object], dict[str, str]]:
    told = {} if where is None else {f"block/{name}/device": where}
    return {"name": name, "type": "disk", "size": 10**12, "rota": False, **row}, told


def test_the_disk_of_a_mac_behind_a_controller_without_a_driver_is_told(captures: Path) -> None:
    seen = examine(captured_folder(captures / "t2-class-0180-no-driver"))
    assert seen.firmware.locks == ("storage_without_driver",)
    shown = "\n".join([*map(str, overview(seen)), *machine_lines(seen)])
    assert shown.count("een schijfcontroller werkt hier niet") == 2
    assert shown.count("geen schijf van het toestel zelf gezien") == 2


@pytest.mark.parametrize("kind", STORAGE)
@pytest.mark.parametrize("driver", [None, "vfio-pci", "pci-stub"])
def test_every_kind_of_controller_without_a_driver_is_a_warning(kind: str, driver: str | None) -> None:
    assert machine(function(kind, driver)).firmware.locks == ("storage_without_driver",)


@pytest.mark.parametrize("kind", ["0c03", "0200", "0300", "0880", "1300"])
def test_what_is_no_storage_needs_no_driver(kind: str) -> None:
    assert machine(function(kind, None)).firmware.locks == ()


@pytest.mark.parametrize("kind", STORAGE)
def test_a_driver_without_a_disk_is_a_warning_where_a_disk_belongs_and_else_a_fact(kind: str) -> None:
    seen = machine(function(kind, "driver"))
    assert seen.firmware.locks == (("storage_without_disk",) if kind in SUSPECT else ())
    (controller,) = parts(seen)["storage"]
    assert (controller.kind, controller.driver, controller.disks) == (kind, "driver", ())


@pytest.mark.parametrize("kind", STORAGE)
def test_a_disk_belongs_to_the_controller_on_its_path(kind: str) -> None:
    row, told = disk("sda", f"devices/pci0000:00/0000:00:1d.0/{SLOT}/host0/target0:0:0/0:0:0:0")
    seen = machine(function(kind, "driver"), rows=(row, STICK), **told)
    assert seen.firmware.locks == ()
    assert [one.disks for one in seen.storage or ()] == [("sda",)]


def test_a_disk_elsewhere_does_not_speak_for_an_empty_controller() -> None:
    row, told = disk("sda", "devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0")
    sata = function("0106", "ahci", "0000:00:17.0")
    seen = machine(function("0108", "nvme"), sata, rows=(row, STICK), **told)
    assert seen.firmware.locks == ("storage_without_disk",)


def test_an_nvme_disk_behind_vmd_is_behind_both_controllers() -> None:
    vmd, drive = function("0104", "vmd", "0000:00:0e.0"), function("0108", "nvme", "10000:e1:00.0")
    where = "devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:1d.0/10000:e1:00.0/nvme/nvme0"
    row, told = disk("nvme0n1", where, tran="nvme")
    assert machine(vmd, drive, rows=(row,), **told).firmware.locks == ()
    assert machine(vmd).firmware.locks == ("storage_without_disk",)
    assert machine(function("0104", None, "0000:00:0e.0")).firmware.locks == ("storage_without_driver",)


def test_a_controller_that_says_that_it_hides_disks_is_told_once() -> None:
    hides = function("0104", "ahci", remapped_nvme="1")
    shows = function("0104", "ahci", remapped_nvme="0")
    assert machine(hides).firmware.locks == ("hidden_nvme_disks",)
    assert machine(shows).firmware.locks == ("storage_without_disk",)


def test_a_disk_whose_path_nobody_tells_leaves_it_open_behind_which_controller_it_is() -> None:
    row, _ = disk("nvme0n1", "devices/virtual/nvme-subsystem/nvme-subsys0", tran="nvme")
    sata, _ = disk("sda", None, tran="sata")
    nvme = function("0108", "nvme")
    assert [one.disks for one in machine(nvme, rows=(row,)).storage or ()] == [None]
    assert machine(nvme, rows=(row,)).firmware.locks == ()
    assert machine(nvme, rows=(sata,)).firmware.locks == ("storage_without_disk",)
    assert machine(function("0104", "megaraid_sas"), rows=(sata,)).firmware.locks == ()


def test_where_nobody_listed_disks_or_looked_up_drivers_nothing_is_claimed() -> None:
    nvme = function("0108", "nvme")
    assert examine(RawFacts(sysfs=XHCI | nvme)).firmware.locks == ()
    assert examine(RawFacts(sysfs=function("0108", None))).storage is None
    assert examine(RawFacts(sysfs=XHCI | nvme | {"block": ""})).firmware.locks == ("storage_without_disk",)
    assert examine(RawFacts(sysfs=XHCI | nvme | {"block": "", "block/sda/diskseq": "1"})).firmware.locks == ()


def test_each_of_these_locks_has_words_and_is_known_to_hide_disks() -> None:
    for lock in ("storage_without_driver", "storage_without_disk", "hidden_nvme_disks"):
        assert lock in lock_words.HIDES_DISKS
        assert lock not in {lock_words.in_words(lock), lock_words.in_words(lock, "en")}


def test_a_controller_is_told_within_the_bounds_of_a_report() -> None:
    long = StorageController(slot="0" * 30, kind="0106", name="x" * 300, driver="y" * 200, disks=("z" * 300,) * 80)
    who = Signatory(station="Bank 1", key=signing.generate_key(), operator="An")
    number, now = "0192f0c1-2b3a-7c4d-8e5f-000000000001", datetime.now(UTC)
    made = build(Machine(storage=(long,)), {}, who, report_id=number, created_at=now, test=False)
    (told,) = schema.from_bytes(schema.to_bytes(made)).storage or ()
    assert (len(told.slot), len(told.name or ""), len(told.driver or "")) == (20, 256, 100)
    assert [len(name) for name in told.disks or ()] == [200] * 64
