"""What an overwrite writes: random bytes that say which wipe they belong to and where they lie.

Reading them back catches writes that were dropped (an older content comes back), aliased (the content of another
place comes back) or faked (zeros, or a device shorter than it says). A pattern of zeros can catch none of these.

Every 4 KiB page begins with the offset of its chunk (u64); every 512-byte sector holds its index in the source (u64)
and the nonce of the wipe (8 bytes), and is random for the rest. The source is made once a wipe and is a little longer
than a chunk; each chunk takes it from another page on, so that sectors that lie alike in two chunks differ also
beside the stamp. Only chunks 257 apart start at the same page, which no faulty address line makes.

All of it follows from a seed of 32 bytes (AES-256 in counter mode, faster than the system's own random bytes), so that
a wipe that was cut can go on with the same stamps after a reboot, and every byte can still be compared.
"""

from __future__ import annotations

import ctypes
import hashlib
import mmap
import os
from array import array

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

CHUNK_BYTES = 2 * 1024 * 1024
"""Larger chunks gain nothing on any device measured, and eight disks at once each keep a source of this and half more.

It is part of the stamps' layout, which a wipe that was cut goes on with: whoever changes it counts the journal's
version up.
"""
PAGE_BYTES = 4096
SECTOR_BYTES = 512
_STARTS = 257
_SOURCE_BYTES = CHUNK_BYTES + (_STARTS - 1) * PAGE_BYTES
_WORDS_PER_PAGE = PAGE_BYTES // 8
_WORDS_PER_SECTOR = SECTOR_BYTES // 8
_PAGES = CHUNK_BYTES // PAGE_BYTES
_STEP_BYTES = 16 * PAGE_BYTES
"""Steps so small that what each wipe's thread needs for them is used again, and not kept beside the source."""
_ZEROS = bytes(_STEP_BYTES)
_SEED_BYTES = 32
_NONCE_BYTES = 8


def new_seed() -> bytes:
    """A seed that nobody can guess."""
    return os.urandom(_SEED_BYTES)


def derived(seed: bytes, purpose: str) -> bytes:
    """Another seed for another purpose of the same wipe."""
    return hashlib.sha256(seed + purpose.encode()).digest()


def _keystream(seed: bytes) -> CipherContext:
    if len(seed) != _SEED_BYTES:
        raise ValueError(f"a seed has {_SEED_BYTES} bytes, not {len(seed)}")
    return Cipher(algorithms.AES(seed), modes.CTR(bytes(16))).encryptor()


class Stamp:
    """The content of one wipe. What :meth:`chunk` gives is overwritten by its next call; not for use by two threads."""

    def __init__(self, seed: bytes | None = None) -> None:
        keystream = _keystream(seed if seed is not None else new_seed())
        self.nonce = keystream.update(bytes(_NONCE_BYTES))
        source = mmap.mmap(-1, _SOURCE_BYTES)
        for start in range(0, _SOURCE_BYTES, _STEP_BYTES):
            source[start : start + _STEP_BYTES] = keystream.update(_ZEROS)
        sectors = _SOURCE_BYTES // SECTOR_BYTES
        self._bytes = memoryview(source)
        self._words = self._bytes.cast("Q")
        self._words[1::_WORDS_PER_SECTOR] = memoryview(array("Q", range(sectors)))
        self._words[2::_WORDS_PER_SECTOR] = memoryview(array("Q", self.nonce) * sectors)
        self._address = ctypes.addressof(ctypes.c_char.from_buffer(source))
        self._stamped_for = -1

    def chunk(self, offset: int) -> memoryview:
        """The chunk that belongs at ``offset``, a multiple of :data:`CHUNK_BYTES`; page-aligned."""
        start = self._start(offset)
        if offset != self._stamped_for:
            words = self._words[start // 8 : (start + CHUNK_BYTES) // 8]
            words[::_WORDS_PER_PAGE] = memoryview(array("Q", (offset,)) * _PAGES)
            self._stamped_for = offset
        return self._bytes[start : start + CHUNK_BYTES]

    def address(self, offset: int) -> int:
        """Where in memory the bytes of :meth:`chunk` lie, for comparing them without a copy."""
        return self._address + self._start(offset)

    @staticmethod
    def _start(offset: int) -> int:
        return offset // CHUNK_BYTES % _STARTS * PAGE_BYTES
