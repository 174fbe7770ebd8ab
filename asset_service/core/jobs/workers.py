"""The processes that work on jobs: RQ workers with a ticker beside them, or a ticker that forks one for what is due."""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from types import FrameType
from typing import Any

import structlog
from flask import Flask
from rq import Queue
from rq.executions import Execution
from rq.job import Job
from rq.timeouts import JobTimeoutException, UnixSignalDeathPenalty
from rq.worker import SimpleWorker
from sqlalchemy.exc import SQLAlchemyError

from asset_service.core.db import db, utc_now
from asset_service.core.errors import DomainError
from asset_service.core.jobs.calendar import Scheduled, make_due_jobs
from asset_service.core.jobs.children import OneAtATime
from asset_service.core.jobs.connection import EXTENSION, QUEUE_NAME, wake_a_worker
from asset_service.core.jobs.execution import due_jobs, seconds_left, work_off
from asset_service.core.jobs.queue import name_of
from asset_service.core.processes import end_with

TICK_SECONDS = 5.0
OVERDUE = timedelta(seconds=15)
"""How long a row waits before the ticker doubts that a message about it is under way."""

WOKEN_AT_ONCE = 200

PAUSE_AFTER_ERROR_SECONDS = 1.0
"""So that a database that is away is not asked without end."""

log = structlog.get_logger(__name__)


class SilenceLimit(UnixSignalDeathPenalty):
    """Ends a job once it has shown no progress for its time limit, rather than once it has lasted that long."""

    def handle_death_penalty(self, signum: int, frame: FrameType | None) -> None:
        """Called when the alarm goes off. Raises the timeout, or sets the alarm again for the time that is left."""
        left = seconds_left()
        if left == 0:
            raise JobTimeoutException("the job shows no progress")
        signal.alarm(math.ceil(left))


class AppWorker(SimpleWorker):
    """An RQ worker that runs each job within the app, in its own process: several workers are several processes."""

    app: Flask
    death_penalty_class = SilenceLimit

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        """Run the job in a fresh app context, so that its database session ends with it."""
        with self.app.app_context():
            return super().perform_job(job, queue, execution)


def work(app: Flask, scheduled: Sequence[Scheduled], *, burst: bool = False) -> None:
    """Work on jobs until told to stop (SIGTERM, SIGINT); with ``burst`` until no message is left.

    Every worker has a ticker for ``scheduled`` beside it: each job is made once all the same. Raises RuntimeError
    where the app has no Redis.
    """
    connection = app.extensions[EXTENSION]
    if connection is None:
        raise RuntimeError("a worker needs REDIS_URL")
    ticker = None
    if not burst:
        ticker = multiprocessing.get_context("fork").Process(
            target=_tick_for_ever, args=(app, scheduled, os.getpid()), daemon=True
        )
        ticker.start()
    worker = AppWorker([Queue(QUEUE_NAME, connection=connection)], connection=connection)
    worker.app = app
    try:
        worker.work(burst=burst, with_scheduler=not burst)
    finally:
        if ticker is not None:
            ticker.terminate()
            ticker.join()


def _tick_for_ever(app: Flask, scheduled: Sequence[Scheduled], parent: int) -> None:
    end_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    app.extensions[EXTENSION].connection_pool.reset()
    with app.app_context():
        db.engine.dispose(close=False)  # the connections before the fork are the parent's
    while True:
        _round(app, lambda: _tick(scheduled))
        _round(app, _wake_for_overdue_jobs)
        time.sleep(TICK_SECONDS)


def _tick(scheduled: Sequence[Scheduled]) -> None:
    """Make what is due, and do at once what is the ticker's own: seals wait for no other job."""
    make_due_jobs(scheduled)
    work_off(functions=[name_of(one.function) for one in scheduled if one.by_ticker])


def _wake_for_overdue_jobs() -> None:
    """Wake workers for rows whose message was lost, or whose process was killed."""
    for job_id, attempts in due_jobs(utc_now() - OVERDUE, WOKEN_AT_ONCE):
        wake_a_worker(job_id, attempts)


def work_without_redis(app: Flask, scheduled: Sequence[Scheduled]) -> None:
    """Make jobs that are due and work on them, until the program that started this one has ended.

    Jobs run in child processes, one at a time. This one only ticks: a job that hangs holds up no seal, and is ended
    once it showed no progress for too long.
    """
    parent = os.getppid()
    children = OneAtATime(app)
    try:
        while os.getppid() == parent:
            _round(app, lambda: _tick(scheduled))
            _guarded(lambda: children.work_for(TICK_SECONDS))
    finally:
        children.stop()


def _round(app: Flask, work_of_round: Callable[[], Any]) -> None:
    def within_app() -> None:
        with app.app_context():
            work_of_round()

    _guarded(within_app)


def _guarded(work_of_round: Callable[[], Any]) -> None:
    try:
        work_of_round()
    except (SQLAlchemyError, DomainError):
        log.exception("a round of background work was not finished; the next round tries again")
        time.sleep(PAUSE_AFTER_ERROR_SECONDS)
