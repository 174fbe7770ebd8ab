"""Numbers, sizes, shares and times as people read them in their language; times stand in Europe/Brussels."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from wipe_reports.words import Language, say

BRUSSELS = ZoneInfo("Europe/Brussels")

_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB", "EB")


def count(number: int, language: Language) -> str:
    """A whole number with its thousands apart: 500.107.862.016 in Dutch, 500,107,862,016 in English."""
    return f"{number:,}".replace(",", say("number.thousands", language))


def decimal(text: str, language: Language) -> str:
    """A number written with a point, with the decimal comma where the language has one."""
    return text.replace(".", say("number.decimal", language))


def size(size_bytes: int, language: Language) -> str:
    """A size in decimal units as on a disk's label, one decimal where it says something: 500 GB, 1,9 TB."""
    scaled, unit = Fraction(size_bytes), 0
    while scaled >= 1000 and unit < len(_UNITS) - 1:
        scaled, unit = scaled / 1000, unit + 1
    text = f"{float(scaled):.0f}" if unit == 0 or scaled >= 100 else f"{float(scaled):.1f}".removesuffix(".0")
    return f"{decimal(text, language)} {_UNITS[unit]}"


def percent(share: Fraction, language: Language) -> str:
    """A share as a percentage, cut to two decimals: what is not everything never reads as 100."""
    hundredths = int(share * 10_000)
    text = f"{hundredths // 100}.{hundredths % 100:02d}".rstrip("0").rstrip(".")
    return decimal(text, language)


def rate(size_bytes: int, duration: timedelta, language: Language) -> str:
    """Megabytes (10⁶) in a second; a wipe of no measurable time has no rate and reads as a dash."""
    seconds = duration.total_seconds()
    if seconds <= 0:
        return "–"
    return decimal(f"{size_bytes / seconds / 1e6:.0f}", language)


def moment(time: datetime, language: Language) -> str:
    """A time in Brussels, to the minute: 21 november 2026, 10:30; in UTC where Brussels' calendar lacks it."""
    local = _in_brussels(time)
    return f"{local.day} {say(f'month.{local.month}', language)} {local.year}, {local:%H:%M}"


def _in_brussels(time: datetime) -> datetime:
    try:
        return time.astimezone(BRUSSELS)
    except OverflowError:
        # The first and the last day that there are.
        return time


def period(start: datetime, end: datetime, language: Language) -> str:
    """Two times in Brussels; the day is said once where it is one day."""
    if _in_brussels(start).date() == _in_brussels(end).date():
        return f"{moment(start, language)} – {_in_brussels(end):%H:%M}"
    return f"{moment(start, language)} – {moment(end, language)}"
