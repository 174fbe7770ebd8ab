"""A minute of stress in a moment: what errs is found, what is broken off has no verdict, nothing is written."""

from __future__ import annotations

import errno
import mmap
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_agent.machine import Disk, Machine, PartTest, Processor
from intake_agent.part_tests import disk_read, memory_patterns, processor_load, temperatures
from intake_agent.part_tests.following import PartProgress, Stopwatch
from intake_agent.part_tests.stress import stress
from wipe_reports.reasons import PartTestFinding
from wipe_reports.words import of_reasons

MIB = 1024 * 1024


def at_once() -> threading.Event:
    """Stops every load after its first round."""
    stop = threading.Event()
    stop.set()
    return stop


def after(times: int) -> threading.Event:
    """Stops a load when it asks for the ``times``-th time."""

    class After(threading.Event):
        asked = 0

        def is_set(self) -> bool:
            self.asked += 1
            return self.asked >= times

    return After()


class Time:
    """A clock that waiting moves."""

    def __init__(self) -> None:
        self.passed = 0.0

    def pause(self, seconds: float) -> None:
        self.passed += seconds

    @property
    def clock(self) -> Stopwatch:
        began = datetime(2026, 11, 22, tzinfo=UTC)
        return Stopwatch(lambda: began + timedelta(seconds=self.passed), lambda: self.passed, self.pause)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    (tmp_path / "disk").write_bytes(os.urandom(2 * MIB))
    monkeypatch.setattr(memory_patterns, "bytes_to_test", lambda _available: 4 * MIB)
    disks = (Disk(name="disk", serial="S1", size_bytes=2 * MIB), Disk(name="empty-slot"))
    return Machine(processor=Processor(brand="Een processor"), disks=disks)


def words_of(found: PartTest) -> str:
    return of_reasons(found.findings, PartTestFinding, "nl")


def never() -> bool:
    return False


def test_each_part_is_tested_once_and_holds(machine: Machine, tmp_path: Path) -> None:
    heard: list[PartProgress] = []
    before = (tmp_path / "disk").read_bytes()
    found = stress(machine, 3, heard.append, never, clock=Time().clock, devices=tmp_path)
    assert [(one.kind, one.subject, one.passed) for one in found] == [
        ("processor_stress", "Een processor", True),
        ("memory_stress", None, True),
        ("disk_read", "S1", True),
    ]
    assert [one.findings[-1] for one in found] == ["wrong_results:0", "wrong_blocks:0", "read_errors:0"]
    assert {one.ended_at - one.started_at for one in found} == {timedelta(seconds=3)}
    assert (heard[0].share_done, heard[-1].share_done) == (0, 1)
    assert (tmp_path / "disk").read_bytes() == before


def test_what_is_broken_off_has_no_verdict_and_says_so(machine: Machine, tmp_path: Path) -> None:
    found = stress(machine, 3600, lambda _: None, lambda: True, clock=Time().clock, devices=tmp_path)
    assert {one.passed for one in found} == {None}
    told = [one.findings for one in found if one.findings != ("too_little_memory_free",)]
    assert told
    assert {keys[0] for keys in told} == {"broken_off"}
    assert all(len(keys) > 1 for keys in told)


def test_a_disk_that_is_gone_is_told_and_stops_nobody(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "disk").unlink()
    *others, disk = stress(machine, 1, lambda _: None, never, clock=Time().clock, devices=tmp_path)
    assert disk.passed is None
    assert "kon niet geopend worden" in words_of(disk)
    assert {one.passed for one in others} == {True}


def test_a_processor_that_slowed_down_for_heat_is_told(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = iter((3, 10))
    monkeypatch.setattr(temperatures, "throttled_times", lambda: next(counts))
    monkeypatch.setattr(temperatures, "processor_celsius", lambda: 99)
    monkeypatch.setattr(temperatures, "disk_celsius", lambda _name: 41)
    processor, _, disk = stress(machine, 1, lambda _: None, never, clock=Time().clock, devices=tmp_path)
    assert (processor.passed, processor.peak_celsius, disk.peak_celsius) == (True, 99, 41)
    assert "vertraagde 7 keer" in words_of(processor)


def test_a_processor_that_computes_wrong_fails(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = iter(range(10**9))
    monkeypatch.setattr(processor_load, "_work", lambda _block: next(results))
    assert processor_load.load(at_once()).wrong > 0
    processor = stress(machine, 1, lambda _: None, lambda: True, clock=Time().clock, devices=tmp_path)[0]
    assert processor.passed is False


def test_every_core_gets_work() -> None:
    done = processor_load.load(at_once())
    assert (done.threads, done.wrong) == (len(os.sched_getaffinity(0)), 0)
    assert done.rounds >= done.threads


class StuckBit(mmap.mmap):
    """Memory of which one bit always reads as one."""

    def __getitem__(self, place):  # type: ignore[no-untyped-def]
        block = bytearray(super().__getitem__(place))
        if place.start == MIB:
            block[77] |= 1
        return bytes(block)


class ShortAddress(mmap.mmap):
    """Memory whose highest address line is stuck: the upper half is the lower half."""

    def __setitem__(self, place, value) -> None:  # type: ignore[no-untyped-def]
        start = place.start % (len(self) // 2)
        super().__setitem__(slice(start, start + len(value)), value)

    def __getitem__(self, place):  # type: ignore[no-untyped-def]
        start = place.start % (len(self) // 2)
        return super().__getitem__(slice(start, start + place.stop - place.start))


@pytest.mark.parametrize("faulty", [StuckBit, ShortAddress])
def test_faulty_memory_is_found_and_sound_memory_is_not(faulty: type[mmap.mmap]) -> None:
    rounds = 5

    assert memory_patterns.exercise(after(rounds * 4), 4 * MIB, lambda size: faulty(-1, size)).wrong_blocks > 0
    sound = memory_patterns.exercise(after(rounds * 4), 4 * MIB)
    assert (sound.wrong_blocks, sound.verified_bytes) == (0, rounds * 4 * MIB)


@given(st.integers(0, 2**40))
def test_memory_under_test_always_leaves_room_for_the_system(available: int) -> None:
    share = memory_patterns.bytes_to_test(available)
    assert share % MIB == 0
    assert share == 0 or available - share >= 192 * MIB
    assert share <= 2 * 1024**3


def test_too_little_memory_to_spare_is_no_verdict(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_patterns, "bytes_to_test", lambda _available: 0)
    memory = stress(machine, 1, lambda _: None, never, clock=Time().clock, devices=tmp_path)[1]
    assert (memory.passed, words_of(memory)) == (None, "te weinig vrij geheugen om te testen")


def test_a_disk_is_read_at_random_places_with_a_rate(tmp_path: Path) -> None:
    path = tmp_path / "disk"
    with path.open("wb") as file:
        file.truncate(256 * MIB)
    read = disk_read.measure(path, 256 * MIB, at_once())
    assert (read.stretches, read.errors, read.trouble) == (1, 0, None)
    assert (read.median_mb_per_second or 0) > 0


def test_sectors_that_cannot_be_read_are_counted_and_fail_the_disk(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(_descriptor: int, _buffers: object, _place: int) -> int:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "preadv", unreadable)
    disk = stress(machine, 1, lambda _: None, never, clock=Time().clock, devices=tmp_path)[-1]
    assert disk.passed is False
    assert "niets gelezen" in words_of(disk)
    assert disk_read.measure(tmp_path / "disk", 2 * MIB, after(2)).errors == 2


def test_a_disks_sensor_and_the_throttle_counts_are_read_from_the_kernel(tmp_path: Path) -> None:
    sensor = tmp_path / "block/sda/device/hwmon/hwmon3"
    sensor.mkdir(parents=True)
    (sensor / "temp1_input").write_text("38000\n")
    for core, count in ((0, 4), (1, 0)):
        folder = tmp_path / f"devices/system/cpu/cpu{core}/thermal_throttle"
        folder.mkdir(parents=True)
        (folder / "core_throttle_count").write_text(f"{count}\n")
    assert temperatures.disk_celsius("sda", tmp_path) == 38
    assert temperatures.disk_celsius("sdb", tmp_path) is None
    assert temperatures.throttled_times(tmp_path) == 4
    assert temperatures.throttled_times(tmp_path / "nothing") is None
    (sensor / "temp1_input").write_text("-128000\n")
    assert temperatures.disk_celsius("sda", tmp_path) is None
