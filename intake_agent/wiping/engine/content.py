"""What a carrier must hold when it is read back, for each kind of method.

After an overwrite: exactly its stamps. After a firmware erase a drive need not read zeros; but what it reads must be
one short fill, the same everywhere, and nowhere a canary's nonce, also not at another address than where it was
planted. After a cryptographic erase the content may be noise: then only the nonce is looked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from intake_agent.wiping.engine.piece import Piece
from intake_agent.wiping.engine.sample import Range
from intake_agent.wiping.engine.stamp import CHUNK_BYTES, PAGE_BYTES, SECTOR_BYTES, Stamp

_FILL_PERIODS = (1, 2, 4, 8, 16)


class Content(Protocol):
    """What must be there. ``survived`` counts pages in which a canary was found."""

    survived: int

    def differing(self, piece: Piece) -> Iterable[Range]:
        """The sectors of ``piece`` that read other than they must, as (start in the piece, length)."""

    @property
    def found(self) -> str | None:
        """In a word what was read so far."""


class Stamped:
    """Every byte as the overwrite stamped it."""

    found = "stamped-random"

    def __init__(self, stamp: Stamp) -> None:
        self.survived = 0
        self._stamp = stamp

    def differing(self, piece: Piece) -> Iterable[Range]:
        expected = _address(self._stamp, piece)
        if not piece.failed and piece.equals(expected):
            return ()
        return [one for one in _sectors(piece) if not piece.equals(expected + one[0], *one)]


class Before:
    """What lies where canaries will be planted: a digest of each range's first page goes to ``theirs``, by its offset.

    A page that is one fill tells nothing: it may read alike after an honest erase.
    """

    found = None

    def __init__(self, theirs: dict[int, bytes]) -> None:
        self.survived = 0
        self._theirs = theirs

    def differing(self, piece: Piece) -> Iterable[Range]:
        if not piece.failed and not piece.repeats(_FILL_PERIODS[-1]):
            self._theirs[piece.offset] = _digest(piece)
        return ()


class PlantedHere:
    """The places where canaries were planted: a page in which one sector is still as planted, or carries its stamp.

    So does a page that holds again what :class:`Before` saw in it: a carrier may lose its latest writes, and then the
    canaries are gone although nothing was erased.
    """

    found = None

    def __init__(self, stamp: Stamp, theirs: Mapping[int, bytes]) -> None:
        self.survived = 0
        self._stamp = stamp
        self._theirs = theirs

    def differing(self, piece: Piece) -> Iterable[Range]:
        planted = _address(self._stamp, piece)
        alive = [
            one
            for one in _sectors(piece)
            if piece.equals(planted + one[0], *one) or piece.holds(self._stamp.nonce, *one)
        ]
        if not alive and not piece.failed and self._theirs.get(piece.offset) == _digest(piece):
            alive = [(0, min(PAGE_BYTES, piece.length))]
        self.survived += len({start // PAGE_BYTES for start, _ in alive})
        return alive


class OneFill:
    """One fill of at most 16 bytes all over, and no canary anywhere."""

    def __init__(self, nonce: bytes) -> None:
        self.survived = 0
        self._nonce = nonce
        self._fill: bytes | None = None

    @property
    def found(self) -> str | None:
        return f"uniform {self._fill.hex()}" if self._fill is not None else None

    def differing(self, piece: Piece) -> Iterable[Range]:
        if self._fill is None:
            self._fill = _first_fill(piece)
        fill = self._fill
        if fill is not None and not piece.failed and piece.bytes[: len(fill)] == fill and piece.repeats(len(fill)):
            return ()
        expected = fill * (SECTOR_BYTES // len(fill)) if fill is not None else b""
        wrong = [one for one in _sectors(piece) if piece.bytes[one[0] : sum(one)] != expected[: one[1]]]
        self.survived += len({one[0] // PAGE_BYTES for one in wrong if self._nonce and piece.holds(self._nonce, *one)})
        return wrong


class Noise:
    """Anything but a canary. ``found`` still says where it was one fill after all."""

    def __init__(self, nonce: bytes) -> None:
        self.survived = 0
        self._nonce = nonce
        self._fill: bytes | None = None
        self._varies = False

    @property
    def found(self) -> str | None:
        return f"uniform {self._fill.hex()}" if self._fill is not None and not self._varies else "no canary"

    def differing(self, piece: Piece) -> Iterable[Range]:
        if self._is_one_fill(piece):
            return ()
        if not self._nonce or (not piece.failed and not piece.holds(self._nonce)):
            return ()
        alive = [one for one in _sectors(piece) if piece.holds(self._nonce, *one)]
        self.survived += len({start // PAGE_BYTES for start, _ in alive})
        return alive

    def _is_one_fill(self, piece: Piece) -> bool:
        if self._varies or piece.failed:
            self._varies = True
            return False
        fill = self._fill = self._fill or _first_fill(piece)
        same = fill is not None and piece.bytes[: len(fill)] == fill and piece.repeats(len(fill))
        self._varies = not same
        return same


def _address(stamp: Stamp, piece: Piece) -> int:
    """Where in memory the stamps for this piece lie."""
    within = piece.offset % CHUNK_BYTES
    stamp.chunk(piece.offset - within)
    return stamp.address(piece.offset - within) + within


def _digest(piece: Piece) -> bytes:
    return hashlib.blake2b(piece.bytes[: min(PAGE_BYTES, piece.length)], digest_size=8).digest()


def _sectors(piece: Piece) -> Iterator[Range]:
    """The sectors that could be read, as (start in the piece, length)."""
    lost = {sector for start, length in piece.failed for sector in range(start, start + length, SECTOR_BYTES)}
    for start in range(0, piece.length, SECTOR_BYTES):
        if start not in lost:
            yield start, min(SECTOR_BYTES, piece.length - start)


def _first_fill(piece: Piece) -> bytes | None:
    """The shortest fill of which the first sector that is one consists."""
    for start, length in _sectors(piece):
        sector = bytes(piece.bytes[start : start + length])
        for period in _FILL_PERIODS:
            if sector == (sector[:period] * (length // period + 1))[:length]:
                return sector[:period]
    return None
