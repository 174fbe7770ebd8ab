"""One wipe from its plan to what may be claimed: the steps in their order, until one holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from intake_agent.judging.reasons import Reason
from intake_agent.machine import Disk
from intake_agent.station.clock import CLOCK
from intake_agent.wiping.drives.drive import EraseCommands, Erased
from intake_agent.wiping.engine.journal import Cut, Journal
from intake_agent.wiping.engine.outcome import OWN_TOOL, attempt_of, holds, report
from intake_agent.wiping.engine.steps import Step, WipeContext, erased_by_drive, overwritten, picked_up
from intake_agent.wiping.engine.stopping import CUT
from intake_agent.wiping.engine.target import Target
from intake_agent.wiping.plan import Plan, Row
from intake_agent.wiping.progress import Watch
from intake_agent.wiping.table import TABLE
from wipe_reports.codes import Method
from wipe_reports.document import (
    Attempt,
    AttemptResult,
    Level,
    Outcome,
    Technique,
    Verification,
    VerificationMethod,
    Wipe,
)
from wipe_reports.reasons import AttemptFinding, WipeException


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """What came before on this carrier: ``attempts`` to tell, the overwrite to go on with, the sanitize that ran on."""

    attempts: tuple[Attempt, ...] = ()
    resume: Cut | None = None
    ran_on: tuple[Method, Cut, Erased] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Commands:
    """The drive's own erase commands, for the rows of a plan that need them."""

    disk: Disk
    firmware: EraseCommands


NOTHING_BEFORE = Past()


def wipe(
    target: Target,
    plan: Plan,
    nonce: str | None,
    watch: Watch,
    *,
    commands: Commands | None = None,
    journal: Journal | None = None,
    past: Past = NOTHING_BEFORE,
) -> Wipe:
    """Try the steps of ``plan`` on ``target`` until one holds; the safety rules were asked before.

    Each step ends in a read-back of its own. Without ``commands`` only the overwrite is done. Returns what happened,
    also when it was stopped or went wrong half way. Raises CarrierBusyError or OSError only when the carrier could not
    be opened for the first step, and then nothing was touched; LookupError for an impossible plan. What a drive said of
    an erase of its own that did not hold stands among the attempts, also where nothing followed it.
    """
    if not plan.steps:
        raise LookupError(plan.impossible)
    carrier = WipeContext(target=target, read=plan.verification, watch=watch, journal=journal)
    attempts = list(past.attempts)
    steps = _steps(carrier, plan, commands, past)
    last = next(steps)
    while not holds(last, target) and last.stopped not in CUT:
        failed = attempt_of(last, target)
        if journal is not None:
            journal.failed(failed)
        following = _next(steps, last)
        if following is None:
            attempts += [failed] if last.row.owes_canaries else []
            break
        attempts.append(failed)
        last = following
    if last.stopped in CUT and last.erased is not None:
        attempts.append(attempt_of(last, target))
    return report(last, target, nonce, attempts)


def _next(steps: Iterator[Step], last: Step) -> Step | None:
    """The next step, or ``None`` after the last one and where the carrier can no longer be opened."""
    try:
        return next(steps, None)
    except OSError as error:
        last.trouble = Reason(AttemptFinding.NOT_REOPENED, error.strerror)
        return None


def _steps(carrier: WipeContext, plan: Plan, commands: Commands | None, past: Past) -> Iterator[Step]:
    """Each step as it is done; the next one begins only when it is asked for."""
    if past.ran_on is not None:
        method, cut, erased = past.ran_on
        yield picked_up(carrier, row_of(method), cut, erased)
    if past.resume is not None:
        yield overwritten(carrier, row_of(Method.OVERWRITE), past.resume)
        yield overwritten(carrier, row_of(Method.OVERWRITE))
        return
    for row in plan.steps:
        if row.method is Method.OVERWRITE:
            yield overwritten(carrier, row)
        elif commands is not None:
            yield erased_by_drive(carrier, row, commands.disk, commands.firmware)


def row_of(method: Method) -> Row:
    """The first row of the table with ``method``."""
    return next(row for row in TABLE if row.method is method)


def attempt_that_was_cut(cut: Cut) -> Attempt:
    """An earlier wipe that never ended, as the report tells it."""
    finding = Reason(AttemptFinding.CUT_UNKNOWN)
    technique, method = Technique.OVERWRITE, "unknown"
    if cut.method is not None:
        technique, method = row_of(cut.method).technique, cut.method.value
        finding = Reason(AttemptFinding.CUT)
        if cut.method is Method.OVERWRITE:
            finding = Reason(AttemptFinding.CUT_AT, f"{cut.flushed_bytes}/{cut.size_bytes}")
    return Attempt(
        technique=technique,
        method=method,
        started_at=cut.method_began_at or cut.began_at,
        result=AttemptResult.INTERRUPTED,
        findings=(str(finding),),
    )


def unfinished(plan: Plan, started_at: datetime, nonce: str | None, attempts: tuple[Attempt, ...] = ()) -> Wipe:
    """What must be said of a disk if everything is cut from now on. Raises LookupError for an impossible plan."""
    return Wipe(
        technique=plan.row.technique,
        method=plan.row.method.value,
        level=Level.NONE,
        standard=plan.row.source,
        tool=OWN_TOOL,
        nonce=nonce,
        started_at=started_at,
        ended_at=max(started_at, CLOCK.now()),
        bytes_written=0,
        verification=Verification(method=VerificationMethod.NONE),
        attempts=attempts,
        interrupted=True,
        outcome=Outcome.NOT_ERASED,
        exceptions=(WipeException.INTERRUPTED.value,),
    )
