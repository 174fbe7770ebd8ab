"""What a drive says of its own state: the S.M.A.R.T. and NVMe facts of ``smartctl --json``, unpacked, never guessed."""

from __future__ import annotations

import re
from typing import Any

from intake_agent.machine import DriveSigns, Smart, SmartAttribute
from intake_agent.probes.bounds import within
from intake_agent.probes.json_facts import at, first, flag, number, objects, text
from intake_agent.probes.life import life
from intake_agent.probes.self_tests import latest_failed

_OLDEST_SOLID_STATE_HOURS = 25 * 366 * 24
"""No flash drive with S.M.A.R.T. is older than this; disks that turn are."""
_UNITS_IN_AN_HOUR = (60, 120, 3600)
"""Minutes, half-minutes and seconds. Another ratio is no unit: some drives keep no hours in that log."""
_PACKED = 1 << 31
"""A sector count above this is a vendor's packed or negative number, not a count."""

_BYTES_PER_GROWN_DEFECT = 8
"""What smartctl 7.0 and 7.1 forgot to divide by in JSON (scrutiny issue 118: 56 for 7 defects)."""
_TOO_HOT_ASC = (0x0B, 0x01)
"""SPC-5's additional sense code and qualifier of *warning, specified temperature exceeded*."""
_TEMPERATURES = frozenset({190, 194})
TOO_HOT = 1 << 1
"""Bit 1 of NVMe's critical warning: over a threshold of temperature at this moment (NVMe Base 2.0, figure 207)."""


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
        reallocated=first(_count(answer, 5), _grown_defects(answer)),
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
        temperature_celsius=within(Smart, "temperature_celsius", number(answer, "temperature", "current")),
        attributes=attributes,
    )
    return None if smart == Smart() else smart


def drive_signs(answer: Any, attributes: tuple[SmartAttribute, ...]) -> DriveSigns:
    """What ``health.py`` judges with beside the report's own facts."""
    nvme = at(answer, "nvme_smart_health_information_log")
    wear = life(attributes)
    failing = tuple(
        _attribute_name(row)
        for row in objects(at(answer, "ata_smart_attributes"), "table")
        if (text(row, "when_failed") or "").lower() in {"now", "failing_now"}
    )
    return DriveSigns(
        critical_warning=first(number(nvme, "critical_warning"), number(answer, "smart_status", "nvme", "value")),
        spare_percent=number(nvme, "available_spare"),
        spare_threshold_percent=number(nvme, "available_spare_threshold"),
        reported_uncorrectable=_count(answer, 187),
        command_timeouts=_command_timeouts(attributes),
        wear_percent=wear.used_percent,
        life_doubted=wear.doubted,
        failing_now=failing,
        too_hot=_too_hot(answer),
        figures_damaged=any(
            "Attribute Data Structure error" in (text(message, "string") or "")
            for message in objects(at(answer, "smartctl"), "messages")
        ),
        self_test_failed=latest_failed(answer),
    )


def _attribute_name(row: Any) -> str:
    """As ``smartctl`` names it; the number of what nobody named tells the temperature on every maker's drives."""
    name = text(row, "name") or "Unknown_Attribute"
    return "Temperature" if number(row, "id") in _TEMPERATURES and name.startswith("Unknown") else name


def _too_hot(answer: Any) -> bool:
    """Does the drive say that it is too warm at this moment, and is that all that its warning rests on?"""
    scsi = at(answer, "smart_status", "scsi")
    warning = first(
        number(answer, "nvme_smart_health_information_log", "critical_warning"),
        number(answer, "smart_status", "nvme", "value"),
    )
    return warning == TOO_HOT or (number(scsi, "asc"), number(scsi, "ascq")) == _TOO_HOT_ASC


def _grown_defects(answer: Any) -> int | None:
    """Defects that a SCSI drive found since it was made; ``None`` where what was printed is no count of them.

    smartctl 7.0 and 7.1 print the length of the list in bytes; a length that holds no whole number is no length.
    """
    count = number(answer, "scsi_grown_defect_list")
    if count is None or _version(answer) not in {(7, 0), (7, 1)}:
        return count
    return count // _BYTES_PER_GROWN_DEFECT if count % _BYTES_PER_GROWN_DEFECT == 0 else None


def _version(answer: Any) -> tuple[int, ...]:
    """The version of smartctl itself, by its first two numbers; empty where it does not say."""
    version = at(answer, "smartctl", "version")
    numbers = version[:2] if isinstance(version, list) else []
    return tuple(one for one in numbers if isinstance(one, int))


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
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _hours(answer: Any, nvme: Any) -> int | None:
    """Hours switched on. Attribute 9 counts minutes or less on some drives; ATA's statistics log counts hours only."""
    hours = first(number(answer, "power_on_time", "hours"), number(nvme, "power_on_hours"))
    by_log = _statistic(answer, 1, "Power-on Hours")
    if hours is not None and by_log and any(_is_about(hours, by_log * units) for units in _UNITS_IN_AN_HOUR):
        hours = by_log
    solid = at(answer, "rotation_rate") == 0 or nvme is not None
    if solid and hours is not None and hours > _OLDEST_SOLID_STATE_HOURS:
        return None
    return within(Smart, "power_on_hours", hours)


def _is_about(figure: int, other: int) -> bool:
    """Do two figures differ by no more than a fiftieth?"""
    return abs(figure - other) * 50 <= other


def _endurance_by_statistics(answer: Any) -> int | None:
    """*Percentage Used Endurance Indicator* of the ATA Device Statistics log, page 7 (ACS-4 §9.5.8)."""
    return _statistic(answer, 7, "Percentage Used Endurance Indicator")


def _statistic(answer: Any, page_number: int, name: str) -> int | None:
    """One row of the ATA Device Statistics log, whose units the standard fixes (ACS-4 §9.5)."""
    for page in objects(at(answer, "ata_device_statistics"), "pages"):
        for row in objects(page, "table") if number(page, "number") == page_number else ():
            if text(row, "name") == name and flag(row, "flags", "valid") is not False:
                return number(row, "value")
    return None
