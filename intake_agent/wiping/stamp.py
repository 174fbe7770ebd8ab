"""What an overwrite writes: random bytes in which every 512-byte sector carries the run's nonce and its own offset.

Reading the stamps back catches writes that were dropped (an older content comes back), aliased (another offset comes
back) or faked (zeros, or a device shorter than it says). A pattern of zeros can catch none of these.

One sector is: offset of its chunk (u64) · its index in the chunk (u64) · nonce (8 bytes) · 488 random bytes, in the
machine's own byte order. The random bytes are made once a wipe and repeat each chunk; the stamps never repeat.
"""

from __future__ import annotations

import ctypes
import mmap
import os
from array import array

CHUNK_BYTES = 4 * 1024 * 1024
"""Larger chunks gain nothing on any device measured."""
SECTOR_BYTES = 512
_SECTORS = CHUNK_BYTES // SECTOR_BYTES
_WORDS_PER_SECTOR = SECTOR_BYTES // 8


class Stamp:
    """The content of one wipe. :meth:`chunk` gives the bytes that belong at an offset, in one page-aligned buffer.

    The buffer is reused: what ``chunk`` returned is overwritten by the next call. Not for use by two threads.
    """

    def __init__(self) -> None:
        self.nonce = os.urandom(8)
        self._buffer = mmap.mmap(-1, CHUNK_BYTES)
        self._buffer[:] = os.urandom(CHUNK_BYTES)
        self._bytes = memoryview(self._buffer)
        self._words = self._bytes.cast("Q")
        self._words[1::_WORDS_PER_SECTOR] = memoryview(array("Q", range(_SECTORS)))
        self._words[2::_WORDS_PER_SECTOR] = memoryview(array("Q", self.nonce) * _SECTORS)
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(self._buffer))

    def chunk(self, offset: int) -> memoryview:
        """The 4 MiB that belong at ``offset``, a multiple of :data:`CHUNK_BYTES`."""
        self._words[0::_WORDS_PER_SECTOR] = memoryview(array("Q", (offset,)) * _SECTORS)
        return self._bytes
