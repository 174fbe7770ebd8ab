"""The probes of single parts, each on the smallest text that shows its rule."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake_agent.machine import Medium
from intake_agent.probes.battery import batteries, is_on_battery
from intake_agent.probes.disks import disks, drive
from intake_agent.probes.display import displays
from intake_agent.probes.firmware import system
from intake_agent.probes.memory import memory
from intake_agent.probes.processor import processor
from intake_agent.probes.smbios import size_mib
from intake_agent.raw_facts import RawFacts


@pytest.mark.parametrize(
    ("text", "mebibytes"),
    [("8 GB", 8192), ("8192 MB", 8192), ("4096 kB", 4), ("1 TB", 1024**2), ("No Module Installed", None), ("", None)],
)
def test_sizes_in_every_unit_dmidecode_prints(text: str, mebibytes: int | None) -> None:
    assert size_mib(text) == mebibytes


def module(array: str, size: str, kind: str = "DDR3", handle: str = "0x0011") -> str:
    head = f"Handle {handle}, DMI type 17, 34 bytes\nMemory Device\n"
    return f"{head}\tArray Handle: {array}\n\tSize: {size}\n\tType: {kind}\n"


ARRAY = "Handle 0x0010, DMI type 16, 15 bytes\nPhysical Memory Array\n\tUse: System Memory\n\tMaximum Capacity: 8 GB\n"


def test_a_structure_that_is_listed_twice_counts_once() -> None:
    assert memory(ARRAY + module("0x0010", "2 GB") * 2, None).installed_mib == 2048


def test_two_modules_under_one_handle_number_count_twice_when_they_differ() -> None:
    text = ARRAY + module("0x0010", "2 GB") + module("0x0010", "4 GB")
    assert memory(text, None).installed_mib == 6144


def test_old_tables_without_memory_devices_have_memory_modules() -> None:
    text = "Handle 0x0006, DMI type 6, 12 bytes\nMemory Module Information\n\tInstalled Size: 256 MB (Double-bank)\n"
    assert memory(text, None).installed_mib == 256


def test_firmware_that_names_less_than_the_system_uses_does_not_tell_what_is_installed() -> None:
    text = ARRAY + module("0x0010", "16 MB") + module("0x0011", "Unknown")
    assert memory(text, "MemTotal:        3980000 kB\n").installed_mib is None
    assert memory(text, None).installed_mib == 16
    assert memory(ARRAY + module("0x0010", "4096 MB"), "MemTotal:        3980000 kB\n").installed_mib == 4096


@pytest.mark.parametrize(
    ("use", "installed_mib"),
    [("Flash Memory", None), ("Video Memory", None), ("<OUT OF SPEC>", 2048), ("System Memory", 2048)],
)
def test_only_an_array_that_is_known_for_another_use_is_left_out(use: str, installed_mib: int | None) -> None:
    text = ARRAY.replace("System Memory", use) + module("0x0010", "2 GB")
    assert memory(text, None).installed_mib == installed_mib


def test_no_memory_told_is_unknown_and_not_zero() -> None:
    assert memory("", "").installed_mib is None
    assert memory(ARRAY + module("0x0010", "Unknown"), None).installed_mib is None


@pytest.mark.parametrize(
    ("product", "kind"), [("KVM Virtual Machine", "virtual"), ("Xenon 15", "laptop"), ("VMware Platform", "virtual")]
)
def test_a_virtual_machine_is_told_by_whole_words(product: str, kind: str) -> None:
    text = (
        f"Handle 0x0001, DMI type 1, 27 bytes\nSystem Information\n\tProduct Name: {product}\n\n"
        "Handle 0x0003, DMI type 3, 22 bytes\nChassis Information\n\tType: Notebook\n"
    )
    assert system(text).kind == kind


def test_two_sockets_have_the_cores_of_both() -> None:
    block = "processor\t: {}\nmodel name\t: X\nphysical id\t: {}\ncpu cores\t: 4\n\n"
    found = processor("".join(block.format(number, number // 8) for number in range(16)))
    assert (found.cores, found.threads) == (8, 16)


def test_the_brand_comes_from_smbios_when_the_kernel_has_none() -> None:
    text = (
        "Handle 0x0004, DMI type 4, 42 bytes\nProcessor Information\n\tStatus: Unpopulated\n\tVersion: Leeg\n\n"
        "Handle 0x0005, DMI type 4, 42 bytes\nProcessor Information\n\tStatus: Populated, Enabled\n"
        "\tVersion:  Voorbeeld  9\n\tCore Count: 2\n\tThread Count: 4\n"
    )
    found = processor(None, None, text)
    assert (found.brand, found.cores, found.threads) == ("Voorbeeld 9", 2, 4)


def listed(**row: object) -> str:
    return json.dumps({"blockdevices": [{"type": "disk", "size": 1000, **row}]})


@pytest.mark.parametrize(
    "name",
    [
        "loop0",
        "zram0",
        "sr0",
        "md127",
        "dm-0",
        "mmcblk0boot0",
        "mmcblk0rpmb",
        "fd0",
        "nbd0",
        "ram0",
        "mtdblock0",
        "zd16",
    ],
)
def test_what_is_no_disk_of_the_machine_is_not_listed(name: str) -> None:
    assert disks(RawFacts(lsblk=listed(kname=name))) == ()


@pytest.mark.parametrize(
    ("row", "answer", "medium"),
    [
        ({"kname": "nvme0n1"}, {}, Medium.NVME),
        ({"kname": "mmcblk0"}, {}, Medium.EMMC),
        ({"kname": "mmcblk0", "rm": True}, {}, Medium.FLASH),
        ({"kname": "vda", "rota": True}, {}, Medium.VIRTUAL),
        ({"kname": "sda", "model": "VBOX HARDDISK", "rota": True}, {}, Medium.VIRTUAL),
        ({"kname": "sda", "rota": True}, {"rotation_rate": 0}, Medium.SSD),
        ({"kname": "sda", "rota": False}, {"rotation_rate": 5400}, Medium.HDD),
        ({"kname": "sda", "rota": True}, {}, Medium.HDD),
        ({"kname": "sda", "rota": True, "tran": "usb"}, {}, Medium.UNKNOWN),
        ({"kname": "sda"}, {"trim": {"supported": True}}, Medium.SSD),
    ],
)
def test_the_medium_is_the_drives_own_word_before_the_systems_guess(row: dict, answer: dict, medium: Medium) -> None:
    (disk,) = disks(RawFacts(lsblk=listed(**row), smartctl={row["kname"]: json.dumps(answer)}))
    assert disk.medium is medium


def test_an_nvme_health_log_counts_where_smartctl_gave_none() -> None:
    log = {"percent_used": "91", "media_errors": 2, "critical_warning": {"value": 4}, "avail_spare": 5}
    (disk,) = disks(RawFacts(lsblk=listed(kname="nvme0n1"), nvme={"nvme0": json.dumps(log)}))
    assert disk.smart is not None
    assert (disk.smart.percentage_used, disk.smart.media_errors) == (91, 2)
    assert disk.signs.critical_warning == 4


def test_endurance_of_a_sata_ssd_is_read_from_its_statistics() -> None:
    row = {"name": "Percentage Used Endurance Indicator", "value": 17, "flags": {"valid": True}}
    answer = {"ata_device_statistics": {"pages": [{"number": 7, "table": [row]}]}}
    smart = drive("sda", json.dumps(answer)).smart
    assert smart is not None
    assert smart.percentage_used == 17


def test_smartctl_is_enough_where_lsblk_is_not() -> None:
    (disk,) = disks(RawFacts(smartctl={"sda": json.dumps({"model_name": "Voorbeeld", "user_capacity": {"bytes": 5}})}))
    assert (disk.name, disk.model, disk.size_bytes) == ("sda", "Voorbeeld", 5)


def test_a_mouse_has_a_battery_that_is_not_the_machines() -> None:
    mouse = {"type": "Battery", "scope": "Device", "energy_full": "5"}
    assert batteries({"hidpp_battery_0": mouse, "BAT0": {"type": "Battery", "present": "0"}}) == ()


@pytest.mark.parametrize(
    ("mains", "battery", "expected"),
    [("1", "Discharging", False), ("0", "Discharging", True), ("0", "Full", False), (None, "Discharging", True)],
)
def test_a_machine_runs_on_its_battery_only_without_mains(mains: str | None, battery: str, expected: bool) -> None:
    supplies = {"BAT0": {"type": "Battery", "status": battery}}
    if mains is not None:
        supplies["AC"] = {"type": "Mains", "online": mains}
    assert is_on_battery(supplies) is expected


def an_edid() -> bytes:
    edid = bytearray(128)
    edid[:8] = bytes.fromhex("00ffffffffffff00")
    edid[8:10] = (22 << 10 | 2 << 5 | 4).to_bytes(2, "big")
    edid[17], edid[21], edid[22] = 26, 31, 17
    edid[54:62] = bytes([0x1D, 0x36, 0x80, 0x18, 0x71, 0x38, 0x1E, 0x40])
    edid[72:90] = b"\0\0\0\xfc\0Voorbeeld 14\n"
    edid[127] = -sum(edid[:127]) % 256
    return bytes(edid)


def test_a_screen_tells_its_maker_size_resolution_and_year() -> None:
    (screen,) = displays({"eDP-1": an_edid(), "DP-2": b"", "DP-3": b"rommel" * 40})
    assert (screen.connector, screen.manufacturer, screen.model) == ("eDP-1", "VBD", "Voorbeeld 14")
    assert (screen.width_px, screen.height_px, screen.diagonal_tenths_inch, screen.year) == (1920, 1080, 139, 2016)


@settings(deadline=None)
@given(st.binary(min_size=120, max_size=300))
def test_no_edid_crashes(noise: bytes) -> None:
    seen = displays({"X": noise, "Y": bytes.fromhex("00ffffffffffff00") + noise})
    assert {screen.connector for screen in seen} <= {"X", "Y"}
