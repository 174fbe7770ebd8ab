"""What the probes make of six small machines made by hand: a laptop, a BIOS desktop, an all-in-one, a tablet…"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from intake_agent.captures import captured_folder
from intake_agent.console.summary import machine_lines
from intake_agent.inspection import as_json, examine
from intake_agent.machine import AreaState, AtaSecurity, Machine, NetworkInterface, NetworkKind, Support
from intake_agent.probes.hidden_areas import NO_AREAS

MACHINES = ("uefi-laptop", "bios-desktop", "all-in-one", "emmc-tablet", "raid-tower", "usb-bridge")


@pytest.fixture
def seen(captures: Path) -> Any:
    return lambda name: examine(captured_folder(captures / name))


def ports(machine: Machine) -> dict[str, int]:
    return {port.kind: port.count for port in machine.ports}


def test_a_modern_laptop_tells_its_firmware_and_that_a_windows_licence_lies_in_it(seen: Any) -> None:
    firmware = seen("uefi-laptop").firmware
    assert (firmware.vendor, firmware.bios_version, firmware.bios_date) == (
        "Voorbeeld BIOS",
        "N1WET52W (1.31 )",
        "2018-08-14",
    )
    assert (firmware.is_uefi, firmware.has_secure_boot, firmware.has_windows_licence) == (True, True, True)
    assert (firmware.has_tpm, firmware.tpm_version, firmware.locks) == (True, "2.0", ())


def test_a_laptops_own_adapters_go_by_their_permanent_address_and_docks_and_bridges_are_not_its_own(seen: Any) -> None:
    assert seen("uefi-laptop").network == (
        NetworkInterface(
            name="enp0s31f6",
            kind=NetworkKind.ETHERNET,
            mac="02:00:5e:00:00:01",
            model="Intel Ethernet Connection (4) I219-V",
        ),
        NetworkInterface(
            name="wlp2s0", kind=NetworkKind.WIFI, mac="02:00:5e:00:00:02", model="Intel Wireless 8265 / 8275"
        ),
        NetworkInterface(name="wwan0", kind=NetworkKind.CELLULAR, mac="02:00:5e:00:00:03", model="Voorbeeld LTE Modem"),
    )


def test_a_built_in_camera_counts_once_and_a_webcam_on_a_cable_not_at_all(seen: Any) -> None:
    assert seen("uefi-laptop").cameras == ("Voorbeeld HD Camera",)


def test_a_laptops_ports_are_those_a_person_reaches(seen: Any) -> None:
    assert ports(seen("uefi-laptop")) == {
        "Audio": 1,
        "Card reader": 1,
        "Ethernet": 1,
        "HDMI": 1,
        "USB": 2,
        "USB-C": 2,
    }


def test_a_laptop_is_dated_and_weighed_by_its_own_screen_and_not_by_the_monitor_on_its_cable(seen: Any) -> None:
    machine = seen("uefi-laptop")
    assert [(one.connector, one.model, one.diagonal_tenths_inch) for one in machine.displays] == [
        ("HDMI-A-1", "Voorbeeld 27", 270),
        ("eDP-1", "VB140FHD", 140),
    ]
    assert (machine.estimate.year, machine.estimate.year_basis) == (2018, "display")
    assert machine.estimate.weight_class == "1_to_2_kg"


def test_virtualisation_that_the_firmware_switched_off_is_still_the_processors(seen: Any) -> None:
    processor = seen("uefi-laptop").processor
    assert (processor.family, processor.is_64_bit, processor.has_virtualisation) == ("Core i5", True, True)


def test_a_free_slot_and_the_maximum_are_told(seen: Any) -> None:
    memory = seen("uefi-laptop").memory
    assert (memory.installed_mib, memory.usable_mib, memory.slots, len(memory.modules), memory.max_mib) == (
        8192,
        7820,
        2,
        1,
        32768,
    )


def test_an_old_desktop_has_no_uefi_and_a_date_with_two_digits(seen: Any) -> None:
    machine = seen("bios-desktop")
    assert (machine.firmware.is_uefi, machine.firmware.has_secure_boot) == (False, False)
    assert (machine.firmware.bios_date, machine.firmware.has_windows_licence) == ("2008-11-21", False)
    assert (machine.estimate.year, machine.estimate.year_basis) == (2008, "bios_date")
    assert machine.processor.family == "GenuineIntel family 6 model 23"


def test_what_locks_a_machine_is_told(seen: Any) -> None:
    assert seen("bios-desktop").firmware.locks == (
        "amt_enabled",
        "bios_password",
        "computrace_module",
        "power_on_password",
    )
    assert seen("usb-bridge").firmware.locks == ("bios_password", "computrace_active", "firmware_installs_program")


def test_a_card_without_a_driver_is_still_a_network_card_and_no_address_is_better_than_none(seen: Any) -> None:
    wired, wireless = seen("bios-desktop").network
    assert (wired.name, wired.mac) == ("eth0", None)
    assert (wireless.name, wireless.kind, wireless.mac) == ("0000:03:00.0", NetworkKind.WIFI, None)
    assert wireless.model == "Broadcom 14e4:4315"


def test_headers_fans_and_disk_connectors_are_no_ports(seen: Any) -> None:
    assert ports(seen("bios-desktop")) == {
        "Audio": 2,
        "DVI": 1,
        "Ethernet": 1,
        "PS/2": 2,
        "Parallel": 1,
        "Serial": 1,
        "USB": 8,
        "VGA": 1,
    }


def test_a_frozen_hard_disk_is_told_with_how_it_says_it_can_erase(seen: Any) -> None:
    (disk,) = seen("bios-desktop").disks
    assert disk.security == AtaSecurity(enabled=False, locked=False, frozen=True, erase_minutes=58)
    assert Support.ATA_SECURITY_ERASE in disk.supports
    assert disk.behind is None


def test_a_hidden_area_is_seen_before_anything_is_wiped(seen: Any) -> None:
    machine = seen("bios-desktop")
    areas = machine.disks[0].hidden_areas
    assert (areas.hpa, areas.hpa_sectors, areas.dco) == (AreaState.LEFT, 10_000_000, AreaState.ABSENT)
    assert any("verborgen gebied van 5,1 GB" in line for line in machine_lines(machine))
    assert seen("usb-bridge").disks[0].hidden_areas == NO_AREAS


def test_an_all_in_one_is_weighed_by_its_screen_whose_millimetres_are_an_aspect_ratio(seen: Any) -> None:
    machine = seen("all-in-one")
    (screen,) = machine.displays
    assert (screen.diagonal_tenths_inch, screen.model) == (240, "VB238")
    assert machine.estimate.weight_class == "3_to_8_kg"
    assert machine.firmware.has_secure_boot is False
    assert machine.processor.has_virtualisation is True


def test_stacked_usb_ports_count_two_and_two_words_are_two_ports(seen: Any) -> None:
    assert ports(seen("all-in-one")) == {"DisplayPort": 1, "HDMI": 1, "USB": 4}


def test_a_reference_boards_table_says_nothing_of_a_tablet(seen: Any) -> None:
    assert seen("emmc-tablet").ports == ()


def test_a_tablet_has_its_memory_soldered_its_disk_on_emmc_and_its_size_from_the_timing(seen: Any) -> None:
    machine = seen("emmc-tablet")
    soldered, card = machine.disks
    assert (soldered.name, soldered.medium, soldered.bus) == ("mmcblk0", "emmc", "mmc")
    assert soldered.supports == {Support.EMMC_SECURE_DISCARD, Support.EMMC_SANITIZE}
    assert (card.medium, card.removable, card.supports) == ("flash", True, frozenset())
    (screen,) = machine.displays
    assert (screen.width_px, screen.height_px, screen.diagonal_tenths_inch) == (800, 1280, 101)
    assert machine.estimate.weight_class == "under_1_kg"
    assert machine.network is not None
    assert machine.network[0].kind is NetworkKind.WIFI


def test_a_logical_volume_is_behind_its_controller_and_a_drive_handed_through_whole_is_not(seen: Any) -> None:
    volume, handed_through = seen("raid-tower").disks
    assert volume.behind == "RAID controller megaraid_sas"
    assert handed_through.behind is None


def test_controllers_that_hide_disks_are_told(seen: Any) -> None:
    assert seen("raid-tower").firmware.locks == ("hidden_nvme_disks", "storage_without_driver")


def test_a_disk_in_a_dock_is_behind_its_bridge(seen: Any) -> None:
    docked, stick = seen("usb-bridge").disks
    assert docked.behind == "USB bridge Voorbeeld SATA dock 2.0"
    assert (docked.model, docked.medium) == ("VOORBEELD HD320", "hdd")
    assert stick.behind == "USB bridge Stick"


@pytest.mark.parametrize("name", MACHINES)
def test_a_summary_fits_eighty_columns_and_has_no_key_that_is_not_a_word(seen: Any, name: str) -> None:
    machine = seen(name)
    lines = list(machine_lines(machine))
    assert max(map(len, lines)) <= 80
    assert not [line for line in lines for lock in machine.firmware.locks if lock in line]
    assert json.loads(json.dumps(as_json(machine)))["firmware"]["locks"] == list(machine.firmware.locks)
