"""Is a disk built in, or a card, a stick or somebody's loose disk? No single flag of the system is the truth of it.

``lsblk`` gives RM (the kernel's ``removable``) and TRAN. RM is 0 for every ``mmcblk``, soldered or in a slot; on SATA
some kernels set it for a port that can be swapped (Linux 6.9), with the disk inside screwed tight; TRAN is *mmc* for
both kinds since util-linux 2.39. So the card, the drive and the port are asked themselves, and where they do not tell,
a person is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from intake_agent.machine import Disk, Medium, MediumDoubt
from wipe_reports.wipe import Bus

_CARD_TYPES = frozenset({"SD", "SDcombo"})
_NO_CARD = 1
"""CID register, bits 113:112 (CBX, JESD84-B51 §7.2.2): 0 a card that can be taken out, 1 and 2 a soldered chip."""
_BUILT_IN_BUSES = frozenset({Bus.SATA, Bus.ATA, Bus.IDE, Bus.NVME, Bus.SAS, Bus.SPI, Bus.SCSI, Bus.UFS})


@dataclass(frozen=True, slots=True)
class Signs:
    """What there is to go by beside the disk itself.

    ``names`` are all block devices that were listed, ``identify`` is ``hdparm -I``, ``extcsd`` ``mmc extcsd read``.
    """

    says_removable: bool
    names: frozenset[str]
    sysfs: Mapping[str, str]
    identify: str = ""
    extcsd: str = ""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a disk sits; with a ``doubt`` the rest is a guess."""

    removable: bool
    medium: Medium
    doubt: MediumDoubt | None = None


def placement(disk: Disk, signs: Signs) -> Placement:
    """Where ``disk`` sits, by what it is and these ``signs``."""
    if disk.name.startswith("mmcblk"):
        return _card_or_emmc(disk.name, signs)
    if disk.bus == Bus.USB or "/usb" in _where(disk, signs):
        return _at_usb(disk, signs)
    if disk.medium is Medium.VIRTUAL:
        return Placement(signs.says_removable, disk.medium)
    if _at_outer_port(disk, signs):
        return Placement(False, disk.medium, MediumDoubt.BUILT_IN_OR_LOOSE)
    return _at_own_port(disk, signs)


_BUSES_BY_PATH = (
    (Bus.USB, re.compile(r"/usb\d+/")),
    (Bus.NVME, re.compile(r"/nvme/nvme\d")),
    (Bus.MMC, re.compile(r"/mmc_host/")),
    (Bus.SBP, re.compile(r"/fw\d+")),
    (Bus.ISCSI, re.compile(r"/session\d+/target")),
    (Bus.FC, re.compile(r"/rport-\d")),
    (Bus.SAS, re.compile(r"/end_device-\d")),
    (Bus.SATA, re.compile(r"/ata\d+/")),
    (Bus.UFS, re.compile(r"[./]ufs(hcd|hc)?\b|/ufshcd")),
    (Bus.VIRTIO, re.compile(r"/virtio\d+")),
)
"""What a disk's path in ``/sys/devices`` tells of its bus, where ``lsblk`` has no TRAN (UFS, old kernels)."""


def bus_by_path(where: str) -> str | None:
    """The bus by a path under ``/sys``, ``None`` where it does not tell; what is nearest to outside goes first."""
    return next((bus.value for bus, mark in _BUSES_BY_PATH if mark.search(f"/{where}/")), None)


def _card_or_emmc(name: str, signs: Signs) -> Placement:
    """By the card's own type, else by what only an eMMC has: boot areas and an EXT_CSD register.

    A general purpose partition (``mmcblk0gp0``) lies on the chip that bears it.
    """
    name = re.sub(r"gp\d+$", "", name)
    kind = signs.sysfs.get(f"block/{name}/device/type", "").strip()
    is_emmc = _has_boot_area(name, signs) or "Extended CSD" in signs.extcsd
    if kind in _CARD_TYPES and not is_emmc:
        return Placement(True, Medium.FLASH)
    if is_emmc and kind not in _CARD_TYPES:
        return Placement(False, Medium.EMMC)
    if kind == "MMC" and _may_be_soldered(signs.sysfs.get(f"block/{name}/device/cid")):
        return Placement(False, Medium.EMMC)
    guess = Medium.FLASH if signs.says_removable or kind in _CARD_TYPES else Medium.EMMC
    return Placement(guess is Medium.FLASH, guess, MediumDoubt.CARD_OR_EMMC)


def _has_boot_area(name: str, signs: Signs) -> bool:
    areas = {f"{name}boot0", f"{name}boot1", f"{name}rpmb"}
    in_sysfs = {part for path in signs.sysfs for part in path.split("/")[1:4]}
    return bool(areas & (signs.names | in_sysfs))


def _may_be_soldered(cid: str | None) -> bool:
    """Multimedia cards for a slot are of type MMC too, and have no boot area to know an eMMC by."""
    if cid is None or not re.fullmatch(r"[0-9a-f]{32}", cid):
        return True
    return int(cid[2:4], 16) & 3 >= _NO_CARD


def _at_usb(disk: Disk, signs: Signs) -> Placement:
    """Loose, save where the firmware calls the port *fixed* and the disk is none that can be taken out."""
    ports = (signs.sysfs.get(f"bus/usb/devices/{part}/removable") for part in reversed(_where(disk, signs).split("/")))
    is_fixed = next((port for port in ports if port), None) == "fixed"
    doubt = MediumDoubt.BUILT_IN_OR_LOOSE if is_fixed and not signs.says_removable else None
    return Placement(True, disk.medium, doubt)


def _at_outer_port(disk: Disk, signs: Signs) -> bool:
    """Does it hang on a PCI port that leads outside, such as Thunderbolt, by the firmware's word?"""
    parts = _where(disk, signs).split("/")
    return any(signs.sysfs.get(f"bus/pci/devices/{part}/removable") == "removable" for part in parts)


def _at_own_port(disk: Disk, signs: Signs) -> Placement:
    """On a bus inside the machine the drive's own IDENTIFY goes before the system's mark, which may be the port's."""
    is_card = re.search(r"CompactFlash|with removable media", signs.identify) is not None
    is_fixed = "non-removable media" in signs.identify or disk.medium is Medium.HDD
    if is_card:
        return Placement(True, disk.medium, MediumDoubt.BUILT_IN_OR_LOOSE)
    if not signs.says_removable or (is_fixed and disk.bus in _BUILT_IN_BUSES):
        return Placement(False, disk.medium)
    return Placement(True, disk.medium, MediumDoubt.BUILT_IN_OR_LOOSE)


def _where(disk: Disk, signs: Signs) -> str:
    return signs.sysfs.get(f"block/{disk.name}/device", "")
