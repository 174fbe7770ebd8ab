"""``smartctl -x`` and ``-a`` text in the shape that ``smartctl --json`` gives, as far as the text tells it.

The agent itself only ever reads JSON. Most saved output of real drives is text, so this converter lets the probes be
tried on it. What text does not tell (a raw value's 48 bits, the exact command set) is absent or read from the printed
form, and where the two forms can differ, the drive's printed form counts.
"""

from __future__ import annotations

import re
from typing import Any

_FIELD = re.compile(r"^([A-Z][A-Za-z0-9 /&()-]*?)(?: is)?:[ \t]+(\S.*?)\s*$")
_BRIEF = re.compile(
    r"^\s*(\d+) (\S+)\s+([POSRCK-]{6})\s+(\d{3}|---)\s+(\d{3}|---)\s+(\d{3}|---)\s+(-|NOW|Past)\s+(.*)$"
)
_OLD = re.compile(
    r"^\s*(\d+) (\S+)\s+(0x[0-9a-f]{4})\s+(\d{3}|---)\s+(\d{3}|---)\s+(\d{3}|---)\s+"
    r"(?:Pre-fail|Old_age)\s+(?:Always|Offline)\s+(-|FAILING_NOW|In_the_past)\s+(.*)$"
)
_STATISTIC = re.compile(r"^(0x[0-9a-f]{2})\s+0x[0-9a-f]{3}\s+\d+\s+(-|\d+)\s+([A-Z-]{3}|~)\s+(.*)$")
_SCSI_ERRORS = re.compile(r"^(read|write|verify):\s+(.*\S)\s*$")
_SELF_TEST = re.compile(r"^# ?\d+\s{1,2}(?:Short|Extended|Conveyance|Vendor|Selective)[\w ()]*?\s{2,}(\S.*?)\s{2,}\d+%")
_NVME_LOG = {
    "Available Spare": "available_spare",
    "Available Spare Threshold": "available_spare_threshold",
    "Percentage Used": "percentage_used",
    "Power On Hours": "power_on_hours",
    "Media and Data Integrity Errors": "media_errors",
    "Error Information Log Entries": "num_err_log_entries",
}
_ATA_MAJOR = {"ACS-2": 9, "ACS-3": 10, "ACS-4": 11, "ACS-5": 12, "ATA8-ACS": 8}


def as_json(output: str) -> dict[str, Any]:
    """One drive's text as a JSON answer; text that is no ``smartctl`` output gives an answer that tells nothing."""
    fields = _fields(output)
    rows = [row for line in output.splitlines() if (row := _attribute(line)) is not None]
    answer: dict[str, Any] = {
        "smartctl": {"messages": [{"string": line} for line in output.splitlines() if line.startswith("Warning!")]},
        "model_family": fields.get("Model Family"),
        "model_name": fields.get("Device Model") or fields.get("Model Number"),
        "serial_number": fields.get("Serial Number") or fields.get("Serial number"),
        "firmware_version": fields.get("Firmware Version") or fields.get("Revision"),
        "user_capacity": {"bytes": _number(fields.get("User Capacity") or fields.get("Total NVM Capacity"))},
        "logical_block_size": _number(fields.get("Sector Size") or fields.get("Sector Sizes")),
        "rotation_rate": _rotation(fields.get("Rotation Rate")),
        "ata_smart_attributes": {"table": rows},
        "smart_status": {"passed": _passed(output)},
        "power_on_time": {"hours": _hours(output, rows)},
        "ata_smart_self_test_log": {"standard": {"table": _self_tests(output)}},
        "ata_device_statistics": _statistics(output),
        "temperature": {"current": _number(fields.get("Current Temperature") or fields.get("Temperature"))},
    }
    if "TRIM Command" in fields:
        answer["trim"] = {"supported": fields["TRIM Command"].startswith("Available")}
    if "SATA Version" in fields:
        answer["sata_version"] = {"value": 1}
    if "ATA Version" in fields:
        answer["ata_version"] = {"major_value": _ata_major(fields["ATA Version"])}
    if "Number of Namespaces" in fields or "NVMe Version" in fields or "Model Number" in fields:
        answer |= {"device": {"protocol": "NVMe"}, "nvme_smart_health_information_log": _nvme(fields)}
    if "Product" in fields:
        answer |= _scsi(output, fields)
    return answer


def _fields(output: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in output.splitlines():
        if match := _FIELD.match(line):
            found.setdefault(match.group(1), match.group(2))
    return found


def _attribute(line: str) -> dict[str, Any] | None:
    match = _BRIEF.match(line) or _OLD.match(line)
    if match is None:
        return None
    identity, name, _, value, worst, threshold, failed, raw = match.groups()
    return {
        "id": int(identity),
        "name": name,
        "value": _normalised(value),
        "worst": _normalised(worst),
        "thresh": _normalised(threshold),
        "when_failed": {"-": "", "NOW": "now", "FAILING_NOW": "now"}.get(failed, "past"),
        "raw": {"value": _leading(raw), "string": raw.strip()},
    }


def _normalised(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _leading(text: str) -> int | None:
    match = re.match(r"-?\d+", text.strip())
    return int(match.group()) if match else None


def _number(text: str | None) -> int | None:
    """``64,023,257,088 bytes``, ``64.023.257.088`` or ``100%``: the grouping sign goes by the language."""
    match = re.match(r"\d{1,3}(?:[.,'\u2019\u202f\u00a0]\d{3})+(?!\d)|\d+", text or "")
    return int(re.sub(r"\D", "", match.group())) if match else None


def _rotation(text: str | None) -> int | None:
    if text is None:
        return None
    return 0 if text.startswith("Solid State") else _number(text)


def _passed(output: str) -> bool | None:
    if match := re.search(r"self-assessment test result: (\w+)|SMART Health Status: +(.+)", output):
        return (match.group(1) or match.group(2).strip()) in {"PASSED", "OK"}
    return None


def _hours(output: str, rows: list[dict[str, Any]]) -> int | None:
    if match := re.search(r"(?:number of hours powered up = |hours:minutes )(\d+)", output):
        return int(match.group(1))
    if match := re.search(r"^Power On Hours: +([\d.,]+)", output, re.MULTILINE):
        return _number(match.group(1))
    return next((row["raw"]["value"] for row in rows if row["id"] == 9), None)


def _ata_major(text: str) -> int | None:
    named = next((bit for name, bit in _ATA_MAJOR.items() if text.startswith(name)), None)
    older = re.match(r"(?:ATA/ATAPI-)?(\d)\b", text)
    bit = named or (int(older.group(1)) if older else None)
    return None if bit is None else 1 << bit


def _statistics(output: str) -> dict[str, Any]:
    pages: dict[int, list[dict[str, Any]]] = {}
    for line in output.splitlines():
        if match := _STATISTIC.match(line):
            page, value, flags, name = match.groups()
            row = {"name": name.strip(), "value": _normalised(value), "flags": {"valid": value != "-"}}
            pages.setdefault(int(page, 16), []).append({**row, "flag_letters": flags})
    return {"pages": [{"number": number, "table": table} for number, table in pages.items()]}


def _self_tests(output: str) -> list[dict[str, Any]]:
    words = [match.group(1) for line in output.splitlines() if (match := _SELF_TEST.match(line))]
    passed = {"Completed without error": True}
    return [
        {"status": {"string": word, "passed": passed.get(word, False if word.startswith("Completed:") else None)}}
        for word in words
    ]


def _nvme(fields: dict[str, str]) -> dict[str, Any]:
    log: dict[str, Any] = {key: _number(fields.get(name)) for name, key in _NVME_LOG.items()}
    if warning := fields.get("Critical Warning"):
        log["critical_warning"] = int(warning, 16)
    return log


def _scsi(output: str, fields: dict[str, str]) -> dict[str, Any]:
    errors = {}
    for line in output.splitlines():
        if match := _SCSI_ERRORS.match(line):
            last = match.group(2).split()[-1]
            errors[match.group(1)] = {"total_uncorrected_errors": _normalised(last)}
    grown = re.search(r"Elements in grown defect list: (\d+)", output)
    used = re.search(r"Percentage used endurance indicator: (\d+)%", output)
    pending = re.search(r"Pending defect count:(\d+)", output)
    return {
        "device": {"protocol": "SCSI"},
        "scsi_vendor": fields.get("Vendor"),
        "scsi_model_name": " ".join(filter(None, (fields.get("Vendor"), fields["Product"]))),
        "scsi_transport_protocol": {"name": fields.get("Transport protocol")},
        "scsi_error_counter_log": errors,
        "scsi_grown_defect_list": int(grown.group(1)) if grown else None,
        "scsi_percentage_used_endurance_indicator": int(used.group(1)) if used else None,
        "scsi_pending_defects": {"count": int(pending.group(1))} if pending else None,
    }
