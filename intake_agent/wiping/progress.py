"""How far a pass is, at what rate, and when it will be done."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

_SECONDS_BETWEEN_REPORTS = 0.25


class Phase(StrEnum):
    """The passes of a wipe: canaries are planted, the drive erases by itself, the agent writes, all is read back."""

    PLANTING = "planting"
    ERASING = "erasing"
    WRITING = "writing"
    VERIFYING = "verifying"


@dataclass(frozen=True, slots=True)
class Progress:
    """One moment of one pass. ``seconds_left`` is ``None`` until there is a rate to tell it by."""

    phase: Phase
    done_bytes: int
    total_bytes: int
    bytes_per_second: float
    seconds_left: float | None


Listener = Callable[[Progress], None]
StopAsked = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Watch:
    """Who follows a pass: the one that hears how far it is, and the one that may ask to stop it.

    ``disks_at_once`` is how many disks are wiped side by side: together they share the memory for reading back.
    """

    listener: Listener
    stop_asked: StopAsked
    disks_at_once: int = 1


class Meter:
    """Tells a listener of the progress, at most four times a second and once at the end."""

    def __init__(self, phase: Phase, total_bytes: int, listener: Listener) -> None:
        self._phase, self._total_bytes, self._listener = phase, total_bytes, listener
        self._began = time.monotonic()
        self._reported_at = self._began

    def reached(self, done_bytes: int) -> None:
        """``done_bytes`` of the pass are behind us."""
        now = time.monotonic()
        if now - self._reported_at < _SECONDS_BETWEEN_REPORTS and done_bytes < self._total_bytes:
            return
        self._reported_at = now
        rate = done_bytes / max(now - self._began, 1e-6)
        left = (self._total_bytes - done_bytes) / rate if rate else None
        self._listener(Progress(self._phase, done_bytes, self._total_bytes, rate, left))
