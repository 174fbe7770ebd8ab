"""PCI devices by ``/sys/bus/pci/devices`` and their names by ``lspci``, and what of them is graphics."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from intake_agent.probes.sysfs_tree import folders

_QUOTED = re.compile(r'^(\S+) "([^"]*)" "([^"]*)" "([^"]*)"')
"""``lspci -D -mm -nn``: slot, class, vendor, device; each with its number in square brackets."""
_PLAIN = re.compile(r"^(\S+) ([^:]+): (.+?)(?: \(rev [0-9a-f]+\))?(?: \(prog-if [^)]*\))?$")
_NUMBER = re.compile(r"\s*\[([0-9a-f]{4})\]$")
_GRAPHICS_WORDS = ("VGA compatible controller", "Display controller", "3D controller", "XGA compatible controller")
_MAKERS = {
    "0x8086": "Intel",
    "0x1002": "AMD",
    "0x1022": "AMD",
    "0x10de": "NVIDIA",
    "0x10ec": "Realtek",
    "0x14e4": "Broadcom",
    "0x168c": "Qualcomm Atheros",
    "0x14c3": "MediaTek",
    "0x1969": "Qualcomm Atheros",
    "0x11ab": "Marvell",
    "0x1106": "VIA",
    "0x1039": "SiS",
    "0x102b": "Matrox",
    "0x1a03": "ASPEED",
}
"""Makers of graphics and network chips, for a machine without ``lspci`` (its list has the names of devices too)."""


@dataclass(frozen=True, slots=True)
class PciDevice:
    """One function on the bus: ``number`` is the class in four hexadecimal digits, such as ``0300``.

    ``is_idle`` says that the kernel knows the device but no driver took it.
    """

    slot: str
    number: str
    name: str
    is_idle: bool = False


def pci_devices(sysfs: Mapping[str, str], lspci: str | None) -> tuple[PciDevice, ...] | None:
    """What is on the PCI bus, in the order of its slots; ``None`` where the bus could not be looked at."""
    named = _named(lspci or "")
    seen = {
        slot: PciDevice(
            slot,
            facts.get("class", "")[2:6],
            named[slot].name if slot in named else _by_number(facts),
            "driver" not in facts,
        )
        for slot, facts in folders(sysfs, "bus/pci/devices").items()
    }
    if not named and "bus/pci/devices" not in sysfs and not seen:
        return None
    return tuple(device for _, device in sorted({**named, **seen}.items()))


def graphics(sysfs: Mapping[str, str], lspci: str | None) -> tuple[str, ...] | None:
    """The names of the graphics adapters (PCI class 03), ``None`` where it could not be looked up."""
    devices = pci_devices(sysfs, lspci)
    if devices is None:
        return None
    return tuple(device.name for device in devices if device.number.startswith("03"))


def _named(lspci: str) -> dict[str, PciDevice]:
    found = {}
    for line in lspci.splitlines():
        if quoted := _QUOTED.match(line):
            slot, kind, maker, device = quoted.groups()
            number = _NUMBER.search(kind)
            name = f"{_short_maker(_NUMBER.sub('', maker))} {_short_device(device)}".strip()
            found[_full(slot)] = PciDevice(_full(slot), number[1] if number else "", name)
        elif (plain := _PLAIN.match(line)) and re.fullmatch(r"(?:[0-9a-f]+:)?[0-9a-f]{2}:[0-9a-f]{2}\.\d", plain[1]):
            number_of = "0300" if plain[2] in _GRAPHICS_WORDS else ""
            found[_full(plain[1])] = PciDevice(_full(plain[1]), number_of, plain[3])
    return found


def _full(slot: str) -> str:
    return slot if slot.count(":") == 2 else f"0000:{slot}"


def _short_maker(maker: str) -> str:
    """Without the company's form; where the list has a short name in brackets, that."""
    short = re.search(r"\[([^\]]+)\]", maker)
    if short:
        return short[1].split("/")[0]
    words = re.sub(r",? (Corporation|Corp\.?|Co\.,? Ltd\.?|Inc\.?|Technologies|Semiconductor|Limited)", "", maker)
    return words.strip(" ,.")


def _short_device(device: str) -> str:
    """The name it is sold by, which the list puts in brackets behind the chip's; a chip without one keeps its own."""
    plain = _NUMBER.sub("", device)
    sold_as = re.search(r"\[([^\]]+)\]$", plain)
    return sold_as[1] if sold_as else plain if plain != "Device" else device


def _by_number(facts: Mapping[str, str]) -> str:
    vendor, device = facts.get("vendor", ""), facts.get("device", "")
    numbers = f"{vendor.removeprefix('0x')}:{device.removeprefix('0x')}"
    return " ".join(filter(None, (_MAKERS.get(vendor), numbers)))
