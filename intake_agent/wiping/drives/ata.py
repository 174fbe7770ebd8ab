"""An ATA drive's own Sanitize commands, and what IDENTIFY DEVICE says of it, by ``hdparm`` (ACS-4 §4.17, §7.35).

Nothing here is ever sent through a USB bridge or a RAID controller: they answer for the drive, and some take half of
what is sent. ``hdparm`` answers 0 on a drive that did nothing and then prints ``bad/missing sense data``: such an
answer is no answer.
"""

from __future__ import annotations

import re
from pathlib import Path

from intake_agent.machine import Disk, Support
from intake_agent.probes import support
from intake_agent.wiping.drives import ata_security
from intake_agent.wiping.drives.hdparm import UNTRUSTED, hdparm, identify
from intake_agent.wiping.drives.waiting import Condition, EraseEnd, Status, one_line, wait_for_sanitize
from intake_agent.wiping.progress import Watch
from wipe_reports.codes import Method
from wipe_reports.document import AttemptResult
from wipe_reports.reasons import AttemptFinding
from wipe_reports.wipe import Bus

_OPTIONS = {
    Method.ATA_SANITIZE_BLOCK: "--sanitize-block-erase",
    Method.ATA_SANITIZE_CRYPTO: "--sanitize-crypto-scramble",
}
_NEEDS = {
    Method.ATA_SANITIZE_BLOCK: Support.ATA_SANITIZE_BLOCK,
    Method.ATA_SANITIZE_CRYPTO: Support.ATA_SANITIZE_CRYPTO,
}
SANITIZES = frozenset(_OPTIONS)
METHODS = SANITIZES | ata_security.METHODS
_DIRECT = frozenset({Bus.SATA, Bus.ATA})


def reached_directly(disk: Disk) -> bool:
    """Does the system speak to the drive itself? A bus that is not known does not count as direct."""
    return disk.behind is None and disk.bus in _DIRECT


def erase(method: Method, disk: Disk, path: Path, watch: Watch) -> EraseEnd:
    """Carry out one of the ATA methods on the drive at ``path`` and follow it to its end."""
    if not reached_directly(disk):
        return EraseEnd.because(AttemptResult.REFUSED, AttemptFinding.NOT_DIRECT, figure=disk.behind or disk.bus)
    if method not in _OPTIONS:
        return ata_security.erase(method, disk, path, watch)
    return _sanitize(method, disk, path, watch)


def running(disk: Disk, path: Path) -> Method | None:
    """A sanitize that runs now. ATA does not tell which one; the journal of the wipe does.

    Without a journal it counts as the block erase where the drive has that, else as the crypto scramble.
    """
    if not reached_directly(disk) or sanitize_status(path).condition is not Condition.RUNNING:
        return None
    supports, _ = support.ata(identify(disk, path) or "")
    return next((method for method, need in _NEEDS.items() if need in supports | disk.supports), None)


def wait(disk: Disk, path: Path, watch: Watch) -> EraseEnd:
    """Follow a sanitize that was seen running to its end."""
    return wait_for_sanitize(lambda: sanitize_status(path), disk.size_bytes, watch, before=None)


def _sanitize(method: Method, disk: Disk, path: Path, watch: Watch) -> EraseEnd:
    if (why_not := _why_no_sanitize(method, disk, path)) is not None:
        return why_not
    before = sanitize_status(path)
    if before.condition is Condition.RUNNING:
        return wait(disk, path, watch)
    if before.condition in {Condition.FROZEN, Condition.UNKNOWN}:
        is_frozen = before.condition is Condition.FROZEN
        finding = AttemptFinding.FROZEN if is_frozen else AttemptFinding.STATUS_UNREADABLE
        return EraseEnd.because(AttemptResult.REFUSED, finding, before.words)
    sent = hdparm("--yes-i-know-what-i-am-doing", _OPTIONS[method], path=path)
    if sent.exit_code != 0 or UNTRUSTED.search(sent.words) or "Operation started in background" not in sent.words:
        return EraseEnd(AttemptResult.REFUSED, one_line(sent.words))
    return wait_for_sanitize(lambda: sanitize_status(path), disk.size_bytes, watch, before=before)


def _why_no_sanitize(method: Method, disk: Disk, path: Path) -> EraseEnd | None:
    identity = identify(disk, path)
    if identity is None:
        return EraseEnd.because(AttemptResult.REFUSED, AttemptFinding.NOT_IDENTIFIED)
    supports, security = support.ata(identity)
    if _NEEDS[method] not in supports:
        return EraseEnd.because(AttemptResult.REFUSED, AttemptFinding.NOT_SUPPORTED)
    return ata_security.release(disk, path) if security is not None and security.locked else None


def sanitize_status(path: Path) -> Status:
    """What ``hdparm --sanitize-status`` says; its "completed without error" is of the last sanitize, whenever."""
    answer = hdparm("--sanitize-status", path=path)
    words = answer.words
    succeeded = "Completed Without Error" in words
    if "completed unsuccessfully" in words or "SD3 " in words:
        condition = Condition.FAILED
    elif UNTRUSTED.search(words) or answer.exit_code != 0 or "Sanitize status" not in words:
        condition = Condition.UNKNOWN
    elif "SD2 " in words:
        condition = Condition.RUNNING
    elif "SD1 " in words:
        condition = Condition.FROZEN
    else:
        condition = Condition.SUCCEEDED if succeeded else Condition.IDLE
    progress = re.search(r"Progress:\s*0x([0-9a-fA-F]{1,4})\b", words)
    share = int(progress[1], 16) / 65535 if progress else None
    return Status(condition, one_line(words), share, (condition is Condition.FAILED, succeeded))
