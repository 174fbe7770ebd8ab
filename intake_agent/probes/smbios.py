"""``dmidecode`` text, of any version and in any broken state, as a list of SMBIOS structures.

The structures are those of DMTF DSP0134 (System Management BIOS). A line that fits no pattern is passed over:
firmware tables are truncated, garbled and translated in the field, and what is readable still counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from intake_agent.probes.json_facts import whole

_HANDLE = re.compile(r"^Handle (0x[0-9A-Fa-f]+), DMI type (\d+)(?:, (\d+) bytes)?")
_NO_TYPE = 256
"""Types are one byte (DSP0134 §6.1.2): what says another number is of no type that is known."""
_FIELD = re.compile(r"^(?:\t| {1,8})(?![\t ])([^:\n]+):(?:[ \t]+(.*))?$")
_ITEM = re.compile(r"^[\t ]+(\S.*)$")

UNKNOWN_WORDS = frozenset(
    {
        "",
        "not specified",
        "not present",
        "not provided",
        "<bad index>",
        "<out of spec>",
        "not settable",
    }
)
"""What ``dmidecode`` itself prints where the firmware gave nothing; the firmware's own junk is kept as it is."""


@dataclass(frozen=True, slots=True)
class Structure:
    """One SMBIOS structure: its handle, type number and fields in the order printed (the first of a name counts).

    ``lists`` holds what is printed further in below a field, such as the processor's characteristics.
    """

    handle: str
    type: int
    fields: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """A field in the firmware's own words, or ``None`` where ``dmidecode`` printed that there is nothing."""
        value = self.fields.get(name, "").strip()
        return None if value.lower() in UNKNOWN_WORDS else value

    def number(self, name: str) -> int | None:
        """The whole number a field begins with, or ``None``."""
        match = re.match(r"\d{1,18}", self.fields.get(name, "").strip())
        return int(match.group()) if match else None

    def data(self) -> bytes:
        """The raw bytes of a structure that ``dmidecode`` does not know, its four bytes of header included."""
        words = " ".join(self.lists.get("Header and Data", ())).split()
        return bytes(int(word, 16) for word in words if re.fullmatch(r"[0-9A-Fa-f]{2}", word))


@lru_cache(maxsize=2)
def structures(text: str) -> tuple[Structure, ...]:
    """Split ``dmidecode`` output into its structures; several tables in one text follow one another.

    Five probes read the same text, so its structures are kept; nobody changes them.
    """
    found: list[Structure] = []
    current: Structure | None = None
    name = ""
    for line in text.splitlines():
        if handle := _HANDLE.match(line):
            kind = whole(handle.group(2))
            current, name = Structure(handle.group(1).upper(), _NO_TYPE if kind is None else kind), ""
            found.append(current)
        elif current is None:
            continue
        elif entry := _FIELD.match(line):
            name = entry.group(1).strip()
            current.fields.setdefault(name, (entry.group(2) or "").strip())
        elif name and (item := _ITEM.match(line)):
            current.lists.setdefault(name, []).append(item.group(1).strip())
    return tuple(found)


def of_type(found: Iterable[Structure], number: int) -> list[Structure]:
    """The structures of one type, each handle once: some tables list the same structure twice."""
    unique: dict[tuple[str, tuple[tuple[str, str], ...]], Structure] = {}
    for structure in found:
        if structure.type == number:
            unique.setdefault((structure.handle, tuple(structure.fields.items())), structure)
    return list(unique.values())


_UNIT_KIB = {"K": 1, "M": 1024, "G": 1024**2, "T": 1024**3}


def size_mib(text: str | None) -> int | None:
    """``8 GB``, ``8192 MB`` or ``4096 kB`` in whole MiB (binary units, as DSP0134 defines them), else ``None``."""
    match = re.match(r"(\d{1,15})\s*([kKMGT])i?B\b", (text or "").strip())
    if not match:
        return None
    return int(match.group(1)) * _UNIT_KIB[match.group(2).upper()] // 1024
