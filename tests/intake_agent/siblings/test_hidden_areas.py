"""Captures of the kinds that failed once, with hidden areas: as hdparm's releases print them, on every port.

The shapes are those of ``hdparm.c`` 9.27 to 9.65 and of the reports in nwipe issues 444, 462 and 605.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from intake_agent.inspection import examine
from intake_agent.raw_facts import RawFacts
from intake_agent.wiping.plan import plan

Captured = Callable[[Mapping[str, Any]], RawFacts]

TB1, TB1_5, TB2, TB3, TB4 = 1953525168, 2930277168, 3907029168, 5860533168, 7814037168
SMALL, LBA28 = 78165360, 268435455
SATA_PATH = "devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0"
SAS_PATH = "devices/pci0000:00/0000:00:01.0/0000:01:00.0/host0/port-0:0/end_device-0:0/target0:0:0/0:0:0:0"
NO_SENSE = "SG_IO: bad/missing sense data, sb[]:  70 00 05 00 00 00 00 0a 00 00 00 00 20 00 00 00"
REFUSED = f"\n/dev/sda:\n{NO_SENSE}\n"
HPA, DCO = "Host Protected Area feature set", "Device Configuration Overlay feature set"
AMAC = "unknown 119[8]"
NO_DCO = f"\n/dev/sda:\n{NO_SENSE}\nDCO_IDENTIFY failed: Input/output error\n"


def extended(sectors: int) -> int:
    """A count with bit 31 set as hdparm 9.43 to 9.61 prints it."""
    return sectors | 0xFFFFFFFF00000000 if sectors & 1 << 31 else sectors


def says_max(words: str) -> str:
    return f"\n/dev/sda:\n max sectors   = {words}\n"


def says_real(sectors: int, before: str = "DCO Revision: 0x0002\n") -> str:
    words = "The following features can be selectively disabled via DCO:"
    return f"\n/dev/sda:\n{before}{words}\n\tReal max sectors: {sectors}\n"


def identify(*features: str, sectors: int = TB1, serial: str = "VB-1") -> str:
    return (
        "\n/dev/sda:\n\nATA device, with non-removable media\n"
        f"\tModel Number:       VOORBEELD\n\tSerial Number:      {serial}\n\tFirmware Revision:  1\n"
        "Configuration:\n\tLogical\t\tmax\tcurrent\n\tcylinders\t16383\t16383\n\t--\n"
        f"\tCHS current addressable sectors:    16514064\n\tLBA    user addressable sectors:   {min(sectors, LBA28)}\n"
        f"\tLBA48  user addressable sectors:  {sectors}\n\tLogical  Sector size:                   512 bytes\n"
        "Commands/features:\n\tEnabled\tSupported:\n\t   *\tSMART feature set\n"
        "\t   *\t48-bit Address feature set\n" + "".join(f"\t   *\t{name}\n" for name in features)
        + "Security: \n\t\tsupported\n\tnot\tenabled\n\tnot\tlocked\n\t\tfrozen\n"
    )  # fmt: skip


def capture(
    sectors: int = TB1, *, hpa: str | None = None, dco: str | None = NO_DCO, features: tuple[str, ...] = (),
    row: Mapping[str, Any] | None = None, **files: Any,
) -> dict[str, Any]:  # fmt: skip
    listed = {
        "name": "sda", "kname": "sda", "type": "disk", "size": sectors * 512, "log-sec": 512, "rm": False,
        "rota": True, "tran": "sata", "vendor": "ATA     ", "model": "VOORBEELD", "serial": "VB-1", **(row or {}),
    }  # fmt: skip
    told: dict[str, Any] = {
        "lsblk.json": {"blockdevices": [listed]},
        "sysfs.json": {"block/sda/device": SATA_PATH},
        "hdparm-sda.txt": identify(*features, sectors=sectors),
        "hpa-sda.txt": hpa,
        "dco-sda.txt": dco,
        **{name.replace("__", "-").replace("_", "."): content for name, content in files.items()},
    }
    return {name: content for name, content in told.items() if content is not None}


def areas(facts: RawFacts) -> tuple[str, int | None, str, int | None]:
    (disk,) = examine(facts).disks
    plan(disk)
    found = disk.hidden_areas
    return found.hpa.value, found.hpa_sectors, found.dco.value, found.dco_sectors


CUT = TB1 - 2048
INVALID, BUGGY = "HPA setting seems invalid", "HPA setting seems invalid (buggy kernel device driver?)"
NO_NATIVE = "\n/dev/sda:\n READ_NATIVE_MAX_ADDRESS_EXT failed: Input/output error\n"
NO_IDENTITY = "\n/dev/sda:\n HDIO_DRIVE_CMD(identify) failed: Invalid argument\n"
AMAC_12TB = (
    says_max("23437770752/23437770752, ACCESSIBLE MAX ADDRESS disabled")
    + "Power cycle your device after every ACCESSIBLE MAX ADDRESS\n"
)
BOTH_EXTENDED = f"{extended(TB1_5)}/{extended(TB1_5)}, HPA is disabled"


@pytest.mark.parametrize(
    ("shown", "told", "features", "expected"),
    [
        # every size that names a hidden end, by whatever name the drive lists
        (CUT, f"{CUT}/{TB1}, HPA is enabled", (HPA,), ("left", 2048)),
        (CUT, f"{CUT}/{TB1}, ACCESSIBLE MAX ADDRESS enabled", (AMAC,), ("left", 2048)),
        (CUT, f"{CUT}/{TB1}, accessible max address enabled", (AMAC,), ("left", 2048)),
        (CUT, f"{CUT}/{TB1}, HPA is disabled", (), ("left", 2048)),
        (CUT, f"{CUT}/{TB1}", (HPA,), ("left", 2048)),
        (CUT, f"/dev/sda:\n\n max sectors   ={CUT}/{TB1}, HPA is enabled", (), ("left", 2048)),
        (TB1 - 1, f"{TB1 - 1}/{TB1}, HPA is enabled", (), ("left", 1)),
        (66055248, f"66055248/{SMALL}, HPA is enabled", (HPA,), ("left", SMALL - 66055248)),
        (TB3 - 4096, f"{TB3 - 4096}/{TB3}, HPA is enabled", (HPA,), ("left", 4096)),
        (TB1_5 - 8, f"{TB1_5 - 8}/{TB1_5}, HPA is enabled", (HPA,), ("left", 8)),
        (LBA28, f"{LBA28}/{TB1}, HPA is enabled", (HPA,), ("left", TB1 - LBA28)),
        # whole
        (TB1, f"{TB1}/{TB1}, HPA is disabled", (HPA,), ("absent", None)),
        (TB1, f"{TB1}/{TB1}, ACCESSIBLE MAX ADDRESS disabled", (AMAC,), ("absent", None)),
        (TB4, f"{TB4}/{TB4}, HPA is disabled", (HPA,), ("absent", None)),
        (TB1, f"{TB1}/{TB1}, HPA is disabled", (), ("absent", None)),
        (TB1, REFUSED, (), ("absent", None)),
        (TB1, NO_NATIVE, (), ("absent", None)),
        (TB1, f"{REFUSED} max sectors   = {TB1}/1({TB1}?), {INVALID}\n", (), ("absent", None)),
        (TB1, f"{REFUSED} max sectors   = {TB1}/{TB1}, HPA is disabled\n", (), ("absent", None)),
        (23437770752, AMAC_12TB, (AMAC,), ("absent", None)),
        (TB1, None, (), ("absent", None)),
        # nobody can tell
        (TB1, None, (HPA,), ("unknown", None)),
        (TB1, None, (AMAC,), ("unknown", None)),
        (TB1, None, ("Accessible Max Address Configuration feature set",), ("unknown", None)),
        (TB1, REFUSED, (HPA,), ("unknown", None)),
        (TB1, NO_NATIVE, (HPA,), ("unknown", None)),
        (TB1, NO_IDENTITY, (HPA,), ("unknown", None)),
        (TB1, f"{TB1}/1, {INVALID}", (HPA,), ("unknown", None)),
        (TB1, f"{TB1}/0, {INVALID}", (HPA,), ("unknown", None)),
        (TB1, "0/0, HPA is disabled", (HPA,), ("unknown", None)),
        (TB1, "1/1, HPA is disabled", (HPA,), ("unknown", None)),
        (TB1, "1/1, ACCESSIBLE MAX ADDRESS disabled", (AMAC,), ("unknown", None)),
        (976773168, f"976773168/5363168(976773168?), {BUGGY}", (HPA,), ("unknown", None)),
        (TB1, f"{TB1}/14715056(18446744073321613488?), {BUGGY}", (HPA,), ("unknown", None)),
        (TB1_5, BOTH_EXTENDED, (HPA,), ("unknown", None)),
        (TB2, f"{TB2}/{extended(TB2)}, HPA is enabled", (HPA,), ("unknown", None)),
        (TB1, f"18446744072344861488/{TB1}, HPA is enabled", (HPA,), ("unknown", None)),
        (TB1, f"{LBA28}/{LBA28}, HPA is disabled", (HPA,), ("unknown", None)),
        (CUT, f"{REFUSED} max sectors   = {CUT}/{TB1}, HPA is enabled\n", (HPA,), ("unknown", None)),
        (CUT, f"{REFUSED} max sectors   = {CUT}/{TB1}, HPA is enabled\n", (), ("unknown", None)),
    ],
)
def test_what_hides_the_end_of_a_sata_drive(
    captured: Captured, shown: int, told: str | None, features: tuple[str, ...], expected: tuple[str, int | None]
) -> None:
    answer = told if told is None or "/dev/sda" in told else says_max(told)
    assert areas(captured(capture(shown, hpa=answer, features=features)))[:2] == expected


@pytest.mark.parametrize(("size", "dco"), [(TB1_5, "unknown"), (TB2, "unknown"), (TB3, "absent"), (TB4, "unknown")])
def test_a_sign_extended_overlay_is_no_overlay(captured: Captured, size: int, dco: str) -> None:
    sizes = says_max(f"{size}/{size}, HPA is disabled")
    told = capture(size, hpa=sizes, dco=says_real(extended(size)), features=(HPA, DCO))
    assert areas(captured(told)) == ("absent", None, dco, None)


@pytest.mark.parametrize(
    ("dco", "features", "expected"),
    [
        (says_real(TB1), (HPA, DCO), ("absent", None)),
        (says_real(TB1 + 4096), (HPA, DCO), ("left", 4096)),
        (says_real(TB1 + 4096), (HPA,), ("left", 4096)),
        (says_real(TB1 + 4096, "DCO Checksum verified.\nDCO Revision: 0x0001\n"), (HPA, DCO), ("left", 4096)),
        (says_real(1), (HPA, DCO), ("unknown", None)),
        (says_real(0), (HPA, DCO), ("unknown", None)),
        (says_real(TB1 - 1), (HPA, DCO), ("unknown", None)),
        (says_real(LBA28), (HPA, DCO), ("unknown", None)),
        (says_real(2**48), (HPA, DCO), ("unknown", None)),
        (says_real(extended(TB2)), (HPA,), ("unknown", None)),
        (None, (HPA, DCO), ("unknown", None)),
        (None, (HPA,), ("absent", None)),
        (NO_DCO, (HPA, DCO), ("unknown", None)),
        (NO_DCO, (HPA,), ("absent", None)),
        (f"{REFUSED}DCO Revision: 0x0000 -- unknown\n\tReal max sectors: 1\n", (HPA,), ("absent", None)),
        (f"{REFUSED}\tReal max sectors: {TB1 + 9}\n", (HPA,), ("unknown", None)),
        ("\n/dev/sda:\nDCO_IDENTIFY failed: Invalid argument\n", (HPA, DCO), ("unknown", None)),
    ],
)  # fmt: skip
def test_what_an_overlay_hides(
    captured: Captured, dco: str | None, features: tuple[str, ...], expected: tuple[str, int | None]
) -> None:
    told = capture(hpa=says_max(f"{TB1}/{TB1}, HPA is disabled"), dco=dco, features=features)
    assert areas(captured(told))[2:] == expected


def test_both_areas_of_one_drive(captured: Captured) -> None:
    sizes = says_max(f"{TB1 - 4096}/{TB1 - 2048}, HPA is enabled")
    told = capture(TB1 - 4096, hpa=sizes, dco=says_real(TB1), features=(HPA, DCO))
    assert areas(captured(told)) == ("left", 2048, "left", 2048)


def smartctl(protocol: str | None = "ATA", sectors: int = TB1, **more: Any) -> dict[str, Any]:
    device = {"name": "/dev/sda", "type": "sat" if protocol == "ATA" else "scsi"}
    return {
        "smartctl": {"version": [7, 3]}, "device": device | ({"protocol": protocol} if protocol else {}),
        "serial_number": "VB-1", "rotation_rate": 7200, "user_capacity": {"bytes": sectors * 512},
        "smart_status": {"passed": True}, **more,
    }  # fmt: skip


SAS_TREE = {
    "block/sda/device": SAS_PATH,
    "bus/pci/devices/0000:01:00.0/class": "0x010700",
    "bus/pci/devices/0000:01:00.0/driver": "bus/pci/drivers/mpt3sas",
}
SAS: dict[str, Any] = {"sysfs_json": SAS_TREE, "row": {"tran": "sas"}, "dco": None, "hdparm__sda_txt": None}
REAL_SAS: dict[str, Any] = {**SAS, "row": {"tran": "sas", "vendor": "SEAGATE ", "model": "ST600MM0006"}}
NO_VENDOR = {"tran": "sas", "vendor": None}
JBOD_TREE = {
    "block/sda/device": "devices/pci0000:00/0000:00:01.0/0000:01:00.0/host0/target0:0:5/0:0:5:0",
    "bus/pci/devices/0000:01:00.0/class": "0x010400",
    "bus/pci/devices/0000:01:00.0/driver": "bus/pci/drivers/megaraid_sas",
}


@pytest.mark.parametrize(
    ("told", "hpa"),
    [
        (capture(**SAS, smartctl__sda_json=smartctl()), "unknown"),
        (capture(**SAS), "unknown"),
        (capture(**{**SAS, "row": NO_VENDOR}, smartctl__sda_json=smartctl()), "unknown"),
        (capture(**{**SAS, "row": NO_VENDOR}), "unknown"),
        (capture(**{**SAS, "row": NO_VENDOR}, smartctl__sda_json=smartctl("SCSI", scsi_vendor="ATA")), "unknown"),
        (capture(**{**SAS, "row": NO_VENDOR}, smartctl__sda_json=smartctl("SCSI", scsi_vendor="ATA     ")), "unknown"),
        (capture(**{**SAS, "row": {"tran": None}}), "unknown"),
        (capture(**{**SAS, "row": {"tran": None}, "sysfs_json": JBOD_TREE}), "unknown"),
        (capture(**{**SAS, "row": {"tran": "scsi"}}, smartctl__sda_json=smartctl()), "unknown"),
        (capture(**{**SAS, "hdparm__sda_txt": REFUSED}, hpa=REFUSED), "unknown"),
        (capture(**{**SAS, "hdparm__sda_txt": identify(HPA)}, hpa=says_max(f"{TB1}/{TB1}, HPA is disabled")), "absent"),
        (capture(CUT, **SAS, hpa=says_max(f"{CUT}/{TB1}, HPA is enabled"), smartctl__sda_json=smartctl()), "left"),
        (capture(CUT, **SAS, hpa=says_max(f"{CUT}/{TB1}, ACCESSIBLE MAX ADDRESS enabled")), "left"),
        (capture(**REAL_SAS, smartctl__sda_json=smartctl("SCSI", scsi_vendor="SEAGATE")), "not_applicable"),
        (capture(**REAL_SAS), "not_applicable"),
        (capture(**REAL_SAS, smartctl__sda_json=smartctl("SCSI"), hpa=REFUSED), "not_applicable"),
        (capture(**{**REAL_SAS, "hdparm__sda_txt": REFUSED}, smartctl__sda_json=smartctl("SCSI")), "not_applicable"),
    ],
)  # fmt: skip
def test_a_sas_port_does_not_say_what_the_drive_is(captured: Captured, told: Mapping[str, Any], hpa: str) -> None:
    facts = captured(told)
    assert areas(facts)[0] == hpa
    remarks = " ".join(plan(examine(facts).disks[0]).remarks)
    assert ("Sluit de schijf rechtstreeks aan" in remarks) is (areas(facts)[2] == "unknown")
    assert ("verborgen gebied" in remarks) is (hpa in {"unknown", "left"})


USB: dict[str, Any] = {
    "row": {"tran": "usb", "vendor": "JMicron "}, "dco": None, "hdparm__sda_txt": None,
    "sysfs_json": {"block/sda/device": "devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:0"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("told", "hpa"),
    [
        (capture(**USB), "not_applicable"),
        (capture(**USB, smartctl__sda_json=smartctl()), "not_applicable"),
        (capture(**USB, hpa=f"{REFUSED} max sectors   = {TB1}/1({TB1}?), {INVALID}\n"), "not_applicable"),
        (capture(CUT, **USB, hpa=says_max(f"{CUT}/{TB1}, HPA is enabled")), "left"),
        (capture(CUT, **USB, smartctl__sda_json=smartctl()), "left"),
    ],
)  # fmt: skip
def test_a_usb_bridge_answers_for_itself_unless_a_figure_says_more(
    captured: Captured, told: Mapping[str, Any], hpa: str
) -> None:
    assert areas(captured(told))[0] == hpa


def test_a_drive_that_identifies_itself_as_larger_than_it_is_shown_is_never_whole(captured: Captured) -> None:
    told = capture(LBA28, hpa=says_max(f"{LBA28}/{LBA28}, HPA is disabled"), features=(HPA,))
    told["hdparm-sda.txt"] = identify(HPA, sectors=TB1)
    assert areas(captured(told))[0] == "unknown"
    del told["hpa-sda.txt"]
    told["hdparm-sda.txt"] = identify(sectors=TB1)
    assert areas(captured(told))[0] != "absent"
