"""Jobs as rows: done once though a process was killed, tried again with pauses, due by the clock in Brussels."""

from __future__ import annotations

import sys
import types
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from asset_service.core import jobs
from asset_service.core.db import db, transaction, utc_now
from asset_service.core.errors import Refused
from asset_service.core.jobs import calendar, execution
from asset_service.core.jobs.models import BackgroundJob, JobState


class Killed(BaseException):
    """What ends a process in the middle of a job: no ``except`` for errors sees it, and nothing is written."""


@pytest.fixture
def work(monkeypatch):
    """A module with a job that writes down what was done, and what it does meanwhile (``work.meanwhile``)."""
    module = types.ModuleType("work_of_this_test")
    module.done, module.meanwhile = [], lambda: None
    exec(  # noqa: S102 - a job must be importable
        "def step(name):\n    meanwhile()\n    done.append(name)\n\ndef nightly():\n    done.append('nightly')\n",
        module.__dict__,
    )
    monkeypatch.setitem(sys.modules, "work_of_this_test", module)
    return module


def _raise(error: BaseException) -> None:
    raise error


def _row(job_id) -> BackgroundJob:
    db.session.rollback()
    return db.session.get(BackgroundJob, job_id, populate_existing=True)


def _killed_half_way(work, name: str):
    job_id = jobs.enqueue(work.step, name)
    work.meanwhile = lambda: _raise(Killed())
    with pytest.raises(Killed):
        execution.work_on(str(job_id))
    work.meanwhile = lambda: None
    return job_id


def test_a_job_killed_half_way_is_finished_once_its_lease_ran_out(app_context, work, set_clock):
    job_id = _killed_half_way(work, "wis")
    assert _row(job_id).state is JobState.RUNNING
    assert jobs.work_off() == 0  # it may still be at work
    set_clock(jobs.lease() + timedelta(seconds=1))
    assert [jobs.work_off(), jobs.work_off()] == [1, 0]
    assert work.done == ["wis"]
    assert (_row(job_id).state, _row(job_id).attempts) == (JobState.DONE, 2)


def test_a_process_that_comes_back_from_the_dead_changes_nothing(app_context, work, set_clock):
    job_id = jobs.enqueue(work.step, "wis")

    def taken_over() -> None:
        work.meanwhile = lambda: None
        set_clock(jobs.lease() + timedelta(seconds=1))
        assert execution.work_on(str(job_id))
        finished = _row(job_id).finished_at
        with pytest.raises(jobs.LeaseLost):
            execution._running.get().wrote_progress_at = 0.0
            jobs.progress(1, 2)
        assert _row(job_id).finished_at == finished
        raise RuntimeError("too late to matter")

    work.meanwhile = taken_over
    assert execution.work_on(str(job_id))
    assert (_row(job_id).state, _row(job_id).error, _row(job_id).attempts) == (JobState.DONE, None, 2)


def test_a_job_is_done_only_where_its_transaction_was(app_context, work):
    with pytest.raises(RuntimeError, match="never mind"), transaction():
        jobs.add(work.step, "niet")
        raise RuntimeError("never mind")
    with transaction():
        jobs.add(work.step, "wel")
    assert jobs.work_off() == 1
    assert work.done == ["wel"]


def test_a_failing_job_is_tried_again_with_growing_pauses_until_it_has_failed(app_context, work, set_clock):
    work.meanwhile = lambda: _raise(ValueError("Jan Peeters, Kerkstraat 1"))
    job_id, waited = jobs.enqueue(work.step, "wis"), timedelta()
    for pause in execution.PAUSES:
        assert jobs.work_off() == 1
        row = _row(job_id)
        assert (row.state, row.error.startswith("Onverwachte fout: ValueError"), "Peeters" in row.error) == (
            JobState.WAITING,
            True,
            False,
        )
        assert jobs.work_off() == 0
        waited += pause + timedelta(seconds=1)
        set_clock(waited)
    assert jobs.work_off() == 1
    assert _row(job_id).state is JobState.FAILED
    work.meanwhile = lambda: None
    with transaction():
        jobs.retry(job_id)
    assert (jobs.work_off(), work.done) == (1, ["wis"])
    with pytest.raises(Refused), transaction():
        jobs.retry(job_id)


def test_a_job_that_kills_its_process_each_time_fails_in_the_end(app_context, work, set_clock):
    job_id = _killed_half_way(work, "wis")
    with transaction():
        db.session.get(BackgroundJob, job_id).attempts = len(execution.PAUSES) + 1
    set_clock(jobs.lease() + timedelta(seconds=1))
    jobs.work_off()
    assert (_row(job_id).state, work.done) == (JobState.FAILED, [])
    assert "telkens gestopt" in _row(job_id).error


def test_progress_stands_in_the_row(app_context, work):
    job_id, seen = jobs.enqueue(work.step, "wis"), []

    def meanwhile() -> None:
        jobs.progress(3, 10)
        seen.append((_row(job_id).progress_done, _row(job_id).progress_total))

    work.meanwhile = meanwhile
    jobs.work_off()
    assert seen == [(3, 10)]
    jobs.progress(1, 2)  # in no job: nothing


def test_the_lease_of_a_long_job_is_renewed(app_context, work, monkeypatch):
    monkeypatch.setattr(execution, "RENEW_SECONDS", 0.02)
    job_id, leases = jobs.enqueue(work.step, "wis"), set()

    def meanwhile() -> None:
        deadline = utc_now() + timedelta(seconds=30)
        while len(leases) < 3 and utc_now() < deadline:
            leases.add(_row(job_id).lease_until)

    work.meanwhile = meanwhile
    jobs.work_off()
    assert len(leases) == 3
    assert _row(job_id).state is JobState.DONE


def test_old_jobs_are_forgotten_and_what_waits_is_not(app_context, work, set_clock):
    jobs.enqueue(work.step, "klaar")
    jobs.work_off()
    waiting = jobs.enqueue(work.step, "later")
    set_clock(timedelta(days=8))
    assert jobs.forget_old_jobs() == 1
    db.session.rollback()
    assert db.session.scalars(select(BackgroundJob.id)).all() == [waiting]


def test_a_function_without_a_name_is_no_job():
    with pytest.raises(ValueError, match="function of a module"):
        jobs.name_of(lambda: None)


@pytest.mark.parametrize(
    ("cron", "after", "due"),
    [
        pytest.param("30 2 * * *", "2026-03-28T12:00", ["03-29T01:00", "03-30T00:30"], id="an hour that is skipped"),
        pytest.param("30 2 * * *", "2026-10-24T12:00", ["10-25T00:30", "10-26T01:30"], id="an hour that comes twice"),
        pytest.param("0 * * * *", "2026-10-24T23:30", ["10-25T00:00", "10-25T01:00"], id="every hour goes on"),
        pytest.param("0 6 1 * *", "2026-10-24T12:00", ["11-01T05:00", "12-01T05:00"], id="every month"),
    ],
)
def test_cron_times_are_those_of_brussels(cron, after, due):
    moment, found = datetime.fromisoformat(after).replace(tzinfo=UTC), []
    for _ in due:
        moment = calendar.next_time(cron, moment)
        found.append(moment.isoformat()[5:16])
    assert found == due


def test_every_so_many_minutes_as_a_cron_time():
    assert [jobs.every_minutes(one) for one in (1, 5, 60, 90, 1440)] == [
        "*/1 * * * *", "*/5 * * * *", "0 */1 * * *", "0 */2 * * *", "0 0 * * *",
    ]  # fmt: skip


def test_a_periodic_job_is_made_once_however_many_processes_tick(app_context, work, set_clock):
    nightly = [jobs.Scheduled(work.nightly, "15 3 * * *")]
    assert calendar.make_due_jobs(nightly) == 0
    # Two processes that read before either of them wrote: the second finds that the time was moved on.
    set_clock(timedelta(days=3))
    db.session.rollback()
    seen = db.session.scalar(select(calendar.JobSchedule.next_at))
    db.session.rollback()
    following = calendar.next_time("15 3 * * *", calendar.utc_now())
    assert [calendar._make(nightly[0], seen, following) for _ in range(2)] == [1, 0]
    assert calendar.make_due_jobs(nightly) == 0
    # Three nights were missed: it is made up for once.
    assert (jobs.work_off(), work.done) == (1, ["nightly"])


def test_a_changed_time_and_a_clock_that_is_put_right_count_at_once(app_context, work, set_clock):
    calendar.make_due_jobs([jobs.Scheduled(work.nightly, "0 0 1 1 *")])
    calendar.make_due_jobs([jobs.Scheduled(work.nightly, "15 3 * * *")])
    set_clock(timedelta(days=400))
    calendar.make_due_jobs([jobs.Scheduled(work.nightly, "15 3 * * *")])
    set_clock(timedelta())
    assert calendar.make_due_jobs([jobs.Scheduled(work.nightly, "15 3 * * *")]) == 0
    db.session.rollback()
    assert db.session.scalar(select(calendar.JobSchedule.next_at)) < utc_now() + timedelta(days=2)
