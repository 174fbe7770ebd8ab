"""Which words identify a machine or a disk, and which are firmware's filler."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_service.devices import identity
from asset_service.devices.models import IdentityKind
from wipe_reports.document import Device

CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "dmidecode"

JUNK_SERIALS = [
    None, "", " ", "--", "-", "0", "None", "none", "N/A", "NULL", "To be filled by O.E.M.", "To Be Filled By O.E.M",
    "Default string", "default string", "System Serial Number", "Chassis Serial Number", "Base Board Serial Number",
    "Not Specified", "Not Applicable", "Not Available", "INVALID", "Unknown", "0123456789", "123456789", "1234567890",
    "0123456789ABCDEF", "ABCDEFGHIJ", "987654321",
    "00000000", "0000000000", "FFFFFFFF", "XXXXXXXXXX", "................",
    "PPPPPPPPPP", "1111111", "12121212", "0000000001", "00000000000000000002", "4242", "42", "123456789012", "O.E.M.",
    "SerNum0", "MB-1234567890", "Empty", "REDACTED", "REDACTED123456", "-- REDACTED --", "AA000000000000000001",
    "１２３４５６７８９", "\u200bDefault\u200b string", "Serial", "OEM_Serial", "CHANGEME",
    "SN-12345", "S/N 12345", "Serial: 0", "ABC123", "ABCDE12345", "DEMO12345", "PROTOTYPE1", "112233445566",
    "1122334455", "QM00001", "20120821", "2012082900000000", "201306240001",
]  # fmt: skip

REAL_SERIALS = [
    "E235735X6B01665", "ZM169S040205", "CN66480BLA", "PWWFB0DLMCC0OG", "WD-WCAHM356436", "S24ZN902000L",
    "BTNH93710FS91P0B", "JF8TTH2", "9GXQ0M1", "R90ABCD3", "5CG8321XYZ", "C02X53Y8JG5H", "BVQMHND", "PF1A2B3C",
    "0000000017312E5A", "203329F89392", "MJ03XYZ7",
]  # fmt: skip


@pytest.mark.parametrize("text", JUNK_SERIALS)
def test_filler_is_no_serial(text):
    assert identity.usable_serial(text) is None


@pytest.mark.parametrize("text", REAL_SERIALS)
def test_a_real_serial_identifies(text):
    assert identity.usable_serial(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        None, "", "--", "no uuid", "00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
        "03000200-0400-0500-0006-000700080009", "00020003-0004-0005-0006-000700080009",
        "12345678-1234-5678-90AB-CDDEEFAABBCC", "78563412-3412-7856-90AB-CDDEEFAABBCC",
        "11111111-2222-3333-4444-555555555555", "FEFEFEFE-FEFE-FEFE-FEFE-FEFEFEFEFEFE",
        "00010203-0405-0607-0809-0A0B0C0D0E0F", "03020100-0504-0706-0809-0A0B0C0D0E0F",
        "00000000-0000-0000-0000-000000000001", "4C4C4544-0020-2010-8020-A0C04F202020",
        "00112233-4455-6677-8899-AABBCCDDEEFF", "12345678-1234-1234-1234-123456789abc",
        "11223344-5566-7788-99AA-BBCCDDEEFF00", "44332211-6655-8877-99AA-BBCCDDEEFF00",
        "12345678-90AB-CDEF-1234-567890ABCDEF",
    ],
)  # fmt: skip
def test_a_template_uuid_is_no_identity(text):
    assert identity.usable_uuid(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "4C4C4544-0048-5110-804A-C6C04F594A32",
        "032e02b4-0499-0533-a106-940700080009",  # a network card's address fills the gaps of Gigabyte's template
        "00000000-0000-0000-0000-0CC47AE14338",  # Supermicro: nothing but the network card's address
        "CF6D6DE0-A5AB-512C-BCD4-5CF40EC490C1",
    ],
)
def test_a_real_uuid_identifies(text):
    assert identity.usable_uuid(text) is not None


@given(st.uuids(version=4))
def test_both_byte_orders_of_a_uuid_are_one_identity(number):
    swapped = uuid.UUID(bytes=number.bytes_le)
    assert identity.usable_uuid(str(number)) == identity.usable_uuid(str(swapped).upper())


@given(st.text(max_size=60))
def test_any_text_is_judged_and_a_usable_serial_is_its_own_normal_form(text):
    usable = identity.usable_serial(text)
    if usable is not None:
        assert identity.usable_serial(usable) == usable
        assert identity.usable_serial(f"  {text.lower()} ") in {usable, None}
    identity.usable_uuid(text)
    identity.name_key(text)
    identity.of_carrier(text, text)


@given(st.characters(), st.integers(0, 60))
def test_one_repeated_character_never_identifies(character, length):
    assert identity.usable_serial(character * length) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Hewlett-Packard", "HP EliteBook 840 G3", "5CG6251ABC"), ("HP", "EliteBook 840 G3", "5cg6251abc ")),
        (("Dell Inc.", "Latitude E7470", "JF8TTH2"), ("DELL", "Latitude  E7470", "jf8tth2")),
        (("LENOVO", "20AQCTO1WW", "PF-00A1B2"), ("Lenovo", "20AQCTO1WW", "PF00A1B2")),
        (("ASUSTeK COMPUTER INC.", "X555LA", "F5N0CV183745241"), ("ASUS", "X555LA", "F5N0CV183745241")),
    ],
)
def test_spelling_makes_no_other_machine(one, other):
    keys = [
        identity.of_device(Device(manufacturer=maker, product=product, serial=serial))
        for maker, product, serial in (one, other)
    ]
    assert keys[0] == keys[1] != ()


@pytest.mark.parametrize(
    "device",
    [
        Device(),
        Device(manufacturer="System manufacturer", product="System Product Name", serial="5CG6251ABC"),
        Device(manufacturer="HP", product="To be filled by O.E.M.", serial="5CG6251ABC"),
        Device(manufacturer="HP", product="EliteBook", serial="Default string", uuid="--", board_serial="None"),
    ],
)
def test_maker_model_and_serial_identify_only_together(device):
    assert identity.of_device(device) == ()


def test_a_board_serial_is_a_hint_and_no_strong_identity():
    (key,) = identity.of_device(Device(manufacturer="HP", board_serial="PWWFB0DLMCC0OG"))
    assert key.kind is IdentityKind.BOARD_SERIAL
    assert not key.strong


def test_two_disks_in_one_report_with_one_serial_have_none():
    same = ("SU650", "AB12345678CD")
    assert identity.of_carriers([same, ("WD10EZEX", "WCC6Y1"), same]) == [None, "WCC6Y1|WD10EZEX", None]


def test_a_disks_spelling_makes_no_other_disk():
    assert identity.of_carrier("WDC WD5000AAKS", "WD-WCAYU123") == identity.of_carrier("wdc  wd5000aaks", " wdwcayu123")


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real machines is not here")
def test_no_two_real_machines_share_an_identity_that_is_not_the_same_machine():
    """In 585 real SMBIOS tables a usable identity belongs to one maker and model only."""
    owners: dict[identity.Key, set[tuple[str, str]]] = {}
    read = 0
    for path in CORPUS.glob("*.txt"):
        device = _system(path.read_text(errors="replace"))
        read += 1
        for key in identity.of_device(device):
            owners.setdefault(key, set()).add((device.manufacturer or "", device.product or ""))
    assert read > 500
    assert {key: names for key, names in owners.items() if len(names) > 1} == {}


def _system(text: str) -> Device:
    return Device(
        manufacturer=_value(text, "System Information", "Manufacturer"),
        product=_value(text, "System Information", "Product Name"),
        serial=_value(text, "System Information", "Serial Number"),
        uuid=_value(text, "System Information", "UUID"),
        board_serial=_value(text, "Base Board Information", "Serial Number"),
    )


def _value(text: str, section: str, name: str) -> str | None:
    block = re.search(rf"{section}\n((?:\t.*\n)+)", text)
    found = re.search(rf"^\t{name}: *(.*)$", block[1], re.MULTILINE) if block else None
    return found[1].strip() if found else None
