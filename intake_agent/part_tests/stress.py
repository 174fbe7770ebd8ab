"""A minute of stress: every core computes, memory is written and verified, disks are read, temperatures are watched.

All at once, as a borrower's worst minute would be: a power supply or a cooler that fails does so under the whole load.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from intake_agent.language import gettext
from intake_agent.machine import Disk, Machine, PartTest, PartTestKind
from intake_agent.part_tests import disk_read, memory_patterns, processor_load, temperatures
from intake_agent.part_tests.following import Follow, PartProgress, StopAsked, Stopwatch

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


def _with_interruption(span: _Span, words: str) -> str:
    return gettext("Afgebroken voor het einde. {words}", words=words) if span.broken_off else words


def _processor_result(
    machine: Machine, load: processor_load.ProcessorLoad, span: _Span, peak: int | None, slowed: int
) -> PartTest:
    sentences = [
        gettext(
            "{rounds} berekeningen op {threads} kernen, {wrong} fout.",
            rounds=load.rounds,
            threads=load.threads,
            wrong=load.wrong or gettext("geen"),
        )
    ]
    if slowed:
        sentences.append(
            gettext("De processor werd te warm en vertraagde {slowed} keer: maak de koeling schoon.", slowed=slowed)
        )
    elif peak is not None and peak >= _HOT_CELSIUS:
        sentences.append(gettext("De processor werd heel warm: maak de koeling schoon."))
    return PartTest(
        kind=PartTestKind.PROCESSOR_STRESS.value,
        subject=machine.processor.brand,
        started_at=span.started_at,
        ended_at=span.ended_at,
        passed=_verdict(span, failed=load.wrong > 0),
        detail=_with_interruption(span, " ".join(sentences)),
        peak_celsius=peak,
    )


def _memory_result(memory: memory_patterns.MemoryPatterns, span: _Span) -> PartTest:
    passed, detail = None, gettext("Te weinig vrij geheugen om te testen.")
    if memory.tested_bytes:
        passed = _verdict(span, failed=memory.wrong_blocks > 0)
        tested, verified = memory.tested_bytes // 2**20, memory.verified_bytes // 2**20
        wrong = memory.wrong_blocks or gettext("geen")
        detail = _with_interruption(
            span,
            gettext(
                "{tested} MiB getest, {verified} MiB geschreven en teruggelezen, {wrong} fout.",
                tested=tested,
                verified=verified,
                wrong=wrong,
            ),
        )
    return PartTest(
        kind=PartTestKind.MEMORY_STRESS.value,
        started_at=span.started_at,
        ended_at=span.ended_at,
        passed=passed,
        detail=detail,
    )


def _disk_result(disk: Disk, read: disk_read.DiskRead, span: _Span, peak: int | None) -> PartTest:
    if read.trouble is not None:
        passed, detail = None, gettext("De schijf kon niet geopend worden: {trouble}.", trouble=read.trouble)
    else:
        passed, detail = _verdict(span, failed=read.errors > 0), _with_interruption(span, _read_words(read))
    return PartTest(
        kind=PartTestKind.DISK_READ.value,
        subject=disk.serial or disk.name,
        started_at=span.started_at,
        ended_at=span.ended_at,
        passed=passed,
        detail=detail,
        peak_celsius=peak,
    )


def _read_words(read: disk_read.DiskRead) -> str:
    errors = gettext("{count} leesfouten", count=read.errors or gettext("geen"))
    if read.median_mb_per_second is None or read.slowest_mb_per_second is None:
        return gettext("Niets gelezen, {errors}.", errors=errors)
    return gettext(
        "{median:.0f} MB/s op {stretches} willekeurige plaatsen, de traagste {slowest:.0f} MB/s, {errors}.",
        median=read.median_mb_per_second,
        stretches=read.stretches,
        slowest=read.slowest_mb_per_second,
        errors=errors,
    )
