"""Which disks are the machine's own, and was one of them seen at all?"""

from __future__ import annotations

from collections.abc import Iterable

from intake_agent.machine import Disk, Medium
from wipe_reports.wipe import Bus

_BUILT_IN = frozenset({Bus.NVME, Bus.SATA, Bus.ATA, Bus.SAS, Bus.SCSI, Bus.MMC, Bus.VIRTIO, Bus.SPI, Bus.UFS})
_ELSEWHERE = frozenset({Bus.USB, Bus.SBP, Bus.ISCSI, Bus.FC, Bus.FCOE, Bus.TCP, Bus.RDMA})
"""Sticks and loose disks, and disks that lie in another machine."""
_UNTOLD = frozenset({None, "loop", "file"})


def is_internal(disk: Disk) -> bool:
    """Is the disk built in: no stick, card or USB disk that somebody left in the machine, no disk over a network?

    A disk whose way in nobody tells counts as built in only where it says what it is: a bridge hides both.
    """
    known = disk.bus in _BUILT_IN or (disk.bus in _UNTOLD and disk.medium is not Medium.UNKNOWN)
    return known and not disk.removable and disk.medium is not Medium.FLASH


def is_surely_loose(disk: Disk) -> bool:
    """Is it certain that leaving this disk as it is leaves nothing of the machine's own?"""
    if disk.doubt is not None or is_internal(disk):
        return False
    return disk.removable or disk.bus in _ELSEWHERE or disk.medium is Medium.FLASH


def sees_own_disk(disks: Iterable[Disk]) -> bool:
    """Is one of these surely the machine's own? Neither a stick nor the medium that we run from is one."""
    return any(is_internal(disk) and disk.doubt is None and not disk.runs_system for disk in disks)
