"""A minute of stress: every core computes, memory is written and verified, disks are read, temperatures are watched.

All at once, as a borrower's worst minute would be: a power supply or a cooler that fails does so under the whole load.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from intake_agent.judging.reasons import Reason
from intake_agent.machine import Disk, Machine, PartTest, PartTestKind
from intake_agent.part_tests import disk_read, memory_patterns, processor_load, temperatures
from intake_agent.part_tests.following import Follow, PartProgress, StopAsked, Stopwatch
from wipe_reports.reasons import PartTestFinding

_MOMENT_SECONDS = 0.5
_HOT_CELSIUS = 95
"""Makers let processors reach 100 °C (Intel's TjMax) and throttle there; near it the cooler does not do its work."""


@dataclass(slots=True)
class _Watch:
    """Waits while the parts work, measures how warm they get, and tells who follows."""

    follow: Follow
    stop_asked: StopAsked
    clock: Stopwatch
    disks: tuple[Disk, ...]
    hottest_processor: int | None = None
    hottest_disks: dict[str, int] = field(default_factory=dict)

    def wait(self, seconds: float) -> bool:
        """Watch until the time is up; returns whether it was broken off."""
        began = self.clock.seconds()
        while (spent := self.clock.seconds() - began) < seconds:
            self.follow(PartProgress(PartTestKind.PROCESSOR_STRESS, None, spent / seconds, self._look()))
            if self.stop_asked():
                return True
            self.clock.pause(min(_MOMENT_SECONDS, seconds - spent))
        self.follow(PartProgress(PartTestKind.PROCESSOR_STRESS, None, 1.0, self._look()))
        return False

    def _look(self) -> int | None:
        """Measure all parts once; returns the processor's temperature now."""
        now = temperatures.processor_celsius()
        self.hottest_processor = max(filter(None, (self.hottest_processor, now)), default=None)
        for disk in self.disks:
            if (celsius := temperatures.disk_celsius(disk.name)) is not None:
                self.hottest_disks[disk.name] = max(celsius, self.hottest_disks.get(disk.name, celsius))
        return now


@dataclass(frozen=True, slots=True)
class _Span:
    """When the stress ran, and whether it was broken off."""

    started_at: datetime
    ended_at: datetime
    broken_off: bool


def stress(
    machine: Machine,
    seconds: float,
    follow: Follow,
    stop_asked: StopAsked,
    *,
    clock: Stopwatch | None = None,
    devices: Path = Path("/dev"),
) -> tuple[PartTest, ...]:
    """Run everything for ``seconds`` and tell how each part held. Nothing is written to any disk.

    One :class:`PartTest` for the processor, one for the memory, one a disk. Broken off by ``stop_asked``, a part has
    no verdict, unless it had failed already.
    """
    watch = _Watch(follow, stop_asked, clock or Stopwatch(), tuple(disk for disk in machine.disks if disk.size_bytes))
    started_at, slowed_before, stop = watch.clock.now(), temperatures.throttled_times(), threading.Event()
    with ThreadPoolExecutor(max_workers=2 + len(watch.disks)) as pool:
        processor = pool.submit(processor_load.load, stop)
        memory = pool.submit(memory_patterns.exercise, stop)
        reads = [
            (disk, pool.submit(disk_read.measure, devices / disk.name, disk.size_bytes or 0, stop))
            for disk in watch.disks
        ]
        try:
            broken_off = watch.wait(seconds)
        finally:
            stop.set()
    span = _Span(started_at, watch.clock.now(), broken_off)
    slowed = _more(slowed_before, temperatures.throttled_times())
    return (
        _processor_result(machine, processor.result(), span, watch.hottest_processor, slowed),
        _memory_result(memory.result(), span),
        *(_disk_result(disk, reading.result(), span, watch.hottest_disks.get(disk.name)) for disk, reading in reads),
    )


def _more(before: int | None, after: int | None) -> int:
    return max(after - before, 0) if before is not None and after is not None else 0


def _verdict(span: _Span, *, failed: bool) -> bool | None:
    if failed:
        return False
    return None if span.broken_off else True


def _findings(span: _Span, *found: Reason) -> tuple[str, ...]:
    """What was found, as the report holds it; first that it was broken off, where it was."""
    before = [Reason(PartTestFinding.BROKEN_OFF)] if span.broken_off else []
    return tuple(map(str, (*before, *found)))


def _processor_result(
    machine: Machine, load: processor_load.ProcessorLoad, span: _Span, peak: int | None, slowed: int
) -> PartTest:
    found = [
        Reason(PartTestFinding.CALCULATIONS, load.rounds),
        Reason(PartTestFinding.CORES, load.threads),
        Reason(PartTestFinding.WRONG_RESULTS, load.wrong),
    ]
    if slowed:
        found.append(Reason(PartTestFinding.THROTTLED, slowed))
    elif peak is not None and peak >= _HOT_CELSIUS:
        found.append(Reason(PartTestFinding.HOT))
    return PartTest(
        kind=PartTestKind.PROCESSOR_STRESS.value,
        subject=machine.processor.brand,
        started_at=span.started_at,
        ended_at=span.ended_at,
        passed=_verdict(span, failed=load.wrong > 0),
        findings=_findings(span, *found),
        peak_celsius=peak,
    )


def _memory_result(memory: memory_patterns.MemoryPatterns, span: _Span) -> PartTest:
    passed: bool | None = None
    findings: tuple[str, ...] = (PartTestFinding.TOO_LITTLE_MEMORY_FREE.value,)
    if memory.tested_bytes:
        passed = _verdict(span, failed=memory.wrong_blocks > 0)
        findings = _findings(
            span,
            Reason(PartTestFinding.TESTED_MIB, memory.tested_bytes // 2**20),
            Reason(PartTestFinding.VERIFIED_MIB, memory.verified_bytes // 2**20),
            Reason(PartTestFinding.WRONG_BLOCKS, memory.wrong_blocks),
        )
    return PartTest(
        kind=PartTestKind.MEMORY_STRESS.value,
        started_at=span.started_at,
        ended_at=span.ended_at,
        passed=passed,
        findings=findings,
    )


def _disk_result(disk: Disk, read: disk_read.DiskRead, span: _Span, peak: int | None) -> PartTest:
    passed: bool | None = None
    findings: tuple[str, ...] = (str(read.trouble),)
    if read.trouble is None:
        passed, findings = _verdict(span, failed=read.errors > 0), _findings(span, *_read_findings(read))
    return PartTest(
        kind=PartTestKind.DISK_READ.value,
        subject=disk.serial or disk.name,
        started_at=span.started_at,
        ended_at=span.ended_at,
        passed=passed,
        findings=findings,
        peak_celsius=peak,
    )


def _read_findings(read: disk_read.DiskRead) -> tuple[Reason, ...]:
    errors = Reason(PartTestFinding.READ_ERRORS, read.errors)
    if read.median_mb_per_second is None or read.slowest_mb_per_second is None:
        return Reason(PartTestFinding.NOTHING_READ), errors
    return (
        Reason(PartTestFinding.MEDIAN_MB_PER_SECOND, round(read.median_mb_per_second)),
        Reason(PartTestFinding.PLACES_READ, read.stretches),
        Reason(PartTestFinding.SLOWEST_MB_PER_SECOND, round(read.slowest_mb_per_second)),
        errors,
    )
