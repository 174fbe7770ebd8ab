"""The drive's own erase, whatever the drive: one way to ask for it, to find one still running, and to wait for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from intake_agent.judging.reasons import Reason
from intake_agent.machine import Disk, Medium
from intake_agent.seeing.programs import run
from intake_agent.station.clock import CLOCK
from intake_agent.wiping.drives import ata, mmc, nvme, scsi
from intake_agent.wiping.drives.waiting import EraseEnd
from intake_agent.wiping.progress import Watch
from wipe_reports.codes import Method
from wipe_reports.document import AttemptResult, Tool
from wipe_reports.wipe import Bus

_ERASERS: dict[Method, Callable[[Method, Disk, Path, Watch], EraseEnd]] = {
    **dict.fromkeys(nvme.METHODS, nvme.erase),
    **dict.fromkeys(ata.METHODS, ata.erase),
    **dict.fromkeys(scsi.METHODS, scsi.erase),
    **dict.fromkeys(mmc.METHODS, mmc.erase),
}
_ASK_VERSION = {
    "nvme-cli": ("nvme", "version"),
    "hdparm": ("hdparm", "-V"),
    "sg_sanitize": ("sg_sanitize", "--version"),
    "mmc-utils": ("mmc", "--version"),
    "blkdiscard": ("blkdiscard", "--version"),
}
_TOOLS = (
    (nvme.METHODS, "nvme-cli"),
    (ata.METHODS, "hdparm"),
    (scsi.METHODS, "sg_sanitize"),
    (frozenset({Method.EMMC_SANITIZE}), "mmc-utils"),
    (frozenset({Method.EMMC_SECURE_DISCARD}), "blkdiscard"),
)

_VERSION = re.compile(r"(?:^|version:? |util-linux |hdparm v)(\d+(?:\.\d+)+)", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class FirmwareErase:
    """What became of it. ``result`` is ``None`` when the drive's words *and* its state, read afresh, say completed.

    ``detail`` is the drive's or the program's own words in one printable line of at most 300 characters, ``findings``
    what the agent makes of them.
    """

    started_at: datetime
    ended_at: datetime
    result: AttemptResult | None
    detail: str | None
    tool: Tool
    findings: tuple[Reason, ...] = ()


def erase(method: Method, disk: Disk, path: Path, watch: Watch) -> FirmwareErase:
    """Ask the drive at ``path`` to erase itself by ``method``, and wait until it has.

    Never raises for what a drive or a program does. ``watch`` hears the share that is done, in bytes of the
    disk's size; when it asks to stop, the waiting stops (INTERRUPTED), the drive does not. Raises ValueError for a
    method that is not the drive's own.
    """
    started_at = CLOCK.now()
    if method not in _ERASERS:
        raise ValueError(f"not a drive's own method: {method}")
    return _erase_result(method, started_at, _ERASERS[method](method, disk, path, watch))


def running(disk: Disk, path: Path) -> Method | None:
    """A sanitize that this disk is still at, for example since before a power cut; ``None`` when there is none.

    Only NVMe tells which: for ATA and SCSI the journal of the cut wipe knows better than this answer.
    """
    if disk.medium is Medium.NVME:
        return nvme.running(path)
    if disk.medium not in {Medium.HDD, Medium.SSD, Medium.UNKNOWN}:
        return None
    return scsi.running(disk, path) if disk.bus in {Bus.SAS, Bus.SCSI} else ata.running(disk, path)


def wait_for_running(method: Method, disk: Disk, path: Path, watch: Watch) -> FirmwareErase:
    """Wait for the sanitize that :func:`running` found, or that a journal names; ValueError for any other method."""
    started_at = CLOCK.now()
    if method in nvme.SANITIZES:
        finished = nvme.wait(method, disk, path, watch)
    elif method in ata.SANITIZES:
        finished = ata.wait(disk, path, watch)
    elif method in scsi.METHODS:
        finished = scsi.wait(disk, path, watch)
    else:
        raise ValueError(f"no sanitize that runs by itself: {method}")
    return _erase_result(method, started_at, finished)


def _erase_result(method: Method, started_at: datetime, finished: EraseEnd) -> FirmwareErase:
    return FirmwareErase(
        started_at=started_at,
        ended_at=CLOCK.now(),
        result=finished.result,
        detail=finished.detail,
        tool=_tool(method),
        findings=finished.findings,
    )


def _tool(method: Method) -> Tool:
    name = next(name for methods, name in _TOOLS if method in methods)
    found = _VERSION.search(run(*_ASK_VERSION[name]).words)
    return Tool(name=name, version=found[1] if found else None)
