"""Write stamped blocks, over all of a carrier or at chosen places: O_DIRECT, chunk by chunk, ``pwritev``, a flush.

It tells what it wrote and what it could not write. Whether the carrier keeps it, only :mod:`verify` can say.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from intake_agent.judging.reasons import Reason
from intake_agent.station.clock import CLOCK
from intake_agent.wiping.engine.carrier_file import OpenCarrier, opened
from intake_agent.wiping.engine.failures import CarrierGoneError, Failures, in_pieces
from intake_agent.wiping.engine.sample import Range
from intake_agent.wiping.engine.stamp import CHUNK_BYTES, SECTOR_BYTES, Stamp
from intake_agent.wiping.engine.stopping import StopReason
from intake_agent.wiping.engine.target import Target
from intake_agent.wiping.progress import Meter, Phase, Watch
from wipe_reports.reasons import MediaErrorReason

PATTERN = "stamped-random"
_SECONDS_BETWEEN_MARKS = 5.0


class Marks(Protocol):
    """Who notes how far an overwrite is for certain, so that it can go on after a cut."""

    def flushed(self, position_bytes: int, *, clean: bool) -> None:
        """All bytes before ``position_bytes`` are on the carrier; ``clean`` says that none of them failed."""


@dataclass(slots=True)
class Written:
    """What one writing pass did; ``reached_bytes`` is the first address that was not tried.

    ``stopped`` says why it ended early.
    """

    started_at: datetime
    ended_at: datetime
    bytes_written: int = 0
    reached_bytes: int = 0
    direct: bool = True
    stopped: StopReason | None = None
    failures: Failures = field(default_factory=Failures)


def overwrite(
    target: Target, stamp: Stamp, watch: Watch, *, marks: Marks | None = None, start_bytes: int = 0
) -> Written:
    """Write ``stamp`` over ``target`` from ``start_bytes`` (a whole number of chunks) on, past every block that fails.

    ``bytes_written`` counts what stood there before ``start_bytes`` too. Every few seconds the carrier is flushed and
    ``marks`` reported. Raises CarrierBusyError or OSError when it cannot be opened; nothing was written then.
    """
    start = min(start_bytes, target.size_bytes)
    result = Written(CLOCK.now(), CLOCK.now(), bytes_written=start, reached_bytes=start)
    with opened(target.path, writing=True) as carrier:
        result.direct = carrier.direct
        _write_all(carrier, target, _Pass(stamp, watch, marks, result))
        _flush(carrier, target.size_bytes, result)
    if marks is not None and result.stopped in {None, StopReason.INTERRUPTED}:
        marks.flushed(result.reached_bytes, clean=not result.failures.total_bytes)
    result.ended_at = CLOCK.now()
    return result


def write_ranges(target: Target, stamp: Stamp, ranges: Iterator[Range], total_bytes: int, watch: Watch) -> Written:
    """Write ``stamp`` at ``ranges`` (``total_bytes`` in all) only: what a firmware erase must make disappear.

    Raises CarrierBusyError or OSError when the carrier cannot be opened.
    """
    result = Written(CLOCK.now(), CLOCK.now())
    meter = Meter(Phase.PLANTING, total_bytes, watch.listener)
    with opened(target.path, writing=True) as carrier:
        result.direct = carrier.direct
        done = 0
        for offset, length in ranges:
            if watch.stop_asked():
                result.stopped = StopReason.INTERRUPTED
                break
            within = offset % CHUNK_BYTES
            content = stamp.chunk(offset - within)[within : within + length]
            try:
                result.bytes_written += _write(carrier, target, content, offset, result.failures)
            except CarrierGoneError:
                result.stopped = StopReason.CARRIER_GONE
                break
            done += length
            meter.reached(done)
        _flush(carrier, target.size_bytes, result)
    result.ended_at = CLOCK.now()
    return result


@dataclass(frozen=True, slots=True)
class _Pass:
    """What one writing pass works with."""

    stamp: Stamp
    watch: Watch
    marks: Marks | None
    result: Written


def _write_all(carrier: OpenCarrier, target: Target, one: _Pass) -> None:
    result, watch, marks = one.result, one.watch, one.marks
    meter = Meter(Phase.WRITING, target.size_bytes, watch.listener)
    marked = time.monotonic()
    for offset in range(result.reached_bytes, target.size_bytes, CHUNK_BYTES):
        if watch.stop_asked():
            result.stopped = StopReason.INTERRUPTED
            return
        if marks is not None and time.monotonic() - marked >= _SECONDS_BETWEEN_MARKS:
            if not _flush(carrier, target.size_bytes, result):
                return
            marks.flushed(offset, clean=not result.failures.total_bytes)
            marked = time.monotonic()
        content = one.stamp.chunk(offset)[: target.size_bytes - offset]
        try:
            result.bytes_written += _write(carrier, target, content, offset, result.failures)
        except CarrierGoneError:
            result.stopped = StopReason.CARRIER_GONE
            return
        result.reached_bytes = offset + len(content)
        meter.reached(result.reached_bytes)


def _write(carrier: OpenCarrier, target: Target, content: memoryview, offset: int, failures: Failures) -> int:
    """One chunk; returns the bytes written. O_DIRECT takes whole sectors: a file's odd end goes through the cache."""
    odd = len(content) % SECTOR_BYTES if carrier.direct else 0
    whole = len(content) - odd

    def transfer(start: int, count: int) -> int:
        return os.pwritev(carrier.descriptor, [content[start : start + count]], offset + start)

    failed = in_pieces(
        *(transfer, (offset, whole), target.smallest_split_bytes, "write", failures), is_gone=carrier.is_gone
    )
    if odd:
        with target.path.open("r+b", buffering=0) as file:
            file.seek(offset + whole)
            file.write(content[whole:])
            os.fdatasync(file.fileno())
    return len(content) - sum(lost for _, lost in failed)


def _flush(carrier: OpenCarrier, size_bytes: int, result: Written) -> bool:
    """Let the drive empty its cache. A flush that fails takes back every byte that was said to be written."""
    if result.stopped in {StopReason.FLUSH_FAILED, StopReason.CARRIER_GONE}:
        return False
    try:
        os.fdatasync(carrier.descriptor)
    except OSError as error:
        reason = Reason(MediaErrorReason.FLUSH_FAILED, os.strerror(error.errno or 0))
        result.failures.add("write", 0, size_bytes, str(reason))
        result.stopped = result.stopped or (StopReason.CARRIER_GONE if carrier.is_gone() else StopReason.FLUSH_FAILED)
        return False
    return True
