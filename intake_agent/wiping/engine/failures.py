"""The ranges of a carrier that could not be written, read, or that read back wrong: merged, counted, listed in part."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from wipe_reports.document import MAX_ERRORS_LISTED, MediaError
from wipe_reports.reasons import MediaErrorReason

_GONE = frozenset({errno.ENODEV, errno.ENXIO, errno.ENOMEDIUM, errno.ESHUTDOWN, errno.EBADF})
_MAX_SPLITS = 4096
"""After this many failing pieces a carrier is dying and every further split costs minutes; whole chunks fail then."""


class CarrierGoneError(Exception):
    """The device itself went away (unplugged, bus reset): going on would report sectors that nobody asked for."""


@dataclass(slots=True)
class Failures:
    """What went wrong in one pass. ``listed`` holds at most 100 merged ranges, ``total_bytes`` counts them all."""

    listed: list[MediaError] = field(default_factory=list)
    total_bytes: int = 0
    pieces: int = 0

    def add(self, operation: str, offset_bytes: int, length_bytes: int, reason: str) -> None:
        """Note a range; one that continues the last noted range makes it longer."""
        self.total_bytes += length_bytes
        self.pieces += 1
        last = self.listed[-1] if self.listed else None
        if (
            last is not None
            and last.offset_bytes + last.length_bytes == offset_bytes
            and (last.operation, last.reason) == (operation, reason)
        ):
            self.listed[-1] = replace(last, length_bytes=last.length_bytes + length_bytes)
        elif len(self.listed) < MAX_ERRORS_LISTED:
            self.listed.append(
                MediaError(operation=operation, offset_bytes=offset_bytes, length_bytes=length_bytes, reason=reason)
            )


def in_pieces(
    transfer: Callable[[int, int], int],
    place: tuple[int, int],
    smallest_bytes: int,
    operation: str,
    failures: Failures,
    *,
    is_gone: Callable[[], bool] = lambda: False,
) -> list[tuple[int, int]]:
    """Move a range by ``transfer(start, length) -> moved``, split in halves where it fails.

    ``place`` is the range's offset and length; ``start`` counts from its offset. What fails at ``smallest_bytes`` goes
    to ``failures`` and is returned as (start, length) pairs. Raises :class:`CarrierGoneError` when the device is gone,
    by the error itself or by ``is_gone``, which is asked after every error.
    """
    offset_bytes, length_bytes = place
    failed: list[tuple[int, int]] = []
    todo = [(0, length_bytes)]
    while todo:
        start, length = todo.pop()
        done, error = _try(transfer, start, length)
        rest_start, rest = start + done, length - done
        if not rest:
            continue
        if error is not None and (error.errno in _GONE or is_gone()):
            raise CarrierGoneError(os.strerror(error.errno or 0)) from error
        if rest <= smallest_bytes or failures.pieces >= _MAX_SPLITS:
            reason = (
                os.strerror(error.errno) if error is not None and error.errno else MediaErrorReason.SHORT_TRANSFER.value
            )
            failures.add(operation, offset_bytes + rest_start, rest, reason)
            failed.append((rest_start, rest))
            continue
        half = max(smallest_bytes, rest // 2 // smallest_bytes * smallest_bytes)
        todo.append((rest_start + half, rest - half))
        todo.append((rest_start, half))
    return failed


def _try(transfer: Callable[[int, int], int], start: int, length: int) -> tuple[int, OSError | None]:
    try:
        return transfer(start, length), None
    except OSError as error:
        return 0, error
