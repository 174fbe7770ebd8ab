"""What makes a device or a carrier that very one: which words identify, and how they are compared. Pure rules.

Firmware is full of words that mean nothing (``To be filled by O.E.M.``, ``Default string``, template UUIDs). Such a
word is no identity: two machines that share it are still two machines. Where this module is too strict, a person
gets one more report to look at; where it is too lax, two machines become one and somebody's data leaks. It is strict.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from asset_service.devices.models import IdentityKind
from wipe_reports.document import Device, WipeReport

SHORTEST_SERIAL = 5
SHORTEST_SEQUENCE = 6

_JUNK_WORDS = (
    "TOBEFILLED", "FILLEDBY", "DEFAULT", "SERNUM", "NOTSPECIFIED", "NOTAPPLICABLE", "NOTAVAILABLE", "NOTDEFINED",
    "NOTPRESENT", "NOTSET", "NOSERIAL", "NOENCLOSURE", "UNKNOWN", "UNDEFINED", "UNSPECIFIED", "INVALID", "EMPTY",
    "REDACTED", "SAMPLE", "SERVICETAG", "ASSETTAG", "SERIAL", "PROTOTYPE", "QM0000", "OEMOEM", "EVALUATION",
    "PLACEHOLDER", "XXXXX",
)  # fmt: skip
_JUNK = re.compile("|".join(_JUNK_WORDS))
_JUNK_NAMES = frozenset(
    {
        "SYSTEMMANUFACTURER", "SYSTEMPRODUCTNAME", "SYSTEMNAME", "SYSTEMVERSION", "PRODUCTNAME", "MANUFACTURER",
        "ALLSERIES", "OEM", "OEMTBD", "NONE", "NULL", "NA", "TBD", "UNKNOWN", "INVALID", "EMPTY", "STANDARD",
        "UNDEFINED",
    }
)  # fmt: skip
_JUNK_IN_NAMES = ("TOBEFILLED", "DEFAULTSTRING", "NOTSPECIFIED", "NOTAPPLICABLE", "NOTAVAILABLE")
_DATE = re.compile(r"20[0-3]\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])0*\d{0,2}")
"""The day a firmware was made, as USB bridges give it for a serial."""
_ORDERED = (
    "01234567890123456789", "98765432109876543210", "0123456789ABCDEF", "FEDCBA9876543210",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ZYXWVUTSRQPONMLKJIHGFEDCBA", "QWERTYUIOP",
)  # fmt: skip
_COUNTED_OFF = frozenset(
    line[start:end] for line in _ORDERED for start in range(len(line)) for end in range(start + 1, len(line) + 1)
)
_LEGAL_WORDS = frozenset(
    {
        "INC", "CORP", "CORPORATION", "CO", "LTD", "LIMITED", "GMBH", "AG", "PLC", "SA", "SRL", "SPA", "BV", "NV", "KG",
        "LLC", "GROUP", "COMPANY", "COMPUTER", "COMPUTERS", "ELECTRONICS", "TECHNOLOGY", "TECHNOLOGIES",
        "INTERNATIONAL", "INFORMATICA", "INDUSTRIAL",
    }
)  # fmt: skip
_MAKER_ALIASES = {
    "HEWLETT PACKARD": "HP",
    "HEWLETT PACKARD ENTERPRISE": "HPE",
    "ASUSTEK": "ASUS",
    "MICRO STAR": "MSI",
    "FUJITSU SIEMENS": "FUJITSU",
    "WESTERN DIGITAL": "WDC",
    "WD": "WDC",
}


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """One usable, normalised identity of a device."""

    kind: IdentityKind
    value: str

    @property
    def strong(self) -> bool:
        """Is it given to one machine only, if its maker did as he should? The others are hints."""
        return self.kind in {IdentityKind.MODEL_SERIAL, IdentityKind.UUID}


def of_machine(report: WipeReport) -> tuple[Key, ...]:
    """Every usable identity in the report: the firmware's, and the addresses of the machine's own network adapters."""
    found = {number: None for one in report.network or () if (number := usable_mac(one.mac)) is not None}
    return (*of_device(report.device), *(Key(IdentityKind.MAC, number) for number in found))


def model_name(manufacturer: str | None, product: str | None) -> str | None:
    """Maker and model as they are compared, or ``None`` where one of them names nothing."""
    maker, model = name_key(manufacturer), name_key(product)
    return f"{maker}|{_without(model, maker)}" if maker and model else None


def of_device(device: Device) -> tuple[Key, ...]:
    """Every usable identity in what the firmware said, the strong ones first."""
    found = []
    maker, serial = name_key(device.manufacturer), usable_serial(device.serial)
    if (name := model_name(device.manufacturer, device.product)) and serial:
        found.append(Key(IdentityKind.MODEL_SERIAL, f"{name}|{serial}"))
    if number := usable_uuid(device.uuid):
        found.append(Key(IdentityKind.UUID, number))
    if board := usable_serial(device.board_serial):
        found.append(Key(IdentityKind.BOARD_SERIAL, f"{maker or ''}|{board}"))
    return tuple(found)


def of_carrier(model: str | None, serial: str | None) -> str | None:
    """A disk's identity from its model and serial, or ``None`` where the serial identifies nothing."""
    number = usable_serial(serial)
    return None if number is None else f"{number}|{name_key(model) or ''}"


def of_carriers(carriers: Iterable[tuple[str | None, str | None]]) -> list[str | None]:
    """:func:`of_carrier` for each (model, serial); what two of them share identifies neither."""
    found = [of_carrier(*carrier) for carrier in carriers]
    return [identity if identity is not None and found.count(identity) == 1 else None for identity in found]


def words(text: str | None) -> list[str]:
    """The words of ``text``: upper case, compatibility forms made equal, anything but letters and digits a gap."""
    if not text:
        return []
    plain = unicodedata.normalize("NFKC", text).upper()
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", plain))


_NO_MARK = str.maketrans({"Ø": "O", "Đ": "D", "Ł": "L", "Æ": "AE", "Œ": "OE"})
"""Latin letters that Unicode does not take apart into a letter and its mark."""


def search_words(text: str | None) -> list[str]:
    """:func:`words` as the list finds them, with or without accents: *ecran* finds *Écran*."""
    return [_without_accents(word) for word in words(text)]


def _without_accents(word: str) -> str:
    """Without the marks of Unicode's block *Combining Diacritical Marks*; those of other scripts are letters there."""
    apart = unicodedata.normalize("NFD", word.translate(_NO_MARK))
    return unicodedata.normalize("NFC", "".join(one for one in apart if not "\u0300" <= one <= "\u036f"))


def serial_key(text: str | None) -> str | None:
    """``text`` as serials are compared and searched: letters and digits only, upper case; ``None`` for nothing."""
    return "".join(words(text))[:200] or None


def name_key(text: str | None) -> str | None:
    """A maker's or model's name without legal words and with one spelling, or ``None`` where it names nothing."""
    found = words(text)
    joined = "".join(found)
    if joined in _JUNK_NAMES or any(word in joined for word in _JUNK_IN_NAMES) or len(set(joined)) < 2:
        return None
    named = [found[0], *(word for word in found[1:] if word not in _LEGAL_WORDS)]
    name = " ".join(named)
    return _MAKER_ALIASES.get(name, name)[:120]


def _without(model: str, maker: str) -> str:
    """``model`` without the maker's name in front: firmware writes it there or not, as it pleases."""
    for spelling in (maker, *(long for long, short in _MAKER_ALIASES.items() if short == maker)):
        if spelling and model.startswith(f"{spelling} "):
            return model[len(spelling) + 1 :]
    return model


@lru_cache(maxsize=4096)
def usable_serial(text: str | None) -> str | None:
    """The serial as it is compared, or ``None`` where it is too short, a template, or says too little."""
    key = serial_key(text)
    if key is None or len(key) < SHORTEST_SERIAL or not key.isascii():
        return None
    if _JUNK.search(key) or _is_a_word(key) or _says_too_little(key) or _is_sequence(key) or _DATE.fullmatch(key):
        return None
    return key


def _is_a_word(key: str) -> bool:
    """Letters only, and some of them vowels: words, not numbers. (Dell's tags may lack digits, never consonants.)"""
    return key.isalpha() and (len(key) < 7 or any(vowel in key for vowel in "AEIOU"))


def _says_too_little(key: str) -> bool:
    """One repeated character, one repeated group, or hardly more than padding."""
    if len(set(key)) < 3 or key[::2] == key[1::2]:
        return True
    for length in range(1, min(4, len(key) // 2) + 1):
        if len(key) % length == 0 and key == key[:length] * (len(key) // length):
            return True
    padding = max((match.group() for match in re.finditer(r"(.)\1*", key)), key=len)
    if len(padding) < SHORTEST_SEQUENCE:
        return False
    rest = key.replace(padding, "", 1)
    return len(rest) < 4 or len(set(rest)) < 3


def _counted(text: str) -> bool:
    return len(text) > 2 and text in _COUNTED_OFF


def _is_sequence(key: str) -> bool:
    """Is half of it or more counted off (``0123456789``, ``ABCDEF``), or every digit of it (``SN12345``)?"""
    digits, letters = re.sub(r"\D", "", key), re.sub(r"\d", "", key)
    if _counted(digits) and (len(digits) >= SHORTEST_SERIAL or _counted(letters)):
        return True
    needed = max(SHORTEST_SEQUENCE, (len(key) + 1) // 2)
    if len(key) < SHORTEST_SEQUENCE:
        return key in _COUNTED_OFF
    return any(key[at : at + needed] in _COUNTED_OFF for at in range(len(key) - needed + 1))


_UUID_TEMPLATES = frozenset(
    uuid.UUID(text).bytes
    for text in (
        "12345678-1234-5678-90ab-cddeefaabbcc",
        "12345678-1234-1234-1234-123456789abc",
        "12345678-9abc-def0-1234-56789abcdef0",
        "00112233-4455-6677-8899-aabbccddeeff",
        "33221100-5544-7766-9988-aabbccddeeff",
        "03020100-0504-0706-0809-0a0b0c0d0e0f",
        "00010203-0405-0607-0809-0a0b0c0d0e0f",
        "01234567-89ab-cdef-0123-456789abcdef",
        "fedcba98-7654-3210-fedc-ba9876543210",
        "11223344-5566-7788-99aa-bbccddeeff00",
        "12345678-90ab-cdef-1234-567890abcdef",
        "deadbeef-dead-beef-dead-beefdeadbeef",
        "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
        "4c4c4544-0000-2010-8020-80c04f202020",
        "4c4c4544-0020-2010-8020-a0c04f202020",
        "4c4c4544-0020-2010-8020-80c04f202020",
    )
)
_MAC_TEMPLATE = bytes.fromhex("03000200040005000006000700080009")
_MAC_GAPS = (1, 3, 5, 7, 8, 10)


def usable_uuid(text: str | None) -> str | None:
    """An SMBIOS UUID as it is compared, or ``None`` where it is a template, constant or counted off.

    SMBIOS up to 2.5 and from 2.6 differ in the byte order of the first three fields, and so do tools on one
    machine: of the two spellings the smaller stands for both.
    """
    try:
        number = uuid.UUID((text or "").strip())
    except ValueError:
        return None
    spellings = (number.bytes, number.bytes_le)
    if any(_is_template(spelling) for spelling in spellings):
        return None
    return uuid.UUID(bytes=min(spellings)).hex


def _is_template(value: bytes) -> bool:
    if value in _UUID_TEMPLATES or len(set(value)) < 5:
        return True
    digits = value.hex()
    groups = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    if all(len(set(group)) == 1 for group in groups):
        return True
    steps = {(after - before) % 256 for before, after in pairwise(value)}
    if len(steps) == 1:
        return True
    return _is_blank_mac_template(value) or (not any(value[:10]) and len(set(value[10:])) < 3)


def _is_blank_mac_template(value: bytes) -> bool:
    """Gigabyte and others put the network card's address in the gaps of ``03000200-0400-0500-0006-000700080009``.

    With an address in the gaps it is unique; with zeros or one constant there it is a template.
    """
    gaps = {value[at] for at in _MAC_GAPS}
    fixed = all(value[at] == want for at, want in enumerate(_MAC_TEMPLATE) if at not in _MAC_GAPS)
    return fixed and len(gaps) < 3


def usable_mac(address: str | None) -> str | None:
    """A network adapter's own address as it is compared, or ``None`` where its maker did not give it to one adapter.

    The second-lowest bit of the first byte (IEEE 802) says that an address was made up on the spot, as virtual
    machines do; the lowest, that it is nobody's own.
    """
    digits = (address or "").lower().replace(":", "")
    if not re.fullmatch(r"[0-9a-f]{12}", digits):
        return None
    value = bytes.fromhex(digits)
    steps = {(after - before) % 256 for before, after in pairwise(value)}
    is_template = value[0] & 3 or len(steps) == 1 or len(set(value[3:])) == 1
    return None if is_template else digits
