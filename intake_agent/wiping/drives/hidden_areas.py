"""Hidden areas of an ATA drive: looked for and opened by ``hdparm``, and read by :mod:`intake_agent.probes`.

An area counts as opened only when a new reading no longer shows it. Opening lasts, so nothing is sent on doubt: the
drive must answer with the planned serial number, and its sizes must agree with each other, twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from intake_agent.machine import Disk
from intake_agent.probes.hidden_areas import (
    DCO_NAMES,
    NO_AREAS,
    UNTRUSTED,
    hidden_areas,
    may_hide,
    real_sectors,
    sizes,
)
from intake_agent.seeing.programs import Answer
from intake_agent.wiping.drives import accessible_address, kernel_size
from intake_agent.wiping.drives.hdparm import hdparm, identify
from intake_agent.wiping.drives.waiting import one_line
from wipe_reports.document import AreaState, HiddenAreas

__all__ = [
    "NO_AREAS",
    "OpenedAreas",
    "hidden_areas",
    "look_for_hidden_areas",
    "may_hide",
    "open_hidden_areas",
    "opened_since",
    "unasked_areas",
]


def look_for_hidden_areas(disk: Disk, path: Path) -> HiddenAreas:
    """Ask the drive, where it may have any; what was seen behind a bridge stays as it was seen."""
    if not may_hide(disk):
        return unasked_areas(disk)
    shown_bytes = kernel_size.shown_bytes(path)
    return hidden_areas(
        identify(disk, path) or "",
        _hdparm("-N", path),
        _hdparm("--dco-identify", path),
        shown_bytes // disk.logical_block_bytes if shown_bytes else None,
    )


def unasked_areas(disk: Disk) -> HiddenAreas:
    """What must be said of the areas while the drive was not asked: unknown where it may have any."""
    if may_hide(disk):
        return HiddenAreas()
    return disk.hidden_areas if AreaState.LEFT in {disk.hidden_areas.hpa, disk.hidden_areas.dco} else NO_AREAS


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
    if not may_hide(disk):
        return OpenedAreas(areas=seen, detail="what is hidden lies behind a bridge or a controller: nothing was sent")
    details: list[str] = []
    now, pending = seen, False
    if seen.hpa is AreaState.LEFT:
        now, pending = _open_hpa(disk, path, details)
    if seen.dco is AreaState.LEFT and now.hpa is not AreaState.LEFT and not pending:
        now, pending = _restore_overlay(disk, path, details)
        if now.hpa is AreaState.LEFT and not pending:
            now, pending = _open_hpa(disk, path, details)
    certain = _certain_sizes(disk, path)
    whole = certain is not None and certain[0] == certain[1]
    shown = kernel_size.shows(path, certain[1] * disk.logical_block_bytes if certain and whole else None)
    if not shown:
        details.append("the system does not show the drive's full size yet")
    elif whole and now.hpa is AreaState.LEFT:
        now = look_for_hidden_areas(disk, path)
    return OpenedAreas(
        areas=opened_since(seen, now), needs_power_cycle=pending or not shown, detail=one_line(*details) or None
    )


def _certain_sizes(disk: Disk, path: Path) -> tuple[int, int] | None:
    """The visible and native sectors of the planned drive, read twice alike; ``None`` on any doubt."""
    if identify(disk, path) is None:
        return None
    first, again = sizes(_hdparm("-N", path)), sizes(_hdparm("-N", path))
    visible, native = first
    if first != again or visible is None or native is None or native < visible:
        return None
    return visible, native


def _open_hpa(disk: Disk, path: Path, details: list[str]) -> tuple[HiddenAreas, bool]:
    """The areas after it, and whether the drive took the command and shows it only once the power was off."""
    certain = _certain_sizes(disk, path)
    if certain is None:
        details.append("HPA not opened: the drive's sizes are not certain, nothing was sent")
        return look_for_hidden_areas(disk, path), False
    visible, native = certain
    if visible == native:
        return look_for_hidden_areas(disk, path), False
    answer = hdparm("--yes-i-know-what-i-am-doing", "-N", f"p{native}", path=path)
    words, taken = answer.words, not _refused(answer)
    by_address = "ACCESSIBLE MAX ADDRESS" in _hdparm("-N", path)
    now = look_for_hidden_areas(disk, path)
    if now.hpa is AreaState.LEFT and not taken:
        why_not = accessible_address.make_accessible(disk, path, native)
        taken = by_address = why_not is None
        words = one_line(words, why_not or "")
        now = look_for_hidden_areas(disk, path)
    if now.hpa is not AreaState.LEFT:
        return now, False
    pending = by_address and taken
    details.append("HPA opened only once the power was off" if pending else f"HPA not opened: {words}")
    return now, pending


def _restore_overlay(disk: Disk, path: Path, details: list[str]) -> tuple[HiddenAreas, bool]:
    """The areas after it, and whether the drive took the command without showing it: then it must lose its power.

    Firmware freezes the overlay of most drives when it starts; such a drive refuses, after every start again.
    """
    if not _overlay_is_certain(disk, path):
        details.append("DCO not restored: the drive's sizes are not certain, nothing was sent")
        return look_for_hidden_areas(disk, path), False
    answer = hdparm("--yes-i-know-what-i-am-doing", "--dco-restore", path=path)
    now = look_for_hidden_areas(disk, path)
    if now.dco is AreaState.ABSENT:
        return now, False
    refused = _refused(answer)
    details.append(f"DCO not restored: {answer.words}" if refused else "DCO restored only once the power was off")
    return now, not refused


def _overlay_is_certain(disk: Disk, path: Path) -> bool:
    """Does the planned drive list the feature, and name, twice alike, a real size above a native one that holds?"""
    identity, certain = identify(disk, path), _certain_sizes(disk, path)
    first, again = (real_sectors(_hdparm("--dco-identify", path)) for _ in range(2))
    if identity is None or not DCO_NAMES.search(identity) or certain is None or first is None:
        return False
    return first == again and certain[1] < first


def _refused(answer: Answer) -> bool:
    """``hdparm`` exits with 0 after some commands that the drive did not take, and then says so."""
    return answer.exit_code != 0 or UNTRUSTED.search(answer.words) is not None or " failed: " in answer.words


def opened_since(seen: HiddenAreas, now: HiddenAreas) -> HiddenAreas:
    """``now``, where what was left before and is gone now reads *opened*, with the size that it had."""
    if seen.hpa is AreaState.LEFT and now.hpa is AreaState.ABSENT:
        now = replace(now, hpa=AreaState.OPENED, hpa_sectors=seen.hpa_sectors)
    if seen.dco is AreaState.LEFT and now.dco is AreaState.ABSENT:
        now = replace(now, dco=AreaState.OPENED, dco_sectors=seen.dco_sectors)
    return now
