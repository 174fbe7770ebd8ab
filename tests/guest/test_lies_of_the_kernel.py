"""Device-mapper and ``scsi_debug`` tell the lies that drives tell; the agent must believe none of them."""

from __future__ import annotations

from typing import Any

import pytest

MIB = 1 << 20
SECTORS = 16 * MIB // 512


def assert_not_believed(done: dict[str, Any]) -> None:
    assert done["outcome"] == "not_erased"
    assert done["level"] == "none"
    assert not done["verification"]["passed"]


def test_a_drive_that_drops_every_write_is_not_erased(guest: Any) -> None:
    done = guest.call("wiped_over_flakey")
    assert_not_believed(done)
    assert "read_back_differs" in done["exceptions"]
    assert done["verification"]["bytes_mismatched"] == 16 * MIB
    assert done["secrets_left"] == SECTORS


def test_a_drive_that_drops_a_few_writes_is_not_erased_and_the_place_is_told(guest: Any) -> None:
    done = guest.call("wiped_over_flakey_part")
    assert_not_believed(done)
    assert done["secrets_left"] == 64
    (error,) = done["errors"]
    assert (error["operation"], error["offset_bytes"], error["length_bytes"]) == ("compare", 5000 * 512, 64 * 512)


def test_a_drive_that_reads_zeros_is_not_erased(guest: Any) -> None:
    done = guest.call("wiped_over_zero")
    assert_not_believed(done)
    assert done["verification"]["bytes_mismatched"] == 16 * MIB


def test_eight_sectors_that_read_zeros_are_told_by_their_place(guest: Any) -> None:
    done = guest.call("wiped_over_zero_part")
    assert_not_believed(done)
    (error,) = done["errors"]
    assert (error["offset_bytes"], error["length_bytes"]) == (8192 * 512, 8 * 512)


def test_a_drive_smaller_than_it_says_is_not_erased(guest: Any) -> None:
    done = guest.call("wiped_over_alias")
    assert_not_believed(done)
    assert done["verification"]["bytes_mismatched"] == 8 * MIB


@pytest.mark.parametrize("first", [0, 9992, SECTORS - 16])
def test_bad_sectors_are_mapped_and_counted_and_the_rest_is_wiped(guest: Any, first: int) -> None:
    done = guest.call("wiped_over_error", first=first, count=16)
    assert done["outcome"] == "erased_with_exceptions"
    assert done["level"] == "none"
    assert {"write_errors", "read_errors"} <= set(done["exceptions"])
    assert done["unreadable_sectors"] == 16
    assert done["bytes_written"] == 16 * MIB - 16 * 512
    places = {(error["operation"], error["offset_bytes"], error["length_bytes"]) for error in done["errors"]}
    assert places == {("write", first * 512, 16 * 512), ("read", first * 512, 16 * 512)}


def test_a_drive_that_answers_errors_only_is_not_erased(guest: Any) -> None:
    done = guest.call("wiped_all_error")
    assert_not_believed(done)
    assert done["bytes_written"] == 0
    assert done["unreadable_sectors"] == SECTORS


def test_a_slow_drive_shows_how_far_it_is_and_how_long_it_will_take(guest: Any) -> None:
    done = guest.call("wiped_slowly")
    assert done["outcome"] == "erased"
    phases = [phase for phase, _, _ in done["heard"]]
    assert set(phases) == {"writing", "verifying"}
    written = [amount for phase, amount, _ in done["heard"] if phase == "writing"]
    assert len(written) >= 3
    assert written == sorted(written)
    assert all(has_time_left for _, _, has_time_left in done["heard"])


def test_medium_errors_of_a_scsi_drive_are_mapped_to_their_sectors(guest: Any) -> None:
    done = guest.call("wiped_scsi_debug", first_bad=4096, count=8)
    assert done["outcome"] == "erased_with_exceptions"
    assert done["level"] == "none"
    assert "read_errors" in done["exceptions"]
    assert done["unreadable_sectors"] == 8
    (error,) = [error for error in done["errors"] if error["operation"] == "read"]
    assert (error["offset_bytes"], error["length_bytes"]) == (4096 * 512, 8 * 512)
