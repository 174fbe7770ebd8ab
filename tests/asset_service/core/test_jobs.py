"""Background work: in the table; on workers with a Redis, by a process of the service without one."""

from __future__ import annotations

import sys
import types
import uuid
from dataclasses import replace

import pytest
from rq import Queue
from sqlalchemy import func, select

from asset_service.app import create_app
from asset_service.core import jobs
from asset_service.core.db import db, transaction
from asset_service.core.jobs import connection, execution
from asset_service.ledger import operations
from asset_service.ledger.events import SYSTEM, Event
from asset_service.ledger.jobs import seal_everything
from asset_service.ledger.models import LedgerLeaf


class JobWasNeeded(Event):
    """An event of this test."""


def _record() -> None:
    with transaction():
        operations.record(JobWasNeeded(subject_id=uuid.uuid4()), SYSTEM)


def _leaves() -> int:
    count = db.session.scalar(select(func.count()).select_from(LedgerLeaf))
    db.session.rollback()
    return count


@pytest.fixture
def app_with_redis(settings, redis_url):
    app = create_app(replace(settings, redis_url=redis_url))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_without_a_redis_the_job_is_done_by_whoever_works_off_the_table(app_context):
    _record()
    jobs.enqueue(seal_everything)
    jobs.work_off()
    assert _leaves() == 1


def test_a_job_waits_for_a_worker_and_the_worker_does_it(app_with_redis):
    with app_with_redis.app_context():
        _record()
        jobs.enqueue(seal_everything)
        assert _leaves() == 0
    jobs.work(app_with_redis, [], burst=True)
    with app_with_redis.app_context():
        assert _leaves() == 1


def test_a_job_of_the_same_id_waits_once(app_with_redis):
    with app_with_redis.app_context():
        for _ in range(3):
            jobs.enqueue(seal_everything, job_id="seal")
        assert len(Queue(jobs.QUEUE_NAME, connection=jobs.redis_connection())) == 1
    jobs.work(app_with_redis, [], burst=True)
    with app_with_redis.app_context():
        jobs.enqueue(seal_everything, job_id="seal")
        assert len(Queue(jobs.QUEUE_NAME, connection=jobs.redis_connection())) == 1


def test_a_job_is_never_enqueued_before_its_rows_are_committed(app_context):
    with pytest.raises(RuntimeError, match="transaction"), transaction():
        jobs.enqueue(seal_everything)


def test_a_job_that_fails_is_kept_to_be_tried_again(app_with_redis, monkeypatch):
    module = types.ModuleType("job_of_this_test")
    exec("def fail():\n    raise RuntimeError('later')", module.__dict__)  # noqa: S102 - a job must be importable
    monkeypatch.setitem(sys.modules, "job_of_this_test", module)
    with app_with_redis.app_context():
        jobs.enqueue(module.fail)
    jobs.work(app_with_redis, [], burst=True)
    with app_with_redis.app_context():
        queue = Queue(jobs.QUEUE_NAME, connection=jobs.redis_connection())
        assert queue.scheduled_job_registry.count == 1


def test_a_worker_ends_a_job_for_showing_no_progress_and_not_for_being_long(app_with_redis, monkeypatch):
    for module in (connection, execution):
        monkeypatch.setattr(module, "JOB_TIMEOUT_SECONDS", 2)
    module = types.ModuleType("job_of_this_test")
    code = """
import time
from asset_service.core import jobs

def long():
    for done in range(10):
        time.sleep(0.4)
        jobs.progress(done, 10)

def silent():
    time.sleep(4)
"""
    exec(code, module.__dict__)  # noqa: S102 - a job must be importable
    monkeypatch.setitem(sys.modules, "job_of_this_test", module)
    with app_with_redis.app_context():
        long, silent = jobs.enqueue(module.long), jobs.enqueue(module.silent)
    jobs.work(app_with_redis, [], burst=True)
    with app_with_redis.app_context():
        assert db.session.get(jobs.BackgroundJob, long).state is jobs.JobState.DONE
        hung = db.session.get(jobs.BackgroundJob, silent)
        assert hung.state is jobs.JobState.WAITING
        assert hung.error == "Er kwam te lang geen teken van vooruitgang: de poging is afgebroken."


def test_a_worker_without_a_redis_says_so(app):
    with pytest.raises(RuntimeError, match="REDIS_URL"):
        jobs.work(app, [])
