"""Who follows a test of a part, who may stop it, and the clock that it runs by."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from intake_agent.machine import PartTestKind
from intake_agent.station.clock import CLOCK


@dataclass(frozen=True, slots=True)
class PartProgress:
    """One moment of a test: the part it is about, the share done from 0 to 1.

    ``celsius`` is the part's temperature now, ``None`` where nothing measures it.
    """

    kind: PartTestKind
    subject: str | None
    share_done: float
    celsius: int | None = None


Follow: TypeAlias = Callable[[PartProgress], None]
StopAsked: TypeAlias = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """The time of day for the report, seconds that only go forward, and waiting; tests give their own."""

    now: Callable[[], datetime] = CLOCK.now
    seconds: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
