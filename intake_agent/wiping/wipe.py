"""One wipe from its plan to what may be claimed: overwrite, read back, and the lower of the two as the level."""

from __future__ import annotations

import random
from importlib.metadata import version

from intake_agent.clock import CLOCK
from intake_agent.wiping.overwrite import PATTERN, Written, overwrite
from intake_agent.wiping.plan import Plan
from intake_agent.wiping.progress import Watch
from intake_agent.wiping.stamp import Stamp
from intake_agent.wiping.target import Target
from intake_agent.wiping.verify import ReadBack, read_back, sample, whole
from wipe_reports.document import (
    MAX_ERRORS_LISTED,
    AreaState,
    Level,
    MediaError,
    Outcome,
    Pass,
    Tool,
    Verification,
    VerificationMethod,
    Wipe,
)


def wipe(target: Target, plan: Plan, nonce: str | None, watch: Watch) -> Wipe:
    """Overwrite ``target`` and read it back; the safety rules were asked before.

    Returns what happened, also when it was stopped or went wrong half way. Raises CarrierBusyError or OSError only
    when the carrier could not be opened at all, and then nothing was touched.
    """
    stamp = Stamp()
    written = overwrite(target, stamp, watch)
    checked = None if written.stopped else _read_back(target, plan, stamp, watch)
    return _report(target, plan, nonce, written, checked)


def _read_back(target: Target, plan: Plan, stamp: Stamp, watch: Watch) -> ReadBack | None:
    """The reading pass, or ``None`` where the carrier could not be opened again: then nothing is verified."""
    try:
        return _read_ranges(target, plan, stamp, watch)
    except OSError:
        return None


def _read_ranges(target: Target, plan: Plan, stamp: Stamp, watch: Watch) -> ReadBack:
    if plan.verification is VerificationMethod.FULL_READ_BACK:
        return read_back(target.path, whole(target.size_bytes), target.size_bytes, stamp, watch)
    seed = random.SystemRandom().getrandbits(128)
    total_bytes = sum(length for _, length in sample(target.size_bytes, random.Random(seed)))  # noqa: S311 - which part is read, no secret
    ranges = sample(target.size_bytes, random.Random(seed))  # noqa: S311 - the same ranges once more
    return read_back(target.path, ranges, total_bytes, stamp, watch)


def _report(target: Target, plan: Plan, nonce: str | None, written: Written, checked: ReadBack | None) -> Wipe:
    exceptions = _exceptions(target, written, checked)
    outcome = _outcome(target, written, checked, exceptions)
    read_failures = checked.failures.total_bytes if checked else 0
    unreadable_bytes = max(written.failures.total_bytes, read_failures)
    return Wipe(
        technique=plan.row.technique,
        method=plan.row.method if written.direct else f"{plan.row.method} (buffered: no O_DIRECT)",
        level=plan.row.level if outcome is Outcome.ERASED else Level.NONE,
        standard=plan.row.source,
        tool=Tool(name="herstart intake-agent", version=version("herstart")),
        nonce=nonce,
        passes=(
            Pass(
                pattern=PATTERN,
                started_at=written.started_at,
                ended_at=written.ended_at,
                bytes_written=written.bytes_written,
            ),
        ),
        started_at=written.started_at,
        ended_at=checked.ended_at if checked else CLOCK.now(),
        bytes_written=written.bytes_written,
        unreadable_sectors=min(
            -(-unreadable_bytes // target.logical_block_bytes), target.size_bytes // target.logical_block_bytes
        ),
        errors=_errors(written, checked),
        verification=_verification(plan, checked),
        interrupted="interrupted" in exceptions,
        outcome=outcome,
        exceptions=exceptions,
    )


def _errors(written: Written, checked: ReadBack | None) -> tuple[MediaError, ...]:
    found = [*written.failures.listed]
    if checked is not None:
        found += [*checked.failures.listed, *checked.mismatches.listed]
    return tuple(found[:MAX_ERRORS_LISTED])


def _verification(plan: Plan, checked: ReadBack | None) -> Verification:
    if checked is None:
        return Verification(method=VerificationMethod.NONE)
    return Verification(
        method=plan.verification,
        started_at=checked.started_at,
        ended_at=checked.ended_at,
        bytes_read=checked.bytes_read,
        bytes_mismatched=checked.bytes_mismatched,
        passed=checked.passed,
    )


def _exceptions(target: Target, written: Written, checked: ReadBack | None) -> tuple[str, ...]:
    """Everything that keeps the word *erased* away, as keys."""
    areas = {target.hidden_areas.hpa, target.hidden_areas.dco}
    signs = {
        written.stopped or "": written.stopped is not None,
        "write_errors": bool(written.failures.total_bytes),
        "not_all_written": written.stopped is None and written.bytes_written < target.size_bytes,
        "not_verified": checked is None,
        (checked and checked.stopped) or "": checked is not None and checked.stopped is not None,
        "read_errors": checked is not None and bool(checked.failures.total_bytes),
        "read_back_differs": checked is not None and bool(checked.bytes_mismatched),
        "hidden_area_left": AreaState.LEFT in areas,
        "hidden_area_unknown": AreaState.UNKNOWN in areas,
    }
    return tuple(key for key, holds in signs.items() if holds)


def _outcome(target: Target, written: Written, checked: ReadBack | None, exceptions: tuple[str, ...]) -> Outcome:
    """*Erased* without a single exception; *with exceptions* when all that could be reached is proven to be gone.

    What was cut, not verified, or read back other than written is *not erased*: the carrier may hold anything.
    """
    if not exceptions and checked is not None and checked.passed:
        return Outcome.ERASED
    finished = written.stopped is None and checked is not None and checked.stopped is None
    proven = checked is not None and not checked.bytes_mismatched and checked.bytes_read > 0
    if finished and proven and written.bytes_written > 0 and target.size_bytes > 0:
        return Outcome.ERASED_WITH_EXCEPTIONS
    return Outcome.NOT_ERASED
