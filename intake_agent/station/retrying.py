"""Tries again what could not be sent, with pauses that grow: a service that is away is not hammered by its stations.

How often it failed is kept beside the outbox, so that an agent that is started again goes on with the pause it was in.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from intake_agent import durable
from intake_agent.probes.json_facts import number, text
from intake_agent.station.clock import moment
from intake_agent.station.outbox import Outbox
from intake_agent.station.sending import Sent

LONGEST_PAUSE_SECONDS = 15 * 60
_CHANCE = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class LastTry:
    """The tries in a row that failed, when the last one was by this machine's clock, and the pause after it."""

    failed: int
    tried_at: datetime
    pause_seconds: int

    def left_seconds(self, now: datetime) -> float:
        """How much of the pause is left. A clock that jumped never makes it longer than the pause itself."""
        passed = (now - self.tried_at).total_seconds()
        return self.pause_seconds - passed if 0 <= passed <= self.pause_seconds else 0.0


def pause_after(failed: int, asked_seconds: float | None, chance: Callable[[], float] = _CHANCE.random) -> int:
    """Whole seconds to wait after the ``failed``-th failure in a row (1, 2, 4 … 900), spread by up to a half.

    The spread keeps stations apart that all lost the service at the same moment. What the service asked counts where it
    is longer, up to a quarter of an hour.
    """
    grown = min(1 << min(failed - 1, 20), LONGEST_PAUSE_SECONDS)
    spread = grown * (1 - chance() / 2)
    return max(1, round(min(max(spread, asked_seconds or 0), LONGEST_PAUSE_SECONDS)))


def note(outbox: Outbox, results: list[Sent]) -> LastTry | None:
    """Keep how a round went; ``None`` where the service answered. Raises OSError where the stick does not take it."""
    away = next((one for one in results if one.later), None)
    file = _file(outbox)
    if away is None:
        if file.exists():
            durable.remove(file)
        return None
    before = last_try(outbox)
    failed = (before.failed if before else 0) + 1
    now = LastTry(failed, datetime.now(UTC), pause_after(failed, away.asked_pause_seconds))
    content = {"failed": now.failed, "tried_at": now.tried_at.isoformat(), "pause_seconds": now.pause_seconds}
    durable.write_over(file, json.dumps(content).encode() + b"\n")
    return now


def last_try(outbox: Outbox) -> LastTry | None:
    """How the last round ended; ``None`` where it went well, or where what was kept cannot be read."""
    try:
        stored = json.loads(_file(outbox).read_bytes())
    except (FileNotFoundError, ValueError, RecursionError):
        return None
    failed, tried_at, pause = (
        number(stored, "failed"),
        moment(text(stored, "tried_at")),
        number(stored, "pause_seconds"),
    )
    if not failed or tried_at is None or pause is None:
        return None
    return LastTry(failed, tried_at, min(pause, LONGEST_PAUSE_SECONDS))


def keep_trying(
    outbox: Outbox,
    send: Callable[[], list[Sent]],
    *,
    longest_seconds: float | None,
    pause: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[tuple[list[Sent], float | None]]:
    """Send until nothing is left that later may help, or ``longest_seconds`` are over.

    Yields after each round what became of each report, and the seconds until the next round (``None``: the last).
    Raises OSError where the state of the tries cannot be kept.
    """
    began = clock()
    last, results = last_try(outbox), list[Sent]()
    wait_seconds = last.left_seconds(datetime.now(UTC)) if last else 0.0
    while True:
        if longest_seconds is not None and wait_seconds and clock() - began + wait_seconds > longest_seconds:
            break
        if wait_seconds:
            yield results, wait_seconds
            pause(wait_seconds)
        results = send()
        last = note(outbox, results)
        if last is None:
            break
        wait_seconds = float(last.pause_seconds)
    yield results, None


def _file(outbox: Outbox) -> Path:
    return outbox.folder / "last-try.json"
