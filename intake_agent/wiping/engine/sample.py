"""Which ranges of a carrier are read or planted: all of it, or a sample that can be drawn again from its seed.

NIST SP 800-88 Rev. 1 §4.7, as taught: at least 1,000 sections, two pseudorandom samples in each that do not overlap,
at least 10 % of the whole, and always the first and the last address.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from intake_agent.wiping.engine.stamp import CHUNK_BYTES, PAGE_BYTES
from wipe_reports.document import Sample

PIECE_BYTES = CHUNK_BYTES
"""So small that the read-back's four buffers stay in the processor's cache until they are compared; never across the
border of a chunk."""
READ_SHARE = Fraction(10, 100)
_SECTIONS = 1000
_SAMPLES_PER_SECTION = 2
_SMALLEST_SECTION_PAGES = 4

Range = tuple[int, int]
"""Offset and length in bytes; never across the border of a piece."""


def whole(size_bytes: int) -> Iterator[Range]:
    """Every byte of the carrier, once."""
    yield from _in_pieces(0, size_bytes)


def draw(size_bytes: int, seed: bytes, share: Fraction) -> Sample | None:
    """The sample that ``seed`` (16 bytes) draws, of at least ``share`` of each section and at least a page each time.

    ``None`` for a carrier of less than about 16 MiB: that one is taken whole.
    """
    pages = _inner_pages(size_bytes)
    if pages < _SECTIONS * _SMALLEST_SECTION_PAGES:
        return None
    largest_section = -(-pages // _SECTIONS)
    want = max(1, ceil(largest_section * share / _SAMPLES_PER_SECTION))
    return Sample(
        seed=seed.hex(),
        sections=_SECTIONS,
        samples_per_section=_SAMPLES_PER_SECTION,
        bytes_per_sample=want * PAGE_BYTES,
    )


def ranges(size_bytes: int, sample: Sample | None) -> Iterator[Range]:
    """The ranges of ``sample`` on a carrier of ``size_bytes``, in the order of their addresses; ``None``: all of it.

    The first page and the last (with a size's odd bytes) always belong to it. What lies between is cut in ``sections``
    that differ by a page at most; each is cut in ``samples_per_section`` parts, and in each one range is drawn.
    """
    if sample is None:
        yield from whole(size_bytes)
        return
    chosen = random.Random(int(sample.seed, 16))  # noqa: S311 - which part is read, drawn again by whoever checks it
    want = sample.bytes_per_sample // PAGE_BYTES
    pages, parts = _inner_pages(size_bytes), sample.sections * sample.samples_per_section
    yield 0, PAGE_BYTES
    for number in range(parts):
        first, end = pages * number // parts, pages * (number + 1) // parts
        page = 1 + first + chosen.randrange(end - first - want + 1)
        yield from _in_pieces(page * PAGE_BYTES, want * PAGE_BYTES)
    last_start = (1 + pages) * PAGE_BYTES
    yield last_start, size_bytes - last_start


def in_parts(chosen: Iterator[Range], largest_bytes: int) -> Iterator[Range]:
    """The same bytes in ranges of at most ``largest_bytes``."""
    for offset, length in chosen:
        for start in range(0, length, largest_bytes):
            yield offset + start, min(largest_bytes, length - start)


def total(chosen: Iterator[Range]) -> int:
    """How many bytes the ranges hold together."""
    return sum(length for _, length in chosen)


def _inner_pages(size_bytes: int) -> int:
    """The whole pages between the first and the last, which may be an odd one."""
    return max(0, -(-size_bytes // PAGE_BYTES) - 2)


def _in_pieces(offset: int, length: int) -> Iterator[Range]:
    end = offset + length
    while offset < end:
        border = min(end, (offset // PIECE_BYTES + 1) * PIECE_BYTES)
        yield offset, border - offset
        offset = border
