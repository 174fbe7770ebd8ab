"""The time that reports carry: steady while the machine runs, and set right by the service where it can be.

A donated machine's battery is often dead and its clock years behind, and the system may set it right in the middle of
a wipe. So the wall clock is read once and what passes since then is counted by the kernel's own steady clock. Only
this agent's clock is ever moved, never the machine's.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from intake_agent.language import gettext, gettext_noop
from wipe_reports.document import ClockCheck

TOLERATED = timedelta(seconds=60)
"""A clock this near the service's is left as it is: the network's own delay is in the difference."""
_MOST_SECONDS = 2**31 - 1


class Clock:
    """Wall-clock time that never jumps. ``check`` is what the last comparison with the service's time found."""

    def __init__(self) -> None:
        self.check: ClockCheck | None = None
        self._machine = datetime.now(UTC)
        self._began_seconds = time.clock_gettime(time.CLOCK_BOOTTIME)
        self._moved = timedelta(0)
        self._held = 0

    def now(self) -> datetime:
        """The time now, aware, in UTC."""
        return self._machine_now() + self._moved

    def correct(self, service_time: datetime) -> timedelta:
        """Compare with the service's time and follow it where the difference is no network delay.

        Returns how far the machine's own clock is ahead (negative: behind) and keeps that in ``check``. While the
        clock is held nothing moves.
        """
        ahead = self._machine_now() - service_time
        if not self._held and abs(self.now() - service_time) >= TOLERATED:
            self._moved = -ahead
        seconds = max(-_MOST_SECONDS, min(_MOST_SECONDS, round(ahead.total_seconds())))
        self.check = ClockCheck(ahead_seconds=seconds, corrected=bool(self._moved))
        return ahead

    def follow(self, service_time: datetime | str | None) -> str | None:
        """:meth:`correct` by the time in a service's answer; tells people once of a clock that is off."""
        now = moment(service_time) if isinstance(service_time, str) else service_time
        if now is None:
            return None
        before, ahead = self.check, self.correct(now)
        already_reported = before is not None and abs(before.ahead_seconds - ahead.total_seconds()) < TOLERATED.seconds
        if already_reported or abs(ahead) < TOLERATED:
            return None
        side = gettext("voor") if ahead > timedelta(0) else gettext("achter")
        what = gettext("het verslag volgt de dienst") if self._moved else gettext("dat staat ook zo in het verslag")
        return gettext(
            "De klok van dit toestel loopt {length} {side}; {consequence}.",
            length=_in_words(abs(ahead)),
            side=side,
            consequence=what,
        )

    def doubt(self, certain: datetime) -> str | None:
        """What to tell people of a clock that is before a time that is certainly past; it is not moved."""
        now = self.now()
        if now >= certain:
            return None
        return gettext(
            "De klok van dit toestel staat op {now:%d/%m/%Y %H:%M} UTC en loopt dus achter. Zolang "
            "de dienst niet bereikt wordt, kloppen de tijden in het verslag niet.",
            now=now,
        )

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """A piece of work whose times must stay in order: meanwhile the clock is compared but never moved."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1

    def _machine_now(self) -> datetime:
        return self._machine + timedelta(seconds=time.clock_gettime(time.CLOCK_BOOTTIME) - self._began_seconds)


def moment(written: str | None) -> datetime | None:
    """An ISO 8601 time with its zone, in UTC; ``None`` for anything else."""
    try:
        read = datetime.fromisoformat(written or "")
        return read.astimezone(UTC) if read.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


_UNITS = (
    (gettext_noop("{count} dagen"), 86400),
    (gettext_noop("{count} uur"), 3600),
    (gettext_noop("{count} minuten"), 60),
)


def _in_words(length: timedelta) -> str:
    for words, unit_seconds in _UNITS:
        if (count := int(length.total_seconds()) // unit_seconds) >= 2:
            return gettext(words, count=count)
    return gettext("{count} seconden", count=round(length.total_seconds()))


CLOCK = Clock()
