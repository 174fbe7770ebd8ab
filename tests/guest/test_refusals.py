"""Disks that must be left alone, by the kernel's own word; each is a real mount, setting or number."""

from __future__ import annotations

from typing import Any

import pytest


def assert_untouched(guest: Any, serial: str) -> None:
    drive = next(drive for drive in guest.drives if drive.serial == serial)
    assert guest.call("secrets_left", serial=serial) == drive.mebibytes * 2048


def test_the_command_refuses_them_all_and_says_why(guest: Any) -> None:
    """One command for all: looking at this many drives takes the emulated machine a while."""
    name = guest.call("fill", serial="SCSI-BUSY")
    guest.run("blockdev", "--setro", name)
    named = [word for serial in ("STICK-0001", "SCSI-BUSY", "TWIN", "NONE-1") for word in ("--yes-wipe", serial)]
    try:
        answer = guest.run(
            *("intake-agent", "wipe", "--state", "/run/live/medium/herstart", "--operator", "An", *named), seconds=200
        )
    finally:
        guest.run("blockdev", "--setrw", name)
    assert answer["code"] == 2, answer
    said = answer["out"] + answer["err"]
    assert "draait het systeem zelf" in said
    assert "beveiligd tegen schrijven" in said
    assert "hetzelfde serienummer TWIN" in said
    assert "NONE-1" in said
    assert_untouched(guest, "SCSI-BUSY")


def test_the_stick_the_agent_works_from_is_refused(guest: Any) -> None:
    assert {"live_medium", "mounted"} <= set(guest.call("refused", serial="STICK-0001"))


def test_a_read_only_disk_is_refused_and_holds_what_it_held(guest: Any) -> None:
    name = guest.call("fill", serial="SCSI-BUSY")
    guest.run("blockdev", "--setro", name)
    try:
        assert guest.call("refused", serial="SCSI-BUSY") == ["read_only"]
        assert_untouched(guest, "SCSI-BUSY")
    finally:
        guest.run("blockdev", "--setrw", name)


def test_a_mounted_disk_is_refused(guest: Any) -> None:
    name = guest.call("fill", serial="SCSI-BUSY")
    assert guest.run("mkfs.ext4", "-q", name)["code"] == 0
    assert guest.run("mount", "--mkdir", name, "/mnt")["code"] == 0
    try:
        assert "mounted" in guest.call("refused", serial="SCSI-BUSY")
        assert guest.call("opening_fails", serial="SCSI-BUSY") == "CarrierBusyError"
    finally:
        guest.run("umount", "/mnt")
    assert guest.run("fsck.ext4", "-fn", name)["code"] == 0


def test_a_disk_that_device_mapper_holds_is_refused(guest: Any) -> None:
    name = guest.call("fill", serial="SCSI-BUSY")
    assert guest.run("dmsetup", "create", "holder", input=f"0 16384 linear {name} 0\n")["code"] == 0
    try:
        assert "held" in guest.call("refused", serial="SCSI-BUSY")
        assert guest.call("opening_fails", serial="SCSI-BUSY") == "CarrierBusyError"
    finally:
        guest.run("dmsetup", "remove", "--retry", "holder")
    assert_untouched(guest, "SCSI-BUSY")


def test_a_disk_in_use_as_swap_is_refused(guest: Any) -> None:
    name = guest.call("fill", serial="SCSI-BUSY")
    guest.run("mkswap", name)
    assert guest.run("swapon", name)["code"] == 0
    try:
        assert "swap" in guest.call("refused", serial="SCSI-BUSY")
    finally:
        guest.run("swapoff", name)


def test_two_disks_with_one_serial_number_are_both_refused(guest: Any) -> None:
    assert "serial_duplicated" in guest.call("refused", serial="TWIN")


def test_a_disk_that_grew_since_it_was_looked_at_is_refused(guest: Any) -> None:
    guest.qmp("block_resize", **{"node-name": "virt-grows", "size": 12 << 20})
    guest.run("udevadm", "settle")
    assert guest.call("refused", serial="VIRT-GROWS") == ["size_changed"]
    assert guest.call("refused", serial="VIRT-GROWS", size_bytes=12 << 20) == []


def test_a_removable_disk_is_refused_until_it_is_named(guest: Any) -> None:
    assert "removable" in guest.call("refused_unnamed", serial="USB-0001")
    assert guest.call("refused", serial="USB-0001") == []


@pytest.mark.parametrize("tool", ["mdadm", "luks"])
def test_a_member_of_a_volume_is_refused_without_a_separate_yes(guest: Any, tool: str) -> None:
    guest.call("sign", serial="SCSI-BUSY", kind=tool)
    assert "signatures" in guest.call("refused", serial="SCSI-BUSY")
