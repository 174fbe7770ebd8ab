"""From what the steps did to what may be claimed: the lower of the method and of what was read back, never more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import version

from intake_agent.judging.reasons import Reason
from intake_agent.wiping.engine.overwrite import PATTERN
from intake_agent.wiping.engine.steps import Step
from intake_agent.wiping.engine.stopping import CUT
from intake_agent.wiping.engine.target import Target
from intake_agent.wiping.plan import WHOLE_DRIVE, reached
from wipe_reports.document import (
    MAX_ERRORS_LISTED,
    AreaState,
    Attempt,
    AttemptResult,
    Canaries,
    ComparedBlocks,
    Level,
    MediaError,
    Outcome,
    Pass,
    Technique,
    Tool,
    Verification,
    VerificationMethod,
    Wipe,
)
from wipe_reports.reasons import AttemptFinding, WipeException

OWN_TOOL = Tool(name="herstart intake-agent", version=version("herstart"))
_MAX_ATTEMPTS = 32


def exceptions_of(step: Step, target: Target) -> tuple[WipeException, ...]:
    """Everything that keeps the word *erased* away from ``step``; its hidden areas are not among it."""
    written, overwrites = step.written, step.erased is None
    reads = [one for one in (step.looked, step.checked) if one is not None]
    canaries_stand = bool(step.survived) or (step.blocks is not None and bool(step.blocks.unchanged))
    stopped = {} if step.stopped is None else {WipeException(step.stopped): True}
    signs = stopped | {
        WipeException.METHOD_FAILED: step.result is not None and step.stopped is None,
        WipeException.WRITE_ERRORS: written is not None and bool(written.failures.total_bytes),
        WipeException.NOT_ALL_WRITTEN: overwrites
        and step.stopped is None
        and (written is None or written.bytes_written < target.size_bytes),
        WipeException.CANARIES_SURVIVED: canaries_stand,
        WipeException.NOT_VERIFIED: step.checked is None or _unproven(step),
        WipeException.READ_ERRORS: any(one.failures.total_bytes for one in reads),
        WipeException.READ_BACK_DIFFERS: step.checked is not None and bool(step.checked.bytes_mismatched),
    }
    return tuple(key for key, holds in signs.items() if holds)


def _unproven(step: Step) -> bool:
    """Did a drive that took no canaries leave nothing by which its own erase can be told from none?"""
    return step.blocks is not None and not step.blocks.proves


def _left_hidden(step: Step, target: Target) -> tuple[WipeException, ...]:
    """What of the drive the step could not reach, or what nobody could see; a sanitize goes over the whole drive."""
    areas = {target.hidden_areas.hpa, target.hidden_areas.dco}
    signs = {
        WipeException.HIDDEN_AREA_LEFT: AreaState.LEFT in areas,
        WipeException.HIDDEN_AREA_UNKNOWN: AreaState.UNKNOWN in areas,
        WipeException.CAPACITY_UNALLOCATED: target.unallocated_bytes > 0 and step.row.method not in WHOLE_DRIVE,
        WipeException.NAMESPACES_LEFT: bool(target.namespaces_left),
    }
    return tuple(key for key, holds in signs.items() if holds)


def level_of(step: Step) -> Level:
    """What ``step`` reached: the lower of its method and its read-back, and without changed canaries no purge.

    Blocks that were remembered where no canary could be planted prove a *clear* at most, and nothing where too few did.
    """
    level = reached(step.row, step.read)
    canaries_changed = bool(step.planted) and not step.survived
    if not step.row.owes_canaries or canaries_changed:
        return level
    if step.blocks is not None:
        return Level.CLEAR if step.blocks.proves and level is not Level.NONE else Level.NONE
    return Level.NONE if step.row.leaves_noise or level is Level.NONE else Level.CLEAR


def holds(step: Step, target: Target) -> bool:
    """Did this step erase the carrier, so that no other method needs to be tried?"""
    passed = step.checked is not None and step.checked.passed
    return passed and not exceptions_of(step, target) and level_of(step) is not Level.NONE


def attempt_of(step: Step, target: Target) -> Attempt:
    """A step that did not hold, as the report tells it."""
    result = AttemptResult.INTERRUPTED if step.stopped in CUT else step.result or AttemptResult.NOT_VERIFIED
    return Attempt(
        technique=step.row.technique,
        method=step.row.method.value,
        started_at=step.started_at,
        ended_at=step.ended_at,
        result=result,
        findings=_findings(step, target),
        detail=(step.words or "")[:500] or None,
    )


def _findings(step: Step, target: Target) -> tuple[str, ...]:
    """What was seen of a step that did not hold; where no figure tells it, what the report would hold against it.

    What the drive's own commands saw stands first, whatever came after it: it may be that the drive is left locked.
    """
    seen = tuple(map(str, step.seen))
    if step.trouble is not None:
        return (*seen, str(step.trouble))
    return (*seen, *map(str, _figures(step))) or (() if step.words else exceptions_of(step, target))


def _figures(step: Step) -> Iterator[Reason]:
    if step.survived:
        yield Reason(AttemptFinding.CANARIES_LEFT, f"{step.survived}/{step.planted}")
    if step.checked is not None and step.checked.bytes_mismatched:
        stopped = step.checked.stopped
        key = AttemptFinding.BYTES_WRONG_AT_LEAST if stopped else AttemptFinding.BYTES_WRONG
        yield Reason(key, step.checked.bytes_mismatched)
    if lost := sum(one.failures.total_bytes for one in (step.looked, step.checked) if one is not None):
        yield Reason(AttemptFinding.BYTES_UNREADABLE, lost)
    if step.written is not None and step.written.failures.total_bytes:
        yield Reason(AttemptFinding.BYTES_UNWRITABLE, step.written.failures.total_bytes)


def report(step: Step, target: Target, nonce: str | None, attempts: Sequence[Attempt]) -> Wipe:
    """The wipe as it is reported: ``step`` is the one that counts, ``attempts`` came before it."""
    exceptions = exceptions_of(step, target) + _left_hidden(step, target)
    outcome = _outcome(step, target, exceptions)
    passes = _passes(step, target)
    return Wipe(
        technique=step.row.technique,
        method=_method(step),
        level=level_of(step) if outcome is Outcome.ERASED else Level.NONE,
        standard=step.row.source,
        tool=step.erased.tool if step.erased is not None else OWN_TOOL,
        nonce=nonce,
        passes=passes,
        started_at=step.started_at,
        ended_at=step.ended_at,
        bytes_written=sum(one.bytes_written for one in passes),
        unreadable_sectors=_unreadable_sectors(step, target),
        errors=_errors(step),
        verification=_verification(step),
        attempts=tuple(attempts)[-_MAX_ATTEMPTS:],
        interrupted=step.stopped in CUT or any(one.result is AttemptResult.INTERRUPTED for one in attempts),
        resumed=step.resumed,
        outcome=outcome,
        exceptions=tuple(exception.value for exception in exceptions),
    )


def _method(step: Step) -> str:
    buffered = step.erased is None and step.written is not None and not step.written.direct
    return f"{step.row.method.value} (buffered: no O_DIRECT)" if buffered else step.row.method.value


def _passes(step: Step, target: Target) -> tuple[Pass, ...]:
    """The agent's own pass, or the drive's where its method is an overwrite: its word for it, and the read-back's."""
    written, erased = step.written, step.erased
    if step.row.technique is not Technique.OVERWRITE:
        return ()
    if erased is not None:
        whole = target.size_bytes if erased.result is None else 0
        return (Pass(pattern="sanitize", started_at=erased.started_at, ended_at=erased.ended_at, bytes_written=whole),)
    if written is None or step.row.owes_canaries:
        return ()
    return (
        Pass(
            pattern=PATTERN,
            started_at=step.started_at,
            ended_at=written.ended_at,
            bytes_written=written.bytes_written,
        ),
    )


def _unreadable_sectors(step: Step, target: Target) -> int:
    failed = [one.failures.total_bytes for one in (step.written, step.looked, step.checked) if one is not None]
    block = target.logical_block_bytes
    return min(-(-max(failed, default=0) // block), target.size_bytes // block)


def _errors(step: Step) -> tuple[MediaError, ...]:
    found = list(step.written.failures.listed) if step.written is not None else []
    for one in (step.looked, step.checked):
        if one is not None:
            found += one.failures.listed
    if step.checked is not None:
        found += step.checked.mismatches.listed
    return tuple(found[:MAX_ERRORS_LISTED])


def _verification(step: Step) -> Verification:
    canaries = None
    if step.planted is not None and step.survived is not None:
        canaries = Canaries(planted=step.planted, survived=step.survived)
    blocks = None
    if step.blocks is not None:
        blocks = ComparedBlocks(changed=step.blocks.changed, unchanged=step.blocks.unchanged)
    checked = step.checked
    if checked is None:
        return Verification(method=VerificationMethod.NONE, canaries=canaries, compared_blocks=blocks)
    return Verification(
        method=step.read,
        started_at=checked.started_at,
        ended_at=checked.ended_at,
        bytes_read=checked.bytes_read,
        bytes_mismatched=checked.bytes_mismatched,
        canaries=canaries,
        compared_blocks=blocks,
        sample=step.sample,
        found=checked.found if checked.passed else None,
        passed=checked.passed and not step.survived and not (blocks is not None and blocks.unchanged),
    )


def _outcome(step: Step, target: Target, exceptions: tuple[WipeException, ...]) -> Outcome:
    """*Erased* without a single exception; *with exceptions* when all that could be reached is proven to be gone.

    What was cut, not verified, or read back other than it must is *not erased*: the carrier may hold anything.
    """
    checked = step.checked
    if not exceptions and holds(step, target):
        return Outcome.ERASED
    done = bool(step.written is not None and step.written.bytes_written) or step.erased is not None
    finished = step.stopped is None and step.result is None and checked is not None and checked.stopped is None
    proven = checked is not None and not checked.bytes_mismatched and not checked.survived and checked.bytes_read > 0
    if _unproven(step):
        return Outcome.NOT_ERASED
    if finished and proven and not step.survived and done and target.size_bytes > 0:
        return Outcome.ERASED_WITH_EXCEPTIONS
    return Outcome.NOT_ERASED
