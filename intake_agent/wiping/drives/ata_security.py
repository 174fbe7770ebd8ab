"""The ATA Security feature set's erase, by ``hdparm`` (ACS-4 §4.18): a password is set, the erase asked, both undone.

The user password is a fixed word, :data:`PASSWORD`, so that whoever finds a drive that was cut half way can open it. A
drive that is left locked with it says so in its first finding.
"""

from __future__ import annotations

from pathlib import Path

from intake_agent.judging.reasons import Reason
from intake_agent.machine import AtaSecurity, Disk
from intake_agent.probes import support
from intake_agent.seeing.programs import Answer
from intake_agent.wiping.drives.hdparm import UNTRUSTED, hdparm, identify
from intake_agent.wiping.drives.waiting import EraseEnd, one_line, run_long
from intake_agent.wiping.progress import Watch
from wipe_reports.codes import Method
from wipe_reports.document import Attempt, AttemptResult, Outcome, Wipe
from wipe_reports.reasons import AttemptFinding

PASSWORD = "herstart"  # noqa: S105 - known to everyone on purpose: it only has to be findable again

_LEFT_LOCKED_BEFORE = f'DRIVE LEFT LOCKED, VERGRENDELD, password "{PASSWORD}":'
"""What stood at the head of ``detail`` before :attr:`AttemptFinding.LEFT_LOCKED`: older journals hold it."""
_LEFT_LOCKED = Reason(AttemptFinding.LEFT_LOCKED, PASSWORD)

_OPTIONS = {
    Method.ATA_SECURITY_ERASE: "--security-erase",
    Method.ATA_SECURITY_ERASE_ENHANCED: "--security-erase-enhanced",
}
METHODS = frozenset(_OPTIONS)
_MARGIN_MINUTES = 30
_BYTES_PER_MINUTE = 30 * 60 * 1_000_000
"""A slow drive's rate, for a drive that gives no estimate of its own; ``hdparm`` counts with the same."""


def erase(method: Method, disk: Disk, path: Path, watch: Watch) -> EraseEnd:
    """Set the password, send the erase, wait for it, and read whether the drive undid the password, as it must."""
    seen = _security(disk, path)
    if seen is None:
        return EraseEnd.because(AttemptResult.REFUSED, AttemptFinding.NO_SECURITY_FEATURES)
    if seen.frozen:
        return EraseEnd.because(AttemptResult.REFUSED, AttemptFinding.FROZEN)
    ours = False
    if seen.locked:
        if (refused := _unlock(disk, path)) is not None:
            return refused
        ours = True
    if not ours and (refused := _set_password(disk, path)) is not None:
        return _undone(disk, path, refused)
    return _send(method, disk, path, seen, watch)


def left_locked(attempt: Attempt) -> bool:
    """Did this attempt leave the drive locked with our password? Also of an attempt in an older journal or report."""
    said_before = (attempt.detail or "").startswith(_LEFT_LOCKED_BEFORE)
    return said_before or any(one.partition(":")[0] == AttemptFinding.LEFT_LOCKED for one in attempt.findings)


def leaves_locked(wipe: Wipe) -> bool:
    """Does our password stand on the drive after ``wipe``? Only a security erase that completed took it off for sure.

    A drive that was overwritten with the password on it locks itself when its power goes.
    """
    completed = wipe.outcome is Outcome.ERASED and wipe.method in {method.value for method in METHODS}
    return not completed and any(map(left_locked, wipe.attempts))


def release(disk: Disk, path: Path) -> EraseEnd | None:
    """Take our password off a drive that a cut attempt left locked; ``None`` when it carries none any more."""
    unlock = hdparm("--user-master", "u", "--security-unlock", PASSWORD, path=path)
    disable = hdparm("--user-master", "u", "--security-disable", PASSWORD, path=path)
    now = _security(disk, path)
    if now is not None and not now.enabled and not now.locked:
        return None
    return EraseEnd.because(AttemptResult.REFUSED, AttemptFinding.PASSWORD_STAYS, unlock.words, disable.words)


def _security(disk: Disk, path: Path) -> AtaSecurity | None:
    identity = identify(disk, path)
    return support.ata(identity)[1] if identity else None


def _unlock(disk: Disk, path: Path) -> EraseEnd | None:
    """One try only: a drive counts wrong passwords and takes no more than five until it is switched off."""
    answer = hdparm("--user-master", "u", "--security-unlock", PASSWORD, path=path)
    now = _security(disk, path)
    if now is not None and not now.locked:
        return None
    return EraseEnd.because(AttemptResult.REFUSED, AttemptFinding.PASSWORD_NOT_OURS, answer.words)


def _set_password(disk: Disk, path: Path) -> EraseEnd | None:
    """Why the password was not taken; ``None`` when IDENTIFY shows that security is on now."""
    answer = hdparm("--user-master", "u", "--security-set-pass", PASSWORD, path=path)
    now = _security(disk, path)
    if now is not None and now.enabled and answer.exit_code == 0 and not UNTRUSTED.search(answer.words):
        return None
    return EraseEnd.because(AttemptResult.REFUSED, AttemptFinding.PASSWORD_NOT_TAKEN, answer.words)


def _send(method: Method, disk: Disk, path: Path, seen: AtaSecurity, watch: Watch) -> EraseEnd:
    minutes = _minutes(method, disk, seen)
    answer = run_long(
        *("hdparm", "--user-master", "u", _OPTIONS[method], PASSWORD, str(path)),
        expected_seconds=minutes * 60,
        limit_seconds=(2 * minutes + _MARGIN_MINUTES) * 60,
        size_bytes=disk.size_bytes,
        watch=watch,
    )
    if answer is not None:
        return _checked(disk, path, answer)
    if watch.stop_asked():
        return EraseEnd(AttemptResult.INTERRUPTED, findings=(_LEFT_LOCKED, Reason(AttemptFinding.OPENS_WHEN_DONE)))
    too_late = Reason(AttemptFinding.NOT_IN_TIME, f"{2 * minutes + _MARGIN_MINUTES} min")
    return EraseEnd(AttemptResult.NOT_COMPLETED, findings=(_LEFT_LOCKED, too_late))


def _minutes(method: Method, disk: Disk, seen: AtaSecurity) -> int:
    """The drive's own estimate; an estimate of nothing at all is none."""
    enhanced = method is Method.ATA_SECURITY_ERASE_ENHANCED
    announced_minutes = seen.enhanced_erase_minutes if enhanced else seen.erase_minutes
    return announced_minutes or max(2, (disk.size_bytes or 0) // _BYTES_PER_MINUTE)


def _checked(disk: Disk, path: Path, answer: Answer) -> EraseEnd:
    """Only a completed erase, or a disable, takes the password off: a drive that still has it erased nothing."""
    now = _security(disk, path)
    failed = answer.exit_code != 0 or UNTRUSTED.search(answer.words) is not None
    if now is not None and not now.enabled and not now.locked:
        return EraseEnd(AttemptResult.FAILED, one_line(answer.words)) if failed else EraseEnd(None)
    if failed:
        return _undone(disk, path, EraseEnd(AttemptResult.FAILED, one_line(answer.words)))
    nothing_erased = EraseEnd.because(AttemptResult.NOT_COMPLETED, AttemptFinding.PASSWORD_STILL_THERE)
    return _undone(disk, path, nothing_erased)


def _undone(disk: Disk, path: Path, end: EraseEnd) -> EraseEnd:
    """``end``, after our password was taken off again; a drive that keeps it says so first of all."""
    now = _security(disk, path)
    if now is not None and not now.enabled and not now.locked:
        return end
    refused = release(disk, path)
    if refused is None:
        return end
    return EraseEnd(
        end.result,
        one_line(end.detail or "", refused.detail or ""),
        (_LEFT_LOCKED, *end.findings, *refused.findings),
    )
