"""Hidden areas of an ATA drive: looked for, and opened, by what ``hdparm`` reads.

``hdparm`` answers 0 on a drive without the feature, so only the words it prints count, and what they leave open is
*unknown*; an area counts as opened only when a new reading no longer shows it. A Host Protected Area hides the end of
the drive (ATA8-ACS §4.11), a Device Configuration Overlay hides more (§4.7); a drive that does not list the feature
has none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from intake_agent.machine import Disk, Medium
from intake_agent.wiping import kernel_size
from intake_agent.wiping.hdparm import UNTRUSTED, hdparm, identify
from intake_agent.wiping.waiting import said
from wipe_reports.document import AreaState, HiddenAreas

NO_AREAS = HiddenAreas(hpa=AreaState.NOT_APPLICABLE, dco=AreaState.NOT_APPLICABLE)


def hidden_areas(identify: str, max_sectors: str, dco_identify: str) -> HiddenAreas:
    """From the output of ``hdparm -I``, ``hdparm -N`` and ``hdparm --dco-identify`` on one drive."""
    sizes = re.search(r"max sectors\s*=\s*(\d+)/(\d+)", max_sectors)
    visible, native = (int(sizes.group(1)), int(sizes.group(2))) if sizes else (None, None)
    hpa, hpa_sectors = _area(identify, "Host Protected Area feature set", visible, native)
    real = re.search(r"Real max sectors:\s*(\d+)", dco_identify)
    dco, dco_sectors = _area(
        identify, "Device Configuration Overlay feature set", native, int(real[1]) if real else None
    )
    return HiddenAreas(hpa=hpa, hpa_sectors=hpa_sectors, dco=dco, dco_sectors=dco_sectors)


def _area(identify: str, feature: str, shown: int | None, behind: int | None) -> tuple[AreaState, int | None]:
    if "Commands/features" not in identify:
        return AreaState.UNKNOWN, None
    if feature not in identify:
        return AreaState.ABSENT, None
    if shown is None or behind is None or behind < shown:
        return AreaState.UNKNOWN, None
    return (AreaState.ABSENT, None) if behind == shown else (AreaState.LEFT, behind - shown)


def may_hide(disk: Disk) -> bool:
    """Can this drive have such areas that a host can see? Only a directly attached ATA drive.

    A USB bridge or a RAID controller answers for itself: what it shows is what can be wiped, and the house's table
    claims *clear* for that.
    """
    return disk.medium in {Medium.HDD, Medium.SSD, Medium.UNKNOWN} and disk.bus in {"sata", "ata", None}


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
    now = seen
    if seen.hpa is AreaState.LEFT:
        now = _open_hpa(disk, path, details)
    restored = seen.dco is AreaState.LEFT and now.hpa is not AreaState.LEFT
    if restored:
        now = _restore_overlay(disk, path, details)
        if now.hpa is AreaState.LEFT:
            now = _open_hpa(disk, path, details)
    sectors = _native_sectors(path) if now.hpa is AreaState.ABSENT else None
    shown = kernel_size.shows(path, sectors * disk.logical_block_bytes if sectors else None)
    if not shown:
        details.append("the system does not show the drive's full size yet")
    return OpenedAreas(
        areas=_opened(seen, now),
        needs_power_cycle=not shown or (restored and now.dco is not AreaState.ABSENT),
        detail=said(*details) or None,
    )


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


def _restore_overlay(disk: Disk, path: Path, details: list[str]) -> HiddenAreas:
    answer = hdparm("--yes-i-know-what-i-am-doing", "--dco-restore", path=path)
    now = look_for_hidden_areas(disk, path)
    if now.dco is not AreaState.ABSENT and now.dco is not AreaState.NOT_APPLICABLE:
        details.append(f"DCO not restored, or only after the power was off: {answer.words}")
    return now


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
