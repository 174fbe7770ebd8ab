"""How fast a disk reads: stretches at random places over the whole disk, past the cache of the system, read-only."""

from __future__ import annotations

import errno
import mmap
import os
import random
import statistics
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from intake_agent.judging.reasons import Reason
from wipe_reports.reasons import PartTestFinding

_REQUEST_BYTES = 1024 * 1024
_STRETCH_REQUESTS = 32
"""A stretch of 32 MiB: long enough that the seek before it does not count."""
_ALIGNMENT_BYTES = 4096
_NOT_OPENED = {
    errno.ENOENT: PartTestFinding.NOT_OPENED_ABSENT,
    errno.ENODEV: PartTestFinding.NOT_OPENED_ABSENT,
    errno.ENXIO: PartTestFinding.NOT_OPENED_ABSENT,
    errno.EACCES: PartTestFinding.NOT_OPENED_FORBIDDEN,
    errno.EPERM: PartTestFinding.NOT_OPENED_FORBIDDEN,
    errno.EBUSY: PartTestFinding.NOT_OPENED_BUSY,
    errno.EIO: PartTestFinding.NOT_OPENED_FAULTY,
}


@dataclass(frozen=True, slots=True)
class DiskRead:
    """Megabytes a second (10⁶ bytes): the median and the slowest of ``stretches``; ``errors`` is unreadable requests.

    ``trouble`` says why the disk could not be opened.
    """

    stretches: int = 0
    median_mb_per_second: float | None = None
    slowest_mb_per_second: float | None = None
    errors: int = 0
    trouble: Reason | None = None


def measure(path: Path, size_bytes: int, stop: threading.Event) -> DiskRead:
    """Read stretches at random places until ``stop`` is set; at least one stretch is read. Nothing is written."""
    try:
        descriptor = _open(path)
    except OSError as error:
        return DiskRead(trouble=_why_not_opened(error))
    rates: list[float] = []
    errors = 0
    try:
        with mmap.mmap(-1, _REQUEST_BYTES) as buffer:
            while (not rates and not errors) or not stop.is_set():
                rate, failed = _stretch(descriptor, buffer, _place(size_bytes), size_bytes, stop)
                errors += failed
                if rate is not None:
                    rates.append(rate)
                if rate is None and not failed:
                    break
    finally:
        os.close(descriptor)
    if not rates:
        return DiskRead(errors=errors)
    return DiskRead(len(rates), statistics.median(rates), min(rates), errors)


def _open(path: Path) -> int:
    """Past the cache where the system can; what cannot (a file in memory) is read as it is."""
    flags = os.O_RDONLY | os.O_CLOEXEC
    try:
        return os.open(path, flags | os.O_DIRECT)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        return os.open(path, flags)


def _why_not_opened(error: OSError) -> Reason:
    key = _NOT_OPENED.get(error.errno or 0)
    return Reason(PartTestFinding.NOT_OPENED, error.strerror or str(error)) if key is None else Reason(key)


def _place(size_bytes: int) -> int:
    last = max(size_bytes - _REQUEST_BYTES * _STRETCH_REQUESTS, 0)
    return random.randrange(0, last + 1) // _ALIGNMENT_BYTES * _ALIGNMENT_BYTES  # noqa: S311 - a place, no secret


def _stretch(
    descriptor: int, buffer: mmap.mmap, start: int, size_bytes: int, stop: threading.Event
) -> tuple[float | None, int]:
    """(MB a second, unreadable requests) of one stretch; no rate where nothing was read."""
    read = errors = 0
    began = time.perf_counter()
    for number in range(_STRETCH_REQUESTS):
        place = start + number * _REQUEST_BYTES
        if place >= size_bytes or (number and stop.is_set()):
            break
        try:
            got = os.preadv(descriptor, [buffer], place)
        except OSError:
            errors += 1
            continue
        if not got:
            break
        read += got
    seconds = time.perf_counter() - began
    return (read / 1e6 / max(seconds, 1e-9) if read else None), errors
