"""Hidden areas by measured sizes: a difference wins over every name, and what cannot be true is unknown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_agent.machine import AreaState, CommandSet, Disk, HiddenAreas, Medium
from intake_agent.probes.disks import disks
from intake_agent.probes.hidden_areas import NO_AREAS, hidden_areas, may_hide
from intake_agent.raw_facts import RawFacts

HPA = "Host Protected Area feature set"
DCO = "Device Configuration Overlay feature set"
AMAC = "unknown 119[8]"
TWO_TERABYTES, SIGN_EXTENDED = 3907029168, 18446744073321613488
LEFT, ABSENT, UNKNOWN = AreaState.LEFT, AreaState.ABSENT, AreaState.UNKNOWN
SATA_PATH = "devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0"
SAS_PATH = "devices/pci0000:00/0000:01:00.0/host0/port-0:0/end_device-0:0/target0:0:0/0:0:0:0"


def identity(*features: str, serial: str = "VOORBEELD-1") -> str:
    listed = "".join(f"\t   *\t{one}\n" for one in features)
    return f"\n/dev/sda:\n\nATA device\n\tSerial Number:      {serial}\nCommands/features:\n{listed}"


def shown(visible: int, native: int, words: str = "HPA is enabled") -> str:
    return f"\n/dev/sda:\n max sectors   = {visible}/{native}, {words}\n"


def real(sectors: int) -> str:
    return f"DCO Revision: 0x0002\n\tReal max sectors: {sectors}\n"


def seen(
    sectors: int,
    *,
    hdparm: str = "",
    hpa: str = "",
    dco: str = "",
    tran: str = "sata",
    where: str = SATA_PATH,
    vendor: str = "ATA",
    smartctl: dict[str, Any] | None = None,
) -> Disk:
    row = {
        "name": "sda", "type": "disk", "size": sectors * 512, "log-sec": 512, "rota": True, "tran": tran,
        "vendor": vendor, "model": "VOORBEELD HD1000", "serial": "VOORBEELD-1",
    }  # fmt: skip
    facts = RawFacts(
        lsblk=json.dumps({"blockdevices": [row]}),
        smartctl={"sda": json.dumps(smartctl)} if smartctl else {},
        hdparm={"sda": hdparm},
        hpa={"sda": hpa},
        dco={"sda": dco},
        sysfs={"block/sda/device": where},
    )
    (disk,) = disks(facts)
    return disk


def test_sizes_that_differ_are_a_hidden_area_though_the_drive_names_another_feature() -> None:
    """nwipe PR 462: ACS-3 drives have Accessible Max Address in the place of the HPA feature set."""
    words = "ACCESSIBLE MAX ADDRESS enabled\nPower cycle your device after every ACCESSIBLE MAX ADDRESS"
    disk = seen(1953115568, hdparm=identity(AMAC), hpa=shown(1953115568, 1953525168, words))
    assert disk.hidden_areas == HiddenAreas(hpa=LEFT, hpa_sectors=409600, dco=ABSENT)


def test_sizes_that_differ_are_a_hidden_area_though_the_drive_names_no_feature_at_all() -> None:
    found = hidden_areas(identity(), shown(900, 1000), real(1500))
    assert found == HiddenAreas(hpa=LEFT, hpa_sectors=100, dco=LEFT, dco_sectors=500)


def test_a_missing_name_is_absent_where_the_figures_are_equal_or_there_are_none() -> None:
    assert hidden_areas(identity(), "", "").hpa is ABSENT
    assert hidden_areas(identity(), shown(1000, 1000), real(1000)) == HiddenAreas(hpa=ABSENT, dco=ABSENT)


def test_a_drive_with_accessible_max_address_that_tells_no_sizes_is_unknown() -> None:
    assert hidden_areas(identity(AMAC), "", "").hpa is UNKNOWN


def test_a_sata_drive_behind_a_sas_host_adapter_keeps_its_area() -> None:
    """nwipe PR 605."""
    disk = seen(
        1951477168,
        hdparm=identity(HPA, DCO),
        hpa=shown(1951477168, 1953525168),
        tran="sas",
        where=SAS_PATH,
        smartctl={"device": {"type": "sat", "protocol": "ATA"}, "serial_number": "VOORBEELD-1"},
    )
    assert disk.hidden_areas == HiddenAreas(hpa=LEFT, hpa_sectors=2048000, dco=UNKNOWN)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"vendor": "", "smartctl": {"device": {"protocol": "ATA"}}}, (CommandSet.ATA, UNKNOWN)),
        ({"vendor": "ATA     "}, (CommandSet.ATA, UNKNOWN)),
        ({"vendor": "", "hdparm": identity(HPA, DCO)}, (CommandSet.ATA, UNKNOWN)),
        ({"vendor": "", "hdparm": identity(HPA, DCO, serial="ANDERE-2")}, (None, UNKNOWN)),
        ({"vendor": ""}, (None, UNKNOWN)),
        ({"vendor": "SEAGATE"}, (CommandSet.SCSI, AreaState.NOT_APPLICABLE)),
        ({"vendor": "", "smartctl": {"device": {"protocol": "SCSI"}}}, (CommandSet.SCSI, AreaState.NOT_APPLICABLE)),
    ],
)
def test_what_a_drive_on_a_sas_port_says_of_itself_decides_and_silence_is_unknown(
    facts: dict[str, Any], expected: tuple[CommandSet | None, AreaState]
) -> None:
    disk = seen(1953525168, tran="sas", where=SAS_PATH, **facts)
    assert (disk.command_set, disk.hidden_areas.hpa) == expected
    assert may_hide(disk) is (expected[1] is UNKNOWN)


def test_a_raid_volume_and_a_usb_bridge_have_none_unless_the_drive_itself_names_more_than_they_show() -> None:
    volume = seen(1953525168, tran="sas", where=SAS_PATH, vendor="DELL", smartctl={"device": {"protocol": "SCSI"}})
    assert volume.hidden_areas == NO_AREAS
    usb = {"tran": "usb", "vendor": "WD", "where": "devices/pci0000:00/0000:00:14.0/usb1/1-1/host1/target1:0:0/1:0:0:0"}
    assert seen(1953525168, **usb).hidden_areas == NO_AREAS
    told = {"device": {"protocol": "ATA"}, "user_capacity": {"bytes": 1953525168 * 512}}
    assert seen(1953525168, **usb, smartctl=told).hidden_areas == NO_AREAS
    hidden = seen(1953525168 - 2048, **usb, smartctl=told).hidden_areas
    assert (hidden.hpa, hidden.hpa_sectors) == (LEFT, 2048)


@pytest.mark.parametrize("sectors", [2930277168, 3907029168, 7814037168])
def test_a_sign_extended_count_is_impossible_and_leaves_the_overlay_unknown(sectors: int) -> None:
    """nwipe issue 444: hdparm 9.43 to 9.61 on every disk whose count has bit 31 set."""
    extended = (sectors & 0xFFFFFFFF) | 0xFFFFFFFF00000000
    disk = seen(sectors, hdparm=identity(HPA, DCO), hpa=shown(sectors, sectors), dco=real(extended))
    assert disk.hidden_areas == HiddenAreas(hpa=ABSENT, dco=UNKNOWN)


@pytest.mark.parametrize(
    "max_sectors",
    [
        shown(TWO_TERABYTES, 14715056, f"({SIGN_EXTENDED}?), HPA setting seems invalid (buggy kernel device driver?)"),
        shown(TWO_TERABYTES, SIGN_EXTENDED),
        shown(0, 1),
        shown(TWO_TERABYTES, 2**48),
        shown(1953525168, 1953525168, "HPA is disabled"),
        shown(TWO_TERABYTES, int("9" * 400)),
    ],
)
def test_sizes_that_cannot_be_true_void_the_comparison_whatever_features_are_named(max_sectors: str) -> None:
    for features in ((), (HPA, DCO), (AMAC,)):
        disk = seen(TWO_TERABYTES, hdparm=identity(*features), hpa=max_sectors, dco=real(SIGN_EXTENDED))
        assert disk.hidden_areas == HiddenAreas(hpa=UNKNOWN, dco=UNKNOWN)


def test_what_the_system_does_not_show_is_hidden_though_the_drive_shows_it() -> None:
    """After a hidden area was opened the kernel may keep the old size: the rest would not be wiped."""
    disk = seen(900, hdparm=identity(HPA, DCO), hpa=shown(1000, 1000, "HPA is disabled"), dco=real(1000))
    assert disk.hidden_areas == HiddenAreas(hpa=LEFT, hpa_sectors=100, dco=ABSENT)


def test_a_drive_that_names_another_size_than_the_system_shows_is_doubted() -> None:
    disk = seen(1000, hdparm=identity(), smartctl={"user_capacity": {"bytes": 1100 * 512}})
    assert disk.hidden_areas.hpa is UNKNOWN


def test_another_drives_answer_says_nothing_of_this_one() -> None:
    told = identity(serial="ANDERE-2")
    assert seen(1000, hdparm=told).hidden_areas == HiddenAreas(hpa=UNKNOWN, dco=UNKNOWN)


def test_a_logical_block_of_4096_bytes_is_counted_in_those() -> None:
    row = {"name": "sda", "type": "disk", "size": 900 * 4096, "log-sec": 4096, "rota": True, "tran": "sata"}
    facts = RawFacts(
        lsblk=json.dumps({"blockdevices": [row]}), hdparm={"sda": identity(HPA)}, hpa={"sda": shown(900, 1000)}
    )
    (disk,) = disks(facts)
    assert (disk.hidden_areas.hpa, disk.hidden_areas.hpa_sectors) == (LEFT, 100)


@given(
    st.sampled_from([(), (HPA,), (DCO,), (HPA, DCO), (AMAC,)]),
    *[st.sampled_from([0, 1, 900, 1000, 1100, 2**41, 2**41 + 1, SIGN_EXTENDED]) | st.integers(0, 2**70)] * 3,
    st.none() | st.sampled_from([1, 900, 1000, 1100, 2**42]),
)
def test_absent_is_never_said_where_a_figure_speaks_against_it(
    features: tuple[str, ...], visible: int, native: int, whole: int, kernel: int | None
) -> None:
    found = hidden_areas(identity(*features), shown(visible, native), real(whole), kernel)
    if found.hpa is ABSENT:
        assert visible == native and kernel in {None, native}
    if found.dco is ABSENT:
        assert native == whole
    for sectors in (found.hpa_sectors, found.dco_sectors):
        assert sectors is None or 0 < sectors <= 2**41


def namespaces(smartctl: dict[str, Any], *sizes: int, nvme: dict[str, Any] | None = None) -> list[int | None]:
    names = [f"nvme0n{number}" for number in range(1, len(sizes) + 1)]
    rows = [
        {"name": name, "type": "disk", "size": size, "tran": "nvme", "serial": "N-1"}
        for name, size in zip(names, sizes, strict=True)
    ]
    facts = RawFacts(
        lsblk=json.dumps({"blockdevices": rows}),
        smartctl={"nvme0": json.dumps(smartctl)},
        nvme={"nvme0": json.dumps(nvme or {})},
    )
    return [disk.unallocated_bytes for disk in disks(facts)]


def test_what_an_nvme_drive_holds_in_no_namespace_that_is_shown_is_seen() -> None:
    whole = 512110190592
    assert namespaces({"nvme_total_capacity": whole, "nvme_unallocated_capacity": 0}, whole) == [0]
    assert namespaces({"nvme_total_capacity": whole}, whole // 2, whole // 2) == [0, 0]
    assert namespaces({"nvme_total_capacity": whole, "nvme_unallocated_capacity": 0}, whole // 4) == [whole * 3 // 4]
    assert namespaces({}, whole, nvme={"tnvmcap": whole * 2, "unvmcap": whole}) == [whole]
    assert namespaces({}, whole, nvme={"tnvmcap": 0, "unvmcap": 0}) == [0]
    assert namespaces({}, whole) == [None]
    assert namespaces({"nvme_total_capacity": 2**63 - 1}, whole) == [None]


def test_only_a_disk_or_ssd_can_have_such_areas() -> None:
    assert not may_hide(Disk(name="nvme0n1", medium=Medium.NVME, bus="nvme"))
    assert not may_hide(Disk(name="vda", medium=Medium.VIRTUAL, bus="virtio"))
