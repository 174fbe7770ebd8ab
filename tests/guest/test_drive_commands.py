"""The drives' own erase commands on emulated controllers: what they do, and what they only say they do.

QEMU's NVMe formats for real; it has no Sanitize, and its ATA and SCSI drives have no Security or Sanitize at all, yet
several programs answer 0. Recorded answers of real drives are tested in ``tests/intake_agent/wiping/``.
"""

from __future__ import annotations

from typing import Any

import pytest

ALL = 8 * 2048


def test_an_nvme_format_erases_what_was_planted(guest: Any) -> None:
    done = guest.call("erased_by", serial="NVME-FORMAT", method="NVME_FORMAT")
    assert (done["result"], done["secrets_before"], done["secrets_left"]) == (None, ALL, 0)
    assert done["tool"]["name"] == "nvme-cli"


def test_a_cryptographic_format_that_the_controller_does_not_have_is_neither_planned_nor_sent(guest: Any) -> None:
    """FNA bit 2 is 0, yet the controller takes ``nvme format -s 2`` and answers success."""
    supports = guest.call("inspect")["supports"]["NVME-CRYPTO"]
    assert "nvme_format" in supports
    assert "nvme_format_crypto" not in supports
    assert not [method for method in guest.call("steps", serial="NVME-CRYPTO") if "crypto" in method.lower()]
    done = guest.call("erased_by", serial="NVME-CRYPTO", method="NVME_FORMAT_CRYPTO")
    assert (done["result"], done["secrets_left"]) == ("refused", ALL)
    name = guest.call("path_of", serial="NVME-CRYPTO")
    assert guest.run("nvme", "format", name, "-s", "2", "--force")["code"] == 0


@pytest.mark.parametrize("method", ["NVME_SANITIZE_BLOCK", "NVME_SANITIZE_CRYPTO"])
def test_an_nvme_drive_without_sanitize_is_not_sanitized(guest: Any, method: str) -> None:
    done = guest.call("erased_by", serial="NVME-SANITIZE", method=method)
    assert (done["result"], done["secrets_left"]) == ("refused", ALL)


@pytest.mark.parametrize(
    "method",
    ["ATA_SECURITY_ERASE", "ATA_SECURITY_ERASE_ENHANCED", "ATA_SANITIZE_BLOCK", "ATA_SANITIZE_CRYPTO"],
)
def test_an_ata_drive_without_the_command_is_not_believed_to_have_carried_it_out(guest: Any, method: str) -> None:
    done = guest.call("erased_by", serial="SATA-PLAIN", method=method)
    assert done["result"] == "refused"
    assert done["secrets_left"] == ALL


@pytest.mark.parametrize(
    "command",
    [
        ("--user-master", "u", "--security-set-pass", "x"),
        ("--user-master", "u", "--security-erase", "x"),
        ("--user-master", "u", "--security-erase-enhanced", "x"),
        ("--dco-identify",),
        ("-N", "p100"),
    ],
)
def test_hdparm_answers_0_on_a_drive_that_did_nothing(guest: Any, command: tuple[str, ...]) -> None:
    """The lie itself: where this stops holding, the agent's care about exit codes can be looked at again."""
    guest.call("fill", serial="SATA-PLAIN")
    name = guest.call("path_of", serial="SATA-PLAIN")
    answer = guest.run("hdparm", "--yes-i-know-what-i-am-doing", *command, name)
    assert answer["code"] == 0
    assert "bad/missing sense data" in answer["out"] + answer["err"]
    assert guest.call("secrets_left", serial="SATA-PLAIN") == ALL
    sectors = guest.run("blockdev", "--getsz", name)["out"]
    assert int(sectors) == ALL


def test_a_hidden_area_is_not_claimed_for_a_drive_that_lists_none(guest: Any) -> None:
    areas = guest.call("hidden_areas", serial="SATA-PLAIN")
    assert (areas["hpa"], areas["dco"]) == ("absent", "absent")


@pytest.mark.parametrize("method", ["SCSI_SANITIZE_BLOCK", "SCSI_SANITIZE_CRYPTO", "SCSI_SANITIZE_OVERWRITE"])
def test_a_scsi_drive_without_sanitize_is_not_sanitized(guest: Any, method: str) -> None:
    done = guest.call("erased_by", serial="SCSI-0001", method=method)
    assert (done["result"], done["secrets_left"]) == ("refused", ALL)


def test_the_kernels_own_scsi_drive_is_not_sanitized_either(guest: Any) -> None:
    done = guest.call("sanitize_scsi_debug")
    assert done["secrets_left"] == 8 * 2048
    assert done["result"] == "refused"


def test_nothing_runs_on_a_drive_that_was_asked_for_nothing(guest: Any) -> None:
    for serial in ("NVME-0001", "SATA-0001", "SCSI-0001", "VIRT-0001"):
        assert guest.call("running", serial=serial) is None
