"""Opening hidden areas of scripted drives: an area is open when a new reading no longer shows it, not before."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake_agent.machine import Medium
from intake_agent.wiping import kernel_size
from intake_agent.wiping.hidden_areas import look_for_hidden_areas, open_hidden_areas
from wipe_reports.document import AreaState, HiddenAreas

FULL = 976773168
HPA, DCO = "Host Protected Area feature set", "Device Configuration Overlay feature set"


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
