"""Calendar days, as people in Belgium count them, and the moments between which they lie."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from asset_service.core.db import utc_now
from asset_service.core.i18n import TIME_ZONE

BRUSSELS = ZoneInfo(TIME_ZONE)


def today() -> date:
    """The present day in Brussels."""
    return utc_now().astimezone(BRUSSELS).date()


def start_of(day: date) -> datetime:
    """The first moment of the day in Brussels, in UTC."""
    if day == date.min:
        return datetime.min.replace(tzinfo=UTC)
    return datetime.combine(day, time.min, BRUSSELS).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first moment after the day in Brussels, in UTC: what is before it belongs to the day or an earlier one."""
    return start_of(day + timedelta(days=1)) if day < date.max else datetime.max.replace(tzinfo=UTC)
