"""Write patterns into a share of the free memory and read them back, as far as a program beside others can.

This finds modules that err under load. It sees only what the system gives it; a whole test needs memtest86+ alone on
the machine.
"""

from __future__ import annotations

import mmap
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psutil

_BLOCK_BYTES = 1024 * 1024
_SHARE_OF_FREE = 0.4
_LEFT_FREE_BYTES = 192 * 1024 * 1024
"""What stays for the system whatever happens: a machine with 1 GB that swaps tests its disk, not its memory."""
_MOST_BYTES = 2 * 1024**3

Pattern = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class MemoryPatterns:
    """How much memory was under test, how much was written and read back in all, and how many blocks differed."""

    tested_bytes: int
    verified_bytes: int
    wrong_blocks: int


def bytes_to_test(available_bytes: int) -> int:
    """A bounded share of the free memory, in whole blocks; 0 where there is too little to spare."""
    share = min(int(available_bytes * _SHARE_OF_FREE), available_bytes - _LEFT_FREE_BYTES, _MOST_BYTES)
    return max(share, 0) // _BLOCK_BYTES * _BLOCK_BYTES


def _patterns() -> Iterator[Pattern]:
    """For ever: all zeros and ones, the two chessboards, and each block's own number, which finds address faults."""
    while True:
        for byte in (0x00, 0xFF, 0xAA, 0x55):
            yield _filled(byte)
        yield _numbered


def _filled(byte: int) -> Pattern:
    block = bytes([byte]) * _BLOCK_BYTES
    return lambda _number: block


def _numbered(number: int) -> bytes:
    return number.to_bytes(8, "big") * (_BLOCK_BYTES // 8)


def exercise(
    stop: threading.Event,
    size_bytes: int | None = None,
    memory: Callable[[int], mmap.mmap] = lambda size: mmap.mmap(-1, size),
) -> MemoryPatterns:
    """Write and verify pattern after pattern until ``stop`` is set. ``size_bytes`` is by :func:`bytes_to_test`."""
    size = bytes_to_test(psutil.virtual_memory().available) if size_bytes is None else size_bytes
    if not size:
        return MemoryPatterns(0, 0, 0)
    verified = wrong = 0
    with memory(size) as under_test:
        for pattern in _patterns():
            written = _write(under_test, pattern, stop)
            wrong += _differing(under_test, pattern, written)
            verified += written * _BLOCK_BYTES
            if stop.is_set():
                break
    return MemoryPatterns(size, verified, wrong)


def _write(under_test: mmap.mmap, pattern: Pattern, stop: threading.Event) -> int:
    """Fill block after block; returns how many were written when it was done or had to stop."""
    for number in range(len(under_test) // _BLOCK_BYTES):
        if number and stop.is_set():
            return number
        under_test[number * _BLOCK_BYTES : (number + 1) * _BLOCK_BYTES] = pattern(number)
    return len(under_test) // _BLOCK_BYTES


def _differing(under_test: mmap.mmap, pattern: Pattern, blocks: int) -> int:
    return sum(
        under_test[number * _BLOCK_BYTES : (number + 1) * _BLOCK_BYTES] != pattern(number) for number in range(blocks)
    )
