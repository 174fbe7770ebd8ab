"""Hidden areas of an ATA drive by what ``hdparm`` reads, changing nothing.

A Host Protected Area hides the end of the drive (ATA8-ACS §4.11), a Device Configuration Overlay hides more (§4.7).
``hdparm`` answers 0 on a drive without the feature, so only the words it prints count, and what they leave open is
*unknown*; a drive that does not list the feature has none.
"""

from __future__ import annotations

import re

from intake_agent.machine import AreaState, Disk, HiddenAreas, Medium

NO_AREAS = HiddenAreas(hpa=AreaState.NOT_APPLICABLE, dco=AreaState.NOT_APPLICABLE)

UNTRUSTED = re.compile(r"(bad/missing|questionable) sense data")
"""``hdparm`` prints these beside an exit code of 0 when the drive, or what stands before it, did not do as asked."""


def may_hide(disk: Disk) -> bool:
    """Can this drive have such areas that a host can see? Only a directly attached ATA drive.

    A USB bridge or a RAID controller answers for itself: what it shows is what can be wiped, and the house's table
    claims *clear* for that.
    """
    return disk.medium in {Medium.HDD, Medium.SSD, Medium.UNKNOWN} and disk.bus in {"sata", "ata", None}


def hidden_areas(identify: str, max_sectors: str, dco_identify: str) -> HiddenAreas:
    """From the output of ``hdparm -I``, ``hdparm -N`` and ``hdparm --dco-identify`` on one drive."""
    sizes = re.search(r"max sectors\s*=\s*(\d+)/(\d+)", _trusted(max_sectors))
    visible, native = (int(sizes.group(1)), int(sizes.group(2))) if sizes else (None, None)
    hpa, hpa_sectors = _area(identify, "Host Protected Area feature set", visible, native)
    real = re.search(r"Real max sectors:\s*(\d+)", _trusted(dco_identify))
    dco, dco_sectors = _area(
        identify, "Device Configuration Overlay feature set", native, int(real[1]) if real else None
    )
    return HiddenAreas(hpa=hpa, hpa_sectors=hpa_sectors, dco=dco, dco_sectors=dco_sectors)


def _trusted(answer: str) -> str:
    return "" if UNTRUSTED.search(answer) else answer


def _area(identify: str, feature: str, shown: int | None, behind: int | None) -> tuple[AreaState, int | None]:
    if "Commands/features" not in identify:
        return AreaState.UNKNOWN, None
    if feature not in identify:
        return AreaState.ABSENT, None
    if shown is None or behind is None or behind < shown:
        return AreaState.UNKNOWN, None
    return (AreaState.ABSENT, None) if behind == shown else (AreaState.LEFT, behind - shown)
