"""Connectors that a person can reach, by SMBIOS type 8 and the kernel's list of USB-C ports.

Firmware writers fill type 8 by hand, often badly. What names no known connector is left out, and a table that is
still the one of the reference board says nothing of this machine. An absent kind is unknown, not absent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from intake_agent.machine import MachineKind, Port
from intake_agent.probes.json_facts import whole
from intake_agent.probes.smbios import Structure, of_type, structures
from intake_agent.probes.sysfs_tree import folders

_REFERENCE_BOARD = re.compile(
    r"J\d{1,2}[A-Z]\d{1,2}[A-Z]?\b"  # a place on Intel's board: J1A1, J2A2B
    r"|J1[357]0\d\b|J2304/|J126$"  # AMD's boards
    r"|Internal Connector \d|.*\bUSB\d\.\d - \d+#"  # AMI's and Insyde's examples
)
"""Designators of the tables in the makers' example code; 175 machines of fifteen makers were seen with the same one."""

_INSIDE = re.compile(
    r"dual inline|on board|\b(fan|atx|tpm|lpc|jtag|sata ?\d|sata port|sata_?\d|hdd|odd|ssd|m\.2|mini ?pci|pcie?|"
    r"edp|lvds|lcd|inverter|touch ?pad|finger\w*|cam|webcam|camera|battery|ac in|dc in|dock\w*|air ?port|"
    r"header|intruder|buzzer|speaker out \d|ir conn|bluetooth|wlan|wwan|detected|no detected)\b|\blcd_",
    re.IGNORECASE,
)
_KINDS = (
    ("Thunderbolt", r"thunderbolt"),
    ("USB-C", r"type[ -]?c\b|usb[ -]?c\b"),
    ("Micro-USB", r"micro[ -]?usb"),
    ("Micro HDMI", r"micro[ -]?hdmi"),
    ("Mini HDMI", r"mini[ -]?hdmi"),
    ("HDMI", r"hdmi"),
    ("Mini DisplayPort", r"mini ?(display ?port|dp)"),
    ("DisplayPort", r"displa[yt] ?port|\bdp\b|\bdp ?\d|dport"),
    ("DVI", r"\bdvi"),
    ("VGA", r"\bvga|\bcrt\b|d[-_]sub\b|db-15 female video port|external monitor"),
    ("S-Video", r"s-?video|tv[ -]?out"),
    ("eSATA", r"\besata\b"),
    ("FireWire", r"1394|firewire"),
    ("Ethernet", r"rj-?45|network port|ethernet|\bg?b?e? ?lan\b"),
    ("Modem", r"rj-?11|modem"),
    ("USB", r"\busb"),
    ("S/PDIF", r"spdif|s/pdif|optical out"),
    ("Audio", r"mini jack|audio port|head ?phone|microphone|line[-_ ]?(in|out)|\bmic\b"),
    ("PS/2", r"ps/?2|keyboard port|mouse port"),
    ("Serial", r"serial port|db-9 male|\bcom ?[a-d1-4]\b"),
    ("Parallel", r"parallel port|db-25 female"),
    ("Card reader", r"card ?reader|(micro|memory|media|smart) ?sd|sd ?card|media ?card|\bsd\b"),
    ("Smart card", r"smart ?card"),
)
"""Kind → the words of connector, port type and designator that name it; the first that fits decides."""

_BUILT_IN_KEYBOARD = frozenset({MachineKind.LAPTOP, MachineKind.TABLET})
_PAIRS = tuple(
    re.compile(pattern)
    for pattern in (r"(\d+)[_/](\d+)$", r"(?<!\d)(\d)(\d)$", r"(?<!\d)(\d)(\d\d)$", r"(?<!\d)(\d\d)(\d\d)$")
)
_USB_VERSION = re.compile(r"(usb ?)?[123]\.\d( ?gen ?\d)?(x\d)?|gen ?\d", re.IGNORECASE)


def ports(dmidecode: str | None, kind: str | None = None, sysfs: Mapping[str, str] | None = None) -> tuple[Port, ...]:
    """External connectors by kind with their count, in order of kind. ``kind`` is the machine's (laptop, desktop…).

    A laptop's *PS/2* connectors are its own keyboard and pad, so they are not listed.
    """
    connectors = of_type(structures(dmidecode or ""), 8)
    counts: Counter[str] = Counter()
    if not _is_reference_board(connectors):
        outside = [one for one in connectors if _is_outside(one)]
        names = {_designator(one) for one in outside}
        for connector in outside:
            for seen in _kinds(connector):
                counts[seen] += _how_many(connector, names) if seen == "USB" else 1
    if kind in _BUILT_IN_KEYBOARD:
        del counts["PS/2"]
    usb_c = sum(1 for name in folders(sysfs or {}, "class/typec") if re.fullmatch(r"port\d+", name))
    if usb_c and not counts["Thunderbolt"]:
        counts["USB-C"] = usb_c
    return tuple(Port(kind=name, count=count) for name, count in sorted(counts.items()) if count)


def _is_reference_board(connectors: Sequence[Structure]) -> bool:
    designators = (f"{one.text('Internal Reference Designator')}|{_designator(one)}" for one in connectors)
    return any(_REFERENCE_BOARD.match(designator) for designator in designators)


def _is_outside(connector: Structure) -> bool:
    kind = connector.text("External Connector Type") or "None"
    return kind != "None" and not _INSIDE.search(f"{kind} {_designator(connector)}")


def _designator(connector: Structure) -> str:
    """What is printed beside the connector; where only the board's own name is given, that."""
    outside = connector.text("External Reference Designator")
    return outside if outside and outside.lower() != "none" else connector.text("Internal Reference Designator") or ""


def _kinds(connector: Structure) -> list[str]:
    """The kind by the designator's own words (two for *DP port DVI port*), else by connector and port type."""
    designator = _designator(connector)
    words = re.findall(r"\b(?:HDMI|DVI|VGA|DP)(?= port)", designator)
    if len(words) > 1:
        return [kind for word in words if (kind := _kind(word))]
    types = f"{connector.text('External Connector Type') or ''} {connector.text('Port Type') or ''}"
    types = "" if types == "Mini Centronics Type-14 Other" else types
    for text in (designator, types):
        if found := _kind(text):
            return [found]
    return []


def _kind(words: str) -> str | None:
    return next((kind for kind, pattern in _KINDS if re.search(pattern, words, re.IGNORECASE)), None)


def _how_many(connector: Structure, designators: set[str]) -> int:
    """Boards name a stack of two ``USB12`` or ``USB3_4``: two numbers that follow one another, with no such single."""
    name = _USB_VERSION.sub("", _designator(connector))
    pairs = (pair for pattern in _PAIRS if (pair := pattern.search(name)))
    stack = next((pair for pair in pairs if whole(pair[2]) == (whole(pair[1]) or 0) + 1), None)
    if stack is None or re.search(r"\s\d+$", name):
        return 1
    return 1 if name[: stack.start()] + stack[1] in designators else 2
