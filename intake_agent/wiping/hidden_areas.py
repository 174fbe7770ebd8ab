"""Hidden areas of an ATA drive: looked for and opened by ``hdparm``, and read by :mod:`intake_agent.probes`.

An area counts as opened only when a new reading no longer shows it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from intake_agent.machine import Disk
from intake_agent.probes.hidden_areas import NO_AREAS, UNTRUSTED, hidden_areas, may_hide
from intake_agent.wiping import kernel_size
from intake_agent.wiping.hdparm import hdparm, identify
from intake_agent.wiping.waiting import said
from wipe_reports.document import AreaState, HiddenAreas

__all__ = ["NO_AREAS", "OpenedAreas", "hidden_areas", "look_for_hidden_areas", "may_hide", "open_hidden_areas"]


def look_for_hidden_areas(disk: Disk, path: Path) -> HiddenAreas:
    """Ask the drive, where it may have any."""
    if not may_hide(disk):
        return NO_AREAS
    return hidden_areas(identify(disk, path) or "", _hdparm("-N", path), _hdparm("--dco-identify", path))


def _hdparm(option: str, path: Path) -> str:
    answer = hdparm(option, path=path)
    return "" if UNTRUSTED.search(answer.words) else answer.output


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedAreas:
    """The areas as they read after opening. ``detail`` says what would not open, in the drive's own words.

    ``needs_power_cycle``: the drive, or the system, shows its full size only after the power was off.
    """

    areas: HiddenAreas
    needs_power_cycle: bool = False
    detail: str | None = None


def open_hidden_areas(disk: Disk, path: Path, seen: HiddenAreas) -> OpenedAreas:
    """Open what ``seen`` says is left, the overlay last; the disk's size must be read again after it.

    A drive takes one lasting change of its HPA in one power cycle, and restores its overlay only without an HPA.
    """
    if AreaState.LEFT not in {seen.hpa, seen.dco}:
        return OpenedAreas(areas=seen)
    details: list[str] = []
    now, pending = seen, False
    if seen.hpa is AreaState.LEFT:
        now = _open_hpa(disk, path, details)
    if seen.dco is AreaState.LEFT and now.hpa is not AreaState.LEFT:
        now, pending = _restore_overlay(disk, path, details)
        if now.hpa is AreaState.LEFT:
            now = _open_hpa(disk, path, details)
    sectors = _native_sectors(path) if now.hpa is AreaState.ABSENT else None
    shown = kernel_size.shows(path, sectors * disk.logical_block_bytes if sectors else None)
    if not shown:
        details.append("the system does not show the drive's full size yet")
    return OpenedAreas(areas=_opened(seen, now), needs_power_cycle=pending or not shown, detail=said(*details) or None)


def _open_hpa(disk: Disk, path: Path, details: list[str]) -> HiddenAreas:
    native = _native_sectors(path)
    if native is not None:
        answer = hdparm("--yes-i-know-what-i-am-doing", "-N", f"p{native}", path=path)
        now = look_for_hidden_areas(disk, path)
        if now.hpa is AreaState.LEFT:
            details.append(f"HPA not opened: {answer.words}")
        return now
    details.append("HPA not opened: the drive does not say its native size")
    return look_for_hidden_areas(disk, path)


def _restore_overlay(disk: Disk, path: Path, details: list[str]) -> tuple[HiddenAreas, bool]:
    """The areas after it, and whether the drive took the command without showing it: then it must lose its power.

    Firmware freezes the overlay of most drives when it starts; such a drive refuses, after every start again.
    """
    answer = hdparm("--yes-i-know-what-i-am-doing", "--dco-restore", path=path)
    refused = answer.exit_code != 0 or UNTRUSTED.search(answer.words) is not None
    now = look_for_hidden_areas(disk, path)
    if now.dco is AreaState.ABSENT:
        return now, False
    details.append(f"DCO not restored: {answer.words}" if refused else "DCO restored only once the power was off")
    return now, not refused


def _native_sectors(path: Path) -> int | None:
    sizes = re.search(r"max sectors\s*=\s*\d+/(\d+)", _hdparm("-N", path))
    return int(sizes[1]) if sizes else None


def _opened(seen: HiddenAreas, now: HiddenAreas) -> HiddenAreas:
    """``now``, where what was left before and is gone now reads *opened*, with the size that it had."""
    if seen.hpa is AreaState.LEFT and now.hpa is AreaState.ABSENT:
        now = replace(now, hpa=AreaState.OPENED, hpa_sectors=seen.hpa_sectors)
    if seen.dco is AreaState.LEFT and now.dco is AreaState.ABSENT:
        now = replace(now, dco=AreaState.OPENED, dco_sectors=seen.dco_sectors)
    return now
