"""Read a carrier back and compare it with what must be there: a pass of its own that knows nothing of the method.

One thread reads into four buffers while this one compares; both let go of Python's lock. Every byte of the ranges is
read; nothing is assumed. Disks that are wiped side by side share what one takes for its buffers, and read in smaller
ones: old machines have little memory.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from intake_agent.station.clock import CLOCK
from intake_agent.wiping.engine.carrier_file import OpenCarrier, opened
from intake_agent.wiping.engine.content import Content
from intake_agent.wiping.engine.failures import CarrierGoneError, Failures, in_pieces
from intake_agent.wiping.engine.piece import Piece
from intake_agent.wiping.engine.sample import PIECE_BYTES, Range, in_parts
from intake_agent.wiping.engine.stamp import SECTOR_BYTES
from intake_agent.wiping.engine.stopping import StopReason
from intake_agent.wiping.engine.target import SMALLEST_SPLIT_BYTES
from intake_agent.wiping.progress import Meter, Phase, Watch
from wipe_reports.reasons import MediaErrorReason

_BUFFERS = 4
_SMALLEST_BUFFER_BYTES = 256 * 1024
_DISKS_WITH_WHOLE_BUFFERS = 2


@dataclass(slots=True)
class ReadBack:
    """What one reading pass found: ``failures`` could not be read, ``mismatches`` read back other than they must.

    ``found`` says in a word what was read, ``survived`` in how many pages a canary was found.
    """

    started_at: datetime
    ended_at: datetime
    bytes_read: int = 0
    bytes_mismatched: int = 0
    survived: int = 0
    found: str | None = None
    direct: bool = True
    stopped: StopReason | None = None
    failures: Failures = field(default_factory=Failures)
    mismatches: Failures = field(default_factory=Failures)

    @property
    def passed(self) -> bool:
        """Was all that had to be read read, and was all of it right?"""
        return (
            self.stopped is None
            and not self.failures.total_bytes
            and not self.bytes_mismatched
            and not self.survived
            and self.bytes_read > 0
        )


def read_back(
    path: Path,
    ranges: Iterator[Range],
    total_bytes: int,
    content: Content,
    watch: Watch,
    *,
    enough_wrong_bytes: int | None = None,
    phase: Phase = Phase.VERIFYING,
) -> ReadBack:
    """Read ``ranges`` (``total_bytes`` in all) of a carrier, opened anew, and compare them with ``content``.

    With ``enough_wrong_bytes`` the pass ends (``stopped`` is ``read_back_differs``) once so many have read back wrong:
    another method will follow, and hours of counting would tell nothing new. Raises CarrierBusyError or OSError when
    the carrier cannot be opened.
    """
    result = ReadBack(CLOCK.now(), CLOCK.now())
    meter = Meter(phase, total_bytes, watch.listener)
    with opened(path, writing=False) as carrier:
        result.direct = carrier.direct
        reader = _Reader(carrier, path, ranges, buffer_bytes(watch.disks_at_once))
        reader.start()
        done = 0
        try:
            while (piece := reader.filled.get()) is not None:
                _compare(piece, content, result)
                done += piece.length
                reader.free.put(piece)
                meter.reached(done)
                if enough_wrong_bytes is not None and result.bytes_mismatched >= enough_wrong_bytes:
                    result.stopped = StopReason.READ_BACK_DIFFERS
                    break
                if watch.stop_asked():
                    result.stopped = StopReason.INTERRUPTED
                    break
        finally:
            reader.end()
        result.failures = reader.failures
        result.stopped = result.stopped or reader.stopped
    result.found, result.survived = content.found, content.survived
    result.ended_at = CLOCK.now()
    return result


def buffer_bytes(disks_at_once: int) -> int:
    """How large each read-back buffer is: halved, from a whole piece on, until the disks together take what two may."""
    size_bytes = PIECE_BYTES
    while size_bytes * disks_at_once > PIECE_BYTES * _DISKS_WITH_WHOLE_BUFFERS and size_bytes > _SMALLEST_BUFFER_BYTES:
        size_bytes //= 2
    return size_bytes


def _compare(piece: Piece, content: Content, result: ReadBack) -> None:
    result.bytes_read += piece.length - sum(length for _, length in piece.failed)
    for start, length in content.differing(piece):
        result.mismatches.add("compare", piece.offset + start, length, MediaErrorReason.DIFFERS.value)
    result.bytes_mismatched = result.mismatches.total_bytes


class _Reader(threading.Thread):
    """Fills buffers in the order of the ranges. ``filled`` ends with ``None``."""

    def __init__(self, carrier: OpenCarrier, path: Path, ranges: Iterator[Range], room_bytes: int) -> None:
        super().__init__(name="read-back", daemon=True)
        self.filled: queue.SimpleQueue[Piece | None] = queue.SimpleQueue()
        self.free: queue.SimpleQueue[Piece | None] = queue.SimpleQueue()
        self.failures = Failures()
        self.stopped: StopReason | None = StopReason.READER_FAILED
        self._carrier, self._path, self._ranges = carrier, path, in_parts(ranges, room_bytes)
        for _ in range(_BUFFERS):
            self.free.put(Piece(room_bytes))

    def run(self) -> None:
        try:
            for offset, length in self._ranges:
                piece = self.free.get()
                if piece is None:
                    return
                piece.offset, piece.length = offset, length
                self._read(piece)
                self.filled.put(piece)
            self.stopped = None
        except CarrierGoneError:
            self.stopped = StopReason.CARRIER_GONE
        finally:
            self.filled.put(None)

    def end(self) -> None:
        """Stop after the piece in hand, and wait for that."""
        self.free.put(None)
        while self.is_alive():
            self.join(timeout=0.1)

    def _read(self, piece: Piece) -> None:
        """One range. O_DIRECT gives whole sectors; the odd bytes at the end of a file come past an emptied cache."""
        odd = piece.length % SECTOR_BYTES if self._carrier.direct else 0

        def transfer(start: int, count: int) -> int:
            return os.preadv(self._carrier.descriptor, [piece.bytes[start : start + count]], piece.offset + start)

        piece.failed = in_pieces(
            *(transfer, (piece.offset, piece.length - odd), SMALLEST_SPLIT_BYTES, "read", self.failures),
            is_gone=self._carrier.is_gone,
        )
        if odd:
            start = piece.length - odd
            with self._path.open("rb", buffering=0) as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
                file.seek(piece.offset + start)
                if file.readinto(piece.bytes[start : start + odd]) != odd:
                    piece.failed.append((start, odd))
                    self.failures.add("read", piece.offset + start, odd, MediaErrorReason.SHORT_TRANSFER.value)
