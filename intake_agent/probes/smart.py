"""What a drive says of its own state: the S.M.A.R.T. and NVMe facts of ``smartctl --json``, unpacked, never guessed."""

from __future__ import annotations

import re
from typing import Any

from intake_agent.machine import DriveSigns, Smart, SmartAttribute
from intake_agent.probes.bounds import within
from intake_agent.probes.json_facts import at, first, flag, number, objects, text

_PACKED = 1 << 31
"""A sector count above this is a vendor's packed or negative number, not a count."""

_NVME_SELF_TEST_FAULTS = frozenset({5, 6, 7})
"""Ended by a fatal error, or completed with failed segments."""

WEAR_LEFT = frozenset(
    {
        "Media_Wearout_Indicator",
        "SSD_Life_Left",
        "SSD_Life_Left_Perc",
        "Percent_Lifetime_Remain",
        "Percent_Lifetime_Used",
        "Percent_Life_Remaining",
        "Perc_Rated_Life_Remain",
        "Perc_Rated_Life_Used",
        "PCT_Life_Remaining",
        "Remaining_Lifetime_Perc",
        "Lifetime_Left",
        "Lifetime_Remaining%",
        "Wear_Leveling_Count",
        "DriveLife_Remaining%",
        "Drive_Life_Remaining%",
        "Remaining_Life",
    }
)
"""Attribute names of smartmontools' drive database whose normalised value counts down from 100 as the flash wears."""
_LEFT_IN_RAW = frozenset({"Remaining_Lifetime_Perc", "SSD_Life_Left"})
"""Silicon Motion's and Phison's controllers keep the normalised value at 100 and count down in the raw one."""


def smart_attributes(answer: Any) -> tuple[SmartAttribute, ...]:
    """The ATA attribute table, as printed."""
    rows = objects(at(answer, "ata_smart_attributes"), "table")
    return tuple(
        SmartAttribute(
            id=identity,
            name=text(row, "name") or f"attribute_{identity}",
            value=number(row, "value"),
            worst=number(row, "worst"),
            threshold=number(row, "thresh"),
            raw=number(row, "raw", "value"),
        )
        for row in rows
        if (identity := number(row, "id")) is not None
    )


def smart_facts(answer: Any, attributes: tuple[SmartAttribute, ...]) -> Smart | None:
    """The report's facts. Nothing that the drive did not say; ``None`` when it answered nothing at all."""
    nvme = at(answer, "nvme_smart_health_information_log")
    smart = Smart(
        passed=flag(answer, "smart_status", "passed"),
        reallocated=first(_count(answer, 5), number(answer, "scsi_grown_defect_list")),
        pending=first(_count(answer, 197), number(answer, "scsi_pending_defects", "count")),
        uncorrectable=first(_count(answer, 198), _scsi_uncorrected(answer)),
        power_on_hours=_hours(answer, nvme),
        percentage_used=first(
            number(nvme, "percentage_used"),
            number(answer, "scsi_percentage_used_endurance_indicator"),
            _endurance_by_statistics(answer),
            number(answer, "endurance_used", "current_percent"),
        ),
        media_errors=number(nvme, "media_errors"),
        temperature_celsius=number(answer, "temperature", "current"),
        attributes=attributes,
    )
    return None if smart == Smart() else smart


def drive_signs(answer: Any, attributes: tuple[SmartAttribute, ...]) -> DriveSigns:
    """What ``health.py`` judges with beside the report's own facts."""
    nvme = at(answer, "nvme_smart_health_information_log")
    failing = tuple(
        text(row, "name") or "attribute"
        for row in objects(at(answer, "ata_smart_attributes"), "table")
        if (text(row, "when_failed") or "").lower() in {"now", "failing_now"}
    )
    return DriveSigns(
        critical_warning=number(nvme, "critical_warning"),
        spare_percent=number(nvme, "available_spare"),
        spare_threshold_percent=number(nvme, "available_spare_threshold"),
        reported_uncorrectable=_count(answer, 187),
        command_timeouts=_command_timeouts(attributes),
        wear_percent=_wear_percent(attributes),
        failing_now=failing,
        figures_damaged=any(
            "Attribute Data Structure error" in (text(message, "string") or "")
            for message in objects(at(answer, "smartctl"), "messages")
        ),
        self_test_failed=_self_test_failed(answer),
    )


def _self_test_failed(answer: Any) -> bool:
    """By the newest entry of the drive's own log; a test that was aborted says nothing (ACS-4, NVMe 2.0 figure 215)."""
    log = at(answer, "ata_smart_self_test_log")
    entries = objects(at(log, "extended"), "table") or objects(at(log, "standard"), "table")
    if entries:
        return flag(entries[0], "status", "passed") is False
    tests = objects(at(answer, "nvme_self_test_log"), "table")
    return bool(tests) and number(tests[0], "self_test_result", "value") in _NVME_SELF_TEST_FAULTS


def _wear_percent(attributes: tuple[SmartAttribute, ...]) -> int | None:
    """By the vendor's countdown from 100, else by erase cycles done over cycles promised (Indilinx controllers)."""
    left = [share for one in attributes if one.name in WEAR_LEFT and (share := _share_left(one)) is not None]
    if left:
        return 100 - min(left)
    raws = {one.name: one.raw for one in attributes}
    done, promised = raws.get("Average_Erase_Count"), raws.get("Max_PE_Count_Spec")
    return 100 * done // promised if done is not None and promised else None


def _share_left(attribute: SmartAttribute) -> int | None:
    """What one attribute says is left of the flash's life, in percent; ``None`` where it counts something else.

    *Media wearout* is Intel's, with nothing in the raw value; under the same name other makers count writes or wear
    (attribute 230 of WD and SanDisk begins at 1, attribute 233 of SK hynix, Samsung and Kingston counts in raw).
    """
    value, raw = attribute.value, attribute.raw or 0
    if value is None or value > 100:
        return None
    if attribute.name == "Media_Wearout_Indicator" and (attribute.id != 233 or raw):
        return None
    return raw if attribute.name in _LEFT_IN_RAW and value == 100 and 0 < raw < 100 else value


def _count(answer: Any, identity: int) -> int | None:
    """An attribute's raw count; ``138 (26 0)`` is 138 with two more counters packed into the same 48 bits."""
    for row in objects(at(answer, "ata_smart_attributes"), "table"):
        if number(row, "id") == identity:
            leading = re.match(r"(\d{1,15})(?: \(|$)", text(row, "raw", "string") or "")
            raw = int(leading.group(1)) if leading else number(row, "raw", "value")
            return raw if raw is not None and 0 <= raw < _PACKED else None
    return None


def _command_timeouts(attributes: tuple[SmartAttribute, ...]) -> int | None:
    """Attribute 188; Seagate packs three 16-bit counters in it, of which the lowest counts all timeouts."""
    raw = next((one.raw for one in attributes if one.id == 188), None)
    return None if raw is None else raw & 0xFFFF


def _scsi_uncorrected(answer: Any) -> int | None:
    log = at(answer, "scsi_error_counter_log")
    counts = [number(log, operation, "total_uncorrected_errors") for operation in ("read", "write", "verify")]
    told = [count for count in counts if count is not None]
    return sum(told) if told else None


def _hours(answer: Any, nvme: Any) -> int | None:
    hours = first(number(answer, "power_on_time", "hours"), number(nvme, "power_on_hours"))
    return within(Smart, "power_on_hours", hours)


def _endurance_by_statistics(answer: Any) -> int | None:
    """*Percentage Used Endurance Indicator* of the ATA Device Statistics log, page 7 (ACS-4 §9.5.8)."""
    for page in objects(at(answer, "ata_device_statistics"), "pages"):
        for row in objects(page, "table") if number(page, "number") == 7 else ():
            if text(row, "name") == "Percentage Used Endurance Indicator" and flag(row, "flags", "valid") is not False:
                return number(row, "value")
    return None
