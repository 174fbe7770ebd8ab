"""Accessible Max Address Configuration: the end of an ACS-3 drive that is kept from the system, shown and opened.

Command 78h (ACS-4 §7.1): feature 0000h GET NATIVE MAX ADDRESS EXT answers the last address of the drive in the LBA
field, feature 0001h SET ACCESSIBLE MAX ADDRESS EXT takes the last address that may be used, and lasts. A drive has them
where IDENTIFY DEVICE word 119 bit 8 is set (with bits 15:14 of that word 01b), and takes one SET in a power cycle;
many show their new size only after the power was off. ``hdparm`` 9.52 and later sends the same by ``-N``; this is for
systems with an older one.
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from intake_agent.machine import Disk
from intake_agent.probes.command_set import same_serial
from intake_agent.wiping.drives.ata_command import AtaCommand, AtaCommandError, Ioctl, ask, read_block
from wipe_reports.wipe import MOST_SECTORS

_IDENTIFY_DEVICE = 0xEC
_CONFIGURATION = 0x78
_GET_NATIVE, _SET_ACCESSIBLE = 0x0000, 0x0001


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """What IDENTIFY DEVICE says here: the serial number, word 119 bit 8, and how many sectors may be used now."""

    serial: str
    has_configuration: bool
    accessible_sectors: int


def make_accessible(disk: Disk, path: Path, native_sectors: int, *, ioctl: Ioctl = fcntl.ioctl) -> str | None:
    """Let the drive at ``path`` show all its ``native_sectors``; ``None`` when it took the command, else why not.

    Nothing is set on doubt: the drive must be ``disk`` by its serial number, must have the feature, and must itself
    name the same native size, which must lie above what may be used now.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        return f"the drive could not be opened: {error.strerror}"
    try:
        return _set(descriptor, disk, native_sectors, ioctl)
    except AtaCommandError as error:
        return str(error)
    finally:
        os.close(descriptor)


def _set(descriptor: int, disk: Disk, native_sectors: int, ioctl: Ioctl) -> str | None:
    identity = identify(descriptor, ioctl=ioctl)
    if not disk.serial or not same_serial(identity.serial, disk.serial):
        return "another drive answers: nothing was set"
    if not identity.has_configuration:
        return "the drive has no Accessible Max Address Configuration: nothing was sent"
    native = ask(descriptor, AtaCommand(command=_CONFIGURATION, feature=_GET_NATIVE), ioctl=ioctl)
    if not native.succeeded or native.lba is None:
        return "the drive does not say its native size whole: nothing was set"
    if native.lba + 1 != native_sectors or not identity.accessible_sectors < native_sectors <= MOST_SECTORS:
        return f"sizes that do not agree ({native.lba + 1}, {native_sectors}): nothing was set"
    command = AtaCommand(command=_CONFIGURATION, feature=_SET_ACCESSIBLE, lba=native.lba)
    done = ask(descriptor, command, ioctl=ioctl)
    return None if done.succeeded else f"refused: status {done.status:#04x}, error {done.error:#04x}"


def identify(descriptor: int, *, ioctl: Ioctl = fcntl.ioctl) -> Identity:
    """IDENTIFY DEVICE (ACS-4 §7.13). Raises :class:`AtaCommandError` where the drive does not answer."""
    data = read_block(descriptor, AtaCommand(command=_IDENTIFY_DEVICE, count=1), ioctl=ioctl)
    words = [int.from_bytes(data[at : at + 2], "little") for at in range(0, 512, 2)]
    swapped = b"".join(word.to_bytes(2, "big") for word in words[10:20])
    return Identity(
        serial=swapped.decode("ascii", "replace").strip("\0 "),
        has_configuration=words[119] & 0xC100 == 0x4100,
        accessible_sectors=int.from_bytes(data[200:208], "little"),
    )
