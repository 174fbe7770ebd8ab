"""Figures that contradict each other, or of unknown direction or unit: doubted, told, never a verdict."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_agent.judging.health import in_words, judge_disk, reasons_and_doubts
from intake_agent.machine import Disk, HealthVerdict, Medium
from intake_agent.probes.disks import drive
from intake_agent.wiping.after_wipe import cooled


def ata(*rows: dict[str, Any], **more: Any) -> Disk:
    fine = [attribute(187, "Reported_Uncorrect", 100, 0), attribute(5, "Reallocated_Sector_Ct", 100, 0)]
    answer = {"ata_smart_attributes": {"table": [*rows, *fine]}, "smart_status": {"passed": True}, **more}
    return drive("sda", json.dumps(answer))


def attribute(identity: int, name: str, value: int, raw: int, **more: Any) -> dict[str, Any]:
    return {"id": identity, "name": name, "value": value, "raw": {"value": raw, "string": str(raw)}, **more}


def verdict(disk: Disk) -> tuple[HealthVerdict, tuple[str, ...]]:
    found = judge_disk(disk)
    return found.verdict, found.reasons


@pytest.mark.parametrize("name", ["SSD_Life_Left", "Remaining_Lifetime_Perc", "Lifetime_Left", "Lifetime_Remaining%"])
@pytest.mark.parametrize(("value", "raw"), [(14, 86), (3, 97), (86, 14), (0, 100), (20, 80)])
def test_a_life_whose_two_figures_add_up_to_a_hundred_may_be_either_and_is_no_verdict(
    name: str, value: int, raw: int
) -> None:
    disk = ata(attribute(231, name, value, raw))
    assert disk.signs.wear_percent is None
    assert disk.signs.life_doubted == tuple(sorted((value, raw)))
    assert verdict(disk) == (HealthVerdict.HEALTHY, ())
    assert reasons_and_doubts(disk) == (f"life_doubted:{min(value, raw)}/{max(value, raw)}",)


def test_a_doubted_life_is_told_where_the_drive_says_little_else() -> None:
    only = {"ata_smart_attributes": {"table": [attribute(231, "SSD_Life_Left", 14, 86)]}}
    assert verdict(drive("sda", json.dumps(only))) == (
        HealthVerdict.UNKNOWN,
        ("life_doubted:14/86", "too_little_said"),
    )


@pytest.mark.parametrize(
    ("value", "raw", "erases_left", "used"), [(14, 86, 15, 86), (14, 86, 90, 14), (91, 9, 88, 9), (2, 98, 2, 98)]
)
def test_another_attribute_that_agrees_with_one_of_two_readings_settles_them(
    value: int, raw: int, erases_left: int, used: int
) -> None:
    rows = (attribute(231, "SSD_Life_Left", value, raw), attribute(177, "Wear_Leveling_Count", erases_left, 4711))
    signs = ata(*rows).signs
    assert abs((signs.wear_percent or 0) - used) <= 10
    assert signs.life_doubted == ()


def test_two_attributes_that_contradict_each_other_are_both_doubted() -> None:
    disk = ata(attribute(231, "SSD_Life_Left", 90, 90), attribute(177, "Wear_Leveling_Count", 12, 4711))
    assert (disk.signs.wear_percent, disk.signs.life_doubted) == (None, (10, 88))
    assert verdict(disk)[0] is HealthVerdict.HEALTHY


def test_a_figure_of_a_known_direction_decides_over_a_doubted_one() -> None:
    statistics = {
        "pages": [{"number": 7, "table": [{"name": "Percentage Used Endurance Indicator", "value": 86}]}],
    }
    disk = ata(attribute(231, "SSD_Life_Left", 14, 86), ata_device_statistics=statistics)
    assert verdict(disk) == (HealthVerdict.WORN, ("life_nearly_used_up",))
    assert reasons_and_doubts(disk) == ()


def test_both_doubted_figures_stand_on_the_screen() -> None:
    (words,) = (in_words(key) for key in reasons_and_doubts(ata(attribute(231, "SSD_Life_Left", 14, 86))))
    assert "14/86 %" in words


def test_micron_publishes_what_its_two_figures_mean() -> None:
    assert verdict(ata(attribute(202, "Percent_Lifetime_Remain", 14, 86)))[1] == ("life_nearly_used_up",)


@given(st.integers(0, 100), st.integers(0, 2**48))
def test_a_life_is_believed_or_doubted_never_both(value: int, raw: int) -> None:
    signs = ata(attribute(231, "SSD_Life_Left", value, raw)).signs
    assert signs.wear_percent is None or not signs.life_doubted
    assert signs.wear_percent is not None or signs.life_doubted


def nvme(warning: int, passed: bool, celsius: int = 84) -> Disk:
    log = {"critical_warning": warning, "percentage_used": 3, "media_errors": 0, "available_spare": 100}
    answer = {
        "nvme_smart_health_information_log": log,
        "smart_status": {"passed": passed, "nvme": {"value": warning}},
        "temperature": {"current": celsius},
    }
    return drive("nvme0n1", json.dumps(answer))


def test_an_nvme_drive_that_is_only_hot_does_not_fail() -> None:
    assert verdict(nvme(2, passed=False)) == (HealthVerdict.WORN, ("too_hot_now:84",))
    assert verdict(nvme(0, passed=True, celsius=40)) == (HealthVerdict.HEALTHY, ())


def test_the_status_word_alone_tells_the_heat_where_the_log_lacks_it() -> None:
    answer = {"smart_status": {"passed": False, "nvme": {"value": 2}}}
    assert verdict(drive("nvme0n1", json.dumps(answer))) == (HealthVerdict.WORN, ("too_hot_now:?",))


@pytest.mark.parametrize("warning", [1, 4, 8, 16, 6, 3])
def test_every_other_bit_of_the_critical_warning_still_counts(warning: int) -> None:
    assert verdict(nvme(warning, passed=False)) == (HealthVerdict.FAILING, ("critical_warning", "drive_says_failed"))


def test_a_sas_drive_that_is_only_hot_does_not_fail_either() -> None:
    hot = {"passed": False, "scsi": {"asc": 11, "ascq": 1, "ie_string": "WARNING - SPECIFIED TEMPERATURE EXCEEDED"}}
    fails = {"passed": False, "scsi": {"asc": 93, "ascq": 16, "ie_string": "HARDWARE IMPENDING FAILURE"}}
    answers = [{"smart_status": status, "scsi_grown_defect_list": 0} for status in (hot, fails)]
    found = [judge_disk(drive("sda", json.dumps(answer))).verdict for answer in answers]
    assert found == [HealthVerdict.WORN, HealthVerdict.FAILING]


def test_an_ata_drive_over_its_own_threshold_of_heat_alone_does_not_fail() -> None:
    disk = ata(attribute(190, "Airflow_Temperature_Cel", 40, 60, when_failed="now"), smart_status={"passed": False})
    assert verdict(disk) == (HealthVerdict.WORN, ("attribute_failing:Airflow_Temperature_Cel",))


@pytest.mark.parametrize(
    ("version", "told", "count"),
    [
        ([7, 0], 240, 30),
        ([7, 1], 56, 7),
        ([7, 1], 0, 0),
        ([7, 1], 7, None),
        ([7, 2], 240, 240),
        ([7, 4], 7, 7),
        (None, 7, 7),
        (["7", {}], 7, 7),
    ],
)
def test_grown_defects_are_counted_not_their_bytes(version: Any, told: int, count: int | None) -> None:
    disk = drive(
        "sda", json.dumps({"smartctl": {"version": version}, "scsi_grown_defect_list": told, "rotation_rate": 1})
    )
    assert disk.medium is Medium.HDD
    assert (disk.smart.reallocated if disk.smart else None) == count


def scsi(**more: Any) -> Disk:
    return drive("sda", json.dumps({"scsi_grown_defect_list": 0, "smart_status": {"passed": True}, **more}))


def result(value: int) -> dict[str, Any]:
    return {"code": {"value": 1, "string": "Background short"}, "result": {"value": value, "string": "x"}}


@pytest.mark.parametrize(
    ("results", "failed"),
    [
        ([7, 0], True),
        ([3], True),
        ([4, 0], True),
        ([0, 7], False),
        ([1, 7], True),
        ([2, 0, 7], False),
        ([2], False),
        ([15, 5], True),
        ([15, 0], False),
        ([], False),
    ],
)
def test_the_newest_self_test_of_a_scsi_drive_counts(results: list[int], failed: bool) -> None:
    log = {f"scsi_self_test_{number}": result(value) for number, value in enumerate(results)}
    turned = dict(reversed(log.items()))
    assert scsi(**log).signs.self_test_failed is scsi(**turned).signs.self_test_failed is failed
    assert (judge_disk(scsi(**log)).reasons == ("self_test_failed",)) is failed


def test_self_tests_of_a_scsi_drive_are_read_by_their_number_not_by_their_spelling() -> None:
    log = {f"scsi_self_test_{number}": result(7 if number == 2 else 0) for number in range(2, 20)}
    assert scsi(**log).signs.self_test_failed


@pytest.mark.parametrize(
    ("line", "failed"),
    [
        ("# 1  Background short  Failed in segment -->       3   34617            109273 [0x3 0x11 0x0]", True),
        ("# 1  Background long   Failed in first segment  -   34617   109273 [0x3 0x11 0x0]", True),
        ("# 1  Background short  Completed                   -   34617                 - [-   -    -]", False),
        ("# 1  Background short  Self test in progress ...   -     NOW                 - [-   -    -]", False),
    ],
)
def test_the_text_of_an_older_smartctl_tells_of_self_tests_too(line: str, failed: bool) -> None:
    assert scsi(smartctl={"version": [7, 2], "output": ["SMART Self-test log", line]}).signs.self_test_failed is failed


@pytest.mark.parametrize(
    "log",
    [
        {"nvme_self_test_log": {"table": [{"self_test_result": {"value": 7}}, {"self_test_result": {"value": 0}}]}},
        {"nvme_self_test_log": {"table": [{"self_test_result": 6}]}},
        {"List of Valid Reports": [{"Self test result": 5}]},
        {"ata_smart_self_test_log": {"extended": {"table": [{"status": {"value": 121}}]}}},
        {"ata_smart_self_test_log": {"standard": {"table": [{"status": {"value": 121, "passed": False}}]}}},
    ],
)
def test_every_spelling_of_a_failed_self_test_is_read(log: dict[str, Any]) -> None:
    assert scsi(**log).signs.self_test_failed


def test_a_hot_drive_is_judged_again_when_it_hascooled() -> None:
    hot, cool = nvme(2, passed=False), nvme(0, passed=True, celsius=44)
    hot = replace(hot, health=judge_disk(hot))
    assert cooled(hot, cool).health.verdict is HealthVerdict.HEALTHY
    assert cooled(hot, hot).health.reasons == ("too_hot_now:84",)
    assert cooled(hot, None).health.reasons == ("too_hot_now:84",)


@pytest.mark.parametrize(
    ("told", "by_log", "expected"),
    [
        (4089, 4089, 4089),
        (4089 * 60, 4089, 4089),
        (4089 * 120, 4089, 4089),
        (4089 * 3600, 4089, 4089),
        (4089, 4100, 4089),
        (4089, None, 4089),
        (4089 * 120, None, None),
        (4089, 0, 4089),
    ],
)
def test_hours_on_are_hours_by_the_log_that_counts_nothing_else(
    told: int, by_log: int | None, expected: int | None
) -> None:
    rows = [{"name": "Power-on Hours", "value": by_log}] if by_log is not None else []
    statistics = {"pages": [{"number": 1, "table": rows}]}
    disk = ata(power_on_time={"hours": told}, ata_device_statistics=statistics, rotation_rate=0)
    assert disk.smart is not None
    assert disk.smart.power_on_hours == expected


@pytest.mark.parametrize(("told", "celsius"), [(31, 31), (0, 0), (150, 150), (304, None), (65535, None)])
def test_a_temperature_in_another_unit_is_unknown(told: int, celsius: int | None) -> None:
    smart = ata(temperature={"current": told}).smart
    assert smart is not None
    assert smart.temperature_celsius == celsius
