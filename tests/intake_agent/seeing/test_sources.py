"""How the tools are asked: all at once, each in its own language, and none that fails takes another's facts along.

The programs here are scripts of ours under the tools' names; what they print is made up.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from intake_agent.inspection import examine
from intake_agent.probes.disks import disks
from intake_agent.seeing import sources, sysfs

Tool = Callable[[str, str], None]


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tool:
    """Puts a shell script in the place of a program; no other program but the shell's own is found."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def make(name: str, script: str) -> None:
        path = folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    return make


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ``/sys`` with a SATA disk, a USB disk, an NVMe disk, a SAS disk, an eMMC and a loop device."""
    root = tmp_path / "sys"
    places = {
        "sda": "pci0000:00/0000:00:1f.2/ata1/host0/block/sda",
        "sdb": "pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host4/block/sdb",
        "sdc": "pci0000:00/0000:01:00.0/host1/port-1:0/block/sdc",
        "nvme0n1": "pci0000:00/0000:02:00.0/nvme/nvme0/nvme0n1",
        "mmcblk0": "platform/mmc0/mmc0:0001/block/mmcblk0",
        "loop0": "virtual/block/loop0",
    }
    (root / "block").mkdir(parents=True)
    for name, place in places.items():
        (root / "devices" / place).mkdir(parents=True)
        (root / "block" / name).symlink_to(root / "devices" / place)
    monkeypatch.setattr(sysfs, "SYS", root)
    return root


def test_each_disk_is_asked_how_it_erases_in_its_own_language(tool: Tool, machine: Path) -> None:
    for name in ("hdparm", "nvme", "sg_opcodes", "mmc", "smartctl"):
        tool(name, 'echo "${0##*/} $*"')
    facts = sources.this_machine()
    assert facts.nvme == {"nvme0n1": "nvme id-ctrl --output-format=json /dev/nvme0n1\n"}
    assert facts.mmc_extcsd == {"mmcblk0": "mmc extcsd read /dev/mmcblk0\n"}
    assert facts.sg_opcodes == {"sdc": "sg_opcodes /dev/sdc\n"}
    assert facts.hdparm == {"sda": "hdparm -I /dev/sda\n", "sdc": "hdparm -I /dev/sdc\n"}
    assert facts.hpa == {"sda": "hdparm -N /dev/sda\n"}
    assert facts.dco == {"sda": "hdparm --dco-identify /dev/sda\n"}
    assert sorted(facts.smartctl) == ["mmcblk0", "nvme0n1", "sda", "sdb", "sdc"]


@pytest.mark.parametrize("sign", ["vendor", "identity"])
def test_a_sata_drive_behind_a_sas_host_adapter_is_asked_for_hidden_areas(tool: Tool, machine: Path, sign: str) -> None:
    identity = "Commands/features:" if sign == "identity" else ""
    tool("hdparm", f'echo "$*"; echo "{identity}"')
    tool("smartctl", "echo '{}'")
    if sign == "vendor":
        folder = machine / "block" / "sdc" / "device"
        folder.mkdir()
        (folder / "vendor").write_text("ATA     \n")
    facts = sources.this_machine()
    assert sorted(facts.hpa) == sorted(facts.dco) == ["sda", "sdc"]
    assert facts.hpa["sdc"].startswith("-N /dev/sdc")
    assert facts.dco["sdc"].startswith("--dco-identify /dev/sdc")


def test_a_sas_drive_a_raid_volume_and_a_usb_bridge_are_not(tool: Tool, machine: Path) -> None:
    tool("hdparm", 'echo "SG_IO: bad/missing sense data, sb[]:  70 00 05"')
    tool("smartctl", "echo '{}'")
    folder = machine / "block" / "sdc" / "device"
    folder.mkdir()
    (folder / "vendor").write_text("SEAGATE \n")
    assert sorted(sources.this_machine().hpa) == ["sda"]


@pytest.mark.parametrize(("version", "with_text"), [("7, 2", True), ("7, 3", False)])
def test_the_self_tests_of_a_scsi_drive_are_asked_in_text_of_a_smartctl_that_has_them_there_only(
    tool: Tool, machine: Path, version: str, with_text: bool
) -> None:
    told = f'{{"smartctl": {{"version": [{version}]}}, "device": {{"protocol": "SCSI"}}, "asked": "$1"}}'
    tool("smartctl", f"cat <<END\n{told}\nEND".replace("cat", "/bin/cat"))
    answer = sources.this_machine().smartctl["sdc"]
    assert ('"--json=o"' in answer) is with_text


def test_the_tools_are_asked_side_by_side(tool: Tool, machine: Path, tmp_path: Path) -> None:
    """Each of three tools waits until all three were started: asked one after another, none would ever answer."""
    waiting = (
        f': > "{tmp_path}/${{0##*/}}.started"; tries=0\n'
        f'while [ ! -e "{tmp_path}/lscpu.started" ] || [ ! -e "{tmp_path}/dmidecode.started" ]'
        f' || [ ! -e "{tmp_path}/smartctl.started" ]; do\n'
        "  tries=$((tries + 1)); [ $tries -gt 200 ] && exit 1; /bin/sleep 0.05\n"
        'done\necho "${0##*/}"'
    )
    for name in ("lscpu", "dmidecode", "smartctl"):
        tool(name, waiting)
    facts = sources.this_machine()
    assert (facts.lscpu, facts.dmidecode, facts.smartctl["sda"]) == ("lscpu\n", "dmidecode\n", "smartctl\n")


def test_a_tool_that_is_not_there_or_fails_leaves_the_others_facts(tool: Tool, machine: Path) -> None:
    tool("lscpu", 'echo "Model name: Voorbeeld 9"')
    tool("smartctl", "kill -9 $$")
    facts = sources.this_machine()
    assert facts.lscpu == "Model name: Voorbeeld 9\n"
    assert facts.dmidecode is None
    assert facts.smartctl == {}
    assert examine(facts).system.manufacturer is None


def test_findings_in_an_exit_code_do_not_lose_the_answer(tool: Tool, machine: Path) -> None:
    tool("smartctl", 'echo \'{"model_name": "Voorbeeld"}\'; exit 216')
    assert {disk.model for disk in disks(sources.this_machine())} == {"Voorbeeld"}


def test_a_bridge_that_smartctl_does_not_know_is_tried_in_the_usual_way(tool: Tool, machine: Path) -> None:
    tool(
        "smartctl",
        'case "$*" in *"-d sat,auto"*) echo \'{"model_name": "VOORBEELD HD320"}\';;\n'
        '*sdb*) echo \'{"smartctl": {"messages": [{"string": "/dev/sdb: Unknown USB bridge [0x1234:0x5678]"}]}}\';;\n'
        "*) echo '{}';; esac",
    )
    facts = sources.this_machine()
    assert "VOORBEELD HD320" in facts.smartctl["sdb"]
    assert facts.smartctl["sda"] == "{}\n"


def test_what_hdparm_says_beside_its_answer_is_kept_because_it_denies_the_answer(tool: Tool, machine: Path) -> None:
    tool("smartctl", "echo '{}'")
    tool(
        "hdparm",
        'case "$*" in\n'
        "*-I*) printf 'Commands/features:\\n\\t   *\\tHost Protected Area feature set\\n';;\n"
        "*-N*) echo 'SG_IO: bad/missing sense data, sb[]: 70' >&2; echo ' max sectors = 100/200, HPA is enabled';;\n"
        "esac",
    )
    facts = sources.this_machine()
    assert "bad/missing sense data" in facts.hpa["sda"]
    disk = next(disk for disk in disks(facts) if disk.name == "sda")
    assert (disk.hidden_areas.hpa, disk.hidden_areas.hpa_sectors) == ("unknown", None)


def test_a_disk_that_is_gone_is_nothing(tool: Tool, machine: Path) -> None:
    tool("lsblk", "exit 32")
    tool("smartctl", 'echo \'{"model_name": "Voorbeeld"}\'')
    assert sources.disk_now("sda") is None


def test_a_disk_that_is_there_is_read_anew(tool: Tool, machine: Path) -> None:
    tool("lsblk", 'echo \'{"blockdevices": [{"name": "sda", "type": "disk", "size": 1000, "serial": "A1"}]}\'')
    tool("smartctl", 'echo \'{"power_on_time": {"hours": 7}}\'')
    disk = sources.disk_now("sda")
    assert disk is not None
    assert disk.smart is not None
    assert (disk.serial, disk.size_bytes, disk.smart.power_on_hours) == ("A1", 1000, 7)
