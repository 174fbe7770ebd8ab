"""A buffer of the read-back: one range of the carrier, in memory, with how much of it could be read."""

from __future__ import annotations

import ctypes
import mmap

from intake_agent.wiping.engine.sample import PIECE_BYTES, Range

_libc = ctypes.CDLL(None)
_memcmp = _libc.memcmp
_memcmp.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
_memcmp.restype = ctypes.c_int
_memmem = _libc.memmem
_memmem.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t)
_memmem.restype = ctypes.c_void_p


class Piece:
    """A page-aligned buffer that holds ``length`` bytes from ``offset``; ``failed`` are ranges in it without content.

    libc's ``memcmp`` lets go of Python's lock: on one core 7.7 GB/s against 0.8 GB/s for comparing memoryviews.
    """

    __slots__ = ("address", "bytes", "failed", "length", "offset")

    def __init__(self, room_bytes: int = PIECE_BYTES) -> None:
        buffer = mmap.mmap(-1, room_bytes)
        self.bytes = memoryview(buffer)
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(buffer))
        self.offset = self.length = 0
        self.failed: list[Range] = []

    def equals(self, address: int, start: int = 0, length: int | None = None) -> bool:
        """Does this part hold the same bytes as the memory at ``address``?"""
        count = self.length if length is None else length
        return bool(_memcmp(self.address + start, address, count) == 0)

    def repeats(self, period: int) -> bool:
        """Is the whole piece one fill of ``period`` bytes, repeated?"""
        rest = self.length - period
        return rest <= 0 or bool(_memcmp(self.address, self.address + period, rest) == 0)

    def holds(self, needle: bytes, start: int = 0, length: int | None = None) -> bool:
        """Do these bytes stand anywhere in this part?"""
        count = self.length if length is None else length
        return bool(_memmem(self.address + start, count, needle, len(needle)))
