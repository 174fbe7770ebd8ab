"""Whether data can leak: the rule from carriers to device. Pure; nothing here reads a database."""

from __future__ import annotations

from collections.abc import Iterable

from asset_service.devices.models import DataStatus

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


def counts(status: DataStatus, *, scratch: bool, rehearsal: bool) -> bool:
    """Does a carrier with ``status`` say anything of its device? A clean scratch disk says nothing of a real machine.

    ``scratch``: only rehearsals saw the carrier; ``rehearsal``: only rehearsals saw the device.
    """
    return rehearsal or not scratch or not is_clean(status)


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
