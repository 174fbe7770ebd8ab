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
from intake_agent.cli import main
from intake_agent.console import summary
from intake_agent.inspection import as_json, examine
from intake_agent.machine import Processor, Support, Tool
from intake_agent.probes.disks import disks
from intake_agent.raw_facts import DMI_FILES, SUPPLY_FILES, RawFacts
from intake_agent.seeing import sources
from intake_agent.seeing.sysfs import tree
from wipe_reports import upgrade_words
from wipe_reports.document import Upgrade


def inspected(captures: Path, name: str, capsys: pytest.CaptureFixture[str]) -> dict:
    assert main(["inspect", "--captured", str(captures / name), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_inspect_prints_exactly_the_promised_object(captures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = inspected(captures, "thin-laptop", capsys)
    assert list(told)[:6] == ["system", "processor", "memory", "disks", "batteries", "minimum"]
    assert list(told)[6:] == [*("displays", "graphics", "network", "cameras", "ports", "firmware", "estimate", "tools")]
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
    assert list(disk)[:8] == ["name", "model", "serial", "medium", "bus", "size_bytes", "health", "smart"]
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
    assert disk["health"]["verdict"] == "failing"
    assert {"pending_sectors", "reallocated_sectors"} <= set(disk["health"]["reasons"])


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
    assert upgrade_words.upgrade(Upgrade(**told["upgrade"]), "en") == "+ 1 × 2 GB DDR3 DIMM: one slot free"


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
                                        "smartctl-sda.json", "nvme-nvme0.json", "edid-DP-1.bin", "capture.json",
                                        "lspci.txt", "sysfs.json", "hdparm-sda.txt", "sg-opcodes-sda.txt",
                                        "mmc-extcsd-mmcblk0.txt"]),
                       st.binary(max_size=400)))  # fmt: skip
def test_no_bytes_crash_the_reading_of_a_capture(tmp_path_factory: pytest.TempPathFactory, files: dict) -> None:
    folder = tmp_path_factory.mktemp("rommel")
    for name, content in files.items():
        (folder / name).write_bytes(content)
    machine = examine(captured.captured_folder(folder))
    json.dumps(as_json(machine))
    assert list(summary.machine_lines(machine))


_LINES = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_NAMES = st.from_regex(r"[a-z][a-z0-9]{0,6}", fullmatch=True)
_A_DRIVE = st.dictionaries(_NAMES, _LINES, max_size=3)
_FACTS = st.builds(
    RawFacts,
    **{name: st.none() | _LINES for name in ("cpuinfo", "lscpu", "dmidecode", "lsblk", "lspci", "meminfo")},
    **dict.fromkeys(("smartctl", "nvme", "hdparm", "hpa", "dco", "sg_opcodes", "mmc_extcsd"), _A_DRIVE),
    power_supplies=st.dictionaries(
        _NAMES,
        st.dictionaries(st.sampled_from(SUPPLY_FILES), _LINES.map(str.strip), min_size=1, max_size=3),
        max_size=2,
    ),
    edids=st.dictionaries(_NAMES, st.binary(min_size=1, max_size=40), max_size=2),
    dmi_files=st.dictionaries(st.sampled_from(DMI_FILES), _LINES, max_size=3),
    sysfs=st.dictionaries(_LINES, _LINES, max_size=4),
    permanent_addresses=st.dictionaries(_NAMES, _LINES, max_size=2),
    processor=st.builds(Processor, brand=st.none() | _NAMES, cores=st.none() | st.integers(0, 64)),
    tools=st.lists(st.builds(Tool, name=_NAMES, version=st.none() | _NAMES), max_size=3).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(_FACTS)
def test_every_fact_is_read_back_from_a_capture_as_it_was_told(
    tmp_path_factory: pytest.TempPathFactory, facts: RawFacts
) -> None:
    folder = tmp_path_factory.mktemp("opname") / "nieuw"
    captured.write_capture(facts, folder, datetime.now(UTC))
    assert captured.captured_folder(folder) == facts


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.tuples(
            st.sampled_from(
                ["class/net", "class/tpm", "class/video4linux", "class/typec", "bus/pci/devices", "bus/usb/devices",
                 "block", "firmware/acpi/tables", "class/firmware-attributes", "firmware/efi/efivars"]
            ),
            st.sampled_from(["eth0", "sda", "0000:00:02.0", "1-1", "1-1:1.0", "MSDM", "port0", "é"]),
            st.sampled_from(["", "/device", "/class", "/driver", "/product", "/bInterfaceClass", "/address",
                             "/remapped_nvme", "/uevent", "/authentication/Admin/is_enabled"]),
        ).map("".join) | st.text(max_size=30),
        st.text(max_size=20)
        | st.sampled_from(["devices/pci0000:00/0000:00:02.0/usb1/1-1/1-1:1.0", "0x010400", "0e", "1", "²"]),
        max_size=20,
    ),
    st.text(max_size=80),
)  # fmt: skip
def test_no_content_of_sys_crashes_a_probe(sysfs: dict[str, str], lspci: str) -> None:
    machine = examine(RawFacts(sysfs=sysfs, lspci=lspci))
    json.dumps(as_json(machine))
    assert list(summary.machine_lines(machine))


def test_the_content_of_the_windows_licence_is_never_opened_and_never_captured(tmp_path: Path) -> None:
    tables = tmp_path / "sys/firmware/acpi/tables"
    tables.mkdir(parents=True)
    (tables / "MSDM").write_bytes(b"MSDM" + b"XXXXX-GEHEI-MESLE-UTEL0")
    efi = tmp_path / "sys/firmware/efi/efivars"
    efi.mkdir(parents=True)
    (efi / "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c").write_bytes(b"\x06\0\0\0\1")
    told = tree(tmp_path / "sys")
    assert told["firmware/acpi/tables/MSDM"] == ""
    captured.write_capture(RawFacts(sysfs=told), tmp_path / "opname", datetime.now(UTC))
    assert b"GEHEI" not in b"".join(path.read_bytes() for path in (tmp_path / "opname").iterdir())
    firmware = examine(captured.captured_folder(tmp_path / "opname")).firmware
    assert (firmware.has_windows_licence, firmware.has_secure_boot) == (True, True)


def test_links_in_sys_are_told_as_where_they_lead_and_virtual_disks_are_not_looked_at(tmp_path: Path) -> None:
    card = tmp_path / "devices/pci0000:00/0000:00:19.0"
    card.mkdir(parents=True)
    for link, target in {"class/net/eth0/device": card, "block/loop0/device": card, "block/sda/device": card}.items():
        (tmp_path / link).parent.mkdir(parents=True)
        (tmp_path / link).symlink_to(target)
    (tmp_path / "class/net/eth0/address").write_text("02:00:5e:00:00:01\n")
    told = tree(tmp_path)
    assert told["class/net/eth0/device"] == told["block/sda/device"] == "devices/pci0000:00/0000:00:19.0"
    assert told["class/net/eth0/address"] == "02:00:5e:00:00:01"
    assert not [path for path in told if "loop" in path]


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
