"""Overwrite once with stamped blocks: O_DIRECT, one 4 MiB buffer, ``pwritev``, and a flush at the end.

It tells what it wrote and what it could not write. Whether the carrier keeps it, only :mod:`verify` can say.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime

from intake_agent.clock import CLOCK
from intake_agent.wiping.carrier_file import OpenCarrier, opened
from intake_agent.wiping.failures import CarrierGoneError, Failures, in_pieces
from intake_agent.wiping.progress import Meter, Phase, Watch
from intake_agent.wiping.stamp import CHUNK_BYTES, SECTOR_BYTES, Stamp
from intake_agent.wiping.target import Target

PATTERN = "stamped-random"


@dataclass(slots=True)
class Written:
    """What one writing pass did. ``stopped`` says why it ended early: ``interrupted``, ``carrier_gone`` or nothing."""

    started_at: datetime
    ended_at: datetime
    bytes_written: int = 0
    direct: bool = True
    stopped: str | None = None
    failures: Failures = field(default_factory=Failures)


def overwrite(target: Target, stamp: Stamp, watch: Watch) -> Written:
    """Write ``stamp`` over the whole of ``target``, on past every block that fails.

    Raises CarrierBusyError or OSError when it cannot be opened; nothing was written then.
    """
    result = Written(CLOCK.now(), CLOCK.now())
    with opened(target.path, writing=True) as carrier:
        result.direct = carrier.direct
        _write_all(carrier, target, stamp, watch, result)
        _flush(carrier, target.size_bytes, result)
    result.ended_at = CLOCK.now()
    return result


def _write_all(carrier: OpenCarrier, target: Target, stamp: Stamp, watch: Watch, result: Written) -> None:
    meter = Meter(Phase.WRITING, target.size_bytes, watch.listener)
    for offset in range(0, target.size_bytes, CHUNK_BYTES):
        if watch.stop_asked():
            result.stopped = "interrupted"
            return
        content = stamp.chunk(offset)[: target.size_bytes - offset]
        try:
            result.bytes_written += _write(carrier, target, content, offset, result.failures)
        except CarrierGoneError:
            result.stopped = "carrier_gone"
            return
        meter.reached(offset + len(content))


def _write(carrier: OpenCarrier, target: Target, content: memoryview, offset: int, failures: Failures) -> int:
    """One chunk; returns the bytes written. O_DIRECT takes whole sectors: a file's odd end goes through the cache."""
    odd = len(content) % SECTOR_BYTES if carrier.direct else 0
    whole = len(content) - odd

    def transfer(start: int, count: int) -> int:
        return os.pwritev(carrier.descriptor, [content[start : start + count]], offset + start)

    failed = in_pieces(transfer, (offset, whole), target.smallest_split_bytes, "write", failures)
    if odd:
        with target.path.open("r+b", buffering=0) as file:
            file.seek(offset + whole)
            file.write(content[whole:])
            os.fdatasync(file.fileno())
    return len(content) - sum(lost for _, lost in failed)


def _flush(carrier: OpenCarrier, size_bytes: int, result: Written) -> None:
    """Let the drive empty its cache. A flush that fails takes back every byte that was said to be written."""
    try:
        os.fdatasync(carrier.descriptor)
    except OSError as error:
        result.failures.add("write", 0, size_bytes, f"flush: {os.strerror(error.errno or 0)}")
        result.stopped = result.stopped or "flush_failed"
