"""The machine's own network adapters by ``/sys/class/net`` and the buses they sit on, with their permanent address."""

from __future__ import annotations

import re
from collections.abc import Mapping

from intake_agent.machine import NetworkInterface, NetworkKind
from intake_agent.probes.pci import PciDevice, pci_devices
from intake_agent.probes.sysfs_tree import folders
from intake_agent.probes.usb import is_plugged_in, usb_device_of, usb_name

_ETHERNET_TYPE = "1"
"""``ARPHRD_ETHER`` of the kernel's ``if_arp.h``; modems without Ethernet framing have 65534 or 519."""
_CELLULAR_DRIVERS = frozenset({"cdc_mbim", "qmi_wwan", "sierra_net", "option", "mtk_t7xx", "iosm", "huawei_cdc_ncm"})
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
_KIND_BY_CLASS = {"0200": NetworkKind.ETHERNET, "0280": NetworkKind.WIFI, "0d40": NetworkKind.CELLULAR}
"""PCI classes of adapters; *network controller, other* (0280h) is what Wi-Fi cards call themselves."""


def network(
    sysfs: Mapping[str, str], lspci: str | None, permanent_addresses: Mapping[str, str]
) -> tuple[NetworkInterface, ...] | None:
    """Wired and wireless adapters in the machine; ``None`` where it could not be looked up.

    Bridges, tunnels and other virtual interfaces have no device behind them. What hangs on a port that people plug
    into is not the machine's. An adapter without a driver has no interface: it goes by its slot on the PCI bus.
    """
    interfaces = folders(sysfs, "class/net")
    on_pci = pci_devices(sysfs, lspci)
    if not interfaces and on_pci is None:
        return None
    found = [
        seen
        for name, facts in interfaces.items()
        if (seen := _interface(name, facts, sysfs, on_pci or (), permanent_addresses)) is not None
    ]
    driven = {slot for facts in interfaces.values() for slot in _slots(facts.get("device", ""))}
    found += [
        NetworkInterface(name=device.slot, kind=_KIND_BY_CLASS[device.number], model=device.name)
        for device in on_pci or ()
        if device.number in _KIND_BY_CLASS and device.is_idle and device.slot not in driven
    ]
    return tuple(found)


def _interface(
    name: str,
    facts: Mapping[str, str],
    sysfs: Mapping[str, str],
    on_pci: tuple[PciDevice, ...],
    permanent_addresses: Mapping[str, str],
) -> NetworkInterface | None:
    where = facts.get("device", "")
    devices = folders(sysfs, "bus/usb/devices")
    usb = usb_device_of(where, devices)
    if not where or "devices/virtual/" in where or is_plugged_in(usb) or "DEVTYPE=bluetooth" in facts.get("uevent", ""):
        return None
    by_slot = {device.slot: device for device in on_pci}
    slot = next((slot for slot in reversed(_slots(where)) if slot in by_slot), None)
    driver = sysfs.get(f"bus/usb/devices/{where.rpartition('/')[2]}/driver", "").rpartition("/")[2]
    return NetworkInterface(
        name=name,
        kind=_kind(name, facts, driver),
        mac=_address(permanent_addresses.get(name)) or _own_address(facts),
        model=usb_name(usb) if usb is not None else by_slot[slot].name if slot else None,
    )


def _slots(where: str) -> list[str]:
    return re.findall(r"[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]", where)


def _kind(name: str, facts: Mapping[str, str], usb_driver: str) -> NetworkKind:
    uevent = facts.get("uevent", "")
    if "wireless" in facts or "phy80211" in facts or "DEVTYPE=wlan" in uevent:
        return NetworkKind.WIFI
    if "DEVTYPE=wwan" in uevent or usb_driver in _CELLULAR_DRIVERS or name.startswith("ww"):
        return NetworkKind.CELLULAR
    return NetworkKind.ETHERNET if facts.get("type") == _ETHERNET_TYPE else NetworkKind.OTHER


def _own_address(facts: Mapping[str, str]) -> str | None:
    """The address it goes by, but not one that was made up or set by somebody (``addr_assign_type`` 1 and 3)."""
    return None if facts.get("addr_assign_type") in {"1", "3"} else _address(facts.get("address"))


def _address(text: str | None) -> str | None:
    address = (text or "").strip().lower()
    return address if _MAC.fullmatch(address) and address not in {"00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"} else None
