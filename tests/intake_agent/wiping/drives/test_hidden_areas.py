"""Opening hidden areas of scripted drives: an area is open when a new reading no longer shows it, not before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from intake_agent.machine import CommandSet, Medium
from intake_agent.wiping.drives import kernel_size
from intake_agent.wiping.drives.hidden_areas import look_for_hidden_areas, open_hidden_areas
from wipe_reports.document import AreaState, HiddenAreas

FULL = 976773168
HPA, DCO = "Host Protected Area feature set", "Device Configuration Overlay feature set"
AMAC = "unknown 119[8]"


def opened(drive, disk):
    return open_hidden_areas(disk, drive.path, look_for_hidden_areas(disk, drive.path))


def with_areas(sata, visible=FULL, native=FULL, real=FULL, **state):
    return sata(features=[HPA, DCO], sectors={"visible": visible, "native": native, "real": real}, **state)


def test_a_protected_area_is_opened_and_its_size_kept_for_the_report(sata, disk):
    drive = with_areas(sata, visible=FULL - 2048)
    result = opened(drive, disk)
    assert result.areas == HiddenAreas(hpa=AreaState.OPENED, hpa_sectors=2048, dco=AreaState.ABSENT)
    assert (result.needs_power_cycle, result.detail) == (False, None)
    assert drive.state["sectors"]["visible"] == FULL
    assert drive.asked(f"p{FULL}")


@pytest.mark.parametrize("how", [{"idles": ["hpa"]}])
def test_exit_code_0_opens_nothing_while_the_drive_still_hides_its_end(sata, disk, how):
    result = opened(with_areas(sata, visible=FULL - 2048, **how), disk)
    assert result.areas.hpa is AreaState.LEFT
    assert result.areas.hpa_sectors == 2048
    assert "HPA not opened" in result.detail


def test_a_size_read_with_missing_sense_data_is_not_known(sata, disk):
    areas = look_for_hidden_areas(disk, with_areas(sata, visible=FULL - 2048, lies=["hpa"]).path)
    assert areas.hpa is AreaState.UNKNOWN


def test_an_overlay_is_restored_and_what_it_hid_opened_as_well(sata, disk):
    drive = with_areas(sata, visible=FULL - 4096, native=FULL - 4096)
    result = opened(drive, disk)
    assert result.areas.dco is AreaState.OPENED
    assert result.areas.dco_sectors == 4096
    assert result.areas.hpa is AreaState.ABSENT
    assert drive.state["sectors"]["visible"] == FULL


def test_both_areas_are_opened_the_protected_one_first(sata, disk):
    drive = with_areas(sata, visible=FULL - 6144, native=FULL - 4096)
    result = opened(drive, disk)
    assert (result.areas.hpa, result.areas.dco) == (AreaState.OPENED, AreaState.OPENED)
    assert (result.areas.hpa_sectors, result.areas.dco_sectors) == (2048, 4096)


def test_an_overlay_that_stays_needs_the_power_off_and_is_still_left(sata, disk):
    result = opened(with_areas(sata, visible=FULL - 4096, native=FULL - 4096, idles=["dco"]), disk)
    assert result.areas.dco is AreaState.LEFT
    assert result.needs_power_cycle
    assert "power" in result.detail


def test_a_frozen_overlay_is_told_in_the_drives_words_and_no_restart_is_asked_for_in_vain(sata, disk):
    drive = with_areas(sata, visible=FULL - 4096, native=FULL - 4096, fails={"dco": "Input/output error"})
    result = opened(drive, disk)
    assert result.areas.dco is AreaState.LEFT
    assert "Input/output error" in result.detail
    assert not result.needs_power_cycle


def test_an_overlay_that_lies_about_being_restored_is_not_waited_for(sata, disk):
    result = opened(with_areas(sata, visible=FULL - 4096, native=FULL - 4096, lies=["dco"]), disk)
    assert result.areas.dco is AreaState.LEFT
    assert "bad/missing sense data" in result.detail
    assert not result.needs_power_cycle


def test_an_overlay_is_not_touched_behind_a_protected_area_that_does_not_open(sata, disk):
    drive = with_areas(sata, visible=FULL - 6144, native=FULL - 4096, idles=["hpa"])
    assert opened(drive, disk).areas.dco is AreaState.LEFT
    assert not drive.asked("--dco-restore")


def test_a_drive_that_hides_nothing_is_left_alone(sata, disk):
    drive = with_areas(sata)
    assert opened(drive, disk).areas == HiddenAreas(hpa=AreaState.ABSENT, dco=AreaState.ABSENT)
    assert not drive.asked("--yes-i-know-what-i-am-doing")


def test_a_drive_that_can_have_no_areas_is_not_asked(sata, disk):
    drive = with_areas(sata, visible=FULL - 2048)
    usb = type(disk)(name="sdc", medium=Medium.HDD, bus="usb")
    assert opened(drive, usb).areas.hpa is AreaState.NOT_APPLICABLE
    assert not drive.asked("")


@pytest.mark.parametrize(
    "sectors",
    [
        {"real": 18446744073321613488},
        {"real": FULL - 5000},
        {"real": 2**48},
        {"native": FULL - 8192},
        {"visible": 0},
    ],
)
def test_no_lasting_command_is_sent_to_a_drive_whose_figures_do_not_hold(sata, disk, sectors):
    drive = with_areas(sata, **({"visible": FULL - 4096, "native": FULL - 4096} | sectors))
    seen = HiddenAreas(hpa=AreaState.LEFT, hpa_sectors=1, dco=AreaState.LEFT, dco_sectors=1)
    result = open_hidden_areas(disk, drive.path, seen)
    assert not drive.asked("--yes-i-know-what-i-am-doing")
    assert "nothing was sent" in result.detail
    assert not result.needs_power_cycle


def test_a_whole_disk_of_two_terabytes_behind_an_old_hdparm_is_sent_nothing_at_every_run(sata, disk):
    """nwipe issue 444: the sign-extended count was taken for a hidden area, and the overlay restored for ever."""
    drive = with_areas(sata, visible=3907029168, native=3907029168, real=18446744073321613488)
    for _ in range(3):
        assert opened(drive, disk).areas == HiddenAreas(hpa=AreaState.ABSENT, dco=AreaState.UNKNOWN)
    assert not drive.asked("--yes-i-know-what-i-am-doing")


def test_another_drive_in_its_place_is_sent_nothing(sata, disk):
    drive = with_areas(sata, visible=FULL - 2048, serial="ANDERE")
    seen = HiddenAreas(hpa=AreaState.LEFT, hpa_sectors=2048, dco=AreaState.ABSENT)
    assert "nothing was sent" in open_hidden_areas(disk, drive.path, seen).detail
    assert not drive.asked("--yes-i-know-what-i-am-doing")


def test_an_overlay_that_the_drive_does_not_list_is_told_and_not_touched(sata, disk):
    drive = sata(features=[HPA], sectors={"visible": FULL - 4096, "native": FULL - 4096, "real": FULL})
    result = opened(drive, disk)
    assert (result.areas.dco, result.areas.dco_sectors) == (AreaState.LEFT, 4096)
    assert not drive.asked("--dco-restore")


def accessible(sata, **state):
    return sata(
        features=[AMAC],
        accessible_address=True,
        sectors={"visible": FULL - 2048, "native": FULL, "real": FULL},
        **state,
    )


def test_an_accessible_max_address_is_opened_like_a_protected_area(sata, disk):
    result = opened(accessible(sata), disk)
    assert (result.areas.hpa, result.areas.hpa_sectors) == (AreaState.OPENED, 2048)
    assert not result.needs_power_cycle


def test_an_accessible_max_address_that_was_taken_and_does_not_show_needs_the_power_off(sata, disk):
    result = opened(accessible(sata, idles=["hpa"]), disk)
    assert (result.areas.hpa, result.areas.hpa_sectors) == (AreaState.LEFT, 2048)
    assert result.needs_power_cycle
    assert "power" in result.detail


@pytest.mark.parametrize("why_not", [None, "refused: status 0x51, error 0x04"])
def test_a_drive_that_hdparm_cannot_open_is_asked_by_our_own_command(sata, disk, monkeypatch, why_not):
    asked = []

    def make_accessible(disk, path, native_sectors):
        asked.append(native_sectors)
        return why_not

    monkeypatch.setattr("intake_agent.wiping.drives.accessible_address.make_accessible", make_accessible)
    result = opened(accessible(sata, fails={"hpa": "Input/output error"}), disk)
    assert asked == [FULL]
    assert result.areas.hpa is AreaState.LEFT
    assert result.needs_power_cycle is (why_not is None)
    assert why_not is None or why_not in result.detail


def test_a_sata_drive_behind_a_sas_host_adapter_is_asked_and_opened(sata, disk):
    drive = with_areas(sata, visible=FULL - 2048)
    behind = replace(disk, bus="sas", command_set=CommandSet.ATA)
    assert opened(drive, behind).areas.hpa is AreaState.OPENED


def test_what_a_bridge_hides_stays_told_and_nothing_is_sent_through_it(sata, disk):
    drive = with_areas(sata)
    left = HiddenAreas(hpa=AreaState.LEFT, hpa_sectors=2048, dco=AreaState.NOT_APPLICABLE)
    docked = replace(disk, bus="usb", behind="USB bridge Dock", hidden_areas=left)
    assert opened(drive, docked).areas == left
    assert not drive.asked("")


def test_what_the_kernel_does_not_show_is_looked_for_again_without_a_command(sata, disk, monkeypatch):
    drive, shown = with_areas(sata), [(FULL - 2048) * 512]

    def shows(path, native_bytes):
        shown[0] = native_bytes
        return True

    monkeypatch.setattr(kernel_size, "shown_bytes", lambda path: shown[0])
    monkeypatch.setattr(kernel_size, "shows", shows)
    result = opened(drive, disk)
    assert (result.areas.hpa, result.areas.hpa_sectors) == (AreaState.OPENED, 2048)
    assert not drive.asked("--yes-i-know-what-i-am-doing")


def a_kernel_disk(folder: Path, sectors: int) -> Path:
    """A made tree of sysfs files: what is written to them stays in them."""
    device = folder / "devices" / "ata1" / "host0" / "target0:0:0" / "0:0:0:0"
    device.mkdir(parents=True)
    (device / "rescan").touch()
    host = folder / "class" / "scsi_host" / "host0"
    host.mkdir(parents=True)
    (host / "scan").touch()
    block = folder / "block" / "sda"
    block.mkdir(parents=True)
    (block / "device").symlink_to(device)
    (block / "size").write_text(f"{sectors}\n")
    return folder


def test_the_kernel_is_asked_to_look_at_host_and_drive_again(tmp_path, monkeypatch):
    monkeypatch.setattr(kernel_size, "_SECONDS_TO_SETTLE", 0.1)
    sys = a_kernel_disk(tmp_path, 1000)
    assert not kernel_size.shows(Path("/dev/sda"), 2000 * 512, sys)
    assert (sys / "class/scsi_host/host0/scan").read_text() == "- - -"
    assert (sys / "block/sda/device/rescan").read_text() == "1"


def test_a_kernel_that_shows_the_full_size_is_left_alone(tmp_path):
    sys = a_kernel_disk(tmp_path, 2000)
    assert kernel_size.shows(Path("/dev/sda"), 2000 * 512, sys)
    assert (sys / "class/scsi_host/host0/scan").read_text() == ""
