"""A machine without the service: a clock that is certainly behind is told before its times go into a report."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from intake_agent import work as steps
from intake_agent.run_options import RunOptions
from intake_agent.station.clock import CLOCK
from intake_agent.station.enrolment import time_file
from intake_agent.work import begin


def remarks(enrolled: Path, known: datetime, *, online: bool = False) -> list[str]:
    """What looking at loose disks tells, where the service's clock once said ``known``."""
    time_file(enrolled).write_text(known.isoformat())
    work = begin(RunOptions(state=enrolled, operator="An", online=online, bench=True))
    return steps.look(work)


def test_without_the_service_a_clock_behind_a_time_that_was_heard_is_told(enrolled: Path) -> None:
    (told,) = remarks(enrolled, CLOCK.now() + timedelta(days=2))
    assert "loopt dus achter" in told


def test_a_clock_that_may_be_right_is_not_spoken_of(enrolled: Path) -> None:
    assert remarks(enrolled, datetime(2026, 1, 1, tzinfo=UTC)) == []


def test_a_service_that_sets_the_clock_leaves_no_doubt(enrolled: Path, service: object) -> None:
    assert not any(
        "loopt dus achter" in told for told in remarks(enrolled, CLOCK.now() + timedelta(days=2), online=True)
    )
