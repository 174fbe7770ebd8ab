"""Stamps, sampling and splitting: what the passes are built on."""

from __future__ import annotations

import errno
import sys
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake_agent.wiping.engine.failures import CarrierGoneError, Failures, in_pieces
from intake_agent.wiping.engine.sample import PIECE_BYTES, READ_SHARE, draw, in_parts, ranges, whole
from intake_agent.wiping.engine.stamp import CHUNK_BYTES, PAGE_BYTES, SECTOR_BYTES, Stamp
from intake_agent.wiping.engine.verify import buffer_bytes
from wipe_reports.document import MAX_ERRORS_LISTED

GIB = 1024**3


@given(st.integers(0, 2**40).map(lambda number: number * CHUNK_BYTES))
@settings(max_examples=20, deadline=None)
def test_every_page_holds_its_chunks_offset_and_every_sector_its_index_and_the_nonce(offset: int) -> None:
    stamp = Stamp()
    stamp.chunk(0)
    content = bytes(stamp.chunk(offset))
    for start in range(0, CHUNK_BYTES, PAGE_BYTES):
        assert int.from_bytes(content[start : start + 8], sys.byteorder) == offset
    first = int.from_bytes(content[8:16], sys.byteorder)
    for number in range(CHUNK_BYTES // SECTOR_BYTES):
        stamped = content[number * SECTOR_BYTES + 8 : number * SECTOR_BYTES + 24]
        assert int.from_bytes(stamped[:8], sys.byteorder) == first + number
        assert stamped[8:] == stamp.nonce


def test_no_sector_reads_like_any_other_also_not_one_that_lies_alike_in_another_chunk() -> None:
    stamp = Stamp()
    seen = [
        {index: hash(content[index * 512 : index * 512 + 512]) for index in range(CHUNK_BYTES // 512)}
        for number in (0, 1, 2, 64, 128, 256)
        for content in [bytes(stamp.chunk(number * CHUNK_BYTES))]
    ]
    for one, other in combinations(seen, 2):
        assert not [index for index in one if one[index] == other[index]]
    assert all(len(set(one.values())) == len(one) for one in seen)


def test_two_wipes_share_no_sector() -> None:
    one, other = bytes(Stamp().chunk(0)), bytes(Stamp().chunk(0))
    assert not any(
        one[at : at + SECTOR_BYTES] == other[at : at + SECTOR_BYTES] for at in range(0, CHUNK_BYTES, SECTOR_BYTES)
    )


@given(st.integers(0, 10 * CHUNK_BYTES))
def test_the_whole_is_every_byte_once(size: int) -> None:
    assert sum(length for _, length in whole(size)) == size
    assert all(offset // CHUNK_BYTES == (offset + length - 1) // CHUNK_BYTES for offset, length in whole(size))


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 600 * GIB), st.binary(min_size=16, max_size=16))
def test_a_sample_holds_a_tenth_of_all_sections_the_first_and_the_last_without_overlap(size: int, seed: bytes) -> None:
    drawn = list(ranges(size, draw(size, seed, READ_SHARE)))
    assert drawn[0][0] == 0
    assert sum(drawn[-1]) == size
    end = 0
    for offset, length in drawn:
        assert offset >= end
        assert length > 0
        assert offset // CHUNK_BYTES == (offset + length - 1) // CHUNK_BYTES
        end = offset + length
    assert sum(length for _, length in drawn) >= size // 10


@given(st.integers(0, 10 * CHUNK_BYTES), st.integers(1, 4096).map(lambda sectors: sectors * SECTOR_BYTES))
def test_smaller_buffers_read_every_byte_once_and_in_the_same_order(size: int, largest_bytes: int) -> None:
    parts = list(in_parts(whole(size), largest_bytes))
    assert all(0 < length <= largest_bytes for _, length in parts)
    assert [offset for offset, _ in parts] == [0, *(offset + length for offset, length in parts)][: len(parts)]
    assert sum(length for _, length in parts) == size


@given(st.integers(1, 64))
def test_the_disks_of_one_round_share_the_memory_that_two_read_back_with(disks: int) -> None:
    size_bytes = buffer_bytes(disks)
    assert size_bytes % PAGE_BYTES == 0
    assert PIECE_BYTES % size_bytes == 0
    assert size_bytes == PIECE_BYTES or disks > 2
    assert size_bytes * disks <= 2 * PIECE_BYTES or size_bytes == 256 * 1024


def test_two_samples_differ_so_that_nobody_knows_what_will_be_read() -> None:
    one, other = (list(ranges(20 * GIB, draw(20 * GIB, bytes([seed] * 16), READ_SHARE))) for seed in (1, 2))
    assert one != other


@settings(deadline=None)
@given(st.integers(1, 64), st.sets(st.integers(0, 63), max_size=8))
def test_splitting_finds_exactly_the_bad_pages_and_moves_all_others(pages: int, bad: set[int]) -> None:
    moved: set[int] = set()

    def transfer(start: int, length: int) -> int:
        wanted = range(start // 4096, -(-(start + length) // 4096))
        if bad.intersection(wanted):
            raise OSError(errno.EIO, "bad")
        moved.update(wanted)
        return length

    failures = Failures()
    failed = in_pieces(transfer, (1_000_000, pages * 4096), 4096, "read", failures)
    expected = {page for page in bad if page < pages}
    assert {start // 4096 for start, _ in failed} == expected
    assert moved == set(range(pages)) - expected
    assert failures.total_bytes == 4096 * len(expected)


def test_a_short_transfer_goes_on_where_it_ended() -> None:
    asked: list[tuple[int, int]] = []

    def transfer(start: int, length: int) -> int:
        asked.append((start, length))
        return min(length, 4096)

    assert in_pieces(transfer, (0, 3 * 4096), 4096, "write", Failures()) == []
    assert sum(min(length, 4096) for _, length in asked) == 3 * 4096


def test_a_device_that_went_away_ends_the_pass_at_once() -> None:
    calls = []

    def transfer(start: int, length: int) -> int:
        calls.append(start)
        raise OSError(errno.ENODEV, "gone")

    with pytest.raises(CarrierGoneError):
        in_pieces(transfer, (0, CHUNK_BYTES), 4096, "write", Failures())
    assert len(calls) == 1


def test_neighbouring_failures_are_one_range_and_only_the_list_is_bounded() -> None:
    failures = Failures()
    for number in range(MAX_ERRORS_LISTED + 50):
        failures.add("read", number * 10_000, 4096, "EIO")
        failures.add("read", number * 10_000 + 4096, 4096, "EIO")
    assert len(failures.listed) == MAX_ERRORS_LISTED
    assert {one.length_bytes for one in failures.listed} == {8192}
    assert failures.total_bytes == (MAX_ERRORS_LISTED + 50) * 8192
