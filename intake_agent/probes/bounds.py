"""What a figure can be at most and at least: what lies outside is a fault of whoever printed it, and is *unknown*.

Counts are sign-extended, packed, negative, or in another unit now and then. Such a figure must not be judged by, must
not make anything be sent to a drive, and must not reach the report, which would refuse it after hours of wiping. Every
figure of every fact has its bounds here, and they lie within what the report's own schema takes (a test sees to both).
"""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass, replace
from typing import Any, TypeVar

from intake_agent.machine import (
    AtaSecurity,
    Battery,
    Disk,
    Display,
    DriveSigns,
    Estimate,
    HiddenAreas,
    Memory,
    MemoryModule,
    PartTest,
    Port,
    Processor,
    Smart,
    SmartAttribute,
)

Record = TypeVar("Record")
Bounds = tuple[int, int]

MOST_SECTORS = 2**41
"""A pebibyte in sectors of 512 bytes, more than any drive holds; ATA itself ends at 2⁴⁸ (ACS-4 §4.1.2)."""
_INT64 = 2**63 - 1
_MOST_BYTES = 2**60
"""An exbibyte: thin volumes over a network name any size."""
_MOST_MIB = 2**28
_COUNT: Bounds = (0, 2**31 - 1)
_VENDOR_SCALE: Bounds = (0, 255)
_BLOCK: Bounds = (1, 2**24)
_CELSIUS: Bounds = (-100, 300)
_MINUTES: Bounds = (0, 65_534)
_YEAR: Bounds = (1970, 2200)

BOUNDS: dict[type, dict[str, Bounds]] = {
    Disk: {
        "size_bytes": (0, _MOST_BYTES),
        "logical_block_bytes": _BLOCK,
        "sequence": (0, _INT64),
        "unallocated_bytes": (0, _MOST_BYTES),
    },
    HiddenAreas: {"hpa_sectors": (0, MOST_SECTORS), "dco_sectors": (0, MOST_SECTORS)},
    AtaSecurity: {"erase_minutes": _MINUTES, "enhanced_erase_minutes": _MINUTES},
    Smart: {
        "reallocated": (0, _INT64),
        "pending": (0, _INT64),
        "uncorrectable": (0, _INT64),
        "power_on_hours": (0, 50 * 366 * 24),
        "percentage_used": (0, 65535),
        "media_errors": (0, _INT64),
        "temperature_celsius": _CELSIUS,
    },
    SmartAttribute: {
        "id": _VENDOR_SCALE,
        "value": _VENDOR_SCALE,
        "worst": _VENDOR_SCALE,
        "threshold": _VENDOR_SCALE,
        "raw": (0, _INT64),
    },
    DriveSigns: {
        "critical_warning": _VENDOR_SCALE,
        "spare_percent": _VENDOR_SCALE,
        "spare_threshold_percent": _VENDOR_SCALE,
        "reported_uncorrectable": (0, _INT64),
        "command_timeouts": (0, _INT64),
        "wear_percent": (0, 65535),
    },
    Processor: {"cores": (1, 2**16), "threads": (1, 2**16)},
    Memory: {"installed_mib": (0, _MOST_MIB), "usable_mib": (0, _MOST_MIB), "slots": (0, 4096), "max_mib": (0, 2**40)},
    MemoryModule: {"size_mib": (0, _MOST_MIB), "speed_mts": (0, 100_000)},
    Battery: {"design_mwh": (0, 10_000_000), "full_mwh": (0, 10_000_000), "cycles": (0, 100_000)},
    Display: {"width_px": (0, 65535), "height_px": (0, 65535), "diagonal_tenths_inch": (0, 10_000), "year": _YEAR},
    Port: {"count": (0, 1000)},
    Estimate: {"year": _YEAR},
    PartTest: {"peak_celsius": _CELSIUS},
}
"""By record and field, both ends included."""


def bounded(record: Record) -> Record:
    """``record`` with every figure that no part can mean made unknown, and so in all that it holds.

    Where a figure may not be unknown its field's default stands in; a row without one is left out of its list.
    """
    kept: Record | None = _bounded(record)
    return record if kept is None else kept


def within(record: type, name: str, value: int | None) -> int | None:
    """One figure of a record, ``None`` where it cannot be."""
    lowest, highest = BOUNDS[record][name]
    return value if value is not None and lowest <= value <= highest else None


def _bounded(record: Any) -> Any:
    changed: dict[str, Any] = {}
    for field in fields(record):
        value = getattr(record, field.name)
        kept = _kept(record, field, value)
        if kept is None and value is not None and not _may_be_unknown(field):
            return None
        if kept is not value and kept != value:
            changed[field.name] = kept
    return replace(record, **changed) if changed else record


def _kept(record: Any, field: Any, value: Any) -> Any:
    if field.name in BOUNDS.get(type(record), {}):
        default = None if _may_be_unknown(field) or field.default is MISSING else field.default
        kept = within(type(record), field.name, value)
        return default if kept is None else kept
    if isinstance(value, tuple):
        return tuple(kept for one in value if (kept := _bounded(one) if _is_record(one) else one) is not None)
    return _bounded(value) if _is_record(value) else value


def _may_be_unknown(field: Any) -> bool:
    return "None" in str(field.type)


def _is_record(value: Any) -> bool:
    return is_dataclass(value) and not isinstance(value, type)
