"""The agent's clock follows the service where the machine's is off, tells it, and keeps times in order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_agent.station.clock import Clock, moment
from wipe_reports.document import ClockCheck


def near(told: datetime, expected: datetime) -> bool:
    return abs(told - expected) < timedelta(seconds=30)


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(days=-6200, hours=-1), "loopt 6200 dagen achter; het verslag volgt de dienst"),
        (timedelta(hours=2, seconds=30), "loopt 2 uur voor; het verslag volgt de dienst"),
        (timedelta(minutes=-3, seconds=-10), "loopt 3 minuten achter"),
        (timedelta(seconds=90), "loopt 90 seconden voor"),
    ],
)
def test_a_clock_that_is_off_follows_the_service_and_says_so(ahead: timedelta, words: str) -> None:
    clock, service_time = Clock(), datetime.now(UTC) - ahead
    told = clock.follow(service_time.isoformat())
    assert told is not None
    assert words in told
    assert near(clock.now(), service_time)
    assert clock.check is not None
    assert clock.check.corrected
    assert abs(clock.check.ahead_seconds - ahead.total_seconds()) <= 30


def test_a_clock_within_a_minute_is_left_alone_and_checked() -> None:
    clock, before = Clock(), datetime.now(UTC)
    assert clock.follow((before - timedelta(seconds=25)).isoformat()) is None
    assert near(clock.now(), before)
    assert clock.check is not None
    assert not clock.check.corrected


def test_a_second_comparison_still_tells_how_far_the_machine_itself_is_off() -> None:
    clock, service_time = Clock(), datetime.now(UTC) + timedelta(days=900)
    assert clock.follow(service_time) is not None
    assert clock.follow(service_time) is None
    assert clock.check == ClockCheck(ahead_seconds=-900 * 86400, corrected=True)
    assert near(clock.now(), service_time)


def test_while_a_wipe_is_dated_the_clock_is_compared_and_never_moved() -> None:
    clock = Clock()
    with clock.frozen():
        began = clock.now()
        told = clock.follow((datetime.now(UTC) - timedelta(days=5000)).isoformat())
        ended = clock.now()
    assert near(ended, began)
    assert began <= ended
    assert clock.check is not None
    assert not clock.check.corrected
    assert told is not None
    assert told.endswith("dat staat ook zo in het verslag.")


@given(st.lists(st.integers(-(10**9), 10**9), max_size=6))
def test_times_given_out_during_a_wipe_stay_in_order_whatever_the_service_says(offsets: list[int]) -> None:
    clock = Clock()
    clock.correct(datetime.now(UTC) + timedelta(seconds=offsets[0] if offsets else 0))
    with clock.frozen():
        given_out = [clock.now()]
        for offset in offsets:
            clock.correct(datetime.now(UTC) + timedelta(seconds=offset))
            given_out.append(clock.now())
    assert given_out == sorted(given_out)


def test_a_clock_before_a_time_that_is_certainly_past_is_doubted_until_the_service_set_it_right() -> None:
    clock, certain = Clock(), datetime.now(UTC) + timedelta(days=1)
    assert "loopt dus achter" in (clock.doubt(certain) or "")
    clock.correct(certain + timedelta(days=1))
    assert clock.doubt(certain) is None


@pytest.mark.parametrize("junk", [None, "", "gisteren", "2026-11-22T04:00:00", "9999-12-31T23:59:59-23:59", "5"])
def test_what_is_no_time_with_a_zone_moves_nothing(junk: str | None) -> None:
    clock = Clock()
    assert clock.follow(junk) is None
    assert clock.check is None


@given(st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29)), st.integers(-720, 720))  # noqa: DTZ001
def test_every_zone_is_the_same_moment(naive: datetime, minutes: int) -> None:
    there = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert moment(there.isoformat()) == there
