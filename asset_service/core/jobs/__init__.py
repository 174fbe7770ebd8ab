"""Background work as rows of a table: who started a job can leave and find it again, and none is lost with a process.

A job is a plain function of a room's ``jobs.py`` with plain arguments (JSON, and nothing about a person in it), opens
its own transactions and is safe to run twice. The row is the truth: a message of RQ only says "work on row X", and
without Redis a process of ``serve`` looks for rows itself.
"""

from asset_service.core.jobs.calendar import Scheduled, every_minutes
from asset_service.core.jobs.connection import EXTENSION, QUEUE_NAME, redis_connection, register
from asset_service.core.jobs.execution import LeaseLost, lease, on_last_attempt, progress, renew_lease, work_off
from asset_service.core.jobs.models import BackgroundJob, JobState
from asset_service.core.jobs.queue import Added, add, enqueue, forget_old_jobs, hasten, name_of, retry, start
from asset_service.core.jobs.workers import work, work_without_redis

__all__ = [
    "EXTENSION",
    "QUEUE_NAME",
    "Added",
    "BackgroundJob",
    "JobState",
    "LeaseLost",
    "Scheduled",
    "add",
    "enqueue",
    "every_minutes",
    "forget_old_jobs",
    "hasten",
    "lease",
    "name_of",
    "on_last_attempt",
    "progress",
    "redis_connection",
    "register",
    "renew_lease",
    "retry",
    "start",
    "work",
    "work_off",
    "work_without_redis",
]
