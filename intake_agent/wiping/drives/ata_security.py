"""The ATA Security feature set's erase, by ``hdparm`` (ACS-4 §4.18): a password is set, the erase asked, both undone.

The user password is a fixed word, :data:`PASSWORD`, so that whoever finds a drive that was cut half way can open it. A
drive that is left locked with it says so at the head of ``detail``.
"""

from __future__ import annotations

from pathlib import Path

from intake_agent.machine import AtaSecurity, Disk
from intake_agent.probes import support
from intake_agent.seeing.programs import Answer
from intake_agent.wiping.drives.hdparm import UNTRUSTED, hdparm, identify
from intake_agent.wiping.drives.waiting import EraseEnd, one_line, run_long
from intake_agent.wiping.progress import Watch
from wipe_reports.codes import Method
from wipe_reports.document import Attempt, AttemptResult, Outcome, Wipe

PASSWORD = "herstart"  # noqa: S105 - known to everyone on purpose: it only has to be findable again
LEFT_LOCKED = f'DRIVE LEFT LOCKED, VERGRENDELD, password "{PASSWORD}":'

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
        return EraseEnd(
            AttemptResult.REFUSED, "the drive shows no Security feature set of the planned disk: nothing sent"
        )
    if seen.frozen:
        return EraseEnd(AttemptResult.REFUSED, "frozen")
    ours = False
    if seen.locked:
        if refused := _unlock(disk, path):
            return EraseEnd(AttemptResult.REFUSED, refused)
        ours = True
    if not ours and (refused := _set_password(disk, path)):
        return EraseEnd(AttemptResult.REFUSED, _undone(disk, path, refused))
    return _send(method, disk, path, seen, watch)


def left_locked(attempt: Attempt) -> bool:
    """Did this attempt leave the drive locked with our password?"""
    return (attempt.detail or "").startswith(LEFT_LOCKED)


def leaves_locked(wipe: Wipe) -> bool:
    """Does our password stand on the drive after ``wipe``? Only a security erase that completed took it off for sure.

    A drive that was overwritten with the password on it locks itself when its power goes.
    """
    completed = wipe.outcome is Outcome.ERASED and wipe.method in {method.value for method in METHODS}
    return not completed and any(map(left_locked, wipe.attempts))


def release(disk: Disk, path: Path) -> str | None:
    """Take our password off a drive that a cut attempt left locked; ``None`` when it carries none any more."""
    unlock = hdparm("--user-master", "u", "--security-unlock", PASSWORD, path=path)
    disable = hdparm("--user-master", "u", "--security-disable", PASSWORD, path=path)
    now = _security(disk, path)
    if now is not None and not now.enabled and not now.locked:
        return None
    return one_line("locked or password-protected, not to be undone by ours:", unlock.words, disable.words)


def _security(disk: Disk, path: Path) -> AtaSecurity | None:
    identity = identify(disk, path)
    return support.ata(identity)[1] if identity else None


def _unlock(disk: Disk, path: Path) -> str | None:
    """One try only: a drive counts wrong passwords and takes no more than five until it is switched off."""
    answer = hdparm("--user-master", "u", "--security-unlock", PASSWORD, path=path)
    now = _security(disk, path)
    if now is not None and not now.locked:
        return None
    return one_line("locked with a password that is not ours:", answer.words)


def _set_password(disk: Disk, path: Path) -> str | None:
    """Why the password was not taken; ``None`` when IDENTIFY shows that security is on now."""
    answer = hdparm("--user-master", "u", "--security-set-pass", PASSWORD, path=path)
    now = _security(disk, path)
    if now is not None and now.enabled and answer.exit_code == 0 and not UNTRUSTED.search(answer.words):
        return None
    return one_line("the password was not taken:", answer.words)


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
        words = "stopped waiting; the drive erases on by itself and opens when done"
        return EraseEnd(AttemptResult.INTERRUPTED, one_line(LEFT_LOCKED, words))
    return EraseEnd(
        AttemptResult.NOT_COMPLETED,
        one_line(LEFT_LOCKED, f"the erase did not end within {2 * minutes + _MARGIN_MINUTES} minutes"),
    )


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
        return EraseEnd(AttemptResult.FAILED, _undone(disk, path, one_line("the erase failed:", answer.words)))
    words = "the erase was taken, but the password is still there: nothing was erased"
    return EraseEnd(AttemptResult.NOT_COMPLETED, _undone(disk, path, words))


def _undone(disk: Disk, path: Path, words: str) -> str:
    """``words``, after our password was taken off again; a drive that keeps it is named first of all."""
    now = _security(disk, path)
    if now is not None and not now.enabled and not now.locked:
        return one_line(words)
    refused = release(disk, path)
    return one_line(LEFT_LOCKED, words, refused) if refused else one_line(words)
