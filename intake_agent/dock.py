"""Loose disks in a dock: those that came after the start. The machine that the dock hangs on is never inspected.

A disk is the host's own when it was there at the start. It stays so by its serial number, whatever name it gets
later; by the kernel's number for it, whatever serial number is read of it later (a tool that answers too late, or
another one that answers in its place); and by its name where it gave no serial number to know it by.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from intake_agent import inspection
from intake_agent.machine import Disk, Machine, System
from intake_agent.seeing import sources
from intake_agent.wiping.safety import is_usable_serial
from wipe_reports.document import LOOSE_DISKS


@dataclass(frozen=True, slots=True)
class Host:
    """What tells a disk of the host machine: the serial and kernel numbers at the start, the names without a serial."""

    serials: frozenset[str]
    sequences: frozenset[int]
    nameless: frozenset[str]

    def owns(self, disk: Disk) -> bool:
        """Was this disk there at the start?"""
        return disk.serial in self.serials or disk.sequence in self.sequences or disk.name in self.nameless


def host_of(disks: Iterable[Disk]) -> Host:
    """The host machine by the disks that are there now; an empty slot of a dock (no size) is no disk of it."""
    present = [disk for disk in disks if disk.size_bytes]
    return Host(
        serials=frozenset(disk.serial for disk in present if disk.serial and is_usable_serial(disk.serial)),
        sequences=frozenset(disk.sequence for disk in present if disk.sequence is not None),
        nameless=frozenset(disk.name for disk in present if not is_usable_serial(disk.serial)),
    )


def disks_now() -> tuple[Disk, ...]:
    """Every disk that hangs on this machine at this moment, with its health."""
    return inspection.examine(sources.this_machine()).disks


def in_dock(disks: Iterable[Disk], host: Host) -> Machine:
    """What a report about the dock speaks of: no machine at all, and the disks that are not the host's own."""
    loose = tuple(disk for disk in disks if disk.size_bytes and not host.owns(disk))
    return Machine(system=System(kind=LOOSE_DISKS), disks=loose)
