"""The decision table: what is chosen, what it reaches, and what is said about it."""

from __future__ import annotations

import pytest

from intake_agent.machine import Disk, Medium, Support
from intake_agent.wiping.hidden_areas import hidden_areas, may_hide
from intake_agent.wiping.plan import TABLE, plan
from wipe_reports.contradictions import highest_level
from wipe_reports.document import AreaState, Level, Technique, VerificationMethod


@pytest.mark.parametrize("medium", list(Medium))
def test_every_medium_is_overwritten_and_reaches_clear(medium: Medium) -> None:
    chosen = plan(Disk(name="x", medium=medium))
    assert chosen.row.technique is Technique.OVERWRITE
    assert chosen.row.level is Level.CLEAR
    assert chosen.verification is VerificationMethod.FULL_READ_BACK


@pytest.mark.parametrize("medium", [Medium.SSD, Medium.NVME, Medium.EMMC, Medium.FLASH])
def test_flash_is_told_that_its_reserve_is_not_reached(medium: Medium) -> None:
    assert any("reserve" in remark for remark in plan(Disk(name="x", medium=medium)).remarks)


def test_a_hard_disk_needs_no_remark() -> None:
    assert plan(Disk(name="x", medium=Medium.HDD)).remarks == ()


def test_a_drive_that_could_do_better_is_told_so() -> None:
    chosen = plan(Disk(name="x", medium=Medium.NVME, supports=frozenset({Support.NVME_SANITIZE_BLOCK})))
    assert chosen.better is not None
    assert chosen.better.level is Level.PURGE
    assert any("sanitize" in remark for remark in chosen.remarks)


def test_a_sampled_read_back_is_labelled() -> None:
    chosen = plan(Disk(name="x", medium=Medium.HDD), sampled=True)
    assert chosen.verification is VerificationMethod.SAMPLED_READ_BACK
    assert any("steekproef" in remark for remark in chosen.remarks)


def test_each_row_names_its_source_and_none_claims_more_than_its_technique_can_reach() -> None:
    order = list(Level)
    for row in TABLE:
        assert "800-88" in row.source
        for medium in row.media:
            assert order.index(row.level) <= order.index(highest_level(row.technique, medium, "nvme"))


IDENTIFY = "/dev/sda:\nATA device\nCommands/features:\n\tEnabled\tSupported:\n\t   *\tSMART feature set\n"
WITH_BOTH = IDENTIFY + "\t   *\tHost Protected Area feature set\n\t   *\tDevice Configuration Overlay feature set\n"


def areas(identify: str, max_sectors: str = "", dco: str = "") -> tuple[AreaState, int | None, AreaState, int | None]:
    found = hidden_areas(identify, max_sectors, dco)
    return found.hpa, found.hpa_sectors, found.dco, found.dco_sectors


def test_a_drive_without_the_features_has_no_hidden_areas() -> None:
    assert areas(IDENTIFY) == (AreaState.ABSENT, None, AreaState.ABSENT, None)


def test_a_drive_that_shows_all_its_sectors_has_none_either() -> None:
    shown = " max sectors   = 976773168/976773168, HPA is disabled"
    told = areas(WITH_BOTH, shown, "Real max sectors: 976773168")
    assert told == (AreaState.ABSENT, None, AreaState.ABSENT, None)


def test_hidden_sectors_are_counted_per_kind() -> None:
    told = areas(WITH_BOTH, " max sectors   = 900/1000, HPA is enabled", "Real max sectors: 1500")
    assert told == (AreaState.LEFT, 100, AreaState.LEFT, 500)


@pytest.mark.parametrize(
    "answer",
    ["", "SG_IO: bad/missing sense data, sb[]:  70 00 05", " max sectors   = 1000/8(1000?), HPA seems invalid"],
)
def test_an_answer_that_is_no_answer_leaves_the_area_unknown_whatever_the_exit_code(answer: str) -> None:
    assert areas(WITH_BOTH, answer)[0] is AreaState.UNKNOWN
    assert areas(WITH_BOTH, answer)[2] is AreaState.UNKNOWN


def test_a_drive_that_does_not_identify_itself_is_unknown() -> None:
    assert areas("/dev/sda: No such device") == (AreaState.UNKNOWN, None, AreaState.UNKNOWN, None)


@pytest.mark.parametrize(
    ("medium", "bus", "expected"),
    [
        (Medium.HDD, "sata", True),
        (Medium.SSD, None, True),
        (Medium.HDD, "usb", False),
        (Medium.HDD, "sas", False),
        (Medium.NVME, "nvme", False),
        (Medium.VIRTUAL, "virtio", False),
    ],
)
def test_only_a_directly_attached_ata_drive_is_asked_for_hidden_areas(
    medium: Medium, bus: str | None, expected: bool
) -> None:
    assert may_hide(Disk(name="x", medium=medium, bus=bus)) is expected
