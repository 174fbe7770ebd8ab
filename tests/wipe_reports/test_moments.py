"""Which moments can be true: every one in a report is held against its bounds, whatever the record it stands in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake_agent.station.tls import AGENT_MADE_AT
from wipe_reports import contradictions, moments, schema
from wipe_reports.document import PartTest
from wipe_reports.figures import moment, period

RECEIVED = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def test_no_agent_is_older_than_the_first():
    assert moments.FIRST_AGENT_MADE_AT <= AGENT_MADE_AT


@pytest.mark.parametrize(
    ("at", "said", "true"),
    [
        (datetime(1, 1, 1, tzinfo=UTC), False, False),
        (datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), False, False),
        (datetime(1970, 1, 1, tzinfo=UTC), True, False),
        (datetime(2010, 1, 1, tzinfo=UTC), True, False),
        (moments.FIRST_AGENT_MADE_AT, True, True),
        (RECEIVED, True, True),
        (RECEIVED + moments.TOLERANCE, True, True),
        (RECEIVED + moments.TOLERANCE + timedelta(microseconds=1), True, False),
        (datetime(2099, 12, 31, tzinfo=UTC), True, False),
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), False, False),
    ],
)
def test_what_a_clock_can_say_and_what_can_be_true(at, said, true):
    assert (moments.a_clock_can_say(at), moments.can_be_true(at, RECEIVED)) == (said, true)


def test_every_moment_that_the_wire_document_can_hold_is_found(make_report):
    """Written as JSON, what looks like a moment is one, and none is overlooked."""
    tested = PartTest(kind="memory", subject="DIMM0", started_at=RECEIVED, ended_at=RECEIVED, passed=True)
    full_report = make_report(tests=(tested,))
    written = schema.dump(full_report)

    def times(value, path=""):
        if isinstance(value, dict):
            for name, one in value.items():
                yield from times(one, f"{path}.{name}" if path else name)
        elif isinstance(value, list):
            for index, one in enumerate(value):
                yield from times(one, f"{path}[{index}]")
        elif path.endswith("_at") and value is not None:
            yield path

    found = [path for path, _ in moments.within(full_report)]
    assert sorted(found) == sorted(times(written))
    assert len(found) > 5


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_that_no_clock_says_is_named(make_report, at):
    made = replace(make_report(), created_at=at)
    found = {one.field for one in contradictions.find(made) if one.key == "time.no_clock"}
    assert found == (set() if moments.a_clock_can_say(at) else {"created_at"})


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_any_moment_can_be_put_in_words(one, other):
    for language in ("nl", "en"):
        assert moment(one, language)
        assert period(min(one, other), max(one, other), language)
