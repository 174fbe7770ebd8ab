"""Each rule of the probes and the verdicts on small hand-made machines, and a capture that can be read again."""

from __future__ import annotations

import json
import subprocess
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake_agent import captures as captured
from intake_agent import sources
from intake_agent.cli import main
from intake_agent.console import summary
from intake_agent.inspection import as_json, examine
from intake_agent.machine import Support
from intake_agent.probes.disks import disks
from intake_agent.raw_facts import RawFacts


def inspected(captures: Path, name: str, capsys: pytest.CaptureFixture[str]) -> dict:
    assert main(["inspect", "--captured", str(captures / name), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_inspect_prints_exactly_the_promised_object(captures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = inspected(captures, "thin-laptop", capsys)
    assert list(told) == ["system", "processor", "memory", "disks", "batteries", "minimum"]
    assert told["system"] == {
        "manufacturer": "Voorbeeld NV",
        "product": "Dunboek 13",
        "version": None,
        "serial": "VB-0042",
        "uuid": "9c6f1a52-0b7e-4d5c-8c1e-2f4a6b8d0e13",
        "chassis": "Notebook",
        "kind": "laptop",
    }
    promised = {"brand": "Intel(R) Core(TM) i3-6100U CPU @ 2.30GHz", "cores": 2, "threads": 4}
    assert {name: told["processor"][name] for name in promised} == promised
    assert {name: told["memory"][name] for name in ("installed_mib", "usable_mib", "slots", "max_mib")} == {
        "installed_mib": 4096,
        "usable_mib": 3800,
        "slots": 2,
        "max_mib": 4096,
    }
    (disk,) = told["disks"]
    assert list(disk) == ["name", "model", "serial", "medium", "bus", "size_bytes", "health", "smart"]
    assert list(disk["smart"]) == [
        *("passed", "reallocated", "pending", "uncorrectable", "power_on_hours", "percentage_used", "media_errors")
    ]
    assert (disk["medium"], disk["bus"], disk["size_bytes"]) == ("nvme", "nvme", 256060514304)
    assert disk["health"] == {"verdict": "healthy", "reasons": []}
    assert told["minimum"]["verdict"] == "pass"


def test_firmware_flash_is_not_memory_and_a_four_gigabyte_laptop_that_shows_less_has_four(
    captures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = inspected(captures, "thin-laptop", capsys)
    assert len(told["memory"]["modules"]) == 2
    assert any(reason.startswith("memory_pass") for reason in told["minimum"]["reasons"])


def test_a_worn_battery_is_told_apart_from_its_charge(captures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (battery,) = inspected(captures, "thin-laptop", capsys)["batteries"]
    assert (battery["design_mwh"], battery["full_mwh"], battery["cycles"]) == (36480, 15960, 611)
    assert battery["health"] == {"verdict": "failing", "reasons": ["battery_worn_out"]}


def test_what_the_nvme_controller_can_do_is_known_to_the_plan(captures: Path) -> None:
    machine = examine(captured.captured_folder(captures / "thin-laptop"))
    assert machine.disks[0].supports == {
        Support.NVME_SANITIZE_BLOCK,
        Support.NVME_FORMAT,
        Support.NVME_FORMAT_CRYPTO,
    }


def test_a_drive_that_says_passed_with_pending_sectors_is_failing(
    captures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = inspected(captures, "old-desktop", capsys)
    disk = told["disks"][0]
    assert disk["smart"]["passed"] is True
    assert disk["health"] == {"verdict": "failing", "reasons": ["pending_sectors", "reallocated_sectors"]}


def test_packed_and_impossible_counts_are_unknown_or_unpacked_never_believed(
    captures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hard_disk, solid_state = inspected(captures, "old-desktop", capsys)["disks"]
    assert hard_disk["smart"]["reallocated"] == 138
    assert hard_disk["smart"]["uncorrectable"] is None
    assert solid_state["smart"]["power_on_hours"] is None
    assert solid_state["health"] == {"verdict": "worn", "reasons": ["life_nearly_used_up"]}


def test_the_drives_own_model_counts_above_what_the_system_makes_of_it(
    captures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert inspected(captures, "old-desktop", capsys)["disks"][0]["model"] == "VOORBEELD  HD500"


def test_junk_identity_stays_the_firmwares_words_and_what_dmidecode_lacks_is_null(
    captures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = inspected(captures, "old-desktop", capsys)["system"]
    assert told["manufacturer"] == told["serial"] == "To Be Filled By O.E.M."
    assert told["version"] is None
    assert told["uuid"] is None


def test_too_little_memory_names_the_module_that_would_help(captures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = inspected(captures, "old-desktop", capsys)["minimum"]
    assert told["verdict"] == "fail"
    assert told["upgrade"] == "+ 1 × 2 GB DDR3 DIMM: one slot free"


def test_without_any_tool_identity_comes_from_sysfs_and_the_rest_is_unknown(
    captures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = inspected(captures, "no-tools", capsys)
    assert told["system"]["manufacturer"] == "Voorbeeld"
    assert told["system"]["chassis"] == "Mini PC"
    assert told["system"]["serial"] is None
    assert told["processor"]["brand"] == "BCM2835"
    assert told["memory"]["installed_mib"] is None
    assert told["disks"] == []


def test_the_summary_is_dutch_and_names_what_is_unknown(captures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "--captured", str(captures / "old-desktop")]) == 0
    out = capsys.readouterr().out
    assert "VOLDOET NIET" in out
    assert "sectoren die niet meer gelezen worden" in out
    assert "één plaats vrij" in out


def test_a_folder_that_is_not_there_is_refused_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "--captured", str(tmp_path / "weg")]) == 2
    assert "geen map" in capsys.readouterr().err


def test_an_empty_folder_is_a_machine_of_which_nothing_is_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", "--captured", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["minimum"]["verdict"] == "review"
    assert set(told["system"].values()) == {None}


def test_a_capture_of_this_machine_reads_the_same_after_a_journey_in_a_tar(tmp_path: Path) -> None:
    facts = sources.this_machine()
    captured.write_capture(facts, tmp_path / "opname", datetime.now(UTC))
    with tarfile.open(tmp_path / "opname.tar", "w") as tar:
        tar.add(tmp_path / "opname", "elders")
    subprocess.run(["tar", "-xf", "opname.tar"], cwd=tmp_path, check=True)
    again = captured.captured_folder(tmp_path / "elders")
    assert as_json(examine(again)) == as_json(examine(facts))
    about = json.loads((tmp_path / "elders" / "capture.json").read_text())
    assert about["captured_at"].endswith("Z")
    assert about["agent"].startswith("herstart ")


def test_this_machine_is_inspected_with_its_processor_and_memory() -> None:
    machine = examine(sources.this_machine())
    assert machine.processor.brand
    assert machine.memory.usable_mib
    assert list(summary.machine_lines(machine))


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["cpuinfo", "lscpu.txt", "dmidecode.txt", "lsblk.json", "meminfo",
                                        "smartctl-sda.json", "nvme-nvme0.json", "edid-DP-1.bin", "capture.json"]),
                       st.binary(max_size=400)))  # fmt: skip
def test_no_bytes_crash_the_reading_of_a_capture(tmp_path_factory: pytest.TempPathFactory, files: dict) -> None:
    folder = tmp_path_factory.mktemp("rommel")
    for name, content in files.items():
        (folder / name).write_bytes(content)
    machine = examine(captured.captured_folder(folder))
    json.dumps(as_json(machine))
    assert list(summary.machine_lines(machine))


_SCRAPS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["blockdevices", "kname", "type", "size", "rm", "model", "serial", "tran", "table", "id", "raw",
                         "value", "string", "ata_smart_attributes", "smart_status", "passed", "power_on_time", "hours",
                         "nvme_smart_health_information_log", "critical_warning", "percentage_used", "device"]),
        inner, max_size=4),
    max_leaves=25,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(_SCRAPS, _SCRAPS, _SCRAPS)
def test_no_shape_of_json_crashes_the_disk_probe(lsblk: object, smartctl: object, nvme: object) -> None:
    facts = RawFacts(lsblk=json.dumps(lsblk), smartctl={"sda": json.dumps(smartctl)}, nvme={"sda": json.dumps(nvme)})
    told = as_json(examine(facts))
    assert json.loads(json.dumps(told)).keys() == told.keys()


def test_a_second_machine_is_not_captured_into_the_folder_of_the_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "smartctl-sdz.json").write_text("{}")
    assert main(["capture", str(tmp_path)]) == 2
    assert "Kies een nieuwe map" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["smartctl-sdz.json"]


@pytest.mark.parametrize(
    ("listed", "answered", "maker"),
    [
        ("0x1af4", None, None),
        ("0x1AF4", "0x8086", None),
        ("ATA", None, None),
        ("0x1af4", "QEMU", "QEMU"),
        ("SanDisk", None, "SanDisk"),
    ],
)
def test_a_number_or_a_command_set_is_no_maker_of_a_disk(listed: str, answered: str | None, maker: str | None) -> None:
    lsblk = json.dumps({"blockdevices": [{"name": "vda", "type": "disk", "size": 1, "vendor": listed}]})
    (disk,) = disks(RawFacts(lsblk=lsblk, smartctl={"vda": json.dumps({"scsi_vendor": answered})}))
    assert disk.manufacturer == maker
