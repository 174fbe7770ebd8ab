"""Captures of the kinds that failed once: a drive's own figures in another direction, unit or place than usual.

Attributes as CrystalDiskInfo's issues and smartmontools' database tell them; SCSI logs as smartctl 7.0 to 7.5 prints.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from intake_agent.inspection import examine
from intake_agent.judging.health import reasons_and_doubts as told_reasons
from intake_agent.machine import Disk
from intake_agent.raw_facts import RawFacts

Captured = Callable[[Mapping[str, Any]], RawFacts]
Attribute = tuple[int, str, int, int]


def listed(name: str, **more: Any) -> dict[str, Any]:
    row = {"name": name, "kname": name, "type": "disk", "size": 480103981056, "log-sec": 512, "rm": False,
           "rota": False, "tran": "sata", "vendor": "ATA     ", "model": "VOORBEELD", "serial": "VB-1"}  # fmt: skip
    return {"blockdevices": [row | more]}


def attribute(identity: int, name: str, value: int, raw: int, **more: Any) -> dict[str, Any]:
    return {"id": identity, "name": name, "value": value, "worst": value, "thresh": 0, "when_failed": "",
            "raw": {"value": raw, "string": str(raw)}, **more}  # fmt: skip


def sata(*attributes: Attribute, version: tuple[int, int] = (7, 3), **more: Any) -> dict[str, Any]:
    rows = [(9, "Power_On_Hours", 100, 4089), (12, "Power_Cycle_Count", 100, 802), *attributes]
    return {
        "smartctl": {"version": list(version), "exit_status": 0},
        "device": {"name": "/dev/sda", "type": "sat", "protocol": "ATA"}, "model_name": "VOORBEELD",
        "serial_number": "VB-1", "rotation_rate": 0, "smart_status": {"passed": True},
        "power_on_time": {"hours": 4089}, "user_capacity": {"bytes": 480103981056},
        "ata_smart_attributes": {"revision": 16, "table": [attribute(*one) for one in rows]}, **more,
    }  # fmt: skip


GOOD = (5, "Reallocated_Sector_Ct", 100, 0)


def the_disk(captured: Captured, answer: dict[str, Any], name: str = "sda", **row: Any) -> Disk:
    (disk,) = examine(captured({"lsblk.json": listed(name, **row), f"smartctl-{name}.json": answer})).disks
    return disk


@pytest.mark.parametrize(
    ("attributes", "verdict"),
    [
        # the share used where smartmontools names the share left, and the other way round
        (((231, "SSD_Life_Left", 14, 86),), "healthy"),
        (((231, "SSD_Life_Left", 86, 14),), "healthy"),
        (((231, "SSD_Life_Left", 0, 100),), "healthy"),
        (((231, "SSD_Life_Left", 3, 97),), "healthy"),
        (((231, "SSD_Life_Left", 97, 3),), "healthy"),
        (((231, "SSD_Life_Left", 100, 1),), "healthy"),
        (((231, "SSD_Life_Left", 100, 3),), "healthy"),
        (((169, "Remaining_Lifetime_Perc", 2, 98),), "healthy"),
        (((169, "Remaining_Lifetime_Perc", 100, 98),), "healthy"),
        (((202, "Percent_Lifetime_Remain", 98, 2),), "healthy"),
        (((177, "Wear_Leveling_Count", 2, 98),), "healthy"),
        (((177, "Wear_Leveling_Count", 99, 1),), "healthy"),
        (((177, "Wear_Leveling_Count", 97, 112),), "healthy"),
        (((173, "Wear_Leveling_Count", 4, 96),), "healthy"),
        (((230, "Media_Wearout_Indicator", 1, 5),), "healthy"),
        (((230, "Media_Wearout_Indicator", 100, 0),), "healthy"),
        (((233, "Media_Wearout_Indicator", 98, 0),), "healthy"),
        (((233, "Media_Wearout_Indicator", 1, 73505484),), "healthy"),
        (((232, "Available_Reservd_Space", 100, 0), (233, "Media_Wearout_Indicator", 64, 0)), "healthy"),
        (((232, "Available_Reservd_Space", 5, 95),), "healthy"),
        (((248, "Perc_Rated_Life_Remain", 12, 88),), "healthy"),
        # nobody turns these round
        (((231, "SSD_Life_Left", 14, 14),), "worn"),
        (((231, "SSD_Life_Left", 0, 0),), "failing"),
        (((169, "Remaining_Lifetime_Perc", 8, 8),), "worn"),
        (((202, "Percent_Lifetime_Remain", 14, 86),), "worn"),
        (((202, "Percent_Lifetime_Remain", 0, 100),), "failing"),
        (((177, "Wear_Leveling_Count", 1, 3890),), "worn"),
        (((233, "Media_Wearout_Indicator", 9, 0),), "worn"),
        (((231, "SSD_Life_Left", 14, 86), (177, "Wear_Leveling_Count", 13, 2610)), "worn"),
    ],
)
def test_a_figure_that_may_count_the_other_way_decides_nothing(
    captured: Captured, attributes: tuple[Attribute, ...], verdict: str
) -> None:
    disk = the_disk(captured, sata(GOOD, *attributes))
    assert (disk.health.verdict.value, bool(disk.health.reasons)) == (verdict, verdict != "healthy"), told_reasons(disk)


def statistics(used: int) -> dict[str, Any]:
    row = {"name": "Percentage Used Endurance Indicator", "value": used, "flags": {"valid": True}}
    return {"ata_device_statistics": {"pages": [{"number": 7, "name": "Solid State", "table": [row]}]}}


@pytest.mark.parametrize(("value", "raw", "used", "verdict"), [(14, 86, 13, "healthy"), (86, 14, 13, "healthy"),
    (14, 86, 87, "worn"), (86, 14, 87, "worn"), (97, 3, 100, "failing"), (100, 100, 2, "healthy")])  # fmt: skip
def test_a_figure_of_known_direction_decides(captured: Captured, value: int, raw: int, used: int, verdict: str) -> None:
    disk = the_disk(captured, sata(GOOD, (231, "SSD_Life_Left", value, raw), **statistics(used)))
    assert disk.health.verdict.value == verdict
    assert not [reason for reason in told_reasons(disk) if reason.startswith("life_doubted")]


def entries_of(entries: list[tuple[int, bool | None]]) -> list[dict[str, Any]]:
    return [
        {"status": {"value": value, "string": "x"} | ({} if passed is None else {"passed": passed})}
        for value, passed in entries
    ]


@pytest.mark.parametrize("shape", ["extended", "standard", "flat"])
@pytest.mark.parametrize(
    ("entries", "failed"),
    [
        ([], False),
        ([(0, True)], False),
        ([(121, False)], True),
        ([(112, None)], True),
        ([(0, True), (121, False)], False),
        ([(249, None), (121, False)], True),
        ([(249, None), (0, True), (121, False)], False),
        ([(25, None)], False),
        ([(38, None)], False),
        ([(25, None), (0, True)], False),
        ([(25, None), (121, False)], True),
        ([(38, None), (249, None), (0, True), (121, False)], False),
        ([(48, False)], True),
        ([(64, None)], True),
        ([(128, None)], True),
    ],
)
def test_the_self_tests_of_ata_drives(
    captured: Captured, shape: str, entries: list[tuple[int, bool | None]], failed: bool
) -> None:
    log: dict[str, Any] = {"table": entries_of(entries), "count": len(entries)}
    disk = the_disk(captured, sata(GOOD, ata_smart_self_test_log=log if shape == "flat" else {shape: log}))
    assert ("self_test_failed" in disk.health.reasons) is failed


@pytest.mark.parametrize(
    ("log", "status", "failed"),
    [
        ({}, {"value": 121, "string": "completed having the read element failed", "passed": False}, True),
        ({"standard": {"count": 0}}, {"value": 121, "string": "the read element failed", "passed": False}, True),
        ({}, {"value": 116, "string": "the read element failed"}, True),
        ({}, {"value": 0, "string": "completed without error", "passed": True}, False),
        ({}, {"value": 38, "string": "was interrupted by the host with a reset"}, False),
        ({}, {"value": 249, "string": "in progress, 90% remaining", "remaining_percent": 90}, False),
        ({"standard": {"table": entries_of([(0, True)])}}, {"value": 0, "passed": True}, False),
        ({"standard": {"table": entries_of([(121, False)])}}, {"value": 249}, True),
    ],
)
def test_the_latest_self_test_is_told_where_there_is_no_log_too(
    captured: Captured, log: dict[str, Any], status: dict[str, Any], failed: bool
) -> None:
    told = {"ata_smart_data": {"self_test": {"status": status}}, "ata_smart_self_test_log": log}
    assert ("self_test_failed" in the_disk(captured, sata(GOOD, **told)).health.reasons) is failed


def test_a_selective_log_and_old_errors_do_not_condemn_a_drive(captured: Captured) -> None:
    spans = [{"lba_min": 0, "lba_max": 0, "status": {"value": 0, "string": "Not_testing"}}] * 5
    logs = {
        "ata_smart_selective_self_test_log": {"revision": 1, "table": spans, "power_up_scan_resume_minutes": 0},
        "ata_smart_error_log": {"summary": {"revision": 1, "count": 3, "logged_count": 3, "table": []}},
    }
    assert the_disk(captured, sata(GOOD, **logs)).health.verdict.value == "healthy"


def sas(version: tuple[int, int] = (7, 4), **more: Any) -> dict[str, Any]:
    zero = {"total_uncorrected_errors": 0}
    return {
        "smartctl": {"version": list(version), "exit_status": 0},
        "device": {"name": "/dev/sda", "type": "scsi", "protocol": "SCSI"}, "scsi_vendor": "SEAGATE",
        "scsi_model_name": "SEAGATE ST1200MM0088", "serial_number": "SAS-1", "rotation_rate": 10500,
        "scsi_transport_protocol": {"name": "SAS (SPL-4)", "value": 6}, "smart_status": {"passed": True},
        "power_on_time": {"hours": 34640, "minutes": 3}, "scsi_grown_defect_list": 0,
        "scsi_error_counter_log": {"read": zero, "write": zero, "verify": zero}, **more,
    }  # fmt: skip


def entry(result: int, code: int = 1) -> dict[str, Any]:
    return {"code": {"value": code, "string": "Background short"}, "result": {"value": result, "string": "x"},
            "power_on_time": {"hours": 34617, "aka": "accumulated_power_on_hours"}}  # fmt: skip


@pytest.mark.parametrize(
    ("results", "failed"),
    [
        *(([result], True) for result in (3, 4, 5, 6, 7)),
        *(([result], False) for result in (0, 1, 2, 15)),
        ([15, 7], True),
        ([15, 15, 4], True),
        ([15, 0, 7], False),
        ([1, 7], True),
        ([2, 15, 5], True),
        ([1, 0, 7], False),
        ([0, 7], False),
        ([7, 0, 0], True),
        ([0] * 10 + [7] * 10, False),
        ([7] + [0] * 19, True),
        ([], False),
    ],
)
def test_the_self_tests_of_sas_drives(captured: Captured, results: list[int], failed: bool) -> None:
    log = {f"scsi_self_test_{index}": entry(result) for index, result in reversed(list(enumerate(results)))}
    disk = the_disk(captured, sas(**log), rota=True, tran="sas", vendor="SEAGATE ")
    assert (disk.health.verdict.value, disk.health.reasons) == (
        ("worn", ("self_test_failed",)) if failed else ("healthy", ())
    )


TEXT = """SMART Self-test log
Num  Test              Status                 segment  LifeTime  LBA_first_err [SK ASC ASQ]
     Description                              number   (hours)
# 1  Background short  {words} {segment}   34617            109273 [0x3 0x11 0x0]
# 2  Background long   Completed                   -   34500                 - [-   -    -]
""".splitlines()


@pytest.mark.parametrize(
    ("words", "failed"),
    [("Failed in segment -->", True), ("Unknown error, incomplete", True), ("Completed, segment failed", True),
     ("Completed            ", False), ("Self test in progress ...", False), ("Aborted (by user command)", False),
     ("Aborted (device reset ?)", False)],
)  # fmt: skip
def test_the_self_tests_of_sas_drives_in_text(captured: Captured, words: str, failed: bool) -> None:
    answer = sas((7, 2))
    answer["smartctl"]["output"] = [line.format(words=words, segment="-") if "{" in line else line for line in TEXT]
    disk = the_disk(captured, answer, rota=True, tran="sas", vendor="SEAGATE ")
    assert ("self_test_failed" in disk.health.reasons) is failed


@pytest.mark.parametrize(
    ("version", "printed", "count", "verdict"),
    [((7, 0), 0, 0, "healthy"), ((7, 0), 8, 1, "worn"), ((7, 1), 56, 7, "worn"), ((7, 1), 240, 30, "worn"),
     ((7, 1), 392, 49, "worn"), ((7, 0), 400, 50, "failing"), ((7, 1), 57, None, "healthy"),
     ((7, 2), 56, 56, "failing"), ((7, 3), 8, 8, "worn"), ((7, 5), 0, 0, "healthy")],
)  # fmt: skip
def test_grown_defects_by_the_release_that_printed_them(
    captured: Captured, version: tuple[int, int], printed: int, count: int | None, verdict: str
) -> None:
    disk = the_disk(captured, sas(version, scsi_grown_defect_list=printed), rota=True, tran="sas", vendor="SEAGATE ")
    assert disk.smart is not None
    assert (disk.smart.reallocated, disk.health.verdict.value) == (count, verdict)


def nvme(warning: int, *, passed: bool | None = None, degrees: int = 40, **log: Any) -> dict[str, Any]:
    passed = warning == 0 if passed is None else passed
    return {
        "smartctl": {"version": [7, 5]}, "device": {"name": "/dev/nvme0", "type": "nvme", "protocol": "NVMe"},
        "model_name": "VOORBEELD", "serial_number": "VB-1", "temperature": {"current": degrees},
        "smart_status": {"passed": passed, "nvme": {"value": warning}}, "power_on_time": {"hours": 4200},
        "nvme_smart_health_information_log": {
            "critical_warning": warning, "temperature": degrees, "available_spare": 100,
            "available_spare_threshold": 10, "percentage_used": 3, "media_errors": 0, "power_on_hours": 4200, **log,
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (nvme(0), "healthy"),
        (nvme(0, degrees=71, warning_temp_time=51), "healthy"),
        (nvme(0, temperature_sensors=[41, 55]), "healthy"),
        (nvme(2, degrees=84), "worn"),
        (nvme(2, degrees=84, warning_temp_time=51, critical_comp_time=2), "worn"),
        (nvme(2, passed=True, degrees=79), "worn"),
        (nvme(2, degrees=-8), "worn"),
        (nvme(2, degrees=41, temperature_sensors=[41, 93]), "worn"),
        (nvme(1), "failing"),
        (nvme(3, degrees=84), "failing"),
        (nvme(4), "failing"),
        (nvme(6, degrees=84), "failing"),
        (nvme(8), "failing"),
        (nvme(10), "failing"),
        (nvme(16), "failing"),
        (nvme(18), "failing"),
        (nvme(32), "failing"),
        (nvme(4, passed=True), "failing"),
        (nvme(0, passed=False), "failing"),
        (nvme(2, degrees=84, media_errors=3), "failing"),
        (nvme(2, degrees=84, percentage_used=101), "failing"),
        (nvme(2, degrees=84, available_spare=4), "failing"),
    ],
)
def test_heat_alone_never_condemns_a_drive(captured: Captured, answer: dict[str, Any], verdict: str) -> None:
    disk = the_disk(captured, answer, "nvme0n1", tran="nvme", vendor=None)
    assert disk.health.verdict.value == verdict, disk.health.reasons
    assert [reason for reason in disk.health.reasons if reason.startswith("too_hot_now")] or verdict != "worn"


def nvme_log(*results: int) -> dict[str, Any]:
    rows = [{"self_test_code": {"value": 1}, "self_test_result": {"value": one, "string": "x"}} for one in results]
    return {"nvme_self_test_log": {"current_self_test_operation": {"value": 0}, "table": rows}}


@pytest.mark.parametrize(
    ("results", "failed"),
    [((), False), ((0,), False), ((7,), True), ((6,), True), ((5,), True), ((0, 7), False), ((1, 7), True),
     ((3, 0, 7), False), ((8,), False), ((9, 7), True), ((15, 15), False)],
)  # fmt: skip
def test_the_self_tests_of_nvme_drives(captured: Captured, results: tuple[int, ...], failed: bool) -> None:
    disk = the_disk(captured, nvme(0) | nvme_log(*results), "nvme0n1", tran="nvme", vendor=None)
    assert ("self_test_failed" in disk.health.reasons) is failed


@pytest.mark.parametrize("passed", [True, False])
@pytest.mark.parametrize(
    ("identity", "name"),
    [(194, "Temperature_Celsius"), (190, "Airflow_Temperature_Cel"), (194, "Temperature_Internal"),
     (190, "Temperature_Case"), (194, "Unknown_Attribute"), (231, "Temperature_Celsius"), (190, "Drive_Temp")],
)  # fmt: skip
def test_an_ata_drive_that_is_hot_now_is_not_failing(
    captured: Captured, passed: bool, identity: int, name: str
) -> None:
    answer = sata(GOOD, smart_status={"passed": passed})
    hot = attribute(identity, name, 39, 61, when_failed="now", thresh=45)
    answer["ata_smart_attributes"]["table"].append(hot)
    assert the_disk(captured, answer).health.verdict.value == "worn"


@pytest.mark.parametrize("when", ["past", "In_the_past", "", "-"])
def test_an_ata_drive_that_was_hot_once_is_healthy(captured: Captured, when: str) -> None:
    answer = sata(GOOD)
    answer["ata_smart_attributes"]["table"].append(attribute(194, "Temperature_Celsius", 66, 34, when_failed=when))
    assert the_disk(captured, answer).health.verdict.value == "healthy"


@pytest.mark.parametrize(
    ("asc", "ascq", "passed", "verdict"),
    [(0x0B, 0x01, False, "worn"), (0x0B, 0x01, True, "worn"), (0x5D, 0x10, False, "failing"), (0, 0, True, "healthy")],
)
def test_a_sas_drive_that_is_hot_is_not_failing(
    captured: Captured, asc: int, ascq: int, passed: bool, verdict: str
) -> None:
    answer = sas(smart_status={"passed": passed, "scsi": {"asc": asc, "ascq": ascq, "ie_string": "x"}})
    disk = the_disk(captured, answer, rota=True, tran="sas", vendor="SEAGATE ")
    assert disk.health.verdict.value == verdict
