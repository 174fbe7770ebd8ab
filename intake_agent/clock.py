"""The time that reports carry: steady while the machine runs, and set right by the service where it can be.

A donated machine's battery is often dead and its clock years behind, and the system may set it right in the middle of
a wipe. So the wall clock is read once and what passes since then is counted by the kernel's own steady clock.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Wall-clock time that never jumps; :meth:`correct` moves it once, between two pieces of work."""

    def __init__(self) -> None:
        self._wall = datetime.now(UTC)
        self._began_seconds = time.clock_gettime(time.CLOCK_BOOTTIME)

    def now(self) -> datetime:
        """The time now, aware, in UTC."""
        return self._wall + timedelta(seconds=time.clock_gettime(time.CLOCK_BOOTTIME) - self._began_seconds)

    def correct(self, service_time: datetime) -> timedelta:
        """Take over the service's time; returns how far this clock was ahead of it (negative: behind)."""
        ahead = self.now() - service_time
        self._wall -= ahead
        return ahead


CLOCK = Clock()
