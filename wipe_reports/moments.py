"""Which moments in a report can be true: the one place that bounds them.

A computer's clock may stand anywhere: a dead battery makes it 1970 or the year of its firmware. What no computer
says at all is refused. What it can say and cannot be true, the service keeps for a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, get_type_hints

from wipe_reports.document import WipeReport

FIRST_AGENT_MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)
"""No agent is older, so no report tells of an earlier moment."""
TOLERANCE = timedelta(days=1)
"""How far a station's clock may be off the service's before a person must look: a clock that keeps local time, or
another zone's, is hours off and still tells which day it was."""
CLOCKS_FROM = datetime(1970, 1, 1, tzinfo=UTC)
CLOCKS_UNTIL = datetime(2200, 1, 1, tzinfo=UTC)
"""A computer's own clock (two digits and a century, or seconds since 1970) says nothing outside these two."""


def a_clock_can_say(moment: datetime) -> bool:
    """Can it come from a computer's clock, so that databases and screens can show it in any time zone?"""
    return CLOCKS_FROM <= moment < CLOCKS_UNTIL


def can_be_true(moment: datetime, received_at: datetime) -> bool:
    """Is it between the first agent and the moment that the service received the report?"""
    return FIRST_AGENT_MADE_AT <= moment <= received_at + TOLERANCE


def all_can_be_true(report: WipeReport, received_at: datetime) -> bool:
    """:func:`can_be_true` for every moment in ``report``."""
    return all(can_be_true(moment, received_at) for _, moment in within(report))


def within(record: Any, path: str = "") -> Iterator[tuple[str, datetime]]:
    """Every moment in a record of :mod:`wipe_reports.document`, with its path such as ``carriers[0].wipe.ended_at``."""
    if isinstance(record, datetime):
        yield path, record
    elif isinstance(record, tuple):
        for index, one in enumerate(record):
            yield from within(one, f"{path}[{index}]")
    elif is_dataclass(record):
        for name in _members_with_moments(record.__class__):
            yield from within(getattr(record, name), f"{path}.{name}" if path else name)


@cache
def _members_with_moments(record: Any) -> tuple[str, ...]:
    hints = get_type_hints(record)
    return tuple(one.name for one in fields(record) if _holds_moments(hints[one.name]))


def _holds_moments(hint: Any) -> bool:
    if hint is datetime:
        return True
    if isinstance(hint, type) and is_dataclass(hint):
        return bool(_members_with_moments(hint))
    return any(_holds_moments(one) for one in getattr(hint, "__args__", ()))
