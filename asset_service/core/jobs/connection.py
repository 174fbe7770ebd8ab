"""Redis where there is one: it wakes workers, and holds nothing that the job table does not know."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from flask import Flask, current_app
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import NoSuchJobError
from rq.job import Job, JobStatus

QUEUE_NAME = "herstart"
EXTENSION = "herstart_redis"
JOB_TIMEOUT_SECONDS = 600
"""How long a job may show no progress before it counts as hanging."""

FORGET_FAILURE_SECONDS = 86_400

_WORK_ON = "asset_service.core.jobs.execution.work_on"
_WAITING = {JobStatus.QUEUED, JobStatus.STARTED, JobStatus.DEFERRED, JobStatus.SCHEDULED}

log = structlog.get_logger(__name__)


def register(app: Flask, redis_url: str) -> None:
    """Connect the app to Redis where ``redis_url`` says so; the connection is opened at its first use."""
    app.extensions[EXTENSION] = Redis.from_url(redis_url) if redis_url else None


def redis_connection() -> Redis | None:
    """The app's Redis, or ``None`` where a process of ``serve`` looks for work itself."""
    connection: Redis | None = current_app.extensions[EXTENSION]
    return connection


def wake_a_worker(job_id: UUID, attempts: int, pause: timedelta | None = None) -> None:
    """Let a worker look at the job, after ``pause``; once for each number of ``attempts`` that it has behind it.

    Nothing is lost where Redis is away or there is none: the ticker finds the row when it is due.
    """
    connection = redis_connection()
    if connection is None:
        return
    message_id = f"{job_id}-{attempts}"
    try:
        if _is_waiting(message_id, connection):
            return
        queue = Queue(QUEUE_NAME, connection=connection)
        options = {
            "args": (str(job_id),),
            "job_id": message_id,
            "job_timeout": JOB_TIMEOUT_SECONDS,
            "result_ttl": 0,
            "failure_ttl": FORGET_FAILURE_SECONDS,
        }
        if pause is None:
            queue.enqueue(_WORK_ON, **options)
        else:
            queue.enqueue_in(pause, _WORK_ON, **options)
    except RedisError as error:
        log.warning("no worker was woken", reason=str(error))


def _is_waiting(message_id: str, connection: Redis) -> bool:
    try:
        return Job.fetch(message_id, connection=connection).get_status() in _WAITING
    except NoSuchJobError:
        return False
