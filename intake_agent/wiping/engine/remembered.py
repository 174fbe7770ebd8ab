"""What lay on a drive that takes no canaries: sampled blocks remembered before its own erase, and compared after it.

A drive that failed a sanitize, or that made itself read-only at the end of its life, lets nothing be written; yet a
sanitize is what may save it. Blocks are drawn as canaries' places are, with the first and the last. One that reads
alike after the erase was not erased; one that was a single fill and still is tells nothing, either way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from intake_agent.wiping.engine.piece import Piece
from intake_agent.wiping.engine.sample import Range, draw, in_parts, ranges, total
from intake_agent.wiping.engine.stamp import PAGE_BYTES, derived
from intake_agent.wiping.engine.target import Target
from intake_agent.wiping.engine.verify import ReadBack, read_back
from intake_agent.wiping.progress import Phase, Watch

FEWEST_CHANGED = 100
"""So many changed blocks, drawn at random, leave at 95 % certainty less than 3 % of the carrier as it was (the rule of
three). The bound is ours; a carrier on which fewer can tell anything is not proven."""
_FILL_PERIOD_BYTES = 16


@dataclass(frozen=True, slots=True)
class _Block:
    digest: bytes
    is_one_fill: bool


class RememberedBlocks:
    """The blocks that ``seed`` draws on a carrier: every page of a small one."""

    def __init__(self, seed: bytes, target: Target) -> None:
        self._sample = draw(target.size_bytes, derived(seed, "remembered")[:16], Fraction(0))
        self._target = target
        self._before: dict[int, _Block] = {}
        self.changed = 0
        self.unchanged = 0

    def _places(self) -> Iterator[Range]:
        return in_parts(ranges(self._target.size_bytes, self._sample), PAGE_BYTES)

    def remember(self, path: Path, watch: Watch) -> ReadBack:
        """Read them before the erase. Raises CarrierBusyError or OSError when the carrier cannot be opened."""
        content = _Remembering(self._before)
        return read_back(path, self._places(), total(self._places()), content, watch, phase=Phase.PLANTING)

    def compare(self, path: Path, watch: Watch) -> ReadBack:
        """Read them after it: ``changed`` and ``unchanged`` count those that tell something. Raises as above."""
        content = _Comparing(self._before)
        looked = read_back(path, self._places(), total(self._places()), content, watch)
        self.changed, self.unchanged = content.changed, content.unchanged
        return looked

    @property
    def proves(self) -> bool:
        """Do enough blocks read otherwise than before, none alike, and were both ends of the carrier among them?"""
        places = [offset for offset, _ in self._places()]
        enough = self.changed >= min(FEWEST_CHANGED, len(places))
        ends = bool(places) and {places[0], places[-1]} <= self._before.keys()
        return enough and ends and not self.unchanged


class _Remembering:
    """Takes a digest of every block that could be read whole."""

    found = None

    def __init__(self, before: dict[int, _Block]) -> None:
        self.survived = 0
        self._before = before

    def differing(self, piece: Piece) -> Iterable[Range]:
        if not piece.failed:
            self._before[piece.offset] = _Block(_digest(piece), piece.repeats(_FILL_PERIOD_BYTES))
        return ()


class _Comparing:
    """Compares every block with what lay there: one that reads alike survived, save where it was one fill."""

    found = None

    def __init__(self, before: dict[int, _Block]) -> None:
        self.survived = self.changed = self.unchanged = 0
        self._before = before

    def differing(self, piece: Piece) -> Iterable[Range]:
        before = self._before.get(piece.offset)
        if before is None or piece.failed:
            return ()
        if before.digest != _digest(piece):
            self.changed += 1
            return ()
        if before.is_one_fill:
            return ()
        self.unchanged += 1
        return ((0, piece.length),)


def _digest(piece: Piece) -> bytes:
    return hashlib.blake2b(piece.bytes[: piece.length], digest_size=16).digest()
