"""USB devices by ``/sys/bus/usb/devices``: their names, and the cameras that are built into the machine."""

from __future__ import annotations

import re
from collections.abc import Mapping

from intake_agent.probes.sysfs_tree import folders

_VIDEO_CLASS = "0e"
"""USB interface class of a camera (USB Video Class 1.5 §A.1)."""


def usb_name(device: Mapping[str, str]) -> str | None:
    """Maker and product as the device gives them, once where the product already begins with its maker."""
    maker, product = device.get("manufacturer", "").strip(), device.get("product", "").strip()
    if maker and product.lower().startswith(maker.lower()):
        maker = ""
    return " ".join(f"{maker} {product}".split()) or None


def usb_device_of(path: str, devices: Mapping[str, Mapping[str, str]]) -> Mapping[str, str] | None:
    """The USB device that a path under ``/sys/devices`` goes through last, hubs aside."""
    parts = [part for part in path.split("/") if re.fullmatch(r"\d+-[\d.]+", part)]
    return devices.get(parts[-1], {}) if parts else None


def is_plugged_in(device: Mapping[str, str] | None) -> bool:
    """Does the firmware say that this device hangs on a port where people plug things in?"""
    return device is not None and device.get("removable") == "removable"


def cameras(sysfs: Mapping[str, str]) -> tuple[str, ...] | None:
    """The machine's own cameras by name, ``None`` where neither the USB bus nor video devices could be looked at.

    An infrared sensor of the same device and the second node of one camera are not another camera.
    """
    devices = folders(sysfs, "bus/usb/devices")
    videos = folders(sysfs, "class/video4linux")
    if not devices and not videos and "bus/usb/devices" not in sysfs:
        return None
    found: dict[str, str] = {}
    for interface, facts in devices.items():
        name, colon, _ = interface.partition(":")
        if colon and facts.get("bInterfaceClass", "").lower() == _VIDEO_CLASS and not is_plugged_in(devices.get(name)):
            found[name] = usb_name(devices.get(name, {})) or "camera"
    for facts in videos.values():
        where = facts.get("device", "")
        usb = usb_device_of(where, devices)
        if usb is None and where and facts.get("name") and _is_camera(where):
            found[where] = facts["name"]
    return tuple(found.values())


def _is_camera(path: str) -> bool:
    """Video devices that are no camera: the codecs and scalers of graphics chips, and capture cards in a slot."""
    return re.search(r"/(i2c-|ipu|csi|isp)", path) is not None or "INT3472" in path
