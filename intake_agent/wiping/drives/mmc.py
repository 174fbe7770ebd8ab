"""An eMMC's own erase: secure discard by ``blkdiscard``, and SANITIZE by ``mmc-utils`` (JESD84-B51 §6.6.9, §6.6.11).

SANITIZE empties only what is no longer mapped, so everything is discarded first. The chip keeps no log of either: its
EXT_CSD must be readable after it, and the read-back decides. The boot and RPMB partitions hold no user's data and are
left as they are.
"""

from __future__ import annotations

import re
from pathlib import Path

from intake_agent.machine import Disk, Support
from intake_agent.probes import support
from intake_agent.seeing.programs import Answer, run
from intake_agent.wiping.drives.waiting import EraseEnd, run_long
from intake_agent.wiping.progress import Watch
from wipe_reports.codes import Method
from wipe_reports.document import AttemptResult
from wipe_reports.reasons import AttemptFinding
from wipe_reports.wipe import Bus

_NEEDS = {
    Method.EMMC_SANITIZE: Support.EMMC_SANITIZE,
    Method.EMMC_SECURE_DISCARD: Support.EMMC_SECURE_DISCARD,
}
METHODS = frozenset(_NEEDS)
_LIMIT_SECONDS = 3 * 3600
_TROUBLE = re.compile(r"could not|failed|error|not supported|invalid|no such", re.IGNORECASE)


def erase(method: Method, disk: Disk, path: Path, watch: Watch) -> EraseEnd:
    """Discard everything on the chip at ``path`` and, where asked, let it sanitize what was discarded."""
    if disk.bus == Bus.USB or disk.behind is not None:
        return EraseEnd.because(AttemptResult.REFUSED, AttemptFinding.NOT_DIRECT, figure=disk.behind or disk.bus)
    register = run("mmc", "extcsd", "read", str(path))
    supports = support.emmc(register.output)
    if _NEEDS[method] not in supports:
        return EraseEnd.because(AttemptResult.REFUSED, AttemptFinding.NOT_SUPPORTED, register.errors)
    secure = ("--secure",) if Support.EMMC_SECURE_DISCARD in supports else ()
    steps = [("blkdiscard", *secure, "--force", str(path))]
    if method is Method.EMMC_SANITIZE:
        steps.append(("mmc", "sanitize", str(path)))
    for step in steps:
        trouble = _carried_out(step, disk, watch)
        if trouble is not None:
            return trouble
    after = run("mmc", "extcsd", "read", str(path))
    if support.emmc(after.output) != supports:
        return EraseEnd.because(AttemptResult.FAILED, AttemptFinding.ANSWERS_OTHERWISE_AFTER, after.words)
    return EraseEnd(None)


def _carried_out(command: tuple[str, ...], disk: Disk, watch: Watch) -> EraseEnd | None:
    """Run one step to its end; ``None`` when it went well by everything that was said."""
    answer = run_long(
        *command, expected_seconds=None, limit_seconds=_LIMIT_SECONDS, size_bytes=disk.size_bytes, watch=watch
    )
    if answer is None:
        if watch.stop_asked():
            return EraseEnd.because(AttemptResult.INTERRUPTED, AttemptFinding.GOES_ON, figure=command[0])
        return EraseEnd.because(AttemptResult.NOT_COMPLETED, AttemptFinding.NOT_IN_TIME, figure=command[0])
    if answer.exit_code == 0 and not _TROUBLE.search(answer.words):
        return None
    return EraseEnd.because(_result(answer), AttemptFinding.STEP_NOT_DONE, answer.words, figure=command[0])


def _result(answer: Answer) -> AttemptResult:
    refused = re.search(r"not supported|not installed|permission", answer.words, re.IGNORECASE)
    return AttemptResult.REFUSED if refused else AttemptResult.FAILED
