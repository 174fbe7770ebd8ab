"""The decision table: what is chosen, in which order, what it reaches, and what is said about it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_agent.machine import AtaSecurity, Disk, Medium, Support
from intake_agent.wiping import table
from intake_agent.wiping.drives.hidden_areas import hidden_areas, may_hide
from intake_agent.wiping.plan import SECURITY_METHODS, plan, reached
from intake_agent.wiping.table import TABLE
from wipe_reports.codes import Method
from wipe_reports.contradictions import highest_level
from wipe_reports.document import AreaState, HiddenAreas, Level, Technique, VerificationMethod

RANK = [Level.NONE, Level.CLEAR, Level.PURGE, Level.DESTROY]
EVERYTHING = frozenset(Support)
FREE = AtaSecurity(enabled=False, locked=False, frozen=False)


def a_disk(medium: Medium, bus: str | None = None, **facts: Any) -> Disk:
    areas = HiddenAreas(hpa=AreaState.ABSENT, dco=AreaState.ABSENT)
    return Disk(**{"name": "x", "medium": medium, "bus": bus, "size_bytes": 10**11, "hidden_areas": areas, **facts})


def methods(disk: Disk, **how: Any) -> list[Method]:
    return [row.method for row in plan(disk, **how).steps]


disks = st.builds(
    Disk,
    name=st.just("x"),
    medium=st.sampled_from(Medium),
    bus=st.sampled_from([None, "sata", "ata", "nvme", "sas", "scsi", "usb", "mmc", "sd", "virtio"]),
    size_bytes=st.sampled_from([None, 0, 512, 10**12]),
    supports=st.frozensets(st.sampled_from(Support)),
    security=st.none() | st.builds(AtaSecurity, enabled=st.booleans(), locked=st.booleans(), frozen=st.booleans()),
    behind=st.none() | st.just("RAID"),
)
choices = st.fixed_dictionaries(
    {
        "sampled": st.booleans(),
        "wanted": st.none() | st.sampled_from([Level.CLEAR, Level.PURGE]),
        "allow_suspend": st.booleans(),
        "locked_by": st.none() | st.sampled_from(sorted(SECURITY_METHODS)),
    }
)


@given(disks, choices)
def test_every_disk_gets_a_plan_that_ends_in_the_overwrite_or_says_that_it_must_be_destroyed(
    disk: Disk, how: dict[str, Any]
) -> None:
    made = plan(disk, **how)
    if made.impossible is not None:
        assert made.steps == ()
        assert made.level is Level.NONE
        assert "Vernietig" in made.impossible
        assert "getuige" in made.impossible
        return
    assert made.steps[-1].method is Method.OVERWRITE
    assert len({row.method for row in made.steps}) == len(made.steps)
    assert made.minutes is not None
    assert made.minutes >= 1
    for row in made.steps:
        told = reached(row, made.verification)
        assert RANK.index(told) <= RANK.index(highest_level(row.technique, disk.medium, disk.bus))
        assert row.needs is None or row.needs in disk.supports


@given(disks, choices)
def test_no_command_of_the_drive_goes_through_a_bridge_a_controller_or_a_card_reader(
    disk: Disk, how: dict[str, Any]
) -> None:
    if disk.behind is not None or disk.bus in {"usb", "sd"}:
        assert plan(disk, **how).steps in {(), (TABLE[-1],)}


@given(disks, choices)
def test_a_security_erase_is_only_for_a_port_of_the_machine_and_a_drive_that_will_take_it(
    disk: Disk, how: dict[str, Any]
) -> None:
    made = plan(disk, **how)
    if SECURITY_METHODS & {row.method for row in made.steps}:
        security = disk.security
        assert disk.bus in {"sata", "ata"}
        assert security is not None
        protected = security.locked or security.enabled
        assert how["locked_by"] or not protected
        assert protected or how["allow_suspend"] or not security.frozen


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"bus": "sas", "hidden_areas": HiddenAreas()}, ("niet na te kijken", "rechtstreeks", "niet volledig gewist")),
        ({"bus": "sata", "hidden_areas": HiddenAreas()}, ("niet na te kijken", "niet volledig gewist")),
        (
            {"bus": "sata", "hidden_areas": HiddenAreas(hpa=AreaState.LEFT, hpa_sectors=409600)},
            ("409.600 sectoren", "niet volledig gewist", "helemaal uit"),
        ),
        (
            {
                "bus": "usb",
                "behind": "USB bridge Dock",
                "hidden_areas": HiddenAreas(hpa=AreaState.LEFT, hpa_sectors=2048, dco=AreaState.NOT_APPLICABLE),
            },
            ("2.048 sectoren", "rechtstreeks", "niet volledig gewist"),
        ),
    ],
)
def test_what_may_stay_hidden_is_said_before_the_wipe_with_what_to_do(
    facts: dict[str, Any], words: tuple[str, ...]
) -> None:
    told = " ".join(plan(a_disk(Medium.HDD, **facts)).remarks)
    for one in words:
        assert one.casefold() in told.casefold()
    assert ("rechtstreeks" in told) is ("rechtstreeks" in words)


@pytest.mark.parametrize(
    ("medium", "bus", "expected"),
    [
        (Medium.NVME, "nvme", [Method.NVME_SANITIZE_BLOCK, Method.NVME_SANITIZE_CRYPTO, Method.NVME_FORMAT]),
        (Medium.HDD, "sata", [Method.ATA_SANITIZE_BLOCK, Method.ATA_SANITIZE_CRYPTO]),
        (Medium.SSD, "sas", [Method.SCSI_SANITIZE_BLOCK, Method.SCSI_SANITIZE_CRYPTO]),
        (Medium.EMMC, "mmc", [Method.EMMC_SANITIZE, Method.EMMC_SECURE_DISCARD]),
        (Medium.FLASH, "usb", []),
        (Medium.VIRTUAL, None, []),
        (Medium.UNKNOWN, "sata", []),
    ],
)
def test_a_drive_that_can_do_everything_is_asked_its_best_first(
    medium: Medium, bus: str | None, expected: list[Method]
) -> None:
    found = methods(a_disk(medium, bus, supports=EVERYTHING, security=FREE))
    assert found[: len(expected)] == expected
    assert found[-1] is Method.OVERWRITE


@pytest.mark.parametrize("medium", list(Medium))
def test_a_drive_that_offers_nothing_is_overwritten_and_reaches_clear(medium: Medium) -> None:
    made = plan(a_disk(medium))
    assert (made.row.method, made.level) == (Method.OVERWRITE, Level.CLEAR)
    assert made.verification is VerificationMethod.FULL_READ_BACK


@pytest.mark.parametrize(("medium", "level"), [(Medium.HDD, Level.PURGE), (Medium.SSD, Level.CLEAR)])
def test_an_enhanced_security_erase_purges_a_hard_disk_and_only_clears_an_ssd(medium: Medium, level: Level) -> None:
    supports = frozenset({Support.ATA_SECURITY_ERASE, Support.ATA_SECURITY_ERASE_ENHANCED})
    made = plan(a_disk(medium, "sata", supports=supports, security=FREE))
    assert (made.row.method, made.level) == (Method.ATA_SECURITY_ERASE_ENHANCED, level)


def test_a_hard_disk_with_the_plain_security_erase_only_is_overwritten() -> None:
    disk = a_disk(Medium.HDD, "sata", supports=frozenset({Support.ATA_SECURITY_ERASE}), security=FREE)
    assert methods(disk) == [Method.OVERWRITE]


def test_a_frozen_drive_is_offered_a_moments_sleep_and_only_then_erases_itself() -> None:
    supports = frozenset({Support.ATA_SECURITY_ERASE_ENHANCED})
    disk = a_disk(Medium.HDD, "sata", supports=supports, security=replace(FREE, frozen=True))
    without, with_sleep = plan(disk), plan(disk, allow_suspend=True)
    assert without.row.method is Method.OVERWRITE
    assert any("bevroren" in remark for remark in without.remarks)
    assert (with_sleep.row.method, with_sleep.needs_suspend) == (Method.ATA_SECURITY_ERASE_ENHANCED, True)


def test_a_locked_drive_is_impossible_unless_the_password_is_ours() -> None:
    supports = frozenset({Support.ATA_SECURITY_ERASE})
    disk = a_disk(Medium.SSD, "sata", supports=supports, security=replace(FREE, enabled=True, locked=True))
    assert "wachtwoord" in (plan(disk).impossible or "")
    ours = plan(disk, locked_by=Method.ATA_SECURITY_ERASE)
    assert ours.row.method is Method.ATA_SECURITY_ERASE
    assert not ours.needs_suspend


@pytest.mark.parametrize("cut", [Method.OVERWRITE, Method.ATA_SECURITY_ERASE_ENHANCED])
def test_an_earlier_wipe_that_left_no_password_changes_nothing_of_the_plan(cut: Method) -> None:
    supports = frozenset({Support.ATA_SECURITY_ERASE_ENHANCED})
    frozen = a_disk(Medium.HDD, "sata", supports=supports, security=replace(FREE, frozen=True))
    for allowed in (False, True):
        assert plan(frozen, allow_suspend=allowed, locked_by=cut) == plan(frozen, allow_suspend=allowed)


def test_a_discard_alone_is_never_a_plan_and_the_table_says_why() -> None:
    assert methods(a_disk(Medium.SSD, "sata", supports=frozenset({Support.DISCARD}))) == [Method.OVERWRITE]
    discard = next(one for one in table.NOT_USED if "blkdiscard" in one.name)
    assert discard.level is Level.NONE
    assert discard.reason


def test_a_disk_behind_a_controller_says_that_others_may_lie_behind_it() -> None:
    made = plan(a_disk(Medium.HDD, "scsi", behind="MegaRAID", supports=EVERYTHING))
    assert made.row.method is Method.OVERWRITE
    assert any("MegaRAID" in remark and "vernietig" in remark for remark in made.remarks)


@pytest.mark.parametrize("medium", [Medium.SSD, Medium.NVME, Medium.EMMC, Medium.FLASH])
def test_flash_is_told_that_its_reserve_is_not_reached(medium: Medium) -> None:
    assert any("reserve" in remark for remark in plan(a_disk(medium)).remarks)


def test_a_hard_disk_needs_no_remark() -> None:
    assert plan(a_disk(Medium.HDD)).remarks == ()


def test_a_sampled_read_back_is_labelled_and_prefers_what_a_sample_can_prove() -> None:
    supports = frozenset({Support.NVME_SANITIZE_BLOCK, Support.NVME_SANITIZE_CRYPTO})
    made = plan(a_disk(Medium.NVME, "nvme", supports=supports), sampled=True)
    assert made.verification is VerificationMethod.SAMPLED_READ_BACK
    assert any("steekproef" in remark for remark in made.remarks)
    assert (made.row.method, made.level) == (Method.NVME_SANITIZE_CRYPTO, Level.PURGE)
    assert reached(made.steps[1], made.verification) is Level.CLEAR


def test_who_wants_a_purge_is_told_where_it_is_not_reached_and_who_wants_clear_gets_no_more() -> None:
    assert any("purge" in remark for remark in plan(a_disk(Medium.HDD), wanted=Level.PURGE).remarks)
    nvme = a_disk(Medium.NVME, "nvme", supports=EVERYTHING)
    assert plan(nvme, wanted=Level.CLEAR).level is Level.CLEAR
    assert plan(nvme, wanted=Level.PURGE).level is Level.PURGE


def test_each_row_names_its_source_and_none_claims_more_than_its_technique_can_reach() -> None:
    for row in TABLE:
        assert "800-88r2" in row.source
        assert "IEEE 2883-2022" in row.source
        for medium in row.media:
            for bus in row.buses or {None}:
                assert RANK.index(row.level) <= RANK.index(highest_level(row.technique, medium, bus))
    assert {row.method for row in TABLE} == set(Method)


def test_the_table_in_the_documentation_is_the_table() -> None:
    lines = [line.strip() for line in (table.__doc__ or "").splitlines()]
    printed = [line.strip() for line in table.printed().splitlines()]
    start = lines.index(printed[0])
    assert lines[start : start + len(printed)] == printed


def test_only_a_crypto_erase_leaves_noise() -> None:
    assert {row.technique for row in TABLE if row.leaves_noise} == {Technique.CRYPTO_ERASE}


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
        (Medium.HDD, "sas", True),
        (Medium.NVME, "nvme", False),
        (Medium.VIRTUAL, "virtio", False),
    ],
)
def test_every_drive_that_may_speak_ata_itself_is_asked_for_hidden_areas(
    medium: Medium, bus: str | None, expected: bool
) -> None:
    assert may_hide(Disk(name="x", medium=medium, bus=bus)) is expected
