"""Waiting for a drive that erases by itself, and judging by its own words how that ended.

A sanitize command returns at once and the drive works on for seconds or hours, through a restart too. Idle drives say
"success" of something long ago, so success counts only when the drive was seen at work or its log changed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import Enum, auto

from intake_agent.judging.reasons import Reason
from intake_agent.seeing.programs import Answer, run
from intake_agent.wiping.progress import Meter, Phase, Watch
from wipe_reports.document import AttemptResult
from wipe_reports.reasons import AttemptFinding

MAX_DETAIL_CHARACTERS = 300
_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 5.0
_SLICE_SECONDS = 0.2
_POLLS_OF_GRACE = 5
"""A drive may take a moment to say that it has begun: so often it is asked again before "idle" is believed."""


@dataclass(frozen=True, slots=True)
class EraseEnd:
    """How a drive's own erase ended: ``result`` is ``None`` when its words *and* its state say that it completed.

    ``detail`` is what the drive or its program printed, by :func:`one_line`; ``findings`` what the agent makes of it.
    """

    result: AttemptResult | None
    detail: str | None = None
    findings: tuple[Reason, ...] = ()

    @classmethod
    def because(
        cls, result: AttemptResult, finding: AttemptFinding, *printed: str, figure: str | int | None = None
    ) -> EraseEnd:
        """An end with one finding, beside what the drive or its program ``printed``."""
        reason = Reason(finding, one_line(figure) if isinstance(figure, str) else figure)
        return cls(result, one_line(*printed) or None, (reason,))


class Condition(Enum):
    """What a drive says of its sanitize operation. ``UNKNOWN`` is no answer, or one that cannot be trusted."""

    IDLE = auto()
    RUNNING = auto()
    SUCCEEDED = auto()
    FAILED = auto()
    FROZEN = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Status:
    """One reading. ``share`` is how far it is, 0 to 1; ``log`` is everything that changes when a sanitize was done."""

    condition: Condition
    words: str
    share: float | None = None
    log: Hashable = None


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a drive may give no usable answer, and how long it may stay at the same share, in seconds.

    Some drives stay at 1 % for weeks (Intel 660p: nvme-cli issues 752, 1784 and 3027).
    """

    silent_seconds: float = 600
    unchanged_seconds: float = 2 * 3600


def one_line(*words: str) -> str:
    """A drive's or program's words as a detail: one printable line of at most 300 characters."""
    text = " ".join(" ".join(one for one in words if one).split())
    printable = "".join(one if one.isprintable() else "?" for one in text)
    return printable if len(printable) <= MAX_DETAIL_CHARACTERS else printable[: MAX_DETAIL_CHARACTERS - 1] + "…"


def wait_for_sanitize(
    ask: Callable[[], Status],
    size_bytes: int | None,
    watch: Watch,
    *,
    before: Status | None,
    patience: Patience | None = None,
) -> EraseEnd:
    """Ask until the drive no longer works, and judge the end.

    ``before`` is the reading from before our accepted command; ``None`` where the drive was already seen at work.
    """
    last, seen = _until_settled(ask, size_bytes, watch, before, patience or Patience())
    seen = seen or before is None
    if watch.stop_asked() and last.condition is not Condition.SUCCEEDED:
        return EraseEnd.because(AttemptResult.INTERRUPTED, AttemptFinding.GOES_ON_AFTER_RESTART)
    if last.condition is Condition.SUCCEEDED:
        if seen or (before is not None and before.log != last.log):
            return EraseEnd(None)
        return EraseEnd.because(AttemptResult.NOT_COMPLETED, AttemptFinding.NEVER_AT_WORK, last.words)
    if last.condition is Condition.FAILED:
        return EraseEnd(AttemptResult.FAILED, one_line(last.words))
    if last.condition is Condition.FROZEN:
        return EraseEnd.because(AttemptResult.REFUSED, AttemptFinding.FROZEN, last.words)
    return EraseEnd.because(AttemptResult.NOT_COMPLETED, _UNENDED[last.condition], last.words)


_UNENDED = {
    Condition.IDLE: AttemptFinding.NOT_SAID_TO_BE_COMPLETE,
    Condition.RUNNING: AttemptFinding.NO_PROGRESS,
    Condition.UNKNOWN: AttemptFinding.NO_USABLE_ANSWER,
}


def _until_settled(
    ask: Callable[[], Status], size_bytes: int | None, watch: Watch, before: Status | None, patience: Patience
) -> tuple[Status, bool]:
    """The last reading, and whether the drive was seen at work in between."""
    total_bytes = size_bytes or 1
    meter = Meter(Phase.ERASING, total_bytes, watch.listener)
    pause, grace, seen = _FIRST_PAUSE_SECONDS, _POLLS_OF_GRACE, False
    answered = changed = time.monotonic()
    share: float | None = None
    while True:
        status, now = ask(), time.monotonic()
        if status.condition is Condition.RUNNING:
            seen, answered = True, now
            changed, share = (changed, share) if status.share == share else (now, status.share)
            meter.reached(int((share or 0.0) * total_bytes))
            over = now - changed > patience.unchanged_seconds
        elif status.condition is Condition.UNKNOWN:
            over = now - answered > patience.silent_seconds
        else:
            grace -= 1
            news = before is None or (before.log != status.log and status.condition is not Condition.IDLE)
            over = seen or news or grace <= 0
        if over or watch.stop_asked():
            return status, seen
        _pause(pause, watch)
        pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)


def _pause(seconds: float, watch: Watch) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0 and not watch.stop_asked():
        time.sleep(min(left, _SLICE_SECONDS))


def run_long(
    *command: str, expected_seconds: float | None, limit_seconds: float, size_bytes: int | None, watch: Watch
) -> Answer | None:
    """Run a program that blocks until the drive is done; progress is estimated by the time the drive said it needs.

    ``None`` when it was asked to stop, or when ``limit_seconds`` went by: the program cannot be taken back from the
    drive, so it is left to end by itself.
    """
    answers: list[Answer] = []
    thread = threading.Thread(
        target=lambda: answers.append(run(*command, timeout_seconds=limit_seconds * 2)), daemon=True
    )
    total_bytes = size_bytes or 1
    meter = Meter(Phase.ERASING, total_bytes, watch.listener)
    began = time.monotonic()
    thread.start()
    while not answers:
        thread.join(_SLICE_SECONDS)
        elapsed = time.monotonic() - began
        if answers:
            break
        if watch.stop_asked() or elapsed > limit_seconds:
            return None
        share = min(0.99, elapsed / expected_seconds) if expected_seconds else 0.0
        meter.reached(int(share * total_bytes))
    return answers[0]
