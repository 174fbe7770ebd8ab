"""Captures of the kinds that failed once: what feeds a machine, how much memory it has, and what kind it is.

Supplies as ``/sys/class/power_supply`` of laptops, Chromebooks and desktops with what is held in a hand; memory as
``dmidecode`` and ``/proc/meminfo`` tell it of coreboot, of dead modules, and of graphics that take their share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from intake_agent.inspection import examine
from intake_agent.machine import Machine
from intake_agent.probes.battery import is_on_battery, power_remark
from intake_agent.raw_facts import RawFacts

Captured = Callable[[Mapping[str, Any]], RawFacts]
Supply = Mapping[str, str]


def supplies(**told: Supply) -> dict[str, str]:
    return {f"power_supply/{name}/{file}": f"{text}\n" for name, facts in told.items() for file, text in facts.items()}


def held(scope: str = "Device", **more: str) -> dict[str, str]:
    return {"type": "Battery", "scope": scope, "status": "Discharging", "present": "1", "model_name": "MX", **more}


def battery(status: str, **more: str) -> dict[str, str]:
    return {"type": "Battery", "status": status, "present": "1", "energy_full_design": "50000000",
            "energy_full": "43000000", "voltage_now": "11500000", "technology": "Li-ion", **more}  # fmt: skip


AC1, AC0 = {"type": "Mains", "online": "1"}, {"type": "Mains", "online": "0"}
PD1, PD0 = {"type": "USB", "online": "1", "scope": "System"}, {"type": "USB", "online": "0", "scope": "System"}
OUT = battery("Discharging")


@pytest.mark.parametrize(
    ("told", "on_battery", "names"),
    [
        # a desktop and what lies on its table
        ({}, False, []),
        ({"hidpp_battery_0": held(online="1")}, False, []),
        ({"hidpp_battery_0": held(), "hidpp_battery_1": held(status="Full")}, False, []),
        ({"hid-dc:2c:26:0a:1b:2c-battery": held(capacity="61")}, False, []),
        ({"hid-0018:04F3:2A1C.0001-battery": held(status="Unknown")}, False, []),
        ({"wacom_battery_0": held(), "wacom_ac_0": {"type": "Mains", "scope": "Device", "online": "0"}}, False, []),
        ({"ps-controller-battery-aa:bb:cc:dd:ee:ff": held(status="Charging")}, False, []),
        ({"apple_mfi_fastcharge_0": {"type": "Battery", "scope": "device", "status": "Discharging"}}, False, []),
        ({"AC0": AC1, "hidpp_battery_0": held()}, False, []),
        ({"PCHG0": held(), "ucsi-source-psy-USBC000:001": PD0}, False, []),
        # laptops on mains
        ({"AC": AC1, "BAT0": battery("Charging")}, False, ["BAT0"]),
        ({"ACAD": AC1, "BAT1": battery("Full")}, False, ["BAT1"]),
        ({"ADP1": AC1, "BAT0": battery("Not charging")}, False, ["BAT0"]),
        ({"ADP0": AC1, "BAT0": battery("Unknown")}, False, ["BAT0"]),
        ({"AC": AC1, "BAT0": OUT}, False, ["BAT0"]),
        ({"AC": AC1, "BAT0": OUT, "BAT1": battery("Charging")}, False, ["BAT0", "BAT1"]),
        ({"AC": AC1, "ucsi-source-psy-USBC000:001": PD0, "BAT0": battery("Full")}, False, ["BAT0"]),
        ({"AC": AC0, "ucsi-source-psy-USBC000:001": PD1, "BAT0": battery("Charging")}, False, ["BAT0"]),
        ({"ucsi-source-psy-USBC000:001": PD0, "ucsi-source-psy-USBC000:002": PD1, "BAT0": battery("Full")}, False,
         ["BAT0"]),
        ({"CROS_USBPD_CHARGER0": PD0, "CROS_USBPD_CHARGER1": PD1, "sbs-9-000b": battery("Charging")}, False,
         ["sbs-9-000b"]),
        ({"AC": AC1, "BAT0": battery("Full"), "hidpp_battery_0": held()}, False, ["BAT0"]),
        ({"AC": AC1}, False, []),
        ({"AC": AC1, "BAT0": {"type": "Battery", "present": "0", "status": "Unknown"}}, False, []),
        # laptops on their battery
        ({"AC": AC0, "BAT0": OUT}, True, ["BAT0"]),
        ({"AC": AC0, "BAT0": battery("Full"), "BAT1": OUT}, True, ["BAT0", "BAT1"]),
        ({"AC": AC0, "ucsi-source-psy-USBC000:001": PD0, "BAT0": OUT}, True, ["BAT0"]),
        ({"CROS_USBPD_CHARGER0": PD0, "CROS_USBPD_CHARGER1": PD0, "sbs-9-000b": OUT}, True, ["sbs-9-000b"]),
        ({"BAT0": OUT}, True, ["BAT0"]),
        ({"BAT0": {**OUT, "scope": "System"}}, True, ["BAT0"]),
        ({"AC": AC0, "BAT0": OUT, "hidpp_battery_0": held(status="Charging", online="1")}, True, ["BAT0"]),
        ({"AC": AC0, "BAT0": OUT, "wacom_ac_0": {"type": "Mains", "scope": "Device", "online": "1"}}, True, ["BAT0"]),
        ({"AC": AC0, "BAT0": battery("Unknown")}, True, ["BAT0"]),
        ({"AC": AC0, "ups-usb": {"type": "UPS", "status": "Discharging"}}, True, []),
        # a supply of which nobody says whose it is is the system's
        ({"hid-00:1f:20:91:0a:bc-battery": {"type": "Battery", "status": "Discharging"}}, True,
         ["hid-00:1f:20:91:0a:bc-battery"]),
    ],
)  # fmt: skip
def test_what_feeds_the_machine(
    captured: Captured, told: Mapping[str, Supply], on_battery: bool, names: list[str]
) -> None:
    facts = captured(supplies(**told) or {"power_supply/.empty": ""})
    assert is_on_battery(facts.power_supplies) is on_battery
    assert [one.name for one in examine(facts).batteries] == names
    assert not (on_battery and power_remark(facts.power_supplies))


I3 = "Intel(R) Core(TM) i3-4005U CPU @ 1.70GHz"
CPU = f"processor\t: 0\nmodel name\t: {I3}\nphysical id\t: 0\ncore id\t: 0\ncpu cores\t: 1\nflags\t\t: fpu lm vmx\n"


def table(sizes: list[str], *, chassis: str = "Notebook", slots: int | None = None, maker: str = "GOOGLE") -> str:
    head = (
        "# dmidecode 3.3\nSMBIOS 2.7 present.\n\nHandle 0x0001, DMI type 1, 27 bytes\nSystem Information\n"
        f"\tManufacturer: {maker}\n\tProduct Name: VOORBEELD\n\tSerial Number: VB-1\n\n"
        f"Handle 0x0003, DMI type 3, 17 bytes\nChassis Information\n\tManufacturer: {maker}\n\tType: {chassis}\n\n"
        "Handle 0x0010, DMI type 16, 23 bytes\nPhysical Memory Array\n\tUse: System Memory\n\tMaximum Capacity: 32 GB\n"
        f"\tNumber Of Devices: {slots if slots is not None else len(sizes)}\n\n"
    )
    return head + "".join(
        f"Handle 0x{0x11 + index:04X}, DMI type 17, 40 bytes\nMemory Device\n\tArray Handle: 0x0010\n\tSize: {size}\n"
        f"\tForm Factor: SODIMM\n\tLocator: DIMM {index}\n\tType: DDR3\n\n"
        for index, size in enumerate(sizes)
    )


def meminfo(mib: int, more: str = "") -> str:
    return f"MemTotal:       {mib * 1024:8d} kB\nMemFree:         500000 kB\n{more}"


def seen(captured: Captured, sizes: list[str], mib: int | None, *, more: str = "", **told: Any) -> Machine:
    files = {"dmidecode.txt": table(sizes, **told), "cpuinfo": CPU}
    return examine(captured(files | ({} if mib is None else {"meminfo": meminfo(mib, more)})))


HIGHMEM = "HighTotal:       2370120 kB\nHighFree:        1900000 kB\nLowTotal:         870000 kB\n"


@pytest.mark.parametrize(
    ("sizes", "usable", "installed", "verdict"),
    [
        # coreboot and dead modules: the firmware says more than there is
        (["4096 MB"], 1917, None, "fail"),
        (["2048 MB", "2048 MB"], 1917, None, "fail"),
        (["4 GB", "4 GB"], 3830, None, "pass"),
        (["8192 MB"], 3790, None, "pass"),
        (["2048 MB", "No Module Installed", "2048 MB", "No Module Installed"], 1950, None, "fail"),
        (["4096 MB", "2048 MB"], 3900, None, "pass"),
        (["4096 MB"], 900, None, "fail"),
        # the firmware says less than there is
        (["2048 MB"], 3830, None, "pass"),
        (["1024 MB"], 1900, None, "fail"),
        (["16 MB", "16 MB"], 3800, None, "pass"),
        (["4096 MB", "No Module Installed"], 7800, None, "pass"),
        # honest machines
        (["4096 MB"], 3830, 4096, "pass"),
        (["4096 MB"], 3300, 4096, "pass"),
        (["2048 MB", "2048 MB"], 3072, 4096, "pass"),
        (["4096 MB"], 2970, 4096, "pass"),
        (["8192 MB"], 5960, 8192, "pass"),
        (["8 GB", "8 GB"], 11640, 16384, "pass"),
        (["8 GB", "8 GB"], 15870, 16384, "pass"),
        (["2048 MB"], 1870, 2048, "fail"),
        (["2048 MB"], 1460, 2048, "fail"),
        (["4096 MB"], None, 4096, "pass"),
        (["No Module Installed", "No Module Installed"], 7800, None, "pass"),
        (["Unknown"], 1900, None, "fail"),
    ],
)
def test_how_much_memory_there_is(
    captured: Captured, sizes: list[str], usable: int | None, installed: int | None, verdict: str
) -> None:
    machine = seen(captured, sizes, usable)
    assert (machine.memory.installed_mib, machine.minimum.verdict.value) == (installed, verdict)
    doubted = [reason for reason in machine.minimum.reasons if reason.startswith("memory_doubted")]
    assert bool(doubted) is (installed is None and any(size[0].isdigit() for size in sizes))


@pytest.mark.parametrize(
    ("sizes", "usable", "installed"),
    [(["4 GB", "4 GB"], 3245, 8192), (["8 GB", "8 GB"], 3245, 16384), (["4096 MB"], 3245, 4096),
     (["4 GB", "4 GB"], 1900, None), (["2048 MB"], 3245, None), (["4 GB", "4 GB"], 7900, 8192)],
)  # fmt: skip
def test_a_kernel_of_32_bits_does_not_speak_of_what_it_cannot_reach(
    captured: Captured, sizes: list[str], usable: int, installed: int | None
) -> None:
    machine = seen(captured, sizes, usable, more=HIGHMEM)
    assert machine.memory.installed_mib == installed


def test_more_modules_than_the_board_has_slots_are_believed_where_the_system_agrees(captured: Captured) -> None:
    assert seen(captured, ["2048 MB"] * 4, 7900, slots=2).memory.installed_mib == 8192
    doubted = seen(captured, ["2048 MB"] * 4, 3900, slots=2)
    assert (doubted.memory.installed_mib, doubted.minimum.verdict.value) == (None, "pass")


SHARE_ONLY = {"type": "Battery", "status": "Discharging", "present": "1", "capacity": "61"}


@pytest.mark.parametrize(
    ("chassis", "told", "kind"),
    [
        ("Desktop", {"BAT0": OUT}, "laptop"),
        ("Desktop", {"BAT0": SHARE_ONLY | {"technology": "Li-ion"}}, "laptop"),
        ("Desktop", {"BAT0": SHARE_ONLY | {"cycle_count": "312"}}, "laptop"),
        ("Desktop", {"CMB0": SHARE_ONLY | {"charge_full_design": "4400000", "voltage_now": "11500000"}}, "laptop"),
        ("Desktop", {"sbs-9-000b": battery("Charging")}, "laptop"),
        ("Desktop", {"BAT0": SHARE_ONLY | {"status": "Unknown"}}, "desktop"),
        ("Low Profile Desktop", {"BAT0": OUT}, "laptop"),
        ("Mini Tower", {"BAT0": OUT}, "laptop"),
        ("Desktop", {"hidpp_battery_0": held()}, "desktop"),
        ("Desktop", {"hid-00:1f:20:91:0a:bc-battery": SHARE_ONLY}, "desktop"),
        ("Desktop", {"PCHG0": held()}, "desktop"),
        ("Desktop", {"AC": AC1}, "desktop"),
        ("Desktop", {"ups": {"type": "UPS", "status": "Full", "technology": "PbAc"}}, "desktop"),
        ("Desktop", {"BAT0": {"type": "Battery", "present": "0", "technology": "Li-ion"}}, "desktop"),
        ("Desktop", {}, "desktop"),
        ("Laptop", {"BAT0": OUT}, "laptop"),
        ("Notebook", {}, "laptop"),
        ("Convertible", {"BAT0": OUT}, "laptop"),
        ("Tablet", {"BAT0": OUT}, "tablet"),
        ("Other", {"BAT0": OUT}, "laptop"),
        ("Unknown", {"BAT0": OUT}, "laptop"),
    ],
)
def test_a_chromebook_is_no_desktop_and_a_mouse_makes_no_laptop(
    captured: Captured, chassis: str, told: Mapping[str, Supply], kind: str
) -> None:
    files = {"dmidecode.txt": table(["4096 MB"], chassis=chassis), **supplies(**told)}
    assert examine(captured(files)).system.kind == kind
