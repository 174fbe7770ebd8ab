"""The newer probes on real machines: firmware tables of 27 years, whole ``/sys`` trees, and what ``lspci`` prints."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from intake_agent.estimate import years_sold
from intake_agent.inspection import examine
from intake_agent.machine import NetworkKind
from intake_agent.probes.pci import graphics
from intake_agent.raw_facts import RawFacts
from intake_agent.sysfs import tree

Record = Callable[[str, object], None]

SNAPSHOTS = {
    "415ee03b8c4d1c4f07ae2e9d8b3d3d6d": (["Intel 8086:46a6"], 0),
    "61797caf7c0b6bca1725ad7975ed4773": (["AMD 1002:6758"], 4),
    "8581cf3a529e5d8b97ea876eade2f60d": (["Matrox 102b:0532"], 0),
    "accel-nvidia": (["1af4:1050", "NVIDIA 10de:15f8"], 0),
}
"""Snapshot → graphics adapters and wired interfaces, read by eye from the numbers in its files."""


@pytest.mark.parametrize("name", sorted(SNAPSHOTS))
def test_a_real_machines_tree_tells_its_graphics_and_network(corpus: Path, tmp_path: Path, name: str) -> None:
    archive = corpus / "ghw-snapshots" / f"linux-amd64-{name}.tar.gz"
    subprocess.run(["tar", "-xzf", str(archive), "-C", str(tmp_path)], check=True, timeout=60)
    machine = examine(RawFacts(sysfs=tree(tmp_path / "sys")))
    adapters, wired = SNAPSHOTS[name]
    assert list(machine.graphics or ()) == adapters
    assert [one.kind for one in machine.network or ()] == [NetworkKind.ETHERNET] * wired
    assert machine.firmware.locks == ()


def test_every_lspci_names_its_graphics(corpus: Path) -> None:
    files = sorted((corpus / "hw-probe").glob("*lspci.txt"))
    named = [graphics({}, path.read_text(encoding="utf-8", errors="replace")) for path in files]
    assert len(named) > 8
    assert all(names and len(names[0]) > 10 for names in named)


def test_firmware_tables_of_every_age_give_sensible_parts(corpus: Path, record_property: Record) -> None:
    known: Counter[str] = Counter()
    files = sorted((corpus / "dmidecode").glob("*"))
    for path in files:
        machine = examine(RawFacts(dmidecode=path.read_text(encoding="utf-8", errors="replace")))
        firmware, year = machine.firmware, machine.estimate.year
        assert firmware.bios_date is None or 1990 <= date.fromisoformat(firmware.bios_date).year <= 2026, path.name
        assert year is None or 1995 <= year <= 2026, path.name
        assert all(1 <= port.count <= 30 for port in machine.ports), path.name
        for fact in ("bios_date", "is_uefi", "tpm_version"):
            known[fact] += getattr(firmware, fact) is not None
        for fact in ("family", "is_64_bit", "has_virtualisation"):
            known[fact] += getattr(machine.processor, fact) is not None
        known["ports"] += bool(machine.ports)
        known["year"] += year is not None
        known["weight_class"] += machine.estimate.weight_class is not None
    for fact, count in known.items():
        record_property("agreement", f"{'seen in SMBIOS':<22} {fact:<18} known {count:5d}   of {len(files):5d}")
    assert known["bios_date"] == len(files)
    assert known["is_64_bit"] > 0.7 * len(files)


def test_a_bios_dates_a_machine_close_to_its_processor(corpus: Path) -> None:
    """A BIOS can be updated for years, but a date long before the processor came out would be a wrong row."""
    early = []
    for path in sorted((corpus / "dmidecode").glob("*")):
        machine = examine(RawFacts(dmidecode=path.read_text(encoding="utf-8", errors="replace")))
        sold = years_sold(machine.processor.brand or "")
        if sold and machine.firmware.bios_date and int(machine.firmware.bios_date[:4]) < sold[0] - 1:
            early.append((path.name, machine.processor.brand, machine.firmware.bios_date, sold))
    assert early == []
