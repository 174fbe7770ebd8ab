"""What a drive's and a battery's own figures mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_agent.judging.health import in_words, judge_battery, judge_disk, verdict_words
from intake_agent.machine import Battery, Disk, DriveSigns, HealthVerdict, Medium, Smart, SmartAttribute
from wipe_reports.reasons import HealthReason

HEALTHY, WORN, FAILING, UNKNOWN = (
    HealthVerdict.HEALTHY,
    HealthVerdict.WORN,
    HealthVerdict.FAILING,
    HealthVerdict.UNKNOWN,
)
FINE = {"passed": True, "reallocated": 0, "pending": 0, "uncorrectable": 0}


def verdict(signs: DriveSigns | None = None, **facts: object) -> tuple[HealthVerdict, tuple[str, ...]]:
    found = judge_disk(Disk(name="sda", smart=Smart(**{**FINE, **facts}), signs=signs or DriveSigns()))
    return found.verdict, found.reasons


def test_a_drive_without_a_single_sign_is_healthy() -> None:
    assert verdict() == (HEALTHY, ())


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"pending": 1}, (FAILING, ("pending_sectors",))),
        ({"uncorrectable": 1}, (FAILING, ("uncorrectable_sectors",))),
        ({"reallocated": 1}, (WORN, ("reallocated_sectors",))),
        ({"reallocated": 50}, (FAILING, ("reallocated_sectors",))),
        ({"passed": False}, (FAILING, ("drive_says_failed",))),
        ({"media_errors": 1}, (FAILING, ("media_errors",))),
        ({"percentage_used": 79}, (HEALTHY, ())),
        ({"percentage_used": 80}, (WORN, ("life_nearly_used_up",))),
        ({"percentage_used": 100}, (FAILING, ("life_used_up",))),
        ({"power_on_hours": 60_000}, (WORN, ("many_hours",))),
    ],
)
def test_each_figure_counts_although_the_drive_says_passed(facts: dict, expected: tuple) -> None:
    assert verdict(**facts) == expected


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        (DriveSigns(reported_uncorrectable=2), (WORN, ("reported_uncorrectable_errors",))),
        (DriveSigns(command_timeouts=99), (HEALTHY, ())),
        (DriveSigns(self_test_failed=True), (WORN, ("self_test_failed",))),
        (DriveSigns(command_timeouts=100), (WORN, ("command_timeouts",))),
        (DriveSigns(critical_warning=4), (FAILING, ("critical_warning",))),
        (DriveSigns(spare_percent=9, spare_threshold_percent=10), (FAILING, ("spare_used_up",))),
        (DriveSigns(wear_percent=91), (WORN, ("life_nearly_used_up",))),
        (DriveSigns(failing_now=("Spin_Up_Time",)), (FAILING, ("attribute_failing:Spin_Up_Time",))),
    ],
)
def test_each_sign_beside_the_report_counts(signs: DriveSigns, expected: tuple) -> None:
    assert verdict(signs) == expected


def test_an_attribute_that_counts_something_else_on_this_model_is_no_sign() -> None:
    rows = (SmartAttribute(id=198, name="Read_Sectors_Tot_Ct", raw=70_000),)
    assert verdict(uncorrectable=70_000, attributes=rows) == (HEALTHY, ())


def test_a_count_that_the_model_does_not_keep_rightly_is_wear_and_no_failure() -> None:
    row = SmartAttribute(id=197, name="Bogus_Current_Pend_Sect", raw=1)
    assert verdict(pending=1, attributes=(row,)) == (WORN, ("pending_sectors_doubtful",))


def test_wear_and_reported_errors_alone_are_counts_enough() -> None:
    for signs in (DriveSigns(wear_percent=15), DriveSigns(reported_uncorrectable=0)):
        assert judge_disk(Disk(name="sda", smart=Smart(passed=True), signs=signs)).verdict is HEALTHY


def test_figures_that_are_something_else_say_nothing_of_health() -> None:
    rows = (
        SmartAttribute(id=197, name="Read_Failure_Blk_Ct", raw=0),
        SmartAttribute(id=198, name="Read_Sectors_Tot_Ct", raw=70_000),
    )
    assert verdict(reallocated=None, pending=0, uncorrectable=70_000, attributes=rows)[1] == ("too_little_said",)


def test_a_count_that_cannot_be_right_is_no_clean_bill() -> None:
    negative = SmartAttribute(id=197, name="Current_Pending_Sector", raw=2**32 - 1)
    assert verdict(pending=None, attributes=(negative,)) == (WORN, ("sector_count_impossible",))


def test_flash_blocks_with_read_failures_are_a_sign_under_whatever_number() -> None:
    row = SmartAttribute(id=197, name="Read_Failure_Blk_Ct", raw=108)
    assert verdict(pending=108, attributes=(row,)) == (WORN, ("blocks_with_read_failures",))


@pytest.mark.parametrize(
    ("count", "expected"), [(9, (HEALTHY, ())), (10, (WORN, ("retired_blocks",))), (5000, (WORN, ("retired_blocks",)))]
)
def test_retired_flash_blocks_are_wear_and_no_failure(count: int, expected: tuple) -> None:
    found = judge_disk(Disk(name="sda", medium=Medium.SSD, smart=Smart(passed=True, reallocated=count, pending=0)))
    assert (found.verdict, found.reasons) == expected


def test_damaged_figures_are_never_healthy_but_their_bad_signs_count() -> None:
    damaged = DriveSigns(figures_damaged=True)
    assert verdict(damaged) == (UNKNOWN, ("figures_damaged",))
    assert verdict(damaged, pending=3) == (FAILING, ("pending_sectors",))


@pytest.mark.parametrize(
    ("spare", "threshold", "expected"),
    [(100, 100, HEALTHY), (10, 10, HEALTHY), (9, 10, FAILING), (0, 0, FAILING), (0, None, FAILING)],
)
def test_a_spare_fails_below_its_threshold_only(spare: int, threshold: int | None, expected: HealthVerdict) -> None:
    signs = DriveSigns(spare_percent=spare, spare_threshold_percent=threshold)
    assert verdict(signs)[0] is expected


def test_the_worst_sign_decides_and_every_reason_is_told() -> None:
    assert verdict(reallocated=3, pending=8, power_on_hours=70_000) == (
        FAILING,
        ("pending_sectors", "reallocated_sectors", "many_hours"),
    )


def test_a_bare_passed_is_no_verdict() -> None:
    assert judge_disk(Disk(name="sda")).verdict is UNKNOWN
    assert judge_disk(Disk(name="sda", smart=Smart(passed=True))).reasons == ("too_little_said",)
    assert judge_disk(Disk(name="sda", smart=Smart(passed=False))).verdict is FAILING


COUNTS = ("reallocated", "pending", "uncorrectable", "percentage_used", "media_errors")


@given(st.builds(Smart, **dict.fromkeys(COUNTS, st.none() | st.integers(0, 10**6))))
def test_no_drive_with_pending_or_lost_sectors_is_ever_healthy(smart: Smart) -> None:
    found = judge_disk(Disk(name="sda", smart=smart))
    if smart.pending or smart.uncorrectable or smart.media_errors:
        assert found.verdict is FAILING
    assert (found.verdict is HEALTHY) == (not found.reasons)


@pytest.mark.parametrize(
    ("full", "cycles", "expected"),
    [
        (50_000, 10, (HEALTHY, ())),
        (39_999, 10, (WORN, ("battery_worn",))),
        (24_999, 10, (FAILING, ("battery_worn_out",))),
        (50_000, 1000, (WORN, ("many_cycles",))),
        (None, 10, (UNKNOWN, ("no_capacity",))),
    ],
)
def test_a_battery_is_judged_by_what_it_still_holds(full: int | None, cycles: int, expected: tuple) -> None:
    found = judge_battery(Battery(name="BAT0", design_mwh=50_000, full_mwh=full, cycles=cycles))
    assert (found.verdict, found.reasons) == expected


def test_every_reason_has_words_in_both_languages() -> None:
    for key in HealthReason:
        assert in_words(key, "nl") != in_words(key, "en") != key
    for one in HealthVerdict:
        assert verdict_words(one, "nl") != verdict_words(one, "en")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_reasons_read_as_words(language: str) -> None:
    reasons = {*verdict(reallocated=3, pending=8, power_on_hours=70_000, passed=False, media_errors=2)[1], "no_smart"}
    assert not [reason for reason in reasons if "_" in in_words(reason, language)]
