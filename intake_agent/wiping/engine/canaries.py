"""Canaries: stamped random blocks planted before a drive's own erase, and looked for after it; none may survive.

They lie at 2,000 places drawn over the whole address range and at the first and last address. IEEE 2883-2022 as taught
asks for 5 % of the range before a cryptographic erase, because its outcome can be seen in no other way. Every sector
carries the nonce of the erase, so that a survivor is also known at an address where it was never written.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from intake_agent.wiping.engine.content import Before, PlantedHere
from intake_agent.wiping.engine.overwrite import Written, write_ranges
from intake_agent.wiping.engine.sample import Range, draw, ranges, total
from intake_agent.wiping.engine.stamp import PAGE_BYTES, Stamp, derived
from intake_agent.wiping.engine.target import Target
from intake_agent.wiping.engine.verify import ReadBack, read_back
from intake_agent.wiping.progress import Phase, Watch

SHARE_BEFORE_CRYPTO_ERASE = Fraction(5, 100)
_ONE_PAGE_A_PLACE = Fraction(0)


class Canaries:
    """The canaries that ``seed`` draws on a carrier of ``size_bytes``; the same seed finds them again later."""

    def __init__(self, seed: bytes, size_bytes: int, *, before_crypto_erase: bool) -> None:
        self._stamp = Stamp(derived(seed, "canaries"))
        self._size_bytes = size_bytes
        share = SHARE_BEFORE_CRYPTO_ERASE if before_crypto_erase else _ONE_PAGE_A_PLACE
        self._sample = draw(size_bytes, derived(seed, "places")[:16], share)
        self.total_bytes = total(self.ranges())
        self._theirs: dict[int, bytes] = {}

    @property
    def nonce(self) -> bytes:
        """What every sector of a canary carries."""
        return self._stamp.nonce

    def ranges(self) -> Iterator[Range]:
        """Where they lie."""
        return ranges(self._size_bytes, self._sample)

    def plant(self, target: Target, watch: Watch) -> Written:
        """Write them, flushed to the carrier. Raises CarrierBusyError or OSError when it cannot be opened."""
        return write_ranges(target, self._stamp, self.ranges(), self.total_bytes, watch)

    def look_before(self, path: Path, watch: Watch) -> ReadBack:
        """Read what lies at their places before they are planted, so that it is known again if it comes back.

        Raises CarrierBusyError or OSError when the carrier cannot be opened.
        """
        places = [(offset, min(length, PAGE_BYTES)) for offset, length in self.ranges()]
        content = Before(self._theirs)
        return read_back(path, iter(places), total(iter(places)), content, watch, phase=Phase.PLANTING)

    def look_planted(self, path: Path, watch: Watch) -> ReadBack:
        """Read their places before the erase; ``survived`` counts the pages in which one is there. Raises as above."""
        content = PlantedHere(self._stamp, {})
        return read_back(path, self.ranges(), self.total_bytes, content, watch, phase=Phase.PLANTING)

    def look(self, path: Path, watch: Watch) -> ReadBack:
        """Read their places after the erase; ``survived`` counts the pages that hold one still, in part or whole.

        A page that holds again what lay there before counts too. Raises as above.
        """
        return read_back(path, self.ranges(), self.total_bytes, PlantedHere(self._stamp, self._theirs), watch)


def pages(length_bytes: int) -> int:
    """How many canaries that many bytes are: each is a page."""
    return -(-length_bytes // PAGE_BYTES)
