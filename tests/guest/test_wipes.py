"""The engine, whole, on a drive of every bus, on drives with bad sectors, and on drives that go away half way."""

from __future__ import annotations

from typing import Any

import pytest

MIB = 1 << 20


def throttle(guest: Any, serial: str) -> None:
    """Make a drive write 8 MiB a second, so that something can happen during its wipe."""
    limit = {"bps": 0, "bps_rd": 0, "iops": 0, "iops_rd": 0, "iops_wr": 0}
    guest.qmp("block_set_io_throttle", id=f"dev-{serial.lower()}", bps_wr=8 * MIB, **limit)


@pytest.mark.parametrize("serial", ["VIRT-0001", "SATA-0001", "SCSI-0001", "USB-0001"])
def test_a_drive_is_overwritten_whole_and_every_byte_read_back(guest: Any, serial: str) -> None:
    size = next(drive.mebibytes for drive in guest.drives if drive.serial == serial) * MIB
    done = guest.call("wiped", serial=serial)
    assert done["trouble"] is None
    assert (done["outcome"], done["level"], done["exceptions"]) == ("erased", "clear", [])
    assert done["technique"] == "overwrite"
    assert "buffered" not in done["method"]
    assert done["bytes_written"] == done["verification"]["bytes_read"] == size
    assert done["secrets_left"] == 0


def test_an_nvme_drive_is_formatted_by_its_controller_and_its_canaries_are_gone(guest: Any) -> None:
    done = guest.call("wiped", serial="NVME-0001")
    assert (done["outcome"], done["level"], done["exceptions"]) == ("erased", "clear", [])
    assert done["technique"] == "format"
    assert done["attempts"] == []
    canaries = done["verification"]["canaries"]
    assert canaries["planted"] > 0
    assert canaries["survived"] == 0
    assert done["verification"]["bytes_read"] == 8 * MIB
    assert done["secrets_left"] == 0


def test_a_controller_that_promises_a_sanitize_and_refuses_it_is_wiped_the_next_best_way(guest: Any) -> None:
    done = guest.call("wiped", serial="NVME-SANITIZE", claims=["NVME_SANITIZE_BLOCK"])
    assert (done["outcome"], done["level"]) == ("erased", "clear")
    assert done["technique"] == "format"
    (attempt,) = done["attempts"]
    assert (attempt["technique"], attempt["result"]) == ("block_erase", "refused")
    assert done["secrets_left"] == 0


def test_an_ata_drive_whose_commands_do_nothing_is_overwritten_and_the_attempts_are_told(guest: Any) -> None:
    claims = ["ATA_SANITIZE_BLOCK", "ATA_SANITIZE_CRYPTO", "ATA_SECURITY_ERASE_ENHANCED"]
    done = guest.call("wiped", serial="SATA-PLAIN", claims=claims)
    assert (done["outcome"], done["level"], done["technique"]) == ("erased", "clear", "overwrite")
    assert [attempt["result"] for attempt in done["attempts"]] == ["refused"] * 3
    assert done["secrets_left"] == 0


def test_sectors_that_cannot_be_read_are_mapped_and_no_level_is_claimed(guest: Any) -> None:
    """The drive fails at 512 bytes, the agent looks no closer than 4 KiB: the whole page counts as lost."""
    done = guest.call("wiped_broken", serial="SATA-READ")
    assert (done["outcome"], done["level"]) == ("erased_with_exceptions", "none")
    assert done["exceptions"] == ["read_errors"]
    places = [(error["offset_bytes"], error["length_bytes"]) for error in done["errors"]]
    assert places == [(9000 * 512 // 4096 * 4096, 4096), (20001 * 512 // 4096 * 4096, 4096)]
    assert done["unreadable_sectors"] == 16
    assert done["verification"]["bytes_read"] == 16 * MIB - 2 * 4096


def test_sectors_that_cannot_be_written_are_mapped_and_no_level_is_claimed(guest: Any) -> None:
    done = guest.call("wiped_broken", serial="SCSI-WRITE")
    assert done["outcome"] != "erased"
    assert done["level"] == "none"
    assert "write_errors" in done["exceptions"]
    (error,) = [error for error in done["errors"] if error["operation"] == "write"]
    assert (error["offset_bytes"], error["length_bytes"]) == (12345 * 512 // 4096 * 4096, 4096)
    assert done["bytes_written"] == 16 * MIB - 4096


@pytest.mark.parametrize("serial", ["SATA-GONE", "SCSI-GONE"])
def test_a_disk_that_is_pulled_during_the_wipe_is_not_erased(guest: Any, serial: str) -> None:
    throttle(guest, serial)
    done = guest.call("wiped_until", serial=serial, percent=40, write=["1", "/sys/block/NAME/device/delete"])
    assert (done["outcome"], done["level"]) == ("not_erased", "none")
    assert done["interrupted"]
    assert done["bytes_written"] < 24 * MIB
    assert done["verification"]["method"] == "none"


def test_a_disk_that_qemu_unplugs_during_the_wipe_is_not_erased(guest: Any) -> None:
    """The controller tells the kernel that the drive has gone, as a cable that is pulled does."""
    throttle(guest, "SCSI-PULLED")
    wipe = guest.ask(**{"call": "wiped_empty", "with": {"serial": "SCSI-PULLED"}})
    guest.wait_until_written("SCSI-PULLED", at_byte=8 * MIB)
    guest.qmp("device_del", id="dev-scsi-pulled")
    done = guest.answer(wipe, 240)["value"]
    assert (done["outcome"], done["level"]) == ("not_erased", "none")
    assert done["bytes_written"] < 24 * MIB


def test_two_disks_at_once_each_tell_their_own_progress(guest: Any) -> None:
    done = guest.call("wiped_together", serials=["VIRT-0001", "SCSI-0001"])
    for serial in ("VIRT-0001", "SCSI-0001"):
        assert done[serial]["outcome"] == "erased"
        assert {"writing", "verifying"} <= set(done[serial]["heard"])
