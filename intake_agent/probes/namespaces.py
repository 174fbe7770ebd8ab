"""The namespaces of one NVMe drive: disks of their own to the system, that share the serial number of the drive."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from intake_agent.machine import Disk


def controller(disk: Disk) -> str | None:
    """``nvme0`` of ``nvme0n2``: the drive of which this disk is one namespace; ``None`` for any other disk."""
    found = re.match(r"nvme\d+(?=n\d)", disk.name)
    return found[0] if found else None


def with_namespaces_named(disks: Iterable[Disk]) -> tuple[Disk, ...]:
    """The disks, each knowing the other namespaces of its drive; those that have any say in their model which they are.

    So a report, a journal and a nonce, which go by model and serial number, speak of one namespace and never of the
    whole drive. A drive with one namespace keeps its name.
    """
    seen = tuple(disks)
    return tuple(_among(disk, seen) for disk in seen)


def _among(disk: Disk, seen: tuple[Disk, ...]) -> Disk:
    drive = controller(disk)
    beside = tuple(sorted(one.name for one in seen if one.name != disk.name and drive and controller(one) == drive))
    if not beside:
        return disk
    number = disk.name.rpartition("n")[2]
    return replace(disk, beside=beside, model=f"{disk.model or 'NVMe'} (namespace {number})")
