"""The newer probes on real machines: firmware tables of 27 years, whole ``/sys`` trees, and what ``lspci`` prints."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from intake_agent.inspection import examine
from intake_agent.judging.estimate import years_sold
from intake_agent.machine import Machine, NetworkKind
from intake_agent.probes.pci import graphics
from intake_agent.raw_facts import RawFacts
from intake_agent.seeing.sysfs import tree

Record = Callable[[str, object], None]

SNAPSHOTS = {
    "61797caf7c0b6bca1725ad7975ed4773": (["AMD 1002:6758"], 4),
    "accel-nvidia": (["1af4:1050", "NVIDIA 10de:15f8"], 0),
}
"""Snapshot → graphics adapters and wired interfaces, read by eye from the numbers in its files."""


@pytest.fixture(scope="module")
def machines(corpus: Path) -> dict[str, Machine]:
    """What the SMBIOS table of every real machine tells of it, by file."""
    paths = sorted((corpus / "dmidecode").glob("*"))
    return {
        path.name: examine(RawFacts(dmidecode=path.read_text(encoding="utf-8", errors="replace"))) for path in paths
    }


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


def test_firmware_tables_of_every_age_give_sensible_parts(
    machines: dict[str, Machine], record_property: Record
) -> None:
    known: Counter[str] = Counter()
    for name, machine in machines.items():
        firmware, year = machine.firmware, machine.estimate.year
        assert firmware.bios_date is None or 1990 <= date.fromisoformat(firmware.bios_date).year <= 2026, name
        assert year is None or 1995 <= year <= 2026, name
        assert all(1 <= port.count <= 30 for port in machine.ports), name
        for fact in ("bios_date", "is_uefi", "tpm_version"):
            known[fact] += getattr(firmware, fact) is not None
        for fact in ("family", "is_64_bit", "has_virtualisation"):
            known[fact] += getattr(machine.processor, fact) is not None
        known["ports"] += bool(machine.ports)
        known["year"] += year is not None
        known["weight_class"] += machine.estimate.weight_class is not None
    for fact, count in known.items():
        record_property("agreement", f"{'seen in SMBIOS':<22} {fact:<18} known {count:5d}   of {len(machines):5d}")
    assert known["bios_date"] == len(machines)
    assert known["is_64_bit"] > 0.7 * len(machines)


def test_no_bios_is_older_than_its_processor(machines: dict[str, Machine]) -> None:
    """A BIOS can be updated for years, but a date long before the processor came out shows a wrong row of the table."""
    early = [
        (name, machine.processor.brand, machine.firmware.bios_date, sold)
        for name, machine in machines.items()
        if (sold := years_sold(machine.processor.brand or ""))
        and machine.firmware.bios_date
        and int(machine.firmware.bios_date[:4]) < sold[0] - 1
    ]
    assert early == []
