"""The kernel's own view of the machine: what ``/sys`` tells of buses, interfaces and firmware, as path → content.

What must not be kept is never opened: of the ACPI table MSDM, which holds the Windows key, and of every other table
only the name is taken; of the UEFI variable SecureBoot only its last byte; no serial number of a USB device.
"""

from __future__ import annotations

import fcntl
import re
import socket
import struct
from array import array
from collections.abc import Iterator
from pathlib import Path

SYS = Path("/sys")
_MAX_FILE_BYTES = 8 * 1024 * 1024
_MAX_CONTENT_CHARACTERS = 4096
_SIOCETHTOOL = 0x8946
_ETHTOOL_GPERMADDR = 0x20
_LONGEST_ADDRESS_BYTES = 32

_CONTENTS = {
    "class/net/*": ("address", "addr_assign_type", "type", "uevent"),
    "class/video4linux/*": ("name",),
    "class/tpm/*": ("tpm_version_major", "caps", "device/caps"),
    "bus/pci/devices/*": ("class", "vendor", "device", "remapped_nvme", "removable"),
    "bus/usb/devices/*": (
        *("idVendor", "idProduct", "manufacturer", "product", "removable"),
        *("bInterfaceClass", "bInterfaceSubClass"),
    ),
    "block/*": ("diskseq",),
    "block/*/device": ("vendor", "model", "raid_level"),
    "block/mmcblk*/device": ("type", "cid"),
    "firmware/efi": ("fw_platform_size",),
    "class/firmware-attributes/*/authentication/*": ("is_enabled", "role"),
    "class/firmware-attributes/*/attributes/*[cC]omputrace*": ("current_value",),
    "class/firmware-attributes/*/attributes/*[aA]bsolute*": ("current_value",),
}
_LINKS = (
    *("class/net/*/device", "class/video4linux/*/device", "class/tpm/*/device", "block/*/device"),
    *("bus/pci/devices/*/driver", "bus/usb/devices/*/driver"),
)
_PRESENCE = (
    *("class/net/*/wireless", "class/net/*/phy80211", "class/tpm", "class/video4linux", "class/typec/port*"),
    *("block", "block/mmcblk*boot*", "bus/mmc_rpmb/devices/*"),
    *("bus/pci/devices", "bus/usb/devices", "firmware/efi", "firmware/acpi/tables", "firmware/acpi/tables/????"),
)
_SECURE_BOOT = "firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
"""The variable's bytes are four of attributes and one of value (UEFI 2.10 §3.3, Linux ``efivarfs``)."""
_NO_HARDWARE = re.compile(r"block/(loop|zram|ram|dm-|md|nbd)\d")


def tree(root: Path = SYS) -> dict[str, str]:
    """What the probes want to know of ``root``: path → content. What cannot be read is not in it."""
    contents: dict[str, str] = {}
    for pattern, names in _CONTENTS.items():
        for folder in _matching(root, pattern):
            for name in names:
                if (content := read(folder / name)) is not None:
                    contents[_key(root, folder / name)] = content.strip()[:_MAX_CONTENT_CHARACTERS]
    for pattern in _LINKS:
        for link in _matching(root, pattern):
            if link.is_symlink():
                contents[_key(root, link)] = _target(root, link)
    contents.update((_key(root, path), "") for pattern in _PRESENCE for path in _matching(root, pattern))
    if variable := read_bytes(root / _SECURE_BOOT):
        contents[_SECURE_BOOT] = str(variable[-1])
    return contents


def permanent_addresses(root: Path = SYS) -> dict[str, str]:
    """The MAC address that each interface was made with (``ethtool -P``), whatever address it goes by today."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        found = {name: _permanent_address(asking, name) for name in listing(root / "class/net")}
    return {name: address for name, address in found.items() if address is not None}


def _permanent_address(asking: socket.socket, interface: str) -> str | None:
    command = array("B", struct.pack("II", _ETHTOOL_GPERMADDR, _LONGEST_ADDRESS_BYTES) + bytes(_LONGEST_ADDRESS_BYTES))
    request = struct.pack("16sP16x", interface.encode()[:15], command.buffer_info()[0])
    try:
        fcntl.ioctl(asking, _SIOCETHTOOL, request)
    except OSError:
        return None  # a virtual interface has none, and some drivers do not tell
    size = struct.unpack_from("I", command, 4)[0]
    address = bytes(command[8 : 8 + size])
    return ":".join(f"{byte:02x}" for byte in address) if size == 6 and any(address) else None


def listing(folder: Path) -> list[str]:
    """The names in a folder, sorted; none where it cannot be read."""
    try:
        return sorted(path.name for path in folder.iterdir())
    except OSError:
        return []


def files(folder: Path, names: tuple[str, ...]) -> dict[str, str]:
    """The files of these names that a folder has, without the line end that the kernel adds."""
    return {name: content.strip() for name in names if (content := read(folder / name)) is not None}


def read(path: Path) -> str | None:
    """A file's text, or ``None`` where it cannot be read."""
    content = read_bytes(path)
    return None if content is None else content.decode("utf-8", errors="replace")


def read_bytes(path: Path) -> bytes | None:
    """A file's first 8 MiB, or ``None`` where it cannot be read; what the firmware hides from us is unknown."""
    try:
        with path.open("rb") as file:
            return file.read(_MAX_FILE_BYTES)
    except (OSError, ValueError):
        return None


def _matching(root: Path, pattern: str) -> Iterator[Path]:
    """The paths under ``root`` that a pattern means, a part a component; links count as what they lead to."""
    found = [root]
    for part in pattern.split("/"):
        if any(sign in part for sign in "*?["):
            found = [folder / name for folder in found for name in listing(folder) if Path(name).match(part)]
        else:
            found = [folder / part for folder in found]
    return (path for path in found if not _NO_HARDWARE.match(_key(root, path)) and path.exists())


def _key(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


def _target(root: Path, link: Path) -> str:
    target, base = link.resolve(), root.resolve()
    return target.relative_to(base).as_posix() if target.is_relative_to(base) else target.as_posix()
