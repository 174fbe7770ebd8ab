"""A SAS drive's own SANITIZE command, by ``sg3-utils`` (SBC-4 §5.30).

``sg_sanitize`` answers 0 also where the host adapter reported DID_ERROR and the drive never saw the command. SCSI keeps
no log of past sanitizes: a block erase or overwrite counts only when REQUEST SENSE reported it while it ran. A
cryptographic erase is over in a moment, so it is sent to be waited for, and its own GOOD status is the word.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from intake_agent.judging.reasons import Reason
from intake_agent.machine import Disk, Support
from intake_agent.probes import support
from intake_agent.seeing.programs import Answer, run
from intake_agent.wiping.drives.waiting import (
    Condition,
    EraseEnd,
    Status,
    one_line,
    run_long,
    wait_for_sanitize,
)
from intake_agent.wiping.progress import Watch
from wipe_reports.codes import Method
from wipe_reports.document import AttemptResult
from wipe_reports.reasons import AttemptFinding
from wipe_reports.wipe import Bus

_NEEDS = {
    Method.SCSI_SANITIZE_CRYPTO: Support.SCSI_SANITIZE_CRYPTO,
    Method.SCSI_SANITIZE_BLOCK: Support.SCSI_SANITIZE_BLOCK,
    Method.SCSI_SANITIZE_OVERWRITE: Support.SCSI_SANITIZE_OVERWRITE,
}
METHODS = frozenset(_NEEDS)
_OPTIONS = {Method.SCSI_SANITIZE_BLOCK: ("--block",), Method.SCSI_SANITIZE_OVERWRITE: ("--overwrite", "--zero")}
_TROUBLE = re.compile(r"DID_[A-Z]|host_status|transport(:| error)|error|illegal|invalid|not supported", re.IGNORECASE)
_CRYPTO_SECONDS = 600


def erase(method: Method, disk: Disk, path: Path, watch: Watch) -> EraseEnd:
    """Send the sanitize command to the drive at ``path`` and follow it to its end."""
    if (why_not := _why_not(method, disk, path)) is not None:
        return why_not
    before = _status(path)
    if before.condition is Condition.RUNNING:
        return wait(disk, path, watch)
    if before.condition is Condition.UNKNOWN:
        return EraseEnd.because(AttemptResult.REFUSED, AttemptFinding.STATUS_UNREADABLE, before.words)
    finished = _sent(method, disk, path, watch, before)
    if before.condition is Condition.FAILED and finished.result in {AttemptResult.REFUSED, AttemptResult.FAILED}:
        return _leave_failure_mode(finished, path)
    return finished


def _leave_failure_mode(finished: EraseEnd, path: Path) -> EraseEnd:
    """A drive whose sanitize failed takes no data command; an unrestricted one may be let out of that (SBC-4 §4.11).

    Then the overwrite can still reach it. What became of it is reported with why the erase ended.
    """
    left = run("sg_sanitize", "--fail", "--quick", str(path), timeout_seconds=300)
    key = AttemptFinding.FAILURE_MODE_STAYS if _refused(left) else AttemptFinding.FAILURE_MODE_LEFT
    return replace(finished, findings=(Reason(key), *finished.findings))


def _sent(method: Method, disk: Disk, path: Path, watch: Watch, before: Status) -> EraseEnd:
    if method is Method.SCSI_SANITIZE_CRYPTO:
        return _crypto(disk, path, watch)
    sent = run("sg_sanitize", *_OPTIONS[method], "--quick", "--early", str(path), timeout_seconds=300)
    if _refused(sent):
        return EraseEnd(AttemptResult.REFUSED, one_line(sent.words))
    return wait_for_sanitize(lambda: _status(path), disk.size_bytes, watch, before=before)


def _why_not(method: Method, disk: Disk, path: Path) -> EraseEnd | None:
    if disk.behind is not None or disk.bus == Bus.USB:
        return EraseEnd.because(AttemptResult.REFUSED, AttemptFinding.NOT_DIRECT, figure=disk.behind or disk.bus)
    opcodes = run("sg_opcodes", str(path))
    if _NEEDS[method] in support.scsi(opcodes.output):
        return None
    return EraseEnd.because(AttemptResult.REFUSED, AttemptFinding.NOT_SUPPORTED, opcodes.errors)


def running(disk: Disk, path: Path) -> Method | None:
    """A sanitize that runs now. SCSI does not tell which: it counts as the first that the drive says it has."""
    if disk.behind is not None or disk.bus == Bus.USB or _status(path).condition is not Condition.RUNNING:
        return None
    supports = support.scsi(run("sg_opcodes", str(path)).output) | disk.supports
    least_first = (Method.SCSI_SANITIZE_OVERWRITE, Method.SCSI_SANITIZE_BLOCK, Method.SCSI_SANITIZE_CRYPTO)
    return next((method for method in least_first if _NEEDS[method] in supports), None)


def wait(disk: Disk, path: Path, watch: Watch) -> EraseEnd:
    """Follow a sanitize that was seen running to its end."""
    return wait_for_sanitize(lambda: _status(path), disk.size_bytes, watch, before=None)


def _crypto(disk: Disk, path: Path, watch: Watch) -> EraseEnd:
    sent = run_long(
        *("sg_sanitize", "--crypto", "--quick", "--wait", f"--timeout={_CRYPTO_SECONDS}", str(path)),
        expected_seconds=None,
        limit_seconds=_CRYPTO_SECONDS + 60,
        size_bytes=disk.size_bytes,
        watch=watch,
    )
    if sent is None:
        result = AttemptResult.INTERRUPTED if watch.stop_asked() else AttemptResult.NOT_COMPLETED
        return EraseEnd.because(result, AttemptFinding.GOES_ON_AFTER_RESTART)
    if _refused(sent):
        return EraseEnd(AttemptResult.REFUSED, one_line(sent.words))
    after = _status(path)
    if after.condition is Condition.RUNNING:
        return wait(disk, path, watch)
    if after.condition is Condition.SUCCEEDED:
        return EraseEnd(None)
    return EraseEnd.because(AttemptResult.FAILED, AttemptFinding.ANSWERS_OTHERWISE_AFTER, after.words)


def _refused(sent: Answer) -> bool:
    return sent.exit_code != 0 or _TROUBLE.search(sent.words) is not None


def _status(path: Path) -> Status:
    """REQUEST SENSE: 04h/1Bh while it runs, 31h/03h after a failure, and no sense at all on a drive that is well.

    ``sg_requests`` decodes what the drive returns; no sense never proves a sanitize, so ``log`` never changes.
    A unit attention tells of something else once, and the next answer is the one that counts.
    """
    answer = run("sg_requests", str(path))
    if "unit attention" in answer.words.lower():
        answer = run("sg_requests", str(path))
    words = answer.words
    progress = re.search(r"progress indication:\s*(\d{1,3})(?:\.(\d{1,2}))?\s*%", words, re.IGNORECASE)
    share = float(f"{progress[1]}.{progress[2] or 0}") / 100 if progress else None
    if re.search(r"sanitize command failed", words, re.IGNORECASE):
        condition = Condition.FAILED
    elif progress or re.search(r"sanitize in progress", words, re.IGNORECASE):
        condition = Condition.RUNNING
    elif answer.exit_code == 0 and re.search(r"sense key:\s*no sense", words, re.IGNORECASE):
        condition = Condition.SUCCEEDED
    else:
        condition = Condition.UNKNOWN
    return Status(condition, one_line(words), share)
