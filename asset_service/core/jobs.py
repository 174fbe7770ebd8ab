"""Background work: on RQ workers where there is a Redis, else at once in the same process.

A job is a plain function of a room's ``jobs.py`` with plain arguments (text and numbers), opens its own transaction
and is safe to run twice.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Any

from flask import Flask, current_app
from redis import Redis
from rq import Queue, Retry
from rq.cron import CronScheduler
from rq.exceptions import NoSuchJobError
from rq.executions import Execution
from rq.job import Job, JobStatus
from rq.worker import SimpleWorker

from asset_service.core.db import in_transaction
from asset_service.core.processes import end_with

QUEUE_NAME = "herstart"
EXTENSION = "herstart_redis"
JOB_TIMEOUT_SECONDS = 600
RETRY_AFTER_SECONDS = [10, 60, 600]
_WAITING = {JobStatus.QUEUED, JobStatus.STARTED, JobStatus.DEFERRED, JobStatus.SCHEDULED}


def register(app: Flask, redis_url: str) -> None:
    """Connect the app to Redis where ``redis_url`` says so; the connection is opened at its first use."""
    app.extensions[EXTENSION] = Redis.from_url(redis_url) if redis_url else None


def redis_connection() -> Redis | None:
    """The app's Redis, or ``None`` where jobs run inline."""
    connection: Redis | None = current_app.extensions[EXTENSION]
    return connection


def enqueue(function: Callable[..., Any], *args: Any, job_id: str | None = None) -> None:
    """Run ``function(*args)`` in the background. Call it after the transaction that it builds on was committed.

    With ``job_id`` the job is not queued again while one of that id is still waiting or running. Raises
    RuntimeError inside a transaction: a worker would not see the rows yet.
    """
    if in_transaction():
        raise RuntimeError("a job is enqueued after its transaction, never inside it")
    connection = redis_connection()
    if connection is None:
        function(*args)
        return
    if job_id is not None and _is_waiting(job_id, connection):
        return
    retry = Retry(max=len(RETRY_AFTER_SECONDS), interval=RETRY_AFTER_SECONDS)
    queue = Queue(QUEUE_NAME, connection=connection)
    queue.enqueue(function, args=args, job_id=job_id, retry=retry, job_timeout=JOB_TIMEOUT_SECONDS)


def _is_waiting(job_id: str, connection: Redis) -> bool:
    try:
        return Job.fetch(job_id, connection=connection).get_status() in _WAITING
    except NoSuchJobError:
        return False


class AppWorker(SimpleWorker):
    """An RQ worker that runs each job within the app, in its own process: several workers are several processes."""

    app: Flask

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        """Run the job in a fresh app context, so that its database session ends with it."""
        with self.app.app_context():
            return super().perform_job(job, queue, execution)


def work(app: Flask, periodic: list[tuple[Callable[[], Any], int]], *, burst: bool = False) -> None:
    """Take jobs until told to stop (SIGTERM, SIGINT); with ``burst`` until the queue is empty.

    ``periodic`` holds (function, seconds): each is enqueued at that interval. Every worker does so; the functions
    are safe to run twice. Raises RuntimeError where the app has no Redis.
    """
    connection = app.extensions[EXTENSION]
    if connection is None:
        raise RuntimeError("a worker needs REDIS_URL")
    clock = None
    if periodic and not burst:
        clock = multiprocessing.get_context("fork").Process(
            target=_tick, args=(app, periodic, os.getpid()), daemon=True
        )
        clock.start()
    worker = AppWorker([Queue(QUEUE_NAME, connection=connection)], connection=connection)
    worker.app = app
    try:
        worker.work(burst=burst, with_scheduler=not burst)
    finally:
        if clock is not None:
            clock.terminate()
            clock.join()


def _tick(app: Flask, periodic: list[tuple[Callable[[], Any], int]], parent: int) -> None:
    end_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connection = app.extensions[EXTENSION]
    connection.connection_pool.reset()
    scheduler = CronScheduler(connection=connection)
    for function, seconds in periodic:
        scheduler.register(function, queue_name=QUEUE_NAME, interval=seconds, job_timeout=JOB_TIMEOUT_SECONDS)
    scheduler.start()
