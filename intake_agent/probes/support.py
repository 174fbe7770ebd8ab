"""What a drive itself says it can do to erase, out of what the field's programs print of it.

Only reading: no rule here sends anything. Every function takes what a program printed, whole, cut or junk, and answers
with what stands in it; what does not stand there, the drive cannot be asked to do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from intake_agent.machine import AtaSecurity, Support
from intake_agent.probes.bounds import within
from intake_agent.probes.json_facts import at, number

_FEATURE = re.compile(r"^\s*\*?\s*([A-Z_]+(?: feature set| command))\s*$", re.MULTILINE)
_SECURITY_SECTION = re.compile(r"^Security:[^\n]*\n((?:[ \t]+[^\n]*(?:\n|$))*)", re.MULTILINE)
_SECURITY_LINE = re.compile(
    r"^\s*(not\s+)?(supported: enhanced erase|supported|enabled|locked|frozen)\s*$", re.MULTILINE
)
_ERASE_TIME = re.compile(r"(\d{1,6})\s*min for (ENHANCED )?SECURITY ERASE UNIT")
_SANITIZE_ACTION = re.compile(r"^[ \t]*48[ \t,]+0*([123])[ \t][^\n]*Sanitize", re.MULTILINE)
_SECURE_FEATURES = re.compile(r"\[SEC_FEATURE_SUPPORT:\s*0x([0-9a-fA-F]{1,8})\]")


def ata(identify: str) -> tuple[frozenset[Support], AtaSecurity | None]:
    """From ``hdparm -I``: the Sanitize commands of IDENTIFY word 59, and the Security feature set of word 128.

    hdparm prints ``not`` before each security word whose bit is zero, and *supported* itself may be denied so; a drive
    that says it is locked is, whatever it says of the feature.
    ``None`` for a drive without the Security feature set, or where the output tells nothing of it.
    """
    features = set(_FEATURE.findall(identify))
    supports = set()
    if "SANITIZE feature set" in features:
        if "BLOCK_ERASE_EXT command" in features:
            supports.add(Support.ATA_SANITIZE_BLOCK)
        if "CRYPTO_SCRAMBLE_EXT command" in features:
            supports.add(Support.ATA_SANITIZE_CRYPTO)
    section = _SECURITY_SECTION.search(identify)
    words = _security_words(section[1] if section else "")
    if section is None or not any(words.get(word) for word in ("supported", "enabled", "locked")):
        return frozenset(supports), None
    if not words.get("supported"):
        return frozenset(supports), _security(words, section[1])
    supports.add(Support.ATA_SECURITY_ERASE)
    if words.get("supported: enhanced erase"):
        supports.add(Support.ATA_SECURITY_ERASE_ENHANCED)
    return frozenset(supports), _security(words, section[1])


def _security_words(section: str) -> dict[str, bool]:
    return {word: not denied for denied, word in _SECURITY_LINE.findall(section)}


def _security(words: Mapping[str, bool], section: str) -> AtaSecurity:
    """What is not printed counts as the worse answer only where it would forbid something: *frozen*."""
    minutes = {bool(enhanced): int(count) for count, enhanced in _ERASE_TIME.findall(section)}
    return AtaSecurity(
        enabled=words.get("enabled", False),
        locked=words.get("locked", False),
        frozen=words.get("frozen", True),
        erase_minutes=within(AtaSecurity, "erase_minutes", minutes.get(False)),
        enhanced_erase_minutes=within(AtaSecurity, "enhanced_erase_minutes", minutes.get(True)),
    )


def nvme(controller: Any) -> frozenset[Support]:
    """From ``nvme id-ctrl -o json``, parsed: SANICAP bits 0 and 1, OACS bit 1, FNA bits 0 to 2 (NVMe 2.0 §5.17.2.1).

    FNA bit 0 makes a format, and bit 1 its secure erase, go over *all* namespaces; bit 2 says that cryptographic
    erase exists. A controller may take a format with that setting without having it.
    """
    sanicap, oacs, fna = (_bits(controller, name) for name in ("sanicap", "oacs", "fna"))
    bits = {
        Support.NVME_SANITIZE_CRYPTO: sanicap & 1,
        Support.NVME_SANITIZE_BLOCK: sanicap & 2,
        Support.NVME_FORMAT: oacs & 2,
        Support.NVME_FORMAT_CRYPTO: oacs & 2 and fna & 4,
        Support.NVME_FORMAT_ERASES_ALL_NAMESPACES: oacs & 2 and fna & 3,
    }
    return frozenset(support for support, bit in bits.items() if bit)


def _bits(tree: Any, name: str) -> int:
    """A bit field as a number, or as text in the notations that releases of ``nvme-cli`` print; junk has no bits."""
    value = at(tree, name)
    if isinstance(value, str) and re.fullmatch(r"\s*0[xX][0-9a-fA-F]{1,16}\s*", value):
        return int(value, 16)
    return number(tree, name) or 0


def scsi(opcodes: str) -> frozenset[Support]:
    """From ``sg_opcodes``: the service actions of operation code 48h SANITIZE (SBC-4 §5.30)."""
    kinds = {
        "1": Support.SCSI_SANITIZE_OVERWRITE,
        "2": Support.SCSI_SANITIZE_BLOCK,
        "3": Support.SCSI_SANITIZE_CRYPTO,
    }
    return frozenset(kinds[action] for action in _SANITIZE_ACTION.findall(opcodes))


def emmc(extcsd: str) -> frozenset[Support]:
    """From ``mmc extcsd read``: SEC_FEATURE_SUPPORT bit 0 SECURE_ER_EN and bit 6 SEC_SANITIZE (JESD84-B51 §7.4.109)."""
    match = _SECURE_FEATURES.search(extcsd)
    features = int(match[1], 16) if match else 0
    bits = {Support.EMMC_SECURE_DISCARD: features & 1, Support.EMMC_SANITIZE: features & 0x40}
    return frozenset(support for support, bit in bits.items() if bit)


def discard(row: Mapping[str, Any]) -> frozenset[Support]:
    """From a disk's ``lsblk`` row: can its blocks be discarded? That empties them for the eye; it erases nothing."""
    largest, step = number(row, "disc-max") or 0, number(row, "disc-gran") or 0
    return frozenset({Support.DISCARD}) if largest and step else frozenset()
