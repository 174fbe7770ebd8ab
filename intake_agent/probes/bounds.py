"""What a figure can be at most and at least: what lies outside is a fault of whoever printed it, and is *unknown*.

Counts are sign-extended, packed, negative, or in another unit now and then. Such a figure must not be judged by, must
not make anything be sent to a drive, and must not reach the report, which would refuse it after hours of wiping. Every
figure of every fact declares its bounds (:class:`wipe_reports.shape.Whole`), and they lie within what the report's own
schema takes (a test sees to both).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass, replace
from functools import cache
from typing import Any, TypeVar

from wipe_reports.shape import Member, members

Record = TypeVar("Record")
Bounds = tuple[int, int]


@cache
def bounds_of(record: type) -> Mapping[str, Bounds]:
    """What each figure of a record can be at least and at most, both included, by the name of its field."""
    figures = {one.name: one.plausible for one in members(record) if one.type is int}
    return {name: bounds for name, bounds in figures.items() if bounds is not None}


def bounded(record: Record) -> Record:
    """``record`` with every figure that no part can mean made unknown, and so in all that it holds.

    Where a figure may not be unknown its field's default stands in; a row without one is left out of its list.
    """
    fitting: Record | None = _bounded(record)
    return record if fitting is None else fitting


def within(record: type, name: str, value: int | None) -> int | None:
    """One figure of a record, ``None`` where it cannot be."""
    lowest, highest = bounds_of(record)[name]
    return value if value is not None and lowest <= value <= highest else None


def _bounded(record: Any) -> Any:
    changed: dict[str, Any] = {}
    for member in members(record.__class__):
        value = getattr(record, member.name)
        fitting = _fitting_value(record, member, value)
        if fitting is None and value is not None and not member.nullable:
            return None
        if fitting is not value and fitting != value:
            changed[member.name] = fitting
    return replace(record, **changed) if changed else record


def _fitting_value(record: Any, member: Member, value: Any) -> Any:
    if member.name in bounds_of(record.__class__):
        fitting = within(record.__class__, member.name, value)
        return member.default if fitting is None and not member.nullable else fitting
    if isinstance(value, tuple):
        return tuple(fitting for one in value if (fitting := _bounded(one) if _is_record(one) else one) is not None)
    return _bounded(value) if _is_record(value) else value


def _is_record(value: Any) -> bool:
    return is_dataclass(value) and not isinstance(value, type)
