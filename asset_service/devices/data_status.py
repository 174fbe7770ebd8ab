"""Whether data can leak: the rule from carriers to device. Pure; nothing here reads a database."""

from __future__ import annotations

from collections.abc import Iterable

from asset_service.devices.models import DataStatus
from wipe_reports.document import Medium

CLEAN = frozenset({DataStatus.NONE, DataStatus.WIPED, DataStatus.DESTROYED})
_WORST_FIRST = (
    DataStatus.EXPOSED,
    DataStatus.UNKNOWN,
    DataStatus.WIPED,
    DataStatus.DESTROYED,
    DataStatus.NONE,
)


def is_clean(status: DataStatus) -> bool:
    """Can nobody's data leak?"""
    return status in CLEAN


def is_portable(medium: str, bus: str | None) -> bool:
    """Is the carrier a stick, a card or a disk on a cable, that was only plugged into the machine?"""
    return medium == Medium.FLASH or (bus or "").lower() == "usb"


def counts(status: DataStatus, *, scratch: bool, rehearsal: bool, portable: bool = False) -> bool:
    """Does a carrier with ``status`` say anything of its device? A clean scratch disk says nothing of a real machine.

    ``scratch``: only rehearsals saw the carrier; ``rehearsal``: only rehearsals saw the device. Nor does a clean stick:
    where it is all that was seen, the machine's own disk was not.
    """
    return not is_clean(status) or (not portable and (rehearsal or not scratch))


def of_device(carriers: Iterable[DataStatus], said_none: bool) -> DataStatus:
    """A device's status: the worst of its installed carriers'.

    Without any it is *unknown* ("the agent saw no disk" may be a RAID controller), or *none* where a person who
    looked said so.
    """
    present = set(carriers)
    for status in _WORST_FIRST:
        if status in present:
            return status
    return DataStatus.NONE if said_none else DataStatus.UNKNOWN
