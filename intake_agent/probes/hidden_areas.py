"""Hidden areas of an ATA drive by what ``hdparm`` reads, changing nothing.

A Host Protected Area hides the end of the drive (ATA8-ACS §4.11), a Device Configuration Overlay hides more (§4.7);
ACS-3 has Accessible Max Address Configuration (§4.5, IDENTIFY DEVICE word 119 bit 8) in the place of the first, and
where it hides something this calls that an HPA too. Measured sizes win over every name: two that differ are a hidden
area, whatever features the drive lists; two that cannot both be true leave it *unknown*. A drive that does not list a
feature has no such area only where no figure speaks against that.

``hdparm`` answers 0 on a drive without the feature, so only the words it prints count. Releases 9.43 to 9.61
sign-extend counts whose bit 31 is set (1.5, 2 and 4 TB): such a count is impossible, and is not repaired.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from intake_agent.machine import AreaState, CommandSet, Disk, HiddenAreas, Medium
from intake_agent.probes.command_set import identifies
from intake_agent.raw_facts import RawFacts
from wipe_reports.wipe import MOST_SECTORS, Bus

NO_AREAS = HiddenAreas(hpa=AreaState.NOT_APPLICABLE, dco=AreaState.NOT_APPLICABLE)

UNTRUSTED = re.compile(r"(bad/missing|questionable) sense data")
"""``hdparm`` prints these beside an exit code of 0 when the drive, or what stands before it, did not do as asked."""

HPA_NAMES = re.compile(r"Host Protected Area feature set|unknown 119\[8\]|Accessible Max Address", re.IGNORECASE)
"""How ``hdparm -I`` names what may hide the end: the old feature, or word 119 bit 8, for most releases a number."""
DCO_NAMES = re.compile(r"Device Configuration Overlay feature set")

_MAX_SECTORS = re.compile(r"max sectors\s*=\s*(\d+)/(\d+)")
_REAL_SECTORS = re.compile(r"Real max sectors:\s*(\d+)")
_ATA_BUSES = frozenset({Bus.SATA, Bus.ATA})
_DIRECT_BUSES = frozenset({Bus.SATA, Bus.ATA, None})
_SAS_BUSES = frozenset({Bus.SAS, Bus.SCSI})
_DRIVES = frozenset({Medium.HDD, Medium.SSD, Medium.UNKNOWN})


def may_hide(disk: Disk) -> bool:
    """Can this drive have such areas, as far as is known? Every drive that speaks ATA itself, whatever its port.

    A SATA drive keeps its areas behind a SAS host adapter too; one on such a port that does not say what it speaks may
    be one. A USB bridge or a RAID controller answers for itself: what it shows is what can be wiped, and the house's
    table claims *clear* for that.
    """
    if disk.medium not in _DRIVES or disk.behind is not None or disk.bus == Bus.USB:
        return False
    if disk.bus in _SAS_BUSES:
        return disk.command_set is not CommandSet.SCSI
    return disk.bus in _DIRECT_BUSES or disk.command_set is CommandSet.ATA


def is_direct(disk: Disk) -> bool:
    """Does the drive surely hang on an ATA port of the machine, where nothing answers in its place?"""
    return disk.behind is None and disk.bus in _ATA_BUSES


def areas_of(disk: Disk, facts: RawFacts, *, drive_bytes: int | None) -> HiddenAreas:
    """The hidden areas of a disk as it was inspected. ``drive_bytes`` is the size that the drive itself names.

    A drive that names more than the system shows hides the rest, also behind a bridge: that much is not reached.
    """
    block, kernel_bytes = disk.logical_block_bytes, disk.size_bytes if facts.lsblk else None
    identify = facts.hdparm.get(disk.name, "")
    answered = identify if "Serial Number" not in identify or identifies(identify, disk) else ""
    read = hidden_areas(
        answered,
        facts.hpa.get(disk.name, ""),
        facts.dco.get(disk.name, ""),
        kernel_bytes // block if kernel_bytes else None,
    )
    own_sizes = (drive_bytes, (_addressable_sectors(answered) or 0) * block)
    beyond = _furthest_from(kernel_bytes, own_sizes) // block if kernel_bytes and disk.medium in _DRIVES else 0
    if may_hide(disk):
        return replace(read, hpa=AreaState.UNKNOWN) if beyond and read.hpa is AreaState.ABSENT else read
    if AreaState.LEFT in {read.hpa, read.dco}:
        return read
    return replace(NO_AREAS, hpa=AreaState.LEFT, hpa_sectors=beyond) if beyond > 0 else NO_AREAS


def _furthest_from(kernel_bytes: int, own_sizes: Iterable[int | None]) -> int:
    """By how many bytes the drive's own word of its size differs most from the system's; 0 where it says nothing."""
    return max((size - kernel_bytes for size in own_sizes if size), key=abs, default=0)


def _addressable_sectors(identify: str) -> int | None:
    """The drive's size now by IDENTIFY DEVICE, words 100 to 103, or 60 and 61 on a drive that lists no more."""
    for name in ("LBA48", "LBA"):
        if found := re.search(rf"^\s*{name}\s+user addressable sectors:\s*(\d+)", identify, re.MULTILINE):
            return _possible(found[1])
    return None


def hidden_areas(identify: str, max_sectors: str, dco_identify: str, shown_sectors: int | None = None) -> HiddenAreas:
    """From the output of ``hdparm -I``, ``hdparm -N`` and ``hdparm --dco-identify`` on one drive.

    ``shown_sectors`` is the size that the kernel has for the drive, in the drive's logical sectors: what it does not
    show is not wiped, whatever the drive says of itself.
    """
    answered = "Commands/features" in identify
    visible, native = sizes(max_sectors)
    shown = min(filter(None, (visible, shown_sectors)), default=None)
    highest = max(filter(None, (visible, shown_sectors)), default=None)
    reported = "max sectors" in _trusted(max_sectors) or _names_more(_MAX_SECTORS, max_sectors, highest)
    hpa, hpa_sectors = _area(_named(answered, identify, HPA_NAMES), reported, (shown, highest), native)
    real = real_sectors(dco_identify)
    overlay_reported = "Real max sectors" in _trusted(dco_identify) or _names_more(_REAL_SECTORS, dco_identify, highest)
    below = native if reported else highest
    dco, dco_sectors = _area(_named(answered, identify, DCO_NAMES), overlay_reported, (below, below), real)
    return HiddenAreas(hpa=hpa, hpa_sectors=hpa_sectors, dco=dco, dco_sectors=dco_sectors)


def sizes(max_sectors: str) -> tuple[int | None, int | None]:
    """The visible and the native number of sectors by ``hdparm -N``; one that no drive can mean voids both."""
    found = _MAX_SECTORS.search(_trusted(max_sectors))
    visible, native = (_possible(found[1]), _possible(found[2])) if found else (None, None)
    return (visible, native) if visible is not None and native is not None else (None, None)


def real_sectors(dco_identify: str) -> int | None:
    """The drive's size from the factory by ``hdparm --dco-identify``; what no drive can mean is unknown."""
    found = _REAL_SECTORS.search(_trusted(dco_identify))
    return _possible(found[1]) if found else None


def _possible(digits: str) -> int | None:
    sectors = int(digits) if len(digits) <= len(str(MOST_SECTORS)) else 0
    return sectors if 0 < sectors <= MOST_SECTORS else None


def _names_more(figures: re.Pattern[str], answer: str, shown: int | None) -> bool:
    """Does an answer, trusted or not, name more sectors than are shown? Then no absence may be read from it."""
    found = figures.search(answer)
    return found is not None and any((_possible(one) or 0) > (shown or 0) for one in found.groups())


def _trusted(answer: str) -> str:
    return "" if UNTRUSTED.search(answer) else answer


def _named(answered: bool, identify: str, names: re.Pattern[str]) -> bool | None:
    """Does the drive list the feature? ``None`` where it did not identify itself."""
    return bool(names.search(identify)) if answered else None


def _area(
    named: bool | None, reported: bool, shown: tuple[int | None, int | None], behind: int | None
) -> tuple[AreaState, int | None]:
    """One area by the lowest and highest size that is shown and the size ``behind`` it.

    ``reported``: the drive gave figures at all. Without any, a feature that is not listed is absent.
    """
    lowest, highest = shown
    if not reported and named is False:
        return AreaState.ABSENT, None
    if lowest is None or highest is None or behind is None or behind < highest:
        return AreaState.UNKNOWN, None
    if behind > lowest:
        return AreaState.LEFT, behind - lowest
    return (AreaState.ABSENT if named is not None else AreaState.UNKNOWN), None
