"""In a dock only what came after the start is taken in; the host machine's own disks never are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from intake_agent.dock import host_of, in_dock
from intake_agent.machine import Disk, Machine, System
from intake_agent.probes.disks import disks
from intake_agent.raw_facts import RawFacts
from intake_agent.seeing import sysfs
from intake_agent.station.report import device_identity
from wipe_reports.document import LOOSE_DISKS

OWN = Disk(name="sda", serial="EIGEN-1", size_bytes=1000)
LOOSE = Disk(name="sdb", serial="LOS-1", size_bytes=1000)


def names(machine: Machine) -> list[str]:
    return [disk.name for disk in machine.disks]


def test_a_disk_that_was_there_at_the_start_is_never_offered() -> None:
    assert names(in_dock([OWN, LOOSE], host_of([OWN]))) == ["sdb"]


def test_a_disk_of_the_host_stays_the_hosts_under_another_name() -> None:
    assert names(in_dock([replace(OWN, name="sdc")], host_of([OWN]))) == []


def test_a_disk_of_the_host_without_a_serial_number_is_known_by_its_name() -> None:
    host = host_of([replace(OWN, serial=None)])
    assert names(in_dock([OWN, LOOSE], host)) == ["sdb"]


def test_an_empty_slot_is_no_disk_and_what_is_put_in_it_later_is_offered() -> None:
    empty = replace(LOOSE, size_bytes=0, serial=None)
    host = host_of([OWN, empty])
    assert names(in_dock([OWN, empty], host)) == []
    assert names(in_dock([OWN, LOOSE], host)) == ["sdb"]


def test_another_disk_in_a_slot_that_was_taken_at_the_start_is_offered() -> None:
    assert names(in_dock([replace(LOOSE, name="sda")], host_of([OWN]))) == ["sda"]


def test_a_report_about_a_dock_speaks_of_no_machine() -> None:
    identity = device_identity(in_dock([LOOSE], host_of([OWN])), None)
    assert identity.pop("kind") == LOOSE_DISKS
    assert set(identity.values()) == {None}
    assert in_dock([], host_of([OWN])) == Machine(system=System(kind=LOOSE_DISKS))


@pytest.mark.parametrize("serial", ["EIGEN-ANDERS", None])
def test_a_disk_of_the_host_that_reads_another_serial_number_later_is_known_by_the_kernels_number(
    serial: str | None,
) -> None:
    host = host_of([replace(OWN, sequence=7)])
    assert names(in_dock([replace(OWN, sequence=7, serial=serial), replace(LOOSE, sequence=9)], host)) == ["sdb"]


def test_a_disk_that_takes_the_name_of_one_of_the_host_has_a_number_of_its_own_and_is_offered() -> None:
    host = host_of([replace(OWN, sequence=7)])
    assert names(in_dock([replace(LOOSE, name="sda", sequence=12)], host)) == ["sda"]


def test_the_kernels_number_of_each_disk_is_read(tmp_path: Path) -> None:
    for name, number in (("sda", "5\n"), ("sdb", "12\n")):
        (tmp_path / "block" / name).mkdir(parents=True)
        (tmp_path / "block" / name / "diskseq").write_text(number)
    facts = RawFacts(smartctl={"sda": "{}", "sdb": "{}", "sdc": "{}"}, sysfs=sysfs.tree(tmp_path))
    assert [disk.sequence for disk in disks(facts)] == [5, 12, None]
