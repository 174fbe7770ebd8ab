"""Two figures of one part that cannot both be: neither drives a verdict, and both are told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_agent.captures import captured_folder
from intake_agent.inspection import as_json, examine
from intake_agent.judging.health import in_words as health_words
from intake_agent.judging.health import judge_battery
from intake_agent.judging.kind import kind
from intake_agent.judging.minimum import in_words
from intake_agent.machine import Battery, HealthVerdict, MinimumVerdict, Processor, System
from intake_agent.probes.battery import batteries
from intake_agent.probes.display import displays, doubted_sizes
from intake_agent.probes.memory import memory
from intake_agent.probes.processor import doubted_counts, processor
from intake_agent.raw_facts import RawFacts
from wipe_reports.reasons import MinimumReason

CASES = ("memory-smbios-says-twice", "kingston-a400-life-left-turned", "nvme-only-hot", "scsi-self-test-failed")


def modules(*sizes_mib: int) -> str:
    return "".join(
        f"Handle 0x{0x11 + number:04X}, DMI type 17, 40 bytes\nMemory Device\n\tSize: {size} MB\n\tType: DDR3\n\n"
        for number, size in enumerate(sizes_mib)
    )


def meminfo(mib: int) -> str:
    return f"MemTotal:        {mib * 1024} kB\n"


@pytest.mark.parametrize(
    ("sizes", "usable", "installed"),
    [
        ((4096,), 1917, None),
        ((8192,), 3900, None),
        ((4096, 4096), 3878, None),
        ((8192, 4096), 7800, None),
        ((4096,), 3877, 4096),
        ((4096,), 3000, 4096),
        ((8192,), 6000, 8192),
        ((2048,), 1900, 2048),
        ((32768,), 29884, 32768),
        ((16,), 2000, None),
        ((4096,), 4096, 4096),
    ],
)
def test_firmware_and_kernel_are_both_doubted_on_memory_whichever_says_more(
    sizes: tuple[int, ...], usable: int, installed: int | None
) -> None:
    seen = memory(modules(*sizes), meminfo(usable))
    assert (seen.installed_mib, seen.usable_mib) == (installed, usable)


@given(st.integers(1, 2**20), st.integers(1, 2**20))
def test_what_is_believed_to_be_installed_is_never_far_from_what_is_used(size: int, usable: int) -> None:
    installed = memory(modules(size), meminfo(usable)).installed_mib
    assert installed is None or 0.7 * installed <= usable <= installed


def test_the_minimum_goes_by_what_the_system_can_use_and_tells_both_figures(captures: Path) -> None:
    judged = examine(captured_folder(captures / "memory-smbios-says-twice")).minimum
    assert judged.verdict is MinimumVerdict.FAIL
    assert {"memory_fail_by_usable:4 GB", "memory_doubted:4096/1917"} <= set(judged.reasons)
    assert "4096/1917 MB" in in_words("memory_doubted:4096/1917")


def test_every_doubt_reads_as_words_in_both_languages() -> None:
    doubts = [reason for reason in MinimumReason if reason.endswith("_doubted")]
    assert len(doubts) == 4
    for key in doubts:
        assert "1/2" in in_words(f"{key}:1/2", "nl")
        assert in_words(f"{key}:1/2", "nl") != in_words(f"{key}:1/2", "en")


def cpuinfo(cores: int, threads: int) -> str:
    return "".join(
        f"processor\t: {number}\nphysical id\t: 0\ncore id\t\t: {number % cores}\ncpu cores\t: {cores}\n\n"
        for number in range(threads)
    )


def socket(cores: int, threads: int) -> str:
    return f"Handle 0x0004, DMI type 4, 48 bytes\nProcessor\n\tCore Count: {cores}\n\tThread Count: {threads}\n"


def lscpu(cores: int, threads: int) -> str:
    return f"CPU(s): {threads}\nCore(s) per socket: {cores}\nSocket(s): 1\n"


@pytest.mark.parametrize(
    ("texts", "counts", "doubted"),
    [
        ((cpuinfo(2, 4), None, socket(2, 4)), (2, 4), {}),
        ((cpuinfo(2, 2), None, socket(4, 8)), (None, None), {"cores": (2, 4), "threads": (2, 8)}),
        ((cpuinfo(4, 8), None, socket(2, 4)), (None, None), {"cores": (4, 2), "threads": (8, 4)}),
        ((cpuinfo(2, 4), lscpu(4, 4), None), (None, 4), {"cores": (2, 4)}),
        ((cpuinfo(4, 4), None, socket(4, 8)), (4, None), {"threads": (4, 8)}),
        ((cpuinfo(4, 8), None, socket(4, 2)), (4, 8), {}),
        ((cpuinfo(3, 3), None, socket(112, 3)), (3, 3), {}),
        ((cpuinfo(4, 8), None, socket(4, 16)), (4, 8), {}),
        ((None, None, socket(2, 4)), (2, 4), {}),
    ],
    ids=["agree", "firmware more", "kernel more", "tools", "threads off", "turned", "absurd", "too many", "alone"],
)
def test_counts_of_a_processor_on_which_kernel_and_firmware_differ_are_unknown(
    texts: tuple[str | None, str | None, str | None], counts: tuple[int | None, int | None], doubted: dict[str, Any]
) -> None:
    seen = processor(*texts)
    assert (seen.cores, seen.threads) == counts
    assert doubted_counts(*texts) == doubted


def test_a_doubted_count_is_not_filled_in_by_a_library_and_is_told() -> None:
    facts = RawFacts(cpuinfo=cpuinfo(2, 2), dmidecode=socket(4, 8), processor=Processor(cores=2, threads=2))
    machine = examine(facts)
    assert (machine.processor.cores, machine.processor.threads) == (None, None)
    assert machine.doubts == ("cores_doubted:2/4", "threads_doubted:2/8")


@pytest.mark.parametrize(
    ("full", "design", "verdict"),
    [
        (57_000, 50_000, HealthVerdict.HEALTHY),
        (66_000, 50_000, HealthVerdict.UNKNOWN),
        (500_000, 50_000, HealthVerdict.UNKNOWN),
        (20_000, 50_000, HealthVerdict.FAILING),
        (20_000, 0, HealthVerdict.UNKNOWN),
    ],
)
def test_a_battery_that_holds_far_more_than_it_was_made_for_is_unknown(
    full: int, design: int, verdict: HealthVerdict
) -> None:
    judged = judge_battery(Battery(name="BAT0", design_mwh=design, full_mwh=full))
    assert judged.verdict is verdict
    if design and full > design * 1.3:
        assert f"{full}/{design} mWh" in health_words(judged.reasons[0])


def battery(**facts: str) -> Battery:
    (found,) = batteries({"BAT0": {"type": "Battery", **facts}})
    return found


def test_charge_and_energy_that_tell_another_share_are_both_doubted() -> None:
    energy = {"energy_full_design": "50000000", "energy_full": "48000000"}
    charge = {"charge_full_design": "4000000", "charge_full": "1500000", "voltage_min_design": "12000000"}
    seen = battery(**energy, **charge)
    assert (seen.design_mwh, seen.full_mwh) == (None, None)
    assert judge_battery(seen).reasons == ("no_capacity",)
    seen = battery(**energy, **{**charge, "charge_full": "3800000"})
    assert (seen.design_mwh, seen.full_mwh) == (50_000, 48_000)


def test_a_share_is_never_made_of_two_units() -> None:
    charge = {"charge_full_design": "4000000", "charge_full": "3000000", "voltage_min_design": "12000000"}
    seen = battery(energy_full_design="99000000", **charge)
    assert (seen.design_mwh, seen.full_mwh) == (48_000, 36_000)


@pytest.mark.parametrize(("told", "cycles"), [("0", None), ("312", 312), ("65535", None), ("10000", None)])
def test_a_count_of_cycles_that_no_battery_reaches_is_unknown(told: str, cycles: int | None) -> None:
    assert battery(cycle_count=told).cycles == cycles


def edid(pixels: tuple[int, int], centimetres: tuple[int, int], millimetres: tuple[int, int] = (0, 0)) -> bytes:
    block = bytearray(128)
    block[:8] = bytes.fromhex("00ffffffffffff00")
    block[21:23] = bytes(centimetres)
    (across, down), (wide, high) = pixels, millimetres
    block[54:72] = bytes(
        [
            *(1, 29, across & 0xFF, 0, across >> 8 << 4, down & 0xFF, 0, down >> 8 << 4),
            *(0, 0, 0, 0, wide & 0xFF, high & 0xFF, wide >> 8 << 4 | high >> 8, 0, 0, 0x18),
        ]
    )
    block[127] = -sum(block) % 256
    return bytes(block)


@pytest.mark.parametrize(
    ("pixels", "centimetres", "millimetres", "tenths"),
    [
        ((1920, 1080), (34, 19), (344, 194), 155),
        ((1366, 768), (31, 17), (309, 174), 140),
        ((1920, 1080), (34, 27), (340, 270), None),
        ((1920, 1080), (19, 34), (190, 340), None),
        ((1920, 1080), (16, 9), (160, 90), None),
        ((1920, 1080), (16, 9), (0, 0), None),
        ((3840, 2160), (5, 3), (50, 30), None),
        ((1920, 1200), (29, 18), (286, 179), 133),
        ((1920, 1080), (0, 0), (0, 0), None),
    ],
    ids=["15.6", "14", "other shape", "turned", "ratio twice", "ratio", "too fine", "16:10", "none"],
)
def test_a_size_of_a_screen_that_its_pixels_belie_is_unknown(
    pixels: tuple[int, int], centimetres: tuple[int, int], millimetres: tuple[int, int], tenths: int | None
) -> None:
    block = {"eDP-1": edid(pixels, centimetres, millimetres)}
    (seen,) = displays(block)
    assert (seen.width_px, seen.height_px, seen.diagonal_tenths_inch) == (*pixels, tenths)
    told = any(centimetres) and tenths is None
    assert ("eDP-1" in doubted_sizes(block)) is told
    assert any(doubt.startswith("display_doubted:eDP-1") for doubt in examine(RawFacts(edids=block)).doubts) is told


@given(st.binary(min_size=128, max_size=128))
def test_no_edid_crashes_the_doubts(block: bytes) -> None:
    content = bytearray(bytes.fromhex("00ffffffffffff00") + block[8:])
    content[127] = (content[127] - sum(content)) % 256
    assert len(displays({"X": bytes(content)})) == 1
    doubted_sizes({"X": bytes(content)})


@pytest.mark.parametrize(
    ("chassis", "supplies", "expected"),
    [
        ("desktop", (Battery(name="BAT0", technology="Li-ion"),), "laptop"),
        ("desktop", (Battery(name="sbs-20-000b", design_mwh=40_000),), "laptop"),
        ("desktop", (Battery(name="hidpp_battery_0", model="M185"),), "desktop"),
        ("desktop", (), "desktop"),
        ("server", (Battery(name="BAT1", full_mwh=30_000),), "laptop"),
        ("tablet", (Battery(name="BAT0"),), "tablet"),
    ],
)
def test_a_machine_that_a_battery_drives_is_no_desktop(
    chassis: str | None, supplies: tuple[Battery, ...], expected: str | None
) -> None:
    assert kind(System(kind=chassis), supplies, (), has_battery_table=False) == expected


@pytest.mark.parametrize("case", CASES)
def test_each_capture_gives_its_right_value(captures: Path, case: str) -> None:
    told = as_json(examine(captured_folder(captures / case)))
    expected = json.loads((captures / case / "expected.json").read_text())
    for disk in expected.get("disks", ()):
        (seen,) = [one for one in told["disks"] if one["name"] == disk["name"]]
        assert seen["health"]["verdict"] == disk["health"].get("verdict", seen["health"]["verdict"])
        assert seen["health"]["verdict"] != disk["health"].get("verdict_not")
        reasons = list(seen["health"]["reasons"])
        assert reasons == disk["health"].get("reasons", reasons)
    if "minimum" in expected:
        assert told["minimum"]["verdict"] == expected["minimum"]["verdict"]
        assert set(expected["minimum"]["reasons"]) <= set(told["minimum"]["reasons"])
        assert told["memory"]["installed_mib"] is expected["memory"]["installed_mib"] is None
