"""S.M.A.R.T. facts as drives pack them: counters beside counters, negative numbers, names that mean something else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from intake_agent.machine import Disk, Medium, Smart
from intake_agent.probes.disks import drive


def ata(*rows: dict[str, Any], **more: Any) -> Disk:
    return drive("sda", json.dumps({"ata_smart_attributes": {"table": rows}, **more}))


def row(identity: int, name: str, raw: int, printed: str | None = None, **more: Any) -> dict[str, Any]:
    return {"id": identity, "name": name, "raw": {"value": raw, "string": printed or str(raw)}, **more}


def smart(disk: Disk) -> Smart:
    assert disk.smart is not None
    return disk.smart


@pytest.mark.parametrize(
    ("raw", "printed", "count"),
    [
        (138 + (26 << 16), "138 (26 0)", 138),
        (8, "8", 8),
        (2**32 - 1, "4294967295", None),
        (24 << 32, "103079215104", None),
    ],
)
def test_a_sector_count_is_unpacked_or_unknown_never_a_packed_number(raw: int, printed: str, count: int | None) -> None:
    assert smart(ata(row(5, "Reallocated_Sector_Ct", raw, printed))).reallocated == count


def test_seagates_three_timeout_counters_in_one_number_count_once() -> None:
    disk = ata(row(188, "Command_Timeout", (7 << 32) | (7 << 16) | 9))
    assert disk.signs.command_timeouts == 9


def test_hours_of_more_than_fifty_years_are_another_unit() -> None:
    assert (
        smart(drive("sda", '{"smart_status":{"passed":true},"power_on_time":{"hours":1090804}}')).power_on_hours is None
    )


def test_erase_cycles_over_the_promised_ones_are_the_wear_of_controllers_without_a_countdown() -> None:
    disk = ata(row(208, "Average_Erase_Count", 11047), row(205, "Max_PE_Count_Spec", 10000))
    assert disk.signs.wear_percent == 110


@pytest.mark.parametrize(
    ("identity", "name", "value", "raw", "wear"),
    [
        (233, "Media_Wearout_Indicator", 43, 0, 57),
        (233, "Media_Wearout_Indicator", 3, 98, None),
        (230, "Media_Wearout_Indicator", 1, 0x900140009, None),
        (169, "Remaining_Lifetime_Perc", 100, 4, 96),
        (169, "Remaining_Lifetime_Perc", 100, 0, 0),
        (231, "SSD_Life_Left", 100, 40, 60),
        (231, "SSD_Life_Left", 3, 98, 97),
        (202, "Perc_Rated_Life_Used", 90, 10, 10),
        (177, "Wear_Leveling_Count", 253, 7, None),
    ],
)
def test_wear_is_what_a_countdown_lacks_and_a_counter_of_the_same_name_is_no_countdown(
    identity: int, name: str, value: int, raw: int, wear: int | None
) -> None:
    assert ata(row(identity, name, raw, value=value)).signs.wear_percent == wear


@pytest.mark.parametrize("name", ["model_family", "model_name"])
@pytest.mark.parametrize("words", ["ControlMaker based SSDs", "SomeMaker SSDNow V", "SDSSDX120G"])
def test_a_drive_that_is_called_solid_state_is_one_though_it_counts_spin_ups(name: str, words: str) -> None:
    spins = [row(3, "Spin_Up_Time", 0), row(10, "Spin_Retry_Count", 0)]
    assert ata(*spins, **{name: words}).medium is Medium.SSD
    assert ata(*spins, **{name: "SomeMaker 2.5 SSHD"}).medium is Medium.HDD
    assert ata(*spins).medium is Medium.HDD


def test_a_table_that_fails_its_checksum_is_marked_and_another_logs_checksum_is_not() -> None:
    def warned(of: str) -> bool:
        messages = [{"string": f"Warning! SMART {of} error: invalid SMART checksum.", "severity": "warning"}]
        return ata(smartctl={"messages": messages}).signs.figures_damaged

    assert warned("Attribute Data Structure")
    assert not warned("Extended Comprehensive Error Log Structure")


@pytest.mark.parametrize(
    ("statuses", "failed"),
    [
        ([{"passed": False, "string": "Completed: read failure"}, {"passed": True}], True),
        ([{"passed": True}, {"passed": False}], False),
        ([{"string": "Aborted by host"}, {"passed": False}], False),
        ([], False),
    ],
)
def test_the_newest_self_test_in_the_drives_log_counts(statuses: list[dict[str, Any]], failed: bool) -> None:
    log = {"extended": {"table": [{"status": status} for status in statuses]}}
    assert ata(ata_smart_self_test_log=log).signs.self_test_failed is failed


@pytest.mark.parametrize(("result", "failed"), [(0, False), (1, False), (5, True), (7, True), (9, False)])
def test_an_nvme_drives_newest_self_test_counts(result: int, failed: bool) -> None:
    log = {"table": [{"self_test_result": {"value": result}}]}
    assert drive("nvme0n1", json.dumps({"nvme_self_test_log": log})).signs.self_test_failed is failed


@pytest.mark.parametrize(
    ("family", "model", "medium"),
    [
        ('Toshiba 2.5" HDD (80 GB and above)', "TOSHIBA MK8025GAS", Medium.HDD),
        ("Seagate Laptop SSHD", "ST1000LM014-1EJ164", Medium.HDD),
        ("Intel X25-E SSDs", "SSDSA2SH032G1GN", Medium.SSD),
        (None, "ASUS-PHISON SSD", Medium.SSD),
        (None, "SDCFHS-016G", Medium.UNKNOWN),
    ],
)
def test_a_drive_that_tells_no_rotation_is_what_its_name_says(family: str | None, model: str, medium: Medium) -> None:
    assert ata(model_family=family, model_name=model).medium is medium


def test_a_drives_own_rotation_wins_over_its_name() -> None:
    assert ata(model_name="FAKE SSD", rotation_rate=5400).medium is Medium.HDD
