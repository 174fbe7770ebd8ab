"""The rules of single probes, each on the smallest text that shows it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake_agent.machine import Disk, Display, Firmware, Medium
from intake_agent.probes.controllers import answers_for
from intake_agent.probes.display import displays
from intake_agent.probes.firmware import firmware, iso_date
from intake_agent.probes.network import network
from intake_agent.probes.pci import graphics
from intake_agent.probes.ports import ports
from intake_agent.probes.processor import processor
from intake_agent.probes.smbios import structures


def structure(number: int, *lines: str, handle: str = "0x0001") -> str:
    body = "".join(f"\t{line}\n" for line in lines)
    return f"Handle {handle}, DMI type {number}, 40 bytes\nTitle\n{body}\n"


def flags(*names: str) -> str:
    return f"processor\t: 0\nvendor_id\t: X\nflags\t\t: {' '.join(names)}\n"


SOCKET = ("Version: X", "Status: Populated, Enabled", "Characteristics:")


@pytest.mark.parametrize(
    ("cpuinfo", "lscpu", "dmidecode", "expected"),
    [
        (flags("fpu", "lm"), None, None, True),
        (flags("fpu", "pae"), None, None, False),
        (None, "CPU op-mode(s):  32-bit, 64-bit\n", None, True),
        (None, "CPU op-mode(s):  32-bit\n", None, False),
        (None, "Architecture:  aarch64\n", None, True),
        (None, None, structure(4, *SOCKET, "\t64-bit capable"), True),
        (None, None, structure(4, *SOCKET, "\tMulti-Core"), None),
        (None, None, None, None),
    ],
)
def test_64_bit_is_the_processors_mode_whoever_tells_it(
    cpuinfo: str | None, lscpu: str | None, dmidecode: str | None, expected: bool | None
) -> None:
    assert processor(cpuinfo, lscpu, dmidecode).is_64_bit is expected


@pytest.mark.parametrize(
    ("cpuinfo", "dmidecode", "expected"),
    [
        (flags("fpu", "vmx"), None, True),
        (flags("fpu", "svm"), None, True),
        (flags("fpu"), None, None),
        (flags("fpu"), structure(4, *SOCKET, "\tEnhanced Virtualization"), True),
        (flags("fpu"), structure(4, *SOCKET, "\t64-bit capable"), False),
        (None, None, None),
    ],
)
def test_a_missing_virtualisation_flag_alone_is_no_proof_that_there_is_none(
    cpuinfo: str | None, dmidecode: str | None, expected: bool | None
) -> None:
    assert processor(cpuinfo, None, dmidecode).has_virtualisation is expected


def test_a_family_that_the_firmware_does_not_know_is_named_by_cpuid() -> None:
    cpuinfo = "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 23\nmodel\t\t: 24\n"
    assert processor(cpuinfo, None, structure(4, "Family: Zen")).family == "Zen"
    for nothing in ("Other", "Unknown", "<OUT OF SPEC>", ""):
        found = processor(cpuinfo, None, structure(4, f"Family: {nothing}"))
        assert found.family == "AuthenticAMD family 23 model 24"
    assert processor(None, None, structure(4, "Family: Other")).family is None


def test_lists_are_read_with_tabs_and_with_the_spaces_that_pasting_makes_of_them() -> None:
    tabs = structure(0, "Vendor: V", "Characteristics:", "\tUEFI is supported")
    for text in (tabs, tabs.replace("\t", "        "), tabs.replace("\t", "    ")):
        (bios,) = structures(text)
        assert bios.fields["Vendor"] == "V"
        assert bios.lists == {"Characteristics": ["UEFI is supported"]}


@pytest.mark.parametrize(
    ("told", "iso"),
    [
        ("03/14/2016", "2016-03-14"),
        ("03/14/99", "1999-03-14"),
        ("11/21/08", "2008-11-21"),
        ("14/03/2016", "2016-03-14"),
        ("2015/09/30", "2015-09-30"),
        ("2019-06-22T00:00:00Z", "2019-06-22"),
        ("02/30/2016", None),
        ("00/00/0000", None),
        ("N/A", None),
        ("", None),
        (None, None),
    ],
)
def test_dates_of_the_firmware_in_every_form_it_gives_them(told: str | None, iso: str | None) -> None:
    assert iso_date(told) == iso


@settings(deadline=None)
@given(st.text(alphabet="0123456789/-TZ: ", max_size=14))
def test_any_date_is_an_iso_date_or_none(told: str) -> None:
    found = iso_date(told)
    assert found is None or len(found) == 10


@pytest.mark.parametrize(
    ("sysfs", "dmidecode", "expected"),
    [
        ({"class/tpm/tpm0/tpm_version_major": "2"}, "", (True, "2.0")),
        ({"class/tpm/tpm0/tpm_version_major": "1"}, "", (True, "1.2")),
        ({"class/tpm/tpm0/device/caps": "Manufacturer: 0x1\nTCG version: 1.2\nFirmware: 3.17"}, "", (True, "1.2")),
        ({"class/tpm/tpm0/device": "devices/x"}, "", (True, None)),
        ({}, structure(43, "Specification Version: 2.0"), (True, "2.0")),
        ({"firmware/acpi/tables/TCPA": ""}, "", (True, "1.2")),
        ({"class/tpm": ""}, "", (False, None)),
        ({}, "", (None, None)),
    ],
)  # fmt: skip
def test_a_tpm_is_known_by_the_kernel_the_table_or_the_firmware(
    sysfs: dict[str, str], dmidecode: str, expected: tuple[bool | None, str | None]
) -> None:
    found = firmware(dmidecode, sysfs, {})
    assert (found.has_tpm, found.tpm_version) == expected


def test_nothing_told_of_the_firmware_is_unknown_and_not_no() -> None:
    assert firmware(None, {}, {}) == Firmware()


def test_a_password_that_is_not_set_and_settings_that_are_off_are_no_locks() -> None:
    text = structure(24, "Power-On Password Status: Disabled", "Administrator Password Status: Unknown")
    text += structure(130, "Header and Data:", "\t82 14 34 00 24 41 4D 54 01 00 00 00 01 A5 FF 04")
    root = "class/firmware-attributes/x"
    off = {
        f"{root}/authentication/Admin/is_enabled": "0",
        f"{root}/attributes/ComputraceModuleActivation/current_value": "Disable",
        f"{root}/attributes/AbsolutePermanentDisable/current_value": "Enabled",
    }
    assert firmware(text, off, {}).locks == ()


@pytest.mark.parametrize(
    ("value", "locks"),
    [
        ("Enable", ("computrace_module",)),
        ("Enabled", ("computrace_module",)),
        ("Activated", ("computrace_active",)),
        ("Disable", ()),
        ("PermanentlyDisable", ()),
    ],
)
def test_theft_tracking_that_may_be_activated_is_not_called_active(value: str, locks: tuple[str, ...]) -> None:
    module = structure(150, "Strings:", "\tABSOLUTE(PHOENIX) CLM")
    told = {"class/firmware-attributes/thinklmi/attributes/ComputraceModuleActivation/current_value": value}
    assert firmware(module, told, {}).locks == locks
    assert firmware(module, {}, {}).locks == ("computrace_module",)


def connector(outside: str, kind: str, port: str, inside: str = "Not Specified", number: int = 1) -> str:
    return structure(
        8,
        f"Internal Reference Designator: {inside}",
        f"External Reference Designator: {outside}",
        f"External Connector Type: {kind}",
        f"Port Type: {port}",
        handle=f"0x{number:04X}",
    )


USB, OTHER = "Access Bus (USB)", "Other"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ((("USB 3.1 Type-C", USB, "USB"),), {"USB-C": 1}),
        ((("USB12", USB, "USB"), ("USB34", USB, "USB")), {"USB": 4}),
        ((("USB3_12", USB, "USB"),), {"USB": 2}),
        ((("USB1", USB, "USB"), ("USB2", USB, "USB"), ("USB12", USB, "USB")), {"USB": 3}),
        ((("USB 11", USB, "USB"), ("USB 12", USB, "USB")), {"USB": 2}),
        ((("USB 3.0 5/6", USB, "USB"),), {"USB": 2}),
        ((("Rear USB 3.0", USB, "USB"),), {"USB": 1}),
        ((("Mini DisplayPort", OTHER, "Video Port"),), {"Mini DisplayPort": 1}),
        ((("DP2", OTHER, "Video Port"),), {"DisplayPort": 1}),
        ((("DP port DVI port", OTHER, "Video Port"),), {"DVI": 1, "DisplayPort": 1}),
        ((("Video", "DB-15 female", "Video Port"),), {"VGA": 1}),
        ((("LAN1", "RJ-45", "Network Port"), ("Modem", "RJ-11", "Modem Port")), {"Ethernet": 1, "Modem": 1}),
        ((("SATA Port 0 Direct Connect", "SAS/SATA Plug Receptacle", "SATA"),), {}),
        ((("eSATA Port 4", "SAS/SATA Plug Receptacle", "SATA"),), {"eSATA": 1}),
        ((("AC IN", OTHER, OTHER), ("Touch pad", "PS/2", "Mouse Port"), ("LCD_CON", OTHER, OTHER)), {}),
        ((("COM1", "9 Pin Dual Inline (pin 10 cut)", OTHER),), {}),
        ((("USB1", "None", "USB"),), {}),
    ],
)  # fmt: skip
def test_connectors_by_the_words_that_firmware_writers_use(
    told: tuple[tuple[str, str, str], ...], expected: dict[str, int]
) -> None:
    text = "".join(connector(*row, number=number) for number, row in enumerate(told))
    assert {port.kind: port.count for port in ports(text, "desktop")} == expected


def test_a_laptops_keyboard_is_no_port_and_its_usb_c_ports_are_counted_by_the_kernel() -> None:
    text = connector("Keyboard", "PS/2", "Keyboard Port")
    assert ports(text, "laptop") == ()
    (usb_c,) = ports(
        None, "laptop", {"class/typec/port0": "", "class/typec/port1": "", "class/typec/port0-partner": ""}
    )
    assert (usb_c.kind, usb_c.count) == ("USB-C", 2)


@pytest.mark.parametrize("inside", ["J1A1", "J2A2B", "J1504", "Internal Connector 3"])
def test_the_table_of_a_reference_board_is_not_this_machines(inside: str) -> None:
    text = connector("HDMI", OTHER, "Video Port") + connector("USB1", USB, "USB", inside, number=2)
    assert ports(text, "desktop") == ()


def an_edid(**changes: int) -> bytes:
    """A 1920 × 1080 panel of 309 × 174 mm, made in 2016; ``b54=0`` changes byte 54. The checksum is made right."""
    edid = bytearray(128)
    edid[:8] = bytes.fromhex("00ffffffffffff00")
    edid[8:10] = (22 << 10 | 2 << 5 | 4).to_bytes(2, "big")
    edid[16], edid[17], edid[21], edid[22] = 12, 26, 31, 17
    edid[54:72] = bytes([0x1D, 0x36, 0x80, 0x18, 0x71, 0x38, 0x1E, 0x40, 0, 0, 0, 0, 0x35, 0xAE, 0x10, 0, 0, 0])
    for name, value in changes.items():
        edid[int(name[1:])] = value
    edid[127] = -sum(edid[:127]) % 256
    return bytes(edid)


def screen(**changes: int) -> Display:
    (one,) = displays({"eDP-1": an_edid(**changes)})
    return one


def test_a_screen_is_measured_in_millimetres_where_they_agree_with_the_centimetres() -> None:
    assert screen().diagonal_tenths_inch == 140
    assert screen(b66=16, b67=9, b68=0).diagonal_tenths_inch == 139
    assert screen(b66=0, b67=0, b68=0).diagonal_tenths_inch == 139


def test_an_aspect_ratio_is_no_size() -> None:
    assert screen(b21=0).diagonal_tenths_inch is None
    assert screen(b21=0, b22=0).diagonal_tenths_inch == 140
    assert screen(b21=0, b22=0, b66=16, b67=9, b68=0).diagonal_tenths_inch is None


def test_a_first_descriptor_that_is_no_timing_has_no_pixels() -> None:
    bare = screen(b54=0, b55=0)
    assert (bare.width_px, bare.height_px, bare.diagonal_tenths_inch) == (None, None, 139)


def test_an_interlaced_timing_gives_half_of_its_lines() -> None:
    assert screen(b71=0x80, b59=0x1C, b61=0x20).height_px == 2 * 540


@pytest.mark.parametrize(("week", "offset", "year"), [(12, 26, 2016), (0xFF, 28, 2018), (0, 0, None), (5, 1, None)])
def test_the_year_counts_from_1990_also_where_it_is_the_models(week: int, offset: int, year: int | None) -> None:
    assert screen(b16=week, b17=offset).year == year


def test_a_broken_checksum_is_a_screen_of_which_nothing_is_believed() -> None:
    edid = bytearray(an_edid())
    edid[17] ^= 1
    assert displays({"eDP-1": bytes(edid)}) == (Display(connector="eDP-1"),)


def test_graphics_are_named_by_lspci_and_without_it_by_their_numbers() -> None:
    sysfs = {
        "bus/pci/devices/0000:01:00.0/class": "0x030200",
        "bus/pci/devices/0000:01:00.0/vendor": "0x10de",
        "bus/pci/devices/0000:01:00.0/device": "0x1d01",
    }
    lspci = (
        '0000:01:00.0 "3D controller [0302]" "NVIDIA Corporation [10de]" "GP108 [GeForce GT 1030] [1d01]" -ra1 "" ""\n'
    )
    assert graphics(sysfs, lspci) == graphics({}, lspci) == ("NVIDIA GeForce GT 1030",)
    assert graphics(sysfs, None) == ("NVIDIA 10de:1d01",)
    assert graphics({}, None) is None
    assert graphics({"bus/pci/devices": ""}, None) == ()


def test_an_address_that_somebody_set_is_not_the_adapters_and_no_interface_is_not_no_network() -> None:
    base = {"class/net/wlan0/device": "devices/platform/x", "class/net/wlan0/phy80211": ""}
    made_up = {**base, "class/net/wlan0/address": "7a:00:00:00:00:01", "class/net/wlan0/addr_assign_type": "3"}
    (without,) = network(made_up, None, {}) or ()
    (with_permanent,) = network(made_up, None, {"wlan0": "02:00:5E:00:00:01"}) or ()
    assert (without.mac, with_permanent.mac) == (None, "02:00:5e:00:00:01")
    assert network({}, None, {}) is None
    assert network({"bus/pci/devices": ""}, None, {}) == ()


@pytest.mark.parametrize(
    ("vendor", "model", "behind"),
    [
        ("DELL", "PERC 6/i", True),
        ("LSI", "MR9260-8i", True),
        ("HP", "LOGICAL VOLUME", True),
        ("IBM", "ServeRAID M5015", True),
        ("ATA", "Samsung SSD 850 PRO", False),
        ("SEAGATE", "ST9300653SS", False),
        ("ATA", "MARVELL Raid VD 0", True),
    ],
)
def test_a_logical_volume_is_known_by_its_name_where_the_driver_is_not(vendor: str, model: str, behind: bool) -> None:
    answer = answers_for(Disk(name="sda", model=model), {"vendor": vendor, "model": model}, {})
    assert (answer is not None) is behind


def test_an_nvme_drive_in_a_usb_box_is_behind_its_bridge_and_on_its_own_port_behind_nothing() -> None:
    for medium in (Medium.NVME, Medium.VIRTUAL, Medium.EMMC, Medium.FLASH):
        assert answers_for(Disk(name="x", medium=medium), {}, {}) is None
    assert answers_for(Disk(name="sda", medium=Medium.NVME, bus="usb"), {}, {}) == "USB bridge"
    box = {"block/sda/device": "devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host0/0:0:0:0"}
    assert answers_for(Disk(name="sda", medium=Medium.NVME), {}, box) == "USB bridge"
