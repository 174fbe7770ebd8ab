"""What ``intake-agent inspect`` sees of a machine whose parts are known."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wipe_reports.document import HealthVerdict


@pytest.fixture(scope="module")
def seen(guest: Any) -> dict[str, Any]:
    answer = guest.run("intake-agent", "inspect", "--json")
    assert answer["code"] == 0, answer["err"]
    return json.loads(answer["out"])


@pytest.fixture(scope="module")
def disks(seen: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {disk["serial"]: disk for disk in seen["disks"] if disk["serial"] != "TWIN"}


def test_the_firmware_tells_maker_model_serial_number_and_identity(seen: dict[str, Any]) -> None:
    system = seen["system"]
    assert (system["manufacturer"], system["product"], system["serial"]) == ("Acme", "DonorBook 7", "SN-0001")
    assert system["uuid"].lower() == "11111111-2222-3333-4444-555555555555"


def test_installed_memory_is_what_is_plugged_in_not_what_the_system_has_left(seen: dict[str, Any]) -> None:
    memory = seen["memory"]
    assert memory["installed_mib"] == 1536
    assert 1200 < memory["usable_mib"] < 1536


@pytest.mark.parametrize(
    ("serial", "bus", "medium"),
    [
        ("VIRT-0001", "virtio", "virtual"),
        ("SATA-0001", "sata", "hdd"),
        ("NVME-0001", "nvme", "nvme"),
        ("SCSI-0001", "scsi", "hdd"),
        ("USB-0001", "usb", "virtual"),
    ],
)
def test_each_disk_is_seen_with_its_bus_and_its_medium(
    disks: dict[str, dict[str, Any]], serial: str, bus: str, medium: str
) -> None:
    assert (disks[serial]["bus"], disks[serial]["medium"]) == (bus, medium)


PULLED = {"SATA-GONE", "SCSI-GONE", "SCSI-PULLED"}
"""Other tests take these away."""


def test_no_disk_is_missed_and_none_is_made_up(guest: Any, seen: dict[str, Any]) -> None:
    there = sorted(drive.own_serial or drive.serial for drive in guest.drives if drive.serial not in PULLED)
    assert sorted(disk["serial"] for disk in seen["disks"] if disk["serial"] not in PULLED) == there


def test_sizes_are_exact(guest: Any, disks: dict[str, dict[str, Any]]) -> None:
    for drive in guest.drives:
        if drive.own_serial is None and drive.serial not in PULLED:
            assert disks[drive.serial]["size_bytes"] == drive.mebibytes << 20


def test_a_drive_that_warns_of_itself_is_failing_whatever_else_it_says(disks: dict[str, dict[str, Any]]) -> None:
    warned, well = disks["NVME-WARN"]["health"], disks["NVME-0001"]["health"]
    assert warned["verdict"] == HealthVerdict.FAILING
    assert "critical_warning" in warned["reasons"]
    assert "critical_warning" not in well["reasons"]


def test_doctor_finds_every_program_it_needs_on_this_system(guest: Any) -> None:
    """Only the service is out of reach: the guest has no network."""
    answer = guest.run("intake-agent", "doctor", "--state", "/run/live/medium/herstart")
    missing = [line.split()[1] for line in answer["out"].splitlines() if line.startswith("MIST")]
    assert missing == ["dienst"]
